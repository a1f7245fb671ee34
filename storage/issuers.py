"""Stores under which names the providers of the mailboxes write results of authentication."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, select

from storage import tables


class Issuers:
    """The part of a transaction that knows whose Authentication-Results are believed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def issuers(self, mailbox: str) -> frozenset[str]:
        """The authserv-ids learnt for a mailbox (RFC 8601 section 2.2)."""
        return frozenset(self._session.exec(select(tables.Issuer.name).where(tables.Issuer.mailbox == mailbox)))

    def learn(self, mailbox: str, issuers: Iterable[str], at: datetime) -> None:
        """Believe these from now on; known ones stay as they are. May be repeated."""
        known = self.issuers(mailbox)
        self._session.add_all(
            tables.Issuer(mailbox=mailbox, name=name, learnt_at=at) for name in issuers if name not in known
        )
        self._session.flush()
