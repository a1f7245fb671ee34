"""Stores bounces, and tells which addresses no longer receive letters."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, func, select

from mailbot.mail.bounces import LASTING, Bounce
from storage import tables


class Bounces:
    """The part of a transaction that knows which addresses are dead."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def bounced(self, message_id: int, bounces: Iterable[Bounce], at: datetime) -> None:
        """Note what a report says, with the letter of ours to that address that it returns, if it names one.

        `at`: when the report came.
        """
        self._session.add_all(
            tables.Bounce(
                message=message_id,
                letter=self._returned(bounce),
                address=bounce.address.lower(),
                why=bounce.why,
                bounced_at=at,
            )
            for bounce in bounces
        )
        self._session.flush()

    def _returned(self, bounce: Bounce) -> int | None:
        query = select(tables.Letter.id).where(
            tables.Letter.message_id == bounce.letter,
            func.lower(tables.Letter.recipient) == bounce.address.lower(),
            col(tables.Letter.attempts) > 0,
        )
        return self._session.exec(query.limit(1)).first() if bounce.letter else None

    def dead_addresses(self) -> frozenset[str]:
        """The addresses, in lower case, at which no letter arrives any more.

        Only for reasons that last, only where the report returned a letter of ours, since anybody can write a report,
        and not where a mail from that address came afterwards.
        """
        return frozenset(self._dead())

    def died_at(self, address: str) -> datetime | None:
        """When the last letter to a dead address came back; None for any other address."""
        return self._dead().get(address.lower())

    def _dead(self) -> dict[str, datetime]:
        returned = (
            select(tables.Bounce.address, func.max(tables.Bounce.bounced_at))
            .where(col(tables.Bounce.letter).is_not(None), col(tables.Bounce.why).in_(LASTING))
            .group_by(tables.Bounce.address)
        )
        return {address: at for address, at in self._session.exec(returned) if not self._heard_from(address, at)}

    def _heard_from(self, address: str, since: datetime) -> bool:
        query = select(tables.Message.id).where(
            func.lower(tables.Message.sender) == address, col(tables.Message.received_at) > since
        )
        return self._session.exec(query.limit(1)).first() is not None
