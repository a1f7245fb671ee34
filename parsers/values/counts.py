"""Reads cells of counts: a whole number, with its precision and what is doubtful about it.

The rules are those of domain.md 2.4. The whole cell must be understood: a number amid words that the grammar does not
know is not picked out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from parsers.grid import Cell
from parsers.values import NONE_WORDS, Doubt, Measure, Understood, folded, numerals, obstacle, written
from parsers.values.count_grammar import Sense, sense_of, single
from parsers.values.figure_grammar import Figure, figure_of, tokens_of
from parsers.values.tokens import Cursor, words

_LONGEST = 200
"""A cell with more characters than this is prose."""
_LIMIT = 10**15
"""From here on a spreadsheet keeps no longer every digit of a number."""

_VAGUE = re.compile(words("数 几 若干 多名 多人 多位 多家 多个 多场 许多 众多 大量 大批 全体 全员 全部 所有 部分"))
_PERCENT = re.compile(r"[0-9.]+ ?%|百分之.+")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E[+-]?[0-9]{1,2}", re.IGNORECASE)
_NEGATIVE = re.compile(r"[-−负] ?[0-9][0-9,.]*[^0-9-]*")


def count(cell: Cell | None, measure: Measure | None = None) -> Understood:
    """How many a cell counts, as int. `measure` is the unit in the column's header; total, never raises."""
    if doubt := obstacle(cell):
        return Understood(None, doubts=(doubt,))
    assert cell is not None
    if cell.kind == "number" and isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        return _of_number(cell, cell.value, measure)
    if cell.kind == "text" and isinstance(cell.value, str):
        return _of_text(folded(cell.value), measure)
    return _nothing("not-understood", folded(cell.shown))


def _nothing(code: str, shown: str) -> Understood:
    return Understood(None, doubts=(Doubt(code, {"shown": shown}),))


# ---------------------------------------------------------------- number cells


def _of_number(cell: Cell, value: float, measure: Measure | None) -> Understood:
    shown = folded(cell.shown)
    if value != value or abs(value) >= _LIMIT:
        return _nothing("digits-lost", shown)
    if "%" in (cell.format or ""):
        return _nothing("percent", shown)
    amount = written(value)
    is_plain = shown == str(amount) or _says_nothing(shown)
    if is_plain and amount >= 0:
        return _understood(single(Figure(amount), measure), measure, shown)
    displayed = Figure(amount) if is_plain else _one_figure(shown)
    if amount >= 0 and (displayed is None or not _is_displayed(amount, displayed, shown)):
        return _nothing("not-understood", shown)
    return _understood(single(replace(displayed or Figure(amount), amount=amount), measure), measure, shown)


def _says_nothing(shown: str) -> bool:
    """Whether a display has neither words nor digits of its own: ########, or a dash for 0."""
    return not any(map(str.isalnum, shown))


def _is_displayed(amount: Decimal, displayed: Figure, shown: str) -> bool:
    """Whether the sender sees the stored number, rounded at most: not 300 where a format 0"00" stands behind a 3."""
    if _says_nothing(shown):
        return True
    if displayed.scale > 1:
        return abs(displayed.amount - amount) <= displayed.amount / 10
    places = re.search(r"\.([0-9]+)", shown)
    half = Decimal(5).scaleb(-1 - len(places[1]) if places else -1)
    noise = max(half, amount.scaleb(-12))
    return abs(displayed.amount - amount) <= noise and (bool(displayed.amount) or not amount)


def _one_figure(text: str) -> Figure | None:
    """The figure that a number cell displays, marks of currency and of thousands aside."""
    if len(text) > _LONGEST:
        return None
    if _SCIENTIFIC.fullmatch(text):
        return Figure(Decimal(text), scale=10)
    tokens = Cursor(tokens_of(re.sub(r"[^\w.,+~〜()≥>≈-]|(?<=[0-9]),(?=[0-9]{3})", "", text)))
    figure = figure_of(tokens)
    return figure if tokens.done() else None


# ---------------------------------------------------------------- text cells


def _of_text(text: str, measure: Measure | None) -> Understood:
    text = text.replace("_", "").strip()
    if len(text) > _LONGEST:
        return _nothing("not-understood", text)
    if text.strip("()。.") in NONE_WORDS:
        return Understood(0, doubts=(Doubt("none-declared", {"shown": text}),))
    if text == "一":  # one, or a dash that was drawn with it
        return _nothing("not-understood", text)
    if _PERCENT.fullmatch(text):
        return _nothing("percent", text)
    if _NEGATIVE.fullmatch(text):
        return _nothing("negative", text)
    tokens = tokens_of(text)
    if all(token.kind in ("unit", "open", "close") for token in tokens):
        return Understood(None, doubts=(Doubt("missing-value"),))  # the blank left before a printed 人
    if sense := sense_of(tokens, measure):
        return _understood(sense, measure, text)
    vague = not re.search("[0-9]", text) and bool(_VAGUE.search(text))
    return _nothing("vague" if vague else "not-understood", text)


def _understood(sense: Sense, measure: Measure | None, shown: str) -> Understood:
    """The sense as a value, unless it is none that can be counted."""
    amounts = [sense.amount] if sense.online is None else [sense.amount, sense.online]
    for code, wrong in _UNCOUNTABLE.items():
        if any(map(wrong, amounts)):
            return _nothing(code, shown)
    if measure is not None and sense.figure.counts_other(measure):
        return Understood(None, doubts=(Doubt("other-unit", {"shown": shown, "measure": measure.word}),))
    extra = {} if sense.online is None else {"online": int(sense.online)}
    if measure is None and not sense.code:
        return Understood(int(sense.amount), sense.precision, extra=extra)
    detail = {"shown": shown, "taken": str(int(sense.amount))}
    doubts = []
    if sense.code:
        doubts.append(Doubt(sense.code, {**detail, **{key: str(number) for key, number in extra.items()}}))
    if measure is not None and not measure.sure and not _is_its_own(sense):
        doubts.append(Doubt("measure-unclear", {**detail, "measure": measure.word}))
    elif measure is not None and measure.sure and sense.figure.conflicts(measure):
        doubts.append(Doubt("measure-conflict", {**detail, "unit": sense.figure.unit, "measure": measure.word}))
    return Understood(int(sense.amount), sense.precision, tuple(doubts), extra)


def _is_its_own(sense: Sense) -> bool:
    """Whether a figure needs no measure: it has a unit or a scale, or is nothing."""
    return bool(sense.figure.unit) or sense.figure.scale > 1 or not sense.amount


_UNCOUNTABLE: Mapping[str, Callable[[Decimal], bool]] = {
    "negative": lambda amount: amount < 0,
    "not-understood": lambda amount: amount >= _LIMIT,
    "fraction": lambda amount: not numerals.is_whole(amount),
}
