"""Reads a file's tables, each with the form that matches most of its columns."""

from collections.abc import Sequence

from parsers import table
from parsers.forms.form import Form
from parsers.grid import Grid
from parsers.reading import Period, Reading
from parsers.forms import match
from parsers.forms.vocabulary import vocabulary


def read_tables(grids: Sequence[Grid], forms: Sequence[Form], period: Period) -> tuple[Reading, ...]:
    """What the sheets say as the forms know it; empty where they hold no table of any form.

    Each sheet is read as one form: the one with most of its columns, among equals the one whose title stands there,
    then the first.
    """
    chosen: dict[str, list[Grid]] = {}
    for grid in grids:
        if best := max(forms, key=lambda form: _match(grid, form), default=None):
            chosen.setdefault(best.id, []).append(grid)
    by_id = {form.id: form for form in forms}
    return tuple(reading for id, own in chosen.items() for reading in table.read(own, by_id[id], period))


def _match(grid: Grid, form: Form) -> tuple[int, bool]:
    found = match.find([grid], form, vocabulary(form))
    return max((part.matched for part in found), default=0), any(form.names(part.title) for part in found)
