"""Reads binary workbooks: .xls of every age and WPS's .et of that kind ([MS-XLS])."""

import io
import struct
from collections.abc import Iterator

import olefile
import xlrd

from parsers.formats import encrypted
from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults
from parsers.formats.helpers.sheet import Budget, Sheet, bool_cell, error_cell, text_cell, unknown_result
from parsers.formats.helpers.text_runs import Look, Run, cell_of, struck_out, written
from parsers.grid import Cell, Grid
from parsers.values.number_format import BUILTIN, number_cell

KINDS = frozenset({FileKind.XLS})

_BIFF5, _BIFF8 = 50, 80


_BOF, _EOF, _FORMULA = 0x0809, 0x000A, 0x0006
_CALCULATE_ON_LOAD = 0x0002


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
    return tuple(
        _read_sheet(book, sheet, _placeholders(book, stream, n), budget) for n, sheet in enumerate(book.sheets())
    )


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
    return xlrd.open_workbook(
        file_contents=stream,
        formatting_info=True,
        ragged_rows=True,
        logfile=io.StringIO(),
        encoding_override=charset,
    )


def _read_sheet(
    book: xlrd.Book, source: xlrd.sheet.Sheet, placeholders: frozenset[tuple[int, int]], budget: Budget
) -> Grid:
    sheet = Sheet(source.name, budget, hidden=source.visibility != 0)
    for row in range(source.nrows):
        for column, cell in _cells(book, source, row):
            if (row, column) not in placeholders:
                sheet.put(row + 1, column + 1, cell)
    for row, column in placeholders:
        sheet.put(row + 1, column + 1, unknown_result(""))
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
                cell = number_cell(value, code, from_1904=book.datemode == 1)
            case xlrd.XL_CELL_BOOLEAN:
                cell = bool_cell(bool(value), code)
            case xlrd.XL_CELL_ERROR:
                cell = error_cell(xlrd.error_text_from_code.get(value, "#ERROR!"), code)
            case xlrd.XL_CELL_TEXT if value:
                yield column, _text(book, source, row, column, value, code)
                continue
            case _:
                continue
        yield column, struck_out(cell) if _look(book, _font(book, source, row, column)).gone else cell


def _text(book: xlrd.Book, source: xlrd.sheet.Sheet, row: int, column: int, text: str, code: str) -> Cell:
    """The cell for a text, which may change its font on the way."""
    starts = [(0, _font(book, source, row, column)), *source.rich_text_runlist_map.get((row, column), ())]
    ends = [*(start for start, _ in starts[1:]), len(text)]
    own = _look(book, starts[0][1])
    looks = [own._replace(raised=0), *(_look(book, font) for _, font in starts[1:])]
    said = written(
        Run(text[start:end], look) for (start, _), end, look in zip(starts, ends, looks, strict=True) if start < end
    )
    return cell_of(said, text_cell(said.text, code))


def _font(book: xlrd.Book, source: xlrd.sheet.Sheet, row: int, column: int) -> int:
    font: int = book.xf_list[source.cell_xf_index(row, column)].font_index
    return font


def _look(book: xlrd.Book, font: int) -> Look:
    """How a font looks ([MS-XLS] 2.4.122)."""
    if not 0 <= font < len(book.font_list):
        return Look()
    known = book.font_list[font]
    return Look(bool(known.struck_out), {1: 1, 2: -1}.get(known.escapement, 0))


def _code(book: xlrd.Book, style: int) -> str:
    key = book.xf_list[style].format_key
    if book.biff_version >= _BIFF5 and key in BUILTIN:
        return BUILTIN[key]
    code: str = book.format_map[key].format_str
    return code


# ---------------------------------------------------------------- formulas that nobody has calculated


def _placeholders(book: xlrd.Book, stream: bytes, number: int) -> frozenset[tuple[int, int]]:
    """Where a sheet's formulas have a stand-in for a result, as libraries write it; counted from 0.

    It is a 0 or an empty text that is to be calculated on loading, or an empty text as the result of a sum.
    """
    if book.biff_version < _BIFF5:
        return frozenset()
    records = _records_of_sheet(stream, book._sh_abs_posn[number])
    return frozenset(
        struct.unpack_from("<HH", body) for record, body in records if record == _FORMULA and _is_placeholder(body)
    )


def _records_of_sheet(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of the sheet that begins there, without those of charts in it ([MS-XLS] 2.1.4)."""
    depth = 0
    while at + 4 <= len(stream):
        record, length = struct.unpack_from("<HH", stream, at)
        depth += (record == _BOF) - (record == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield record, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _is_placeholder(body: bytes) -> bool:
    result, flags, tokens = body[6:14], int.from_bytes(body[14:16], "little"), body[22:]
    is_empty_text = result[:1] == b"\x03" and result[6:] == b"\xff\xff"
    if flags & _CALCULATE_ON_LOAD:
        return is_empty_text or result == bytes(8)
    return is_empty_text and _makes_a_number(tokens)


def _makes_a_number(tokens: bytes) -> bool:
    """Whether a formula's last operation is + - * / ^ % or a SUM ([MS-XLS] 2.5.198)."""
    if len(tokens) >= 4 and (
        tokens[-4:-2] == b"\x19\x10" or (tokens[-4] & 0x1F == 0x02 and tokens[-2:] == b"\x04\x00")
    ):
        return True
    return tokens[-1:] in (b"\x03", b"\x04", b"\x05", b"\x06", b"\x07", b"\x14")
