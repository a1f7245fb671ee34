"""Reads binary workbooks in a zip, .xlsb: values alone, without formats, comments and hidden rows ([MS-XLSB])."""

import io
from datetime import date, datetime, time, timedelta

import python_calamine

from parsers.child import work
from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults
from parsers.formats.helpers.sheet import Budget, Sheet, Stretch, bool_cell, cut, read_in_part, stored_number, text_cell
from parsers.formats.helpers.xlsb_area import positions
from parsers.formats.helpers.zipped_xml import Package
from parsers.grid import Cell, Grid
from parsers.values.number_format import shown

KINDS = frozenset({FileKind.XLSB})
_MOST_POSITIONS = 5_000_000
"""Of a sheet's rectangle, which the library keeps as a whole."""
_POSITION = 0.15
"""Units of work of one of them."""


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook, all of them partial: the library tells no error from a blank, and no formats.

    It may end the process over a hostile file, so it is for a child alone (parsers.child.isolate).
    """
    package = Package(content)
    for name in package.names:
        if not name.endswith((".xml", ".rels")) and positions(package.content(name)) > _MOST_POSITIONS:
            raise faults.too_large("表格区域过大")
    try:
        return _read(content)
    except (Exception, KeyboardInterrupt, SystemExit, GeneratorExit, work.Exhausted):
        raise
    except BaseException as error:  # a panic of Rust code
        raise faults.broken() from error


def _read(content: bytes) -> tuple[Grid, ...]:
    budget = Budget()
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except python_calamine.PasswordError as error:
        raise faults.password() from error
    sheets = [
        _read_sheet(book, about.name, budget, hidden=about.visible is not python_calamine.SheetVisibleEnum.Visible)
        for about in book.sheets_metadata
        if about.typ is python_calamine.SheetTypeEnum.WorkSheet
    ]
    if all(is_lost for _, is_lost in sheets):
        raise faults.broken()
    return tuple(grid for grid, _ in sheets)


def _read_sheet(
    book: python_calamine.CalamineWorkbook, name: str, budget: Budget, *, hidden: bool
) -> tuple[Grid, bool]:
    """A sheet, and whether it cannot be read."""
    sheet, stretch = Sheet(cut(name), budget, hidden=hidden), Stretch()
    sheet.partial = True
    with read_in_part(stretch):
        source = book.get_sheet_by_name(name)
        if source.total_height * source.total_width > _MOST_POSITIONS:
            raise faults.too_large("表格区域过大")
        work.spend(_POSITION * source.total_height * source.total_width)
        for row, values in enumerate(source.to_python(skip_empty_area=False), 1):
            for column, value in enumerate(values, 1):
                if value != "":
                    sheet.put(row, column, _cell(value))
        for (top, left), (bottom, right) in source.merged_cell_ranges or ():
            sheet.merge(top + 1, left + 1, bottom + 1, right + 1)
    return sheet.grid(), stretch.partial


def _cell(value: int | float | str | bool | date | datetime | time | timedelta) -> Cell:
    match value:
        case str():
            return text_cell(value)
        case bool():
            return bool_cell(value)
        case int() | float():
            return stored_number(value)
        case time() | timedelta():
            return Cell(value, "time", shown(value, None))
        case datetime():
            return Cell(value, "date", shown(value, None))
        case date():
            moment = datetime.combine(value, time())
            return Cell(moment, "date", shown(moment, None))
