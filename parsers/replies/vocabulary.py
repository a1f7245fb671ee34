"""The words of answers, read once from the data file beside this one."""

import re
import tomllib
from functools import cache
from importlib import resources

_LONGEST_END = 24
"""Characters of an entry at the end of a text."""


@cache
def words(name: str) -> str:
    """One expression for any of the entries of that list."""
    return f"(?:{'|'.join(f'(?:{entry})' for entry in _lists()[name])})"


@cache
def pattern(name: str) -> re.Pattern[str]:
    """The same, compiled."""
    return re.compile(words(name))


@cache
def _lists() -> dict[str, list[str]]:
    text = resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def is_all(name: str, text: str) -> bool:
    """Whether a text is one of the entries and nothing more."""
    return bool(pattern(name).fullmatch(text))


def has(name: str, text: str) -> bool:
    """Whether one of the entries stands anywhere in a text."""
    return bool(pattern(name).search(text))


@cache
def _ends(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(words(name)), re.compile(f"{words(name)}$")


def trimmed(name: str, text: str, *, left: bool = True, right: bool = True) -> str:
    """A text without entries of the list at its ends, taken off one by one so that no text takes long."""
    first, last = _ends(name)
    while left and (found := first.match(text)) and found.end():
        text = text[found.end() :]
    while right and (found := last.search(text, max(0, len(text) - _LONGEST_END))) and found.start() < len(text):
        text = text[: found.start()]
    return text
