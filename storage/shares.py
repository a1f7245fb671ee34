"""Stores who takes which share of the reading, and how often something was done on a day."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select, update

from mailbot.domain.mail import Unsorted
from storage import tables

_WAITS: Any = tables.Message.state == tables.MessageState.WAITING


class Shares:
    """The part of a transaction that knows who floods the mailbox."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def unsorted(self, most: int) -> tuple[Unsorted, ...]:
        """The first messages that wait and have no source yet."""
        message = tables.Message
        query = select(message.id, message.mailbox, message.sha256).where(
            message.source == "", col(message.judged_at).is_(None), _WAITS
        )
        rows = self._session.exec(query.order_by(col(message.id)).limit(most))
        return tuple(Unsorted(id, mailbox, sha256) for id, mailbox, sha256 in rows if id is not None)

    def sort(self, message_id: int, source: str, sender: str, turn: int, *, stranger: bool) -> None:
        """Note whose share of the reading a message takes, and after whom it is read."""
        row = tables.Message
        values = {"source": source, "sender": sender, "turn": turn, "stranger": stranger}
        self._session.exec(update(row).where(col(row.id) == message_id).values(values))

    def source_of(self, message_id: int) -> str:
        """Whose share of the reading a message takes; "" where that is not known."""
        return self._session.get_one(tables.Message, message_id).source

    def waiting_of(self, sources: str, *, exactly: bool) -> int:
        """How many messages of a source wait, or of all whose name begins so."""
        name = col(tables.Message.source)
        of: Any = name == sources if exactly else name.startswith(sources, autoescape=True)
        query = select(func.count()).select_from(tables.Message)
        return self._session.exec(query.where(of, col(tables.Message.judged_at).is_(None), _WAITS)).one()

    def judged_of(self, source: str, back: int) -> datetime | None:
        """When the latest but `back` message of a source was judged; None where there are fewer."""
        judged_at = col(tables.Message.judged_at)
        query = select(judged_at).where(tables.Message.source == source, judged_at.is_not(None))
        return self._session.exec(query.order_by(judged_at.desc()).offset(back).limit(1)).first()

    def defer(self, source: str, until: datetime) -> int:
        """Leave alone until then what waits of a source in the fast lane; how many messages."""
        row = tables.Message
        result = self._session.exec(
            update(row)
            .where(col(row.source) == source, col(row.judged_at).is_(None), _WAITS, col(row.postponed_at).is_(None))
            .values(deferred_until=until)
        )
        return result.rowcount

    def waits_of_ours(self, at: datetime) -> bool:
        """Whether a message waits to be judged now that may be of somebody we know; what is deferred does not count."""
        until = col(tables.Message.deferred_until)
        query = select(tables.Message.id).where(
            _WAITS, col(tables.Message.stranger) == 0, or_(until.is_(None), until <= at)
        )
        return self._session.exec(query.limit(1)).first() is not None

    # ------------------------------------------------------------ cases that one letter names together

    def fold(self, message_id: int, at: datetime) -> None:
        """Let the cases of a message wait for the letter to staff that names many."""
        self._session.get_one(tables.Message, message_id).folded_at = at
        self._session.flush()

    def folded(self) -> Mapping[int, datetime]:
        """The messages whose cases wait for that letter, and since when."""
        at = col(tables.Message.folded_at)
        rows = self._session.exec(select(tables.Message.id, at).where(at.is_not(None)).order_by(at))
        return {id: moment for id, moment in rows if id is not None and moment is not None}

    def unfold(self) -> None:
        """Note that the letter was made which names them."""
        at = col(tables.Message.folded_at)
        self._session.exec(update(tables.Message).where(at.is_not(None)).values(folded_at=None))

    # ------------------------------------------------------------ how often

    def count(self, day: date, what: str) -> int:
        """Count once more what was done on a day; how often by now."""
        row = self._session.get(tables.Tally, (day.isoformat(), what))
        row = row or tables.Tally(day=day.isoformat(), what=what, number=0)
        row.number += 1
        self._session.add(row)
        self._session.flush()
        return row.number

    def counted(self, what: str, since: date, until: date) -> int:
        """How often it was done on these days."""
        tally = tables.Tally
        of_days: ColumnElement[bool] = col(tally.day).between(since.isoformat(), until.isoformat())
        return self._session.exec(
            select(func.coalesce(func.sum(tally.number), 0)).where(tally.what == what, of_days)
        ).one()
