"""One row together with what stands around it: all that a rule about lines may ask."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parsers.layout.boxes import Box, Row
from parsers.layout.labels import split


@dataclass(frozen=True, slots=True)
class Run:
    """Boxes of the same columns that follow each other downwards: how many, and how much they look like labels."""

    length: int
    likeness: float
    values: float
    """The share of figures, days and formulas."""
    distinct: float
    """The share of texts that are unlike all others."""
    top: int
    """The row in which it begins."""
    numbers: float
    """The share of figures alone."""


@dataclass(frozen=True, slots=True)
class View:
    """A row of an area. `left` and `right` are the area's columns; `runs` has the run of each of its boxes."""

    row: Row
    filled: tuple[Box, ...]
    left: int
    right: int
    above: "Row | None"
    below: "Row | None"
    runs: tuple[Run, ...]
    carried: bool
    """Whether a box from above reaches down into the row at the area's left edge."""
    index: int
    """How many rows of the area stand above."""
    same_above: float
    """The share of its boxes that have a box of the same columns right above."""
    same_below: float
    again: tuple[bool, ...]
    """Of each of its boxes, whether the same text heads the same columns at the top of the area."""

    @property
    def first(self) -> Box:
        return self.filled[0]

    @property
    def is_alone(self) -> bool:
        """Whether one box is all that the row holds."""
        return len(self.filled) == 1

    @property
    def is_whole(self) -> bool:
        """Whether its one box takes all columns of the area, and the area has several."""
        return self.is_alone and self.first.is_wide and self.first.span == (self.left, self.right)


    inside: tuple[bool, ...]
    """Of each of its boxes, whether it is one of several under a wide box at the top of the area."""


def views(rows: Sequence[Row], left: int, right: int) -> tuple[View, ...]:
    """The rows that hold something, or into whose columns merged boxes divide them, each with its surroundings."""
    runs = _runs(rows)
    carried = _carried(rows, left)
    spans = [frozenset(box.span for box in row.boxes) for row in rows]
    top = _top(rows)
    wide = _wide(rows)
    return tuple(
        View(
            row,
            row.filled,
            left,
            right,
            rows[index - 1] if index else None,
            rows[index + 1] if index + 1 < len(rows) else None,
            tuple(runs[box.position] for box in row.boxes),
            carried[index],
            index,
            sum(box.top > runs[box.position].top for box in row.boxes) / len(row.boxes),
            _share(spans[index], spans[index + 1]) if index + 1 < len(rows) else 0.0,
            tuple(row.number > top[1] and (box.left, box.text) in top[0] for box in row.boxes),
            _inside(row, wide),
        )
        for index, row in enumerate(rows)
    )


def _top(rows: Sequence[Row]) -> tuple[frozenset[tuple[int, str]], int]:
    """The texts of the first row of several boxes, by column, and where it ends."""
    first = _first(rows)
    if first is None:
        return frozenset(), 0
    return frozenset((box.left, box.text) for box in first.filled if not box.is_value_by_kind), first.number


def _first(rows: Sequence[Row]) -> Row | None:
    """The first row of several boxes that are no labels with their values in the same cell."""
    several = (row for row in rows if len(row.filled) > 1)
    return next((row for row in several if not any(split(box.text) for box in row.filled)), None)


def _wide(rows: Sequence[Row]) -> tuple[Box, ...]:
    """The wide boxes of the first row of several boxes."""
    first = _first(rows)
    return tuple(box for box in first.boxes if box.is_wide) if first else ()


def _inside(row: Row, wide: Sequence[Box]) -> tuple[bool, ...]:
    """Whether each box lies within one of the wide ones and is smaller; both are in order, so one pass is enough."""
    found, at = [], 0
    for box in row.boxes:
        while at < len(wide) and wide[at].right < box.left:
            at += 1
        over = wide[at] if at < len(wide) else None
        found.append(over is not None and over.top < box.top and over.left <= box.left and box.right <= over.right and box.span != over.span)
    return tuple(found)


def _share(own: frozenset[tuple[int, int]], other: frozenset[tuple[int, int]]) -> float:
    return len(own & other) / len(own) if own else 0.0


def _runs(rows: Sequence[Row]) -> dict[tuple[int, int], Run]:
    found: dict[tuple[int, int], Run] = {}
    for boxes in _stacks(rows):
        filled = [box for box in boxes if box.kind != "blank"]
        count = max(1, len(filled))
        values = sum(box.is_value_by_kind for box in filled)
        distinct = len({box.text for box in filled}) / count
        run = Run(len(filled), sum(box.likeness for box in filled) / count, values / count, distinct, boxes[0].top, sum(box.kind == "number" for box in filled) / count)
        found |= dict.fromkeys((box.position for box in boxes), run)
    return found


def _stacks(rows: Sequence[Row]) -> Iterator[list[Box]]:
    """The boxes of the same columns that touch from above, or stand in rows that follow each other."""
    open_: dict[tuple[int, int], tuple[int, list[Box]]] = {}
    for index, row in enumerate(rows):
        for box in row.boxes:
            last, stack = open_.get(box.span, (-2, []))
            if stack and (last >= index - 1 or stack[-1].bottom + 1 >= box.top):
                stack.append(box)
            else:
                if stack:
                    yield stack
                stack = [box]
            open_[box.span] = index, stack
    for _, stack in open_.values():
        yield stack


def _carried(rows: Sequence[Row], left: int) -> list[bool]:
    """Whether each row is reached by a box that begins above it in the first column."""
    carried, bottom = [], 0
    for row in rows:
        carried.append(row.number <= bottom)
        first = row.boxes[0]
        if first.left == left:
            bottom = max(bottom, first.bottom)
    return carried
