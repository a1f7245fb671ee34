"""The journal of the archive: a log of what happened to the messages, from which the database can be rebuilt.

One JSON object a line in `journal.jsonl`: a message was judged, a person decided, a letter left. Lines are only added;
where somebody is erased all are written anew without the name (`Journal.rewrite`). A line is on the disk before the
database commits what it tells. So a crash can leave a line of something that was then done once more; the later line of
the same thing is the one that holds (`Journal.entries`).
"""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mailbot.domain.act import Act, ActKind, Actor, Source, Target, Via
from mailbot.domain.errors import ArchiveError
from mailbot.domain.letter import Envelope, LetterKind
from mailbot.domain.proof import Proof
from storage.disk import sync_folder, write_all
from storage.outcomes import replace_file


@dataclass(frozen=True, slots=True)
class Judgement:
    """A message got its outcome. `set_aside`: without being read, because it had killed its reader too often.

    `order`: the reason that stands beside the outcome of a mail in which staff settled something; what it settled
    is an entry of its own. `proof`: what was known of its sender; None in what older programs wrote. `roster`: the
    version of the roster by which it was judged, where it was kept.
    """

    sha256: str
    campaign: str
    at: datetime
    set_aside: bool = False
    order: str | None = None
    proof: Proof | None = None
    roster: str = ""


@dataclass(frozen=True, slots=True)
class Performed:
    """The act of a person that is number `number` of this archive, and the version of the roster by which it was done.

    A report has no such line: it is judged once more from its mail.
    """

    number: int
    campaign: str
    act: Act
    roster: str = ""


@dataclass(frozen=True, slots=True)
class Learnt:
    """The provider of a mailbox was found to write results of authentication under that name (RFC 8601)."""

    mailbox: str
    issuer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Departure:
    """A letter was taken by a server."""

    key: str
    kind: LetterKind
    to: str
    subject: str
    message_id: str
    unit: str | None
    at: datetime


def departure(envelope: Envelope, at: datetime) -> Departure:
    """That a letter was taken by a server."""
    return Departure(envelope.key, envelope.kind, envelope.to, envelope.subject, envelope.message_id, envelope.unit, at)


@dataclass(frozen=True, slots=True)
class Erasure:
    """Raw mails were erased. What became of them, and of those compared with them, is kept in `storage.outcomes` under
    this number, as it stood then."""

    number: int
    at: datetime


Entry = Judgement | Performed | Learnt | Departure | Erasure


class Journal:
    """The file; what `add` has returned from survives a power cut."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, entry: Entry) -> None:
        """Write an entry at the end. Raises ArchiveError."""
        line = _line(entry)
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                write_all(file.fileno(), (b"\n" if _is_torn(file.fileno()) else b"") + line)
                os.fsync(file.fileno())
            sync_folder(self._path.parent)
        except OSError as error:
            raise ArchiveError(
                f"the journal {self._path} cannot be written: {error.strerror}; check its disk, the free space and the "
                "rights of this user"
            ) from error

    def rewrite(self, change: Callable[[Entry], Entry], last: Entry) -> None:
        """Put another entry in the place of each, and `last` at the end, once. A crash leaves the former journal or the
        new one. To be called within a transaction, since whoever adds a line is in one. Raises ArchiveError.
        """
        found = [(line, _entry(line)) for line in self._lines()]
        latest = {_subject(entry): place for place, (_, entry) in enumerate(found) if entry}
        kept = [
            _line(change(entry)) if entry else line + b"\n"
            for place, (line, entry) in enumerate(found)
            if (_is_whole(line) if entry is None else latest[_subject(entry)] == place)
            and (entry is None or _subject(entry) != _subject(last))
        ]
        replace_file(self._path, b"".join((*kept, _line(last))))

    def entries(self) -> tuple[Entry, ...]:
        """What happened, in its order, each thing once: of two lines about the same thing the later one.

        A line that a crash has cut off is left out. Raises ArchiveError where the file cannot be read.
        """
        last: dict[object, tuple[int, Entry]] = {}
        for place, entry in enumerate(map(_entry, self._lines())):
            if entry is not None:
                last[_subject(entry)] = (place, entry)
        return tuple(entry for _, entry in sorted(last.values(), key=lambda found: found[0]))

    def _lines(self) -> list[bytes]:
        try:
            return self._path.read_bytes().splitlines() if self._path.exists() else []
        except OSError as error:
            raise ArchiveError(f"the journal {self._path} cannot be read: {error.strerror}") from error


def _line(entry: Entry) -> bytes:
    return json.dumps(_fields(entry), ensure_ascii=True).encode("ascii") + b"\n"


def _is_whole(line: bytes) -> bool:
    """Whether it is the line of a program that knows more kinds than this one, and none that a crash has cut off."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _is_torn(descriptor: int) -> bool:
    """Whether the last line was cut off by a crash."""
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def _subject(entry: Entry) -> object:
    """What an entry is about: two of the same subject tell of the same thing."""
    match entry:
        case Judgement():
            return "judged", entry.sha256
        case Performed():
            return "decided", entry.number
        case Learnt():
            return "learnt", entry.mailbox, entry.issuer
        case Departure():
            return "sent", entry.key
        case Erasure():
            return "erased", entry.number


