"""Where a sheet falls apart into areas side by side, parted by columns in which nothing stands."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.layout.boxes import Box, Row

_Columns = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Area:
    """Rows of boxes between two columns."""

    left: int
    right: int
    rows: tuple[Row, ...]


def areas(rows: Sequence[Row]) -> tuple[Area, ...]:
    """The areas from the left. A text that stands alone in its row goes with what stands under its first cell."""
    starts = [left for left, _ in _groups(rows)]
    if len(starts) == 1:
        return (_area(rows),)
    parts: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        own: dict[int, list[Box]] = defaultdict(list)
        for box in row.boxes:
            own[bisect_right(starts, box.left)].append(box)
        for group, boxes in own.items():
            parts[group].append(Row(row.number, tuple(boxes)))
    return tuple(_area(parts[group]) for group in sorted(parts))


def _area(rows: Sequence[Row]) -> Area:
    left = min(row.boxes[0].left for row in rows)
    return Area(left, max(box.right for row in rows for box in row.boxes), tuple(rows))


def _groups(rows: Sequence[Row]) -> list[_Columns]:
    """Columns that stand together. Of a box alone in its row only the first column counts: titles lie over anything."""
    edges: Counter[int] = Counter()
    for row in rows:
        alone = len(row.filled) < 2
        for box in row.boxes:
            edges[box.left] += 1
            edges[(box.left if alone else box.right) + 1] -= 1
    spans: list[_Columns] = []
    depth = begin = 0
    for column in sorted(edges):
        begin = begin if depth else column
        depth += edges[column]
        if not depth:
            spans.append((begin, column - 1))
    return _joined(spans)


def _joined(spans: Sequence[_Columns]) -> list[_Columns]:
    """One empty column parts two groups of several columns, but no single column: it may be a form's blank column."""
    groups: list[_Columns] = []
    for left, right in spans:
        before = groups[-1] if groups else (left, left)
        blank = left - before[1] - 1
        single = left == right or before[0] == before[1]
        if groups and (blank < 1 or (blank == 1 and single)):
            groups[-1] = before[0], right
        else:
            groups.append((left, right))
    return groups
