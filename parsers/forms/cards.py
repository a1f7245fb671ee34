"""Forms in which every value has a label of its own: one record, or several one after another, put into columns."""

from collections.abc import Iterator, Sequence

from parsers.forms.labels import key
from parsers.forms.sheet import Sheet
from parsers.forms.vocabulary import Vocabulary
from parsers.grid import Cell, Position
from parsers.layout.model import Layout, Region

_LONGEST_FORM = 200
"""Rows; a longer region is no form with a label for each value."""

Label = tuple[Position, tuple[Position, ...]]
"""Where a label stands, and where its value may stand, the likeliest place first."""


def arranged(page: Sheet, labels: Sequence[Label], words: Vocabulary) -> Sheet | None:
    """The same as a table: labels in row 1, the values of one record in each row below; None without known labels.

    A label that comes again begins another record.
    """
    columns: dict[str, int] = {}
    titles: dict[int, Cell] = {}
    records: list[dict[int, Cell]] = []
    origins: dict[Position, Position] = {}
    seen: set[str] = set()
    for position, place, field in known_labels(page, labels, words):
        if field in seen or not records:
            records.append({})
            seen = set()
        seen.add(field)
        column = columns.setdefault(field, len(columns) + 1)
        if column not in titles:
            titles[column], origins[1, column] = page.rows[position[0]][position[1]], position
        origins[len(records) + 1, column] = place
        if cell := page.cell(*place):
            records[-1][column] = cell
    if not titles:
        return None
    rows = {1: titles} | {number: record for number, record in enumerate(records, start=2) if record}
    return Sheet(page.name, {n: dict(sorted(row.items())) for n, row in rows.items()}, (), origins=origins)


def known_labels(page: Sheet, labels: Sequence[Label], words: Vocabulary) -> Iterator[tuple[Position, Position, str]]:
    """(label, value, field) of the labels that the form knows. No value is a label itself."""
    known = {at: words.column(page.text(*at)) for at, _ in labels}
    known = {at: found for at, found in known.items() if found and not _is_chosen(page, words, at)}
    for position, places in labels:
        if found := known.get(position):
            filled = (place for place in places if page.cell(*place) and place not in known)
            yield position, next(filled, places[-1]), found[0].field


def labels_of(layout: Layout, page: Sheet) -> tuple[Label, ...]:
    """Every text that may be a label, with the cell behind it and the one that the layout takes for its value."""
    found: dict[Position, tuple[Position, ...]] = {}
    for region in layout.regions:
        for label, place in (*_beside(region, page), *_paired(region)):
            found[label] = (*found.get(label, ()), place)
    return tuple(sorted(found.items()))


def _paired(region: Region) -> Iterator[tuple[Position, Position]]:
    """The labels of a region with their values, but for those in one cell."""
    for pair in (*region.block, *region.pairs):
        if pair.cell and pair.cell != pair.heading.cells[-1]:
            yield pair.heading.cells[-1], pair.cell


def _beside(region: Region, page: Sheet) -> Iterator[tuple[Position, Position]]:
    """Every text with the cell behind it: labels above each other are as like a list as a form."""
    for line in region.rows if len(region.rows) <= _LONGEST_FORM else ():
        for column, cell in page.rows.get(line.number, {}).items():
            if cell.kind == "text" and line.role != "title":
                merge = page.merged.get((line.number, column))
                yield (line.number, column), (line.number, (merge.right if merge else column) + 1)


def _is_chosen(page: Sheet, words: Vocabulary, position: Position) -> bool:
    """Whether a cell is what was chosen for the label on its left: 其他 is a choice there and no label."""
    row, column = position
    beside = [words.column(page.text(row, other)) for other in page.rows.get(row, {}) if other < column][-1:]
    is_option = key(page.text(row, column)) in words.options
    return is_option and any(known is not None and known[0].kind == "choices" for known in beside)
