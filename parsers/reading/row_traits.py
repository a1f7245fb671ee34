"""What the rules that tell rows apart ask of one row under a header."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from parsers.forms.fields import Header
from parsers.forms.form import Column, Form
from parsers.forms.sheet import Sheet
from parsers.forms.vocabulary import Vocabulary
from parsers.grid import Cell
from parsers.reading import Content
from parsers.values.counts import count
from parsers.values.dates import days

Role = Literal[
    "row",
    "total",
    "subtotal",
    "part",
    "example",
    "marked",
    "note",
    "block",
    "section",
    "zero",
    "empty",
    "foreign",
    "other",
    "stray",
]
"""What a row is; `part` of the figures above it; `foreign`, `other`: labels and rows of a table of another kind."""
WIDE = 3
"""Cells; a row that has fewer may be anything."""
_ANY_YEAR = 2000


@dataclass(frozen=True)
class RowTraits:
    """What the rules ask of one row."""

    sheet: Sheet
    header: Header
    words: Vocabulary
    columns: Mapping[str, Column]
    form: Form

    @cached_property
    def _known(self) -> tuple[tuple[str, str, int], ...]:
        """(field, kind, column) of the columns that are read."""
        return tuple((f, self.columns[f].kind, named.column) for f, named in self.header.columns.items())

    @cached_property
    def _of_kinds(self) -> dict[tuple[str, ...], tuple[tuple[str, int], ...]]:
        return {}

    @cached_property
    def _naming(self) -> tuple[int, ...]:
        """The columns whose texts tell what a row is, beside its first one."""
        numbers = [n.column for f, n in self.header.columns.items() if self.columns[f].kind == "number"]
        names = [n.column for f, n in self.header.columns.items() if self.columns[f].need == "must"]
        return tuple(dict.fromkeys([*numbers, *names, *(n.column for n in self.header.entries.values())]))

    @cached_property
    def _of_figures(self) -> frozenset[int]:
        return frozenset(n.column for f, n in self.header.columns.items() if self.columns[f].kind in ("count", "days"))

    @cached_property
    def _figures(self) -> dict[int, Mapping[str, int | None]]:
        return {}

    def cells(self, row: int) -> Mapping[int, Cell]:
        """The row's cells up to the table's last column."""
        first = self.header.left if self.sheet.turned else 1
        return {column: cell for column, cell in self.sheet.rows[row].items() if first <= column <= self.header.right}

    def fields(self, row: int, *kinds: str) -> Mapping[str, Cell]:
        """Field → cell for the columns of these kinds that hold something."""
        if (known := self._of_kinds.get(kinds)) is None:
            known = tuple((field, column) for field, kind, column in self._known if kind in kinds)
            self._of_kinds[kinds] = known
        cells = self.sheet.rows[row]
        return {field: cells[column] for field, column in known if column in cells}

    def held(self, row: int) -> Mapping[str, Cell]:
        """Everything in the row that would be read."""
        return self.fields(row, "count", "days", "text", "choices")

    def leading(self, row: int) -> list[str]:
        """The texts that tell what a row is: its first one and those in the columns of numbers, names and units.

        What stands in a column of figures or days tells it only where the row names nothing: 共计120人 beside the name
        of an activity is that activity's figure.
        """
        cells = self.cells(row)
        named = bool(self.fields(row, "text", "choices"))
        columns = dict.fromkeys([*list(cells)[:1], *(column for column in self._naming if column in cells)])
        before = [cell for column, cell in self.sheet.rows[row].items() if column < self.header.left]
        told = [*(cells[column] for column in columns if not (named and column in self._of_figures)), *before]
        return [cell.shown.strip() for cell in told if cell.kind == "text"]

    def is_full(self, row: int) -> bool:
        """Whether all that every activity must have is there."""
        needed = [f for f in self.header.columns if self.columns[f].need == "must"]
        return len(needed) > 1 and set(needed) <= set(self.held(row))

    def names(self, row: int) -> Mapping[str, Cell]:
        """The texts that every activity must have."""
        return {f: cell for f, cell in self.fields(row, "text").items() if self.columns[f].need == "must"}

    def goes_on(self, row: int, above: int) -> bool:
        """Whether the list goes on behind a note: the row says as much as an activity, or has the next number.

        A text with a figure and no day may as well be more of the note.
        """
        held = self.held(row)
        is_dated = len(held) > 1 and any(any(map(str.isdigit, c.shown)) for c in self.fields(row, "days").values())
        return len(held) >= WIDE or is_dated or (bool(held) and self._is_next(row, above))

    def _is_next(self, row: int, above: int) -> bool:
        numbers = [self.number(row), self.number(above)]
        return None not in numbers and numbers[0] == (numbers[1] or 0) + 1

    def number(self, row: int) -> int | None:
        """The number that the row has in its list."""
        cells = self.fields(row, "number").values() if row in self.sheet.rows else ()
        return next((int(cell.shown) for cell in cells if cell.shown.strip().isdecimal()), None)

    def figures(self, row: int) -> Mapping[str, int | None]:
        """Field → number for the figures that the row has; None for one that is not understood."""
        if row not in self._figures:
            found = {field: _number(count(cell).content) for field, cell in self.fields(row, "count").items()}
            self._figures[row] = found
        return self._figures[row]

    def is_sound(self, row: int) -> bool:
        """Whether all that every activity must have is there, and its days and figures are days and figures."""
        must = [field for field in self.held(row) if self.columns[field].need == "must"]
        dated = [self.fields(row, "days")[field] for field in must if self.columns[field].kind == "days"]
        figures = [self.figures(row)[field] for field in must if self.columns[field].kind == "count"]
        return self.is_full(row) and all(days(cell, _ANY_YEAR).start for cell in dated) and None not in figures

    def fits(self, row: int) -> bool:
        """Whether a figure or a day stands where the table has one."""
        return self.is_dated(row) or any(number is not None for number in self.figures(row).values())

    def is_dated(self, row: int) -> bool:
        """Whether a day stands where the table has one."""
        return any(days(cell, _ANY_YEAR).start for cell in self.fields(row, "days").values())


def _number(content: Content) -> int | None:
    return content if isinstance(content, int) else None
