"""Finds files behind an encoding that nothing declares: base64 in base64, or base64 that is said to be plain text.

Only what decodes strictly and gives a known kind of file is taken for one; words stay words.
"""

import binascii
import re
from collections.abc import Iterator

from mailbot.mail.charsets import Note
from parsers.formats.file_kind import FileKind, kind_of
from parsers.formats.helpers import base64_letters

DEEPEST = 3
"""How many encodings may lie one in another."""

_NONE = frozenset({FileKind.UNKNOWN, FileKind.EMPTY})
_TEXTS = frozenset({FileKind.TEXT, FileKind.CSV})
_SHORTEST_TEXT = 64
"""Letters; a shorter word may happen to be the base64 of some text."""
_LINES = re.compile(rb"\s*+(?:[A-Za-z0-9+/]++[ \t]*+\r*+\n\s*+)*+(?:[A-Za-z0-9+/]++={0,2}+\s*+)?+")
_WRONG_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r*\n|[ \t]*\Z)")
_ESCAPE = re.compile(rb"=[89A-F][0-9A-F]")
"""Of a byte beyond ASCII; in an address of a page "=30" is a value."""
_LEAST_ESCAPES = 6
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_BLOCK = re.compile(rb"^(?:[A-Za-z0-9+/]{56,76}\r*\n){4,}[A-Za-z0-9+/]{0,76}={0,2}[ \t]*\r*$", re.MULTILINE)
"""A file in the midst of words: lines of the length that mail programs break base64 at (RFC 2045 section 6.8)."""


def unwrapped(content: bytes, note: Note) -> bytes:
    """The file whose base64 or quoted-printable form these bytes are; the same bytes where they are no such form."""
    inside = content
    for _ in range(DEEPEST):
        inside = next((found for found in _decoded(inside) if _is_encoded(found) or _is_file(found)), b"")
        if not inside:
            return content
        if _is_file(inside) and not _is_encoded(inside):
            note("内容另有一层未标明的编码，已解开")
            return inside
    return content


def taken_out(words: bytes, note: Note) -> tuple[bytes, tuple[bytes, ...]]:
    """Words without the files that stand in base64 among them, and the files."""
    files: list[bytes] = []
    if words.isspace():
        return words, ()

    def take(match: re.Match[bytes]) -> bytes:
        found = next((f for f in _decoded(match[0]) if _is_file(f) and kind_of(f) not in _TEXTS), None)
        if found is None:
            return match[0]
        files.append(found)
        return b""

    words = _BLOCK.sub(take, words)
    if files:
        note("正文中夹有以base64书写的文件，已取出")
    return words, tuple(files)


def _is_encoded(content: bytes) -> bool:
    """Whether it may be base64 in turn."""
    return len(content) >= _SHORTEST_TEXT and _LINES.fullmatch(content) is not None


def _is_file(content: bytes) -> bool:
    kind = kind_of(content)
    if kind in _TEXTS:
        return len(content) >= _SHORTEST_TEXT * 3 // 4 and _is_text(content)
    return kind not in _NONE


def _is_text(content: bytes) -> bool:
    """Whether it is text beyond doubt; most bytes can be read as something in GB 18030."""
    for charset in ("utf-8", "gb2312"):
        try:
            return not _CONTROL.search(content.decode(charset))
        except UnicodeDecodeError:
            continue
    return False


def _decoded(content: bytes) -> Iterator[bytes]:
    """What the bytes are if they are base64 or quoted-printable."""
    if not content.isascii() or content.isspace():
        return
    plain = content.replace(b"\0", b"")
    for end in (b"\r\r\n", b"\r\n", b"\r"):
        plain = plain.replace(end, b"\n")
    if _LINES.fullmatch(plain):
        try:
            yield base64_letters.decoded(plain)
        except ValueError:
            yield base64_letters.decoded_start(plain)
    if b"=" in plain and len(_ESCAPE.findall(plain)) >= _LEAST_ESCAPES and not _WRONG_ESCAPE.search(plain):
        yield binascii.a2b_qp(plain)
