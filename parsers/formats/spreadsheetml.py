"""Workbooks of one XML text, mostly named .xls: "XML Spreadsheet 2003"."""

import dataclasses
import io
from datetime import datetime, timedelta

from lxml import etree

from parsers.formats import faults
from parsers.formats.package import elements, local
from parsers.formats.sheets import Budget, Sheet, bool_cell, checked, error_cell, text_cell, unknown_result
from parsers.grid import Cell, Grid
from parsers.number_format import GENERAL, is_date_format, number_cell
from parsers.sniff import FileKind

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
_DAY_ZERO, _LEAP_DAY = datetime.fromisoformat("1899-12-30"), datetime.fromisoformat("1900-03-01")


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook, hidden ones included, in its order.

    One is partial where cells lie under merged ones: LibreOffice does not write the places of cells to their right.
    """
    budget, codes, grids = Budget(), {}, []
    for element in elements(io.BytesIO(content), f"{_SS}Style", f"{_SS}Worksheet"):
        if element.tag == f"{_SS}Style":
            own = element.find(f"{_SS}NumberFormat")
            code = own.get(f"{_SS}Format", GENERAL) if own is not None else GENERAL
            codes[element.get(f"{_SS}ID", "")] = _NAMED_FORMATS.get(code, code)
        else:
            grids.append(_read_sheet(element, codes, budget))
            element.clear()
    return tuple(grids)


def _read_sheet(element: etree._Element, codes: dict[str, str], budget: Budget) -> Grid:
    visible = element.findtext(f"{_EXCEL}WorksheetOptions/{_EXCEL}Visible", "")
    sheet = Sheet(checked(element.get(f"{_SS}Name", "")), budget, hidden=visible.startswith("Sheet"))
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
                    written += _read_row(child, first, sheet, codes)
    grid = sheet.grid()
    return dataclasses.replace(grid, partial=len(grid.cells) < written)


def _run(element: etree._Element, last: int) -> tuple[int, int]:
    """The first and last number that an element stands for, after the `last` before it."""
    first = int(element.get(f"{_SS}Index", last + 1))
    return first, first + int(element.get(f"{_SS}Span", "0"))


def _is_hidden(element: etree._Element, size: str) -> bool:
    return element.get(f"{_SS}Hidden") == "1" or element.get(f"{_SS}{size}") == "0"


def _read_row(element: etree._Element, row: int, sheet: Sheet, codes: dict[str, str]) -> int:
    """How many cells of the row hold something."""
    column = written = 0
    style = element.get(f"{_SS}StyleID", "Default")
    for item in element.iterchildren(f"{_SS}Cell"):
        column = int(item.get(f"{_SS}Index", column + 1))
        across, down = (int(item.get(f"{_SS}Merge{way}", "0")) for way in ("Across", "Down"))
        cell = _cell(item, codes.get(item.get(f"{_SS}StyleID", style), GENERAL))
        if cell is not None:
            sheet.put(row, column, cell)
            written += 1
        sheet.merge(row, column, row + down, column + across)
        comment = item.find(f"{_SS}Comment")
        if comment is not None:
            sheet.comment(row, column, "".join(comment.itertext()).strip())
        column += across
    return written


def _cell(item: etree._Element, code: str) -> Cell | None:
    formula = item.get(f"{_SS}Formula")
    formula = checked(formula).removeprefix("=") if formula is not None else None
    data = item.find(f"{_SS}Data")
    text = "".join(data.itertext()) if data is not None else ""
    if data is None or not text:
        return unknown_result(formula, code) if formula is not None and data is None else None
    match data.get(f"{_SS}Type"):
        case "Number":
            return number_cell(float(text), code, formula=formula)
        case "DateTime":
            code = code if is_date_format(code) else _NAMED_FORMATS["Short Date"]
            return number_cell(_serial(datetime.fromisoformat(text)), code, formula=formula)
        case "Boolean":
            return bool_cell(text.strip() == "1", code, formula)
        case "Error":
            return error_cell(text.strip(), code, formula)
        case _:
            return text_cell(text, code, formula)


def _serial(moment: datetime) -> float:
    """The days as a workbook counts them from 1900, with the leap day of that year that never was."""
    return (moment - _DAY_ZERO) / timedelta(days=1) - (moment < _LEAP_DAY)
