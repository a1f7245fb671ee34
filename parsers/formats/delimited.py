"""Tables in plain text: .csv, .tsv and what systems export under other names (RFC 4180)."""

import csv
import dataclasses
import io
import re

from parsers.formats import faults
from parsers.formats.sheets import Budget, Sheet, printed_cell
from parsers.grid import Grid
from parsers.sniff import FileKind, any_field_size, delimiter_of, text_of

KINDS = frozenset({FileKind.CSV})

_AS_TEXT = re.compile(r'="([^"]*)"')


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """One sheet without a name, in which cells are text. It is partial where quotes are not paired as they must."""
    text = text_of(content)
    delimiter = delimiter_of(text) if text is not None else None
    if text is None or delimiter is None:
        raise faults.broken()
    text = re.sub(r"\Asep=.\r?\n", "", text)
    rows, faultless = _rows(text, delimiter)
    budget = Budget()
    sheet = Sheet("", budget)
    for row, values in enumerate(rows, 1):
        for column, value in enumerate(values, 1):
            if value.strip():
                sheet.put(row, column, printed_cell(_unwrapped(value)))
    return (dataclasses.replace(sheet.grid(), partial=not faultless),)


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
