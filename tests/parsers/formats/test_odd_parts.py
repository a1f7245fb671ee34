"""One odd part costs no more than itself: an attribute, a cell or a sheet that breaks the rules of .xlsx."""

import io
import re
import zipfile
from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.formats.read_file import read_grids
from parsers.grid import Grid
from support.files import only, xlsx
from support.paths import GOLDEN_FILES

WHOLE = (GOLDEN_FILES / "form-openpyxl.xlsx").read_bytes()
SHEET = "xl/worksheets/sheet1.xml"
_ATTRIBUTE = re.compile(rb'(?<= )(r|s|t|ref|min|max|ht|width|hidden|customHeight|spans)="([^"]*)"')


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(out := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return out.getvalue()


PARTS = parts_of(WHOLE)
PLACES = [match.span(2) for match in _ATTRIBUTE.finditer(PARTS[SHEET])]
(GOOD, *_) = read_grids(WHOLE)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(PLACES) - 1),
    st.sampled_from([b"", b"x", b"-1", b"99999999999", b"1.5", b"A0:", b"\xe4\xb8\x80"]),
)
def test_an_odd_attribute_costs_one_cell_at_most(place: int, odd: bytes) -> None:
    start, end = PLACES[place]
    sheet = PARTS[SHEET]
    (grid, *_) = read_grids(zipped({**PARTS, SHEET: sheet[:start] + odd + sheet[end:]}))
    assert different(grid, GOOD) <= 1


def different(one: Grid, other: Grid) -> int:
    """How many cells of the one show something else in the other, or stand elsewhere."""
    return sum(at not in other.cells or other.cells[at].shown != cell.shown for at, cell in one.cells.items())


def test_a_merge_named_from_its_end_is_the_same_merge() -> None:
    sheet = re.sub(rb'(?<=mergeCell ref=")(\w+):(\w+)', rb"\2:\1", PARTS[SHEET])
    assert sheet != PARTS[SHEET]
    (grid, *_) = read_grids(zipped({**PARTS, SHEET: sheet}))
    assert GOOD.merges
    assert set(grid.merges) == set(GOOD.merges)
    assert not grid.partial


@pytest.mark.parametrize(
    "part", sorted(set(PARTS) - {SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"})
)
def test_a_part_that_is_missing_costs_no_more_than_what_it_holds(part: str) -> None:
    (grid, *_) = read_grids(zipped({name: content for name, content in PARTS.items() if name != part}))
    assert grid.cells.keys() == GOOD.cells.keys()


def test_a_sheet_that_is_not_there_costs_no_other() -> None:
    names = [grid.name for grid in read_grids(WHOLE)]
    more = PARTS["xl/workbook.xml"].replace(b"</sheets>", b'<sheet name="x" sheetId="9"/></sheets>')
    assert [grid.name for grid in read_grids(zipped({**PARTS, "xl/workbook.xml": more}))] == names
    fewer = {name: content for name, content in PARTS.items() if name != SHEET}
    assert [grid.name for grid in read_grids(zipped(fewer))] == names[1:]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("23:44:51.894", time(23, 44, 51, 894000)),
        ("PT0H11M0.000S", time(0, 11)),
        ("P1DT2H", timedelta(days=1, hours=2)),
        ("2021-06-01T08:00:00.1234567890123", None),
    ],
)
def test_times_of_day_and_lengths_in_iso_form_are_read(written: str, value: time | timedelta | None) -> None:
    (cell,) = only(xlsx(f'<row><c t="d"><v>{written}</v></c></row>')).cells.values()
    assert cell.kind == ("date" if value is None else "time")
    assert value is None or cell.value == value


@pytest.mark.parametrize(
    "content", ['<c t="d"><v>gestern</v></c>', "<c><v>NaN</v></c>", '<c t="s"><v>99</v></c>', '<c t="zz"><v>7</v></c>']
)
def test_a_value_that_is_none_is_an_error_in_its_cell(content: str) -> None:
    grid = only(xlsx(f"<row>{content}<c><v>7</v></c></row>"))
    assert [cell.kind for cell in grid.cells.values()] == ["error", "number"]
