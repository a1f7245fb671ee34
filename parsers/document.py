"""Reads a file's tables, each with the form that matches most of its columns."""

from collections.abc import Sequence

from parsers.forms.explain import explains
from parsers.forms.form import Form
from parsers.forms.halves import halves
from parsers.forms.match import Match, match
from parsers.forms.page import Page, page_of
from parsers.forms.vocabulary import vocabulary
from parsers.grid import Grid
from parsers.reading import Period, Reading
from parsers.reading.readings import read

_MOST_BESIDE_A_TITLE, _LONGEST_TITLE = 2, 80
"""Cells and characters."""


def read_tables(grids: Sequence[Grid], forms: Sequence[Form], period: Period) -> tuple[Reading, ...]:
    """What the sheets say as the forms know it; empty where they hold no table of any form.

    Each sheet is analysed once, and read as one form: the one with most of its columns, among equals the one whose
    title stands there, then the first.
    """
    words = {form.id: vocabulary(form) for form in forms}
    chosen: dict[str, list[Match]] = {}
    rest: list[Page] = []
    for page in (half for grid in grids for half in halves(page_of(grid))):
        found = [
            (form, one)
            for form in forms
            if (one := match(page, form, words[form.id])) and _is_explained(page, one, form)
        ]
        best = max(found, key=lambda one: (one[1].known, _is_titled(page, one[0])), default=None)
        if best:
            chosen.setdefault(best[0].id, []).append(best[1])
        else:
            rest.append(page)
    readings: list[Reading] = []
    for form in forms:
        if form.id in chosen:
            readings += read(chosen[form.id], rest, form, words[form.id], period)
            rest = []
    return tuple(readings)


def _is_explained(page: Page, one: Match, form: Form) -> bool:
    return any(explains(header, form, titled=_is_titled(page, form)) for header in one.headers)


def _is_titled(page: Page, form: Form) -> bool:
    """Whether the title of the form stands in a sheet, in a row of its own or beside one more word."""
    few = (row.values() for row in page.sheet.rows.values() if len(row) <= _MOST_BESIDE_A_TITLE)
    return any(form.names(cell.shown) for cells in few for cell in cells if len(cell.shown) <= _LONGEST_TITLE)
