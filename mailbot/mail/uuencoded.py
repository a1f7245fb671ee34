"""Finds the files that are written in a text: uuencoded, or in base64 between the same marks (POSIX, uuencode)."""

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailbot.mail import charsets, encoded_words, filenames
from mailbot.mail.charsets import Note
from parsers.formats.file_kind import FileKind, kind_of
from parsers.formats.helpers import base64_letters

CUT = "uuencode内容没有结尾，可能在传送中被截断"
DAMAGED = "uuencode内容有残缺的行，可能在传送中损坏"

_BEGIN = re.compile(rb"begin(-base64)? [0-7]{3,4} ([^\0]+)")
_FULL = 45
"""Bytes in every line of a file but its last."""
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_LEAST_SURE = 3 * _FULL
_WORDS = frozenset({FileKind.EMPTY, FileKind.UNKNOWN, FileKind.TEXT, FileKind.CSV})
"""What a few lines of words could be taken for; what is shorter than that and one of these stays words."""
_MOST_DAMAGED = 3
"""Lines one after the other, behind which the file may go on."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written in a text."""

    name: str | None
    content: bytes
    damaged: bool = False
    """Whether a line in the midst of it cannot be read."""


@dataclass(slots=True)
class _Lines:
    """The lines of a text, and which of them are read."""

    lines: Sequence[bytes]
    at: int = 0
    damaged: bool = False

    def rest(self) -> Iterator[bytes]:
        """Each line that is left, without what ends it."""
        while self.at < len(self.lines):
            self.at += 1
            yield self.lines[self.at - 1].rstrip(b"\r\n\0")

    def ahead(self) -> list[bytes]:
        """The next few lines."""
        return [line.rstrip(b"\r\n\0") for line in self.lines[self.at : self.at + _MOST_DAMAGED]]


def taken_out(text: bytes, note: Note) -> tuple[bytes, tuple[Written, ...]]:
    """The text without the files that are written in it, and the files.

    A file begins where a line says so and the next is of its kind. Where its end is missing, it ends before the first
    line that is not; that is noted.
    """
    if b"begin" not in text:
        return text, ()
    source = _Lines(text.splitlines(keepends=True))
    words: list[bytes] = []
    files: list[Written] = []
    for line in source.rest():
        if (match := _BEGIN.fullmatch(line)) and (content := _content(source, bool(match[1]), note)):
            files.append(Written(_name(match[2], note), content, source.damaged))
        else:
            words.append(source.lines[source.at - 1])
    return b"".join(words), tuple(files)


def _name(raw: bytes, note: Note) -> str | None:
    return filenames.shown(encoded_words.decode_words(charsets.unlabelled(raw.strip(), note), note)) or None


def _content(source: _Lines, is_base64: bool, note: Note) -> bytes:
    """What is written from here on; b"" where the lines are no file's, and none of them is then read."""
    begun, source.damaged = source.at, False
    content = _base64(source, note) if is_base64 else _uuencoded(source, note)
    if not content:
        source.at = begun
    return content


def _uuencoded(source: _Lines, note: Note) -> bytes:
    content = bytearray()
    is_last = is_ended = False
    for line in source.rest():
        if line.strip() == b"end":
            is_ended = True
            break
        piece = _piece(line)
        if piece and not is_last:
            content += piece
            is_last = len(piece) < _FULL
        elif piece is None and content and not is_last and any(map(_piece, source.ahead())):
            source.damaged = True
            note(DAMAGED)
        elif piece is None or piece:
            source.at -= 1
            break
    if len(content) < _LEAST_SURE and kind_of(bytes(content)) in _WORDS:
        return b""
    if not is_ended:
        note(CUT)
    return bytes(content)


def _piece(line: bytes) -> bytes | None:
    """The bytes that a line stands for; None where it is none of a uuencoded file. Blanks at its end may be lost."""
    if not line.strip():
        return b""
    size = (line[0] - 32) & 63
    letters = -(-size // 3) * 4
    if not 32 <= line[0] <= 96 or len(line) > 1 + letters + 2:  # some programs add a letter as a check
        return None
    try:
        return binascii.a2b_uu(line[: 1 + letters])
    except binascii.Error:
        return None


def _base64(source: _Lines, note: Note) -> bytes:
    letters: list[bytes] = []
    for line in source.rest():
        if line.strip() == b"====":
            break
        if not _BASE64_LINE.fullmatch(line.strip()):
            source.at -= 1
            note(CUT)
            break
        letters.append(line)
    else:
        note(CUT)
    try:
        return base64_letters.decoded(b"".join(letters))
    except ValueError:
        return base64_letters.decoded_start(b"".join(letters))
