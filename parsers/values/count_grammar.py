"""Understands the whole text of a cell that counts: 300人, 200-300人, 120+80, 线下120人，线上5000人, 每场50人，共3场.

A function for each kind of phrase: it takes the phrase from the tokens of a cell and gives its sense, or None where
they are no such phrase.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parsers.reading import Precision
from parsers.values import Measure, numerals
from parsers.values.figure_grammar import ANY, EVENTS, SESSIONS, Figure, figure_of, items_of, precision_of, says_total
from parsers.values.tokens import Cursor, Token


@dataclass(frozen=True, slots=True)
class Sense:
    """What the whole cell says: the amount that counts, the figure it stands on, and why it is not plain."""

    amount: Decimal
    figure: Figure
    precision: Precision
    code: str = ""
    online: Decimal | None = None


def single(figure: Figure, measure: Measure | None) -> Sense:
    """The sense of a cell that is one figure."""
    code = {"approximate": "approximate", "at_least": "at-least"}.get(figure.precision, "")
    return Sense(figure.plain_amount(measure), figure, figure.precision, code)


def _plain(tokens: Cursor, measure: Measure | None) -> Sense | None:
    """300, 约300人."""
    figure = figure_of(tokens)
    return single(figure, measure) if figure else None


def _range(tokens: Cursor, measure: Measure | None) -> Sense | None:
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
    if unlike or low.plain_amount(measure) >= high.plain_amount(measure):
        return None
    return Sense(low.plain_amount(measure), low, "approximate", "range")


def _other_kind(one: Figure, other: Figure) -> bool:
    return len({one.kind(), other.kind()} - {ANY}) > 1


def _sum(tokens: Cursor, measure: Measure | None) -> Sense | None:
    """120+80, or with the result: 120+80=200."""
    figures = []
    while figure := figure_of(tokens):
        figures.append(figure)
        if not tokens.take("plus"):
            break
    if len(figures) < 2 or any(_other_kind(figures[0], f) for f in figures[1:]):
        return None
    unit = next((f.unit for f in figures if f.unit), "")
    total = sum((replace(f, unit=unit).plain_amount(measure) for f in figures), Decimal(0))
    _take_total(tokens, total, measure)
    marks = {str(f.precision) for f in figures} - {"exact"}
    return Sense(total, replace(figures[0], unit=unit), precision_of(marks), "sum-in-cell")


def _take_total(tokens: Cursor, total: Decimal, measure: Measure | None) -> None:
    """=200 or ，共200人 after its parts, taken where it is their total."""
    start = tokens.at
    tokens.take("equals", "comma")
    figure = figure_of(tokens)
    if not figure or total not in (figure.amount, figure.plain_amount(measure)):
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


def _two_places(tokens: Cursor, measure: Measure | None) -> Sense | None:
    """线下120人，线上5000人: the figure on site counts, the other is kept beside it."""
    one = _labelled(tokens)
    _skip(tokens)
    two = _labelled(tokens)
    if not one or not two or (one.place, two.place) not in _PAIRS:
        return None
    here, online = (two, one) if one.place == "online" else (one, two)
    _take_total(tokens, here.plain_amount(measure) + online.plain_amount(measure), measure)
    return replace(single(here, measure), code="two-figures", online=online.plain_amount(measure))


_PAIRS = {("offline", "online"), ("online", "offline"), ("", "online")}


def _skip(tokens: Cursor) -> None:
    while tokens.take("comma", "plus"):
        pass


def _one_place(tokens: Cursor, measure: Measure | None) -> Sense | None:
    """线下300人, 线上线下共300人: one figure that says whom it counts."""
    first = _place(tokens)
    if first:
        _skip(tokens)
        _place(tokens)
    figure = _labelled(tokens)
    return replace(single(figure, measure), code="of-which") if figure and (first or figure.place) else None


def _of_which(tokens: Cursor, measure: Measure | None) -> Sense | None:
    """300人（其中女职工120人）: the figure before the remark."""
    figure = figure_of(tokens)
    tokens.take("comma")
    if not figure or not (_bracketed(tokens) or tokens.take("part")):
        return None
    while not tokens.done():
        tokens.at += 1
    return replace(single(figure, measure), code="of-which")


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


def _per_session(tokens: Cursor, measure: Measure | None) -> Sense | None:
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
    _take_total(tokens, each.plain_amount(measure) * times, measure)
    return Sense(each.plain_amount(measure) * times, each, "approximate", "per-session")


def _in_all(tokens: Cursor, measure: Measure | None) -> Sense | None:
    """2场共300人: the whole, as it says; 3场，300人 may be so many each."""
    times = _sessions(tokens, unit=True)
    comma = tokens.take("comma")
    word = tokens.peek() if comma else tokens.peek(-1)
    whole = figure_of(tokens) if times and says_total(word) else None
    if not whole or whole.kind() == EVENTS:
        return None
    return replace(single(whole, measure), code="per-session")


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


# ---------------------------------------------------------------- all of them


_PHRASES: Sequence[Callable[[Cursor, Measure | None], Sense | None]] = (
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


def sense_of(tokens: Sequence[Token], measure: Measure | None) -> Sense | None:
    """The sense of the first phrase that is the whole text; None where it is none of them."""
    for phrase in _PHRASES:
        cursor = Cursor(tokens)
        sense = phrase(cursor, measure)
        if sense is not None and cursor.done():
            return sense
    return None
