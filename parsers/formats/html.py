"""Reads tables in HTML: workbooks saved as a web page, mostly named .xls, and bodies of mails."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from lxml import etree

from parsers.child import work
from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults, tables_in_text
from parsers.formats.helpers.plain_text import text_of
from parsers.formats.helpers.sheet import MAX_CELLS, MAX_COLUMN, MAX_ROW, printed_cell, stored_number
from parsers.formats.helpers.tables_in_text import Block, Table
from parsers.formats.helpers.text_runs import PLAIN, Look, Run, Written, cell_of, written
from parsers.grid import Cell, Grid, Range
from parsers.values.number_format import number_cell
from parsers.values.stored import stored

KINDS = frozenset({FileKind.HTML})

_SILENT = {"script", "style", "head", "title", "template", "xml", "comment", "rt", "rp"}
"""Elements whose text is not on the page, or stands above other text. LibreOffice writes what is pinned to a cell as a
<comment> that it hides."""
_LINES = {"p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "center", "section"}
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_GONE = re.compile(rf"{_HIDDEN.pattern}|visibility\s*:\s*hidden|line-through", re.IGNORECASE)
_RAISED = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)
_NOTHING = (False, None)
_STRUCK, _SHIFTED = {"s", "strike", "del"}, {"sup": 1, "sub": -1}
_TELLING = _STRUCK | _SHIFTED.keys()

Declared = tuple[bool, int | None]
"""Whether a style strikes out or hides, and how it shifts text where it says so."""
Classes = Mapping[str, Declared]
"""What the page's own styles say of a class."""
_WIDEST = 1000
"""Columns of one cell, as the HTML standard has it (4.9.11)."""
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]{1,3})?", re.IGNORECASE)
"""What a spreadsheet writes beside the text of a cell: x:num, sdval."""
_ASIDE = "[^0-9年月日号:/-]*"
_ONE_FIGURE = re.compile(rf"{_ASIDE}-?[0-9][0-9,]*+(?:\.[0-9]++)?(?:E\+[0-9]{{2,3}})?{_ASIDE}", re.IGNORECASE)
_BREAK = "\x1e"
_TAG, _CHARACTER, _STEP = 4.0, 0.03, 0.06
"""Units of work of a tag, of a character, and of a column that a row steps over."""
_OWN_ENTITIES = re.compile(r"<!DOCTYPE[^>\[]{0,500}\[", re.IGNORECASE)
"""The beginning of declarations that no program writes into a page; its parser does not follow them."""
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
"""What a page shows as one blank, and no-break ones, which mean no more; a full-width blank is a character."""


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """One sheet for each table, with the lines of text above it.

    Every cell is text as it is shown, but for a figure of which the page says that it shows another number.
    """
    text = text_of(content)
    if text is None:
        raise faults.broken()
    if _OWN_ENTITIES.search(text[: _start_of_content(text)]):
        raise faults.unsafe()
    work.spend(_TAG * text.count("<") + _CHARACTER * len(text))
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        raise faults.no_table()
    blocks = list(_blocks(root))
    if any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):  # what follows is lost
        tables = [block for block in blocks if isinstance(block, Table)]
        if not tables:
            raise faults.broken()
        tables[-1].partial = True
    return tables_in_text.grids(blocks)


def _start_of_content(text: str) -> int:
    """Where the first element begins."""
    found = re.search(r"<[a-z]", text, re.IGNORECASE)
    return found.start() if found else len(text)


def _classes(root: etree._Element) -> Classes:
    found: dict[str, Declared] = {}
    for rule in (rule for style in root.iter("style") for rule in (style.text or "").split("}")):
        names, _, body = rule.rpartition("{")
        said = _declared(body)
        if said != _NOTHING:
            found |= dict.fromkeys(re.findall(r"\.([\w-]++)\s*+(?=,|$)", names.strip()), said)
    return found


@lru_cache(1024)
def _declared(style: str) -> Declared:
    shift = _RAISED.search(style)
    return bool(_GONE.search(style)), {"super": 1, "sub": -1}[shift[1].lower()] if shift else None


