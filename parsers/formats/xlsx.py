"""Reads workbooks of zipped XML: .xlsx, .xlsm, .xltx and WPS's .et of that kind (ECMA-376 part 1, clause 18)."""

import re
from dataclasses import dataclass

from lxml import etree

from parsers.child import work
from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults
from parsers.formats.helpers.references import corners, moved, position
from parsers.formats.helpers.sheet import (
    MAX_COLUMN,
    Budget,
    Sheet,
    bool_cell,
    cut,
    error_cell,
    iso_cell,
    read_in_part,
    stored_number,
    text_cell,
    unknown_result,
    unreadable_cell,
)
from parsers.formats.helpers.text_runs import PLAIN, Look, Run, cell_of, struck_out
from parsers.formats.helpers.xlsx_workbook import Workbook, forget, is_set, joined, open_workbook, runs, unescaped
from parsers.formats.helpers.zipped_xml import Package, local
from parsers.grid import Cell, Grid, Position, column_letters
from parsers.reading import Unreadable
from parsers.values.number_format import GENERAL

KINDS = frozenset({FileKind.XLSX})

_MOST_DIGITS = 9
_MOVED = 0.3
"""Units of work of a character of a formula that is moved."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?")


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook, hidden ones included, in its order."""
    book = open_workbook(Package(content))
    budget = Budget()
    grids = tuple(grid for element in book.sheets if (grid := _read_sheet(book, element, budget)))
    if all(grid.partial and not grid.cells for grid in grids):
        raise faults.broken()
    return grids


@dataclass(frozen=True, slots=True)
class _Original:
    """A formula that several cells share, in the cell where it is written out."""

    text: str
    row: int
    column: int


def _read_sheet(book: Workbook, element: etree._Element, budget: Budget) -> Grid | None:
    """One sheet, as far as it can be read; None for one that is not there: it has no relation, or its part is gone."""
    hidden = element.get("state", "visible") != "visible"
    sheet = Sheet(cut(element.get("name", "")), budget, hidden=hidden)
    sheet.partial = book.partial
    key = next((text for name, text in element.items() if str(name).startswith("{") and str(name).endswith("}id")), "")
    kind, name = book.parts.get(str(key), ("", ""))
    if not kind or (kind.endswith("/worksheet") and name not in book.package):
        return None
    if kind.endswith("/worksheet"):  # charts and macro sheets have no table
        with read_in_part(sheet):
            _fill(book, name, sheet)
        with read_in_part(sheet):
            for _, kind, part in book.package.related(name):
                if kind.endswith("/comments") and part in book.package:
                    _read_comments(book.package, part, sheet)
    return sheet.grid()


def _fill(book: Workbook, name: str, sheet: Sheet) -> None:
    shared: dict[str, _Original] = {}
    last = 0
    for element in book.package.elements(name, "{*}row", "{*}mergeCell", "{*}col"):
        parent = element.getparent()
        match local(element), local(parent) if parent is not None else "":
            case "row", "sheetData":
                last = _read_row(book, element, last + 1, sheet, shared)
                forget(element)
            case "mergeCell", "mergeCells":
                with read_in_part(sheet):
                    sheet.merge(*corners(element.get("ref", "")))
                forget(element)
            case "col", "cols" if is_set(element, "hidden") or _is_zero(element.get("width")):
                with read_in_part(sheet):
                    sheet.hide_columns(int(element.get("min", "")), min(int(element.get("max", "")), MAX_COLUMN))


def _read_row(book: Workbook, row: etree._Element, expected: int, sheet: Sheet, shared: dict[str, _Original]) -> int:
    number = _whole(row.get("r"), expected)
    sheet.partial |= row.get("r", str(number)) != str(number)
    if is_set(row, "hidden") or _is_zero(row.get("ht")):
        sheet.hide_rows(number, number)
    column, name, last_style = 0, str(number), max(len(book.codes) - 1, 0)
    for element in row:
        place, reference = (number, column + 1), element.get("r")
        if reference and reference != f"{column_letters(column + 1)}{name}":  # mostly it is that
            place, is_certain = _place(reference, *place)
            sheet.partial |= not is_certain
        column = place[1]
        if len(element):
            style = _style(element)
            if (cell := _cell(book, element, style, place, shared)) is not None:
                sheet.put(*place, cell)
                sheet.partial |= not 0 <= style <= last_style
    return number


