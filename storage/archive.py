"""The archive of raw messages: the bytes of each, named by their sha256, and where and when it arrived.

`ab/abcdef….eml` holds the bytes as the server gave them, `ab/abcdef….arrivals.jsonl` one line for each place they were
seen at, `journal.jsonl` what happened to the messages in its order, `secret` what the one-time words in letters to
staff are made of, `in-force/` every roster that was in force, `ab/abcdef….outcome.json` what became of a message whose
bytes were erased (`storage.outcomes`). With the configuration this is all that a replay needs.
"""

import fcntl
import hashlib
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbot.domain.errors import ArchiveError, MessageLost
from mailbot.domain.mail import Place
from storage.disk import make_folder, sync_folder, write_all
from storage.journal import Journal, SilentJournal
from storage.outcomes import Outcomes, replace_file
from storage.versions import FOLDER, Versions

SHA256 = re.compile(r"[0-9a-f]{64}")
ERASING = "erasing.json"


class Archive:
    """A folder of raw messages. What `keep` and `note_arrival` have returned from survives a power cut."""

    def __init__(self, path: Path, *, silent: bool = False) -> None:
        """Make the folder where it is missing, and remove what an interrupted `keep` has left.

        `silent`: the journal is not written. Raises ArchiveError.
        """
        self._path = path.resolve()
        with self._as_sentence("made or read"):
            make_folder(self._path)
            sync_folder(self._path.parent)
            for leftover in self._path.glob("*.tmp"):
                _remove_unless_in_use(leftover)
        self.outcomes = Outcomes(self._path)
        self.versions = Versions(self._path / FOLDER)
        self.journal = (SilentJournal if silent else Journal)(self._path / "journal.jsonl")

    def keep(self, pieces: Iterable[bytes]) -> str:
        """Put the bytes of a message on the disk, piece by piece as they come; their sha256.

        Keeping them again changes nothing; those of a message that was erased are not kept again. Raises ArchiveError
        where they cannot be written, and whatever `pieces` raises; then the archive is as it was.
        """
        with self._as_sentence("written"), _draft(self._path) as (descriptor, draft):
            whole = hashlib.sha256()
            for piece in pieces:
                whole.update(piece)
                write_all(descriptor, piece)
            os.fsync(descriptor)
            target = self._file(whole.hexdigest())
            if self.outcomes.erased_at(whole.hexdigest()):
                draft.unlink()
                return whole.hexdigest()
            make_folder(target.parent)
            os.replace(draft, target)  # also over a copy that is damaged, or whose writer was stopped too early
            sync_folder(target.parent)
            sync_folder(self._path)
        return whole.hexdigest()

    def open(self, sha256: str) -> bytes:
        """The bytes of a message, checked against their name.

        Raises MessageLost where they are missing or damaged, or cannot be read.
        """
        target = self._file(sha256)
        if erased := self.outcomes.erased_at(sha256):
            raise MessageLost(f"the message {sha256} was erased on {erased[:10]}; what became of it is kept")
        try:
            raw = target.read_bytes()
        except FileNotFoundError:
            raise MessageLost(f"the archive has no message {target}; restore it from the last backup") from None
        except OSError as error:
            raise MessageLost(
                f"the archived message {target} cannot be read: {error.strerror}; check its disk and the rights of "
                "this user, or restore it from the last backup"
            ) from error
        if hashlib.sha256(raw).hexdigest() != sha256:
            raise MessageLost(
                f"the archived message {target} is damaged: its bytes do not match its name; "
                "restore it from the last backup"
            )
        return raw

    def note_arrival(self, sha256: str, place: Place, received_at: datetime, left: int = 0) -> None:
        """Write down where and when a message arrived. Noting it again changes nothing.

        `received_at` is aware. `left`: what was kept is the header alone of a message of so many bytes, which stays on
        its server. Raises ArchiveError where it cannot be written.
        """
        line = _line(place, received_at, left)
        notes = self._notes(sha256)
        with self._as_sentence("written"):
            descriptor = os.open(notes, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                os.fchmod(file.fileno(), 0o600)
                present = file.read()
                if line not in present.splitlines():
                    torn = present and not present.endswith(b"\n")  # by a crash; the line is written whole again
                    write_all(file.fileno(), (b"\n" if torn else b"") + line + b"\n")
                os.fsync(file.fileno())
            sync_folder(notes.parent)

    def arrivals(self, sha256: str) -> tuple[tuple[Place, datetime], ...]:
        """Where and when a message arrived, in the order in which it was noted. Raises ArchiveError."""
        return tuple((arrival.place, arrival.received_at) for arrival in self._arrivals(sha256))

    def left_on_server(self, sha256: str) -> int:
        """How many bytes a message has of which the header alone is kept; 0 where it is whole. Raises ArchiveError."""
        return max((arrival.left for arrival in self._arrivals(sha256)), default=0)

    def _arrivals(self, sha256: str) -> Iterator["_Arrival"]:
        notes = self._notes(sha256)
        with self._as_sentence("read"):
            lines = notes.read_bytes().splitlines() if notes.exists() else []
        return (arrival for line in lines if (arrival := _arrival(line)))

    def secret(self) -> bytes:
        """32 bytes that nobody outside can guess, the same as long as the archive lives. Raises ArchiveError."""
        target = self._path / "secret"
        with self._as_sentence("written"):
            if not target.exists():
                with _draft(self._path) as (descriptor, draft):
                    write_all(descriptor, secrets.token_bytes(32))
                    os.fsync(descriptor)
                    os.replace(draft, target)
                sync_folder(self._path)
            return target.read_bytes()

    def messages(self) -> Iterator[str]:
        """The sha256 of every message, sorted, erased ones included."""
        whole = {file.stem for file in self._path.glob("??/*.eml") if SHA256.fullmatch(file.stem)}
        return iter(sorted(whole | set(self.outcomes.messages())))

    # ------------------------------------------------------------ erasing

    def erase(self, sha256: str) -> None:
        """Delete the bytes of a message whose outcome is kept. May be repeated. Raises ArchiveError."""
        target = self._file(sha256)
        with self._as_sentence("written"):
            target.unlink(missing_ok=True)
            sync_folder(target.parent)

    def begin_erasing(self, order: bytes) -> None:
        """Write down what is to be erased, until `end_erasing`. Raises ArchiveError."""
        replace_file(self._path / ERASING, order)

    def begun_erasing(self) -> bytes | None:
        """What an erasure that was cut off was to erase; None where there is none. Raises ArchiveError."""
        with self._as_sentence("read"):
            file = self._path / ERASING
            return file.read_bytes() if file.exists() else None

    def end_erasing(self) -> None:
        """Forget what was to be erased. Raises ArchiveError."""
        with self._as_sentence("written"):
            (self._path / ERASING).unlink(missing_ok=True)
            sync_folder(self._path)

    def _file(self, sha256: str) -> Path:
        if not SHA256.fullmatch(sha256):
            raise ArchiveError(f"{sha256!r} names no message; write the 64 hexadecimal digits of its sha256")
        return self._path / sha256[:2] / f"{sha256}.eml"

    def _notes(self, sha256: str) -> Path:
        return self._file(sha256).with_suffix(".arrivals.jsonl")

    @contextmanager
    def _as_sentence(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ArchiveError(
                f"the archive {self._path} cannot be {done}: {error.strerror}; check its disk, the free space and the "
                "rights of this user"
            ) from error


# ---------------------------------------------------------------- files


@contextmanager
def _draft(folder: Path) -> Iterator[tuple[int, Path]]:
    """A file to write to, and its path until it gets its name; gone where it got none."""
    descriptor, name = tempfile.mkstemp(suffix=".tmp", dir=folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # tells a process that starts now that this is no leftover
        os.fchmod(descriptor, 0o600)
        yield descriptor, Path(name)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _remove_unless_in_use(leftover: Path) -> None:
    try:
        with leftover.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            leftover.unlink()
    except (FileNotFoundError, BlockingIOError):
        pass  # another process writes it, or has just finished


# ---------------------------------------------------------------- arrivals


@dataclass(frozen=True, slots=True)
class _Arrival:
    """One line of the notes."""

    place: Place
    received_at: datetime
    left: int


def _line(place: Place, received_at: datetime, left: int) -> bytes:
    if received_at.tzinfo is None:
        raise ValueError(f"the time {received_at} has no time zone; give one that has")
    fields: dict[str, str | int] = {
        "mailbox": place.mailbox,
        "folder": place.folder,
        "uidvalidity": place.uidvalidity,
        "uid": place.uid,
        "received_at": received_at.isoformat(),
    }
    if left:
        fields["left_on_server"] = left
    return json.dumps(fields).encode("ascii")


def _arrival(line: bytes) -> _Arrival | None:
    """None for a line that a crash has cut off."""
    try:
        fields = json.loads(line)
        place = Place(fields["mailbox"], fields["folder"], fields["uidvalidity"], fields["uid"])
        received_at, left = datetime.fromisoformat(fields["received_at"]), int(fields.get("left_on_server", 0))
        return _Arrival(place, received_at, left)
    except (ValueError, KeyError, TypeError):
        return None
