"""Keeps what a camera writes into a picture (Exif: place, time, owner) out of files that are passed on."""

import io
import zipfile
from collections.abc import Iterator

from parsers.formats.file_kind import FileKind, kind_of

MOST_UNPACKED = 64 << 20
"""Bytes of the pictures in one document that are looked through."""

_EXIF = b"Exif\x00\x00"
_PHOTO_NAMES = (".jpg", ".jpeg", ".jpe", ".tif", ".tiff", ".webp", ".heic", ".png")
_ZIPPED = frozenset({FileKind.XLSX, FileKind.XLSB, FileKind.ODS, FileKind.DOCX, FileKind.PPTX, FileKind.ODT})
_ZIPPED_TOO = frozenset({FileKind.ODP, FileKind.OFD, FileKind.ZIP})
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_KEPT_SEGMENTS = frozenset({0xE0, 0xEE, *range(0xC0, 0xE0)})
"""JFIF and Adobe's colours, and what an image is made of (ITU-T T.81 table B.1)."""
_SCAN = 0xDA
_KEPT_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs"})


def without_picture_data(content: bytes) -> bytes | None:
    """The file as it may be passed on: a JPEG or PNG without all that is no image, another file as it is.

    None where that cannot be told of it: a picture of another kind or a broken one, and a document that holds a picture
    with such data. Total.
    """
    try:
        kind = kind_of(content)
        if kind is FileKind.PICTURE:
            return _cleaned(content)
        holds = kind in _ZIPPED | _ZIPPED_TOO and any(_EXIF in picture for picture in _pictures(content))
    except (ValueError, IndexError, OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return None
    return None if holds or _EXIF in content else content


def _cleaned(content: bytes) -> bytes | None:
    if content.startswith(_JPEG):
        return content[:2] + b"".join(_segments(content))
    if content.startswith(_PNG):
        return content[:8] + b"".join(_chunks(content))
    return None


def _segments(content: bytes) -> Iterator[bytes]:
    """The segments of a JPEG up to the image itself, and the image with its end; ValueError where it is broken."""
    place = 2
    while content[place] == 0xFF:
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4], "big")
        end = place + 2 + length
        if length < 2 or end > len(content):
            break
        if marker == _SCAN:
            last = content.rfind(b"\xff\xd9", end)
            if last < 0 or _EXIF in content[end:last]:
                break
            yield content[place : last + 2]
            return
        if marker in _KEPT_SEGMENTS:
            yield content[place:end]
        place = end
    raise ValueError("no whole JPEG")


def _chunks(content: bytes) -> Iterator[bytes]:
    """The chunks of a PNG that make its image (RFC 2083 section 4); ValueError where it is broken."""
    place = 8
    while place + 12 <= len(content):
        kind = content[place + 4 : place + 8]
        end = place + 12 + int.from_bytes(content[place : place + 4], "big")
        if kind in _KEPT_CHUNKS:
            yield content[place:end]
        if kind == b"IEND":
            return
        place = end
    raise ValueError("no whole PNG")


def _pictures(content: bytes) -> Iterator[bytes]:
    """The pictures in a zipped file; ValueError where they are too large together."""
    left = MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            if not entry.filename.lower().endswith(_PHOTO_NAMES):
                continue
            with archive.open(entry) as member:
                picture = member.read(left + 1)
            left -= len(picture)
            if left < 0:
                raise ValueError("too many pictures")
            yield picture
