"""Reads OpenDocument spreadsheets, .ods and the flat .fods (OpenDocument 1.3 part 3, clauses 2.2 and 9)."""

import io
import re
from collections.abc import Iterator, Mapping

from lxml import etree

from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults
from parsers.formats.helpers.sheet import (
    Budget,
    Sheet,
    bool_cell,
    checked,
    error_cell,
    iso_cell,
    text_cell,
    unknown_result,
)
from parsers.formats.helpers.text_runs import PLAIN, Look, Run, cell_of, struck_out, written
from parsers.formats.helpers.zipped_xml import Package, elements, local
from parsers.grid import Cell, Grid
from parsers.values.number_format import number_cell

KINDS = frozenset({FileKind.ODS})

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_TAGS = (f"{_STYLE}style", f"{_TABLE}table-column", f"{_TABLE}table-row", f"{_TABLE}table")
_ASIDE = (f"{_DRAW}frame", f"{_TABLE}dde-link")
"""Elements whose tables are no sheets: the numbers of a chart, a workbook within the workbook."""
_MOST_BLANKS = 1000


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook, hidden ones included, in its order."""
    return tuple(_sheets(_elements(content)))


def _elements(content: bytes) -> Iterator[etree._Element]:
    if not content.startswith(b"PK"):
        return elements(io.BytesIO(content), *_TAGS)
    package = Package(content)
    manifest = "META-INF/manifest.xml"
    if manifest in package and any(local(e) == "encryption-data" for e in package.elements(manifest)):
        raise faults.password()
    return package.elements("content.xml", *_TAGS)


def _sheets(content: Iterator[etree._Element]) -> Iterator[Grid]:
    budget, hidden_styles, looks = Budget(), set(), dict[str, Look]()
    table: _Table | None = None
    for element in content:
        if next(element.iterancestors(*_ASIDE), None) is not None:
            continue
        if element.tag == f"{_STYLE}style":
            if any(child.get(f"{_TABLE}display") == "false" for child in element):
                hidden_styles.add(element.get(f"{_STYLE}name"))
            looks[element.get(f"{_STYLE}name", "")] = _look(element)
            continue
        owner = element if element.tag == f"{_TABLE}table" else next(element.iterancestors(f"{_TABLE}table"))
        if table is None:
            name = owner.get(f"{_TABLE}name", "")
            table = _Table(Sheet(name, budget, hidden=owner.get(f"{_TABLE}style-name") in hidden_styles), looks)
        if element is owner:
            yield table.sheet.grid()
            table = None
        elif element.tag == f"{_TABLE}table-row":
            table.add_row(element)
        else:
            table.add_columns(element)
        element.clear()


class _Table:
    """A sheet and how far it has been read."""

    def __init__(self, sheet: Sheet, looks: Mapping[str, Look]) -> None:
        self.sheet, self._looks = sheet, looks
        self._rows = self._columns = 0

    def add_columns(self, element: etree._Element) -> None:
        first, self._columns = self._columns + 1, self._columns + _repeated(element, "columns")
        if _is_hidden(element):
            self.sheet.hide_columns(first, self._columns)

    def add_row(self, element: etree._Element) -> None:
        first, self._rows = self._rows + 1, self._rows + _repeated(element, "rows")
        if _is_hidden(element):
            self.sheet.hide_rows(first, self._rows)
        column = 1
        for item in element:
            following = column + _repeated(item, "columns")
            if item.tag == f"{_TABLE}table-cell" and len(item) + len(item.attrib):
                for row in self._rows_that_matter(item, first):
                    self._put(item, row, column, following)
            column = following

    def _rows_that_matter(self, item: etree._Element, first: int) -> range:
        return range(first, self._rows + 1) if _holds_something(item) else range(0)

    def _put(self, item: etree._Element, row: int, first: int, following: int) -> None:
        cell = _cell(item, self._looks)
        rows, columns = _spanned(item, "rows"), _spanned(item, "columns")
        annotation = item.find(f"{_OFFICE}annotation")
        for column in range(first, following):
            if cell is not None:
                self.sheet.put(row, column, cell)
            if annotation is not None:
                self.sheet.comment(row, column, _paragraphs(annotation))
            self.sheet.merge(row, column, row + rows - 1, column + columns - 1)


def _holds_something(item: etree._Element) -> bool:
    spans = _spanned(item, "rows") * _spanned(item, "columns") > 1
    return len(item) > 0 or spans or f"{_OFFICE}value-type" in item.attrib or f"{_TABLE}formula" in item.attrib


def _repeated(element: etree._Element, what: str) -> int:
    return max(int(element.get(f"{_TABLE}number-{what}-repeated", "1")), 1)


def _spanned(element: etree._Element, what: str) -> int:
    return max(int(element.get(f"{_TABLE}number-{what}-spanned", "1")), 1)


def _is_hidden(element: etree._Element) -> bool:
    return element.get(f"{_TABLE}visibility") in ("collapse", "filter") or any(
        group.get(f"{_TABLE}display") == "false"
        for group in element.iterancestors(f"{_TABLE}table-row-group", f"{_TABLE}table-column-group")
    )


# ---------------------------------------------------------------- cells


def _cell(item: etree._Element, looks: Mapping[str, Look]) -> Cell | None:
    own = looks.get(item.get(f"{_TABLE}style-name", ""), PLAIN)
    said = written(_runs(item, own._replace(raised=0), looks))
    cell = _typed(item, checked(said.text))
    if own.gone:
        return struck_out(cell) if cell is not None else None
    if cell is None or cell.kind == "text":
        return cell_of(said, cell or text_cell("")) if said.struck or cell is not None else None
    return cell


def _typed(item: etree._Element, text: str) -> Cell | None:
    """The cell; what it shows is written in the file beside its value."""
    formula = item.get(f"{_TABLE}formula")
    if formula is not None:
        formula = checked(formula).partition("=")[2]
    if item.get(f"{_CALC}value-type") == "error":
        return error_cell(text, formula=formula)
    value = item.get(f"{_OFFICE}value", "")
    match item.get(f"{_OFFICE}value-type"):
        case None if formula is not None and not text:
            return unknown_result(formula)
        case None | "string":
            text = text or checked(item.get(f"{_OFFICE}string-value", ""))
            return text_cell(text, formula=formula) if text else None
        case "float" | "currency":
            return _as_shown(number_cell(float(value), None, formula=formula), text)
        case "percentage":
            return _as_shown(number_cell(float(value), _percent(text), formula=formula), text)
        case "date":
            return _as_shown(iso_cell(item.get(f"{_OFFICE}date-value", ""), None, formula), text)
        case "time":
            return _as_shown(iso_cell(item.get(f"{_OFFICE}time-value", ""), None, formula), text)
        case "boolean":
            return _as_shown(bool_cell(item.get(f"{_OFFICE}boolean-value") == "true", formula=formula), text)
        case _:
            raise faults.broken()


def _as_shown(cell: Cell, text: str) -> Cell:
    return Cell(cell.value, cell.kind, text or cell.shown, cell.format, cell.formula)


def _percent(text: str) -> str:
    """The format code that shows a percentage with as many places as the text has."""
    places = len(match[1]) if (match := re.search(r"[.,](\d+)\s*%", text)) else 0
    return "0." + "0" * places + "%" if places else "0%"


def _paragraphs(element: etree._Element) -> str:
    """The paragraphs that are the element's own; comments and drawings have theirs further down."""
    return checked(written(_runs(element, PLAIN, {})).text)


