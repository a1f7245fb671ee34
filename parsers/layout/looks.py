"""Whether a cell looks like a label or like a value, from its text and kind alone.

Each look has a weight: how much more often cells with it are labels (above 0) or values (below 0) in tables that people
have annotated. The weights of a cell add up to its likeness: above 0 it looks like a label.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from parsers.layout.words import Words, bare, plain, words

SURE = 3.0
"""No cell's likeness goes beyond this, in either direction."""
_LONGEST_YEAR = 8
_NUMBER = re.compile(r"[-+±~≥≤<>约近超共第]*\d[\d,.]*(?:[-~—–至×*/:.]+[-+]?\d[\d,.]*)*[%‰°]?|[-+]?[\d.]+e[-+]?\d+")
_DAY = re.compile(
    r"(?:(?:19|20)\d{2}[-./年]|\d{2}年)(?:1[0-2]|0?[1-9])(?!\d)"
    r"(?:[-./月](?:3[01]|[12]\d|0?[1-9])(?!\d)日?|月)?(?![.\d]).*"
    r"|(?:1[0-2]|0?[1-9])月(?:3[01]|[12]\d|0?[1-9])日.*"
)
_YEAR = re.compile(r"(?:19|20)\d{2}(?:年度?|年末|年初)?")
_ORDINAL = re.compile(r"[一二三四五六七八九十百\d.()、第号条款项-]+")
_DIGIT = re.compile(r"\d")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[a-z]")
_SPACED = re.compile(r"[\u4e00-\u9fff][\s\u3000]+[\u4e00-\u9fff]")
_MEASURED = re.compile(r"\([%a-z/²³·ω℃μ°]{1,8}\)$|\([\u4e00-\u9fff/%]{1,3}\)$")
_INSIDE = re.compile(r"(?<!https)(?<!http)(?<!\d):(?!\d\d\b)")
_SENTENCE = re.compile(r"[。;!?,]")
_BOX = re.compile(r"[□☑☐☒√■]")
_QUOTED = re.compile(r"[《“\"]")


class Seen(NamedTuple):
    """A text as looks ask about it."""

    text: str
    plain: str
    bare: str
    """Without what stands in brackets."""
    digits: bool
    figure: bool
    latin: bool
    chinese: bool


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to be seen of a text, how much it speaks for a label, and how to say it."""

    name: str
    weight: float
    reason: str
    holds: Callable[[Seen], bool]


def is_figure(text: str) -> bool:
    """Whether a text is a figure, a range of figures or a share, and nothing else."""
    return bool(_DIGIT.search(text) and _NUMBER.fullmatch(plain(text)))


def is_day(text: str) -> bool:
    """Whether a text begins as a day or a month."""
    return bool(_DIGIT.search(text) and _DAY.fullmatch(plain(text)))


def is_nothing(text: str) -> bool:
    """Whether a text stands for nothing: -, —, /."""
    return bool(text) and not text.strip("-—–/ \u3000")


def is_year(text: str) -> bool:
    """Whether a text is a year and nothing else: 2020, 2020年, 2020年度."""
    return len(text) <= _LONGEST_YEAR and bool(_YEAR.fullmatch(plain(text)))


def _is_person(seen: Seen, known: Words) -> bool:
    return 2 <= len(seen.bare) <= 3 and seen.bare[0] in known.surname and not seen.bare.endswith(known.label_end)


def _looks() -> tuple[Look, ...]:
    w = words()
    measured = re.compile(rf"\d[{re.escape(w.after_figure)}]")
    return (
        Look("figure", -4.8, "是数字", lambda s: s.figure),
        Look("figure-first", -2.7, "以数字开头", lambda s: s.digits and s.plain[0].isdigit() and not s.figure),
        Look(
            "figure-inside",
            -1.6,
            "含数字",
            lambda s: s.digits and not s.plain[0].isdigit() and bool(_DIGIT.search(s.bare)),
        ),
        Look("measured", -2.0, "数字后带单位", lambda s: s.digits and bool(measured.search(s.plain))),
        Look("latin", -2.6, "全是字母", lambda s: s.latin and not s.chinese),
        Look("sentence", -2.0, "像一句话", lambda s: bool(_SENTENCE.search(s.plain))),
        Look("enumeration", -1.5, "是并列的几项", lambda s: "、" in s.plain[3:]),
        Look("box", -1.5, "有选项框", lambda s: bool(_BOX.search(s.plain))),
        Look("quoted", -0.8, "有书名号或引号", lambda s: bool(_QUOTED.search(s.plain))),
        Look("value-word", -3.4, "是常见的填写内容", lambda s: s.plain in w.value),
        Look("value-end", -1.5, "结尾像单位名或地名", lambda s: s.bare.endswith(w.value_end)),
        Look("person", -2.0, "像人名", lambda s: _is_person(s, w)),
        Look(
            "label-and-value",
            -1.5,
            "标签和内容写在同一格",
            lambda s: ":" in s.plain and bool(_INSIDE.search(s.plain[:-1])),
        ),
        Look("ordinal", -2.5, "是编号", lambda s: bool(_ORDINAL.fullmatch(s.plain))),
        Look("colon", 2.5, "以冒号结尾", lambda s: s.plain.endswith(":")),
        Look("label-end", 2.5, "结尾像栏目名", lambda s: s.bare.endswith(w.label_end)),
        Look("label-start", 1.4, "开头像栏目名", lambda s: s.bare.startswith(w.label_start)),
        Look("measure-in-brackets", 1.2, "括号里是计量单位", lambda s: bool(s.bare and _MEASURED.search(s.plain))),
        Look("brackets", 0.6, "结尾是括号说明", lambda s: bool(s.bare) and s.plain.endswith(")")),
        Look("spaced", 1.7, "字间加空格拉宽", lambda s: len(s.bare) <= 6 and bool(_SPACED.search(s.text))),
        Look("short", 0.6, "文字短", lambda s: 1 <= len(s.bare) <= 6),
        Look("long", -0.5, "文字较长", lambda s: 11 <= len(s.bare) <= 20),
        Look("very-long", -1.2, "文字很长", lambda s: len(s.bare) > 20),
        Look("longest", -0.8, "是长篇文字", lambda s: len(s.bare) > 40),
    )


LOOKS = _looks()


@lru_cache(maxsize=16384)
def likeness(text: str) -> float:
    """How much a text looks like a label: between -SURE and SURE; 0 for no text."""
    if not text:
        return 0.0
    asked, total = _seen(text), 0.0
    for look in LOOKS:
        if look.holds(asked):
            total += look.weight
    return max(-SURE, min(SURE, total))


def seen(text: str) -> tuple[Look, ...]:
    """What is to be seen of a text, the weightiest first."""
    asked = _seen(text)
    found = [look for look in LOOKS if text and look.holds(asked)]
    return tuple(sorted(found, key=lambda look: -abs(look.weight)))


def _seen(text: str) -> Seen:
    short = plain(text)
    digits = bool(_DIGIT.search(short))
    return Seen(
        text=text,
        plain=short,
        bare=bare(text),
        digits=digits,
        figure=digits and bool(_NUMBER.fullmatch(short)),
        latin=bool(_LATIN.search(short)),
        chinese=bool(_CHINESE.search(short)),
    )
