"""Opens ZIP archives (PKWARE's APPNOTE.TXT), with checks against hostile ones."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from parsers.containers import faults
from parsers.containers.members import Budget, Member, is_noise

MOST_RATIO = 200
"""Of unzipped to zipped bytes, for members above a million bytes."""

_CHUNK = 1 << 16
_SMALLEST_HEADER = 30
_END = b"PK\x05\x06"
_ENCRYPTED, _UTF8 = 0x1, 0x800
_AES = 99
_UNICODE_PATH = 0x7075


def members(content: bytes, budget: Budget) -> Iterator[Member]:
    """The files of the archive that a person put there."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise faults.broken() if _END in content[-(1 << 16) :] else faults.truncated() from error
    entries = archive.infolist()
    _check_places(entries, archive.start_dir)
    wanted = [(entry, name) for entry, name in zip(entries, _names(entries), strict=True) if _is_file(name)]
    _check([entry for entry, _ in wanted], budget)
    for entry, name in wanted:
        yield Member(name, budget.collect(_chunks(archive, entry)))


def _is_file(name: str) -> bool:
    return not (name.endswith(("/", "\\")) or is_noise(name))


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(entry) as part:
            while chunk := part.read(_CHUNK):
                yield chunk
    except NotImplementedError as error:
        raise faults.unknown() from error


def _check(entries: list[zipfile.ZipInfo], budget: Budget) -> None:
    if any(entry.flag_bits & _ENCRYPTED or entry.compress_type == _AES for entry in entries):
        raise faults.password()
    budget.expect(len(entries), sum(entry.file_size for entry in entries))
    if any(entry.file_size > max(1_000_000, MOST_RATIO * entry.compress_size) for entry in entries):
        raise faults.too_large("压缩比异常")


def _check_places(entries: list[zipfile.ZipInfo], end: int) -> None:
    """Members that lie over one another unzip to more than the size of the archive can tell (CVE-2024-0450)."""
    ends = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    starts = [*(start for start, _ in ends[1:]), end]
    if any(start + _SMALLEST_HEADER + size > following for (start, size), following in zip(ends, starts, strict=False)):
        raise faults.unsafe()


# ---------------------------------------------------------------- names


def _names(entries: list[zipfile.ZipInfo]) -> list[str]:
    """Every name in the charset it says; those that say none all in the same one, UTF-8 if that fits each of them."""
    unsaid = [_raw(entry) for entry in entries if not entry.flag_bits & _UTF8]
    charset = "utf-8" if all(map(_is_utf8, unsaid)) else "gb18030"
    return [_name(entry, charset) for entry in entries]


def _name(entry: zipfile.ZipInfo, charset: str) -> str:
    if entry.flag_bits & _UTF8:
        return entry.orig_filename
    return _unicode_path(entry) or _raw(entry).decode(charset, "replace")


def _raw(entry: zipfile.ZipInfo) -> bytes:
    """The bytes of a name without the UTF-8 flag, which zipfile takes for code page 437."""
    return entry.orig_filename.encode("cp437")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unicode_path(entry: zipfile.ZipInfo) -> str | None:
    """The name as the Info-ZIP Unicode Path extra field has it (APPNOTE 4.6.9), if it speaks of the name given."""
    extra, at = entry.extra, 0
    while len(extra) - at >= 4:
        kind, size = struct.unpack_from("<HH", extra, at)
        field, at = extra[at + 4 : at + 4 + size], at + 4 + size
        if kind == _UNICODE_PATH and field[:5] == b"\1" + struct.pack("<L", zlib.crc32(_raw(entry))):
            return field[5:].decode("utf-8", "replace")
    return None
