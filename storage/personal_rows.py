"""Finds in the database what is kept of persons, and hides it where somebody is erased."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlmodel import Session, col, delete, or_, select

from mailbot.decide.erasing import NOT_OF_PERSONS, Masking
from mailbot.domain.erasing import ERASED, Person
from mailbot.domain.letter import LetterState
from mailbot.domain.mail import StoredMessage
from storage import tables
from storage.judgement_rows import stored_message
from storage.tables import Kind, Part

Role = Literal["sender", "name", "text"]
"""Where a text stands: the address of a sender, a field that names who filled a table in, or anywhere else."""
GONE = "what it tells of was erased"


@dataclass(frozen=True, slots=True)
class WordsOfAct:
    """Who acts, why, and the line in which it was said."""

    actor: str
    reason: str
    line: str


@dataclass(frozen=True, slots=True)
class Blanked:
    """What takes the place of a letter's words: its key, recipient and subject."""

    key: str
    to: str
    subject: str


class PersonalRows:
    """The part of a transaction that knows where persons are named."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # ------------------------------------------------------------ looking

    def all_messages(self) -> tuple[tuple[str, StoredMessage], ...]:
        """Every message of every campaign, in order of id, each with its campaign."""
        rows = self._session.exec(select(tables.Message).order_by(col(tables.Message.id)))
        return tuple((row.campaign, stored_message(row, settled=False)) for row in rows)

    def texts(self) -> Iterator[tuple[int, Role, str]]:
        """Every text about a message in which somebody may be named: (message, where it stands, text)."""
        message, submission, value = tables.Message, tables.Submission, tables.Value
        for id, sender, subject, reason in self._session.exec(
            select(message.id, message.sender, message.subject, message.reason)
        ):
            yield from (
                (cast(int, id), "sender", sender),
                (cast(int, id), "text", subject),
                (cast(int, id), "text", reason),
            )
        for id, name in self._session.exec(select(tables.Attachment.message, tables.Attachment.name)):
            yield id, "text", name
        for id, name, title, sheet in self._session.exec(
            select(submission.message, submission.attachment, submission.title, submission.sheet)
        ):
            yield from ((id, "text", name), (id, "text", title), (id, "text", sheet))
        for id, row in self._session.exec(select(submission.message, value).join(submission)):
            role: Role = "name" if row.part == Part.HEADER and row.kind in (Kind.TEXT, Kind.EMPTY) else "text"
            yield from ((id, role, row.text or ""), (id, role, row.raw))
        for id, text in self._session.exec(select(submission.message, tables.Finding.text).join(submission)):
            yield id, "text", text
        for id, reason, line in self._session.exec(select(tables.Act.message, tables.Act.reason, tables.Act.line)):
            if id is not None:
                yield from ((id, "text", reason), (id, "text", line))

    def filled_in_by(self, message_id: int) -> tuple[str, ...]:
        """What the blocks around the tables of a message say of who filled them in."""
        value = tables.Value
        query = (
            select(value.text, value.raw, value.kind)
            .join(tables.Submission)
            .where(
                tables.Submission.message == message_id,
                value.part == Part.HEADER,
                col(value.field).not_in(NOT_OF_PERSONS),
                col(value.kind).in_((Kind.TEXT, Kind.EMPTY)),
            )
        )
        return tuple(text or raw for text, raw, _ in self._session.exec(query))

    def letters_with_words(self) -> frozenset[int]:
        """The numbers of the letters whose bytes are kept."""
        letter = tables.Letter
        return frozenset(cast(int, id) for id in self._session.exec(select(letter.id).where(letter.content != b"")))

    def compared_with(self, messages: Collection[int]) -> frozenset[int]:
        """The judged messages that were, or may have been, compared with these: by a unit of their tables, in any
        number of steps, or as the same mail. With these themselves."""
        submission, message = tables.Submission, tables.Message
        pairs = list(self._session.exec(select(submission.message, submission.unit, message.campaign).join(message)))
        before = list(self._session.exec(select(tables.Act.message, tables.Act.before)))
        named = {id: _units_of(text) for id, text in before if id is not None}
        groups: dict[tuple[str, str], set[int]] = {}
        of: dict[int, set[tuple[str, str]]] = {}
        for id, unit, campaign in pairs:
            for one in {unit, *named.get(id, ())} - {None}:
                groups.setdefault((campaign, str(one)), set()).add(id)
                of.setdefault(id, set()).add((campaign, str(one)))
        found, left = set(messages), list(messages)
        left += self._same_mail(messages)
        found.update(left)
        while left:
            for group in of.get(left.pop(), ()):
                new = groups[group] - found
                found |= new
                left += new
        judged = select(message.id).where(message.state == tables.MessageState.JUDGED)
        return frozenset(found & {cast(int, id) for id in self._session.exec(judged)})

    def _same_mail(self, messages: Collection[int]) -> list[int]:
        message = tables.Message
        names = select(message.message_id).where(col(message.id).in_(messages), col(message.message_id).is_not(None))
        return [
            cast(int, id) for id in self._session.exec(select(message.id).where(col(message.message_id).in_(names)))
        ]

    # ------------------------------------------------------------ hiding

    def mask_message(self, message_id: int, masking: Masking) -> None:
        """Hide somebody in all that was read from a message. May be repeated."""
        row = self._session.get_one(tables.Message, message_id)
        row.sender, row.subject = masking.address(row.sender), masking.beside(row.subject)
        row.reason, row.message_id, row.content_digest, row.source = masking.beside(row.reason), None, "", ""
        for attachment in self._of(tables.Attachment, tables.Attachment.message, message_id):
            attachment.name = masking.beside(attachment.name)
        for submission in self._of(tables.Submission, tables.Submission.message, message_id):
            for name in ("attachment", "title", "sheet"):
                setattr(submission, name, masking.beside(getattr(submission, name)))
            for value in self._of(tables.Value, tables.Value.submission, submission.id):
                _mask_value(value, masking)
            for finding in self._of(tables.Finding, tables.Finding.submission, submission.id):
                finding.text = masking.beside(finding.text)
        for act in self._of(tables.Act, tables.Act.message, message_id):
            for name in ("reason", "line", "before"):
                setattr(act, name, masking.beside(getattr(act, name)))
        self._session.flush()

    def mask_acts(self, person: Person, sources: Collection[str], staff: Collection[str]) -> None:
        """Hide a person in all acts, and whoever is none of staff in those that these mails say."""
        for row in self._session.exec(select(tables.Act)):
            row.reason, row.line, row.actor = map(person.hidden, (row.reason, row.line, row.actor))
            row.before = person.hidden(row.before)
            if row.source in sources and "@" in row.actor and row.actor.lower() not in staff:
                row.actor = ERASED
        self._session.flush()

    def blank_letters(self, blanked: Mapping[int, Blanked]) -> None:
        """Take the words out of letters; one that waits to be sent is given up."""
        for id, instead in blanked.items():
            row = self._session.get_one(tables.Letter, id)
            row.key, row.recipient, row.subject, row.content = instead.key, instead.to, instead.subject, b""
            if row.state in (LetterState.HELD, LetterState.QUEUED):
                row.state, row.last_error = LetterState.DROPPED, GONE
            elif row.state == LetterState.SENDING:
                row.state, row.last_error, row.lease_until, row.lease_owner = LetterState.UNCERTAIN, GONE, None, None
            elif row.last_error:
                row.last_error = GONE
        self._session.flush()

    def mask_bounces(self, person: Person, messages: Collection[int], before: datetime | None) -> None:
        """Hide whose letters came back: a person's, those that these mails report, those from before a moment."""
        bounce = tables.Bounce
        old = [col(bounce.bounced_at) < before] if before else []
        chosen = set(self._session.exec(select(bounce.id).where(or_(col(bounce.message).in_(messages), *old))))
        for row in self._session.exec(select(bounce)):
            if row.id in chosen or person.finds(row.address) or person.finds(row.roster_row or ""):
                row.address, row.roster_row = ERASED, None
                row.why = person.hidden(row.why)
        self._session.flush()

    def forget_tallies(self, person: Person, before: datetime | None) -> None:
        """Delete how often a person was answered on a day, and what was counted on days before a moment."""
        for row in self._session.exec(select(tables.Tally)).all():
            if person.finds(row.what) or (before and row.day < before.date().isoformat()):
                self._session.exec(
                    delete(tables.Tally).where(col(tables.Tally.day) == row.day, col(tables.Tally.what) == row.what)
                )
        self._session.flush()

    def words_of_acts(self) -> Mapping[int, WordsOfAct]:
        """What the acts of people say of persons, by their number."""
        query = select(tables.Act).where(col(tables.Act.number).is_not(None))
        return {cast(int, row.number): WordsOfAct(row.actor, row.reason, row.line) for row in self._session.exec(query)}

    def _of(self, table: Any, owner: Any, value: int | None) -> Iterable[Any]:
        return self._session.exec(select(table).where(owner == value)).all()


def _mask_value(row: tables.Value, masking: Masking) -> None:
    if row.part == Part.HEADER:
        is_text = row.kind in (Kind.TEXT, Kind.EMPTY)
        row.raw = masking.of_header(row.field, row.raw, is_text=is_text)
        if row.text is not None and row.kind == Kind.TEXT:
            row.text = masking.of_header(row.field, row.text, is_text=True)
    else:
        row.raw = masking.in_row(row.raw)
        if row.text is not None and row.kind in (Kind.TEXT, Kind.CHOICES):
            row.text = masking.in_row(row.text)


def _units_of(before: str) -> set[str]:
    """The units that the tables of a message had before an act."""
    return {table["unit"] for table in (json.loads(before)["tables"] if before else ()) if table["unit"]}
