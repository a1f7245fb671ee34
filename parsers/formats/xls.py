"""Binary workbooks: .xls of every age and WPS's .et of that kind ([MS-XLS])."""

import io
from collections.abc import Iterator

import olefile
import xlrd

from parsers.formats import faults
from parsers.formats.sheets import Budget, Sheet, bool_cell, error_cell, text_cell
from parsers.grid import Cell, Grid
from parsers.number_format import BUILTIN, number_cell
from parsers.sniff import FileKind

KINDS = frozenset({FileKind.XLS})

_BIFF5, _BIFF8 = 50, 80


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook, hidden ones included, in its order. Formulas come as their results alone."""
    book = _open(_stream(content))
    budget = Budget()
    return tuple(_read_sheet(book, sheet, budget) for sheet in book.sheets())


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


def _open(stream: bytes) -> xlrd.Book:
    book = _parsed(stream)
    if book.codepage is None and book.biff_version < _BIFF8:  # it does not say what its texts are in
        return _parsed(stream, "gb18030")
    return book


def _parsed(stream: bytes, charset: str | None = None) -> xlrd.Book:
    try:
        return xlrd.open_workbook(
            file_contents=stream,
            formatting_info=True,
            ragged_rows=True,
            logfile=io.StringIO(),
            encoding_override=charset,
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise faults.password() from error
        raise


def _read_sheet(book: xlrd.Book, source: xlrd.sheet.Sheet, budget: Budget) -> Grid:
    sheet = Sheet(source.name, budget, hidden=source.visibility != 0)
    for row in range(source.nrows):
        for column, cell in _cells(book, source, row):
            sheet.put(row + 1, column + 1, cell)
    for top, bottom, left, right in source.merged_cells:
        sheet.merge(top + 1, left + 1, bottom, right)
    for row, layout in source.rowinfo_map.items():
        if layout.hidden or layout.height == 0:
            sheet.hide_rows(row + 1, row + 1)
    for column, layout in source.colinfo_map.items():
        if layout.hidden or layout.width == 0:
            sheet.hide_columns(column + 1, column + 1)
    for (row, column), note in source.cell_note_map.items():
        sheet.comment(row + 1, column + 1, note.text)
    return sheet.grid()


def _cells(book: xlrd.Book, source: xlrd.sheet.Sheet, row: int) -> Iterator[tuple[int, Cell]]:
    for column, kind in enumerate(source.row_types(row)):
        if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
            continue
        value, code = source.cell_value(row, column), _code(book, source.cell_xf_index(row, column))
        match kind:
            case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
                yield column, number_cell(value, code, from_1904=book.datemode == 1)
            case xlrd.XL_CELL_BOOLEAN:
                yield column, bool_cell(bool(value), code)
            case xlrd.XL_CELL_ERROR:
                yield column, error_cell(xlrd.error_text_from_code.get(value, "#ERROR!"), code)
            case xlrd.XL_CELL_TEXT if value:
                yield column, text_cell(value, code)


def _code(book: xlrd.Book, style: int) -> str:
    key = book.xf_list[style].format_key
    if book.biff_version >= _BIFF5 and key in BUILTIN:
        return BUILTIN[key]
    code: str = book.format_map[key].format_str
    return code
