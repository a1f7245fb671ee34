"""Keeps what became of messages beside the archive's raw mails, for a replay that cannot read them, or must not.

`ab/abcdef….outcome.json` holds everything that the database knew of a judged message: its outcome, tables, values,
findings and the decisions about it. Where its raw mail was erased that file is its tombstone. A message that was
compared with an erased one has such a file beside its raw mail, since it would be judged otherwise today.
"""

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mailbot.domain.errors import ArchiveError
from storage.disk import make_folder, sync_folder, write_all

Outcome = dict[str, Any]
SUFFIX, DRAFT = ".outcome.json", ".tmp"


class Outcomes:
    """The outcomes in an archive's folder. What `keep` has returned from survives a power cut."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, sha256: str, outcome: Outcome) -> None:
        """Write the outcome of a message, in place of an earlier one. Raises ArchiveError."""
        replace_file(self._file(sha256), json.dumps(outcome, ensure_ascii=True, sort_keys=True).encode("ascii"))

    def read(self, sha256: str) -> Outcome | None:
        """The outcome of a message; None where none is kept. Raises ArchiveError where it cannot be read."""
        file = self._file(sha256)
        try:
            found = json.loads(file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise ArchiveError(f"{file} cannot be read: {error}; restore it from the last backup") from error
        if not isinstance(found, dict):
            raise ArchiveError(f"{file} is no outcome of a message; restore it from the last backup")
        return found

    def erased_at(self, sha256: str) -> str | None:
        """When the raw mail of a message was erased, as ISO text; None where it was not."""
        outcome = self.read(sha256)
        erased = outcome["erased"] if outcome else None
        return str(erased) if erased else None

    def erased(self) -> frozenset[str]:
        """The sha256 of every message whose raw mail was erased. Raises ArchiveError."""
        return frozenset(sha256 for sha256 in self.messages() if self.erased_at(sha256))

    def messages(self) -> Iterator[str]:
        """The sha256 of every message of which an outcome is kept, sorted."""
        return (file.name.removesuffix(SUFFIX) for file in sorted(self._folder.glob(f"??/*{SUFFIX}")))

    def remove_drafts(self) -> None:
        """Remove what writers have left that were killed. Raises ArchiveError."""
        try:
            for draft in self._folder.glob(f"??/*{SUFFIX}.*{DRAFT}"):
                draft.unlink(missing_ok=True)
        except OSError as error:
            raise ArchiveError(f"{self._folder} cannot be cleared of drafts: {error.strerror}") from error

    def _file(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256}{SUFFIX}"


def replace_file(path: Path, content: bytes) -> None:
    """Write a file for its user alone, so that a crash leaves the former one or the new one. Raises ArchiveError."""
    try:
        make_folder(path.parent)
        descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=DRAFT, dir=path.parent)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # tells a process that starts now that this is no leftover
            write_all(descriptor, content)
            os.fsync(descriptor)
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
            raise
        finally:
            os.close(descriptor)
        sync_folder(path.parent)
    except OSError as error:
        raise ArchiveError(
            f"{path} cannot be written: {error.strerror}; check its disk, the free space and the rights of this user"
        ) from error
