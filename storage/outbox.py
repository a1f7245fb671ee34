"""The outbox: each letter is queued once, claimed by one sender at a time, and settled by the one that claimed it."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import sqlalchemy
from sqlalchemy import ColumnElement, ScalarSelect, and_, case, literal, or_, union_all
from sqlalchemy.orm import aliased, defer
from sqlmodel import Session, col, func, select, update

from mailbot.domain.errors import StoreError
from mailbot.domain.letter import PRECEDENCE, Claimed, Envelope, LetterKind, LetterState, Rest, StoredLetter
from storage import tables
from storage.column_types import Moment
from storage.journal import Departure
from storage.letter_rows import claimed_letter, departed_letter_row, stored_letter

SETTLED = frozenset(
    {LetterState.SENT, LetterState.QUEUED, LetterState.REFUSED, LetterState.UNCERTAIN, LetterState.DROPPED}
)
LONGEST_WAIT = timedelta(days=1)
"""Nothing waits longer by the program's own will: a time further ahead was written while the clock was wrong."""
NEXT = ("yields", "precedence", "due_at", "id")
"""The order in which letters leave."""
FOR_STAFF = (LetterKind.CASE, LetterKind.TRANSCRIPT, LetterKind.ALERT, LetterKind.DIGEST)


class Outbox:
    """The part of a transaction that keeps letters."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def enqueue(self, envelope: Envelope, due: datetime, at: datetime, held: bool) -> bool:
        """Put a letter in the outbox, held or to be sent when due. False, and nothing written, for a known key."""
        if self.letter_exists(envelope.key):
            return False
        self._session.add(
            tables.Letter(
                key=envelope.key,
                kind=envelope.kind,
                recipient=envelope.to,
                unit=envelope.unit,
                subject=envelope.subject,
                message_id=envelope.message_id,
                content=envelope.content,
                state=LetterState.HELD if held else LetterState.QUEUED,
                queued_at=at,
                due_at=due,
                mailbox=envelope.mailbox,
                yields=envelope.yields,
                precedence=PRECEDENCE.index(envelope.kind),
                cases=" ".join(envelope.cases),
            )
        )
        self._session.flush()
        return True

    def claim(
        self,
        now: datetime,
        lease: timedelta,
        owner: str,
        mailbox: str = "",
        kinds: Collection[LetterKind] = PRECEDENCE,
        per_address_per_hour: int = 0,
        *,
        first: bool = True,
        yielding: bool = True,
    ) -> Claimed | None:
        """Take one letter of these kinds to send from a mailbox; it is the owner's until the lease ends.

        One that yields last, and only where `yielding`; by precedence of its kind, then the longest due. The `first`
        mailbox sends the letters of none, too, and the reminders of any, which are written anew; what was written for
        another would leave under a false sender. An address that got so many letters within the hour (0: no limit)
        waits, unless it is one of staff. A letter whose lease ended is taken again; one more copy of it may have left.
        """
        letter, now = tables.Letter, now.astimezone(UTC)  # an hour by the clock on the wall need not be one
        wanted = [
            _is_of(mailbox, first=first),
            col(letter.kind).in_(kinds),
            *([] if yielding else [col(letter.yields) == 0]),
        ]
        if per_address_per_hour:
            served = _served(now - timedelta(hours=1), now)
            wanted.append(or_(col(letter.kind).in_(FOR_STAFF), served < per_address_per_hour))
        order = (letter.yields, letter.precedence, letter.due_at, letter.id)
        # one by one in the order of an index, not all that are due
        firsts = (
            sqlalchemy.select(*map(col, order)).where(which, *wanted).order_by(*map(col, order)).limit(1).subquery()
            for which in (_is_due(now), _is_lost(now, lease))
        )
        both = union_all(*(sqlalchemy.select(first) for first in firsts)).subquery()
        next_id = sqlalchemy.select(both.c.id).order_by(*(both.c[name] for name in NEXT)).limit(1).scalar_subquery()
        row = self._session.exec(select(letter).where(col(letter.id) == next_id)).first()
        if row is None:
            return None
        if row.state == LetterState.SENDING:
            assert row.lease_until is not None
            row.copies, row.handed_at = row.copies + 1, min(row.lease_until - lease, now)
        row.state = LetterState.SENDING
        row.attempts += 1
        row.mailbox = mailbox
        row.lease_until, row.lease_owner = now + lease, owner
        self._session.flush()
        return claimed_letter(row)

    def settle(
        self,
        claimed: Claimed,
        owner: str,
        state: LetterState,
        at: datetime,
        due: datetime | None = None,
        error: str | None = None,
    ) -> bool:
        """Write down what became of a claimed letter; `due` says when a queued one is tried again.
        Its counts become those of `claimed`.

        False, and nothing written, where this claim no longer holds: its lease ended and the letter was taken by
        another, or it was settled. Raises ValueError for a state in which no letter can end.
        """
        if state not in SETTLED:
            raise ValueError(f"a letter that was being sent cannot become {state}")
        changes = {
            "state": state,
            "lease_until": None,
            "lease_owner": None,
            "last_error": error,
            "sent_at": at if state is LetterState.SENT else None,
            "refusals": claimed.refusals,
            "copies": claimed.copies,
            "handed_at": claimed.handed_at,
        }
        if state is LetterState.QUEUED:
            changes["due_at"] = due or at
        result = self._session.exec(update(tables.Letter).where(*_is_claimed(claimed, owner)).values(**changes))
        return result.rowcount == 1

    def rewrite(self, claimed: Claimed, owner: str, envelope: Envelope) -> bool:
        """Put the words and the address of `envelope` into a claimed letter before it is sent; its key stays.

        False, and nothing written, where this claim no longer holds.
        """
        result = self._session.exec(
            update(tables.Letter)
            .where(*_is_claimed(claimed, owner))
            .values(recipient=envelope.to, subject=envelope.subject, content=envelope.content)
        )
        return result.rowcount == 1

    def departed(self, gone: Collection[Departure]) -> None:
        """Know letters as sent that the journal says have left; those that were not made here have no bytes."""
        keys = {departure.key for departure in gone}
        query = select(tables.Letter).where(col(tables.Letter.key).in_(keys))
        made = {row.key: row for row in self._session.exec(query)}
        for departure in gone:
            row = made.get(departure.key) or departed_letter_row(departure)
            row.state, row.sent_at = LetterState.SENT, departure.at
            row.lease_until = row.lease_owner = row.last_error = None
            self._session.add(row)
        self._session.flush()

    def release(self, keys: Collection[str] | None, at: datetime) -> int:
        """Queue held letters, these or all, to be sent from now on; how many."""
        chosen = [] if keys is None else [col(tables.Letter.key).in_(keys)]
        due = col(tables.Letter.due_at)
        result = self._session.exec(
            update(tables.Letter)
            .where(col(tables.Letter.state) == LetterState.HELD, *chosen)
            .values(state=LetterState.QUEUED, due_at=case((due < at, literal(at, Moment)), else_=due))
        )
        return result.rowcount

    def drop(self, key: str, reason: str) -> bool:
        """Give up a letter that nobody is sending; whether there was one."""
        result = self._session.exec(
            update(tables.Letter)
            .where(
                col(tables.Letter.key) == key,
                col(tables.Letter.state).in_((LetterState.HELD, LetterState.QUEUED)),
            )
            .values(state=LetterState.DROPPED, last_error=reason)
        )
        return result.rowcount == 1

    def letters(
        self, states: Collection[LetterState] | None = None, kind: LetterKind | None = None, unit: str | None = None
    ) -> tuple[StoredLetter, ...]:
        """The letters in these states, or all, those of a kind or all, to a unit or all, in order of id."""
        without_bytes = defer(tables.Letter.content)  # type: ignore[arg-type]  # SQLModel types a column by its value
        query = select(tables.Letter).order_by(col(tables.Letter.id)).options(without_bytes)
        if states is not None:
            query = query.where(col(tables.Letter.state).in_(states))
        if kind is not None:
            query = query.where(tables.Letter.kind == kind)
        if unit is not None:
            query = query.where(tables.Letter.unit == unit)
        return tuple(stored_letter(row) for row in self._session.exec(query))

    def content(self, letter: int) -> bytes:
        """The bytes of a letter. Raises StoreError where there is no such letter."""
        found = self._session.exec(select(tables.Letter.content).where(tables.Letter.id == letter)).first()
        if found is None:
            raise StoreError(f"there is no letter {letter} in the outbox")
        return found

    def letter_exists(self, key: str) -> bool:
        """Whether a letter of this key is or was in the outbox."""
        return self._session.exec(select(tables.Letter.id).where(tables.Letter.key == key)).first() is not None

    def letters_called(self, prefix: str) -> int:
        """How many letters have a key that begins so."""
        query = select(func.count()).where(col(tables.Letter.key).startswith(prefix, autoescape=True))
        return self._session.exec(query).one()

    def sent_keys(self) -> set[str]:
        """The keys of all letters that are known as sent."""
        return set(self._session.exec(select(tables.Letter.key).where(tables.Letter.state == LetterState.SENT)))

    def sent_since(self, at: datetime, now: datetime, mailbox: str = "", *, yielding: bool = False) -> int:
        """How many letters of a mailbox the servers took, or may have taken, between the two; or of those that yield.

        What lies behind `now` was written while the clock was wrong, and counts nothing.
        """
        letter = tables.Letter
        left = (col(letter.sent_at).between(at, now), col(letter.handed_at).between(at, now), _is_in_flight(now))
        of = [col(letter.mailbox) == mailbox, *([col(letter.yields) == 1] if yielding else [])]
        counts = (sqlalchemy.select(func.count()).where(which, *of).scalar_subquery() for which in left)
        return int(self._session.execute(sqlalchemy.select(sum(counts, literal(0)))).scalar_one())

    def last_sent(self, mailbox: str) -> datetime | None:
        """When a server last took a letter of a mailbox."""
        return self._session.exec(select(func.max(tables.Letter.sent_at)).where(tables.Letter.mailbox == mailbox)).one()

    def rest(self, rest: Rest) -> None:
        """Let a mailbox send nothing until then."""
        self._session.merge(tables.Rest(mailbox=rest.mailbox, until=rest.until, reason=rest.reason))

    def resting(self, now: datetime) -> tuple[Rest, ...]:
        """The mailboxes that may not send yet."""
        until = col(tables.Rest.until)
        rest = select(tables.Rest).where(until > now, until <= now + LONGEST_WAIT).order_by(tables.Rest.mailbox)
        rows = self._session.exec(rest)
        return tuple(Rest(row.mailbox, row.until, row.reason) for row in rows)


def _is_of(mailbox: str, *, first: bool) -> ColumnElement[bool]:
    of, kind = col(tables.Letter.mailbox), col(tables.Letter.kind)
    return or_(of.in_((mailbox, "")), kind == LetterKind.REMINDER) if first else of == mailbox


def _is_due(now: datetime) -> ColumnElement[bool]:
    due = col(tables.Letter.due_at)
    return and_(col(tables.Letter.state) == LetterState.QUEUED, or_(due <= now, due > now + LONGEST_WAIT))


def _is_lost(now: datetime, lease: timedelta) -> ColumnElement[bool]:
    until = col(tables.Letter.lease_until)
    return and_(col(tables.Letter.state) == LetterState.SENDING, or_(until <= now, until > now + lease))


def _is_in_flight(now: datetime) -> ColumnElement[bool]:
    """Whether somebody has it, or died with it just now. What is leased is being sent, and nothing else is."""
    ends = col(tables.Letter.lease_until)
    return and_(ends > now, ends <= now + LONGEST_WAIT)


def _served(since: datetime, now: datetime) -> ScalarSelect[int]:
    """How many letters the address of a letter got, or may have got, since then."""
    other = aliased(tables.Letter)
    got = or_(col(other.sent_at).between(since, now), col(other.handed_at).between(since, now))
    query = sqlalchemy.select(func.count()).where(col(other.recipient) == col(tables.Letter.recipient), got)
    return query.correlate(tables.Letter).scalar_subquery()


def _is_claimed(claimed: Claimed, owner: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(tables.Letter.id) == claimed.id,
        col(tables.Letter.state) == LetterState.SENDING,
        col(tables.Letter.lease_owner) == owner,
        col(tables.Letter.attempts) == claimed.attempts,  # the owner may have claimed it again meanwhile
    )
