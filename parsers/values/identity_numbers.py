"""Finds the numbers of identity cards in text and hides them: nobody needs them, so nobody keeps them.

A number has 18 characters (GB 11643: six digits of a region, the day of birth, three digits, a check character) or, on
cards of the first generation, 15 digits (the year of birth with two digits, no check character).
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from parsers.values import written

SHORTEST = 15
"""Digits of the shortest number."""
SHOWN_FIRST, SHOWN_LAST = 3, 2
"""Characters that stay, so that its sender knows which number is meant."""
STARS = "*" * (SHORTEST - SHOWN_FIRST - SHOWN_LAST - 1)
"""Stand in every masked number."""

_PROVINCES = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, *range(81, 84))
)
"""GB/T 2260; 81 to 83 stand in the residence permits of Hong Kong, Macao and Taiwan."""
_CITIES = frozenset((*range(71), 90))
_WEIGHTS, _CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
_CROSSES = frozenset("XxХх×✕✖")  # the Cyrillic letter too

_WORTH_A_LOOK = re.compile(r"(?:\d\D{0,3}){14}\d")
_START = re.compile(r"(?<!\d)\d")
_GAP = r"[ \n]{0,3}"
_LONG = re.compile(rf"\d(?:{_GAP}\d){{16}}{_GAP}[\dX](?!\d)")
_USUAL = re.compile(rf"\d{{6}}{_GAP}\d{{8}}{_GAP}\d{{3}}[\dX]|\d{{6}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{3}}[\dX]")
"""How the 18 are written: as one, or by their parts."""
_SHORT = re.compile(rf"\d{{15}}(?!\d)|(?:\d(?: \d){{14}}|\d{{6}}{_GAP}\d{{6}}{_GAP}\d{{3}})(?! {{0,3}}\d)")
_ANY = re.compile(rf"\d{{13,17}}[\dX](?!\d)|\d(?:{_GAP}\d){{12,16}}{_GAP}[\dX](?! {{0,3}}\d)")
_NAMED = re.compile(r"身份证|證件號|证件号|公民身份")
_REACH = 16
"""Characters before a number in which a word may name it."""


def is_named(text: str) -> bool:
    """Whether a text, such as the title of a column, says that identity numbers follow."""
    return bool(_NAMED.search(text))


def masked(text: str, *, named: bool = False) -> str:
    """The text with each identity number as 110*************38; the same text where it holds none.

    Digits may be full-width and may be parted by blanks, dashes, points and invisible characters. A number needs a
    possible region and day, so that neither phone and account numbers nor counts and spans of days are hidden; one of
    18 digits that is parted unusually the right check character as well. (A slip in one digit makes that wrong, and the
    number is no less a person's.) Where a word of the text, or `named` the column that it stands in, says what it is,
    every number of about that length is one.
    """
    if len(text) < SHORTEST or not _WORTH_A_LOOK.search(text):
        return text
    pieces, done = list[str](), 0
    for start, end, number in _numbers(text, named):
        pieces += text[done:start], hidden(number)
        done = end
    return "".join((*pieces, text[done:]))


def masked_number(number: int | float, *, named: bool = False) -> str | None:
    """The same for a number as a spreadsheet keeps it, which is of 18 digits the first 15; None where it is none."""
    if not 10 ** (SHORTEST - 1) <= number < 10**18 or int(number) != number:
        return None
    digits = str(int(written(number)))
    return hidden(digits) if named or _is_one(digits) else None


def hidden(number: str) -> str:
    """The first and the last characters of a number, stars for the others."""
    stars = "*" * (len(number) - SHOWN_FIRST - SHOWN_LAST)
    return f"{number[:SHOWN_FIRST]}{stars}{number[-SHOWN_LAST:]}"


def _numbers(text: str, named: bool) -> Iterator[tuple[int, int, str]]:
    """Start, end and plain characters of each number in a text."""
    plain, done = text.translate(_PLAIN), 0
    for start in (found.start() for found in _START.finditer(plain)):
        if start < done:
            continue
        is_named = named or bool(_NAMED.search(text, max(done, start - _REACH), start))
        for pattern in (_LONG, _SHORT, *((_ANY,) if is_named else ())):
            found = pattern.match(plain, start)
            number = re.sub("[ \n]", "", found[0]) if found else ""
            if found and (pattern is _ANY or _is_one(number, checked=not _USUAL.fullmatch(found[0]))):
                yield start, found.end(), number
                done = found.end()
                break


def _is_one(number: str, *, checked: bool = False) -> bool:
    if int(number[:2]) not in _PROVINCES or int(number[2:4]) not in _CITIES:
        return False
    if len(number) == SHORTEST:
        return _is_day(f"19{number[6:12]}")
    return len(number) == 18 and _is_day(number[6:14]) and (not checked or _check(number) == number[-1])


def _is_day(digits: str) -> bool:
    try:
        return 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year < 2100
    except ValueError:
        return False


def _check(number: str) -> str:
    """The check character that belongs to the first 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11]


class _Signs(dict[int, str]):
    """One plain character for each: a digit, X, a blank or a line's end for what may part digits, # for the rest."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = self[code] = _plain(character)
        return plain


def _plain(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    folded = unicodedata.normalize("NFKC", character)
    if folded in _CROSSES:
        return "X"
    if character in "\n\r":
        return "\n"
    parts = character.isspace() or unicodedata.category(character) in ("Cf", "Cc", "Pd") or folded in ".·_-−"
    return " " if parts else "#"


_PLAIN = _Signs()
