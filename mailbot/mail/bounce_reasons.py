"""Tells from what a server said why a letter came back, in a few Chinese words."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

TEMPORARY = "暂时无法送达"
"""The server gave up after trying for a while; the next letter may arrive."""
FULL = "邮箱已满"
UNKNOWN = "原因不明"

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]\d)")
"""RFC 3463 section 2, and not a part of a network address."""
_REPLY = re.compile(r"(?<![\d.:/-])([45]\d\d)(?![\d.:/]|-\d)")


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of `bounce-reasons.toml`."""

    words: str
    lasting: bool
    decides: bool
    codes: frozenset[str]
    phrases: re.Pattern[str]
    classes: tuple[str, ...]
    replies: frozenset[str]


def reason(status: str, answer: str, words: str = "") -> str:
    """Why a letter came back.

    `status` is an enhanced status code (RFC 3463) and `answer` what the server said, both "" where they are not told;
    `words` are those of the report.
    """
    answer, words = " ".join(answer.split()), " ".join(words.split())
    codes = [code for code in (enhanced_code(status), enhanced_code(answer), enhanced_code(words)) if code]
    if (codes[0] if codes else _reply(answer) or _reply(words)).startswith("4"):
        return FULL if "4.2.2" in codes or FULL in (_by_phrase(answer), _by_phrase(words)) else TEMPORARY
    ways = (
        _by_phrase(answer, decides=True),
        next((row.words for code in codes for row in _rows() if code in row.codes), None),
        _by_phrase(answer),
        _by_phrase(words),
        next((row.words for code in codes for row in _rows() if row.classes and code.startswith(row.classes)), None),
        next((row.words for row in _rows() if {_reply(answer), _reply(words)} & row.replies), None),
    )
    return next((found for found in ways if found), UNKNOWN)


@cache
def lasting() -> frozenset[str]:
    """The reasons for which the next letter to the same address would come back as well."""
    return frozenset(row.words for row in _rows() if row.lasting)


@cache
def _rows() -> tuple[Reason, ...]:
    told = tomllib.loads(resources.files(__package__).joinpath("bounce-reasons.toml").read_text(encoding="utf-8"))
    return tuple(
        Reason(
            words=row["words"],
            lasting=row.get("lasting", False),
            decides=row.get("decides", False),
            codes=frozenset(row["codes"]),
            phrases=re.compile("|".join(row["phrases"]), re.IGNORECASE),
            classes=tuple(row["classes"]),
            replies=frozenset(row["replies"]),
        )
        for row in told["reason"]
    )


def _by_phrase(said: str, *, decides: bool = False) -> str | None:
    rows = (row for row in _rows() if row.decides or not decides)
    return next((row.words for row in rows if row.phrases.search(said)), None)


def enhanced_code(said: str) -> str | None:
    """The first enhanced code; one that tells nothing (5.0.0) only where there is no other."""
    codes = [".".join(found.groups()) for found in _ENHANCED.finditer(said)]
    return next((code for code in codes if not code.endswith(".0.0")), codes[0] if codes else None)


def _reply(said: str) -> str:
    """The first reply code, else ""."""
    found = _REPLY.search(said)
    return found[1] if found else ""
