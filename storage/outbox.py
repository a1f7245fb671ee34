"""The letters: queued once by their key, claimed by one sender at a time, settled by who claimed them."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, literal, or_
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select, update

from mailbot.domain import AT_MOST_ONCE, Claimed, Envelope, LetterKind, LetterState, StoredLetter
from mailbot.errors import StoreError
from storage import tables
from storage.columns import Moment

SETTLED = frozenset(
    {LetterState.SENT, LetterState.QUEUED, LetterState.REFUSED, LetterState.UNCERTAIN, LetterState.DROPPED}
)


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
            )
        )
        self._session.flush()
        return True

    def claim(self, now: datetime, lease: timedelta, owner: str) -> Claimed | None:
        """Take one letter to send, receipts first, then the longest due; it is the owner's until the lease ends.

        A letter whose lease ended is taken again if its kind goes out at least once; a reminder then becomes
        uncertain and is never sent again.
        """
        self._give_up_lost(now)
        row = self._session.exec(
            select(tables.Letter)
            .where(or_(_is_due(now), _is_lost(now)))
            .order_by(
                case((col(tables.Letter.kind) == LetterKind.RECEIPT, 0), else_=1),
                col(tables.Letter.due_at),
                col(tables.Letter.id),
            )
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        row.state = LetterState.SENDING
        row.attempts += 1
        row.lease_until, row.lease_owner = now + lease, owner
        self._session.flush()
        return _claimed(row)

    def _give_up_lost(self, now: datetime) -> None:
        self._session.exec(
            update(tables.Letter)
            .where(_is_lost(now), col(tables.Letter.kind).in_(AT_MOST_ONCE))
            .values(
                state=LetterState.UNCERTAIN,
                lease_until=None,
                lease_owner=None,
                last_error="the sender stopped before it knew whether the server took the letter",
            )
        )

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
        }
        if state is LetterState.QUEUED:
            changes["due_at"] = due or at
        result = self._session.exec(
            update(tables.Letter)
            .where(
                col(tables.Letter.id) == claimed.id,
                col(tables.Letter.state) == LetterState.SENDING,
                col(tables.Letter.lease_owner) == owner,
                col(tables.Letter.attempts) == claimed.attempts,  # the owner may have claimed it again meanwhile
            )
            .values(**changes)
        )
        return result.rowcount == 1

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

    def letters(self, states: Collection[LetterState] | None = None) -> tuple[StoredLetter, ...]:
        """The letters in these states, or all, in order of id."""
        without_bytes = defer(tables.Letter.content)  # type: ignore[arg-type]  # SQLModel types a column by its value
        query = select(tables.Letter).order_by(col(tables.Letter.id)).options(without_bytes)
        if states is not None:
            query = query.where(col(tables.Letter.state).in_(states))
        return tuple(_stored(row) for row in self._session.exec(query))

    def content(self, letter: int) -> bytes:
        """The bytes of a letter. Raises StoreError where there is no such letter."""
        found = self._session.exec(select(tables.Letter.content).where(tables.Letter.id == letter)).first()
        if found is None:
            raise StoreError(f"there is no letter {letter} in the outbox")
        return found

    def letter_exists(self, key: str) -> bool:
        """Whether a letter of this key is or was in the outbox."""
        return self._session.exec(select(tables.Letter.id).where(tables.Letter.key == key)).first() is not None

    def keys_of(self, kind: LetterKind) -> tuple[str, ...]:
        """The keys of all letters of a kind, in order of id."""
        query = select(tables.Letter.key).where(tables.Letter.kind == kind).order_by(col(tables.Letter.id))
        return tuple(self._session.exec(query))

    def sent_since(self, at: datetime) -> int:
        """How many letters the servers took since then."""
        query = select(func.count()).select_from(tables.Letter).where(col(tables.Letter.sent_at) >= at)
        return self._session.exec(query).one()


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(col(tables.Letter.state) == LetterState.QUEUED, col(tables.Letter.due_at) <= now)


def _is_lost(now: datetime) -> ColumnElement[bool]:
    return and_(col(tables.Letter.state) == LetterState.SENDING, col(tables.Letter.lease_until) <= now)


def _claimed(row: tables.Letter) -> Claimed:
    assert row.id is not None
    envelope = Envelope(
        key=row.key,
        kind=LetterKind(row.kind),
        to=row.recipient,
        subject=row.subject,
        message_id=row.message_id,
        content=row.content,
        unit=row.unit,
    )
    return Claimed(row.id, row.attempts, envelope)


def _stored(row: tables.Letter) -> StoredLetter:
    assert row.id is not None
    return StoredLetter(
        id=row.id,
        key=row.key,
        kind=LetterKind(row.kind),
        to=row.recipient,
        subject=row.subject,
        unit=row.unit,
        state=LetterState(row.state),
        attempts=row.attempts,
        queued_at=row.queued_at,
        due_at=row.due_at,
        sent_at=row.sent_at,
        last_error=row.last_error,
    )
