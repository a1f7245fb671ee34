"""Reads cells of words: telephone numbers, and any other text (domain.md 1.4)."""

import re

from parsers.grid import Cell
from parsers.values import Doubt, Understood, folded, obstacle
from parsers.values.stored import digits

_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(?:\+?86)?(?:0[0-9]{2,3})?[2-9][0-9]{6,7}(?:转[0-9]{1,5})?")
_BETWEEN = re.compile(r"[、,;/|\n]|或|和")
_LIMIT = 10**15
"""From here on a spreadsheet keeps no longer every digit of a number."""
_NO_NUMBER = 10**40
"""Nobody writes a number so long."""
_EXPONENT = re.compile(r"[1-9](?:\.[0-9]+)?E\+[0-9]{2,3}", re.IGNORECASE)
"""What a spreadsheet shows of a long number, and all that it leaves of it in a file of text."""
_SHOWN_SHORT = re.compile(r"[-+]?[0-9](?:\.[0-9]+)?E[+-][0-9]{1,3}", re.IGNORECASE)


def phone(cell: Cell | None) -> Understood:
    """One or several telephone numbers as written, in half-width characters. Total, never raises."""
    if doubt := obstacle(cell):
        return Understood(None, doubts=(doubt,))
    assert cell is not None
    if cell.kind == "number" and isinstance(cell.value, int | float):
        if not abs(cell.value) < _NO_NUMBER:
            return Understood(None, doubts=(Doubt("not-understood", {"shown": folded(cell.shown)}),))
        number = digits(cell.value)
    else:
        number = folded(str(cell.value) if cell.kind == "text" else cell.shown)
    content = re.sub(r"\s+", " ", number)
    if lost := _lost_digits(cell, number):
        return Understood(content, doubts=(lost,))
    odd = () if _numbers(number) else (Doubt("odd-phone", {"shown": content, "taken": content}),)
    return Understood(content, doubts=odd)


def _lost_digits(cell: Cell, text: str) -> Doubt | None:
    """The doubt about a number of which a spreadsheet may have kept no more than the first digits.

    One that its file writes out (an int) is known whole.
    """
    is_cut = isinstance(cell.value, float) and abs(cell.value) >= _LIMIT
    is_short = cell.kind == "text" and _EXPONENT.fullmatch(text)
    return Doubt("digits-lost", {"shown": folded(cell.shown), "taken": text}) if is_cut or is_short else None


def _numbers(text: str) -> bool:
    """Whether the text is telephone numbers and nothing else."""
    return all(_one(part) or all(map(_one, part.split())) for part in _BETWEEN.split(text.strip("。.")) if part.strip())


def _one(part: str) -> bool:
    """A mobile of 11 digits, or a landline of 7 or 8, with or without its area and its extension."""
    plain = re.sub(r"[\s()–—-]", "", part)
    return bool(_MOBILE.fullmatch(plain) or _LANDLINE.fullmatch(plain) or _with_extension(part))


def _with_extension(part: str) -> bool:
    """022-66881234-801."""
    number, _, extension = part.rpartition("-")
    return bool(re.fullmatch("[0-9]{1,5}", extension) and _LANDLINE.fullmatch(re.sub(r"[\s()-]", "", number)))


def text(cell: Cell | None) -> Understood:
    """What a cell says in words, without surrounding blanks and invisible marks at its ends. Total, never raises.

    Words that are struck out as a whole are kept with the doubt, so that one can tell which row it is.
    """
    if doubt := obstacle(cell):
        return Understood(_trimmed(cell.struck) if cell and doubt.code == "struck-out" else None, doubts=(doubt,))
    assert cell is not None
    content = _trimmed(_in_full(cell))
    if not content:
        return Understood(None, doubts=(Doubt("missing-value"),))
    lost = _lost_digits(cell, content)
    return Understood(content, doubts=(lost,) if lost else ())


def _in_full(cell: Cell) -> str:
    """A text as it is, anything else as it is displayed; but a number that is displayed short in all its digits."""
    value = cell.value
    if isinstance(value, str):
        return value
    if cell.kind != "number" or not isinstance(value, int | float) or not abs(value) < _NO_NUMBER:
        return cell.shown
    return digits(value) if abs(value) >= _LIMIT or _SHOWN_SHORT.fullmatch(folded(cell.shown)) else cell.shown


def _trimmed(words: str) -> str:
    start, end = 0, len(words)
    while start < end and not folded(words[start]):
        start += 1
    while end > start and not folded(words[end - 1]):
        end -= 1
    return words[start:end]
