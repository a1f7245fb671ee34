"""Understands days and months as people write them, one or several in a row: 6月15日、22日, 6.15-18."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from parsers.values import numerals
from parsers.values.tokens import Cursor, Token, lex, lexer, words

_PART = "上午|下午|中午|早上|早晨|凌晨|傍晚|晚上|晚间|全天|早|晚|[aApP][mM]"
_HOUR = (
    r"(?:[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"|(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})[时点](?:[0-9]{1,2}分?|半|整|钟|[一三]刻)?)"
)
_TIME = rf"(?:T?{_HOUR}|(?:{_PART}) ?{_HOUR}?|[0-9]{{1,2}}[-~至到—–](?={_HOUR}))"
_WEEK = "(?:星期|礼拜|周)"
_WEEKDAY = rf"{_WEEK}[一二三四五六日天末1-7]"
_FEASTS = "元旦 妇女节 植树节 劳动节 青年节 儿童节 建党节 建军节 教师节 国庆节"
"""Feasts with a day of the sun's calendar, which people write behind it: 6.1儿童节."""
_WEEK_OF = {name: at % 7 for names in ("一二三四五六日", "1234567") for at, name in enumerate(names)} | {"天": 6}
_LEXER = lexer(
    (
        ("time", rf"{_TIME}(?: ?[-~〜至到—–―、,]? ?{_TIME})*|{_WEEKDAY}(?:[-~〜至到—–―、,]{_WEEKDAY})*"),
        ("tally", "[共计][0-9]{1,3}[场次天期]"),
        ("number", r"[0-9]+|[Oo]?[〇零○一二三四五六七八九十][〇零○一二三四五六七八九十Oo]*"),
        ("third", words("上旬 中旬 下旬 初 底 末")),
        ("roughly", words("前后 左右 上下 约 大约 开始 起")),
        (
            "filler",
            "日期(?=:)|"
            + words(f"活动时间 活动日期 时间 期间 当天 开展 举办 举行 进行 结束 止 于 从 自 在 : {_FEASTS}"),
        ),
        ("year", "年"),
        ("month", "月份?"),
        ("day", "[日号]"),
        ("to", r"--+|[—–―~〜至到]+"),
        ("mark", r"[-./]"),
        ("comma", "[、,;&和及与]"),
        ("open", r"[(\[【〔]"),
        ("close", r"[)\]】〕]"),
        ("blank", r"[ \n]+"),
    )
)


