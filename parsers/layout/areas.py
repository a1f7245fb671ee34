"""Where a sheet falls apart into areas side by side, parted by columns in which nothing stands."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parsers.layout.boxes import Row


@dataclass(frozen=True, slots=True)
class Area:
    """Rows of boxes between two columns."""

    left: int
    right: int
    rows: tuple[Row, ...]


def areas(rows: Sequence[Row]) -> tuple[Area, ...]:
    """The areas from the left. Texts that stand alone in their row do not join what they lie over."""
    groups = _groups(rows)
    if len(groups) < 2:
        return tuple(Area(left, right, tuple(rows)) for left, right in _extent(rows))
    found = []
    for left, right in groups:
        own = [
            Row(row.number, boxes) for row in rows if (boxes := tuple(b for b in row.boxes if left <= b.left <= right))
        ]
        if own:
            found.append(Area(left, right, tuple(own)))
    return tuple(found)


def _extent(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    if rows:
        yield min(row.boxes[0].left for row in rows), max(box.right for row in rows for box in row.boxes)


def _groups(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Columns that belong together, each group reaching to the next."""
    edges: Counter[int] = Counter()
    for row in rows:
        alone = len(row.filled) < 2
        for box in row.boxes:
            edges[box.left] += 1
            edges[(box.left if alone else box.right) + 1] -= 1
    spans: list[list[int]] = []
    depth = 0
    for column in sorted(edges):
        if not depth and (not spans or column > spans[-1][1] + 1):
            spans.append([column, column])
        depth += edges[column]
        spans[-1][1] = column - 1 if not depth else spans[-1][1]
    return _joined(spans, rows)


def _joined(spans: list[list[int]], rows: Sequence[Row]) -> list[tuple[int, int]]:
    """One empty column parts two tables; two part a table from a list of choices far out."""
    groups: list[tuple[int, int]] = []
    for left, right in spans:
        if groups and left - groups[-1][1] <= 2 and (right == left or groups[-1][0] == groups[-1][1]):
            groups[-1] = groups[-1][0], right
        else:
            groups.append((left, right))
    return groups
