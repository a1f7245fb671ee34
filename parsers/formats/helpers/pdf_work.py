"""Counts what the drawings of a PDF cost, before a library in Python takes them apart (ISO 32000-1, 7.3.8 and 8.2)."""

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from parsers.child import work

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_BYTE, _PIECE = 0.06, 1 << 20
"""Units of work of a byte that is unfolded, with what its operators cost; bytes that are unfolded at once."""
_CHARACTER, _OBJECT, _SEGMENT = 70.0, 60.0, 12.0
"""Units of work of a character, of what is drawn, and of a piece of its path."""
_STREAM = re.compile(rb"\bstream\r?\n")
_OBJECT_NUMBER = re.compile(rb"(\d{1,9})\s+\d{1,5}\s+obj\b")
_REFERENCE = re.compile(rb"(?<!\d)(\d{1,9})\s+\d{1,5}\s+R\b")
_OF_OBJECTS = re.compile(rb"/Type\s*/ObjStm\b")
_TEXT, _HEXA = re.compile(rb"\([^()]*\)"), re.compile(rb"<[0-9A-Fa-f\s]+>")
_FAR_WIDTH = re.compile(rb"/W\s*\[[^\[\]]*?\b\d{6,}\b")
_NOT_TAKEN_APART = re.compile(rb"/Subtype\s*/(?:Image|Type1C|CIDFontType0C|OpenType)\b|/Length1\b|/Type\s*/Metadata\b")


def has_widths_without_end(content: bytes) -> bool:
    """Whether a font gives widths to more characters than it can have (9.7.4.3), each of which a library keeps."""
    return _FAR_WIDTH.search(content) is not None


def spend_for_streams(content: bytes) -> None:
    """Count the bytes of the streams that readers take apart, contents, forms and maps, but no pictures and fonts: as
    often as they are named, since a page may name its content ten thousand times."""
    named, sizes, done = Counter[bytes](), list[tuple[bytes, int]](), 0
    while found := _STREAM.search(content, done):
        about = content[done : found.start()]
        end = content.find(b"endstream", found.end())
        end = end if end >= 0 else len(content)
        named.update(_REFERENCE.findall(about))
        numbers = _OBJECT_NUMBER.findall(about)
        own = about[about.rfind(b" obj") + 1 :]
        if not _NOT_TAKEN_APART.search(own):
            is_of_objects = _OF_OBJECTS.search(own) is not None
            size = 0
            for piece in _unfolded(content[found.end() : end]):
                work.spend(_BYTE * len(piece) + _CHARACTER * _characters(piece))
                size += len(piece)
                if is_of_objects:
                    named.update(_REFERENCE.findall(piece))
            sizes.append((numbers[-1] if numbers else b"", size))
        done = end
    named.update(_REFERENCE.findall(content, done))
    for number, size in sizes:
        work.spend(_BYTE * size * max(named[number] - 1, 0))


def _characters(piece: bytes) -> int:
    """About how many are written in a content, wherever on the page or beside it (9.4.3, 7.3.4)."""
    if b"BT" not in piece:
        return 0
    return sum(len(text) - 2 for text in _TEXT.findall(piece)) + sum(len(text) for text in _HEXA.findall(piece)) // 4


def _unfolded(packed: bytes) -> Iterator[bytes]:
    machine = zlib.decompressobj()
    try:
        while packed and not machine.eof:
            yield machine.decompress(packed, _PIECE)
            packed = machine.unconsumed_tail
    except zlib.error:  # it is not packed, or in another way
        yield packed


def spend_for_objects(page: "PdfPage") -> None:
    """Count the strokes of a page, as the quicker of two libraries tells them."""
    from pypdfium2 import raw

    for thing in page.get_objects():
        pieces = raw.FPDFPath_CountSegments(thing.raw) if thing.type == raw.FPDF_PAGEOBJ_PATH else 0
        work.spend(_OBJECT + _SEGMENT * max(pieces, 0))