@dataclass(frozen=True, slots=True)
class Point:
    """A day, a month or a third of one, as written: what is None stands elsewhere or nowhere."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    third: str = ""
    short_year: bool = False
    unclear: bool = False
    """It may as well be another day: 06/07/2021, 6-8日."""


def tokens_of(text: str) -> list[Token]:
    """The tokens that may tell a day: without times, weekdays, empty brackets, and blanks that part nothing."""
    plain = numerals.everyday(text.replace("_", ""))
    idle = ("time", "tally", "filler")
    tokens = [Token("blank", " ") if token.kind in idle else token for token in lex(_LEXER, plain)]
    tokens = _without_blanks(_without_empty_brackets(tokens))
    while tokens and (tokens[-1].kind == "comma" or tokens[-1].text in (".", "。")):
        tokens.pop()
    return tokens


def tally_of(text: str) -> int | None:
    """How many days a text says that there were: 3 in 6月15日（共3天）."""
    tokens = lex(_LEXER, text) if "天" in text else []
    tallies = (token.text for token in tokens if token.kind == "tally" and token.text.endswith("天"))
    return next((int(tally[1:-1]) for tally in tallies), None)


def weekdays_of(text: str) -> list[int]:
    """The days of the week that a text names, Monday as 0."""
    return [_WEEK_OF[name] for name in re.findall(f"{_WEEK}([{''.join(_WEEK_OF)}])", text)]


def _without_empty_brackets(tokens: Sequence[Token]) -> list[Token]:
    kept: list[Token] = []
    for token in tokens:
        inside = [t for t in reversed(kept) if t.kind != "blank"][:1]
        if token.kind == "close" and inside and inside[0].kind == "open":
            while kept.pop().kind != "open":
                pass
            kept.append(Token("blank", " "))
        else:
            kept.append(token)
    return kept


def _without_blanks(tokens: Sequence[Token]) -> list[Token]:
    """A blank between one day and the next number parts two days; any other means nothing."""
    kept: list[Token] = []
    parted = False
    for token in tokens:
        if token.kind == "blank":
            parted = True
            continue
        if parted and token.kind == "number" and kept and kept[-1].kind in ("number", "day"):
            kept.append(Token("comma", " "))
        kept.append(token)
        parted = False
    return kept


def points_of(tokens: Sequence[Token], year: int) -> list[tuple[str, Point]] | None:
    """Each point with what joins it to the one before: "", "to" or "and". None where something is left over."""
    cursor = Cursor([_in_figures(token) for token in tokens])
    points: list[tuple[str, Point]] = []
    before, joint = None, ""
    while point := _point(cursor, before, year):
        before = _continued(point, before)
        points.append((joint, before))
        if cursor.done():
            return points
        joint = _joint(cursor)
    return None


def _continued(point: Point, before: Point | None) -> Point:
    """The point with the year and the month of the one on its left where it has none of its own."""
    if before is None or point.year or point.unclear:
        return point
    return replace(point, year=before.year, month=point.month or before.month, short_year=before.short_year)


def _in_figures(token: Token) -> Token:
    """十五 → 15; 二O二一 → 2021. What is no number becomes unknown."""
    if token.kind != "number" or token.text.isdecimal():
        return token
    number = numerals.value(list(re.sub("[Oo○零]", "〇", token.text)))
    return Token("?", token.text) if number is None else Token("number", str(number))


def _joint(tokens: Cursor) -> str:
    """ "to" or "and" between two points. Days that run together without a word are several, not a range."""
    token = tokens.take("to", "comma", "mark")
    return "to" if token and (token.kind == "to" or token.text == "-") else "and"


def _point(tokens: Cursor, before: Point | None, year: int) -> Point | None:
    """One day or month. `before` is the point on its left, which a mere number continues."""
    if tokens.peek().kind != "number":
        return None
    if point := _run_together(tokens):
        return point
    start = _year(tokens, year)
    if start is None:
        return _day_only(tokens, before) or _month_and_day(tokens, Point())
    return _month_and_day(tokens, start)


def _run_together(tokens: Cursor) -> Point | None:
    """20210615, 210615, 202106, 0615; nothing is taken of any other number."""
    text = tokens.peek().text
    if tokens.peek(1).kind in ("year", "month", "day"):
        return None
    point = None
    if len(text) == 8:
        point = Point(int(text[:4]), int(text[4:6]), int(text[6:]))
    elif len(text) == 6:
        point = _six_digits(text)
    elif len(text) == 4 and _is_month(text[:2]):
        point = Point(None, int(text[:2]), int(text[2:]))
    if point:
        tokens.take("number")
    return point


def _six_digits(text: str) -> Point | None:
    """Year and month or a short date; None where it could be both (201206)."""
    month = Point(int(text[:4]), int(text[4:])) if text[:2] == "20" and _is_month(text[4:]) else None
    short = _short(text[:2], int(text[2:4]), int(text[4:])) if _is_month(text[2:4]) and text[4:] > "00" else None
    return None if month and short else month or short


def _is_month(text: str) -> bool:
    return 1 <= int(text) <= 12


def _short(year: str, month: int | None = None, day: int | None = None) -> Point:
    return Point(2000 + int(year), month, day, short_year=True)


def _year(tokens: Cursor, year: int) -> Point | None:
    """2021年, 21年, 2021. and the 21. of 21.6.15; nothing is taken where there is no year."""
    text = tokens.peek().text
    following = tokens.kinds(5)[1:]
    if following[0] == "year" and len(text) in (2, 4):
        tokens.at += 2
        return Point(int(text)) if len(text) == 4 else _short(text)
    if following[:2] == ("mark", "number") and len(text) == 4:
        tokens.at += 1  # the mark shows how month and day are parted
        return Point(int(text))
    if following == ("mark", "number", "mark", "number") and tokens.peek(1).text == tokens.peek(3).text:
        return _three_parts(tokens, year)
    return None


def _three_parts(tokens: Cursor, year: int) -> Point | None:
    """21.6.15, and 6/15/2021 as foreign programs write it; 6-15-18 is neither.

    06/07/2021 is the sixth of July for some of them and the seventh of June for others.
    """
    first, last = tokens.peek().text, tokens.peek(4).text
    if len(last) == 4 and len(first) <= 2:
        month, day = int(first), int(tokens.peek(2).text)
        tokens.at += 5
        return Point(int(last), month, day, unclear=month != day and month <= 12 and day <= 12)
    if len(first) == 2 and (int(first) > 12 or int(first) == year % 100):
        tokens.at += 1
        return _short(first)
    return None


def _month_and_day(tokens: Cursor, start: Point) -> Point | None:
    """What follows a year, or stands without one: 6月15日, 6.15, 6月, 6月中旬, and the 5 of 5-9月."""
    mark = tokens.take("mark")
    if start.month:
        return start
    number = tokens.peek()
    if number.kind != "number" or len(number.text) > 2:
        return None
    if not mark and not start.year and _parts(tokens) > 2:
        return None
    unit = _unit_ahead(tokens)
    start = replace(start, unclear=not mark and _may_be_days(tokens))
    tokens.take("number")
    point = replace(start, month=int(number.text))
    if tokens.take("month"):
        return _day_or_third(tokens, point)
    if tokens.kinds(2) == ("mark", "number") and unit != "month" and (not mark or mark.text == tokens.peek().text):
        tokens.take("mark")
        return _day_or_third(tokens, point)
    return point if mark or unit == "month" else None


def _may_be_days(tokens: Cursor) -> bool:
    """Whether 6-8日 comes, which may be from the sixth to the eighth; 6.8日 and 9-8日 are days of a month."""
    first, mark, second = tokens.peek().text, tokens.peek(1).text, tokens.peek(2).text
    return tokens.kinds(4) == ("number", "mark", "number", "day") and mark == "-" and int(first) < int(second)


def _parts(tokens: Cursor) -> int:
    """How many numbers follow each other with one and the same mark between them."""
    parts, at = 1, 1
    while (
        tokens.peek(at).kind == "mark"
        and tokens.peek(at).text == tokens.peek(1).text
        and tokens.peek(at + 1).kind == "number"
    ):
        parts, at = parts + 1, at + 2
    return parts


def _unit_ahead(tokens: Cursor) -> str:
    """The unit that the numbers from here on share: the 月 of 5-9月 and 6、7、8月, else "day" or ""."""
    at = 1
    while tokens.peek(at).kind in ("mark", "to", "comma") and tokens.peek(at + 1).kind == "number":
        at += 2
    return tokens.peek(at).kind if tokens.peek(at).kind in ("month", "day") else ""


def _day_or_third(tokens: Cursor, point: Point) -> Point:
    """15日, 15, 中旬 or nothing after a month."""
    if third := tokens.take("third"):
        return replace(point, third=third.text)
    if tokens.peek().kind != "number" or len(tokens.peek().text) > 2:
        return point
    number = tokens.peek().text
    tokens.take("number")
    tokens.take("day")
    return replace(point, day=int(number))


def _day_only(tokens: Cursor, before: Point | None) -> Point | None:
    """The 18 of 6.15-18 and of 6月15日至18日; the 9 of 2021.5-9, where months are named."""
    unit = _unit_ahead(tokens)
    number = tokens.peek().text
    alone = tokens.peek(1).kind in ("end", "to", "comma", "day") or (tokens.peek(1).kind == "mark" and unit == "day")
    if before is None or before.month is None or unit == "month" or not alone or len(number) > 2:
        return None
    tokens.take("number")
    if tokens.take("day") or before.day:
        return Point(day=int(number))
    return Point(month=int(number))
