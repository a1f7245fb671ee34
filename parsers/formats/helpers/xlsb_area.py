"""Tells how large a sheet of an .xlsb is before a library makes all of it ([MS-XLSB] 2.1.4, 2.2.1)."""

import struct

from parsers.child import work

_ROW, _CELLS, _BEGIN = 0, range(1, 12), 145
_RECORD = 1.5
"""Units of work of a record."""
_FAR = 1 << 32
_MOST_DIGITS = 4
"""Bytes of a record's length."""


def positions(part: bytes) -> int:
    """Of the rectangle around all cells of a part; 0 where it holds none. Total: what is cut short ends it."""
    row, at, has_begun = 0, 0, False
    top, left, bottom, right = _FAR, _FAR, -1, -1
    while at < len(part):
        work.spend(_RECORD)
        kind, at = part[at], at + 1
        if kind & 0x80 and at < len(part):
            kind, at = kind & 0x7F | (part[at] & 0x7F) << 7, at + 1
        size, at = _size(part, at)
        has_begun |= kind == _BEGIN
        if has_begun and (kind == _ROW or kind in _CELLS) and at + 4 <= len(part):
            (number,) = struct.unpack_from("<I", part, at)
            if kind == _ROW:
                row = number
            else:
                top, left, bottom, right = min(top, row), min(left, number), max(bottom, row), max(right, number)
        at += size
    return (bottom - top + 1) * (right - left + 1) if bottom >= 0 else 0


def _size(part: bytes, at: int) -> tuple[int, int]:
    """The length of a record, of which seven bits stand in each byte, and the place behind it."""
    size = 0
    for place in range(_MOST_DIGITS):
        if at >= len(part):
            break
        digit, at = part[at], at + 1
        size |= (digit & 0x7F) << 7 * place
        if digit < 0x80:
            break
    return size, at
