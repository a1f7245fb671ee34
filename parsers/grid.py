"""What every file format is read into: sheets of cells with their true A1 addresses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

Kind = Literal["text", "number", "date", "time", "bool", "error"]
Scalar = str | int | float | bool | date | datetime | time | timedelta | None
Position = tuple[int, int]
"""(row, column), both counted from 1 as the sender's program counts them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that holds something, as the file has it.

    `value` follows `kind`: text → str, number → int or float, date → datetime (time of day 0:00 where the cell has
    none), time → time or timedelta, bool → bool, error → the error's name such as "#REF!". A formula whose result the
    file does not hold has `value` None and `kind` "error". `format` is the number format code. `shown` is the
    text that the sender's program displays, as far as it follows from value and format; never empty for a cell
    that displays something.

    `struck` is what stands in the cell struck out or hidden, which is no part of its value; where nothing else stands
    there, `value` is None and `shown` is the same text. `adrift`: it may belong to another column, for its row is not
    divided as the others are.
    """

    value: Scalar
    kind: Kind
    shown: str
    format: str | None = None
    formula: str | None = None
    struck: str = ""
    adrift: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """A rectangle of cells, both corners included, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, position: Position) -> bool:
        row, column = position
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def positions(self) -> Iterator[Position]:
        """Every position, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet, sparse: only cells that hold something are in `cells`.

    Merged ranges keep their value at the top left corner alone, as the files do.
    """

    name: str
    cells: Mapping[Position, Cell]
    merges: tuple[Range, ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    comments: Mapping[Position, str] = field(default_factory=dict)
    partial: bool = False
    """The file could only be read in part, because of its format or of faults in it: errors may look like blank cells,
    cells may be cut in the wrong place, formats and hidden rows may be unknown. Whoever counts on the grid says so."""

    def shown(self, row: int, column: int) -> str:
        """The displayed text at a position, without surrounding blanks; "" where there is nothing."""
        cell = self.cells.get((row, column))
        return cell.shown.strip() if cell else ""


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """1 → "A", 27 → "AA"."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """(5, 10) → "J5"."""
    return f"{column_letters(column)}{row}"
