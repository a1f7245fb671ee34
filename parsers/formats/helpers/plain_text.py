"""Decodes plain text, and finds the delimiter between the columns of a table in it."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

_STRANGE = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ue000-\uf8ff]")
_MOST_STRANGE, _MOST_ACCENTS = 1 / 50, 1 / 10
"""The share of control and private-use characters, of which a name with a rare character has one and other files have
many; that of letters with accents."""


_COMMON, _RARE = "\t,;|，", "#^~¦"
"""Delimiters; those of the second kind mean other things as well."""
_LOOKED_AT, _FEWEST, _LONGEST = 100_000, 3, 40
"""Characters of a text that are looked at; columns of a table, and characters of a cell, that tell it from prose."""
_STOPS = ("。", "！", "？", ".", "!", "?", ",", "，")


def text_of(content: bytes) -> str | None:
    """The text that the bytes are in a charset that offices use: Unicode with or without a mark, GB 18030, or Latin.

    None where they are no text: more than one in fifty characters is a control or private-use one. Damaged UTF-8 and
    GB 18030 show U+FFFD in the damaged places.
    """
    text = _decoded(content)
    if text is None or "\0" in text or len(_STRANGE.findall(text)) > _MOST_STRANGE * len(text):
        return None
    return text


def _decoded(content: bytes) -> str | None:
    for mark, charset in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            return content.removeprefix(mark).decode(charset, "replace")
    if b"\0" in content[:1024]:
        return _strictly(content, "utf-16-le" if content[1::2].count(0) >= content[::2].count(0) else "utf-16-be")
    for charset in ("utf-8", "gb18030"):
        if charset == "gb18030" and _is_nearly_utf8(content):
            return content.decode("utf-8", "replace")
        if (text := _strictly(content, charset)) is not None:
            return text
    if _is_nearly_gb(content):
        return content.decode("gb18030", "replace")
    return content.decode("cp1252", "replace") if _foreign(content) <= _MOST_ACCENTS * len(content) else None


def _strictly(content: bytes, charset: str) -> str | None:
    try:
        return content.decode(charset)
    except UnicodeDecodeError:
        return None


def _is_nearly_utf8(content: bytes) -> bool:
    """Whether nine tenths of the bytes beyond ASCII stand in UTF-8 sequences; in GB 18030 few ever do."""
    in_sequences = sum(map(len, re.findall(rb"[\xe3-\xef][\x80-\xbf]{2}", content)))
    return in_sequences >= 0.9 * _foreign(content)


def _is_nearly_gb(content: bytes) -> bool:
    """Whether nine tenths of the bytes beyond ASCII stand in pairs that are Chinese characters or signs."""
    in_pairs = sum(map(len, re.findall(rb"[\xa1-\xa9\xb0-\xf7][\xa1-\xfe]", content)))
    return in_pairs >= 0.9 * _foreign(content)


def _foreign(content: bytes) -> int:
    """How many bytes are beyond ASCII."""
    return len(re.findall(rb"[\x80-\xff]", content))


def delimiter_of(text: str) -> str | None:
    """The character between the columns, None where the text is no table.

    It is the one that makes the most cells in rows of one width; a single row, such as a title or a note full of
    commas, decides nothing. Where no two rows have one width, each of them must be divided.
    """
    if match := re.match(r"sep=(.)\r?\n", text):
        return match[1]
    best = max(_COMMON, key=lambda delimiter: _weight(text, delimiter))
    if _weight(text, best):
        return best
    return next((delimiter for delimiter in (*_COMMON, *_RARE) if _divides_each_row(text, delimiter)), None)


def _divides_each_row(text: str, delimiter: str) -> bool:
    """Whether short cells stand between the delimiters in every row, of rows of one width where it is a rare one."""
    rows = [row for line in text[:_LOOKED_AT].splitlines() if (row := line.strip())]
    cells = [row.split(delimiter) for row in rows]
    if len(rows) < 2 or not all(len(row) > 1 for row in cells):
        return False
    if delimiter in _RARE:
        return len(cells[0]) >= _FEWEST and len({len(row) for row in cells}) == 1
    return max(len(cell) for row in cells for cell in row) <= _LONGEST and not any(row.endswith(_STOPS) for row in rows)


def _weight(text: str, delimiter: str) -> int:
    if delimiter not in text:
        return 0
    try:
        widths = _widths(text[:_LOOKED_AT], delimiter, csv.QUOTE_MINIMAL)
    except csv.Error:  # a quote without its pair
        widths = _widths(text[:_LOOKED_AT], delimiter, csv.QUOTE_NONE)
    cells = max((rows * (width - 1) for width, rows in widths.items() if width > 1 and rows > 1), default=0)
    return 2 * cells if delimiter == "\t" else cells  # a tab hardly ever stands in a cell


def _widths(text: str, delimiter: str, quoting: Literal[0, 3]) -> Counter[int]:
    """How many rows have how many cells."""
    with any_field_size(text):
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting, strict=True)
        return Counter(len(row) for row in rows if any(cell.strip() for cell in row))


@contextmanager
def any_field_size(text: str) -> Iterator[None]:
    """Let a cell of this text be as long as it may be; the limit is the whole process's, so it is put back."""
    before = csv.field_size_limit(max(len(text) + 1, csv.field_size_limit()))
    try:
        yield
    finally:
        csv.field_size_limit(before)
