"""Starts unar, where it is installed, for RAR 3 and 4 archives that libarchive cannot open, such as solid ones.

Only the slow lane may start it. It is asked for a list first, by its sister `lsar`, then for the contents of all files
one after the other on its output, so that no file, folder or link of the archive ever comes to lie on the disk. It ends
well whatever it finds; therefore nothing counts that the archive's own sums do not vouch for: every file has the CRC of
the list, and the list has all that the archive's headers name. Of a 7z with a packed header it may give fewer files
than there are, or other names, and nobody would know; so it is not asked for those.
"""

import json
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parsers.child import sandbox
from parsers.containers import faults, rar_headers
from parsers.containers.members import Budget, Member, is_noise, legacy_name

SECONDS = 30.0
"""For the list, and again for the contents."""

LARGEST_LIST = 64 << 20
"""Bytes; that of the most entries that a mail may bring is eight times smaller."""

_OPTIONS = ["-no-recursion", "-password", "none"]  # with a password it asks nobody for one
_UNICODE = 0x200


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    size: int
    crc: int | None
    is_file: bool
    is_encrypted: bool


def is_installed() -> bool:
    """Whether there is an unar to start."""
    return sandbox.is_installed("unar", "lsar")


def can_open(content: bytes) -> bool:
    """Whether it is an archive whose completeness can be vouched for here."""
    return content.startswith(rar_headers.OLD)


def members(content: bytes, budget: Budget, *, may_start: bool) -> Iterator[Member]:
    """The files of an archive that it can open, those that a person put there.

    Raises Unreadable: `archive` where unar is missing, fails or takes longer than SECONDS; sandbox.LATER where it may
    not be started here; `password`, `truncated`, `broken`, `too-large`.
    """
    if not is_installed():
        raise faults.unknown()
    expected = rar_headers.count(content)
    if not may_start:
        raise sandbox.later("所附压缩包须另行解压，系统正在处理。")
    with tempfile.TemporaryDirectory(prefix="mailbot-") as name:
        folder = Path(name)
        (folder / "archive").write_bytes(content)
        entries = _listed(folder)
        if expected != len(entries):
            raise faults.broken()
        if any(entry.is_encrypted for entry in entries):
            raise faults.password()
        budget.expect(len(entries), sum(entry.size for entry in entries))
        whole = _contents(folder, sum(entry.size for entry in entries))
    yield from _apart(whole, entries, budget)


def _listed(folder: Path) -> list[_Entry]:
    """What is in the archive, in its order. Names of no told charset are asked for byte by byte."""
    listing = folder / "list.json"
    options = ["-json-ascii", *_OPTIONS, "-encoding", "iso-8859-1", str(folder / "archive")]
    if sandbox.run("lsar", options, folder, seconds=SECONDS, largest=LARGEST_LIST, output=listing) != 0:
        raise faults.unknown()
    try:
        return [_entry(entry) for entry in json.loads(listing.read_bytes())["lsarContents"]]
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise faults.unknown() from error


def _entry(entry: dict[str, Any]) -> _Entry:
    name, size = str(entry["XADFileName"]), int(entry.get("XADFileSize", 0))
    if size < 0:
        raise ValueError(f"{size} bytes")
    if not entry.get("RARFlags", _UNICODE) & _UNICODE:
        name = legacy_name(name.encode("iso-8859-1"))
    return _Entry(
        name,
        size,
        crc=entry.get("RARCRC32"),
        is_file=not (entry.get("XADIsDirectory") or entry.get("XADIsLink")),
        is_encrypted=bool(entry.get("XADIsEncrypted")),
    )


def _contents(folder: Path, size: int) -> bytes:
    """Those of all entries, one behind the other."""
    whole = folder / "contents"
    options = ["-quiet", "-forks", "skip", *_OPTIONS, "-output-directory", "-", str(folder / "archive")]
    if sandbox.run("unar", options, folder, seconds=SECONDS, largest=size + 1, output=whole) != 0:
        raise faults.unknown()
    if whole.stat().st_size != size:
        raise faults.broken()
    return whole.read_bytes()


def _apart(whole: bytes, entries: list[_Entry], budget: Budget) -> Iterator[Member]:
    at = 0
    for entry in entries:
        content, at = whole[at : at + entry.size], at + entry.size
        if not entry.is_file:
            continue
        if zlib.crc32(content) != (entry.crc if content else 0):
            raise faults.broken()
        member = Member(entry.name, budget.collect([content]))
        if not is_noise(entry.name):
            yield member
