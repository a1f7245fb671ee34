"""Cell references (A1): positions, and formulas as they read when moved to another cell."""

import re
from functools import lru_cache

from parsers.formats.helpers import faults
from parsers.formats.helpers.sheet import MAX_COLUMN, MAX_ROW
from parsers.grid import Position, column_letters

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_IN_FORMULA = re.compile(r"""("[^"]*"|'[^']*')|(?<![\w.$])(\$?)([A-Z]{1,3})(\$?)([0-9]{1,7})(?![\w.(!])""")


def position(reference: str) -> Position:
    """B7 → (7, 2). Raises Unreadable for what is no reference."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise faults.broken()
    return int(match[2]), _column_number(match[1])


def corners(reference: str) -> tuple[int, int, int, int]:
    """A1:C3, and C3:A1, which some programs write → (1, 1, 3, 3): top, left, bottom, right.

    Raises Unreadable for what is no reference.
    """
    first, _, last = reference.partition(":")
    rows, columns = zip(position(first), position(last or first), strict=True)
    return min(rows), min(columns), max(rows), max(columns)


def moved(formula: str, down: int, right: int) -> str:
    """The formula as it reads when it is copied that many cells further down and right."""

    def reference(match: re.Match[str]) -> str:
        quoted, fixed_column, letters, fixed_row, digits = match.groups()
        if quoted:
            return quoted
        column = _column_number(letters) + (0 if fixed_column else right)
        row = int(digits) + (0 if fixed_row else down)
        if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
            return "#REF!"
        return f"{fixed_column}{column_letters(column)}{fixed_row}{row}"

    return _IN_FORMULA.sub(reference, formula)


@lru_cache(maxsize=1024)
def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
