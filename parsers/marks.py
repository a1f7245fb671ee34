"""How a sentence names what stands in a table: titles on one line, and quotation marks inside quotation marks."""

import re

_INNER = str.maketrans({"“": "‘", "”": "’"})
_BREAK = re.compile(r"(?P<before>\S?)\s+(?P<after>\S?)")


def inner(text: str) -> str:
    """A text as it stands inside “ ”: what it quotes itself stands in single marks (GB/T 15834-2011, 4.8.3.3)."""
    return text.translate(_INNER)


def quoted(text: str) -> str:
    """“读书会”; of a text that quotes something itself “‘读书’会”."""
    return f"“{inner(text)}”"


def one_title(text: str) -> str:
    """A title on one line: 参加⏎人数 is 参加人数, Start⏎date is Start date."""
    return _BREAK.sub(_joined, text.strip())


def _joined(found: re.Match[str]) -> str:
    blank = " " if found["before"].isascii() and found["after"].isascii() else ""
    return f"{found['before']}{blank}{found['after']}"
