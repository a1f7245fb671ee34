"""Reads "XML Spreadsheet 2003" workbooks, mostly named .xls."""

import dataclasses
import io
from collections.abc import Iterator
from datetime import datetime, timedelta

from lxml import etree

from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults
from parsers.formats.helpers.sheet import Budget, Sheet, bool_cell, cut, error_cell, text_cell, unknown_result
from parsers.formats.helpers.text_runs import PLAIN, Look, Run, cell_of, struck_out, written
from parsers.formats.helpers.zipped_xml import elements, local
from parsers.grid import Cell, Grid
from parsers.values.number_format import GENERAL, is_date_format, number_cell

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


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook, hidden ones included, in its order.

    One is partial where cells lie under merged ones: LibreOffice does not write the places of cells to their right.
    """
    budget, styles, grids = Budget(), dict[str, _Style](), []
    for element in elements(io.BytesIO(content), f"{_SS}Style", f"{_SS}Worksheet"):
        if element.tag == f"{_SS}Style":
            own = element.find(f"{_SS}NumberFormat")
            code = own.get(f"{_SS}Format", GENERAL) if own is not None else GENERAL
            styles[element.get(f"{_SS}ID", "")] = _NAMED_FORMATS.get(code, code), _look(element.find(f"{_SS}Font"))
        else:
            grids.append(_read_sheet(element, styles, budget))
            element.clear()
    return tuple(grids)


def _look(font: etree._Element | None) -> Look:
    if font is None:
        return PLAIN
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
                    first, column = _run(child, column)
                    if _is_hidden(child, "Width"):
                        sheet.hide_columns(first, column)
                case "Row":
                    first, row = _run(child, row)
                    if _is_hidden(child, "Height"):
                        sheet.hide_rows(first, row)
                    written += _read_row(child, first, sheet, styles)
    grid = sheet.grid()
    return dataclasses.replace(grid, partial=len(grid.cells) < written)


def _run(element: etree._Element, last: int) -> tuple[int, int]:
    """The first and last number that an element stands for, after the `last` before it."""
    first = int(element.get(f"{_SS}Index", last + 1))
    return first, first + int(element.get(f"{_SS}Span", "0"))


def _is_hidden(element: etree._Element, size: str) -> bool:
    return element.get(f"{_SS}Hidden") == "1" or element.get(f"{_SS}{size}") == "0"


def _read_row(element: etree._Element, row: int, sheet: Sheet, styles: dict[str, _Style]) -> int:
    """How many cells of the row hold something."""
    column = written = 0
    style = element.get(f"{_SS}StyleID", "Default")
    for item in element.iterchildren(f"{_SS}Cell"):
        column = int(item.get(f"{_SS}Index", column + 1))
        across, down = (int(item.get(f"{_SS}Merge{way}", "0")) for way in ("Across", "Down"))
        cell = _cell(item, *styles.get(item.get(f"{_SS}StyleID", style), _DEFAULT))
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
    if data.get(f"{_SS}Type") in ("Number", "DateTime", "Boolean", "Error"):
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
    text = "".join(data.itertext())
    match data.get(f"{_SS}Type"):
        case "Number":
            return number_cell(float(text), code, formula=formula)
        case "DateTime":
            code = code if is_date_format(code) else _NAMED_FORMATS["Short Date"]
            return number_cell(_serial(datetime.fromisoformat(text)), code, formula=formula)
        case "Boolean":
            return bool_cell(text.strip() == "1", code, formula)
        case _:
            return error_cell(text.strip(), code, formula)


def _serial(moment: datetime) -> float:
    """The days as a workbook counts them from 1900, with the leap day of that year that never was."""
    return (moment - _DAY_ZERO) / timedelta(days=1) - (moment < _LEAP_DAY)
