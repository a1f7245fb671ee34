"""Says in a sentence why a text is not TOML, with what its writer most likely meant."""

import re
import unicodedata
from typing import NamedTuple

from parsers.toml.statements import Path, Statement, Token, statements, tokens

_QUOTES = "“”„‟«»「」『』〝〞＂‘’‚‛＇"
_MEANT = {"，": ",", "、": ",", "；": ",", "。": ".", "：": "=", "【": "[", "】": "]", "〔": "[", "〕": "]"}
_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


class Place(NamedTuple):
    """Both from 1; the column counts characters."""

    line: int
    column: int


def place_of(text: str, offset: int) -> Place:
    """The line and column of an offset."""
    return Place(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def diagnose(text: str, complaint: str) -> tuple[Place, str]:
    """Where and what is wrong in a text of which `tomllib` complains, and what would be right."""
    end = _offset(text, complaint)
    found = _signs(text, end) or _unclosed(text)
    if not found and complaint.startswith("Cannot"):
        found = _twice(text) or (end, f"{complaint.partition(' (at ')[0]}; look at this line and the one before it")
    at, said = found or _value(text, end, inside=complaint.startswith(("Invalid value", "Invalid date")))
    return place_of(text, at), said


def _offset(text: str, complaint: str) -> int:
    found = _PLACE.search(complaint)
    if not found or not found[1]:
        return len(text.rstrip())
    starts = [0, *(newline.end() for newline in re.finditer("\n", text))]
    return min(starts[min(int(found[1]), len(starts)) - 1] + int(found[2]) - 1, len(text))


# ---------------------------------------------------------------- signs and quotation marks


def _signs(text: str, end: int) -> tuple[int, str] | None:
    """The first sign of a Chinese keyboard, or quotation mark that is alone, up to the line where reading stopped."""
    for token in tokens(text):
        if token.start > end and token.kind == "newline":
            return None
        if token.kind == "open":
            return token.start, _alone(token, _line(text, token.start))
        if token.kind == "word" and (found := _odd(token)):
            return found
    return None


def _alone(token: Token, line: str) -> str:
    mark = token.text[0]
    if "\\" in token.text and token.text.rstrip().endswith(mark):
        return _BACKSLASH
    if any(sign in line for sign in _QUOTES):
        return f"this quotation mark ({mark}) is alone: text begins and ends with a plain one, not with “ ” or ‘ ’"
    return f"this quotation mark ({mark}) has no partner on its line; text begins and ends with one"


def _line(text: str, offset: int) -> str:
    return text[text.rfind("\n", 0, offset) + 1 :].partition("\n")[0]


_BACKSLASH = r"a backslash (\) in such text begins a code; write / instead, or put the text between '…'"


def _odd(token: Token) -> tuple[int, str] | None:
    for at, sign in enumerate(token.text):
        if said := _sign(sign):
            return token.start + at, said
    return None


def _sign(sign: str) -> str | None:
    """What is wrong with a sign outside of texts and comments."""
    meant = _MEANT.get(sign) or unicodedata.normalize("NFKC", sign)
    category = unicodedata.category(sign)
    if sign in _QUOTES:
        return f'{sign} is a Chinese quotation mark; write a plain one (") at both ends of the text'
    if category in ("Zs", "Zl", "Zp"):
        return f"this blank (U+{ord(sign):04X}) is not the ordinary one; write an ordinary blank"
    if category in ("Cf", "Cc"):
        return f"an invisible character (U+{ord(sign):04X}) stands here; delete it"
    if not sign.isascii() and meant.isascii():
        return f"{sign} is a full-width sign; write {meant} instead"
    return None


def _unclosed(text: str) -> tuple[int, str] | None:
    """A text in three quotation marks that runs to the end of the file."""
    for token in tokens(text):
        mark = token.text[:3]
        if (
            token.kind == "string"
            and mark in ('"""', "'''")
            and not (len(token.text) >= 6 and token.text.endswith(mark))
        ):
            return token.start, f"{mark} begins a text of several lines that is not ended; write one quotation mark"
    return None


# ---------------------------------------------------------------- written twice


def _twice(text: str) -> tuple[int, str] | None:
    seen: dict[Path, Statement] = {}
    for statement in statements(text):
        path = statement.path
        first = seen.setdefault(path, statement)
        several = seen.get(path[:-1]) if path[-1:] == (0,) else seen.get((*path, 0))
        if statement.is_table and several:
            line, name = place_of(text, several.start).line, _dotted(path)
            return statement.start, f"[{name}] and [[{name}]] (line {line}) cannot both be; write it the same way twice"
        if first is not statement:
            line, name = place_of(text, first.start).line, f"[{_dotted(path)}]" if statement.is_table else str(path[-1])
            return statement.start, f"{name} stands at line {line} already; join the two, or take one out"
    return None


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path if isinstance(step, str))


# ---------------------------------------------------------------- values

_VALUES = (
    (r"[^\n]*[\x00-\x08\x0b-\x1f\x7f]", "an invisible character stands in this line; write the line anew"),
    (r"$|#", "a value is missing behind =; write one, or put # before the line"),
    (r"[\[{]", 'a bracket is not closed, or a comma is missing between two entries; write ["a", "b"]'),
    (r'["\'].*\\', _BACKSLASH),
    (r'["\']', "nothing but a comment (#) may follow the text; a text in it stands between ' and '"),
    (r"(?i)(true|yes|on|ja|是)\b", "write true, in small letters"),
    (r"(?i)(false|no|off|none|null|否)\b", "write false, in small letters (or take the line out)"),
    (
        r"\d{2,4}\s*[-/.年]\s*\d",
        "a day is written 2021-09-30, with two digits for month and day, without quotation marks",
    ),
    (r"\d+:\d", 'a time of day is written "09:00", in quotation marks'),
    (r"[-+]?[\d._]+", "a number is written in digits alone, without zeros before it; all else in quotation marks"),
    (r"", 'a text stands between plain quotation marks (")'),
)
"""How a value begins, and what its writer should do; the first that fits."""


def _value(text: str, end: int, *, inside: bool) -> tuple[int, str]:
    """What is wrong with the statement in which reading stopped, or with the value `inside` it that begins there."""
    before = [statement for statement in statements(text) if statement.start <= end]
    line = _line(text, end)
    start = text.rfind("\n", 0, end) + 1 + len(line) - len(line.lstrip())
    last = before[-1] if before else None
    if last is None or last.is_table or last.end <= start:
        return start, _no_key(line.lstrip())
    if end < last.value:
        return end, "a key is one word of English letters, digits, _ and -; = follows it"
    at = max(end, last.value) if inside else last.value
    value = text[at:].partition("\n")[0]
    at, value = at + len(value) - len(value.lstrip(" \t")), value.lstrip(" \t")
    return at, next(sentence for pattern, sentence in _VALUES if re.match(pattern, value))


def _no_key(line: str) -> str:
    if line.startswith("["):
        return "a table is written [name], alone on its line"
    if line.startswith("="):
        return "a key stands in front of =, on the same line"
    return 'a line is a key with its value (name = "…"), a table ([name]) or a comment (# …)'
