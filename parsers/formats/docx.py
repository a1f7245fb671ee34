"""Reads the tables of Word documents, .docx (ECMA-376 part 1, clause 17.4)."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from parsers.child import work
from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults, tables_in_text
from parsers.formats.helpers.sheet import MAX_CELLS, MAX_COLUMN, Stretch, printed_cell, read_in_part
from parsers.formats.helpers.tables_in_text import Block, Table
from parsers.formats.helpers.text_runs import PLAIN, Look, Run, Written, cell_of, written
from parsers.formats.helpers.zipped_xml import Package, drop_last, local
from parsers.grid import Cell, Grid, Range

KINDS = frozenset({FileKind.DOCX})

_WRAPPERS = {"sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml"}
"""Elements around rows, cells and paragraphs that change nothing of what is shown."""
_GONE = {"del", "moveFrom", "Fallback", "rPr", "pPr", "instrText", "tbl", "rt"}
"""Elements whose text is not shown, is shown elsewhere or above other text, or is no text."""

_ELEMENT = 3.0
"""Units of work of an element."""
_MOST_DIGITS = 9

_SIGNS = {
    ("wingdings", (0x6F, 0xA8, 0xFD, 0xFE, 0xFC)): "□□☒☑✓",
    ("wingdings 2", (0xA3, 0x51, 0x52, 0x50, 0x54)): "□☒☑✓☒",
}
"""Characters of fonts that have pictures in the places of letters."""

Looks = Mapping[str, Look]
"""The looks of the document's styles by their ids."""


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """One sheet for each table, with the lines of text above it; every cell is text."""
    package = Package(content)
    name = next(
        (part for _, kind, part in package.related("") if kind.endswith("/officeDocument")), "word/document.xml"
    )
    root, is_whole = package.root_so_far(name)
    if not is_whole:
        drop_last(root, "{*}tc")
    work.spend(_ELEMENT * sum(1 for _ in root.iter()))
    body = root.find("{*}body")
    if body is None:
        raise faults.broken()
    styles = next((part for _, kind, part in package.related(name) if kind.endswith("/styles")), "")
    looks, has_all_styles = _looks(package, styles)
    blocks = list(_blocks(body, looks))
    tables = [block for block in blocks if isinstance(block, Table)]
    for table in tables if not has_all_styles else tables[-1:] if not is_whole else ():
        table.partial = True
    grids = tables_in_text.grids(blocks)
    if all(grid.partial and not grid.cells for grid in grids):
        raise faults.broken()
    return grids


def _looks(package: Package, name: str) -> tuple[Looks, bool]:
    """The looks of the styles, and whether these are all."""
    if name not in package:
        return {}, not name
    looks, stretch = dict[str, Look](), Stretch()
    with read_in_part(stretch):
        root, is_whole = package.root_so_far(name)
        stretch.partial = not is_whole
        fonts = {_attribute(style, "styleId") or "": style for style in root.iterfind("{*}style")}
        for key in fonts:
            _look_of_style(key, fonts, looks)
    return looks, not stretch.partial


def _look_of_style(key: str, styles: Mapping[str, etree._Element], known: dict[str, Look]) -> None:
    """Take in the look of a style with those that it is based on (17.7.4.3), each of which is looked at once."""
    chain = dict[str, etree._Element]()
    while key in styles and key not in known and key not in chain:
        chain[key] = styles[key]
        base = styles[key].find("{*}basedOn")
        key = (_value(base) or "") if base is not None else ""
    look = known.get(key, PLAIN)
    for name, style in reversed(chain.items()):
        font = style.find("{*}rPr")
        known[name] = look = look if font is None else _look(font, {}, look)


def _blocks(body: etree._Element, looks: Looks) -> Iterator[Block]:
    for element in _within(body, "p", "tbl"):
        if local(element) == "p":
            yield written(_paragraph(element, looks)).text
        else:
            yield _table(element, looks)
            for inner in element.iterdescendants("{*}tbl"):
                yield _table(inner, looks)


