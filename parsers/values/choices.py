"""Reads cells of choices from a closed list: 知识竞赛、集中宣传, or ☑知识竞赛 □主题演讲 (domain.md 2.6)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from parsers.grid import Cell
from parsers.values import NONE_WORDS, Doubt, Option, Understood, folded, obstacle
from parsers.values.tokens import words

_LONGEST = 1000
"""A cell with more characters than this is prose."""
_TICKED, _UNTICKED = "☑☒✓✔√■●", "□☐○◯"
_SEPARATORS = re.compile(r"[、,;/|+&。]")
_IDLE = re.compile(r"等|活动|形式|[\W\d_]")
"""What says nothing of a choice: filling words, punctuation, numbering."""


def choose(cell: Cell | None, options: Sequence[Option]) -> Understood:
    """The codes of all options that a cell names, in the order of the options.

    Words that name no option make the doubt not-a-choice, beside the codes of those that do. Total, never raises.
    """
    if doubt := obstacle(cell):
        return Understood(None, doubts=(doubt,))
    assert cell is not None
    text = folded(cell.shown if cell.kind != "text" else str(cell.value))
    if text in NONE_WORDS:
        return Understood(None, doubts=(Doubt("none-declared", {"shown": text}),))
    parts = _parts(text, options) if len(text) <= _LONGEST else None
    if parts is None:
        return Understood(None, doubts=(Doubt("not-a-choice", {"shown": text, "unknown": text}),))
    if not parts:
        return Understood(None, doubts=(Doubt("missing-value"),))
    named = {code for part in parts for code in _codes(part, options)}
    codes = tuple(option.code for option in options if option.code in named)
    unknown = "、".join(piece for part in parts for piece in _unknown(part, options))
    doubt = Doubt("not-a-choice", {"shown": text, "unknown": unknown or text})
    return Understood(codes or None, doubts=(doubt,) if unknown or not codes else ())


def _parts(text: str, options: Sequence[Option]) -> list[str] | None:
    """What is chosen, part by part. None where it cannot be told which words a tick belongs to."""
    if not any(mark in text for mark in _TICKED + _UNTICKED):
        return [part for part in _SEPARATORS.split(text) if part.strip()]
    pieces = re.split(f"([{_TICKED}{_UNTICKED}])", text)
    marks, labels = pieces[1::2], pieces[0::2]
    if not labels[0].strip(" (["):
        labels = labels[1:]
    elif labels[-1].strip(" )]"):
        return None
    ticked = [label for mark, label in zip(marks, labels, strict=False) if mark in _TICKED]
    listed = not any(mark in _UNTICKED for mark in marks)
    if listed and any(len(_codes(label, options)) > 1 for label in ticked):
        return None
    return ticked


def _codes(part: str, options: Sequence[Option]) -> set[str]:
    return {code for code, _, _ in _hits(part, options)}


def _hits(part: str, options: Sequence[Option]) -> Iterator[tuple[str, int, int]]:
    """Each option's word in the part, blanks left out: its code, where it begins and ends. The longest word wins."""
    pattern, meaning = _vocabulary(tuple(options))
    if code := _synonyms(tuple(options)).get(_IDLE.sub("", _plain(part))):
        yield code, 0, len(_plain(part))
        return
    for match in pattern.finditer(_plain(part)) if meaning else ():
        yield meaning[match[0]], match.start(), match.end()


@lru_cache(maxsize=64)
def _vocabulary(options: tuple[Option, ...]) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """One pattern for the words of all options, and the code of each; the first option that has a word has it."""
    named = [(_plain(word), option.code) for option in reversed(options) for word in (option.title, *option.keywords)]
    meaning = {word: code for word, code in named if word}
    return re.compile(words(" ".join(meaning))), meaning


@lru_cache(maxsize=64)
def _synonyms(options: tuple[Option, ...]) -> Mapping[str, str]:
    """The code of each word that means an option where it stands alone; the first option that has a word has it."""
    return {_plain(word): option.code for option in reversed(options) for word in option.synonyms if _plain(word)}


def _plain(word: str) -> str:
    return "".join(folded(word).split()).casefold()


def _unknown(part: str, options: Sequence[Option]) -> Iterator[str]:
    """The pieces of a part, as blanks divide it, that no option's word touches: not 知识 in 知识 竞赛."""
    hits = list(_hits(part, options))
    at = 0
    for piece in part.split():
        end = at + len(piece)
        touched = any(first < end and last > at for _, first, last in hits)
        if not touched and _IDLE.sub("", piece):
            yield piece
        at = end
