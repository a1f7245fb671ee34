"""Dates and times: which codes show them, what a stored number of days means, and how they are displayed."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from parsers.values.number_format.codes import AS_IS, Section, Token, is_invisible, literal, sections_of

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CHINESE_DAYS = "一二三四五六日"
_FROM_1900 = datetime.fromisoformat("1899-12-30")
_FROM_1904 = datetime.fromisoformat("1904-01-01")
_UNITS = {"h": 3_600_000, "m": 60_000, "s": 1000}
"""Milliseconds."""


@lru_cache(maxsize=1024)
def is_date_format(code: str | None) -> bool:
    """Whether numbers under this code are shown as a date, a time of day or a length of time."""
    return any(kind in ("elapsed", "clock", "half") for kind, _ in sections_of(code)[0])


def from_serial(serial: float, code: str | None, *, from_1904: bool = False) -> datetime | time | timedelta | None:
    """The moment that a number of days stands for, to the millisecond; None outside the programs' calendar.

    A code with `[h]`, `[m]` or `[s]` makes a length of time; without a day in it, and below one day, a time of day.
    The calendar from 1900 has a 29 February 1900 that never was: numbers before it count from a day later.
    """
    tokens = sections_of(code)[0]
    if not 0 <= serial < (2957004 if from_1904 else 2958466):
        return None
    length = timedelta(milliseconds=round(serial * 86_400_000))
    if any(kind == "elapsed" for kind, _ in tokens):
        return length
    if length < timedelta(days=1) and not any(kind == "clock" and set(text) & set("yda") for kind, text in tokens):
        return (_FROM_1900 + length).time()
    if from_1904:
        return _FROM_1904 + length
    return _FROM_1900 + length + timedelta(days=serial < 60)


def shown_moment(value: date | datetime | time | timedelta, code: str | None) -> str:
    """The text that a cell displays for a date or a time; in its usual form under a code that shows neither."""
    tokens = sections_of(code)[0]
    if is_invisible(tokens):
        return ""
    if not any(kind in ("clock", "elapsed", "half") for kind, _ in tokens):
        return _plain_moment(value)
    return "".join(_clock(_split(tokens), value))


def _plain_moment(value: date | datetime | time | timedelta) -> str:
    match value:
        case datetime():
            return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
        case date():
            return f"{value:%Y-%m-%d}"
        case time():
            return f"{value:%H:%M:%S}"
        case timedelta():
            seconds = round(value.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _split(tokens: Section) -> list[Token]:
    """One token a field: runs such as "yyyymmdd" apart, and an m beside hours or seconds told as minutes."""
    fields = [
        (kind, part)
        for kind, text in tokens
        for part in ([run[0] for run in re.finditer(r"(.)\1*", text)] if kind == "clock" else [text])
    ]
    timed = [i for i, (kind, _) in enumerate(fields) if kind in ("clock", "elapsed")]
    letters = ["", *(fields[i][1].strip("[")[0] for i in timed), ""]
    for place, i in enumerate(timed, 1):
        if fields[i] in (("clock", "m"), ("clock", "mm")) and (letters[place - 1] == "h" or letters[place + 1] == "s"):
            fields[i] = ("minutes", fields[i][1])
    return fields


def _clock(fields: list[Token], value: date | datetime | time | timedelta) -> Iterator[str]:
    day, length = _parts(value)
    halves = any(kind == "half" for kind, _ in fields)
    for kind, text in fields:
        width = min(len(text), 2)
        match kind, text[:1]:
            case "elapsed", _:
                yield str(length // _UNITS[text[1]]).zfill(len(text) - 2)
            case "half", _:
                first, second = text.split("/")
                yield second if length // _UNITS["h"] % 24 >= 12 else first
            case "fraction", _:
                yield f".{length % 1000:03}"[: len(text)]
            case "minutes", _:
                yield str(length // _UNITS["m"] % 60).zfill(width)
            case "clock", "s":
                yield str(length // _UNITS["s"] % 60).zfill(width)
            case "clock", "h":
                hour = length // _UNITS["h"] % 24
                yield str((hour - 1) % 12 + 1 if halves else hour).zfill(width)
            case "clock", _:
                yield _of_day(text, day)
            case _:
                yield "" if (kind, text) == AS_IS else literal(kind, text)


def _parts(value: date | datetime | time | timedelta) -> tuple[date, int]:
    """The day, and the milliseconds since midnight or of the whole length."""
    if isinstance(value, timedelta):
        return date(1900, 1, 1), round(value.total_seconds() * 1000)
    if isinstance(value, time):
        day, clock = date(1900, 1, 1), value
    elif isinstance(value, datetime):
        day, clock = value.date(), value.time()
    else:
        day, clock = value, time()
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    return day, seconds * 1000 + clock.microsecond // 1000


def _of_day(letters: str, day: date) -> str:
    match letters[0], len(letters):
        case "y", n:
            return f"{day.year % 100:02}" if n <= 2 else f"{day.year:04}"
        case "e", _:
            return f"{day.year:04}"
        case "m", n if n >= 3:
            return _MONTHS[day.month - 1][: 1 if n == 5 else 3]
        case "m", n:
            return str(day.month).zfill(n)
        case "d", n if n >= 3:
            return _DAYS[day.weekday()]
        case "d", n:
            return str(day.day).zfill(n)
        case "a", n if n >= 3:
            return ("星期" if n > 3 else "") + _CHINESE_DAYS[day.weekday()]
        case _:
            return ""
