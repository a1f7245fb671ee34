"""Builds a sheet cell by cell, within the limits that all formats share; makes the cells of each type."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain
from math import isfinite
from typing import Protocol

from parsers.child import work
from parsers.formats.helpers import faults
from parsers.formats.helpers.covered import covered
from parsers.formats.helpers.iso_moments import moment
from parsers.grid import Cell, Grid, Position, Range
from parsers.reading import Unreadable
from parsers.values.number_format import number_cell, shown

MAX_CELLS = 300_000
"""Cells of a file that hold something, its comments and merged ranges included."""
MAX_TEXT = 32_767
"""Characters of a cell, as in the programs themselves."""
_START = 200
"""Characters that a cell with more shows."""
MAX_SHEETS = 256
MAX_HIDDEN = 20_000
"""Hidden rows, or columns, of a sheet that are told of one by one."""
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_CELL = 8.0
"""Units of work of a cell."""


class Budget:
    """How much a file may still bring; shared by its sheets."""

    def __init__(self) -> None:
        self._cells = self._sheets = 0

    def spend(self, cells: int = 1) -> None:
        """Raises Unreadable("too-large") beyond MAX_CELLS."""
        work.spend(_CELL * cells)
        self._cells += cells
        if self._cells > MAX_CELLS:
            raise faults.too_large(f"超过 {MAX_CELLS} 个单元格")

    def open_sheet(self) -> None:
        """Raises Unreadable("too-large") beyond MAX_SHEETS."""
        self._sheets += 1
        if self._sheets > MAX_SHEETS:
            raise faults.too_large(f"超过 {MAX_SHEETS} 张工作表")


class Sheet:
    """One sheet while it is read. Rows and columns count from 1."""

    def __init__(self, name: str, budget: Budget, *, hidden: bool = False) -> None:
        budget.open_sheet()
        self._name, self._budget, self._hidden = name, budget, hidden
        self._cells: dict[Position, Cell] = {}
        self._merges: list[Range] = []
        self._hidden_rows: list[tuple[int, int]] = []
        self._hidden_columns: list[tuple[int, int]] = []
        self._comments: dict[Position, str] = {}
        self.partial = False
        """Something of it could not be read."""

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Take in a cell that holds something. One that stands where no sheet reaches makes the sheet partial."""
        if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
            self.partial = True
            return
        self._budget.spend()
        self._cells[row, column] = cell

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Take in a merged range; one of a single cell is none, one beyond the sheet makes the sheet partial."""
        if not (1 <= top <= bottom <= MAX_ROW and 1 <= left <= right <= MAX_COLUMN):
            self.partial = True
        elif (top, left) != (bottom, right):
            self._budget.spend()
            self._merges.append(Range(top, left, bottom, right))

    def hide_rows(self, first: int, last: int) -> None:
        """Take in a run of hidden rows."""
        self._hidden_rows.append((first, last))

    def hide_columns(self, first: int, last: int) -> None:
        """Take in a run of hidden columns."""
        self._hidden_columns.append((first, last))

    def comment(self, row: int, column: int, text: str) -> None:
        """Take in what is pinned to a cell."""
        self._budget.spend()
        self._comments[row, column] = cut(text)

    def grid(self) -> Grid:
        """The sheet as it was read. What a merged range covers is not in it, as the sender does not see it."""
        for position in list(covered(self._cells, self._merges)):
            del self._cells[position]
        rows, columns = ({position[way] for position in self._cells} for way in (0, 1))
        return Grid(
            self._name,
            self._cells,
            tuple(self._merges),
            self._hidden,
            _within(rows, self._hidden_rows),
            _within(columns, self._hidden_columns),
            self._comments,
            self.partial,
        )


def _within(filled: set[int], runs: list[tuple[int, int]]) -> frozenset[int]:
    """The numbers of the runs up to the last that matters; of long runs those alone that hold something."""
    last, apart = max(filled, default=0), list[range]()
    for first, end in sorted(runs):
        run = range(max(first, apart[-1].stop if apart else 1), min(end, last) + 1)
        if run:
            apart.append(run)
    if sum(map(len, apart)) <= MAX_HIDDEN:
        return frozenset(chain.from_iterable(apart))
    starts = [run.start for run in apart]
    return frozenset(number for number in filled if number in apart[bisect_right(starts, number) - 1])


def cut(text: str) -> str:
    """What stands beside a value, such as a comment or a formula: no more of it than a cell holds."""
    return text[:MAX_TEXT]


def text_cell(text: str, code: str | None = None, formula: str | None = None) -> Cell:
    """A cell with text; unreadable with more than a cell holds."""
    if len(text) > MAX_TEXT:
        return unreadable_cell(text, code, formula)
    return Cell(text, "text", shown(text, code), code, formula)


_MAY_LACK_A_ZERO = re.compile(r"(?:[1-9]|1[0-2])\.[1-3]")


def printed_cell(text: str) -> Cell:
    """A cell of a format that keeps what is shown and no types: text, but for 6.3, which was 6.30 where it was a day
    that a spreadsheet took for a number."""
    return Cell(float(text), "number", text) if _MAY_LACK_A_ZERO.fullmatch(text) else text_cell(text)


def bool_cell(truth: bool, code: str | None = None, formula: str | None = None) -> Cell:
    """A cell that is TRUE or FALSE."""
    return Cell(truth, "bool", shown(truth, code), code, formula)


def error_cell(name: str, code: str | None = None, formula: str | None = None) -> Cell:
    """A cell that shows an error such as #REF!."""
    return Cell(cut(name), "error", cut(name), code, formula)


