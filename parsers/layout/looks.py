"""Whether a cell looks like a label or like a value, from its text and kind alone.

Each look has a weight: how much more often cells with it are labels (above 0) or values (below 0) in tables that people
have annotated. The weights of a cell add up to its likeness: above 0 it looks like a label.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from parsers.layout.words import Words, bare, plain, words

SURE = 3.0
"""No cell's likeness goes beyond this, in either direction."""
_NUMBER = re.compile(
    r"[-+±~≥≤<>约近超共第]*\d[\d,.]*(?:[-~—–至×*/:.]+[-+]?\d[\d,.]*)*[%‰°]?|[-+]?[\d.]+e[-+]?\d+"
)
_DAY = re.compile(r"(?:19|20)\d{2}(?:[-./年](?:1[0-2]|0?[1-9])(?!\d)(?:[-./月](?:3[01]|[12]\d|0?[1-9])(?!\d)日?|月)?)(?![.\d]).*")
_ORDINAL = re.compile(r"[一二三四五六七八九十百\d.()、第号条款项-]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[a-z]")
_SPACED = re.compile(r"[\u4e00-\u9fff][\s\u3000]+[\u4e00-\u9fff]")
_MEASURED = re.compile(r"\([%a-z/²³·ω℃μ°]{1,8}\)$|\([\u4e00-\u9fff/%]{1,3}\)$")
_INSIDE = re.compile(r"(?<!https)(?<!http)(?<![\d])[::](?!\d\d\b)")


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to be seen of a text, how much it speaks for a label, and how to say it."""

    name: str
    weight: float
    reason: str
    holds: Callable[[str, str, str], bool]
    """Asked with the text as it is, in plain form, and without brackets."""


def is_figure(text: str) -> bool:
    """Whether a text is a figure, a range of figures or a share, and nothing else."""
    return bool(_NUMBER.fullmatch(plain(text)))


def is_day(text: str) -> bool:
    """Whether a text begins as a day or a month."""
    return bool(_DAY.fullmatch(plain(text)))


def is_nothing(text: str) -> bool:
    """Whether a text stands for nothing: -, —, /."""
    return bool(text) and not text.strip("-—–/ \u3000")


def is_year(text: str) -> bool:
    """Whether a text is a year and nothing else: 2020, 2020年, 2020年度."""
    return bool(re.fullmatch(r"(?:19|20)\d{2}(?:年度?|年末|年初)?", plain(text)))


def _between(low: int, high: int) -> Callable[[str, str, str], bool]:
    return lambda _text, _plain, short: low <= len(short) <= high


def _is_name(short: str, known: Words) -> bool:
    return 2 <= len(short) <= 3 and short[0] in known.surname and not short.endswith(known.label_end)


def _looks() -> tuple[Look, ...]:
    w = words()
    measured = re.compile(rf"\d[{re.escape(w.after_figure)}]")
    return (
        Look("figure", -4.8, "是数字", lambda _t, p, _s: bool(_NUMBER.fullmatch(p))),
        Look("figure-first", -2.7, "以数字开头", lambda _t, p, _s: p[:1].isdigit() and not _NUMBER.fullmatch(p)),
        Look("figure-inside", -1.6, "含数字", lambda _t, p, s: not p[:1].isdigit() and any(map(str.isdigit, s))),
        Look("measured", -2.0, "数字后带单位", lambda _t, p, _s: bool(measured.search(p))),
        Look("latin", -2.6, "全是字母", lambda _t, _p, s: bool(_LATIN.search(s)) and not _CHINESE.search(s)),
        Look("sentence", -2.0, "像一句话", lambda _t, p, _s: any(mark in p for mark in "。;!?,")),
        Look("enumeration", -1.5, "是并列的几项", lambda _t, p, _s: "、" in p[3:]),
        Look("box", -1.5, "有选项框", lambda _t, p, _s: any(mark in p for mark in "□☑☐☒√■")),
        Look("quoted", -0.8, "有书名号或引号", lambda _t, p, _s: any(mark in p for mark in "《“\"")),
        Look("value-word", -3.4, "是常见的填写内容", lambda _t, p, _s: p in w.value),
        Look("value-end", -1.5, "结尾像单位名或地名", lambda _t, _p, s: s.endswith(w.value_end)),
        Look("person", -2.0, "像人名", lambda _t, _p, s: _is_name(s, w)),
        Look("label-and-value", -1.5, "标签和内容写在同一格", lambda _t, p, _s: bool(_INSIDE.search(p[:-1]))),
        Look("ordinal", -2.5, "是编号", lambda _t, p, _s: bool(_ORDINAL.fullmatch(p))),
        Look("colon", 2.5, "以冒号结尾", lambda _t, p, _s: p.endswith(":")),
        Look("label-end", 2.5, "结尾像栏目名", lambda _t, _p, s: s.endswith(w.label_end)),
        Look("label-start", 1.4, "开头像栏目名", lambda _t, _p, s: s.startswith(w.label_start)),
        Look("measure-in-brackets", 1.2, "括号里是计量单位", lambda _t, p, s: bool(s and _MEASURED.search(p))),
        Look("brackets", 0.6, "结尾是括号说明", lambda _t, p, s: bool(s) and p.endswith(")")),
        Look("spaced", 1.7, "字间加空格拉宽", lambda t, _p, s: len(s) <= 6 and bool(_SPACED.search(t))),
        Look("short", 0.6, "文字短", _between(1, 6)),
        Look("long", -0.5, "文字较长", _between(11, 20)),
        Look("very-long", -1.2, "文字很长", lambda _t, _p, s: len(s) > 20),
        Look("longest", -0.8, "是长篇文字", lambda _t, _p, s: len(s) > 40),
    )


LOOKS = _looks()


@lru_cache(maxsize=16384)
def likeness(text: str) -> float:
    """How much a text looks like a label: between -SURE and SURE; 0 for no text."""
    if not text:
        return 0.0
    told = unicodedata.normalize("NFKC", text).lower().strip(), plain(text), bare(text)
    return max(-SURE, min(SURE, sum(look.weight for look in LOOKS if look.holds(*told))))


def seen(text: str) -> tuple[Look, ...]:
    """What is to be seen of a text, the weightiest first."""
    told = unicodedata.normalize("NFKC", text).lower().strip(), plain(text), bare(text)
    return tuple(sorted((look for look in LOOKS if look.holds(*told)), key=lambda look: -abs(look.weight)))
