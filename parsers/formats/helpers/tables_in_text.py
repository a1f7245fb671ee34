"""Makes a sheet of each table in a document, with the text around it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from parsers.formats.helpers import faults
from parsers.formats.helpers.sheet import MAX_COLUMN, MAX_ROW, Budget, Sheet
from parsers.grid import Cell, Grid, Range


@dataclass(slots=True)
class Table:
    """A table while it is read: its cells with the places that they take, counted from 1."""

    cells: list[tuple[Range, Cell | None]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    height: int = 0
    partial: bool = False
    """Something of it could not be read."""


Block = str | Table
"""A line of text, or a table."""


def grids(blocks: Iterable[Block]) -> tuple[Grid, ...]:
    """One grid for each table that holds something.

    The lines before a table stand above it, one a row over its whole width, as titles do in a workbook; those after the
    last table stand below that one. One that is partial counts where nothing of it is left. Raises
    Unreadable("no-table") where there is no table.
    """
    parts: list[list[Block]] = []
    lines: list[Block] = []
    for block in blocks:
        if isinstance(block, Table):
            if block.partial or any(cell for _, cell in block.cells):
                parts.append([*lines, block])
                lines = []
        elif block.strip():
            lines.append(block.strip())
    if not parts:
        raise faults.no_table()
    parts[-1].extend(lines)
    budget = Budget()
    return tuple(_grid(part, f"表{n}" if len(parts) > 1 else "", budget) for n, part in enumerate(parts, 1))


def _grid(blocks: list[Block], name: str, budget: Budget) -> Grid:
    sheet = Sheet(name, budget)
    row = 0
    places = (place for block in blocks if isinstance(block, Table) for place, _ in block.cells)
    width = max((place.right for place in places), default=1)
    for block in blocks:
        if isinstance(block, Table):
            sheet.partial |= block.partial
            _place(block, row, sheet)
            row += block.height
        else:
            row += 1
            sheet.put(row, 1, line(block))
            sheet.merge(row, 1, row, min(width, MAX_COLUMN))
    return sheet.grid()


def _place(table: Table, above: int, sheet: Sheet) -> None:
    for place, cell in table.cells:
        top, bottom = above + place.top, min(above + place.bottom, MAX_ROW)
        if cell is not None:
            sheet.put(top, place.left, cell)
        sheet.merge(top, place.left, bottom, min(place.right, MAX_COLUMN))
    for row in table.hidden_rows:
        sheet.hide_rows(above + row, above + row)


def line(text: str) -> Cell:
    """A cell with a line of running text, which may be longer than a cell of a workbook can be."""
    return Cell(text, "text", text)
