"""Reads a file's tables, each with the form that matches most of its columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from parsers.child import work
from parsers.forms.explain import explains
from parsers.forms.form import Form
from parsers.forms.halves import halves
from parsers.forms.match import Match, match
from parsers.forms.page import Page, page_of
from parsers.forms.vocabulary import vocabulary
from parsers.grid import Grid, address
from parsers.identity_cells import Hidden, hide
from parsers.reading import Period, Reading
from parsers.reading.findings import Place, finding
from parsers.reading.readings import read

_ROW, _CELL, _MERGE, _CHARACTER, _CHARACTER_OF_LONG = 80.0, 18.0, 10.0, 0.25, 5.0
"""Units of work of a row, a cell, a merged range and a character of a cell's text, from the first look to the last
check."""
_COLUMN = 2.0
"""Units of work of a column that a merged range goes on over."""
_LONG = 300
"""Characters of a cell beyond which each costs more: it is looked through for numbers and days anew."""
_MOST_BESIDE_A_TITLE, _LONGEST_TITLE = 2, 80
"""Cells and characters."""


def read_tables(grids: Sequence[Grid], forms: Sequence[Form], period: Period) -> tuple[Reading, ...]:
    """What the sheets say as the forms know it; empty where they hold no table of any form.

    Identity numbers are masked in all that is given back, and their sender is told. Each sheet is analysed once, and
    read as one form: the one with most of its columns, among equals the one whose title stands there, then the first.
    """
    for grid in grids:
        last = max((column for _, column in grid.cells), default=0)
        work.spend(_COLUMN * sum(max(min(merge.right, last) - merge.left, 0) for merge in grid.merges))
        lengths = [len(cell.shown) for cell in grid.cells.values()]
        long = sum(length - _LONG for length in lengths if length > _LONG)
        work.spend(_ROW * len({row for row, _ in grid.cells}) + _CELL * len(lengths) + _MERGE * len(grid.merges))
        work.spend(_CHARACTER * sum(lengths) + _CHARACTER_OF_LONG * long)
    hidden = [hide(grid) for grid in grids]
    readings = _read([one.grid for one in hidden], forms, period)
    return _with_notices(readings, [one for one in hidden if one.places], {form.id: form for form in forms})


def _read(grids: Sequence[Grid], forms: Sequence[Form], period: Period) -> list[Reading]:
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
    return readings


def _with_notices(
    readings: Sequence[Reading], hidden: Iterable[Hidden], forms: Mapping[str, Form]
) -> tuple[Reading, ...]:
    """The readings with a notice of each sheet's identity numbers: with its first table, else with the first of all."""
    told = list(readings)
    for one in hidden if told else ():
        number = next((n for n, reading in enumerate(told) if reading.sheet == one.grid.name), 0)
        cells = [address(*position) for position in one.places]
        place = Place(sheet=one.grid.name, cell=cells[0])
        said = cells[0] if len(cells) == 1 else f"{cells[0]}等{len(cells)}处"
        notice = finding(forms[told[number].form], "identity-number", place, said=said)
        told[number] = replace(told[number], findings=(*told[number].findings, *((notice,) if notice else ())))
    return tuple(told)


def _is_explained(page: Page, one: Match, form: Form) -> bool:
    return any(explains(header, form, titled=_is_titled(page, form)) for header in one.headers)


def _is_titled(page: Page, form: Form) -> bool:
    """Whether the title of the form stands in a sheet, in a row of its own or beside one more word."""
    few = (row.values() for row in page.sheet.rows.values() if len(row) <= _MOST_BESIDE_A_TITLE)
    return any(form.names(cell.shown) for cells in few for cell in cells if len(cell.shown) <= _LONGEST_TITLE)
