"""Reads binary workbooks: .xls of every age and WPS's .et of that kind ([MS-XLS])."""

from collections import Counter
from collections.abc import Iterator

import olefile
import xlrd

from parsers.child import work
from parsers.formats import encrypted
from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults
from parsers.formats.helpers.sheet import (
    Budget,
    Sheet,
    bool_cell,
    error_cell,
    read_in_part,
    stored_number,
    text_cell,
    unknown_result,
    unreadable_cell,
)
from parsers.formats.helpers.text_runs import PLAIN, Look, Run, cell_of, struck_out, written
from parsers.formats.helpers.xls_book import BIFF5, BIFF8, XlsBook, XlsSheet, open_book
from parsers.grid import Cell, Grid
from parsers.values.number_format import BUILTIN, GENERAL

KINDS = frozenset({FileKind.XLS})

_RUN = 1.5
"""Units of work of a run of a text."""
_CHARSETS = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
"""What a font is made for ([MS-XLS] 2.4.122 and [MS-WMF] 2.1.1.5)."""


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook, hidden ones included, in its order.

    Formulas come as their results alone; one without a result in the file comes as an error, without its text.
    """
    stream = _stream(content)
    try:
        book = _open(stream)
    except xlrd.XLRDError as error:
        if "encrypted" not in str(error):
            raise
        stream = _stream(encrypted.opened(content))
        book = _open(stream)
    budget = Budget()
    grids = tuple(_read_sheet(book, number, sheet, budget) for number, sheet in enumerate(book.found))
    if all(grid.partial and not grid.cells for grid in grids):
        raise faults.broken()
    return grids


def _stream(content: bytes) -> bytes:
    """The workbook out of its container: olefile stops at chains of sectors that go in circles, xlrd does not."""
    if not content.startswith(olefile.MAGIC):
        return content
    try:
        with olefile.OleFileIO(content) as container:
            names = [path[0] for path in container.listdir() if len(path) == 1]
            path = next(name for wanted in ("workbook", "book") for name in names if name.lower() == wanted)
            stream: bytes = container.openstream(path).read()
            size = container.get_size(path)
    except (OSError, StopIteration) as error:
        raise faults.truncated() from error
    if len(stream) < size:
        raise faults.truncated()
    return stream


def _open(stream: bytes) -> XlsBook:
    book = open_book(stream)
    if book.codepage is None and book.biff_version < BIFF8:  # it does not say what its texts are in
        return open_book(stream, _charset(book))
    return book


def _charset(book: XlsBook) -> str:
    """The charset that most fonts are made for, where they are made for one."""
    found = Counter(_CHARSETS[font.character_set] for font in book.font_list if font.character_set in _CHARSETS)
    return found.most_common(1)[0][0] if found else "gb18030"


def _read_sheet(book: XlsBook, number: int, source: XlsSheet | None, budget: Budget) -> Grid:
    hidden = book._sheet_visibility[number] != 0
    sheet = Sheet(book._sheet_names[number], budget, hidden=hidden)
    sheet.partial = source is None or source.partial or book.partial
    if source is not None:
        with read_in_part(sheet):
            _fill(book, source, sheet)
    return sheet.grid()


def _fill(book: XlsBook, source: XlsSheet, sheet: Sheet) -> None:
    without_result = source.uncalculated if book.calculates else source.uncalculated | source.on_load
    for row in range(source.nrows):
        for column, cell in _cells(book, source, row, sheet):
            source.unreadable.discard((row, column))
            sheet.put(row + 1, column + 1, unknown_result("") if (row, column) in without_result else cell)
    for row, column in source.unreadable:
        sheet.put(row + 1, column + 1, unreadable_cell(""))
    for top, bottom, left, right in source.merged_cells:
        with read_in_part(sheet):
            sheet.merge(top + 1, left + 1, bottom, right)
    for row, layout in source.rowinfo_map.items():
        if layout.hidden or layout.height == 0:
            sheet.hide_rows(row + 1, row + 1)
    for column, layout in source.colinfo_map.items():
        if layout.hidden or layout.width == 0:
            sheet.hide_columns(column + 1, column + 1)
    for (row, column), note in source.cell_note_map.items():
        sheet.comment(row + 1, column + 1, note.text)


def _cells(book: XlsBook, source: XlsSheet, row: int, sheet: Sheet) -> Iterator[tuple[int, Cell]]:
    for column, kind in enumerate(source.row_types(row)):
        if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
            continue
        value, style = source.cell_value(row, column), source.cell_xf_index(row, column)
        if not 0 <= style < len(book.xf_list):
            sheet.partial = True
        code = _code(book, style)
        match kind:
            case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
                cell = stored_number(value, code, from_1904=book.datemode == 1)
            case xlrd.XL_CELL_BOOLEAN:
                cell = bool_cell(bool(value), code)
            case xlrd.XL_CELL_ERROR:
                cell = error_cell(xlrd.error_text_from_code.get(value, "#ERROR!"), code)
            case xlrd.XL_CELL_TEXT if value:
                yield column, _text(book, source, row, column, value, code)
                continue
            case xlrd.XL_CELL_TEXT if (row, column) in source.uncalculated or (row, column) in source.on_load:
                cell = text_cell("")
            case _:
                continue
        yield column, struck_out(cell) if _look(book, _font(book, source, row, column)).gone else cell


def _text(book: XlsBook, source: XlsSheet, row: int, column: int, text: str, code: str) -> Cell:
    """The cell for a text, which may change its font on the way."""
    starts = [(0, _font(book, source, row, column)), *source.rich_text_runlist_map.get((row, column), ())]
    work.spend(_RUN * len(starts))
    ends = [*(start for start, _ in starts[1:]), len(text)]
    own = _look(book, starts[0][1])
    looks = [own._replace(raised=0), *(_look(book, font) for _, font in starts[1:])]
    said = written(
        Run(text[start:end], look) for (start, _), end, look in zip(starts, ends, looks, strict=True) if start < end
    )
    return cell_of(said, text_cell(said.text, code))


def _font(book: XlsBook, source: XlsSheet, row: int, column: int) -> int:
    style = source.cell_xf_index(row, column)
    return int(book.xf_list[style].font_index) if 0 <= style < len(book.xf_list) else -1


def _look(book: XlsBook, font: int) -> Look:
    """How a font looks ([MS-XLS] 2.4.122)."""
    if not 0 <= font < len(book.font_list):
        return PLAIN
    known = book.font_list[font]
    return Look(bool(known.struck_out), {1: 1, 2: -1}.get(known.escapement, 0))


def _code(book: XlsBook, style: int) -> str:
    if not 0 <= style < len(book.xf_list):
        return GENERAL
    key = book.xf_list[style].format_key
    if book.biff_version >= BIFF5 and key in BUILTIN:
        return BUILTIN[key]
    known = book.format_map.get(key)
    return str(known.format_str) if known else GENERAL
