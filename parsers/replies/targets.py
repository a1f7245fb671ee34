"""Finds in a clause the words that name rows: 第5行, 序号3, 第三场, J5, 合计."""

import re
from collections.abc import Iterator

from parsers.replies.model import Ref, Target
from parsers.replies.vocabulary import trimmed
from parsers.values import numerals

GAP = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a clause where the words for a row stood."""
_N = r"(?:\d{1,4}|[一二三四五六七八九十百两]{1,4})"
_MANY = rf"{_N}(?:\s*(?:[、,和与及]|以及|[-~至到])\s*第?{_N})*"
_SEVERAL = re.compile(
    rf"(?:第\s*(?P<row>{_MANY})\s*(?:行|栏行)|(?<![\w第])(?P<bare>\d{{1,4}})\s*行|(?:(?<![\u4e00-\u9fff\d])行|行号)\s*:?\s*(?P<line>\d{{1,4}})(?!\d|月)"
    rf"|序号\s*(?:为|是|:|第)?\s*(?P<seq>{_MANY})\s*(?:号)?|(?<![会赛走讲座展演节课训营班])第\s*(?P<nth>{_MANY})\s*(?:场次?|个(?:线下)?活动|项活动|次活动|期活动|号活动)(?:活动)?|(?<![月\d第])(?P<no>\d{{1,2}})号(?=活动|场)"
    rf"|第\s*(?P<item>{_MANY})\s*(?:条|项|个(?!问题)|点|个问题|号)(?:活动)?|(?<![A-Za-z0-9])(?P<cell>[A-Z]{{1,2}}\d{{1,4}})(?:单元格|格)?(?![A-Za-z0-9])"
    rf"|(?P<last>最后(?:一|1)?[个场行项](?:活动)?|末行)|(?P<total>合计|总计|总合计)(?:行|栏|数|一栏|人数)?)"
)
_SPLIT = re.compile(r"[、,和与及以\s]+|第")
_MOST = 50


def refs_in(text: str) -> tuple[tuple[Ref, ...], str]:
    """The words for rows in a clause, and the clause with a gap for each."""
    found: list[Ref] = []

    def gap(match: re.Match[str]) -> str:
        refs = tuple(_refs(match))
        if not refs:
            return match[0]
        found.extend(refs)
        return GAP

    masked = _SEVERAL.sub(gap, text)
    return tuple(found[:_MOST]), masked


def _refs(match: re.Match[str]) -> Iterator[Ref]:
    kinds = {
        "row": "row",
        "bare": "row",
        "line": "row",
        "seq": "number",
        "nth": "number",
        "no": "number",
        "item": "item",
    }
    for group, kind in kinds.items():
        if match[group]:
            for number in _numbers(match[group]):
                yield Ref(kind, number, match[0])  # type: ignore[arg-type]
    if match["cell"]:
        yield Ref("cell", 0, match["cell"])
    if match["last"]:
        yield Ref("last", 0, match[0])
    if match["total"]:
        yield Ref("total", 0, match[0])


def _numbers(text: str) -> Iterator[int]:
    for piece in _SPLIT.split(text):
        ends = [number for part in re.split("[-~至到]", piece) if (number := number_of(part)) is not None]
        if len(ends) == 2 and ends[0] < ends[1] <= ends[0] + _MOST:
            yield from range(ends[0], ends[1] + 1)
        else:
            yield from ends


def number_of(text: str) -> int | None:
    """5, 五 or 十二 as a number; None for anything else."""
    text = text.strip()
    if text.isdecimal():
        return int(text)
    try:
        value = numerals.value(list(text)) if text else None
    except (KeyError, ArithmeticError):
        return None
    return int(value) if value is not None and numerals.is_whole(value) else None


def target_of(refs: tuple[Ref, ...], masked: str) -> Target:
    """The target that the words before a value are; pieces that say nothing are left out."""
    pieces = (trimmed("opening", piece, right=False).strip(" ,:;、。") for piece in re.split(f"[{GAP}:,]", masked))
    return Target(refs, tuple(piece for piece in pieces if trimmed("filler", piece)))
