"""Opens 7z, RAR and tar by libarchive, and gzip by Python.

The package libarchive-c calls the shared library libarchive.so.13 (Debian and Ubuntu: `apt install libarchive13`). Its
bare functions are used because its own reader of contents takes the warning "bad CRC" for a number of bytes. libarchive
opens neither solid RAR 4 archives, which are left to unar, nor encrypted ones.
"""

import io
import os
import re
import struct
import sys
import zlib
from collections.abc import Iterator
from ctypes import c_int, create_string_buffer
from gzip import GzipFile
from stat import S_IFREG
from typing import Any

from parsers.containers import faults, rar_headers
from parsers.containers.members import Budget, Member, is_noise, legacy_name
from parsers.reading import Unreadable

_CHUNK = 1 << 16
_LIBRARY = "libarchive.so.13"


def is_installed() -> bool:
    """Whether there is a libarchive to open archives with."""
    try:
        _libarchive()
    except Unreadable:
        return False
    return True


def seven_zip(content: bytes, budget: Budget) -> Iterator[Member]:
    """The files of a 7z archive."""
    end = 32 + int.from_bytes(content[12:20], "little") + int.from_bytes(content[20:28], "little")
    if len(content) < end:  # 7zFormat.txt, "Signature Header"
        raise faults.truncated()
    return _members(content, "7zip", budget)


def rar(content: bytes, budget: Budget) -> Iterator[Member]:
    """The files of a RAR archive of either format, 1.5 to 4 or 5.

    libarchive checks no sum of files that were stored as they are. Every file's CRC stands in the archive, so one whose
    CRC is nowhere in it was damaged (or, in an archive with sums of another kind, cannot be trusted).
    """
    if rar_headers.is_volume(content):
        raise faults.volume()
    for member in _members(content, "rar5" if content.startswith(rar_headers.NEW) else "rar", budget):
        if struct.pack("<L", zlib.crc32(member.content)) not in content:
            raise faults.broken()
        yield member


def gzip(content: bytes, budget: Budget) -> Iterator[Member]:
    """The files of a .tar.gz, or the one file of a .gz, without a name."""
    whole = budget.collect(_inflated(content))
    if whole[257:262] == b"ustar":
        return _members(whole, "tar", budget)
    return iter([Member("", whole)])


def _inflated(content: bytes) -> Iterator[bytes]:
    """By Python itself, which checks the sums at the end."""
    try:
        with GzipFile(fileobj=io.BytesIO(content)) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except EOFError as error:
        raise faults.truncated() from error


def _members(content: bytes, format: str, budget: Budget) -> Iterator[Member]:
    ffi = _libarchive()
    from libarchive.exception import ArchiveError
    from libarchive.read import new_archive_read

    entry = ffi.entry_new()
    try:
        with new_archive_read(format, "none") as archive:
            ffi.read_open_memory(archive, content, len(content))
            while ffi.read_next_header2(archive, entry) != ffi.ARCHIVE_EOF:
                if ffi.entry_is_encrypted(entry):
                    raise faults.password()
                if ffi.entry_filetype(entry) != S_IFREG or ffi.entry_hardlink_w(entry):
                    continue  # a folder, or another name for a file in the same archive
                name = ffi.entry_pathname_w(entry) or legacy_name(ffi.entry_pathname(entry) or b"")
                member = Member(name, budget.collect(_chunks(ffi, archive)))
                if not is_noise(name):
                    yield member
    except ArchiveError as error:
        raise _fault(str(error.msg)) from error
    finally:
        ffi.entry_free(entry)


def _chunks(ffi: Any, archive: int) -> Iterator[bytes]:
    buffer = create_string_buffer(_CHUNK)
    while (size := ffi.read_data(archive, buffer, _CHUNK)) > 0:
        yield buffer.raw[:size]
    if size < 0:
        raise faults.broken()


def _libarchive() -> Any:
    """The functions of the shared library. Raises Unreadable where it is not installed.

    The library is named, because looking for it starts programs, which the limited child may not.
    """
    if sys.platform == "linux":
        os.environ.setdefault("LIBARCHIVE", _LIBRARY)
    try:
        from libarchive import ffi

        ffi.ffi("entry_is_encrypted", [ffi.c_archive_entry_p], c_int)
    except (OSError, TypeError, AttributeError) as error:
        raise faults.unknown() from error
    return ffi


def _fault(message: str) -> Unreadable:
    """What libarchive's words mean for the sender."""
    if re.search("encrypt|crypto", message, re.IGNORECASE):
        return faults.password()
    if re.search("truncated|unstoring", message, re.IGNORECASE):
        return faults.truncated()
    return faults.unknown() if re.search("support|codec", message, re.IGNORECASE) else faults.broken()
