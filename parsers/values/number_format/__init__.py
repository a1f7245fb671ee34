"""Number formats: what a cell displays, and whether its number is a date (ECMA-376 part 1, sections 18.8.30-31)."""

from parsers.values.number_format.builtin import BUILTIN, GENERAL
from parsers.values.number_format.dates import from_serial, is_date_format
from parsers.values.number_format.display import TOO_WIDE, number_cell, shown

__all__ = ["BUILTIN", "GENERAL", "TOO_WIDE", "from_serial", "is_date_format", "number_cell", "shown"]
