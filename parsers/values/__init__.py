"""The values of single cells: what the readers of cells give back, and what they share.

A reader is a file for a kind of value: `counts`, `dates`, `choices`, `texts`; `measures` reads the unit in a column's
title. It takes a cell, or None for an empty one, and gives a value or None with a doubt; it raises nothing and guesses
nothing in silence (domain.md 2.4 to 2.6). `count_grammar`, `date_grammar`, `figure_grammar`, `numerals` and `tokens`
understand the text in cells; `number_format` knows what spreadsheet programs display.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from parsers.grid import Cell
from parsers.reading import Content, Precision


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing about a cell that a person must or may hear of; the sentence is made elsewhere.

    `detail` holds `shown`, what the cell displays (but not for missing-value), and `taken` where something was taken in
    spite of the doubt; days as 2021-06-15 or 2021-06-15/2021-06-18. Besides: `other` (ambiguous-date: the second
    reading), `online` (two-figures), `unit` and `measure` (measure-conflict: the cell's unit, "" where it has a scale
    alone, and the header's; other-unit and measure-unclear: the header's alone), `struck` (struck-part: what does not
    count), `unknown` (not-a-choice: the words that no option knows).
    """

    code: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a cell says. `extra` holds `online` where the cell has a second figure for those who took part online."""

    content: Content
    precision: Precision = "exact"
    doubts: tuple[Doubt, ...] = ()
    extra: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included; one day is its own end. None where the cell gives no day."""

    start: date | None
    end: date | None
    precision: Precision = "exact"
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """The unit that a figure is written in: `word` as written, `factor` what one of it is. 万人 → 10000.

    One that is not `sure` may not be meant for the figure, or not be meant so.
    """

    word: str
    factor: int
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a closed list, and the words in a cell that mean it.

    `keywords` mean it wherever they stand, `synonyms` only where they are all that one entry says.
    """

    code: str
    title: str
    keywords: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


NONE_WORDS = frozenset(("无", "没有", "暂无", "本期无", "/", "\\", "-", "--", "—", "——", "–", "―", "零", "〇", "○"))
"""Entries that declare that there is nothing (domain.md 2.4)."""

_ERRORS = frozenset(("#REF!", "#VALUE!", "#N/A", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"))
_SHORT = 80
"""Characters; texts as short come again and again, and are folded once."""
_BREAKS = frozenset("\n\r\v\f\x85\u2028\u2029")


def folded(text: str) -> str:
    """The text in half-width characters, without invisible ones, blanks as plain spaces, breaks as line feeds.

    A circled, raised or numbered figure stays what it is: ①120 must not become 1120.
    """
    return _folded(text) if len(text) <= _SHORT else _fold_all(text)


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    return _fold_all(text)


def _fold_all(text: str) -> str:
    return "".join(map(_fold, text.replace("\r\n", "\n"))).strip()


@lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    if character in _BREAKS:
        return "\n"
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Cf", "Cc"):
        return ""
    plain = unicodedata.normalize("NFKC", character)
    if any("0" <= c <= "9" for c in plain) and not unicodedata.decomposition(character).startswith(
        ("<wide>", "<font>")
    ):
        return character
    return plain


def obstacle(cell: Cell | None) -> Doubt | None:
    """Why a cell holds nothing to read: it is empty, struck out, an error, a formula without result, or a picture."""
    if cell is None:
        return Doubt("missing-value")
    code = _obstacle(cell)
    if code is None or code == "missing-value":
        return Doubt(code) if code else None
    return Doubt(code, {"shown": folded(cell.shown)})


def _obstacle(cell: Cell) -> str | None:
    if cell.value is None and cell.struck:
        return "struck-out"
    if _holds_picture(cell):
        return "picture-in-cell"
    if cell.value is None and cell.formula:
        return "no-result"
    text = folded(cell.value) if isinstance(cell.value, str) else None
    if cell.kind == "error" or (text and text.upper() in _ERRORS):
        return "error-cell"
    return "missing-value" if cell.value is None or text == "" else None


def _holds_picture(cell: Cell) -> bool:
    """WPS keeps a picture in a cell as the formula DISPIMG; some exports keep its text."""
    text = cell.value if isinstance(cell.value, str) and cell.value.lstrip().startswith(("=", "DISPIMG")) else ""
    return bool(text or cell.formula) and "DISPIMG(" in f"{cell.formula or ''} {text}".upper()


def written(number: float) -> Decimal:
    """The number as a spreadsheet shows it in full: 15 significant digits, no binary noise."""
    return Decimal(f"{number:.15g}") if isinstance(number, float) else Decimal(number)
