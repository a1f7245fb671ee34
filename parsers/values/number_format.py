"""Number format codes: what a cell shows, and whether its number is a date (ECMA-376 part 1, sections 18.8.30-31)."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Literal

from parsers.grid import Cell, Scalar

GENERAL = "General"
_PLAIN = (GENERAL, "@", None)
TOO_WIDE = "########"
"""What spreadsheet programs show for a date outside their calendar."""

_CHINESE = {
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"',
    56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
BUILTIN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: "¥#,##0",
    6: "¥#,##0",
    7: "¥#,##0.00",
    8: "¥#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    37: "#,##0;-#,##0",
    38: "#,##0;[Red]-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;[Red]-#,##0.00",
    41: "#,##0",
    42: "¥#,##0",
    43: "#,##0.00",
    44: "¥#,##0.00",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    **_CHINESE,
}
"""The codes that files name by number alone, as programs in Chinese show them."""

_SYSTEM_FORMATS = {"[$-F800]": 'yyyy"年"m"月"d"日"', "[$-F400]": "h:mm:ss"}
_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*"?)|\\(?P<escaped>.)|_(?P<blank>.)|\*(?P<fill>.)
    |(?P<elapsed>\[(?:h+|m+|s+)\])|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]|(?P<bracket>\[[^\]]*\])
    |(?P<general>General)|(?P<half>AM/PM|A/P|上午/下午)
    |(?P<exponent>E[+-]0+)|(?P<fraction>(?<=s)\.0{1,3})|(?P<clock>[ymdhsaeg]+)|(?P<plain>.)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)\]")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CHINESE_DAYS = "一二三四五六日"

Token = tuple[str, str]
"""The name of the group of _TOKEN that matched, and its text."""
Section = tuple[Token, ...]
_AS_IS: Token = ("plain", "@")
_FROM_1900 = datetime.fromisoformat("1899-12-30")
_FROM_1904 = datetime.fromisoformat("1904-01-01")
_UNITS = {"h": 3_600_000, "m": 60_000, "s": 1000}
"""Milliseconds."""
_LONGEST_CODE = 255
_EXACT = Context(prec=600)


@lru_cache(maxsize=1024)
def is_date_format(code: str | None) -> bool:
    """Whether numbers under this code are shown as a date, a time of day or a length of time."""
    return any(kind in ("elapsed", "clock", "half") for kind, _ in _sections(code)[0])


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


def from_serial(serial: float, code: str | None, *, from_1904: bool = False) -> datetime | time | timedelta | None:
    """The moment that a number of days stands for, to the millisecond; None outside the programs' calendar.

    A code with `[h]`, `[m]` or `[s]` makes a length of time; without a day in it, and below one day, a time of day.
    The calendar from 1900 has a 29 February 1900 that never was: numbers before it count from a day later.
    """
    tokens = _sections(code)[0]
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


def shown(value: Scalar, code: str | None) -> str:
    """The text that a cell displays for a value; a format code that is not understood counts as General."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            return _text(value.replace("\r\n", "\n").replace("\r", "\n"), code)
        case int() | float():
            return _number(value, code)
        case _:
            return _moment(value, code)


# ---------------------------------------------------------------- codes


@lru_cache(maxsize=1024)
def _sections(code: str | None) -> tuple[Section, ...]:
    """The code's parts between semicolons: for positive numbers, negative ones, zero and text."""
    code = code or GENERAL
    for mark, meant in _SYSTEM_FORMATS.items():
        if code.upper().startswith(mark):
            code = meant
    sections: list[list[Token]] = [[]]
    for match in _TOKEN.finditer(code[:_LONGEST_CODE]):
        kind = match.lastgroup or "plain"
        text = match[kind].lower() if kind in ("clock", "elapsed") else match[kind]
        if (kind, text) == ("plain", ";"):
            sections.append([])
        else:
            sections[-1].append((kind, text))
    return tuple(map(tuple, sections[:4]))


def _section_for(number: float, sections: tuple[Section, ...]) -> tuple[Section, bool]:
    """The section that applies, and whether it shows the sign by itself (a section of its own for negatives does)."""
    numeric = sections[:3]
    conditions = [_condition(section) for section in numeric]
    if any(conditions):
        for section, condition in zip(numeric, conditions, strict=True):
            if condition is None or _holds(number, *condition):
                return section, False
        return numeric[-1], False
    if number < 0 and len(numeric) > 1:
        return numeric[1], True
    if number == 0 and len(numeric) > 2:
        return numeric[2], False
    return numeric[0], False


def _condition(section: Section) -> tuple[str, float] | None:
    for kind, text in section:
        if kind == "bracket" and (match := _CONDITION.fullmatch(text)):
            return match[1], float(match[2])
    return None


def _holds(number: float, relation: str, limit: float) -> bool:
    return {
        "<": number < limit,
        "<=": number <= limit,
        ">": number > limit,
        ">=": number >= limit,
        "=": number == limit,
        "<>": number != limit,
    }[relation]


def _literal(kind: str, text: str) -> str:
    match kind:
        case "quoted":
            return text.strip('"')
        case "escaped" | "plain" | "currency":
            return text
        case "blank":
            return " "
        case _:
            return ""


