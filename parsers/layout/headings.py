"""The labels over each column and before each line of a table."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from parsers.grid import Position
from parsers.layout.boxes import Box
from parsers.layout.claims import Reading
from parsers.layout.model import Column, Heading, Mark
from parsers.layout.table import Table

_DEEPEST = 8
"""No heading has more levels than this."""
_Span = tuple[int, int]


def columns(table: Table) -> tuple[Column, ...]:
    """The columns from the left, each with the labels over it; one without a label has an empty heading."""
    levels = _levels([line.view.filled for line in table.heads[:_DEEPEST]])
    cuts = sorted({edge for level in levels for (left, right), _ in level for edge in (left, right + 1)})
    paths: list[list[Box]] = [[] for _ in cuts]
    for level in levels:
        for (left, right), box in level:
            for place in range(bisect_left(cuts, left), bisect_left(cuts, right + 1)):
                paths[place].append(box)
    measures = {box.left: box.text for line in table.measures for box in line.view.filled}
    spans = zip(cuts, cuts[1:], paths, strict=False)
    named = [_column(left, end - 1, path, measures) for left, end, path in spans if path]
    return tuple(sorted([*named, *_unnamed(table, named)], key=lambda column: column.left)) if levels else ()


def _column(left: int, right: int, path: Sequence[Box], measures: Mapping[int, str]) -> Column:
    return Column(left, right, heading(path), measures.get(left, ""))


def heading(boxes: Sequence[Box]) -> Heading:
    """The texts of boxes as levels."""
    return Heading(tuple(box.text for box in boxes), tuple(box.position for box in boxes))


def _unnamed(table: Table, named: Sequence[Column]) -> list[Column]:
    """The columns in which cells stand under no label."""
    starts = [column.left for column in named]
    found = []
    for left in sorted({box.left for line in table.body for box in line.view.filled}):
        place = bisect_left(starts, left + 1) - 1
        if place < 0 or named[place].right < left:
            found.append(Column(left, left, Heading()))
    return found


def _levels(rows: Sequence[Sequence[Box]]) -> list[list[tuple[_Span, Box]]]:
    """Each level's boxes with the columns that they stand over. Where nothing is merged, a label reaches over the
    blank cells beside it as far as there are labels under them."""
    merged = any(box.is_wide or box.is_tall for row in rows for box in row)
    below: list[Sequence[Box]] = [*rows[1:], ()]
    return [
        [((box.left, box.right if merged else _reach(row, place, under)), box) for place, box in enumerate(row)]
        for row, under in zip(rows, below, strict=False)
    ]


def _reach(row: Sequence[Box], place: int, under: Sequence[Box]) -> int:
    box = row[place]
    end = row[place + 1].left if place + 1 < len(row) else None
    starts = [other.left for other in under]
    at = bisect_left(starts, box.left)
    if at == len(starts) or starts[at] != box.left:
        return box.right
    reach = box.left
    while at + 1 < len(starts) and starts[at + 1] == reach + 1 and (end is None or starts[at + 1] < end):
        at += 1
        reach = starts[at]
    return reach


def line_headings(table: Table, marks: Mapping[Position, Mark]) -> tuple[Heading, ...]:
    """What stands before each line: its section, and its own labels, those of tall cells included."""
    found, sections, tall = [], list[Box](), list[Box]()
    before: Reading | None = None
    for line in table.lines:
        if line.role == "section":
            sections = [*(sections if before and before.role == "section" else []), line.view.first][-_DEEPEST:]
        own = [box for box in line.view.filled if _names_row(line, marks[box.position])]
        columns_ = {box.left for box in own}
        tall = [box for box in tall if box.bottom >= line.number and box.left not in columns_]
        path = [*tall, *own]
        tall = [*tall, *(box for box in own if box.is_tall)][:_DEEPEST]
        inside = line.role in ("data", "subtotal", "part", "example", "section")
        found.append(heading([*(sections if inside else []), *sorted(path, key=lambda box: box.left)]))
        before = line if line.role != "blank" else before
    return tuple(found)


def _names_row(line: Reading, mark: Mark) -> bool:
    if line.role in ("total", "subtotal"):
        return mark.role == "row-header"
    return mark.role == "row-header" and line.claim.state in ("data", "nested", "inner head")
