"""Decodes a Content-Transfer-Encoding (RFC 2045 section 6), also where its name is odd or the content is damaged."""

import binascii
import re
from collections.abc import Iterable

from mailbot.mail import uuencoded
from mailbot.mail.charsets import Note
from parsers.formats.helpers import base64_letters

IDENTITY = ""
BASE64, QUOTED_PRINTABLE, UUENCODE = "base64", "quoted-printable", "uuencode"
CUT_BASE64 = "base64内容不完整，可能在传送中被截断"
CUT = frozenset({CUT_BASE64, uuencoded.CUT})
"""The notes that say of a content that its end is missing."""

_NAMES = {
    "": IDENTITY,
    "7bit": IDENTITY,
    "8bit": IDENTITY,
    "7bits": IDENTITY,
    "8bits": IDENTITY,
    "binary": IDENTITY,
    "base64": BASE64,
    "b64": BASE64,
    "quotedprintable": QUOTED_PRINTABLE,
    "qp": QUOTED_PRINTABLE,
    "uuencode": UUENCODE,
    "uuencoded": UUENCODE,
    "uue": UUENCODE,
    "uu": UUENCODE,
}
_COMMENT = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"\s*\"?(?:x-)?([a-z0-9_ -]+)")


def named(fields: Iterable[str]) -> str:
    """The encoding that the fields of a part name, one of the constants above; of several the first that encodes.

    Comments, quotation marks, hyphens and an "x-" before a name do not matter. A name that is not known comes back as
    it was written.
    """
    unknown = IDENTITY
    for field in fields:
        plain = _COMMENT.sub(" ", field.lower())
        word = _WORD.match(plain)
        known = _NAMES.get(re.sub("[^a-z0-9]", "", word[1]) if word else "")
        if known:
            return known
        if known is None and not unknown:
            unknown = plain.strip()
    return unknown


def decode(raw: bytes, encoding: str, note: Note) -> bytes:
    """The bytes that were encoded; as they stand where the encoding is unknown or the bytes are not of it."""
    if encoding == IDENTITY:
        return raw
    if encoding == BASE64:
        return _base64(raw, note)
    if encoding == QUOTED_PRINTABLE:
        return binascii.a2b_qp(raw.replace(b"\0", b""))
    if encoding == UUENCODE:
        return _uuencoded(raw, note)
    note(f"内容的传输编码“{encoding[:40]}”不认识，按原样保存")
    return raw


def _base64(raw: bytes, note: Note) -> bytes:
    letters = raw.translate(None, base64_letters.BLANK)
    strange = letters.translate(None, base64_letters.LETTERS)
    if len(strange) * 20 > len(letters) or letters.count(b"=") * 6 > len(letters) > 12:  # as quoted-printable has them
        note("内容标注为base64却不是，按原样保存")
        return raw
    if strange:
        # a footer that some gateway wrote behind the end is no part of the file
        head, padding, rest = letters.partition(b"=")
        letters = head + padding if padding and rest.strip(b"=") else letters
        letters = letters.translate(None, strange)
        note("base64内容里夹有其他字符，已略去")
    try:
        return base64_letters.decoded(letters)
    except ValueError:
        note(CUT_BASE64)
        return base64_letters.decoded_start(letters)


def _uuencoded(raw: bytes, note: Note) -> bytes:
    _, files = uuencoded.taken_out(raw, note)
    if not files:
        note("内容标注为uuencode却不是，按原样保存")
        return raw
    return files[0].content
