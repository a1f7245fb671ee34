"""Signed and wrapped files whose tags and lengths never end (CMS, winmail.dat, uuencode)."""

import struct
import zlib

from hostile_cases import hostile

from support import cms

_SIGNED = cms.value(cms.IDENTIFIER, cms.SIGNED)


@hostile(".p7m", "broken|too-large", short=1_000, long=150_000, longer=900_000)
def cms_tag_without_end(length: int) -> bytes:
    """A tag number of which each byte says that another one follows (X.690 section 8.1.2.4)."""
    return cms.value(cms.SEQUENCE, _SIGNED, b"\xbf" + b"\xff" * length)


@hostile(".p7m", "broken", few=50, many=30_000)
def cms_nested(depth: int) -> bytes:
    return cms.value(cms.SEQUENCE, _SIGNED, b"\xa0\x80" * depth)


@hostile(".p7m", "broken", few=20, many=20_000)
def cms_string_of_strings(depth: int) -> bytes:
    return cms.signed(None, held=b"\x24\x80" * depth)


@hostile(".p7m", "broken", huge=b"\x84\xff\xff\xff\xff", longest=b"\xfe" + b"\xff" * 126, reserved=b"\xff")
def cms_length(length: bytes) -> bytes:
    return b"\x30\x82\x10\x00" + _SIGNED + b"\xa0" + length + b"\0" * 60_000


@hostile(".p7m", "unknown-type", bytes_each=1, few_each=3)
def cms_pieces(size: int) -> bytes:
    pieces = b"".join(cms.value(cms.OCTETS, b"a,b\n"[:size]) for _ in range(30_000))
    return cms.signed(None, held=cms.value(cms.OCTETS | 0x20, pieces, streamed=True))


@hostile(".p7m", "too-large")
def cms_compressed() -> bytes:
    return cms.compressed(b"\0" * 150_000_000)


@hostile(".p7m", "read")
def cms_in_cms() -> bytes:
    content = b"a,b\n1,2\n"
    for _ in range(60):
        content = cms.signed(content)
    return content


@hostile(".p7m", "broken")
def cms_certificates() -> bytes:
    one = cms.value(cms.SEQUENCE, cms.value(cms.INTEGER, b"\1"))
    return cms.value(cms.SEQUENCE, _SIGNED, cms.value(cms.EXPLICIT, cms.value(cms.SEQUENCE, one * 30_000)))


def _tnef(*attributes: tuple[int, bytes]) -> bytes:
    said = b"".join(
        b"\2" + struct.pack("<II", kind, len(held)) + held + struct.pack("<H", sum(held) & 0xFFFF)
        for kind, held in attributes
    )
    return b"\x78\x9f\x3e\x22\1\0" + said


_FILE, _NAME, _DATA = 0x00069002, 0x00018010, 0x0006800F


@hostile(".dat", "too-large", files=3_000, more=20_000)
def tnef_files(number: int) -> bytes:
    return _tnef(*[(_FILE, bytes(14)), (_NAME, b"a.csv\0"), (_DATA, b"a,b\n")] * number)


@hostile(".dat", "truncated", long=0xFFFFFFFF, negative=0x80000000)
def tnef_length(length: int) -> bytes:
    return b"\x78\x9f\x3e\x22\1\0\2" + struct.pack("<II", _DATA, length) + b"\0" * 10_000


@hostile(".dat", "archive")
def tnef_properties() -> bytes:
    return _tnef((_FILE, bytes(14)), (0x00069005, struct.pack("<I", 0xFFFFFFF0) + b"\x1f\0\1\x37" * 20_000))


@hostile(".xlsx", "truncated")
def nothing_but_zlib() -> bytes:
    return b"PK\3\4" + zlib.compress(b"\0" * 1_000_000)


@hostile(".p7m", "broken")
def cms_tags_among_the_signers() -> bytes:
    """Tag numbers of a thousand bytes where nobody looks for a content."""
    long = b"\xbf" + b"\xff" * 20_000 + b"\1\2\5\0"
    return cms.value(cms.SEQUENCE, _SIGNED, cms.value(cms.EXPLICIT, cms.value(cms.SEQUENCE, long * 8)))


@hostile(".p7m", "broken|unknown-type|too-large|read")
def cms_of_very_many_values() -> bytes:
    return cms.signed(b"a,b\n1,2\n", held=b"") + b"\5\0" * 90_000


@hostile(".p7m", "too-large")
def cms_compressed_in_compressed() -> bytes:
    return cms.compressed(cms.compressed(b"1,2\n" * 40_000_000))


@hostile(".dat", "read|too-large|archive|truncated|unknown-type")
def tnef_properties_of_many_files() -> bytes:
    names = struct.pack("<I", 9_000) + (struct.pack("<HHII", 0x1E, 0x3707, 1, 4) + b"a.c\0") * 9_000
    return _tnef(*[(_FILE, bytes(14)), (0x00069005, names), (_DATA, b"a,b\n1,2\n")] * 60)


@hostile(".dat", "read|too-large|archive|truncated|unknown-type|broken")
def tnef_values_without_end() -> bytes:
    many = struct.pack("<I", 0xFFFFFFF0) + struct.pack("<HHI", 0x101E, 0x3707, 0xFFFFFFFF) + b"\0" * 150_000
    return _tnef((_FILE, bytes(14)), (0x00069005, many))
