"""Rules that know what a cell is by its line and its table: the first that speaks of a cell is believed."""

from collections.abc import Iterator, Mapping

from parsers.layout.boxes import Box
from parsers.layout.claims import Reading
from parsers.layout.heading import folded
from parsers.layout.labels import split
from parsers.layout.model import CellRole, LineRole
from parsers.layout.table import Table
from parsers.layout.words import plain, words

Told = Iterator[tuple[Box, CellRole]]
_ENOUGH = 0.6
_LONG = 12
"""No word for sums is as long, blanks included."""
_BY_LINE: Mapping[LineRole, CellRole] = {
    "title": "title",
    "header": "column-header",
    "header again": "column-header",
    "measure": "column-header",
    "numbering": "numbering",
    "section": "section",
    "note": "note",
    "total": "total",
    "subtotal": "total",
    "part": "total",
    "data": "data",
    "example": "data",
}


def figure_under_label(table: Table) -> Told:
    """Among the labels of a heading, a figure right under a label of the same columns is its value."""
    above: Reading | None = None
    for line in table.lines:
        if line.role == "header":
            labels = {box.span for box in above.view.filled} if above else set()
            for box in line.view.filled:
                if box.is_value_by_kind and box.likeness < -1 and box.span in labels:
                    yield box, "data"
            above = line


def label_and_value(table: Table) -> Told:
    """In lines of labels and values, around the table or inside it, each cell is one of the two."""
    for line in table.lines:
        if line.claim.state == "pairs" or line.role in ("block", "signature"):
            for box, label in zip(line.view.row.boxes, line.claim.labels, strict=True):
                if box.kind != "blank":
                    yield box, _paired(box, label, line.role == "data")


def _paired(box: Box, label: bool, inside: bool) -> CellRole:
    if label:
        return "block-label"
    return "total" if inside and plain(box.text) in words().total else "block-value"


def inner_labels(table: Table) -> Told:
    """Beside tall cells, labels of inner pairs and of small tables are headings; the record's first cell names it."""
    headed = bool(table.heads)
    for line in table.lines:
        if line.claim.state not in ("nested", "inner head"):
            continue
        role: CellRole = "column-header" if line.claim.state == "inner head" else "row-header"
        inner = line.view.inside if headed and line.claim.state == "nested" else line.claim.labels
        marked = zip(line.view.row.boxes, line.claim.labels, inner, strict=True)
        for place, (box, label, own) in enumerate(marked):
            if box.kind != "blank" and label and own:
                yield box, role
            elif place == 0 and line.claim.outside and box.kind == "text":
                yield box, "row-header"


def key_columns(table: Table) -> Told:
    """The first columns name their rows, where they hold text: as wide as the first cell of the heading."""
    width = key_width(table)
    for line in table.body:
        if not width or line.role in ("total", "subtotal"):
            continue
        for box in line.view.filled:
            at_edge = box.left == table.left and line.claim.state == "data"
            if (box.right <= width or at_edge) and box.kind in ("text", "day"):
                yield box, "row-header"


def second_half(table: Table) -> Told:
    """Where a list is folded in two, with its headings repeated, the second half has names of its own."""
    starts = {box.left for line in table.heads for box in folded(line.view.filled)[:1]}
    if starts and key_width(table):
        for line in table.body:
            names = [box for box in line.view.filled if box.left in starts and box.kind == "text"]
            yield from ((box, "row-header") for box in names)


def total_word(table: Table) -> Told:
    """合计 and the like stand for sums also where the line holds other data."""
    for line in table.records:
        for box in line.view.filled:
            if box.kind == "text" and len(box.text) < _LONG and plain(box.text) in words().total:
                yield box, "total"


def by_line(table: Table) -> Told:
    """All other cells are what their line is."""
    for line, box in table.boxes():
        if line.role in ("block", "signature"):
            parts = split(box.text)
            yield box, "block-label" if parts and not parts[1] else "block-value"
        else:
            yield box, _BY_LINE.get(line.role, "data")


def key_width(table: Table) -> int:
    """The last of the columns that name the rows of a list or matrix; 0 where none does."""
    records, heads = table.records, table.heads
    firsts = [box for line in records for box in line.view.row.boxes[:1] if box.left == table.left and box.text]
    if not firsts:
        return 0
    rest = [box for line in records for box in line.view.filled if box.left > table.left]
    kinds = ("text", "day") if heads else ("text",)
    if sum(box.kind in kinds for box in firsts) * 2 < len(firsts):
        return 0
    if len(records) == 1 and not _names_one(table, firsts[0], rest):
        return 0
    narrowest = min(box.right for box in firsts)
    width = next((line.view.row.boxes[0].right for line in heads if line.view.row.boxes[0].left == table.left), 0)
    second = _second_level(table, rest) if any(box.is_tall for box in firsts) else 0
    return max(narrowest, width, second)


def _names_one(table: Table, first: Box, rest: list[Box]) -> bool:
    """Whether the first cell of a lone line under a heading names it: it is like a label, or before figures."""
    values = sum(box.is_value_by_kind or (table.alone and box.likeness < -1) for box in rest)
    return first.likeness > 1 or values >= _ENOUGH * max(1, len(rest))


def _second_level(table: Table, rest: list[Box]) -> int:
    """The last column of a second level of names, where all stand beside tall ones and before figures; else 0."""
    seconds = [
        line.view.row.boxes[0 if line.view.carried else 1]
        for line in table.records
        if len(line.view.row.boxes) > (not line.view.carried)
    ]
    column = min((box.left for box in seconds), default=0)
    seconds = [box for box in seconds if box.left == column]
    others = [box for box in rest if box.left > column]
    if not seconds or not others or any(box.kind != "text" for box in seconds):
        return 0
    figures = sum(is_figure_or_measure(box) for box in others)
    return max(box.right for box in seconds) if figures > 0.8 * len(others) else 0


def is_figure_or_measure(box: Box) -> bool:
    """Whether a box holds a figure, a day, a formula, or what figures are counted in."""
    return box.is_value_by_kind or plain(box.text) in words().measure
