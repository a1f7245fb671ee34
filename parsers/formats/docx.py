"""Tables in Word documents, .docx (ECMA-376 part 1, clause 17.4)."""

from collections.abc import Iterator

from lxml import etree

from parsers.formats import document, faults
from parsers.formats.document import Block, Table
from parsers.formats.package import Package, local
from parsers.formats.sheets import MAX_CELLS, MAX_COLUMN, printed_cell
from parsers.grid import Cell, Grid, Range
from parsers.sniff import FileKind

KINDS = frozenset({FileKind.DOCX})

_WRAPPERS = {"sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml"}
"""Elements around rows, cells and paragraphs that change nothing of what is shown."""
_GONE = {"del", "moveFrom", "Fallback", "rPr", "pPr", "instrText", "tbl"}
"""Elements whose text is not shown, is shown elsewhere, or is no text."""


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
    return document.grids(_blocks(body))


def _blocks(body: etree._Element) -> Iterator[Block]:
    for element in _within(body, "p", "tbl"):
        if local(element) == "p":
            yield _paragraph(element)
        else:
            yield _table(element)
            for inner in element.iterdescendants("{*}tbl"):
                yield _table(inner)


def _within(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    for child in element:
        if local(child) in names:
            yield child
        elif local(child) in _WRAPPERS:
            yield from _within(child, *names)


def _table(element: etree._Element) -> Table:
    rows = [_Row(row) for row in _within(element, "tr")]
    table = Table(height=len(rows))
    for number, row in enumerate(rows, 1):
        for left, right, item, continues in row.cells:
            if continues and number > 1:
                continue  # it belongs to the cell above
            bottom = number
            while bottom < len(rows) and rows[bottom].continues_at(left):
                bottom += 1
            table.cells.append((Range(number, left, bottom, right), _cell(item)))
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
    return next((str(text) for name, text in element.items() if str(name).rpartition("}")[2] == "val"), None)


def _number(element: etree._Element | None, default: int) -> int:
    return int(_value(element) or default) if element is not None else default


def _cell(item: etree._Element) -> Cell | None:
    text = "\n".join(_paragraph(paragraph) for paragraph in _within(item, "p")).strip("\n")
    return printed_cell(text) if text else None


def _paragraph(element: etree._Element) -> str:
    return "".join(_pieces(element))


def _pieces(element: etree._Element) -> Iterator[str]:
    for child in element:
        match local(child):
            case "t":
                yield child.text or ""
            case "tab":
                yield "\t"
            case "br" | "cr":
                yield "\n"
            case "noBreakHyphen":
                yield "-"
            case name if name not in _GONE:
                yield from _pieces(child)
