"""Stores which messages were seen in the mailboxes, and which of them wait to be judged."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlmodel import Session, col, func, insert, or_, select, update

from mailbot.domain.errors import StoreError
from mailbot.domain.mail import Disposition, Place, Sighting, Unjudged, Waiting
from storage import tables


class Intake:
    """The part of a transaction that takes messages in."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int, above: int = 0) -> set[int]:
        """The UIDs of a folder, those greater than `above`, that need no second look: accepted ones and those left
        alone.

        Not those of messages whose bytes the archive has lost before they were judged: the server may still have them.
        """
        query = (
            select(tables.Place.uid)
            .join(tables.Message, col(tables.Place.message) == col(tables.Message.id), isouter=True)
            .where(
                tables.Place.mailbox == mailbox,
                tables.Place.folder == folder,
                tables.Place.uidvalidity == uidvalidity,
                tables.Place.uid > above,
                or_(col(tables.Message.fault).is_(None), tables.Message.state == tables.MessageState.JUDGED),
            )
        )
        return set(self._session.exec(query))

    def dealt_with(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """The UIDs of a folder whose messages are judged and leave nothing for a person to look at."""
        query = (
            select(tables.Place.uid)
            .join(tables.Message, col(tables.Place.message) == col(tables.Message.id))
            .where(
                tables.Place.mailbox == mailbox,
                tables.Place.folder == folder,
                tables.Place.uidvalidity == uidvalidity,
                tables.Message.state == tables.MessageState.JUDGED,
                col(tables.Message.disposition).not_in((Disposition.REVIEW, Disposition.UNRELATED)),
            )
        )
        return set(self._session.exec(query))

    def leave(self, places: Iterable[Place], at: datetime) -> None:
        """Remember messages as seen that are older than the campaign; they are never fetched. May be repeated."""
        by_folder = defaultdict[tuple[str, str, int], dict[int, Place]](dict)
        for place in places:
            by_folder[place.mailbox, place.folder, place.uidvalidity][place.uid] = place
        for (mailbox, folder, uidvalidity), wanted in by_folder.items():
            seen = select(tables.Place.uid).where(
                tables.Place.mailbox == mailbox,
                tables.Place.folder == folder,
                tables.Place.uidvalidity == uidvalidity,
                col(tables.Place.uid).in_(wanted),
            )
            known = set(self._session.exec(seen))
            rows = [{**asdict(place), "seen_at": at} for uid, place in wanted.items() if uid not in known]
            if rows:
                self._session.execute(insert(tables.Place), rows)

    def accept(self, sighting: Sighting, sha256: str, campaign: str, at: datetime) -> bool:
        """Take in what lies at a place; its bytes are in the archive by now.

        True where a message of these bytes was not known; it then waits for its verdict. Known bytes only gain
        another place; where the archive had lost them, they are read now. Other bytes than were found at that place
        before are left alone. May be repeated.
        """
        message, place = self._message(sha256), self._place(sighting.place) or _row(sighting.place, at)
        if place.message is not None and (message is None or place.message != message.id):
            return False
        is_new = message is None
        if message is None:
            message = tables.Message(
                campaign=campaign,
                mailbox=sighting.place.mailbox,
                sha256=sha256,
                size=sighting.size,
                received_at=sighting.received_at,
                accepted_at=at,
            )
            self._session.add(message)
            self._session.flush()
        elif message.fault is not None:
            message.fault = message.deferred_until = None
        place.message = message.id
        self._session.add(place)
        self._session.flush()
        return is_new

    def polled(self, mailbox: str, folder: str, uidvalidity: int, at: datetime) -> None:
        """Note that a folder was read to its end."""
        row = tables.Folder(mailbox=mailbox, folder=folder, uidvalidity=uidvalidity, last_complete_poll=at)
        self._session.merge(row)
        self._session.flush()

    def last_complete_poll(self, mailbox: str, folder: str) -> datetime | None:
        """Until when everything in a folder is known; None where it was never read to its end."""
        row = self._session.get(tables.Folder, (mailbox, folder))
        return row.last_complete_poll if row else None

    def next_waiting(self, at: datetime, *, slow: bool = False) -> Waiting | None:
        """The message of a lane to judge next, without those that are deferred until later.

        It is the least often tried, then that of the lowest turn, then the oldest, so that neither a bad mail nor a
        flood stops others.
        """
        until = col(tables.Message.deferred_until)
        message = self._session.exec(
            select(tables.Message)
            .where(
                tables.Message.state == tables.MessageState.WAITING,
                or_(until.is_(None), until <= at),
                col(tables.Message.postponed_at).is_not(None) if slow else col(tables.Message.postponed_at).is_(None),
            )
            .order_by(
                col(tables.Message.attempts),
                col(tables.Message.turn),
                col(tables.Message.received_at),
                col(tables.Message.id),
            )
            .limit(1)
        ).first()
        if message is None:
            return None
        return self._waiting(message)

    def waiting(self, sha256: str) -> Waiting | None:
        """The message of these bytes, if it waits to be judged."""
        message = self._message(sha256)
        return self._waiting(message) if message and message.state == tables.MessageState.WAITING else None

    def _waiting(self, message: tables.Message) -> Waiting:
        assert message.id is not None
        first = self._session.exec(
            select(tables.Place).where(tables.Place.message == message.id).order_by(col(tables.Place.id)).limit(1)
        ).one()
        place = Place(first.mailbox, first.folder, first.uidvalidity, first.uid)
        return Waiting(message.id, place, message.sha256, message.received_at, message.attempts, message.source)

    def received(self, campaign: str) -> int:
        """How many messages of a campaign were seen somewhere and taken in, counted by the places they were seen at."""
        query = select(func.count(func.distinct(tables.Place.message))).join(tables.Message)
        return self._session.exec(query.where(tables.Message.campaign == campaign)).one()

    def step_past(self, message_id: int, until: datetime, fault: str) -> None:
        """Leave a message alone until then whose bytes the archive cannot give; the attempt does not count."""
        message = self._known(message_id)
        message.deferred_until, message.attempts, message.fault = until, max(0, message.attempts - 1), fault
        self._session.flush()

    def retry(self) -> None:
        """Let every message be judged at once that was stepped past: its bytes may be there again."""
        faulty = col(tables.Message.fault).is_not(None)
        self._session.exec(update(tables.Message).where(faulty).values(deferred_until=None))

    def deferred(self, at: datetime) -> tuple[datetime, ...]:
        """Until when each message is left alone at that time whose sender has written very often, the next first."""
        until = col(tables.Message.deferred_until)
        of_senders = (tables.Message.state == tables.MessageState.WAITING, col(tables.Message.fault).is_(None))
        query = select(until).where(*of_senders, until > at).order_by(until)
        return tuple(moment for moment in self._session.exec(query) if moment)

    def unjudged(self, at: datetime) -> tuple[Unjudged, ...]:
        """The messages that wait at that time, the first accepted first, without those of `deferred`."""
        message = tables.Message
        query = (
            select(message)
            .where(
                message.state == tables.MessageState.WAITING,
                or_(
                    col(message.fault).is_not(None),
                    col(message.deferred_until).is_(None),
                    col(message.deferred_until) <= at,
                ),
            )
            .order_by(col(message.accepted_at), col(message.id))
        )
        return tuple(Unjudged(row.sha256, row.accepted_at, row.fault) for row in self._session.exec(query))

    def begin_attempt(self, message_id: int) -> int:
        """Count one more beginning of a judgement, before anything reads the message. The new count."""
        message = self._known(message_id)
        message.attempts += 1
        self._session.flush()
        return message.attempts

    def count_attempts(self, message_id: int, more: int) -> None:
        """Count so many attempts more, or less where what stopped a judgement was no fault of the message."""
        self._known(message_id).attempts += more
        self._session.flush()

    def postpone(self, message_id: int, at: datetime, sender: str = "") -> None:
        """Move a message that waits to the slow lane, where its attempts count anew. May be repeated.

        Its `sender` is noted meanwhile, as by `defer`.
        """
        message = self._known(message_id)
        message.sender = sender or message.sender
        if message.postponed_at is None:
            message.postponed_at, message.attempts, message.fault = at, 0, None
            self._session.flush()

    def _known(self, message_id: int) -> tables.Message:
        message = self._session.get(tables.Message, message_id)
        if message is None:
            raise StoreError(f"there is no message {message_id} to judge")
        return message

    def _message(self, sha256: str) -> tables.Message | None:
        return self._session.exec(select(tables.Message).where(tables.Message.sha256 == sha256)).first()

    def _place(self, place: Place) -> tables.Place | None:
        query = select(tables.Place).where(
            tables.Place.mailbox == place.mailbox,
            tables.Place.folder == place.folder,
            tables.Place.uidvalidity == place.uidvalidity,
            tables.Place.uid == place.uid,
        )
        return self._session.exec(query).first()


def _row(place: Place, at: datetime) -> tables.Place:
    return tables.Place(
        mailbox=place.mailbox, folder=place.folder, uidvalidity=place.uidvalidity, uid=place.uid, seen_at=at
    )