# ---------------------------------------------------------------- texts and numbers


def _text(text: str, code: str | None) -> str:
    if code in _PLAIN:
        return text
    sections = _sections(code)
    section = sections[3] if len(sections) > 3 else sections[-1]
    if len(sections) < 4 and _AS_IS not in section:
        return text
    return "".join(text if token == _AS_IS else _literal(*token) for token in section)


def _number(number: float, code: str | None) -> str:
    if not math.isfinite(number):
        return str(number)
    if code in _PLAIN:
        return general(number)
    tokens, signed = _section_for(number, _sections(code))
    kinds = {kind for kind, _ in tokens}
    marks = {text for kind, text in tokens if kind == "plain"}
    if "general" in kinds or (marks & {"@", "/"} and "clock" not in kinds):
        plain = general(abs(number) if signed else number)
        if "/" in marks:
            return plain
        return "".join(
            plain if kind == "general" or (kind, text) == _AS_IS else _literal(kind, text) for kind, text in tokens
        )
    if "exponent" in kinds:
        return _scientific(number, tokens)
    if kinds & {"clock", "half", "elapsed"}:
        return general(number)
    if not marks & set("0#?"):
        return "".join(_literal(*token) for token in tokens)
    return _pattern(number, tokens, signed=signed)


def general(number: float) -> str:
    """As under General, but with every digit that the number has: programs cut at the width of the cell."""
    if isinstance(number, int) and abs(number) < 10**15:
        return str(number)
    if number == 0:
        return "0"
    if 1e-9 <= abs(number) < 1e15:
        text = format(Decimal(f"{number:.15g}"), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, exponent = f"{number:.14e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"


def _scientific(number: float, tokens: Section) -> str:
    before = "".join(text for kind, text in tokens if kind == "plain")
    mantissa, exponent = f"{number:.{len(before.partition('.')[2])}E}".split("E")
    return f"{mantissa}E{exponent}"


@dataclass(frozen=True, slots=True)
class _Digits:
    """A number cut to a pattern: its digits, and how the pattern wants them."""

    whole: str
    fraction: str
    grouped: bool
    negative: bool


def _pattern(number: float, tokens: Section, *, signed: bool) -> str:
    slots = [text for kind, text in tokens if kind == "plain" and text in "0#?.,%"]
    digits = _cut(number, "".join(slots))
    sign = "-" if digits.negative and not signed else ""
    return sign + "".join(_filled(tokens, digits))


def _cut(number: float, slots: str) -> _Digits:
    whole_slots, _, fraction_slots = slots.replace("%", "").partition(".")
    thousands = len(whole_slots) - len(whole_slots.rstrip(",")) if not fraction_slots.strip(",") else 0
    thousands = thousands or len(fraction_slots) - len(fraction_slots.rstrip(","))
    fraction_slots = fraction_slots.replace(",", "")
    exact = Decimal(f"{number:.15g}").scaleb(2 * slots.count("%") - 3 * thousands, _EXACT)
    rounded = exact.copy_abs().quantize(Decimal(1).scaleb(-len(fraction_slots)), ROUND_HALF_UP, _EXACT)
    whole, _, fraction = format(rounded, "f").partition(".")
    optional = len(fraction_slots) - len(fraction_slots.rstrip("#"))
    kept = fraction[: len(fraction) - optional] + fraction[len(fraction) - optional :].rstrip("0")
    minimum = whole_slots.count("0")
    return _Digits(
        whole.lstrip("0").rjust(minimum, "0"), kept, "," in whole_slots.rstrip(","), bool(exact < 0 and rounded)
    )


def _filled(tokens: Section, digits: _Digits) -> Iterator[str]:
    """The tokens one by one: the first digit slot takes all digits that the later ones have no room for."""
    point = next((i for i, token in enumerate(tokens) if token == ("plain", ".")), len(tokens))
    slots_left = sum(kind == "plain" and text in "0#?" for kind, text in tokens[:point])
    whole, fraction = digits.whole, digits.fraction
    for i, (kind, text) in enumerate(tokens):
        if kind != "plain" or text not in "0#?.,":
            yield _literal(kind, text)
        elif text == ".":
            yield "."
        elif text in "0#?" and i < point:
            slots_left -= 1
            take = max(len(whole) - slots_left, 0)
            yield _grouped(whole[:take], len(whole)) if digits.grouped else whole[:take]
            whole = whole[take:]
        elif text in "0#?":
            yield fraction[:1]
            fraction = fraction[1:]


def _grouped(part: str, left: int) -> str:
    """Digits with a comma after each with a multiple of three still to come; `left` counts from the first."""
    pieces = []
    for i, digit in enumerate(part):
        to_come = left - i - 1
        pieces.append(digit + ("," if to_come and to_come % 3 == 0 else ""))
    return "".join(pieces)


# ---------------------------------------------------------------- dates and times


def _moment(value: date | datetime | time | timedelta, code: str | None) -> str:
    tokens = _sections(code)[0]
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
                yield "" if (kind, text) == _AS_IS else _literal(kind, text)


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