def unknown_result(formula: str, code: str | None = None) -> Cell:
    """A formula whose result is not in the file; it shows itself, so that nobody takes it for a blank."""
    return Cell(None, "error", f"={cut(formula)}", code, formula)


def unreadable_cell(text: str, code: str | None = None, formula: str | None = None) -> Cell:
    """A cell whose value breaks the rules of its format; it shows what stands there, and is no value."""
    start = text if len(text) <= _START else f"{text[:_START]}……"
    return Cell(None, "error", start or "（无法读取）", code, formula)


_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?\s*")


_LONG_WHOLE = re.compile(r"[+-]?[1-9][0-9]{15,29}")
_EXACT_DOUBLES = 2**53
"""Below this a double holds every whole number."""


def stored_number(
    number: float | str, code: str | None = None, formula: str | None = None, *, from_1904: bool = False
) -> Cell:
    """A cell with a number, or a day, as a file stores it; unreadable for what is no number, such as NaN."""
    if isinstance(number, str) and not _NUMBER.fullmatch(number):
        return unreadable_cell(number, code, formula)
    whole = _written_out(number) if isinstance(number, str) else None
    if not isfinite(number := float(number)):
        return unreadable_cell(str(number), code, formula)
    return number_cell(number if whole is None else whole, code, from_1904=from_1904, formula=formula)


def _written_out(text: str) -> int | None:
    """A whole number that a file holds with more digits than a spreadsheet keeps, all of them known.

    None for one that may be the digits of a double alone, as programs write it that have lost the others.
    """
    if not _LONG_WHOLE.fullmatch(text):
        return None
    whole = int(text)
    is_sure = whole != Decimal(repr(float(text))) or (abs(whole) < _EXACT_DOUBLES and whole % 10 != 0)
    return whole if is_sure else None


def iso_cell(text: str, code: str | None = None, formula: str | None = None) -> Cell:
    """A cell with a day, a time of day or a length of time as ISO 8601 writes it; unreadable for anything else."""
    value = moment(text)
    if value is None:
        return unreadable_cell(text, code, formula)
    return Cell(value, "date" if isinstance(value, datetime) else "time", shown(value, code), code, formula)


class Part(Protocol):
    """What can be read in part."""

    partial: bool


@dataclass(slots=True)
class Stretch:
    """Some of a file, while it is read."""

    partial: bool = False


@contextmanager
def read_in_part(whole: Part) -> Iterator[None]:
    """Whatever breaks the rules of the format in here costs no more than itself: the whole says that it is partial.

    What makes a file unsafe or too large still ends its reading.
    """
    try:
        yield
    except MemoryError:
        raise
    except Unreadable as fault:
        if fault.code != faults.broken().code:
            raise
        whole.partial = True
    except Exception:  # noqa: BLE001 - what libraries raise over a bad part
        whole.partial = True
