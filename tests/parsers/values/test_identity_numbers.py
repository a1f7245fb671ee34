"""Identity numbers are hidden however they are written, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.grid import Cell, Grid
from parsers.identity_cells import hide
from parsers.values.identity_numbers import hidden, masked, masked_number
from support.identity import digits_in, numbers, spelled

WHOLE = "110101199003070038"


@given(numbers(), st.data())
def test_a_number_is_hidden_in_every_spelling_and_among_other_words(number: str, data: st.DataObject) -> None:
    written = data.draw(spelled(number))
    before = data.draw(st.sampled_from(("", "负责人王某", "ID:", "第1场 ", "电话13800000001，", "120\n")))
    after = data.draw(st.sampled_from(("", "。", "，电话65300001", "\n120", " 人")))
    text = masked(f"{before}{written}{after}")
    assert number[3:-2] not in digits_in(text)
    assert hidden(number) in text


@given(st.text())
def test_any_text_gives_a_text_and_twice_masked_is_once_masked(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "13800000001",
        "13800000001 022-65300001",
        "13800000001，13900000002、13700000003",
        "20210601-20210930",
        "2021年6月1日至2021年6月30日",
        "2021-06-01 09:00:00—2021-06-03 17:30:00",
        "6222021303012345678",
        "6217 0000 1012 3456 789",
        "123456789012345",
        "123456789012345678",
        "100000000000000",
        "9112011612345678XX",
        "12120116MB1234567A",
        "862345678901234",
        "120 240 360 480 500",
        "3000000 人民币 150000000",
        "1 2 3 4 5 6 7 8 9 10 11 12 13",
        "110101199013070038",
        "110101199002300038",
        "990101199003070038",
        "1101011990030700381",
        "110101 19900307 00381",
    ],
)
def test_what_is_no_identity_number_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("number", [120, 0, 123456789012345, 123456789012345678, 1.5e20, 0.5, float("nan"), -1e17])
def test_a_count_stays(number: float) -> None:
    assert masked_number(number) is None


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (110101199003070038, "110*************38"),
        (1.1010119900307e17, "110*************00"),
        (110101900307003, "110**********03"),
        (110101900307003.0, "110**********03"),
    ],
)
def test_a_number_of_a_spreadsheet_is_hidden_too(number: float, shown: str) -> None:
    assert masked_number(number) == shown


@pytest.mark.parametrize(
    "text", ["身份证号：110101199003070039x", "证件号 11010119901307003", "身份证（1101 0119 9003 0700 39）"]
)
def test_a_slip_does_not_show_a_number_whose_name_stands_before_it(text: str) -> None:
    assert "0119900" not in digits_in(masked(text))


def test_a_column_that_names_them_is_hidden_whatever_stands_in_it() -> None:
    cells = {
        (1, 1): Cell("身份证号码", "text", "身份证号码"),
        (1, 2): Cell("人数", "text", "人数"),
        (2, 1): Cell("110101199013070038", "text", "110101199013070038"),
        (2, 2): Cell(120, "number", "120"),
        (3, 1): Cell(1.23456789012345e17, "number", "1.23457E+17"),
    }
    found = hide(Grid("Sheet1", cells))
    assert found.places == ((2, 1), (3, 1))
    assert found.grid.cells[2, 1].shown == "110*************38"
    assert found.grid.cells[3, 1] == Cell("123*************00", "text", "123*************00")
    assert found.grid.cells[2, 2] is cells[2, 2]


def test_formulas_comments_struck_words_and_the_name_of_a_sheet_are_hidden_too() -> None:
    cell = Cell("王某", "text", "王某", formula=f'="{WHOLE}"', struck=WHOLE)
    found = hide(Grid(WHOLE, {(1, 1): cell}, comments={(2, 2): f"本人{WHOLE}"}))
    assert WHOLE not in repr(found)
    assert found.places == ((1, 1), (2, 2))


def test_a_sheet_without_any_is_the_same() -> None:
    grid = Grid("Sheet1", {(1, 1): Cell("20210601-20210930", "text", "20210601-20210930")})
    assert hide(grid).grid is grid