def _look(element: etree._Element, around: Look, classes: Classes) -> Look:
    """How the text in an element looks, by its tag, its own style and that of its classes."""
    if element.tag not in _TELLING and not element.attrib:
        return around
    named = [classes[name] for name in element.get("class", "").split() if name in classes] if classes else []
    styles = [_declared(element.get("style", "")), *named]
    gone = element.tag in _STRUCK or "hidden" in element.attrib or any(style[0] for style in styles)
    shift = next((style[1] for style in styles if style[1] is not None), None)
    raised = _SHIFTED.get(str(element.tag), around.raised) if shift is None else shift
    return Look(around.gone or gone, raised)


def _blocks(root: etree._Element) -> Iterator[Block]:
    """Lines and tables in the order of the page; a table within a cell comes after the table around it."""
    classes = _classes(root)
    pieces: list[str] = []
    silent: etree._Element | None = None
    """The outermost table, or element without text, around the place."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = str(element.tag)
        is_line = tag in _LINES
        if event == "start":
            if tag == "table":
                yield from _lines("".join(pieces))
                pieces.clear()
                yield _table(element, classes)
            if silent is None and (tag == "table" or tag in _SILENT or _look(element, PLAIN, classes).gone):
                silent = element
            if silent is None:
                pieces += [_BREAK if is_line or tag == "br" else "", element.text or ""]
        else:
            silent = None if silent is element else silent
            if silent is None:
                pieces += [_BREAK if is_line else "", element.tail or ""]
    yield from _lines("".join(pieces))


def _lines(text: str) -> list[str]:
    lines = (_BLANKS.sub(" ", line).strip(" ") for line in text.split(_BREAK))
    return [line for line in lines if line.strip()]


# ---------------------------------------------------------------- tables


def _table(element: etree._Element, classes: Classes) -> Table:
    rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
    table = Table(height=len(rows))
    covered: dict[int, int] = {}
    """Column → the last row in which a cell from above reaches down."""
    for number, row in enumerate(rows, 1):
        if _HIDDEN.search(row.get("style", "")):
            table.hidden_rows.append(number)
        look = _look(row, _look(element, PLAIN, classes), classes) if number not in table.hidden_rows else PLAIN
        column = 1
        for item in row.iterchildren("td", "th"):
            first = column
            while covered.get(column, 0) >= number:
                column += 1
            work.spend(_STEP * (column - first))
            if column > MAX_COLUMN:  # no sheet reaches so far
                table.partial = True
                break
            place = Range(number, column, *_far_corner(item, number, column, len(rows)))
            table.cells.append((place, _cell(item, _look(item, look, classes), classes)))
            if len(table.cells) > MAX_CELLS:
                raise faults.too_large(f"超过 {MAX_CELLS} 个单元格")
            if place.bottom > number:
                work.spend(_STEP * (place.right - column + 1))
                covered.update(dict.fromkeys(range(column, place.right + 1), place.bottom))
            column = place.right + 1
    return table


def _far_corner(item: etree._Element, row: int, column: int, height: int) -> tuple[int, int]:
    down, across = _span(item, "rowspan"), _span(item, "colspan")
    return min(row + down - 1 if down else height, height, MAX_ROW), min(
        column + min(max(across, 1), _WIDEST) - 1, MAX_COLUMN
    )


def _span(item: etree._Element, name: str) -> int:
    text = item.get(name, "1").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def _cell(item: etree._Element, look: Look, classes: Classes) -> Cell | None:
    said = written(_inside(item, look._replace(raised=0), classes))
    said = Written("\n".join(_lines(said.text)), " ".join(_lines(said.struck)) if said.struck else "")
    text, number = said.text, item.get("x:num") or item.get("sdval") or ""
    if text and not said.struck and not text.strip("#") and _NUMBER.fullmatch(number):  # too wide for its column
        return number_cell(float(number), None)
    if not said.struck and _NUMBER.fullmatch(number) and (not text or _ONE_FIGURE.fullmatch(text)):
        cell = Cell(stored_number(number).value, "number", text)
        if stored(cell):  # shown rounded, in thousands, or not at all
            return cell
    return cell_of(said, printed_cell(text)) if text or said.struck else None


def _inside(element: etree._Element, look: Look, classes: Classes) -> Iterator[Run]:
    """The text of a cell, without that of tables in it."""
    yield Run(element.text or "", look)
    for child in element:
        if child.tag not in _SILENT and child.tag != "table":
            is_line = child.tag in _LINES
            yield Run(_BREAK if is_line or child.tag == "br" else "", look)
            yield from _inside(child, _look(child, look, classes), classes)
            yield Run(_BREAK if is_line else "", look)
        yield Run(child.tail or "", look)
