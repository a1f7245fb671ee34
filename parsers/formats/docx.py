"""Reads the tables of Word documents, .docx (ECMA-376 part 1, clause 17.4)."""

from collections.abc import Iterator, Mapping

from lxml import etree

from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults, tables_in_text
from parsers.formats.helpers.sheet import MAX_CELLS, MAX_COLUMN, printed_cell
from parsers.formats.helpers.tables_in_text import Block, Table
from parsers.formats.helpers.text_runs import PLAIN, Look, Run, Written, cell_of, written
from parsers.formats.helpers.zipped_xml import Package, local
from parsers.grid import Cell, Grid, Range

KINDS = frozenset({FileKind.DOCX})

_WRAPPERS = {"sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml"}
"""Elements around rows, cells and paragraphs that change nothing of what is shown."""
_GONE = {"del", "moveFrom", "Fallback", "rPr", "pPr", "instrText", "tbl"}
"""Elements whose text is not shown, is shown elsewhere, or is no text."""

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
    body = package.root(name).find("{*}body")
    if body is None:
        raise faults.broken()
    styles = next((part for _, kind, part in package.related(name) if kind.endswith("/styles")), "")
    looks = _looks(package.root(styles)) if styles in package else {}
    return tables_in_text.grids(_blocks(body, looks))


def _looks(styles: etree._Element) -> Looks:
    fonts = ((style, style.find("{*}rPr")) for style in styles.iterfind("{*}style"))
    return {_attribute(style, "styleId") or "": _look(font, {}) for style, font in fonts if font is not None}


def _blocks(body: etree._Element, looks: Looks) -> Iterator[Block]:
    for element in _within(body, "p", "tbl"):
        if local(element) == "p":
            yield written(_runs(element, looks)).text
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
    table = Table(height=len(rows))
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
        column = 1 + _number(row.find("{*}trPr/{*}gridBefore"), 0)
        self.cells: list[tuple[int, int, etree._Element, bool]] = []
        for item in _within(row, "tc"):
            span = max(_number(item.find("{*}tcPr/{*}gridSpan"), 1), 1)
            merge = item.find("{*}tcPr/{*}vMerge")
            continues = merge is not None and _value(merge) in (None, "continue")
            self.cells.append((column, column + span - 1, item, continues))
            column += span
        if column > MAX_COLUMN:
            raise faults.broken()
        self._continued = {left for left, _, _, continues in self.cells if continues}

    def continues_at(self, column: int) -> bool:
        return column in self._continued


def _value(element: etree._Element) -> str | None:
    return _attribute(element, "val")


def _attribute(element: etree._Element, wanted: str) -> str | None:
    return next((str(text) for name, text in element.items() if str(name).rpartition("}")[2] == wanted), None)


def _number(element: etree._Element | None, default: int) -> int:
    return int(_value(element) or default) if element is not None else default


def _cell(item: etree._Element, looks: Looks) -> Cell | None:
    runs: list[Run] = []
    for paragraph in _within(item, "p"):
        runs += [Run("\n"), *_runs(paragraph, looks)]
    said = written(runs)
    said = Written(said.text.strip("\n"), said.struck)
    return cell_of(said, printed_cell(said.text)) if said.text or said.struck else None


def _runs(element: etree._Element, looks: Looks, look: Look = PLAIN) -> Iterator[Run]:
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
                yield from _runs(child, looks, look if font is None else _look(font, looks))
            case name if name not in _GONE:
                yield from _runs(child, looks, look)


def _look(font: etree._Element, looks: Looks) -> Look:
    """How a run looks (17.3.2: strike, dstrike, vanish, vertAlign), by its style where it does not say itself."""
    style, align = font.find("{*}rStyle"), font.find("{*}vertAlign")
    base = looks.get(_value(style) or "", PLAIN) if style is not None else PLAIN
    marks = [mark for name in ("strike", "dstrike", "vanish") if (mark := font.find(f"{{*}}{name}")) is not None]
    gone = any(_value(mark) not in ("0", "false", "off") for mark in marks) if marks else base.gone
    shift = {"superscript": 1, "subscript": -1}.get(_value(align) or "", 0) if align is not None else base.raised
    return Look(gone, shift)


def _sign(element: etree._Element) -> str:
    """What a character of a font of pictures shows (17.3.3.30); one that is not known stays, so that it is missed."""
    font, number = (_attribute(element, "font") or "").lower(), int(_attribute(element, "char") or "FFFD", 16)
    for (name, places), signs in _SIGNS.items():
        if name == font and number & 0xFF in places:
            return signs[list(places).index(number & 0xFF)]
    return chr(number) if 0x20 <= number < 0xD800 or 0xE000 <= number <= 0xFFFF else "\ufffd"
