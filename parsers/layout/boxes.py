"""A sheet as a person sees it: boxes, each a cell or a merged range with the text that it shows.

A grid tells no styles yet. What bold letters, fills and borders say of a cell belongs into its likeness, which is made
here and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Literal, NamedTuple

from parsers.grid import Cell, Grid, Position, Range
from parsers.layout.looks import SURE, is_day, is_figure, is_nothing, is_year, likeness

BoxKind = Literal["blank", "text", "number", "day", "formula", "other"]
_YEAR, _DAY = -0.6, -1.6
"""Years and days stand in headings too."""
_LONG = 24
"""What begins with a day and is as long is about more than the day."""
_OTHERS: Mapping[str, BoxKind] = {"date": "day", "time": "day", "bool": "other", "error": "other"}


class Box(NamedTuple):
    """A cell or a merged range. `likeness` above 0 looks like a label, below like a value (looks.py).

    `position` and those after it follow from the corners; they are asked for too often to be properties.
    """

    top: int
    left: int
    bottom: int
    right: int
    text: str
    kind: BoxKind
    likeness: float
    position: Position
    span: tuple[int, int]
    """The columns it takes."""
    is_tall: bool
    is_wide: bool

    @property
    def is_time(self) -> bool:
        """Whether it holds a day or a year, which stand over figures as labels do."""
        return self.kind == "day" or (self.kind == "number" and self.likeness == _YEAR)

    @property
    def is_value_by_kind(self) -> bool:
        """Whether it holds a figure, a day or a formula, whatever its text says."""
        return self.kind in ("number", "day", "formula", "other")


@dataclass(frozen=True, slots=True)
class Row:
    """The boxes that begin in one row, from the left; blank ones are there only where they are merged."""

    number: int
    boxes: tuple[Box, ...]
    filled: tuple[Box, ...] = field(init=False)
    """The boxes that hold something."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "filled", tuple(box for box in self.boxes if box.kind != "blank"))


def rows(grid: Grid) -> tuple[Row, ...]:
    """Every row in which a box begins, top down. In time linear in cells and merges, whatever area they cover."""
    filled = {place: (cell, text) for place, cell in grid.cells.items() if (text := _text(cell))}
    if not filled:
        return ()
    last_row = max(row for row, _ in filled)
    in_use = {row for row, _ in filled}
    waiting = (merge.left for merge in grid.merges if merge.top in in_use and (merge.top, merge.left) not in filled)
    last_column = max(max(column for _, column in filled), max(waiting, default=0))
    merged = {(m.top, m.left): m for m in grid.merges if m.top <= last_row and m.left <= last_column}
    boxes = [_box(place, *filled[place], merged.get(place), last_row, last_column) for place in filled]
    blank = merged.keys() - filled.keys()
    boxes += [_box(place, None, "", merged[place], last_row, last_column) for place in blank]
    boxes.sort(key=lambda box: box.position)
    return tuple(Row(number, tuple(group)) for number, group in groupby(boxes, key=lambda box: box.top))


def _box(place: Position, cell: Cell | None, text: str, merge: Range | None, last_row: int, last_column: int) -> Box:
    bottom, right = place
    if merge:
        bottom, right = max(bottom, min(merge.bottom, last_row)), max(right, min(merge.right, last_column))
    kind, like = _told(cell, text) if cell else ("blank", 0.0)
    top, left = place
    return Box(top, left, bottom, right, text, kind, like, place, (left, right), bottom > top, right > left)


def _text(cell: Cell) -> str:
    """What a cell displays; what is struck out does not count. A formula without a result displays something."""
    if cell.struck and cell.value is None:
        return ""
    return cell.shown.strip() or (cell.formula or "").strip()


def _told(cell: Cell, text: str) -> tuple[BoxKind, float]:
    """What kind of thing a cell holds, and how much it looks like a label."""
    if cell.formula:
        return "formula", -SURE
    if cell.kind == "text":
        return _written(text)
    if cell.kind == "number":
        return _figure(text)
    kind = _OTHERS[cell.kind]
    return kind, _YEAR if is_year(text) else _DAY if kind == "day" else -SURE


@lru_cache(maxsize=4096)
def _figure(text: str) -> tuple[BoxKind, float]:
    return "number", _YEAR if is_year(text) else -SURE


@lru_cache(maxsize=16384)
def _written(text: str) -> tuple[BoxKind, float]:
    if is_nothing(text):
        return "other", -SURE
    kind: BoxKind = "day" if len(text) < _LONG and is_day(text) else "number" if is_figure(text) else "text"
    if is_year(text):
        return kind, _YEAR
    return kind, _DAY if kind == "day" else likeness(text) if kind == "text" else -SURE
