"""Numbers that a file holds otherwise than it shows them, and long ones that it writes out."""

import pytest

from parsers.formats.read_file import read_grids
from parsers.grid import Cell
from parsers.values.stored import stored
from support.files import ods, ods_cell, ods_row, only, page, spreadsheetml, xlsx


def web(number: str, text: str) -> Cell:
    return only(page(f'<table><tr><td x:num="{number}">{text}</td><td>甲</td></tr></table>')).cells[1, 1]


@pytest.mark.parametrize(
    ("number", "text", "value"),
    [
        ("12.6", "13", 12.6),
        ("12.6", "13人", 12.6),
        ("1234567", "123.5万", 1234567),
        ("1.10101199001011E+17", "1.10101E+17", 1.10101199001011e17),
        ("110101199001011234", "1.10101E+17", 110101199001011234),
        ("13800000000", "1.38E+10", 13800000000),
        ("300", "", 300),
    ],
)
def test_a_web_page_that_shows_another_number_than_its_cell_has_gives_both(
    number: str, text: str, value: float
) -> None:
    cell = web(number, text)
    assert (cell.kind, cell.value, cell.shown) == ("number", value, text)
    assert stored(cell)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("300", "300"),
        ("5000", "5,000"),
        ("0.3", "30%"),
        ("300000", "30万"),
        ("44362", "2021/6/15"),
        ("44362", "6月15日"),
        ("1", "是"),
        ("", "300"),
    ],
)
def test_what_a_web_page_shows_stays_its_text_where_it_tells_the_number(number: str, text: str) -> None:
    cell = web(number, text)
    assert (cell.kind, cell.value) == ("text", text)


LONG = "110101199001011234"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (LONG, int(LONG)),
        ("6222020000000013", 6222020000000013),
        ("1.10101199001011E+17", 1.10101199001011e17),
        ("110101199001011000", 110101199001011000.0),  # fifteen digits are all that is known
        ("6222020000000010", 6222020000000010.0),
    ],
)
def test_a_long_number_keeps_the_digits_that_are_known(written: str, value: float) -> None:
    for content in (
        xlsx(f'<row r="1"><c r="A1"><v>{written}</v></c></row>'),
        ods(ods_row(ods_cell(f'office:value-type="float" office:value="{written}"', f"<text:p>{written}</text:p>"))),
        spreadsheetml(f'<Row><Cell><Data ss:Type="Number">{written}</Data></Cell></Row>'),
    ):
        cell = read_grids(content)[0].cells[1, 1]
        assert (cell.value, type(cell.value)) == (value, type(value))


@pytest.mark.parametrize("inside", ["<text:p/>", "<text:p></text:p>"])
def test_a_number_that_an_open_document_does_not_show_is_held_and_not_shown(inside: str) -> None:
    cell = only(ods(ods_row(ods_cell('office:value-type="float" office:value="300"', inside)))).cells[1, 1]
    assert (cell.value, cell.shown, stored(cell)) == (300, "", "300")


def test_a_number_without_a_text_beside_it_shows_itself() -> None:
    cell = only(ods(ods_row(ods_cell('office:value-type="float" office:value="300"')))).cells[1, 1]
    assert (cell.value, cell.shown) == (300, "300")
