"""What stands in the rows of a table and in none of its columns: it is not read, and its sender must hear of it."""

from collections.abc import Iterator, Sequence

from parsers.forms.fields import Header
from parsers.forms.form import Form
from parsers.forms.labels import key
from parsers.forms.vocabulary import Vocabulary
from parsers.grid import Position, column_letters
from parsers.reading import Finding
from parsers.reading.findings import Place, finding
from parsers.reading.parts import Part

_A_FEW = 2
"""Cells; more of them in one column are told together."""


def remarks(part: Part, form: Form, words: Vocabulary, rows: Sequence[int]) -> Iterator[Finding | None]:
    """Words and figures beside the columns that have labels, and what is pinned to cells.

    Lists to choose from and numbers of the rows need no word.
    """
    if not part.is_upright:
        return
    for (row, column), note in part.page.source.comments.items() if part.page.source else ():
        if row in rows and any(map(str.isalnum, note)):
            place = Place(sheet=part.page.name, cell=part.sheet.address(row, column))
            yield finding(form, "cell-comment", place, line=part.sheet.line(row), said=note)
    columns: dict[int, list[Position]] = {}
    for row, column in _unlabelled(part, rows):
        if key(part.sheet.text(row, column)) not in words.options:
            columns.setdefault(column, []).append((row, column))
    for column, cells in columns.items():
        if label := next((text for row in _labels(part) if (text := part.sheet.text(row, column))), ""):
            place = Place(sheet=part.page.name, cell=part.sheet.address(part.header.bottom, column))
            yield finding(form, "apart-column", place, said=label)
        elif len(cells) > _A_FEW:
            place = Place(sheet=part.page.name, cell=part.sheet.address(*cells[0]))
            yield finding(form, "unlabelled-column", place, said=f"{column_letters(column)}列")
        else:
            yield from (_of_one(part, form, cell) for cell in cells)


def _labels(part: Part) -> range:
    """The rows of the labels, the lowest first."""
    return range(part.header.bottom, part.header.top - 1, -1)


def _unlabelled(part: Part, rows: Sequence[int]) -> Iterator[Position]:
    labelled = _labelled(part.header)
    for row in rows:
        for column, cell in part.sheet.rows[row].items():
            is_number = column < part.header.left and cell.shown.strip(" .、()（）").isdecimal()
            if column not in labelled and not is_number and any(map(str.isalnum, cell.shown)):
                yield row, column


def _labelled(header: Header) -> frozenset[int]:
    """The columns that are read, or of which the sender hears elsewhere."""
    rivals = (named for several in header.rivals.values() for named in several)
    apart = (named for _, named in header.apart)
    known = (*header.columns.values(), *header.entries.values(), *rivals, *apart, *header.unknown)
    return frozenset(named.column for named in known)


def _of_one(part: Part, form: Form, cell: Position) -> Finding | None:
    place = Place(sheet=part.page.name, cell=part.sheet.address(*cell))
    return finding(form, "beside-row", place, line=part.sheet.line(cell[0]), said=part.sheet.text(*cell))