def _cell(
    book: Workbook, element: etree._Element, style: int, place: Position, shared: dict[str, _Original]
) -> Cell | None:
    value, formula, inline = None, None, tuple[Run | str, ...]()
    for child in element:
        match local(child):
            case "v":
                value = child.text or ""
            case "f":
                formula = _formula(child, *place, shared)
            case "is":
                inline = tuple(runs(child))
    code, look = (book.codes[style], book.looks[style]) if 0 <= style < len(book.codes) else (GENERAL, PLAIN)
    if element.get("t") == "s" and value:
        index = _whole(value, -1)
        if not 0 <= index < len(book.strings):
            return unreadable_cell(value, code, formula)
        if formula is not None:
            return _text(book.strings[index], look, code, formula)
        if (index, style) not in book.known:
            book.known[index, style] = _text(book.strings[index], look, code, None)
        return book.known[index, style]
    if element.get("t") == "inlineStr":
        return _text(inline or ((value,) if value else ()), look, code, formula)
    cell = _typed(book, element, value, code, formula)
    return struck_out(cell) if cell is not None and look.gone else cell


def _style(element: etree._Element) -> int:
    """The number of a cell's style: the first where it names none, -1 where it names it in no way."""
    return _whole(element.get("s") or "0", -1)


def _text(runs: tuple[Run | str, ...], look: Look, code: str, formula: str | None) -> Cell | None:
    said = joined(runs, look)
    return cell_of(said, text_cell(said.text, code, formula)) if said.text or said.struck else None


def _typed(book: Workbook, element: etree._Element, value: str | None, code: str, formula: str | None) -> Cell | None:
    """A cell that says what type its value has."""
    match element.get("t", "n"):
        case "str":  # a formula that gives no text shows nothing
            return text_cell(unescaped(value), code, formula) if value else None
        case _ if not value:
            return unknown_result(formula, code) if formula is not None else None
        case "b":
            return bool_cell(value.strip() in ("1", "true"), code, formula)
        case "e":
            return error_cell(value, code, formula)
        case "d":
            return iso_cell(value.strip(), code, formula)
        case "n":
            return _number(book, value.strip(), code, formula)
        case _:
            return unreadable_cell(value, code, formula)


def _number(book: Workbook, text: str, code: str, formula: str | None) -> Cell:
    cell = stored_number(text, code, formula, from_1904=book.from_1904)
    if formula is not None and book.recalculated and cell.kind != "error" and float(text) == 0:
        return unknown_result(formula, code)
    return cell


def _read_comments(package: Package, name: str, sheet: Sheet) -> None:
    for element in package.elements(name, "{*}comment"):
        text = element.find("{*}text")
        if text is not None:
            sheet.comment(*position(element.get("ref", "")), joined(tuple(runs(text)), PLAIN).text)
        forget(element)


def _formula(element: etree._Element, row: int, column: int, shared: dict[str, _Original]) -> str:
    """The formula without its =, also where only its first cell writes it out (18.3.1.40)."""
    text = cut(element.text or "")
    if element.get("t") != "shared":
        return text
    key = element.get("si", "")
    if text:
        shared[key] = _Original(text, row, column)
        return text
    first = shared.get(key)
    work.spend(_MOVED * len(first.text) if first else 0)
    return moved(first.text, row - first.row, column - first.column) if first else ""


def _whole(text: str | None, otherwise: int) -> int:
    """The number of an attribute; `otherwise` where it is missing, blank or none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else otherwise


def _place(reference: str, row: int, column: int) -> tuple[Position, bool]:
    """Where a cell stands, and whether that is certain: as it says, or behind the one before it (18.3.1.4)."""
    try:
        return position(reference), True
    except Unreadable:
        return (row, column), False


def _is_zero(size: str | None) -> bool:
    """Whether a height or width is there and is 0, which hides as well."""
    return size is not None and bool(_NUMBER.fullmatch(size)) and float(size) == 0
