"""Finds the header of a message, also behind empty lines, marks, and lines that are none of its own."""

import codecs
import re
from collections.abc import Iterable

from mailbot.mail import headers
from mailbot.mail.charsets import Note

_BLANK = re.compile(rb"(?:\xef\xbb\xbf|[\0 \t\r\n])*+")
_EMPTY_LINE = re.compile(rb"\n[ \t\0]*+\r*+\n")
_BEGINS = re.compile(rb">?From |[A-Za-z][A-Za-z0-9-]*[ \t]*:")
_SEARCHED = 64 * 1024
_MOST_PARAGRAPHS = 5

_AUTHORS = frozenset(
    {"from", "sender", "to", "subject", "date", "message-id", "mime-version", "content-type"}
    | {"content-transfer-encoding"}
)
"""Fields that the program of the author writes; a header has at least one."""
_COMPANIONS = frozenset({"to", "date", "subject", "message-id", "received", "mime-version"})
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be", b"F\0r\0o\0m\0": "utf-16-le"}


def as_bytes(raw: bytes) -> bytes:
    """A message that was saved as UTF-16 in UTF-8; any other as it is."""
    for mark, charset in _UTF_16.items():
        if raw.startswith(mark):
            return raw.decode(charset, "replace").removeprefix("\ufeff").encode("utf-8", "replace")
    return raw


def split(buffer: bytes, start: int, end: int, note: Note) -> tuple[list[headers.Field], int]:
    """The fields of the message in buffer[start:end], and where its body begins; see `headers.split`.

    What stands before them and is none is left out: empty lines, a byte order mark, a line of a mailbox file, a few
    paragraphs that some program wrote there. Fields of the way that a server wrote before an empty line are joined to
    those behind it.
    """
    begin = _behind_blanks(buffer, start, end)
    fields, body = headers.split(buffer, begin, end, note)
    if begin != start and not _names(fields):
        return headers.split(buffer, start, end, note)
    if _names(fields).isdisjoint(_AUTHORS) and (later := _later_header(buffer, begin, body, end, note)):
        note("邮件头之前或中间有空行或其他文字，已从后面的邮件头读起")
        return [*fields, *later[0]], later[1]
    return fields, body


def _behind_blanks(buffer: bytes, start: int, end: int) -> int:
    """Where the header begins behind empty lines and marks; the start itself where none follows."""
    blank = _BLANK.match(buffer, start, end)
    begin = blank.end() if blank else start
    return begin if _BEGINS.match(buffer, begin, end) else start


def _later_header(buffer: bytes, start: int, body: int, end: int, note: Note) -> tuple[list[headers.Field], int] | None:
    """The header of an author that begins behind one of the next empty lines."""
    at = body
    for _ in range(_MOST_PARAGRAPHS):
        begin = _behind_blanks(buffer, at, end)
        if _BEGINS.match(buffer, begin, end):
            fields, behind = headers.split(buffer, begin, end, note)
            names = _names(fields)
            if "from" in names and not names.isdisjoint(_COMPANIONS):
                return fields, behind
        empty = _EMPTY_LINE.search(buffer, max(at - 1, start), min(end, start + _SEARCHED))
        if empty is None:
            return None
        at = max(empty.end(), at + 1)
    return None


def _names(fields: Iterable[headers.Field]) -> frozenset[str]:
    return frozenset(name for name, _ in fields)
