"""Reads OpenDocument spreadsheets, .ods and the flat .fods (OpenDocument 1.3 part 3, clauses 2.2 and 9)."""

import io
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults
from parsers.formats.helpers.ods_styles import STYLE, Styles
from parsers.formats.helpers.sheet import (
    MAX_COLUMN,
    MAX_ROW,
    Budget,
    Sheet,
    Stretch,
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
from parsers.formats.helpers.text_runs import Look, Run, cell_of, struck_out, written
from parsers.formats.helpers.zipped_xml import Package, elements, has_end, is_encrypted, local
from parsers.grid import Cell, Grid

KINDS = frozenset({FileKind.ODS})

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_STYLES = (f"{STYLE}style", f"{STYLE}default-style")
_TAGS = (*_STYLES, f"{_TABLE}table-column", f"{_TABLE}table-row", f"{_TABLE}table")
_ASIDE = (f"{_DRAW}frame", f"{_TABLE}dde-link")
"""Elements whose tables are no sheets: the numbers of a chart, a workbook within the workbook."""
_MOST_BLANKS, _MOST_DIGITS = 1000, 9
_Named = tuple[str, str]
"""A style by its family and name."""


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook, hidden ones included, in its order."""
    book = _Book()
    if content.startswith(b"PK"):
        _read_package(Package(content), book)
    else:
        if not has_end(content):
            raise faults.truncated()
        _read_content(elements(io.BytesIO(content.lstrip()), *_TAGS), book)
    grids = book.grids()
    if all(grid.partial and not grid.cells for grid in grids):
        raise faults.broken()
    return grids


def _read_package(package: Package, book: "_Book") -> None:
    if is_encrypted(package):
        raise faults.password()
    with read_in_part(book):
        for style in package.elements("styles.xml", *_STYLES) if "styles.xml" in package else ():
            book.styles.add(style)
    _read_content(package.elements("content.xml", *_TAGS), book)


def _read_content(content: Iterator[etree._Element], book: "_Book") -> None:
    stretch = Stretch()
    with read_in_part(stretch):
        for element in content:
            if next(element.iterancestors(*_ASIDE), None) is None:
                book.take(element)
    if stretch.partial:
        book.break_off()


class _Book:
    """The sheets and styles of a workbook, as they are met."""

    def __init__(self) -> None:
        self.styles = Styles()
        self.partial = False
        """Something of the styles is lost."""
        self._budget = Budget()
        self._tables: list[_Table] = []
        self._is_open = False
        """Whether the last table has not ended."""

    def take(self, element: etree._Element) -> None:
        """Take in an element with one of _TAGS, once it is complete."""
        if element.tag in _STYLES:
            self.styles.add(element)
            return
        owner = element if element.tag == f"{_TABLE}table" else next(element.iterancestors(f"{_TABLE}table"))
        if not self._is_open:
            hidden = self.styles.hides_table(owner.get(f"{_TABLE}style-name"))
            self._tables.append(
                _Table(Sheet(cut(owner.get(f"{_TABLE}name", "")), self._budget, hidden=hidden), self.styles)
            )
        self._is_open = element is not owner
        table = self._tables[-1]
        with read_in_part(table.sheet):
            if element.tag == f"{_TABLE}table-row":
                table.add_row(element)
            elif element.tag == f"{_TABLE}table-column":
                table.add_columns(element)
        element.clear()

    def break_off(self) -> None:
        """Nothing of what follows can be read."""
        if self._tables:
            self._tables[-1].sheet.partial = True

    def grids(self) -> tuple[Grid, ...]:
        for table in self._tables if self.partial else ():
            table.sheet.partial = True
        return tuple(table.sheet.grid() for table in self._tables)


class _Table:
    """A sheet and how far it has been read."""

    def __init__(self, sheet: Sheet, styles: Styles) -> None:
        self.sheet, self._styles = sheet, styles
        self._rows = self._columns = 0
        self._last_columns: list[int] = []
        """The last column of each run of columns that have the same style."""
        self._column_styles: list[str] = []

    def add_columns(self, element: etree._Element) -> None:
        first, self._columns = self._columns + 1, self._columns + self._number(element, "columns-repeated")
        self._last_columns.append(self._columns)
        self._column_styles.append(element.get(f"{_TABLE}default-cell-style-name", ""))
        if _is_hidden(element):
            self.sheet.hide_columns(first, self._columns)

    def add_row(self, element: etree._Element) -> None:
        first, self._rows = self._rows + 1, self._rows + self._number(element, "rows-repeated")
        if _is_hidden(element):
            self.sheet.hide_rows(first, self._rows)
        column, style = 1, element.get(f"{_TABLE}default-cell-style-name", "")
        for item in element:
            following = column + self._number(item, "columns-repeated")
            if item.tag == f"{_TABLE}table-cell" and len(item) + len(item.attrib) and self._holds_something(item):
                for row in self._up_to(first, self._rows, MAX_ROW):
                    for place in self._up_to(column, following - 1, MAX_COLUMN):
                        self._put(item, row, place, style)
            column = following

    def _up_to(self, first: int, last: int, most: int) -> range:
        if last > most:
            self.sheet.partial = True
        return range(first, min(last, most) + 1)

    def _put(self, item: etree._Element, row: int, column: int, style: str) -> None:
        cell = _cell(item, item.get(f"{_TABLE}style-name") or style or self._column_style(column), self._styles)
        annotation = item.find(f"{_OFFICE}annotation")
        if cell is not None:
            self.sheet.put(row, column, cell)
        if annotation is not None:
            self.sheet.comment(row, column, _paragraphs(annotation))
        rows, columns = self._number(item, "rows-spanned"), self._number(item, "columns-spanned")
        self.sheet.merge(row, column, row + rows - 1, column + columns - 1)

    def _column_style(self, column: int) -> str:
        run = bisect_left(self._last_columns, column)
        return self._column_styles[run] if run < len(self._column_styles) else ""

    def _holds_something(self, item: etree._Element) -> bool:
        spans = self._number(item, "rows-spanned") * self._number(item, "columns-spanned") > 1
        return len(item) > 0 or spans or f"{_OFFICE}value-type" in item.attrib or f"{_TABLE}formula" in item.attrib

    def _number(self, element: etree._Element, what: str) -> int:
        """How often an element is repeated, or how far it reaches; 1 where it does not say, or says no number."""
        text = element.get(f"{_TABLE}number-{what}", "1")
        if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
            self.sheet.partial = True
            return 1
        return max(int(text), 1)


def _is_hidden(element: etree._Element) -> bool:
    return element.get(f"{_TABLE}visibility") in ("collapse", "filter") or any(
        group.get(f"{_TABLE}display") == "false"
        for group in element.iterancestors(f"{_TABLE}table-row-group", f"{_TABLE}table-column-group")
    )


# ---------------------------------------------------------------- cells


def _cell(item: etree._Element, style: str, styles: Styles) -> Cell | None:
    own = ("table-cell", style)
    said = written(_runs(item, styles, own))
    cell = _typed(item, said.text or said.struck)
    if cell is None or cell.kind == "text":
        return cell_of(said, cell or text_cell("")) if said.struck or cell is not None else None
    if said.struck or (not said.text and styles.look(own).gone):
        return replace(cell, struck=said.struck) if said.text.strip() else struck_out(cell)
    return cell


def _typed(item: etree._Element, text: str) -> Cell | None:
    """The cell; what it shows is written in the file beside its value."""
    formula = item.get(f"{_TABLE}formula")
    if formula is not None:
        formula = cut(formula).partition("=")[2]
    if item.get(f"{_CALC}value-type") == "error":
        return error_cell(text, formula=formula)
    value = item.get(f"{_OFFICE}value", "")
    match item.get(f"{_OFFICE}value-type"):
        case None if formula is not None and not text:
            return unknown_result(formula)
        case None | "string":
            text = text or item.get(f"{_OFFICE}string-value", "")
            return text_cell(text, formula=formula) if text else None
        case "float" | "currency":
            return _as_shown(stored_number(value, None, formula), item, text)
        case "percentage":
            return _as_shown(stored_number(value, _percent(text), formula), item, text)
        case "date":
            return _as_shown(iso_cell(item.get(f"{_OFFICE}date-value", ""), None, formula), item, text)
        case "time":
            return _as_shown(iso_cell(item.get(f"{_OFFICE}time-value", ""), None, formula), item, text)
        case "boolean" if (truth := item.get(f"{_OFFICE}boolean-value")) in ("true", "false"):
            return _as_shown(bool_cell(truth == "true", formula=formula), item, text)
        case _:
            return unreadable_cell(text, formula=formula)


def _as_shown(cell: Cell, item: etree._Element, text: str) -> Cell:
    """The cell with what is written beside its value: nothing at all where a format hides it."""
    is_hidden = cell.value is not None and not text and item.find(f"{_TEXT}p") is not None
    return Cell(cell.value, cell.kind, "" if is_hidden else text or cell.shown, cell.format, cell.formula)


def _percent(text: str) -> str:
    """The format code that shows a percentage with as many places as the text has."""
    places = len(match[1]) if (match := re.search(r"[.,](\d+)\s*%", text)) else 0
    return "0." + "0" * places + "%" if places else "0%"


def _paragraphs(element: etree._Element) -> str:
    """The paragraphs that are the element's own; comments and drawings have theirs further down."""
    return written(_runs(element, Styles(), ("", ""))).text


def _runs(element: etree._Element, styles: Styles, own: _Named) -> Iterator[Run]:
    """The paragraphs of an element whose text has a style."""
    for number, child in enumerate(element.iterchildren(f"{_TEXT}p")):
        name = child.get(f"{_TEXT}style-name")
        names = (("paragraph", name),) if name else ()
        if number:
            yield Run("\n", Look(styles.look(own).gone))
        yield from _pieces(child, styles, names, own)


def _pieces(element: etree._Element, styles: Styles, names: tuple[_Named, ...], own: _Named) -> Iterator[Run]:
    """The text of an element within a cell to which these styles apply, from the innermost on; a raised font of the
    cell alone raises nothing."""
    look = Look(styles.look(*names, own).gone, styles.look(*names).raised)
    yield Run(element.text or "", look)
    for child in element:
        match local(child):
            case "s":
                yield Run(" " * _blanks(child.get(f"{_TEXT}c", "1")), look)
            case "tab":
                yield Run("\t", look)
            case "line-break":
                yield Run("\n", look)
            case "ruby":
                for base in child.iterchildren(f"{_TEXT}ruby-base"):
                    yield from _pieces(base, styles, names, own)
            case "span" | "a":
                name = child.get(f"{_TEXT}style-name")
                yield from _pieces(child, styles, (("text", name), *names) if name else names, own)
        yield Run(child.tail or "", look)


def _blanks(text: str) -> int:
    count = int(text) if text.isascii() and text.isdecimal() else 1
    if count > _MOST_BLANKS:
        raise faults.too_large("空格过多")
    return count
