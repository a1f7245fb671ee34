"""Reads tables in plain text: .csv, .tsv and what systems export under other names (RFC 4180)."""

import csv
import dataclasses
import io
import re
from collections import Counter

from parsers.child import work
from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults
from parsers.formats.helpers.plain_text import any_field_size, delimiter_of, text_of
from parsers.formats.helpers.sheet import Budget, Sheet, printed_cell
from parsers.grid import Grid

KINDS = frozenset({FileKind.CSV})

_FEWEST = 3
"""Labels of a table."""
_ALL = 10**6
"""More than any row has cells."""
_CHARACTER, _PIECE = 0.1, 4.0
"""Units of work of a character, and of what stands between two delimiters."""
_AS_TEXT = re.compile(r'="([^"]*)"')


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """One sheet without a name, in which cells are text. It is partial where quotes are not paired as they must, and
    where characters are damaged."""
    text = text_of(content)
    delimiter = delimiter_of(text) if text is not None else None
    if text is None or delimiter is None:
        raise faults.broken()
    work.spend(_CHARACTER * len(text) + _PIECE * text.count(delimiter))
    text = re.sub(r"\Asep=.\r?\n", "", text)
    rows, faultless = _rows(text, delimiter)
    sure = _sure(rows) if delimiter == "," else [_ALL] * len(rows)
    budget = Budget()
    sheet = Sheet("", budget)
    for row, values in enumerate(rows, 1):
        for column, value in enumerate(values, 1):
            if value.strip():
                cell = printed_cell(_unwrapped(value))
                sheet.put(row, column, dataclasses.replace(cell, adrift=True) if column > sure[row - 1] else cell)
    return (dataclasses.replace(sheet.grid(), partial=not faultless or "\ufffd" in text),)


def _sure(rows: list[list[str]]) -> list[int]:
    """For each row, how many of its cells surely stand in their columns.

    A 1,200 without quotes makes two cells and pushes those behind it one column on; so does a comma in a title. It is
    told by a cell beyond the last label, or where the row suits the columns better when the two are one. Where empty
    cells make up all rows to the same number, none was pushed on.
    """
    if len({len(row) for row in rows if row}) == 1 and not all(row[-1] for row in rows if row):
        return [_ALL] * len(rows)
    filled = [_filled(row) for row in rows]
    labels = [sum(map(bool, row)) >= _FEWEST and not any(re.search(r"\d", cell) for cell in row) for row in filled]
    full = [_kinds(row) for row, is_labels in zip(filled, labels, strict=True) if not is_labels and len(row) >= _FEWEST]
    tally = _tally(full)
    width, sure = 0, []
    for row, is_labels in zip(filled, labels, strict=True):
        width = max(width, len(row)) if is_labels else width
        sure.append(_ALL if is_labels else _first_doubtful(row, width, tally))
    return sure


def _tally(rows: list[list[str]]) -> list[Counter[str]]:
    """How many cells of each kind a column has; what a row lacks at its end is blank. In time linear in the cells."""
    tally = [Counter[str]() for _ in range(max(map(len, rows), default=0))]
    for row in rows:
        for counts, kind in zip(tally, row, strict=False):
            counts[kind] += 1
    for counts in tally:
        counts[""] += len(rows) - counts.total()
    return tally


def _filled(row: list[str]) -> list[str]:
    """The cells without the empty ones at the end."""
    end = next((at for at in range(len(row), 0, -1) if row[at - 1].strip()), 0)
    return [value.strip() for value in row[:end]]


def _kinds(row: list[str]) -> list[str]:
    """Of each cell, whether it is a figure or words."""
    return ["" if not value else "figure" if value.isdecimal() else "words" for value in row]


def _first_doubtful(row: list[str], width: int, tally: list[Counter[str]]) -> int:
    """How many cells of a row stand before the first one that may have been pushed on.

    `tally` counts the kinds of each column's cells, of this row and the others.
    """
    groups = [at for at in range(len(row) - 1) if _is_group(row[at], row[at + 1])]
    if width and len(row) > width:
        if any(value.endswith(("：", ":")) for value in row):  # who reports, below the table
            return _ALL
        return groups[0] if len(groups) == 1 and len(row) == width + 1 else 0
    if not groups or len(row) < max(width, _FEWEST):
        return _ALL
    others = [counts - Counter([kind]) for counts, kind in zip(tally, _kinds(row), strict=False)]
    misfits = _misfits(row, others)
    as_one = ([*row[:at], row[at] + row[at + 1], *row[at + 2 :]] for at in groups)
    return next((at for at, joined in zip(groups, as_one, strict=True) if _misfits(joined, others) < misfits), _ALL)


def _misfits(row: list[str], others: list[Counter[str]]) -> int:
    """How many cells are of another kind than most of their column in the other rows."""
    kinds = zip(_kinds(row), others, strict=False)
    return sum(bool(counts) and kind != counts.most_common(1)[0][0] for kind, counts in kinds if kind)


def _is_group(first: str, second: str) -> bool:
    """Whether two cells may be one number with a comma in it."""
    return bool(re.fullmatch("[1-9][0-9]{0,2}", first) and re.fullmatch("[0-9]{3}", second))


def _rows(text: str, delimiter: str) -> tuple[list[list[str]], bool]:
    """The rows, and whether the quotes in them are as they must be.

    A quote that never ends would take all that follows into one cell, so then quotes mean nothing.
    """
    lines = io.StringIO(text, newline="")
    with any_field_size(text):
        try:
            return list(csv.reader(lines, delimiter=delimiter, strict=True)), True
        except csv.Error as error:
            lines.seek(0)
            if "unexpected end" in str(error):
                return list(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)), False
            return list(csv.reader(lines, delimiter=delimiter)), False


def _unwrapped(value: str) -> str:
    """="0012" as systems write it to keep a spreadsheet program from making a number of it."""
    match = _AS_TEXT.fullmatch(value.strip())
    return match[1] if match else value
