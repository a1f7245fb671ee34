"""A table that has no column for what the campaign adds up is asked about it, though the column may be left blank."""

from dataclasses import replace

import pytest

from parsers.reading import Severity
from support.tables import BLOCK, FORM, PERIOD, TITLE, codes, grid, only, read, whole

COUNTED = replace(PERIOD, counted=frozenset(FORM.summary.indicators))
COUNTS = {
    "grassroots_unions": "组织动员基层工会数",
    "promoters": "职工好网民宣传员人数",
    "enterprises": "走进企业数",
    "participants": "接触职工人数",
    "netizens_reached": "覆盖职工网民数",
}
BEFORE, ROW = ("序号", "活动名称", "活动时间", "活动地点"), (1, "网络安全知识竞赛", "2021年6月15日", "职工之家")


def test_a_table_with_every_column_that_is_counted_is_not_asked() -> None:
    reading = read(whole((*ROW, 3, 5, 2, 300, 5000), labels=(*BEFORE, *COUNTS.values())), period=COUNTED)
    assert reading.findings == ()


@pytest.mark.parametrize("gone", [field for field in COUNTS if field != "participants"])
def test_a_counted_column_that_is_gone_is_a_warning_about_the_table(gone: str) -> None:
    labels = [title for field, title in COUNTS.items() if field != gone]
    table = whole((*ROW, 3, 5, 2, 300), labels=(*BEFORE, *labels))
    found = only(read(table, period=COUNTED), "missing-column")
    assert (found.severity, found.field, found.record) == (Severity.WARNING, gone, None)
    assert found.text == f"表中没有找到“{COUNTS[gone]}”一列，请用原表填写后重发"
    assert read(table).findings == ()  # no campaign, nothing counted


def test_several_columns_that_are_gone_are_said_in_one_sentence() -> None:
    reading = read(whole((*ROW, 300, 5000), labels=(*BEFORE, "接触职工人数", "覆盖职工网民数")), period=COUNTED)
    assert [found.field for found in reading.findings] == ["grassroots_unions", "promoters", "enterprises"]
    assert {found.text for found in reading.findings} == {
        "表中没有找到“组织动员基层工会数”“职工好网民宣传员人数”“走进企业数”共3列，请用原表填写后重发"
    }


def test_a_column_that_every_row_must_have_stays_an_error() -> None:
    labels = [title for field, title in COUNTS.items() if field != "participants"]
    found = only(read(whole((*ROW, 3, 5, 2, 5000), labels=(*BEFORE, *labels)), period=COUNTED), "missing-column")
    assert (found.severity, found.field) == (Severity.ERROR, "participants")


def test_a_column_that_is_there_under_a_like_name_or_apart_is_not_missed() -> None:
    labels = [*BEFORE, "组织动员基层工会数", "职工好网民宣传员人数", "接触职工人数", "覆盖职工网民数"]
    apart = whole((*ROW, 3, 5, 300, 5000, None, 2), labels=(*labels, None, "走进企业数"))
    assert codes(read(apart, period=COUNTED)) == ["apart-column"]


def test_a_form_without_a_row_is_not_asked_for_columns() -> None:
    blank = grid([TITLE], [BLOCK], [*BEFORE, "接触职工人数"])
    assert codes(read(blank, period=COUNTED)) == ["no-rows"]


def test_figures_for_the_whole_unit_are_asked_for_what_is_counted() -> None:
    labels = ("组织动员基层工会数", "职工好网民宣传员人数", "接触职工人数", "覆盖职工网民数")
    found = read(whole((3, 5, 300, 5000), labels=labels), period=COUNTED).findings
    assert {f.code for f in found} == {"missing-column"}
    assert [f.field for f in found] == ["enterprises", "activities_count"]
