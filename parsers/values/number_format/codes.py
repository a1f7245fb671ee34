"""Number format codes cut into sections and tokens (ECMA-376 part 1, section 18.8.31)."""

import re
from functools import lru_cache

from parsers.values.number_format.builtin import GENERAL

PLAIN = (GENERAL, "@", None)
"""Codes that show a value as it is."""
# An exclamation mark stands before a character that is shown as it is, as a backslash does: 0!.0,"万" shows ten
# thousands, and is what Chinese guides to spreadsheets teach for it.
_SYSTEM_FORMATS = {"[$-F800]": 'yyyy"年"m"月"d"日"', "[$-F400]": "h:mm:ss"}
_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*"?)|[\\!](?P<escaped>.)|_(?P<blank>.)|\*(?P<fill>.)
    |(?P<elapsed>\[(?:h+|m+|s+)\])|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]|(?P<bracket>\[[^\]]*\])
    |(?P<general>General)|(?P<half>AM/PM|A/P|上午/下午)
    |(?P<exponent>E[+-]0+)|(?P<fraction>(?<=s)\.0{1,3})|(?P<clock>[ymdhsaeg]+)|(?P<plain>.)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)\]")
_WHITE = frozenset(("[white]", "[白色]", "[color2]", "[颜色2]", "[color 2]", "[颜色 2]"))
_LONGEST_CODE = 255

Token = tuple[str, str]
"""The name of the group of _TOKEN that matched, and its text."""
Section = tuple[Token, ...]
"""A part of a code between semicolons."""
AS_IS: Token = ("plain", "@")
"""Stands for the text itself."""


@lru_cache(maxsize=1024)
def sections_of(code: str | None) -> tuple[Section, ...]:
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


def section_for(number: float, sections: tuple[Section, ...]) -> tuple[Section, bool]:
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


def is_invisible(section: Section) -> bool:
    """Whether a section writes in white, which hides what it shows."""
    return any(kind == "bracket" and text.casefold() in _WHITE for kind, text in section)


def literal(kind: str, text: str) -> str:
    """What a token displays that stands for itself; "" for one that does not."""
    match kind:
        case "quoted":
            return text.strip('"')
        case "escaped" | "plain" | "currency":
            return text
        case "blank":
            return " "
        case _:
            return ""
