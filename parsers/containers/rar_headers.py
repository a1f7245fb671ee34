"""Reads the headers of a RAR archive, for what programs that unpack it do not tell.

What a block is: RAR's technote.txt, "RAR archive format", in the edition of RAR 4 and in that of RAR 5.
"""

import struct
import zlib
from collections.abc import Iterator

from parsers.containers import faults

OLD, NEW = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
_MAIN, _FILE, _END = 0x73, 0x74, 0x7B
_VOLUME, _LARGE, _MORE = 0x1, 0x100, 0x8000
_NEW_MAIN, _HAS_EXTRA = 1, 0x1


def is_volume(content: bytes) -> bool:
    """Whether it is one of several files over which an archive was spread. Total."""
    try:
        if content.startswith(NEW):
            return _is_new_volume(content)
        kind, flags = struct.unpack_from("<BH", content, len(OLD) + 2)
    except (struct.error, IndexError):
        return False
    return content.startswith(OLD) and kind == _MAIN and bool(flags & _VOLUME)


def _is_new_volume(content: bytes) -> bool:
    at = len(NEW) + 4
    _, at = _number(content, at)
    kind, at = _number(content, at)
    flags, at = _number(content, at)
    if flags & _HAS_EXTRA:
        _, at = _number(content, at)
    return kind == _NEW_MAIN and bool(_number(content, at)[0] & _VOLUME)


def _number(content: bytes, at: int) -> tuple[int, int]:
    """A "vint", and the place behind it."""
    number = shift = 0
    while content[at] & 0x80:
        number |= (content[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return number | content[at] << shift, at + 1


def count(content: bytes) -> int:
    """How many files and folders an archive of RAR 3 or 4 holds, told by its headers.

    Raises Unreadable: `truncated` where it does not go as far as its end, `broken` where a header's sum does not match.
    """
    try:
        return sum(kind == _FILE for kind in _blocks(content))
    except struct.error as error:
        raise faults.truncated() from error


def _blocks(content: bytes) -> Iterator[int]:
    """The kind of each block up to the one that ends the archive."""
    at, kind = len(OLD), 0
    while kind != _END:
        sum_, kind, flags, size = struct.unpack_from("<HBHH", content, at)
        if size < 7 or sum_ != zlib.crc32(content[at + 2 : at + size]) & 0xFFFF:
            raise faults.broken()
        yield kind
        at += size + _packed(content, at, kind, flags)


def _packed(content: bytes, at: int, kind: int, flags: int) -> int:
    """Bytes that follow the header of a block."""
    low = struct.unpack_from("<L", content, at + 7)[0] if flags & _MORE else 0
    high = struct.unpack_from("<L", content, at + 32)[0] if kind == _FILE and flags & _LARGE else 0
    return int(low + (high << 32))
