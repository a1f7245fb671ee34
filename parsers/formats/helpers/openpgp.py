"""Recognizes OpenPGP messages, in ASCII armour or not (RFC 9580)."""

import re
import zlib

_ARMOUR = re.compile(rb"[\s\0]*-----BEGIN PGP MESSAGE(?:, PART [0-9X/]{1,20})?-----\s")
_SESSION_KEYS, _ENCRYPTED = {1, 3}, {9, 18, 20}
_COMPRESSED, _INSIDE = 8, {1, 3, 4, 9, 11, 18, 20}
_VERSIONS = {1: {2, 3, 6}, 3: {4, 5, 6}}
MOST_RECIPIENTS = 200


def is_message(content: bytes) -> bool:
    """Whether the bytes are an encrypted message, or one that is packed for signing; not a signature or a key alone."""
    if _ARMOUR.match(content):
        return True
    at = 0
    for number in range(MOST_RECIPIENTS):
        if (packet := _packet(content, at)) is None:
            return False
        tag, start, size = packet
        if tag in _ENCRYPTED:
            return number > 0
        if tag == _COMPRESSED:
            return number == 0 and _is_compressed(content[start : start + 1024])
        if tag not in _SESSION_KEYS or size is None or content[start : start + 1] not in _starts(tag):
            return False
        at = start + size
    return False


def _starts(tag: int) -> set[bytes]:
    return {bytes([version]) for version in _VERSIONS[tag]}


def _packet(content: bytes, at: int) -> tuple[int, int, int | None] | None:
    """The type of the packet at a place, where its body begins, and its size where it is told (section 4.2)."""
    header = content[at : at + 6]
    if len(header) < 3 or not header[0] & 0x80:
        return None
    if not header[0] & 0x40:
        octets = (1, 2, 4, 0)[header[0] & 3]
        size = int.from_bytes(header[1 : 1 + octets], "big") if octets else None
        return header[0] >> 2 & 15, at + 1 + octets, size
    tag, first = header[0] & 63, header[1]
    if first < 192:
        return tag, at + 2, first
    if first < 224:
        return tag, at + 3, ((first - 192) << 8) + header[2] + 192
    if first < 255:
        return tag, at + 2, None
    return tag, at + 6, int.from_bytes(header[2:6], "big")


def _is_compressed(body: bytes) -> bool:
    """Whether the body of a compressed data packet holds packets (section 5.6)."""
    if body[:1] not in (b"\1", b"\2"):
        return False
    try:
        start = zlib.decompressobj(-15 if body[0] == 1 else 15).decompress(body[1:], 16)
    except zlib.error:
        return False
    packet = _packet(start, 0)
    return packet is not None and packet[0] in _INSIDE
