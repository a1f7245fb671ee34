"""Hides identity numbers in the cells of sheets, before anything else is read from them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from parsers.grid import Cell, Grid, Position
from parsers.values.identity_numbers import SHORTEST, is_named, masked, masked_number

_LONGEST_TITLE = 40
"""Characters of a cell that names what stands below or beside it."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A sheet without identity numbers, and where they stood."""

    grid: Grid
    places: tuple[Position, ...]


def hide(grid: Grid) -> Hidden:
    """The sheet with every identity number masked, in cells, comments, formulas and in its name. Total."""
    titles = {p for p, cell in grid.cells.items() if len(cell.shown) <= _LONGEST_TITLE and is_named(cell.shown)}
    tops = {column: row for row, column in sorted(titles, reverse=True)}
    changed = dict[Position, Cell]()
    known = dict[tuple[int, bool], Cell]()
    """What became of a cell that stands in several places, as those of one string of a workbook do."""
    for (row, column), cell in grid.cells.items():
        named = tops.get(column, row) < row or (row, column - 1) in titles
        key = (id(cell), named)
        if key not in known:
            known[key] = _hidden(cell, named=named)
        if (plain := known[key]) is not cell:
            changed[row, column] = plain
    comments = {position: masked(text) for position, text in grid.comments.items()}
    told = tuple(p for p, text in grid.comments.items() if comments[p] != text and p not in changed)
    name = masked(grid.name)
    if not changed and not told and name == grid.name:
        return Hidden(grid, ())
    places = tuple(sorted((*changed, *told))) or ((1, 1),)
    return Hidden(replace(grid, name=name, cells={**grid.cells, **changed}, comments=comments), places)


def any_in(grids: Iterable[Grid]) -> bool:
    """Whether identity numbers stand in one of the sheets."""
    return any(hide(grid).places for grid in grids)


def _hidden(cell: Cell, *, named: bool) -> Cell:
    """The cell without identity numbers; the same where it holds none."""
    if cell.kind == "number" and isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        number = masked_number(cell.value, named=named) if abs(cell.value) >= 10 ** (SHORTEST - 1) else None
        if number is not None:
            return replace(cell, value=number, kind="text", shown=number, format=None, formula=None, struck="")
    text = cell.value if isinstance(cell.value, str) else ""
    if len(text) < SHORTEST and len(cell.shown) < SHORTEST and not cell.formula and not cell.struck:
        return cell
    texts = (text, cell.shown, cell.formula or "", cell.struck)
    shown = masked(cell.shown, named=named)
    value = shown if text == cell.shown else masked(text, named=named)
    formula, struck = masked(cell.formula or "", named=named), masked(cell.struck, named=named)
    if (value, shown, formula, struck) == texts:
        return cell
    kept = value if isinstance(cell.value, str) else cell.value
    return replace(cell, value=kept, shown=shown, formula=formula or None, struck=struck)
