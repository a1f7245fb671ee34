"""Where the keys and tables of a TOML text stand. Total: also for a text that is not TOML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

Path = tuple[str | int, ...]
"""("mailbox", 0, "imap", "port"): the way to a key, by names and numbers in arrays of tables."""

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
    | (?P<string>\"{3}(?:\\.|[^\\])*?(?:\"{3}|\Z) | '{3}.*?(?:'{3}|\Z) | "(?:\\[^\n]|[^"\\\n])*" | '[^'\n]*')
    | (?P<open>["'][^\n]*)
    | (?P<newline>\n)
    | (?P<blank>[ \t\r]+)
    | (?P<sign>[\[\]{}=,.])
    | (?P<word>[^ \t\r\n\[\]{}=,."'\#]+)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A piece of the text. `kind`: comment, string, open (a quotation mark that nothing closes on its line), newline,
    blank, sign or word."""

    kind: str
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Statement:
    """The head of a table, or a key with its value. `start`, `value` (behind =) and `end` are offsets."""

    path: Path
    is_table: bool
    start: int
    value: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """All of the text, piece by piece."""
    for found in _TOKEN.finditer(text):
        yield Token(found.lastgroup or "", found[0], found.start())


def statements(text: str) -> Iterator[Statement]:
    """The heads and keys, in the order of the text. An array of tables counts its tables from 0."""
    table: Path = ()
    tables: dict[Path, int] = {}
    for line in _logical_lines(text):
        if line[0].text == "[":
            is_array = line[1:2] != [] and line[1].text == "["
            names = _names(line, "]")
            if not names:
                continue
            table = _inside(names[:-1], tables) + names[-1:]
            if is_array:
                tables[table] = tables.get(table, -1) + 1
            if table in tables:
                table = (*table, tables[table])
            yield Statement(table, True, line[0].start, line[0].start, _end(line))
        elif equals := next((token for token in line if token.text == "="), None):
            yield Statement((*table, *_names(line, "=")), False, line[0].start, equals.start + 1, _end(line))


def _logical_lines(text: str) -> Iterator[list[Token]]:
    """The pieces that belong together: up to the end of the line on which every bracket of a value is closed."""
    line: list[Token] = []
    depth = 0
    for token in tokens(text):
        if token.kind == "newline":
            if line and (depth <= 0 or line[0].text == "["):
                yield line
                line, depth = [], 0
        elif token.kind not in ("comment", "blank"):
            line.append(token)
            depth += (token.text in ("[", "{")) - (token.text in ("]", "}"))
    if line:
        yield line


def _end(line: list[Token]) -> int:
    return line[-1].start + len(line[-1].text)


def _names(line: list[Token], end: str) -> Path:
    """The parts of a dotted key or head."""
    before = []
    for token in line:
        if token.text == end:
            break
        before.append(token)
    names = (list(group) for is_name, group in groupby(before, lambda t: t.kind in ("word", "string")) if is_name)
    return tuple("".join(token.text.strip("\"'") for token in group) for group in names)


def _inside(names: Path, tables: dict[Path, int]) -> Path:
    """The way through arrays of tables, to the last table of each."""
    path: Path = ()
    for name in names:
        path = (*path, name)
        if path in tables:
            path = (*path, tables[path])
    return path
