"""Keeps every version of a campaign's own files that was in force: its roster and its calendar.

`in-force/hwm-2021.roster.0003.csv` in the archive holds the bytes of the third one. The last is what holds while a new
one cannot be used; the journal says of every judgement which one it was made by.
"""

import os
import re
from collections.abc import Callable, Collection
from pathlib import Path

from mailbot.domain.errors import ArchiveError
from storage.disk import make_folder, sync_folder, write_all
from storage.outcomes import replace_file

FOLDER, CALENDAR = "in-force", "calendar"
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}")


def last_calendar(archive: Path, campaign: str) -> bytes | None:
    """The calendar that was last in force for a campaign; None where there is none."""
    versions = Versions(archive / FOLDER)
    name = versions.last(campaign, CALENDAR)
    return versions.read(name) if name else None


class Versions:
    """A folder of files that are never changed, but where a person in them is erased.

    What `add` has returned from survives a power cut.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def last(self, campaign: str, kind: str) -> str | None:
        """The name of the latest version; None where there is none."""
        return max(self._names(campaign, kind), default=None)

    def first(self, campaign: str, kind: str) -> str | None:
        """The name of the earliest version; None where there is none."""
        return min(self._names(campaign, kind), default=None)

    def read(self, name: str) -> bytes | None:
        """The bytes of a version; None where it is not there."""
        if Path(name).name != name:
            return None
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return None

    def add(self, campaign: str, kind: str, content: bytes, suffix: str) -> str:
        """Keep a file as the latest version; its name. Nothing is written where the latest is the same.

        Raises ArchiveError.
        """
        last = self.last(campaign, kind)
        if last and self.read(last) == content:
            return last
        number = int(last.split(".")[-2]) + 1 if last else 1
        name = f"{campaign}.{kind}.{number:06d}{suffix.lower() if _SUFFIX.fullmatch(suffix) else '.bin'}"
        part = self._folder / f"{name}.part"
        try:
            make_folder(self._folder)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            try:
                write_all(descriptor, content)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.replace(part, self._folder / name)
            sync_folder(self._folder)
        except OSError as error:
            raise ArchiveError(
                f"{self._folder / name} cannot be written: {error.strerror}; check its disk, the free space and the "
                "rights of this user"
            ) from error
        return name

    def rewrite(self, change: Callable[[str, bytes], bytes]) -> None:
        """Put other bytes in the place of those of each version, by its name; the one exception to "never changed".

        Raises ArchiveError.
        """
        for path in sorted(self._folder.glob("*")) if self._folder.exists() else ():
            content = self.read(path.name)
            if content is not None and (instead := change(path.name, content)) != content:
                replace_file(path, instead)

    def forget(self, kind: str, needed: Collection[str]) -> None:
        """Delete the versions of a kind that are not needed; the latest of each campaign stays. Raises ArchiveError."""
        found = [name for name in self.names() if name.split(".")[-3] == kind]
        for name in found:
            campaign = name.rsplit(".", 3)[0]
            if name not in needed and name != self.last(campaign, kind):
                try:
                    (self._folder / name).unlink(missing_ok=True)
                    sync_folder(self._folder)
                except OSError as error:
                    raise ArchiveError(f"{self._folder / name} cannot be deleted: {error.strerror}") from error

    def names(self) -> list[str]:
        """Every version of every kind."""
        return sorted(path.name for path in self._folder.glob("*.*.*.*") if not path.name.endswith((".part", ".tmp")))

    def _names(self, campaign: str, kind: str) -> list[str]:
        form = re.compile(rf"{re.escape(campaign)}\.{re.escape(kind)}\.\d{{6}}\.[a-z0-9]+")
        return [path.name for path in self._folder.glob(f"{campaign}.{kind}.*") if form.fullmatch(path.name)]
