"""Decodes a Content-Transfer-Encoding (RFC 2045 section 6), also where the content is damaged."""

import binascii
import re
import string

from mailbot.mail.charsets import Note

IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
CUT_BASE64 = "base64内容不完整，可能在传送中被截断"
CUT_UUENCODE = "uuencode内容没有结尾，可能在传送中被截断"
CUT = frozenset({CUT_BASE64, CUT_UUENCODE})
"""The notes that say of a content that its end is missing."""

_BASE64 = (string.ascii_letters + string.digits + "+/=").encode()
_BLANK = string.whitespace.encode()
_RUN = re.compile(rb"[^=]+=*")


def decode(raw: bytes, encoding: str, note: Note) -> bytes:
    """The bytes that were encoded; as they stand where the encoding is unknown or the bytes are not of it."""
    if encoding in IDENTITY:
        return raw
    if encoding == "base64":
        return _base64(raw, note)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(raw)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uuencoded(raw, note)
    note(f"内容的传输编码“{encoding[:40]}”不认识，按原样保存")
    return raw


def base64(raw: bytes) -> bytes:
    """Base64 letters without blanks, whole or in padded runs one after the other; ValueError where one is missing."""
    return b"".join(_padded(run.rstrip(b"=")) for run in _RUN.findall(raw))


def _padded(run: bytes) -> bytes:
    return binascii.a2b_base64(run + b"=" * (-len(run) % 4))


def _base64(raw: bytes, note: Note) -> bytes:
    letters = raw.translate(None, _BLANK)
    strange = letters.translate(None, _BASE64)
    if len(strange) * 20 > len(letters):
        note("内容标注为base64却不是，按原样保存")
        return raw
    if strange:
        # a footer that some gateway wrote behind the end is no part of the file
        head, padding, rest = letters.partition(b"=")
        letters = head + padding if padding and rest.strip(b"=") else letters
        letters = letters.translate(None, strange)
        note("base64内容里夹有其他字符，已略去")
    try:
        return base64(letters)
    except ValueError:
        note(CUT_BASE64)
        return base64(b"".join(run.rstrip(b"=")[: len(run.rstrip(b"=")) // 4 * 4] for run in _RUN.findall(letters)))


def _uuencoded(raw: bytes, note: Note) -> bytes:
    lines = raw.splitlines()
    begin = next((n for n, line in enumerate(lines) if line.startswith(b"begin ")), None)
    if begin is None:
        note("内容标注为uuencode却不是，按原样保存")
        return raw
    content = bytearray()
    for line in lines[begin + 1 :]:
        if line.strip() == b"end":
            return bytes(content)
        try:
            content += binascii.a2b_uu(line)
        except binascii.Error:
            note("uuencode内容有残缺的行，已略去")
    note(CUT_UUENCODE)
    return bytes(content)