def _within(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    for child in element:
        if local(child) in names:
            yield child
        elif local(child) in _WRAPPERS:
            yield from _within(child, *names)


def _table(element: etree._Element, looks: Looks) -> Table:
    rows = [_Row(row) for row in _within(element, "tr")]
    table = Table(height=len(rows), partial=any(row.partial for row in rows))
    for number, row in enumerate(rows, 1):
        for left, right, item, continues in row.cells:
            if continues and number > 1:
                continue  # it belongs to the cell above
            bottom = number
            while bottom < len(rows) and rows[bottom].continues_at(left):
                bottom += 1
            table.cells.append((Range(number, left, bottom, right), _cell(item, looks)))
            if len(table.cells) > MAX_CELLS:
                raise faults.too_large(f"超过 {MAX_CELLS} 个单元格")
    return table


class _Row:
    """The cells of a row as (first column, last column, element, whether it continues the cell above)."""

    def __init__(self, row: etree._Element) -> None:
        self.partial = False
        """Whether something of its layout cannot be read."""
        column = 1 + self._number(row.find("{*}trPr/{*}gridBefore"), 0)
        self.cells: list[tuple[int, int, etree._Element, bool]] = []
        for item in _within(row, "tc"):
            span = max(self._number(item.find("{*}tcPr/{*}gridSpan"), 1), 1)
            merge = item.find("{*}tcPr/{*}vMerge")
            continues = merge is not None and _value(merge) in (None, "continue")
            if column + span - 1 > MAX_COLUMN:
                self.partial = True
                break
            self.cells.append((column, column + span - 1, item, continues))
            column += span
        self._continued = {left for left, _, _, continues in self.cells if continues}

    def _number(self, element: etree._Element | None, otherwise: int) -> int:
        """The number that an element has as its value; `otherwise` where it is missing or none."""
        text = _value(element) if element is not None else None
        if not text:
            return otherwise
        if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
            self.partial = True
            return otherwise
        return int(text)

    def continues_at(self, column: int) -> bool:
        return column in self._continued


def _value(element: etree._Element) -> str | None:
    return _attribute(element, "val")


def _attribute(element: etree._Element, wanted: str) -> str | None:
    return next((str(text) for name, text in element.items() if str(name).rpartition("}")[2] == wanted), None)


def _cell(item: etree._Element, looks: Looks) -> Cell | None:
    runs: list[Run] = []
    for paragraph in _within(item, "p"):
        runs += [Run("\n"), *_paragraph(paragraph, looks)]
    said = written(runs)
    said = Written(said.text.strip("\n"), said.struck)
    return cell_of(said, printed_cell(said.text)) if said.text or said.struck else None


def _paragraph(element: etree._Element, looks: Looks) -> Iterator[Run]:
    style = element.find("{*}pPr/{*}pStyle")
    return _runs(element, looks, looks.get(_value(style) or "", PLAIN) if style is not None else PLAIN)


def _runs(element: etree._Element, looks: Looks, look: Look) -> Iterator[Run]:
    for child in element:
        match local(child):
            case "t":
                yield Run(child.text or "", look)
            case "tab":
                yield Run("\t", look)
            case "br" | "cr":
                yield Run("\n", look)
            case "noBreakHyphen":
                yield Run("-", look)
            case "sym":
                yield Run(_sign(child), look)
            case "r":
                font = child.find("{*}rPr")
                yield from _runs(child, looks, look if font is None else _look(font, looks, look))
            case name if name not in _GONE:
                yield from _runs(child, looks, look)


def _look(font: etree._Element, looks: Looks, around: Look) -> Look:
    """How a run looks (17.3.2: strike, dstrike, vanish, vertAlign), by its style, or the text around it, where it does
    not say itself."""
    style, align = font.find("{*}rStyle"), font.find("{*}vertAlign")
    base = looks.get(_value(style) or "", PLAIN) if style is not None else PLAIN
    marks = [mark for name in ("strike", "dstrike", "vanish") if (mark := font.find(f"{{*}}{name}")) is not None]
    gone = any(_value(mark) not in ("0", "false", "off") for mark in marks) if marks else base.gone or around.gone
    shift = {"superscript": 1, "subscript": -1}.get(_value(align) or "", 0) if align is not None else base.raised
    return Look(gone, shift if align is not None else shift or around.raised)


def _sign(element: etree._Element) -> str:
    """What a character of a font of pictures shows (17.3.3.30); one that is not known stays, so that it is missed."""
    font, text = (_attribute(element, "font") or "").lower(), _attribute(element, "char") or ""
    number = int(text, 16) if re.fullmatch("[0-9A-Fa-f]{1,8}", text) else 0xFFFD
    for (name, places), signs in _SIGNS.items():
        if name == font and number & 0xFF in places:
            return signs[list(places).index(number & 0xFF)]
    return chr(number) if 0x20 <= number < 0xD800 or 0xE000 <= number <= 0xFFFF else "\ufffd"
