"""A grid as a table reader looks at it: row by row, either as it is or turned so that its columns are rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from parsers.grid import Cell, Grid, Position, Range, address, column_letters

_WIDEST_MERGE = 400
"""Merged ranges over more positions than this are decoration."""


@dataclass(frozen=True)
class Sheet:
    """Only cells that show something. In a turned sheet, rows are the sender's columns and the other way round."""

    name: str
    rows: Mapping[int, Mapping[int, Cell]]
    """Row → column → cell, in ascending order."""
    merges: tuple[Range, ...]
    turned: bool = False
    source: Grid | None = None
    origins: Mapping[Position, Position] | None = None
    """Where each position really is, in a sheet that was put together from labels and values."""

    @cached_property
    def merged(self) -> Mapping[Position, Range]:
        """The merged ranges that show something, by the corner where they keep it."""
        return {corner(merge): merge for merge in self.merges if self.cell(*corner(merge))}

    @cached_property
    def covered(self) -> Mapping[Position, Range]:
        """Each position inside a merged range that shows something, its corner excepted."""
        small = (m for m in self.merged.values() if (m.bottom - m.top + 1) * (m.right - m.left + 1) <= _WIDEST_MERGE)
        return {position: merge for merge in small for position in merge.positions() if position != corner(merge)}

    def cell(self, row: int, column: int) -> Cell | None:
        """What stands at a position itself."""
        return self.rows.get(row, {}).get(column)

    def unshown(self, row: int, column: int) -> Cell | None:
        """The cell at a position that holds something and shows nothing."""
        if self.source is None or self.cell(row, column):
            return None
        cell = self.source.cells.get((column, row) if self.turned else (row, column))
        return cell if cell is not None and not _shows(cell) else None

    def text(self, row: int, column: int) -> str:
        """The shown text at a position itself, without surrounding blanks."""
        cell = self.cell(row, column)
        return cell.shown.strip() if cell else ""

    def spread(self, row: int, column: int) -> tuple[Position, str]:
        """The shown text at a position, from the corner of its merged range too, and where it stands."""
        position = (row, column)
        if position in self.covered:
            position = corner(self.covered[position])
        return position, self.text(*position)

    def between(self, first: int, last: int) -> Iterator[int]:
        """The rows that hold something from `first` to `last`."""
        return (row for row in self.rows if first <= row <= last)

    def address(self, row: int, column: int) -> str:
        """A1 reference in the sender's own sheet."""
        if self.origins is not None:
            row, column = self.origins.get((row, column), (row, column))
        return address(column, row) if self.turned else address(row, column)

    def own_row(self, row: int) -> int:
        """The row in the sender's own sheet where a row begins; in a turned sheet the number of the sender's column."""
        if self.origins is None:
            return row
        return min((origin[0] for place, origin in self.origins.items() if place[0] == row), default=row)

    def line(self, row: int) -> str:
        """How the sender finds a row: 第6行, in a turned sheet F列, or nothing where every cell has its own label."""
        if self.origins is not None:
            return ""
        return f"{column_letters(row)}列" if self.turned else f"第{row}行"

    def upper(self, row: int, column: int) -> Position:
        """The position itself, or the corner of the merged range that runs down over it in the same column."""
        merge = self.covered.get((row, column))
        return (merge.top, column) if merge and merge.left == column else (row, column)

    def bottom(self, row: int, column: int) -> int:
        """The last row of the merged range whose corner this is; the row itself where there is none."""
        return self.merged[row, column].bottom if (row, column) in self.merged else row

    @property
    def last(self) -> int:
        """The last row that holds something; 0 in an empty sheet."""
        return max(self.rows, default=0)


def corner(merge: Range) -> Position:
    """Where a merged range keeps its value."""
    return merge.top, merge.left


def upright(grid: Grid) -> Sheet:
    """The sheet as the sender sees it."""
    return Sheet(grid.name, _rows(grid, turned=False), grid.merges, source=grid)


def turned(grid: Grid) -> Sheet:
    """The sheet with rows and columns exchanged."""
    merges = tuple(Range(m.left, m.top, m.right, m.bottom) for m in grid.merges)
    return Sheet(grid.name, _rows(grid, turned=True), merges, turned=True, source=grid)


def _rows(grid: Grid, *, turned: bool) -> Mapping[int, Mapping[int, Cell]]:
    rows: dict[int, dict[int, Cell]] = {}
    held = ((position[::-1] if turned else position, cell) for position, cell in grid.cells.items() if _shows(cell))
    for (row, column), cell in sorted(held, key=lambda entry: entry[0]):
        rows.setdefault(row, {})[column] = cell
    return rows


def _shows(cell: Cell) -> bool:
    return cell.kind == "error" or bool(cell.shown.strip())
