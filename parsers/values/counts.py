"""A cell that counts something becomes a whole number, with its precision and what is doubtful about it.

The rules are those of domain.md 2.4. The whole cell must be understood: a number amid words that the grammar does not
know is not picked out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parsers.grid import Cell
from parsers.reading import Precision
from parsers.values import NONE_WORDS, Doubt, Measure, Understood, folded, numerals, obstacle, written
from parsers.values.figures import (
    ANY,
    EVENTS,
    SESSIONS,
    Figure,
    figure_of,
    items_of,
    precision_of,
    says_total,
    tokens_of,
)
from parsers.values.measures import measure_of as measure_of
from parsers.values.tokens import Cursor, words

_LONGEST = 200
"""A cell with more characters than this is prose."""
_LIMIT = 10**15
"""From here on a spreadsheet keeps no longer every digit of a number."""

_VAGUE = re.compile(words("数 几 若干 多名 多人 多位 多家 多个 多场 许多 众多 大量 大批 全体 全员 全部 所有 部分"))
_PERCENT = re.compile(r"[0-9.]+ ?%|百分之.+")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E[+-]?[0-9]{1,2}", re.IGNORECASE)
_NEGATIVE = re.compile(r"[-−负] ?[0-9][0-9,.]*[^0-9-]*")


@dataclass(frozen=True, slots=True)
class _Sense:
    """What the whole cell says: the amount that counts, the figure it stands on, and why it is not plain."""

    amount: Decimal
    figure: Figure
    precision: Precision
    code: str = ""
    online: Decimal | None = None


# ---------------------------------------------------------------- the doors


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
    displayed = Figure(amount) if is_plain else _one_figure(shown)
    if amount >= 0 and (displayed is None or not _is_displayed(amount, displayed, shown)):
        return _nothing("not-understood", shown)
    return _understood(_single(replace(displayed or Figure(amount), amount=amount), measure), measure, shown)


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
    for interpretation in _INTERPRETATIONS:
        cursor = Cursor(tokens)
        sense = interpretation(cursor, measure)
        if sense is not None and cursor.done():
            return _understood(sense, measure, text)
    vague = not re.search("[0-9]", text) and bool(_VAGUE.search(text))
    return _nothing("vague" if vague else "not-understood", text)


def _understood(sense: _Sense, measure: Measure | None, shown: str) -> Understood:
    """The sense as a value, unless it is none that can be counted."""
    amounts = [sense.amount] if sense.online is None else [sense.amount, sense.online]
    for code, wrong in _UNCOUNTABLE.items():
        if any(map(wrong, amounts)):
            return _nothing(code, shown)
    if measure is not None and sense.figure.counts_other(measure):
        return Understood(None, doubts=(Doubt("other-unit", {"shown": shown, "measure": measure.word}),))
    detail = {"shown": shown, "taken": str(int(sense.amount))}
    extra = {} if sense.online is None else {"online": int(sense.online)}
    doubts = []
    if sense.code:
        doubts.append(Doubt(sense.code, {**detail, **{key: str(number) for key, number in extra.items()}}))
    if measure is not None and not measure.sure and not _is_its_own(sense):
        doubts.append(Doubt("measure-unclear", {**detail, "measure": measure.word}))
    elif measure is not None and measure.sure and sense.figure.conflicts(measure):
        doubts.append(Doubt("measure-conflict", {**detail, "unit": sense.figure.unit, "measure": measure.word}))
    return Understood(int(sense.amount), sense.precision, tuple(doubts), extra)


def _is_its_own(sense: _Sense) -> bool:
    """Whether a figure needs no measure: it has a unit or a scale, or is nothing."""
    return bool(sense.figure.unit) or sense.figure.scale > 1 or not sense.amount


_UNCOUNTABLE: Mapping[str, Callable[[Decimal], bool]] = {
    "negative": lambda amount: amount < 0,
    "not-understood": lambda amount: amount >= _LIMIT,
    "fraction": lambda amount: not numerals.is_whole(amount),
}


# ---------------------------------------------------------------- the whole cell


def _single(figure: Figure, measure: Measure | None) -> _Sense:
    """The sense of a cell that is one figure."""
    code = {"approximate": "approximate", "at_least": "at-least"}.get(figure.precision, "")
    return _Sense(figure.settled(measure), figure, figure.precision, code)


def _plain(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """300, 约300人."""
    figure = figure_of(tokens)
    return _single(figure, measure) if figure else None


def _range(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """200-300人: the lower bound. In 2-3万 the scale belongs to both."""
    low = figure_of(tokens)
    if not low or not tokens.take("dash"):
        return None
    digits = numerals.value(items_of(Cursor([tokens.peek()]), "number", "digit"))
    high = figure_of(tokens)
    if not high or _other_kind(low, high):
        return None
    if not low.unit and low.scale == 1 < high.scale and digits and low.amount < digits:
        low = replace(low, amount=low.amount * high.amount / digits, scale=high.scale)
    low = replace(low, unit=low.unit or high.unit)
    unlike = low.scale < high.scale and low.amount * 100 < high.amount  # 五-十万: does 万 belong to both?
    if unlike or low.settled(measure) >= high.settled(measure):
        return None
    return _Sense(low.settled(measure), low, "approximate", "range")


def _other_kind(one: Figure, other: Figure) -> bool:
    return len({one.kind(), other.kind()} - {ANY}) > 1


def _sum(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """120+80, or with the result: 120+80=200."""
    figures = []
    while figure := figure_of(tokens):
        figures.append(figure)
        if not tokens.take("plus"):
            break
    if len(figures) < 2 or any(_other_kind(figures[0], f) for f in figures[1:]):
        return None
    unit = next((f.unit for f in figures if f.unit), "")
    total = sum((replace(f, unit=unit).settled(measure) for f in figures), Decimal(0))
    _total(tokens, total, measure)
    marks = {str(f.precision) for f in figures} - {"exact"}
    return _Sense(total, replace(figures[0], unit=unit), precision_of(marks), "sum-in-cell")


def _total(tokens: Cursor, total: Decimal, measure: Measure | None) -> None:
    """=200 or ，共200人 after its parts, taken where it is their total."""
    start = tokens.at
    tokens.take("equals", "comma")
    figure = figure_of(tokens)
    if not figure or total not in (figure.amount, figure.settled(measure)):
        tokens.at = start


def _labelled(tokens: Cursor) -> Figure | None:
    """线下：120人, 120人（线下）, 120人线下."""
    place = _place(tokens)
    figure = figure_of(tokens)
    if figure and not place:
        place = _place(tokens)
    return replace(figure, place=place) if figure else None


def _place(tokens: Cursor) -> str:
    """线下 or 线上, bare or in brackets; "" where there is neither."""
    if tokens.peek().kind == "open" and tokens.peek(1).kind in ("offline", "online") and tokens.peek(2).kind == "close":
        kind = tokens.peek(1).kind
        tokens.at += 3
        return kind
    token = tokens.take("offline", "online")
    return token.kind if token else ""


def _two_places(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """线下120人，线上5000人: the figure on site counts, the other is kept beside it."""
    one = _labelled(tokens)
    _skip(tokens)
    two = _labelled(tokens)
    if not one or not two or (one.place, two.place) not in _PAIRS:
        return None
    here, online = (two, one) if one.place == "online" else (one, two)
    _total(tokens, here.settled(measure) + online.settled(measure), measure)
    return replace(_single(here, measure), code="two-figures", online=online.settled(measure))


_PAIRS = {("offline", "online"), ("online", "offline"), ("", "online")}


def _skip(tokens: Cursor) -> None:
    while tokens.take("comma", "plus"):
        pass


def _one_place(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """线下300人, 线上线下共300人: one figure that says whom it counts."""
    first = _place(tokens)
    if first:
        _skip(tokens)
        _place(tokens)
    figure = _labelled(tokens)
    return replace(_single(figure, measure), code="of-which") if figure and (first or figure.place) else None


def _of_which(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """300人（其中女职工120人）: the figure before the remark."""
    figure = figure_of(tokens)
    tokens.take("comma")
    if not figure or not (_bracketed(tokens) or tokens.take("part")):
        return None
    while not tokens.done():
        tokens.at += 1
    return replace(_single(figure, measure), code="of-which")


def _bracketed(tokens: Cursor) -> bool:
    """Whether one pair of brackets holds all that is left."""
    start = tokens.at
    if not tokens.take("open"):
        return False
    while tokens.peek().kind not in ("close", "end"):
        tokens.at += 1
    whole = tokens.at > start + 1 and tokens.take("close") is not None and tokens.done()
    tokens.at = tokens.at if whole else start
    return whole


# ---------------------------------------------------------------- figures per session


def _per_session(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """每场50人，共3场; 3场，每场50人; 50人/场*3; 50人×3场."""
    times = _sessions(tokens, unit=True)
    if times:
        each = _each_after(tokens)
    elif each := _each(tokens):
        tokens.take("comma", "times")
        times = _sessions(tokens, unit=True)
    elif (each := figure_of(tokens)) and (_per(tokens) or tokens.peek().kind == "times"):
        times = _sessions(tokens, unit=False) if tokens.take("times", "comma") else None
    if not each or not times or each.kind() == EVENTS:
        return None
    _per(tokens)
    _total(tokens, each.settled(measure) * times, measure)
    return _Sense(each.settled(measure) * times, each, "approximate", "per-session")


def _in_all(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """2场共300人: the whole, as it says; 3场，300人 may be so many each."""
    times = _sessions(tokens, unit=True)
    comma = tokens.take("comma")
    word = tokens.peek() if comma else tokens.peek(-1)
    whole = figure_of(tokens) if times and says_total(word) else None
    if not whole or whole.kind() == EVENTS:
        return None
    return replace(_single(whole, measure), code="per-session")


def _each_after(tokens: Cursor) -> Figure | None:
    """What follows 3场: 每场50人, ×50人, 50人/场; but 3场，150人 names the whole."""
    joint = tokens.take("comma", "times")
    if each := _each(tokens):
        return each
    each = figure_of(tokens)
    return each if _per(tokens) or (joint and joint.kind == "times") else None


def _each(tokens: Cursor) -> Figure | None:
    """每场50人."""
    if tokens.peek().kind != "each" or tokens.peek(1).text not in SESSIONS:
        return None
    tokens.at += 2
    return figure_of(tokens)


def _per(tokens: Cursor) -> bool:
    """/场."""
    if tokens.peek().kind != "slash" or tokens.peek(1).text not in SESSIONS:
        return False
    tokens.at += 2
    return True


def _sessions(tokens: Cursor, unit: bool) -> Decimal | None:
    """共3场; the number alone where `unit` is False. Nothing is taken where it is no number of sessions."""
    start = tokens.at
    figure = figure_of(tokens)
    if figure and figure.precision == "exact" and numerals.is_whole(figure.amount) and _counts_sessions(figure, unit):
        return figure.amount
    tokens.at = start
    return None


def _counts_sessions(figure: Figure, unit: bool) -> bool:
    return figure.unit in SESSIONS or (not unit and not figure.unit and figure.scale == 1)


_INTERPRETATIONS: Sequence[Callable[[Cursor, Measure | None], _Sense | None]] = (
    _plain,
    _range,
    _two_places,
    _per_session,
    _in_all,
    _sum,
    _one_place,
    _of_which,
)
"""The first that understands the whole cell."""
