"""One row together with what stands around it: all that a rule about lines may ask."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parsers.grid import Position
from parsers.layout.boxes import Box, Row
from parsers.layout.labels import split


@dataclass(frozen=True, slots=True)
class Run:
    """Boxes of the same columns that follow each other downwards. Means and shares are of those that hold something."""

    top: int
    """The row in which the first begins."""
    length: int
    likeness: float
    values: float
    """The share of figures, days and formulas."""
    numbers: float
    distinct: float
    """The share of texts that are unlike all others."""


@dataclass(frozen=True, slots=True)
class View:
    """A row of an area. All tuples about boxes are in the order of `row.boxes`."""

    row: Row
    filled: tuple[Box, ...]
    left: int
    right: int
    """The area's first and last column."""
    index: int
    """How many rows of the area stand above."""
    above: Row | None
    below: Row | None
    runs: tuple[Run, ...]
    carried: bool
    """Whether a box from above reaches down into the row at the area's left edge."""
    same_above: float
    """The share of its boxes that stand under a box of the same columns."""
    over: frozenset[int]
    """The first columns of its wide boxes that have several smaller ones right under them."""
    dividing: int
    """How many of its boxes stand under such a wide box of the row above."""
    inside: tuple[bool, ...]
    """Whether a box is one of several under a wide box at the top of the area."""
    again: tuple[bool, ...]
    """Whether the same text heads the same columns at the top of the area."""

    @property
    def first(self) -> Box:
        return self.filled[0]

    @property
    def is_alone(self) -> bool:
        """Whether one box is all that the row holds."""
        return len(self.filled) == 1

    @property
    def is_whole(self) -> bool:
        """Whether its one box reaches from the area's left edge over most of its columns."""
        reach = self.first.right - self.left + 1 if self.is_alone and self.first.is_wide else 0
        return self.first.left == self.left and reach * 2 > self.right - self.left + 1

    @property
    def is_level(self) -> bool:
        """Whether it divides wide boxes of the row above and holds nothing else, as a second level of labels does."""
        return self.dividing == len(self.filled) > 0


def views(rows: Sequence[Row], left: int, right: int) -> tuple[View, ...]:
    """Every row of an area with its surroundings, top down."""
    runs, carried, top = _runs(rows), _carried(rows, left), _top(rows)
    heads = {(box.left, box.text) for box in top.filled if box.kind in ("text", "day")} if top else set()
    wide = tuple(box for box in top.boxes if box.is_wide and box.likeness > 0) if top else ()
    found: list[View] = []
    over_above: frozenset[int] = frozenset()
    for index, row in enumerate(rows):
        above = rows[index - 1] if index else None
        below = rows[index + 1] if index + 1 < len(rows) else None
        over = _over_smaller(row, below)
        under = _within(row.filled, [box for box in above.boxes if box.left in over_above] if above else ())
        found.append(
            View(
                row=row,
                filled=row.filled,
                left=left,
                right=right,
                index=index,
                above=above,
                below=below,
                runs=tuple(runs[box.position] for box in row.boxes),
                carried=carried[index],
                same_above=sum(box.top > runs[box.position].top for box in row.boxes) / len(row.boxes),
                over=over,
                dividing=sum(under),
                inside=_within(row.boxes, wide),
                again=tuple(bool(top and row is not top and (b.left, b.text) in heads) for b in row.boxes),
            )
        )
        over_above = over
    return tuple(found)


def _top(rows: Sequence[Row]) -> Row | None:
    """The first row of several boxes that are no labels with their values in the same cell."""
    several = (row for row in rows if len(row.filled) > 1)
    return next((row for row in several if not any(split(box.text) for box in row.filled)), None)


def _within(boxes: Sequence[Box], wide: Sequence[Box]) -> tuple[bool, ...]:
    """Whether each box lies under one of the wide ones and is smaller. Both are in order: one pass is enough."""
    found, at = [], 0
    for box in boxes:
        while at < len(wide) and wide[at].right < box.left:
            at += 1
        over = wide[at] if at < len(wide) else None
        found.append(
            over is not None
            and over.top < box.top
            and over.left <= box.left
            and box.right <= over.right
            and box.span != over.span
        )
    return tuple(found)


def _over_smaller(row: Row, below: Row | None) -> frozenset[int]:
    starts = [box.left for box in below.boxes] if below else []
    found, at = [], 0
    for box in row.boxes:
        if box.is_wide and box.kind != "blank":
            while at < len(starts) and starts[at] < box.left:
                at += 1
            end = at
            while end < len(starts) and starts[end] <= box.right:
                end += 1
            if end - at > 1:
                found.append(box.left)
            at = end
    return frozenset(found)


def _runs(rows: Sequence[Row]) -> dict[Position, Run]:
    found: dict[Position, Run] = {}
    for boxes in _stacks(rows):
        filled = [box for box in boxes if box.kind != "blank"]
        count = max(1, len(filled))
        run = Run(
            top=boxes[0].top,
            length=len(filled),
            likeness=sum(box.likeness for box in filled) / count,
            values=sum(box.is_value_by_kind for box in filled) / count,
            numbers=sum(box.kind == "number" for box in filled) / count,
            distinct=len({box.text for box in filled}) / count,
        )
        found |= dict.fromkeys((box.position for box in boxes), run)
    return found


def _stacks(rows: Sequence[Row]) -> Iterator[list[Box]]:
    """The boxes of the same columns that touch from above, or stand in rows that follow each other.

    Rows of one box, such as sections, do not part those above from those below.
    """
    last: dict[tuple[int, int], tuple[int, list[Box]]] = {}
    index = 0
    for row in rows:
        index += len(row.boxes) > 1
        for box in row.boxes:
            before, stack = last.get(box.span, (-2, []))
            if stack and (before >= index - 1 or stack[-1].bottom + 1 >= box.top):
                stack.append(box)
            else:
                if stack:
                    yield stack
                stack = [box]
            last[box.span] = index, stack
    for _, stack in last.values():
        yield stack


def _carried(rows: Sequence[Row], left: int) -> list[bool]:
    carried, bottom = [], 0
    for row in rows:
        carried.append(row.number <= bottom)
        if row.boxes[0].left == left:
            bottom = max(bottom, row.boxes[0].bottom)
    return carried
