"""One odd record of an old workbook costs no more than what it holds."""

import struct

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.formats.helpers.xls_strings import strings_of
from parsers.formats.read_file import read_grids
from parsers.grid import Cell, Grid
from support.files import only, saved
from support.old_workbooks import (
    BOF,
    BOUNDSHEET,
    CODEPAGE,
    EOF,
    FONT,
    FORMULA,
    LABEL,
    LABELSST,
    MERGED,
    NAME,
    NOTE,
    NUMBER,
    SST,
    STRING,
    XF,
    Record,
    records_of,
    stream_of,
    workbook,
)
from support.paths import GOLDEN_FILES

RECORDS = records_of(stream_of((GOLDEN_FILES / "form-libreoffice.xls").read_bytes()))
GOOD = read_grids(workbook(RECORDS))
FIRST_SHEET = next(n for n, (code, _) in enumerate(RECORDS) if code == EOF) + 1


def is_same_or_told(grid: Grid, good: Grid) -> bool:
    """Whether each cell says what it said, unless it or its sheet says that it cannot be read."""
    lost = good.cells.keys() - grid.cells.keys()
    return grid.partial or (not lost and all(_is_same(cell, good.cells.get(at)) for at, cell in grid.cells.items()))


def _is_same(cell: Cell, good: Cell | None) -> bool:
    return cell == good or (cell.kind == "error" and cell.value is None)


def test_the_workbook_without_its_container_is_the_same() -> None:
    assert read_grids((GOLDEN_FILES / "form-libreoffice.xls").read_bytes()) == GOOD


@settings(max_examples=300, deadline=None)
@given(st.integers(1, len(RECORDS) - 2), st.integers(0, 12))
def test_a_record_that_is_cut_short_costs_no_more_than_what_it_holds(number: int, kept: int) -> None:
    code, body = RECORDS[number]
    grids = read_grids(workbook([*RECORDS[:number], (code, body[:kept]), *RECORDS[number + 1 :]]))
    if code not in (BOF, EOF, BOUNDSHEET):
        assert [grid.name for grid in grids] == [grid.name for grid in GOOD]
        assert all(is_same_or_told(grid, good) for grid, good in zip(grids, GOOD, strict=True))
    own = [n for n in range(len(grids)) if number >= FIRST_SHEET]
    if own and code not in (BOF, EOF):
        assert sum(grid != good for grid, good in zip(grids, GOOD, strict=True)) <= 1


@settings(max_examples=100, deadline=None)
@given(st.integers(1, len(RECORDS) - 2), st.sampled_from([NAME, NOTE, STRING, LABELSST, FORMULA, FONT, MERGED, 0x0FFF]))
def test_a_record_that_should_not_be_there_changes_no_other(number: int, code: int) -> None:
    grids = read_grids(workbook([*RECORDS[:number], (code, b"\xff" * 7), *RECORDS[number:]]))
    for grid, good in zip(grids, GOOD, strict=True):
        kept = {at: cell for at, cell in grid.cells.items() if at in good.cells}
        assert grid.partial or all(_is_same(cell, good.cells[at]) for at, cell in kept.items())


def plain(cells: dict[str, object], **formats: str) -> list[Record]:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for n, (name, value) in enumerate(cells.items()):
        sheet.write(n, 0, name)
        sheet.write(n, 1, value)
    return records_of(stream_of(saved(book)))


def changed(records: list[Record], wanted: int, change: object) -> bytes:
    return workbook([(code, change(body) if code == wanted else body) for code, body in records])  # type: ignore[operator]


@pytest.mark.parametrize("count", [0, 1, 2, 4, 100, -1])
def test_a_wrong_count_of_texts_loses_none(count: int) -> None:
    grid = only(
        changed(plain({"甲": "乙", "丙": "丁"}), SST, lambda body: body[:4] + struct.pack("<i", count) + body[8:])
    )
    assert [cell.value for cell in grid.cells.values()] == ["甲", "乙", "丙", "丁"]


