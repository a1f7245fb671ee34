"""Telephone numbers and plain text in cells."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.grid import Cell
from parsers.values import Understood
from parsers.values.texts import phone, text


def written(content: str) -> Cell:
    return Cell(content, "text", content)


def codes(understood: Understood) -> tuple[str, ...]:
    return tuple(doubt.code for doubt in understood.doubts)


@pytest.mark.parametrize(
    ("content", "stored"),
    [
        ("13800000000", "13800000000"),
        ("１３８００００００００", "13800000000"),
        (" 138 0000 0000 ", "138 0000 0000"),
        ("138-0000-0000", "138-0000-0000"),
        ("+86 13800000000", "+86 13800000000"),
        ("66880000", "66880000"),
        ("6688000", "6688000"),
        ("022-66880000", "022-66880000"),
        ("（022）66880000", "(022)66880000"),
        ("022-66880000-801", "022-66880000-801"),
        ("66880000转801", "66880000转801"),
        ("13800000000、022-66880000", "13800000000、022-66880000"),
        ("13800000000/66880000", "13800000000/66880000"),
        ("13800000000\n66880000", "13800000000 66880000"),
        ("13800000000 66880000", "13800000000 66880000"),
        ("13800000000，", "13800000000,"),
    ],
)
def test_a_telephone_number_is_kept_as_written(content: str, stored: str) -> None:
    assert phone(written(content)) == Understood(stored)


def test_a_telephone_number_in_a_number_cell_keeps_its_digits() -> None:
    assert phone(Cell(13800000000.0, "number", "1.38E+10")) == Understood("13800000000")
    assert phone(Cell(66880000, "number", "66880000")) == Understood("66880000")


@pytest.mark.parametrize(
    "content", ["1380000000", "138000000001", "23800000000", "6688", "张某13800000000", "见附件", "110"]
)
def test_a_number_of_another_length_is_kept_with_a_doubt(content: str) -> None:
    understood = phone(written(content))
    assert (understood.content, codes(understood)) == (content, ("odd-phone",))


@pytest.mark.parametrize("read", [phone, text])
@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        (Cell(1.10101199001011e17, "number", "1.10101199001011E+17"), "110101199001011000"),
        (Cell(1.10101199001011e17, "number", "110101199001011000", "0"), "110101199001011000"),
        (Cell(1.38e21, "number", "1.38E+21"), "1380000000000000000000"),
        (Cell(6.22202e15, "number", "6222020000000000", "0"), "6222020000000000"),
        (Cell(-1.5e16, "number", "-1.5E+16"), "-15000000000000000"),
        (Cell("1.10101E+17", "text", "1.10101E+17"), "1.10101E+17"),  # all that a file of text has
        (Cell("1.38e+10", "text", "1.38e+10"), "1.38e+10"),
    ],
)
def test_a_number_that_a_spreadsheet_cut_is_kept_in_full_with_a_doubt(read, cell: Cell, stored: str) -> None:
    assert (read(cell).content, codes(read(cell))) == (stored, ("digits-lost",))


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        (Cell(110101199001011234, "number", "1.10101199001011E+17"), "110101199001011234"),  # its file writes it out
        (Cell(110101199001011234, "number", "110101199001011000", "0"), "110101199001011234"),
        (Cell("110101199001011234", "text", "110101199001011234"), "110101199001011234"),
        (Cell(13800000000, "number", "1.38E+10", "0.00E+00"), "13800000000"),
        (Cell(123456789012345, "number", "1.23457E+14", "0.00000E+00"), "123456789012345"),
        (Cell(1.5e-10, "number", "1.5E-10"), "0.00000000015"),
        (Cell(-2.5e-12, "number", "-2.5E-12"), "-0.0000000000025"),
        (Cell(0.1 + 0.2, "number", "0.3"), "0.3"),
        (Cell(3.14159265358979, "number", "3.14159265358979"), "3.14159265358979"),
        (Cell(12.6, "number", "13", "0"), "13"),
        (Cell(7, "number", "007", "000"), "007"),
        (Cell("3E05", "text", "3E05"), "3E05"),  # a room
        (Cell("1E+5版", "text", "1E+5版"), "1E+5版"),
    ],
)
def test_a_number_that_is_known_whole_is_kept_without_an_exponent(cell: Cell, stored: str) -> None:
    assert text(cell) == Understood(stored)


@pytest.mark.parametrize(
    ("content", "stored"),
    [
        ("  知识竞赛　", "知识竞赛"),
        ("\u200b知识竞赛\ufeff\n", "知识竞赛"),
        ("第一行\n第二行　（Ａ）", "第一行\n第二行　（Ａ）"),
        ("无", "无"),
    ],
)
def test_a_text_loses_only_what_surrounds_it(content: str, stored: str) -> None:
    assert text(written(content)) == Understood(stored)


def test_what_is_no_text_is_taken_as_displayed() -> None:
    assert text(Cell(0.95, "number", "95%", "0%")) == Understood("95%")
    assert text(Cell(datetime(2021, 6, 15), "date", "6月15日")) == Understood("6月15日")  # noqa: DTZ001 — no zone
    assert codes(text(Cell(0, "number", "", ";;;"))) == ("missing-value",)


@pytest.mark.parametrize("read", [phone, text])
@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "missing-value"),
        (written(" \u3000\u200b\n"), "missing-value"),
        (Cell("#N/A", "error", "#N/A"), "error-cell"),
        (Cell(None, "error", "", formula="=A1"), "no-result"),
        (written('=DISPIMG("ID_1",1)'), "picture-in-cell"),
        (Cell("x", "text", "x", formula='=_xlfn.DISPIMG("ID_1",1)'), "picture-in-cell"),
    ],
)
def test_a_cell_that_holds_nothing_to_read_says_why(read, cell: Cell | None, code: str) -> None:
    assert (read(cell).content, codes(read(cell))) == (None, (code,))


@pytest.mark.parametrize("read", [phone, text])
@given(content=st.text(max_size=80))
def test_any_text_is_kept_or_doubted(read, content: str) -> None:
    understood = read(written(content))
    assert understood.content or understood.doubts


@given(st.one_of(st.floats(), st.integers()), st.text(max_size=20))
def test_any_number_is_kept_or_doubted(value: float, shown: str) -> None:
    understood = phone(Cell(value, "number", shown))
    assert understood.content or understood.doubts
