"""Reads cells of dates: a first and a last day, with their precision and what is doubtful about them.

The rules are those of domain.md 2.5. The whole cell must be understood, but for weekdays and times of day.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from parsers.grid import Cell
from parsers.reading import Precision
from parsers.values import NONE_WORDS, Days, Doubt, folded, obstacle, written
from parsers.values.date_grammar import Point, points_of, tally_of, tokens_of, weekdays_of
from parsers.values.tokens import Token, words

_LONGEST = 200
"""A cell with more characters than this is prose."""
_SERIALS = range(40000, 50001)
"""Days since 1899-12-30 that a spreadsheet shows as a number where the cell lost its date format: 2009 to 2036."""
_WHOLE_DAY = re.compile("([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_MONTH_SHOWN = re.compile(
    r"(?:[0-9]{4}|[0-9]{2}(?=年))\s*[年./-]\s*(?:0?[1-9]|1[0-2])\s*(?:月份?)?|(?:0?[1-9]|1[0-2])月份?"
)
_YEARS = range(1900, 2101)

_NO_DATE = re.compile(
    words(
        "全年 年度 上半年 下半年 季度 长期 常年 每 不定期 定期 待定 未定 待通知 另行 随时 近期 持续 暑期 暑假 寒假 假期"
    )
)


def days(cell: Cell | None, year: int) -> Days:
    """The days of a cell; `year` is that of the campaign, for days written without one. Total, never raises."""
    if doubt := obstacle(cell):
        return Days(None, None, doubts=(doubt,))
    assert cell is not None
    shown = folded(cell.shown)
    if cell.kind == "date" and isinstance(cell.value, date):
        return _of_date(cell, cell.value, shown)
    if cell.kind == "number" and isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        return _of_number(cell.value, shown, year)
    if cell.kind == "text" and isinstance(cell.value, str):
        return _of_text(folded(cell.value), year)
    return _nothing("not-understood", shown)


def _nothing(code: str, shown: str) -> Days:
    return Days(None, None, doubts=(Doubt(code, {"shown": shown}),))


def _of_date(cell: Cell, value: date, shown: str) -> Days:
    day = value.date() if isinstance(value, datetime) else value
    letters = _letters(cell.format) if cell.format else _letters_of(shown)
    if not letters or re.search(r"(?<!d)d{1,2}(?!d)", letters):
        return Days(day, day)
    first, last = _month(day.year, day.month) if "m" in letters else (day, day)
    return Days(first, last, "approximate", (Doubt("coarse-date", {"shown": shown, "taken": _iso(first, last)}),))


def _letters(format: str) -> str:
    """The letters of a number format for year, month, day and weekday; "" where it shows none of them.

    2021年6月 is kept as the month's first day, and 6月 or 星期二 as a day that nobody sees.
    """
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", format.lower())
    return re.sub(r"general|am/pm|a/p|h+:?m+|m+:?s+|[^ymdae ]", " ", bare).strip()


def _letters_of(shown: str) -> str:
    """The same where a file has the display alone: ym for 2021年6月, else "" for what says more."""
    return "ym" if _MONTH_SHOWN.fullmatch(shown) else ""


# ---------------------------------------------------------------- numbers


def _of_number(value: float, shown: str, year: int) -> Days:
    if _whole(value) in _SERIALS:
        return _of_serial(int(value), shown)
    number = written(value) if abs(value) < 10**9 else None
    if number is None:
        return _nothing("not-understood", shown)
    text = shown if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", shown) and Decimal(shown) == number else str(number)
    return _with_lost_zero(text, year) or _of_text(text, year)


def _whole(value: float) -> int:
    """The number without its fraction; -1 for what is far from any date."""
    return int(value) if abs(value) < 10**9 else -1


def _of_serial(serial: int, shown: str) -> Days:
    day = date(1899, 12, 30) + timedelta(days=serial)
    return Days(day, day, doubts=(Doubt("serial-date", {"shown": shown, "taken": day.isoformat()}),))


def _with_lost_zero(text: str, year: int) -> Days | None:
    """6.3 may be 6.30, and 2021.1 may be 2021.10: a number drops its last zero. None where only one can be."""
    if len(text.partition(".")[2]) != 1:
        return None
    plain, longer = _of_text(text, year), _of_text(f"{text}0", year)
    if plain.start is None or longer.start is None:
        return None
    detail = {"shown": text, "taken": plain.start.isoformat(), "other": longer.start.isoformat()}
    return replace(plain, doubts=(*plain.doubts, Doubt("ambiguous-date", detail)))


# ---------------------------------------------------------------- text


def _of_text(text: str, year: int) -> Days:
    if day := _whole_day(text):
        return Days(day, day)
    if len(text) > _LONGEST:
        return _nothing("not-understood", text)
    if re.fullmatch("[0-9]{5}", text) and int(text) in _SERIALS:
        return _of_serial(int(text), text)
    if text in NONE_WORDS:
        return _nothing("none-declared", text)
    if _NO_DATE.search(text):
        return _nothing("not-a-date", text)
    tokens = tokens_of(text)
    if not tokens:
        return _nothing("not-a-date", text)
    if all(token.kind in ("year", "month", "day") for token in tokens):
        return Days(None, None, doubts=(Doubt("missing-value"),))  # the blank form's own 年 月 日
    tokens = _with_starts(tokens)
    points = points_of([token for token in tokens if token.kind != "roughly"], year)
    if points is None:
        return _nothing("not-understood", text)
    if any(point.unclear for _, point in points):
        return _nothing("unclear-date", text)
    return _resolved(points, year, text, _rough(tokens))


def _whole_day(text: str) -> date | None:
    """The day of 2021年6月15日, which most cells hold: the grammar takes twenty times as long for the same answer."""
    written = _WHOLE_DAY.fullmatch(text)
    if not written or int(written[1]) not in _YEARS:
        return None
    try:
        return date(int(written[1]), int(written[2]), int(written[3]))
    except ValueError:
        return None


def _with_starts(tokens: Sequence[Token]) -> list[Token]:
    """6月15日起6月18日止 and 6月15日开始，6月18日结束 as ranges: what begins on a day and is followed by another."""
    kept: list[Token] = []
    for token in tokens:
        is_start = bool(kept) and kept[-1].kind == "roughly" and kept[-1].text in ("起", "开始")
        if is_start and token.kind in ("number", "comma"):
            kept[-1] = Token("to", "至")
        if not (is_start and token.kind == "comma"):
            kept.append(token)
    return kept


def _rough(tokens: Sequence[Token]) -> bool:
    """6月15日前后, 6月15日起; but what is said to run from 起 to 止 is not rough."""
    said = {token.text for token in tokens if token.kind == "roughly"}
    if any(token.kind == "to" for token in tokens):
        said -= {"起", "开始"}
    return bool(said)


# ---------------------------------------------------------------- from points to days


def _resolved(points: Sequence[tuple[str, Point]], year: int, text: str, roughly: bool) -> Days:
    later = next((point.year for _, point in points if point.year), None)
    whole = [replace(point, year=point.year or later) for _, point in points]
    try:
        spans = [_span(replace(point, year=point.year or year)) for point in whole]
    except ValueError:
        return _nothing("impossible-date", text)
    joints = [joint for joint, _ in points]
    several = "and" in joints
    if joints.count("to") > 1 and not several:
        return _nothing("not-understood", text)
    for at, joint in enumerate(joints):
        if joint == "to" and spans[at][1] < spans[at - 1][0]:
            return _nothing("reversed-range", text)
    start, end = min(first for first, _ in spans), max(last for _, last in spans)
    number = len(points) if several else (end - start).days + 1
    codes = {
        "several-dates": several,
        "coarse-date": any(point.day is None for point in whole),
        "year-inferred": any(point.year is None for point in whole),
        "two-digit-year": any(point.short_year for point in whole),
        "approximate": roughly,
        "ambiguous-date": _is_another_weekday(start, end, text) or tally_of(text) not in (None, number),
    }
    doubts = tuple(Doubt(code, {"shown": text, "taken": _iso(start, end)}) for code, holds in codes.items() if holds)
    return Days(start, end, _precision({doubt.code for doubt in doubts}), doubts)


def _is_another_weekday(start: date, end: date, text: str) -> bool:
    """Whether one day is said to be a day of the week that it is not: 2021年6月15日（周三）."""
    named = set(weekdays_of(text))
    return start == end and len(named) == 1 and start.weekday() not in named


def _precision(codes: set[str]) -> Precision:
    if codes & {"year-inferred", "two-digit-year"}:
        return "inferred"
    return "approximate" if codes & {"coarse-date", "approximate"} else "exact"


def _span(point: Point) -> tuple[date, date]:
    """First and last day. Raises ValueError for a day that no calendar has."""
    assert point.year is not None
    if point.year not in _YEARS or point.month is None:
        raise ValueError(point)
    if point.day is not None:
        day = date(point.year, point.month, point.day)
        return day, day
    first, last = _month(point.year, point.month)
    tenth, twentieth = first.replace(day=10), first.replace(day=20)
    if point.third in ("上旬", "初"):
        return first, tenth
    if point.third == "中旬":
        return tenth + timedelta(days=1), twentieth
    return (twentieth + timedelta(days=1), last) if point.third else (first, last)


def _month(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month. Raises ValueError where there is no such month."""
    first = date(year, month, 1)
    return first, first.replace(day=monthrange(year, month)[1])


def _iso(start: date, end: date) -> str:
    return start.isoformat() if start == end else f"{start.isoformat()}/{end.isoformat()}"
