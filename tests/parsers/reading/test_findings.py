"""Findings: each has one severity and one sentence, and a form may change the severity."""

from dataclasses import replace

import pytest

from parsers.reading import Severity
from parsers.reading.findings import CATALOGUE, Place, finding, once
from support.tables import FORM

# fmt: off
DOUBTS = [
    "missing-value", "none-declared", "not-understood", "vague", "approximate", "at-least", "range", "per-session",
    "two-figures", "sum-in-cell", "of-which", "measure-conflict", "fraction", "negative", "digits-lost",
    "error-cell", "no-result", "percent", "impossible-date", "ambiguous-date", "serial-date", "several-dates",
    "year-inferred", "two-digit-year", "coarse-date", "not-a-date", "reversed-range", "not-a-choice", "odd-phone",
    "picture-in-cell", "other-unit", "unclear-date", "struck-out", "struck-part", "adrift",
    "measure-unclear",
]
# fmt: on
PLACE = Place("第6行“接触职工人数”", "participants", 1, "Sheet1", "J6")


@pytest.mark.parametrize("code", DOUBTS)
def test_every_doubt_of_a_cell_has_a_sentence(code: str) -> None:
    assert code in CATALOGUE


def test_a_sentence_names_the_place_and_what_was_found() -> None:
    found = finding(FORM, "vague", PLACE, "must", said="数百人", what="数字")
    assert found is not None
    assert found.text == "第6行“接触职工人数”为“数百人”，请填写具体数字"
    assert (found.severity, found.code, found.field, found.record) == (Severity.ERROR, "vague", "participants", 1)
    assert (found.sheet, found.cell) == ("Sheet1", "J6")


@pytest.mark.parametrize("code", CATALOGUE)
def test_no_sentence_shows_a_blank_to_fill(code: str) -> None:
    found = finding(FORM, code, PLACE, "must", said="{甲}", title="甲", columns="甲", line="第6行")
    assert found is None or ("{" not in found.text.replace("{甲}", "") and found.text)


@pytest.mark.parametrize(
    ("code", "must", "should", "may"),
    [
        ("missing-value", "error", "warning", None),
        ("none-declared", "error", "warning", "notice"),
        ("not-understood", "error", "warning", "warning"),
        ("error-cell", "error", "warning", "warning"),
        ("impossible-date", "error", "warning", "warning"),
        ("ambiguous-date", "warning", "warning", "warning"),
        ("at-least", "notice", "notice", "notice"),
        ("coarse-date", "warning", "warning", "warning"),
    ],
)
def test_what_a_fault_weighs_depends_on_the_need(code: str, must: str, should: str, may: str | None) -> None:
    entry = CATALOGUE[code]
    assert [entry.severity("must"), entry.severity("should"), entry.severity("may")] == [must, should, may]


def test_a_form_may_weigh_a_fault_otherwise() -> None:
    strict = replace(FORM, severity=(("at-least", Severity.ERROR),))
    found = finding(strict, "at-least", PLACE)
    assert found is not None
    assert found.severity is Severity.ERROR


def test_a_long_or_broken_text_is_quoted_in_one_short_line() -> None:
    found = finding(FORM, "vague", PLACE, "must", said="很多\n" * 50)
    assert found is not None
    assert "\n" not in found.text
    assert len(found.text) < 80


def test_no_cell_hears_the_same_twice() -> None:
    one = finding(FORM, "vague", PLACE, "must")
    other = finding(FORM, "vague", replace(PLACE, cell="J7"), "must")
    assert one is not None
    assert other is not None
    assert once([one, other, one]) == (one, other)
