"""Jinja filters for the templates: how days, numbers and lists are written in Chinese letters."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime

from mailbot.domain.campaign import Milestone
from mailbot.domain.letter_contents import Line
from parsers.marks import inner


def day(value: date) -> str:
    """2021年9月3日: no leading zeros (GB/T 9704-2012 section 7.3.5.4)."""
    return f"{value.year}年{short_day(value)}"


def short_day(value: date) -> str:
    """9月3日."""
    return f"{value.month}月{value.day}日"


def span(first: date, last: date) -> str:
    """9月20日—26日, 9月27日—10月3日; one day: 9月30日."""
    if first == last:
        return short_day(first)
    return f"{short_day(first)}—{f'{last.day}日' if last.month == first.month else short_day(last)}"


def weekday(value: date) -> str:
    """（星期四）."""
    return f"（星期{'一二三四五六日'[value.weekday()]}）"


def moment(value: datetime) -> str:
    """2021年9月24日15:02."""
    return f"{value.year}年{short_moment(value)}"


def short_moment(value: datetime) -> str:
    """9月24日15:02."""
    return f"{short_day(value)}{value.hour}:{value.minute:02}"


def grouped(value: int) -> str:
    """12345 → 12,345."""
    return f"{value:,}"


def short(text: str, length: int = 80) -> str:
    """Cut to the length, visibly."""
    return text if len(text) <= length else text[: length - 1] + "…"


def share(part: int, whole: int) -> str:
    """51 of 58 → 87.9%; of nothing: —."""
    return f"{part / whole:.1%}" if whole else "—"


def signed(value: int) -> str:
    """1200 → +1,200; 0 → 0."""
    return f"{value:+,}" if value else "0"


def by_category(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Lines under their category, both in the order in which they come."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.category, []).append(line)
    return list(groups.items())


def by_unit(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Lines under their unit, both in the order in which they come."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.unit_name, []).append(line)
    return list(groups.items())


def weekly(timeline: Iterable[tuple[date, int]]) -> list[tuple[date, int]]:
    """Of a running number on some days, the last one of each week."""
    return list({day.isocalendar()[:2]: (day, number) for day, number in timeline}.values())


def milestone(value: Milestone, today: date) -> tuple[str, str]:
    """Its name, and its days with where today stands to them."""
    single = value.first == value.last
    if value.last < today:
        state = "已过" if single else "已结束"
    elif today < value.first:
        state = "未到" if single else "未开始"
    else:
        state = "今日" if single else "进行中"
    return value.name, f"{span(value.first, value.last)}（{state}）"


_ADDRESS = re.compile(
    r"(?P<scheme>\b(?:https?|ftp)(?=://))|(?P<other>\b[a-z][a-z0-9+.-]{1,15})(?P<mark>://)"
    r"|(?<=[\w\]])(?P<at>[@＠])(?=[\w\[])"
    r"|(?<=[^\W_])(?P<dot>[.．｡])(?=(?P<last>(?:xn--)?[^\W\d_][\w-]*)(?P<after>[/:?#.．｡]?))",
    re.IGNORECASE,
)
_FILES = re.compile(
    r"xls[xmb]?|ett?|csv|tsv|od[tsp]|docx?|docm|wp[st]|rtf|txt|pdf|pptx?|dps|eml|msg|jpe?g|png|gif|bmp|webp|tiff?|heic|ofd"
    r"|html?|mht|xml|json|zip|rar|7z|tar|gz|toml|mp[34]|avi|mov|wmv|mkv|wav|dat",
    re.IGNORECASE,
)
_TOP = re.compile(
    r"xn--[a-z0-9-]+|[a-z][a-z0-9-]+|中国|中國|公司|网络|網絡|网址|在线|中文网|商城|网店|我爱你|集团|移动",
    re.IGNORECASE,
)


_MAIL = re.compile(r"(?<![A-Za-z0-9_@.+%-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?!\.?[A-Za-z0-9_@-])")
"""An address that stands by itself."""


def defanged(text: str, is_known: Callable[[str], bool] = lambda address: False) -> str:
    """Words of others as no program makes a link of them: hxxp://example[.]com, a[@]example[.]org.

    The names of files stay as they are, and so do mail addresses that are known: they have to be copied.
    """
    shown, at = [], 0
    for match in _MAIL.finditer(text):
        if is_known(match[0].lower()):
            shown += [_ADDRESS.sub(_defanged, text[at : match.start()]), match[0]]
            at = match.end()
    return "".join((*shown, _ADDRESS.sub(_defanged, text[at:])))


def _defanged(match: re.Match[str]) -> str:
    if match["scheme"]:
        return match["scheme"].lower().replace("http", "hxxp").replace("ftp", "fxp")
    if match["mark"]:
        return f"{match['other']}[:]//"
    if match["at"]:
        return "[@]"
    is_file = _FILES.fullmatch(match["last"]) and match["after"] in ("", ".")
    return "[.]" if _TOP.match(match["last"]) and not is_file else match[0]


def paragraphs(text: str) -> list[str]:
    """The lines that hold something, as plain texts: what comes from a macro is escaped like everything else."""
    return [line.strip() for line in str(text).split("\n") if line.strip()]


FILTERS = (
    inner,
    by_category,
    by_unit,
    day,
    defanged,
    grouped,
    milestone,
    moment,
    paragraphs,
    share,
    short,
    short_day,
    short_moment,
    signed,
    span,
    weekday,
    weekly,
)
"""Each under its own name."""
