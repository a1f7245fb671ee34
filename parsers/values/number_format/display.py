"""What a cell displays for a value, and the cell for a stored number."""

import math
from datetime import datetime
from typing import Literal

from parsers.grid import Cell, Scalar
from parsers.values.number_format.codes import AS_IS, PLAIN, is_invisible, literal, sections_of
from parsers.values.number_format.dates import from_serial, is_date_format, shown_moment
from parsers.values.number_format.numbers import shown_number

TOO_WIDE = "########"
"""What spreadsheet programs show for a date outside their calendar."""


def number_cell(number: float, code: str | None, *, from_1904: bool = False, formula: str | None = None) -> Cell:
    """The cell for a stored number: a date or time where its format says so, else a number.

    Whole numbers become int as long as a double holds them exactly (15 digits). Raises ValueError for infinity and
    NaN, which no program stores.
    """
    if not math.isfinite(number):
        raise ValueError(number)
    number = int(number) if abs(number) < 1e15 and float(number).is_integer() else number
    if not is_date_format(code):
        return Cell(number, "number", shown(number, code), code, formula)
    moment = from_serial(number, code, from_1904=from_1904)
    if moment is None:
        return Cell(number, "number", TOO_WIDE, code, formula)
    kind: Literal["date", "time"] = "date" if isinstance(moment, datetime) else "time"
    return Cell(moment, kind, shown(moment, code), code, formula)


def shown(value: Scalar, code: str | None) -> str:
    """The text that a cell displays for a value; a format code that is not understood counts as General."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            return _shown_text(value.replace("\r\n", "\n").replace("\r", "\n"), code)
        case int() | float():
            return shown_number(value, code)
        case _:
            return shown_moment(value, code)


def _shown_text(text: str, code: str | None) -> str:
    if code in PLAIN:
        return text
    sections = sections_of(code)
    section = sections[3] if len(sections) > 3 else sections[-1]
    if is_invisible(section) and (len(sections) > 3 or AS_IS in section):
        return ""
    if len(sections) < 4 and AS_IS not in section:
        return text
    return "".join(text if token == AS_IS else literal(*token) for token in section)
