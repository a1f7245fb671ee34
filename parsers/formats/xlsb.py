"""Reads binary workbooks in a zip, .xlsb: values alone, without formats, comments and hidden rows ([MS-XLSB])."""

import dataclasses
import io
from datetime import date, datetime, time, timedelta

import python_calamine

from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults
from parsers.formats.helpers.sheet import Budget, Sheet, bool_cell, text_cell
from parsers.formats.helpers.zipped_xml import Package
from parsers.grid import Cell, Grid
from parsers.values.number_format import number_cell, shown

KINDS = frozenset({FileKind.XLSB})
_MOST_POSITIONS = 5_000_000
"""Of a sheet's rectangle, which the library keeps as a whole."""


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook, all of them partial: the library tells no error from a blank, and no formats.

    It may end the process over a hostile file, so it is for a child alone (parsers.child.isolate).
    """
    Package(content)
    try:
        return _read(content)
    except (Exception, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of Rust code
        raise faults.broken() from error


def _read(content: bytes) -> tuple[Grid, ...]:
    budget = Budget()
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except python_calamine.PasswordError as error:
        raise faults.password() from error
    return tuple(
        _read_sheet(book, about.name, budget, hidden=about.visible is not python_calamine.SheetVisibleEnum.Visible)
        for about in book.sheets_metadata
        if about.typ is python_calamine.SheetTypeEnum.WorkSheet
    )


def _read_sheet(book: python_calamine.CalamineWorkbook, name: str, budget: Budget, *, hidden: bool) -> Grid:
    source = book.get_sheet_by_name(name)
    if source.total_height * source.total_width > _MOST_POSITIONS:
        raise faults.too_large("表格区域过大")
    sheet = Sheet(name, budget, hidden=hidden)
    for row, values in enumerate(source.to_python(skip_empty_area=False), 1):
        for column, value in enumerate(values, 1):
            if value != "":
                sheet.put(row, column, _cell(value))
    for (top, left), (bottom, right) in source.merged_cell_ranges or ():
        sheet.merge(top + 1, left + 1, bottom + 1, right + 1)
    return dataclasses.replace(sheet.grid(), partial=True)


def _cell(value: int | float | str | bool | date | datetime | time | timedelta) -> Cell:
    match value:
        case str():
            return text_cell(value)
        case bool():
            return bool_cell(value)
        case int() | float():
            return number_cell(value, None)
        case time() | timedelta():
            return Cell(value, "time", shown(value, None))
        case datetime():
            return Cell(value, "date", shown(value, None))
        case date():
            moment = datetime.combine(value, time())
            return Cell(moment, "date", shown(moment, None))