def _runs(element: etree._Element, look: Look, looks: Mapping[str, Look]) -> Iterator[Run]:
    for number, child in enumerate(element.iterchildren(f"{_TEXT}p")):
        if number:
            yield Run("\n", look)
        yield from _pieces(child, look, looks)


def _pieces(element: etree._Element, look: Look, looks: Mapping[str, Look]) -> Iterator[Run]:
    yield Run(element.text or "", look)
    for child in element:
        match local(child):
            case "s":
                count = int(child.get(f"{_TEXT}c", "1"))
                if count > _MOST_BLANKS:
                    raise faults.too_large("空格过多")
                yield Run(" " * count, look)
            case "tab":
                yield Run("\t", look)
            case "line-break":
                yield Run("\n", look)
            case "ruby":
                for base in child.iterchildren(f"{_TEXT}ruby-base"):
                    yield from _pieces(base, look, looks)
            case "span" | "a":
                own = looks.get(child.get(f"{_TEXT}style-name", ""), PLAIN)
                yield from _pieces(child, Look(look.gone or own.gone, own.raised or look.raised), looks)
        yield Run(child.tail or "", look)


def _look(style: etree._Element) -> Look:
    """How text of a style looks: struck out, hidden, raised (OpenDocument 1.3 part 3, clauses 20.365 and on)."""
    text = style.find(f"{_STYLE}text-properties")
    if text is None:
        return PLAIN
    lines = (text.get(f"{_STYLE}text-line-through-{what}", "none") for what in ("style", "type"))
    place = text.get(f"{_STYLE}text-position", "").split(" ")[0]
    percent = int(place[:-1]) if re.fullmatch(r"-?[0-9]{1,3}%", place) else {"super": 1, "sub": -1}.get(place, 0)
    gone = any(line != "none" for line in lines) or text.get(f"{_TEXT}display") == "none"
    return Look(gone, (percent > 0) - (percent < 0))
