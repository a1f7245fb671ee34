"""Builds CMS messages (RFC 5652) byte for byte, as mail programs write them: in one piece or streamed."""

import zlib

DATA, SIGNED, ENVELOPED = (b"\x2a\x86\x48\x86\xf7\x0d\x01\x07" + bytes([n]) for n in (1, 2, 3))
COMPRESSED, AUTH_ENVELOPED = (b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01" + bytes([n]) for n in (9, 23))
_SHA256 = bytes.fromhex("608648016503040201")
_ZLIB = bytes.fromhex("2a864886f70d0109100308")
SEQUENCE, SET, INTEGER, OCTETS, IDENTIFIER, EXPLICIT = 0x30, 0x31, 0x02, 0x04, 0x06, 0xA0
PIECE = 1000


def value(tag: int, *contents: bytes, streamed: bool = False) -> bytes:
    """A value with its tag and length; `streamed`: of a length that is told by its end (X.690 section 8.1.3.6)."""
    content = b"".join(contents)
    if streamed:
        return bytes([tag, 0x80]) + content + b"\0\0"
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def signed(content: bytes | None, *, streamed: bool = False, held: bytes = b"") -> bytes:
    """Signed data without a signer; None: the signature of something that stands elsewhere.

    `held`: what stands in place of the string of bytes.
    """
    algorithms = value(SET, value(SEQUENCE, value(IDENTIFIER, _SHA256)))
    inside = value(SEQUENCE, value(IDENTIFIER, DATA), value(EXPLICIT, held)) if held else _inside(content, streamed)
    return _content_info(SIGNED, [_version(1), algorithms, inside, value(SET)], streamed)


def compressed(content: bytes, *, streamed: bool = False) -> bytes:
    """Compressed data (RFC 3274)."""
    way = value(SEQUENCE, value(IDENTIFIER, _ZLIB))
    return _content_info(COMPRESSED, [_version(0), way, _inside(zlib.compress(content), streamed)], streamed)


def enveloped(content: bytes, *, kind: bytes = ENVELOPED, streamed: bool = False) -> bytes:
    """Encrypted data: the content turned over, which nobody can read who does not know that."""
    turned = value(SEQUENCE, value(IDENTIFIER, DATA), value(0x80, content[::-1]))
    return _content_info(kind, [_version(2), value(SET), turned], streamed)


def octets(content: bytes, *, streamed: bool) -> bytes:
    """A string of bytes, streamed in pieces."""
    if not streamed:
        return value(OCTETS, content)
    pieces = (value(OCTETS, content[n : n + PIECE]) for n in range(0, len(content), PIECE))
    return value(OCTETS | 0x20, *pieces, streamed=True)


def _inside(content: bytes | None, streamed: bool) -> bytes:
    if content is None:
        return value(SEQUENCE, value(IDENTIFIER, DATA))
    held = value(EXPLICIT, octets(content, streamed=streamed), streamed=streamed)
    return value(SEQUENCE, value(IDENTIFIER, DATA), held, streamed=streamed)


def _content_info(kind: bytes, fields: list[bytes], streamed: bool) -> bytes:
    held = value(EXPLICIT, value(SEQUENCE, *fields, streamed=streamed), streamed=streamed)
    return value(SEQUENCE, value(IDENTIFIER, kind), held, streamed=streamed)


def _version(number: int) -> bytes:
    return value(INTEGER, bytes([number]))