def test_texts_run_over_records_in_any_place() -> None:
    texts = ["甲乙丙", "abc", "丁" * 50, "好\ud83d\ude00"]
    whole = b"".join(
        struct.pack("<HB", len(t.encode("utf-16-le")) // 2, 1) + t.encode("utf-16-le") for t in map(_paired, texts)
    )
    assert strings_of([bytes(8) + whole])[0] == [_paired(t) for t in texts]
    at = 3 + 6 + 3 + 2  # within abc
    assert strings_of([bytes(8) + whole[:at], b"\x00bc" + whole[at + 4 :]])[0] == [_paired(t) for t in texts]


def _paired(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16")


def test_half_a_character_costs_no_other_text() -> None:
    half = struct.pack("<HB", 2, 1) + "甲".encode("utf-16-le") + b"\x00\xd8" + struct.pack("<HB", 1, 0) + b"b"
    assert strings_of([bytes(8) + half])[0] == ["甲\ufffd", "b"]


@pytest.mark.parametrize("number", [b"\0\0\0\0\0\0\xf8\x7f", b"\0\0\0\0\0\0\xf0\x7f"])
def test_what_is_no_number_costs_its_cell(number: bytes) -> None:
    grid = only(changed(plain({"人数": 1 / 3, "场次": 7}), NUMBER, lambda body: body[:6] + number))
    assert (grid.cells[1, 2].kind, grid.cells[1, 2].value) == ("error", None)
    assert grid.shown(1, 1) == "人数"


def test_a_formula_without_the_record_of_its_text_costs_its_cell_and_not_the_next() -> None:
    records = plain({"人数": 1 / 3, "场次": 7})
    (at,) = (n for n, (code, _) in enumerate(records) if code == NUMBER)
    formula = records[at][1][:6] + b"\0\0\0\0\0\0\xff\xff" + bytes(10)
    grid = only(workbook([*records[:at], (FORMULA, formula), *records[at + 1 :]]))
    assert (grid.cells[1, 2].kind, grid.cells[1, 2].value) == ("error", None)
    assert grid.cells[2, 2].value == 7


def calculated(*results: float) -> bytes:
    """A workbook with formulas that are to be calculated on loading, and what they gave when it was saved."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for row in range(len(results)):
        sheet.write(row, 0, xlwt.Formula("1-1"))
    given_ = iter(results)

    def change(body: bytes) -> bytes:
        result = next(given_)
        return (
            body[:6]
            + (b"\x03\0\0\0\0\0\xff\xff" if result is None else struct.pack("<d", result))
            + b"\x02\0"
            + body[16:]
        )

    return changed(records_of(stream_of(saved(book))), FORMULA, change)


def test_a_zero_is_a_result_in_a_workbook_whose_formulas_have_results() -> None:
    assert [cell.value for cell in only(calculated(0, 5, 0)).cells.values()] == [0, 5, 0]
    assert [cell.kind for cell in only(calculated(0, 0)).cells.values()] == ["error", "error"]


@pytest.mark.parametrize(
    ("charset", "font", "text"),
    [("cp1251", 204, "Привет"), ("gb18030", 134, "街道工会"), ("gb18030", 0, "街道工会"), ("cp950", 136, "統計表")],
)
@pytest.mark.parametrize("is_said", [True, False])
def test_an_old_text_is_in_the_charset_of_its_code_page_or_else_of_its_fonts(
    charset: str, font: int, text: str, is_said: bool
) -> None:
    page = int(charset.removeprefix("cp")) if charset != "gb18030" else 936
    name = struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, font, 0) + b"\x05Arial"
    sheet = [
        (BOF, struct.pack("<HHHH", 0x0500, 0x0010, 3000, 1995)),
        (LABEL, bytes(6) + _counted(text, charset)),
        (EOF, b""),
    ]
    book = [
        (BOF, struct.pack("<HHHH", 0x0500, 0x0005, 3000, 1995)),
        *([(CODEPAGE, struct.pack("<H", page))] if is_said else []),
        *[(FONT, name)] * 4,
        (XF, bytes(16)),
        (BOUNDSHEET, bytes(6) + b"\x01A"),
        (EOF, b""),
    ]
    assert [cell.value for cell in only(workbook([*book, *sheet])).cells.values()] == [text]


def _counted(text: str, charset: str) -> bytes:
    return struct.pack("<H", len(text.encode(charset))) + text.encode(charset)
