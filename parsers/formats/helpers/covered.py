"""Finds the cells that lie under merged ones."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from parsers.grid import Position, Range


def covered(cells: Iterable[Position], merges: Sequence[Range]) -> Iterator[Position]:
    """The cells that are in a merged range, and not its first one.

    Takes no longer than sorting cells and ranges does, also where the ranges lie over one another.
    """
    corners = Counter((merge.top, merge.left) for merge in merges)
    openings = sorted(merges, key=lambda merge: merge.top, reverse=True)
    closings = sorted(merges, key=lambda merge: merge.bottom, reverse=True)
    over = _Depths(max((merge.right for merge in merges), default=0))
    for row, column in sorted(cells) if merges else ():
        while openings and openings[-1].top <= row:
            over.add(openings.pop(), 1)
        while closings and closings[-1].bottom < row:
            over.add(closings.pop(), -1)
        if over.ranges and over.at(column) > corners[row, column]:
            yield row, column


class _Depths:
    """How many ranges lie over each column: a Fenwick tree of the differences from column to column."""

    def __init__(self, columns: int) -> None:
        self.ranges = 0
        self._sums = [0] * (columns + 2)

    def add(self, merge: Range, number: int) -> None:
        """Count a range that many times."""
        self.ranges += number
        for column, change in ((merge.left, number), (merge.right + 1, -number)):
            while column < len(self._sums):
                self._sums[column] += change
                column += column & -column

    def at(self, column: int) -> int:
        """How many ranges lie over a column."""
        column, depth = min(column, len(self._sums) - 1), 0
        while column:
            depth += self._sums[column]
            column -= column & -column
        return depth
