"""Reads the texts that the sheets of a binary workbook share ([MS-XLS] 2.4.265, 2.5.293)."""

import struct
from collections.abc import Sequence

_WIDE, _PHONETIC, _RICH = 0x01, 0x04, 0x08
_HEADER = 8
_RUN = struct.Struct("<HH")

Runs = list[tuple[int, int]]
"""(first character, number of the font) for each piece of a text but the first."""


def strings_of(pieces: Sequence[bytes]) -> tuple[list[str], dict[int, Runs]]:
    """The texts of an SST record and the CONTINUE records behind it, and the runs of those that have some.

    As many as there are: programs write wrong counts. Half of a surrogate pair becomes U+FFFD.
    """
    reader = _Reader(pieces)
    strings: list[str] = []
    runs: dict[int, Runs] = {}
    try:
        while not reader.is_at_end():
            text, own = _string(reader)
            if own:
                runs[len(strings)] = own
            strings.append(text)
    except (struct.error, IndexError):  # the last one is cut off
        pass
    return strings, runs


def _string(reader: "_Reader") -> tuple[str, Runs]:
    length, options = reader.unpacked("<HB", 3)
    (count,) = reader.unpacked("<H", 2) if options & _RICH else (0,)
    (phonetic,) = reader.unpacked("<I", 4) if options & _PHONETIC else (0,)
    text = reader.text(length, options)
    runs = list(_RUN.iter_unpack(reader.bytes(count * _RUN.size)))
    reader.bytes(phonetic)
    return text, runs


class _Reader:
    """Goes through records as if they were one; a text that goes on in the next one begins there with its options."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces, self._number, self._at = pieces, 0, _HEADER

    def is_at_end(self) -> bool:
        """Whether no byte is left."""
        self._turn()
        return self._number >= len(self._pieces)

    def _turn(self) -> None:
        while self._number < len(self._pieces) and self._at >= len(self._pieces[self._number]):
            self._number, self._at = self._number + 1, 0

    def bytes(self, count: int) -> bytes:
        """The next bytes; raises IndexError where there are fewer."""
        found = b""
        while len(found) < count:
            self._turn()
            piece = self._pieces[self._number][self._at : self._at + count - len(found)]
            self._at += len(piece)
            found += piece
        return found

    def unpacked(self, form: str, size: int) -> tuple[int, ...]:
        """The numbers that stand next."""
        return struct.unpack(form, self.bytes(size))

    def text(self, length: int, options: int) -> str:
        """The next characters."""
        text = ""
        while length:
            if self._at >= len(self._pieces[self._number]):
                self._turn()
                options = self.bytes(1)[0]
            size = 2 if options & _WIDE else 1
            piece = self._pieces[self._number][self._at : self._at + size * length]
            count = len(piece) // size
            if not count:
                raise IndexError(self._at)
            text += piece[: count * size].decode("utf-16-le" if size == 2 else "latin-1", "replace")
            self._at += count * size
            length -= count
        return text
