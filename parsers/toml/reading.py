"""Reads a TOML file as editors leave it: with or without a byte order mark, in UTF-8 or UTF-16."""

import codecs
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parsers.toml.diagnosis import Place, diagnose, place_of
from parsers.toml.statements import Path, statements

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class TomlFault(Exception):
    """The file cannot be read; `str()` begins with the line and says what would be right."""


@dataclass(frozen=True, slots=True)
class Toml:
    """What a file holds, and the line of every key and table that stands on one of its own."""

    data: dict[str, Any]
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int | None:
        """Where a key stands, or else what it is in; None for the whole file."""
        for end in range(len(path), 0, -1):
            inside = (line for key, line in self.lines.items() if key[:end] == path[:end])
            if line := next(inside, None):
                return line
        return None


def read(content: bytes) -> Toml:
    """Read a file. Raises TomlFault with one sentence that names line and column."""
    text = _text(content).replace("\r\n", "\n")
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise TomlFault("line 1: brackets are nested too deeply; a [ or { is not closed") from None
    except ValueError as error:  # TOMLDecodeError, and numbers that Python takes for too long
        place, sentence = diagnose(text, str(error))
        raise TomlFault(f"{_where(place)}: {sentence}") from error
    lines: dict[Path, int] = {}
    for statement in statements(text):
        lines.setdefault(statement.path, place_of(text, statement.start).line)
    return Toml(data, lines)


def _text(content: bytes) -> str:
    mark, encoding = next(((m, e) for m, e in _MARKS if content.startswith(m)), (b"", "utf-8"))
    content = content[len(mark) :]
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, "replace")
        raise TomlFault(
            f"{_where(place_of(before, len(before)))}: {_encoding(content, encoding)}; save it as UTF-8"
        ) from error


def _encoding(content: bytes, supposed: str) -> str:
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return "the file is damaged here, or not UTF-8"
    if supposed != "utf-8":
        return "the file is damaged here"
    return "the file is not UTF-8 but, it seems, GBK (what a Chinese Windows calls ANSI)"


def _where(place: Place) -> str:
    return f"line {place.line}, column {place.column}"
