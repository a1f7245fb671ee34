"""A sheet as the sender sees it, with what it is before any form."""

from dataclasses import dataclass

from parsers.forms.sheet import Sheet, upright
from parsers.grid import Grid
from parsers.layout.analysis import analyse
from parsers.layout.model import Layout


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet, or a part of one."""

    sheet: Sheet
    grid: Grid
    layout: Layout


def page_of(grid: Grid) -> Page:
    """The sheet, analysed once, whatever the number of forms."""
    return Page(upright(grid), grid, analyse(grid))
