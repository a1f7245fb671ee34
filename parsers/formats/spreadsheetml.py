"""Reads "XML Spreadsheet 2003" workbooks, mostly named .xls."""

import dataclasses
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from lxml import etree

from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults
from parsers.formats.helpers.sheet import (
    Budget,
    Sheet,
    Stretch,
    bool_cell,
    cut,
    error_cell,
    read_in_part,
    stored_number,
    text_cell,
    unknown_result,
    unreadable_cell,
)
from parsers.formats.helpers.text_runs import PLAIN, Look, Run, cell_of, struck_out, written
from parsers.formats.helpers.zipped_xml import drop_last, elements, has_end, local
from parsers.grid import Cell, Grid
from parsers.values.number_format import GENERAL, is_date_format

KINDS = frozenset({FileKind.SPREADSHEETML})

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_NAMED_FORMATS = {
    "General Date": "yyyy/m/d h:mm",
    "Long Date": 'yyyy"年"m"月"d"日"',
    "Medium Date": "d-mmm-yy",
    "Short Date": "yyyy/m/d",
    "Long Time": "h:mm:ss",
    "Medium Time": "h:mm AM/PM",
    "Short Time": "h:mm",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
    "Scientific": "0.00E+00",
    "Currency": "¥#,##0.00",
}
_Style = tuple[str, Look]
"""The number format code of a style, and how its font looks."""
_DEFAULT: _Style = (GENERAL, PLAIN)
_DAY_ZERO, _LEAP_DAY = datetime.fromisoformat("1899-12-30"), datetime.fromisoformat("1900-03-01")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d{1,6}):(\d\d)(?::(\d\d(?:\.\d{1,9})?))?)?Z?", re.ASCII)
_MOST_DIGITS = 9


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook, hidden ones included, in its order.

    One is partial where cells lie under merged ones: LibreOffice does not write the places of cells to their right.
    """
    if not has_end(content):
        raise faults.truncated()
    book, stretch = _Book(), Stretch()
    with read_in_part(stretch):
        for element in elements(io.BytesIO(content.lstrip()), f"{_SS}Style", f"{_SS}Worksheet"):
            book.take(element)
    grids = book.grids(is_whole=not stretch.partial)
    if all(grid.partial and not grid.cells for grid in grids):
        raise faults.broken()
    return grids


class _Book:
    """The styles and sheets of a workbook, as they are met."""

    def __init__(self) -> None:
        self._styles, self._budget = dict[str, _Style](), Budget()
        self._grids: list[Grid] = []
        self._root: etree._Element | None = None

    def take(self, element: etree._Element) -> None:
        """Take in a style or a sheet, once it is complete."""
        self._root = element.getroottree().getroot()
        if element.tag == f"{_SS}Style":
            base = self._styles.get(element.get(f"{_SS}Parent", ""), _DEFAULT)
            self._styles[element.get(f"{_SS}ID", "")] = _style(element, base)
        else:
            self._grids.append(_read_sheet(element, self._styles, self._budget))
            element.clear()

    def grids(self, *, is_whole: bool) -> tuple[Grid, ...]:
        """The sheets, with what there is of the one in which the text breaks the rules of XML."""
        if is_whole or self._root is None:
            return tuple(self._grids)
        drop_last(self._root, f"{_SS}Cell")
        for element in self._root.findall(f"{_SS}Worksheet")[len(self._grids) :]:
            self._grids.append(_read_sheet(element, self._styles, self._budget))
        return (*self._grids[:-1], *(dataclasses.replace(grid, partial=True) for grid in self._grids[-1:]))


def _style(element: etree._Element, base: _Style) -> _Style:
    own, font = element.find(f"{_SS}NumberFormat"), element.find(f"{_SS}Font")
    code = own.get(f"{_SS}Format", GENERAL) if own is not None else base[0]
    return _NAMED_FORMATS.get(code, code), base[1] if font is None else _look(font)


def _look(font: etree._Element) -> Look:
    shift = {"Superscript": 1, "Subscript": -1}.get(font.get(f"{_SS}VerticalAlign", ""), 0)
    return Look(font.get(f"{_SS}StrikeThrough") == "1", shift)


def _read_sheet(element: etree._Element, styles: dict[str, _Style], budget: Budget) -> Grid:
    visible = element.findtext(f"{_EXCEL}WorksheetOptions/{_EXCEL}Visible", "")
    sheet = Sheet(cut(element.get(f"{_SS}Name", "")), budget, hidden=visible.startswith("Sheet"))
    row = column = written = 0
    for table in element.iterchildren(f"{_SS}Table"):
        for child in table:
            match local(child):
                case "Column":
                    first, column = _run(child, column, sheet)
                    if _is_hidden(child, "Width"):
                        sheet.hide_columns(first, column)
                case "Row":
                    first, row = _run(child, row, sheet)
                    if _is_hidden(child, "Height"):
                        sheet.hide_rows(first, row)
                    written += _read_row(child, first, sheet, styles)
    grid = sheet.grid()
    return dataclasses.replace(grid, partial=grid.partial or len(grid.cells) < written)


def _run(element: etree._Element, last: int, sheet: Sheet) -> tuple[int, int]:
    """The first and last number that an element stands for, after the `last` before it."""
    first = _number(element, "Index", last + 1, sheet)
    return first, first + _number(element, "Span", 0, sheet)


def _number(element: etree._Element, name: str, otherwise: int, sheet: Sheet) -> int:
    """The number of an attribute; `otherwise` where it is missing or none."""
    text = element.get(f"{_SS}{name}")
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        sheet.partial = True
        return otherwise
    return int(text)


def _is_hidden(element: etree._Element, size: str) -> bool:
    return element.get(f"{_SS}Hidden") == "1" or element.get(f"{_SS}{size}") == "0"


def _read_row(element: etree._Element, row: int, sheet: Sheet, styles: dict[str, _Style]) -> int:
    """How many cells of the row hold something."""
    column = written = 0
    style = element.get(f"{_SS}StyleID", "Default")
    for item in element.iterchildren(f"{_SS}Cell"):
        column = _number(item, "Index", column + 1, sheet)
        across, down = (_number(item, f"Merge{way}", 0, sheet) for way in ("Across", "Down"))
        name = item.get(f"{_SS}StyleID", style)
        sheet.partial |= name not in styles and name != "Default"
        cell = _cell(item, *styles.get(name, _DEFAULT))
        if cell is not None:
            sheet.put(row, column, cell)
            written += 1
        sheet.merge(row, column, row + down, column + across)
        comment = item.find(f"{_SS}Comment")
        if comment is not None:
            sheet.comment(row, column, "".join(comment.itertext()).strip())
        column += across
    return written


def _cell(item: etree._Element, code: str, look: Look) -> Cell | None:
    formula = item.get(f"{_SS}Formula")
    formula = cut(formula).removeprefix("=") if formula is not None else None
    data = item.find(f"{_SS}Data")
    said = written(_runs(data, look._replace(raised=0))) if data is not None else None
    if data is None or said is None or not (said.text or said.struck):
        return unknown_result(formula, code) if formula is not None and data is None else None
    if data.get(f"{_SS}Type", "String") != "String":
        cell = _typed(data, code, formula)
        return struck_out(cell) if look.gone else cell
    return cell_of(said, text_cell(said.text, code, formula))


def _runs(element: etree._Element, look: Look) -> Iterator[Run]:
    """The text of a cell, which may have marks of HTML in it."""
    yield Run(element.text or "", look)
    for child in element:
        shift = {"Sup": 1, "Sub": -1}.get(local(child), look.raised)
        yield from _runs(child, Look(look.gone or local(child) == "S", shift))
        yield Run(child.tail or "", look)


def _typed(data: etree._Element, code: str, formula: str | None) -> Cell:
    text = "".join(data.itertext()).strip()
    match data.get(f"{_SS}Type"):
        case "Number":
            return stored_number(text, code, formula)
        case "DateTime" if (number := _serial(text)) is not None:
            code = code if is_date_format(code) else _NAMED_FORMATS["Short Date"]
            return stored_number(number, code, formula)
        case "Boolean" if text in ("0", "1"):
            return bool_cell(text == "1", code, formula)
        case "Error":
            return error_cell(text, code, formula)
        case _:
            return unreadable_cell(text, code, formula)


def _serial(text: str) -> float | None:
    """The days as a workbook counts them from 1900, with the leap day of that year that never was; None for no moment.

    A length of more than a day may stand as a later day, or as more than 24 hours.
    """
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    try:
        day, hours = datetime.fromisoformat(found[1]), timedelta(hours=int(found[2] or 0), minutes=int(found[3] or 0))
        moment = day + hours + timedelta(seconds=float(found[4] or 0))
    except (ValueError, OverflowError):
        return None
    return (moment - _DAY_ZERO) / timedelta(days=1) - (day < _LEAP_DAY)
