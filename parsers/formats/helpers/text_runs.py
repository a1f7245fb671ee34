"""Joins the formatted runs of a cell's text: struck out or hidden text does not count, raised digits stay apart."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from parsers.formats.helpers.sheet import text_cell
from parsers.grid import Cell

_DIGITS = "0123456789"
_ABOVE = str.maketrans(_DIGITS, "⁰¹²³⁴⁵⁶⁷⁸⁹")
_BELOW = str.maketrans(_DIGITS, "₀₁₂₃₄₅₆₇₈₉")


class Look(NamedTuple):
    """What a font says: whether its text is struck out or hidden, and 1 for raised, -1 for lowered text."""

    gone: bool = False
    raised: int = 0


PLAIN = Look()


class Run(NamedTuple):
    """Text of one look."""

    text: str
    look: Look = PLAIN


@dataclass(frozen=True, slots=True)
class Written:
    """What a cell says, and what stands in it struck out or hidden."""

    text: str
    struck: str = ""


def written(runs: Iterable[Run]) -> Written:
    """The runs joined, without what is struck out or hidden.

    Raised digits become those that are raised by themselves, 300¹, unless all of the text is raised.
    """
    pieces = [run for run in runs if run.text]
    if all(run.look == PLAIN for run in pieces):
        return Written("".join(run.text for run in pieces))
    kept = [run for run in pieces if not run.look.gone]
    level = any(not run.look.raised for run in kept if run.text.strip())
    text = "".join(_shifted(run) if level else run.text for run in kept)
    return Written(text, "".join(run.text for run in pieces if run.look.gone).strip())


def _shifted(run: Run) -> str:
    return run.text.translate({0: {}, 1: _ABOVE, -1: _BELOW}[run.look.raised])


def cell_of(said: Written, cell: Cell) -> Cell:
    """The cell that was made of the text of `said`, with what stands in it struck out."""
    if said.struck and not said.text.strip():
        return struck_out(text_cell(said.struck, cell.format, cell.formula))
    return replace(cell, struck=said.struck) if said.struck else cell


def struck_out(cell: Cell) -> Cell:
    """The cell as one that shows what it shows, and says nothing."""
    return replace(cell, value=None, kind="text", formula=None, struck=cell.shown) if cell.shown.strip() else cell