def _fields(entry: Entry) -> dict[str, Any]:
    match entry:
        case Judgement():
            return {
                "judged": entry.sha256,
                "campaign": entry.campaign,
                "at": entry.at.isoformat(),
                "set_aside": entry.set_aside,
                "order": entry.order,
                "proof": entry.proof,
                "roster": entry.roster,
            }
        case Performed():
            decided = {"decided": entry.number, "campaign": entry.campaign, "roster": entry.roster}
            return {**decided, **_of_act(entry.act)}
        case Learnt():
            return {"learnt": entry.issuer, "mailbox": entry.mailbox, "at": entry.at.isoformat()}
        case Departure():
            return {
                "sent": entry.key,
                "kind": entry.kind,
                "to": entry.to,
                "subject": entry.subject,
                "message_id": entry.message_id,
                "unit": entry.unit,
                "at": entry.at.isoformat(),
            }
        case Erasure():
            return {"erased": entry.number, "at": entry.at.isoformat()}


def _of_act(act: Act) -> dict[str, Any]:
    return {
        "action": act.kind,
        "case": act.target.case,
        "unit": act.target.unit,
        "version": act.target.version,
        "by": act.actor.name,
        "via": act.actor.via,
        "proof": act.actor.proof,
        "at": act.at.isoformat(),
        "until": act.until.isoformat() if act.until else None,
        "reason": act.reason,
        "source": act.source.message,
        "line": act.source.line,
        "token": act.source.token,
    }


def _entry(line: bytes) -> Entry | None:
    """None for a line that a crash has cut off, and for one of a kind that this program does not know."""
    try:
        fields = json.loads(line)
        at = datetime.fromisoformat(fields["at"])
        roster = str(fields.get("roster", ""))  # journals of before have none
        if "judged" in fields:
            proof, campaign = Proof(fields["proof"]) if fields.get("proof") else None, fields["campaign"]
            return Judgement(fields["judged"], campaign, at, fields["set_aside"], fields["order"], proof, roster)
        if "decided" in fields:
            return Performed(fields["decided"], fields["campaign"], _act(fields, at), roster)
        if "learnt" in fields:
            return Learnt(fields["mailbox"], fields["learnt"], at)
        if "erased" in fields:
            return Erasure(fields["erased"], at)
        if "sent" in fields:
            kind = LetterKind(fields["kind"])
            return Departure(
                fields["sent"], kind, fields["to"], fields["subject"], fields["message_id"], fields["unit"], at
            )
    except (ValueError, KeyError, TypeError):
        pass
    return None


def _act(fields: dict[str, Any], at: datetime) -> Act:
    """Journals of before do not tell the version, the line, and of the eldest neither source nor proof."""
    via = Via(fields["via"])
    proof = Proof(fields.get("proof") or (Proof.COMMAND if via is Via.COMMAND else Proof.UNTOLD))
    return Act(
        kind=ActKind(fields["action"]),
        actor=Actor(fields["by"], via, proof),
        target=Target(fields["case"], fields["unit"], fields.get("version")),
        at=at,
        source=Source(fields.get("source", ""), fields.get("line", ""), fields["token"]),
        until=date.fromisoformat(fields["until"]) if fields["until"] else None,
        reason=fields["reason"],
    )


class SilentJournal(Journal):
    """A journal that is read and not written: for building again what it tells of."""

    def add(self, entry: Entry) -> None:
        """Nothing."""

    def rewrite(self, change: Callable[[Entry], Entry], last: Entry) -> None:
        """Nothing."""
