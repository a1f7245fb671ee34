"""Cuts an answer into sentences and these into clauses, each with its place, and finds the numbers of lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20, 0x9: 0x20}
_QUOTES = {"“": "”", "「": "」", "『": "』", "《": "》", "(": ")", "【": "】", '"': '"'}
_LONGEST_QUOTE = 60
_MARK = re.compile(
    r"(?:第\s*(?P<zh>\d{1,2}|[一二三四五六七八九十]{1,2})\s*(?:条|点|项|个问题|处)(?!活动)|问题\s*(?P<q>\d{1,2}|[一二三四五六七八九十])"
    r"|(?P<k>[一二三四五六七八九十]{1,2})(?:[、.:]|是(?=.{0,8}(?:行|场|序号)))"
    r"|(?P<c>[①-⑳])|\((?P<b>\d{1,2}|[一二三四五六七八九十])\)|(?P<n>\d{1,2})(?P<dot>[.、):])(?P<tight>(?<=[.:])(?=\d))?)\s*[,:、.]?\s*"
)
_HEADING = re.compile(r"\s*(?:现)?(?:回复|答复|补正|更正|说明|补充)(?:如下)?[:,]")
_ZH = "一二三四五六七八九十"
_END = re.compile(r"[。;!?\n]|\.(?=\s|$|[\u4e00-\u9fff“])(?<!\d\.)|\.$")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as it is read (`text`, in half-width characters) with its place in the whole text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence. `raw` is as written, `asked` if it ends with a question mark; `number` that of the list it is in."""

    raw: str
    text: str
    start: int
    end: int
    clauses: tuple[Clause, ...]
    asked: bool = False
    number: int | None = None
    tight: bool = False
    begins_line: bool = True


def half_width(text: str) -> str:
    """The text in half-width characters, character by character, so that places stay the same."""
    return text.translate(_WIDE)


def sentences(words: str) -> Iterator[Sentence]:
    """Every sentence with something in it. A line of a table (with two tabs or more) is none."""
    at = 0
    for line in words.splitlines(keepends=True):
        if line.count("\t") < 2:
            yield from _of_line(line.rstrip("\r\n"), at)
        at += len(line)


def _of_line(raw: str, at: int) -> Iterator[Sentence]:
    text = half_width(raw)
    pieces = list(_items(text))
    for place, (start, end, number, tight) in enumerate(pieces):
        for first, last, asked in _parts(text, start, end):
            yield _sentence(raw, text, first, last, at, asked, number, tight, place == 0 and first == start)


def _sentence(
    raw: str, text: str, first: int, last: int, at: int, asked: bool, number: int | None, tight: bool, begins: bool
) -> Sentence:
    while first < last and text[first].isspace():
        first += 1
    while last > first and text[last - 1].isspace():
        last -= 1
    clauses = tuple(
        Clause(text[a:b], at + a, at + b) for a, b in _cut(text, first, last, ",") if text[a:b].strip(" .。!?")
    )
    return Sentence(raw[first:last], text[first:last], at + first, at + last, clauses, asked, number, tight, begins)


def _items(text: str) -> Iterator[tuple[int, int, int | None, bool]]:
    """The items of a list that a line holds: start, end, number; the whole line where it holds none."""
    marks = list(_marks(text))
    if not marks:
        yield 0, len(text), None, False
        return
    if text[: marks[0][0]].strip():
        yield 0, marks[0][0], None, False
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        yield mark[1], following[0] if following else len(text), mark[2], mark[3]


def _marks(text: str) -> Iterator[tuple[int, int, int, bool]]:
    """Numbers at the start of a line and, where they count on, behind a blank or a stop."""
    last, at = 0, 0
    while match := _MARK.search(text, at):
        at = max(match.end(), match.start() + 1)
        number = _number(match)
        head = text[: match.start()].rstrip()
        starts = not head.strip("·•-* ") or bool(_HEADING.fullmatch(head))
        follows = last and number > last and (text[match.start() - 1] in " ,;。、!" or match["c"] or match["b"])
        is_time = (
            match["dot"] == ":"
            and match["tight"] is not None
            and re.match(r"\d\d(?![\d人家场个名月])", text[match.end() :])
        )
        if starts and is_time:  # 9:30
            continue
        lone = match["zh"] and starts and not re.match(r"[,:、\s]*\S", text[match.end() :])
        if (starts or follows) and not lone:
            last = number
            yield match.start(), match.end(), number, bool(match["tight"] is not None)


def _number(match: re.Match[str]) -> int:
    if match["c"]:
        return ord(match["c"]) - ord("①") + 1
    text = match["zh"] or match["q"] or match["k"] or match["b"] or match["n"]
    return int(text) if text.isdecimal() else _of_chinese(text)


def _of_chinese(text: str) -> int:
    if len(text) == 1:
        return _ZH.index(text) + 1
    return 10 + _ZH.index(text[1]) + 1 if text[0] == "十" else (_ZH.index(text[0]) + 1) * 10


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Sentences of an item: start, end and whether each ends with a question mark."""
    quoted = _quoted(text)
    first = start
    for match in _END.finditer(text, start, end):
        if match.start() in quoted:
            continue
        if text[first : match.start()].strip():
            yield first, match.start(), match[0] == "?"
        first = match.end()
    if text[first:end].strip():
        yield first, end, False


def _cut(text: str, start: int, end: int, mark: str) -> Iterator[tuple[int, int]]:
    """The pieces between commas; one between digits in threes, in quotation marks or in brackets parts nothing."""
    quoted = _quoted(text)
    first = start
    for at in range(start, end):
        in_number = re.match(r"\d{3}(?!\d)", text[at + 1 :]) and re.search(r"(?<!\d)\d{1,3}$", text[:at])
        if (text[at] == mark and at not in quoted and not in_number) or (text[at] == "、" and _parts_two(text, at)):
            yield first, at
            first = at + 1
    yield first, end


def _parts_two(text: str, at: int) -> bool:
    """参加人数520、覆盖网民数7800: two values, each with its words."""
    before = re.search(r"[\u4e00-\u9fff]\s*[为是:]?\d[\d,.]*[人家场个名]?$", text[:at])
    return bool(before and re.match(r"[\u4e00-\u9fff]{2,12}[为是:]?\d|第\d+[行场].*\d", text[at + 1 :]))


def _quoted(text: str) -> frozenset[int]:
    """The places inside quotation marks and brackets that are closed again."""
    inside: set[int] = set()
    at = 0
    while at < len(text):
        close = text.find(_QUOTES[text[at]], at + 1, at + _LONGEST_QUOTE) if text[at] in _QUOTES else -1
        if close > 0:
            inside.update(range(at, close + 1))
            at = close
        at += 1
    return frozenset(inside)
