"""Mails: where each was seen, what its outcome is, its files, and the addresses that letters came back from."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from mailbot.domain.mail import Disposition
from mailbot.domain.proof import Proof
from storage.column_types import STRICT, Flag, Moment, Whole, Words, identity, one_of, reference


class MessageState(StrEnum):
    """Where a message stands between its acceptance and its verdict."""

    WAITING = "waiting"
    JUDGED = "judged"


class Message(SQLModel, table=True):
    """One mail, by its bytes. Until it is judged, only the upper columns say something."""

    __table_args__ = (
        one_of("state", MessageState),
        one_of("disposition", Disposition),
        CheckConstraint(
            "(state = 'judged') = (disposition IS NOT NULL AND judged_at IS NOT NULL)", name="judged_has_outcome"
        ),
        CheckConstraint("(case_number IS NULL) = (case_name IS NULL)", name="case_is_whole"),
        Index("message_waiting", "state", "attempts", "turn", "received_at"),
        Index("message_source", "source", "judged_at"),
        Index("message_same_mail", "message_id"),
        Index("message_campaign", "campaign"),
        Index("message_unit", "unit"),
        STRICT,
    )
    id: int | None = identity()
    campaign: str = Field(sa_type=Words)
    mailbox: str = Field(sa_type=Words)
    sha256: str = Field(sa_type=Words, unique=True)
    size: int = Field(sa_type=Whole)
    received_at: datetime = Field(sa_type=Moment)
    accepted_at: datetime = Field(sa_type=Moment)
    attempts: int = Field(default=0, sa_type=Whole)
    state: str = Field(default=MessageState.WAITING, sa_type=Words)
    disposition: str | None = Field(default=None, sa_type=Words)
    code: str | None = Field(default=None, sa_type=Words)
    reason: str = Field(default="", sa_type=Words)
    case_number: int | None = Field(default=None, sa_type=Whole)
    case_name: str | None = Field(default=None, sa_type=Words, unique=True)
    message_id: str | None = Field(default=None, sa_type=Words)
    sender: str = Field(default="", sa_type=Words)
    subject: str = Field(default="", sa_type=Words)
    content_digest: str = Field(default="", sa_type=Words)
    unit: str | None = Field(default=None, sa_type=Words)
    judged_at: datetime | None = Field(default=None, sa_type=Moment)
    postponed_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it went to the slow lane."""
    deferred_until: datetime | None = Field(default=None, sa_type=Moment)
    """Not read before, because its sender has written very often, or because of its `fault`."""
    fault: str | None = Field(default=None, sa_type=Words)
    """Why its bytes could not be had from the archive when they were last asked for."""
    proof: str = Field(default=Proof.UNTOLD, sa_type=Words, sa_column_kwargs={"server_default": text("'untold'")})
    """What our own provider found out about its sender."""
    source: str = Field(default="", sa_type=Words, sa_column_kwargs={"server_default": text("''")})
    """Whose share of the reading it takes (`decide.source`); "" until its head was read."""
    stranger: bool = Field(default=False, sa_type=Flag, sa_column_kwargs={"server_default": "0"})
    """Nobody of ours by its address, or not proved to be."""
    turn: int = Field(default=0, sa_type=Whole, sa_column_kwargs={"server_default": "0"})
    """Those of a lower turn are read before it."""
    folded_at: datetime | None = Field(default=None, sa_type=Moment)
    """Since when its cases wait for the letter to staff that names many."""


class Place(SQLModel, table=True):
    """Where a message was seen. Without `message`: it is older than the campaign and was left alone."""

    __table_args__ = (
        UniqueConstraint("mailbox", "folder", "uidvalidity", "uid", name="place_once"),
        Index("place_message", "message"),
        STRICT,
    )
    id: int | None = identity()
    mailbox: str = Field(sa_type=Words)
    folder: str = Field(sa_type=Words)
    uidvalidity: int = Field(sa_type=Whole)
    uid: int = Field(sa_type=Whole)
    message: int | None = reference("message", nullable=True, default=None)
    seen_at: datetime = Field(sa_type=Moment)


class Folder(SQLModel, table=True):
    """A folder that was read to its end, and when."""

    __table_args__ = (STRICT,)
    mailbox: str = Field(sa_type=Words, primary_key=True)
    folder: str = Field(sa_type=Words, primary_key=True)
    uidvalidity: int = Field(sa_type=Whole)
    last_complete_poll: datetime = Field(sa_type=Moment)


class Attachment(SQLModel, table=True):
    """A file of a message. `path` is its place in the mail, `fault` the code of what made it unreadable."""

    __table_args__ = (UniqueConstraint("message", "position", name="attachment_once"), STRICT)
    id: int | None = identity()
    message: int = reference("message")
    position: int = Field(sa_type=Whole)
    path: str = Field(sa_type=Words)
    name: str = Field(sa_type=Words)
    kind: str = Field(sa_type=Words)
    size: int = Field(sa_type=Whole)
    sha256: str = Field(sa_type=Words)
    fault: str | None = Field(default=None, sa_type=Words)


class Bounce(SQLModel, table=True):
    """An address that a letter came back from, and which letter of ours, where it is known.

    `message`: the report that tells of it; null where the server refused the address while the letter was handed over.
    `roster_row`: the rows of the roster in which the address stood then, as JSON; null in older reports.
    """

    __table_args__ = (Index("bounce_address", "address"), STRICT)
    id: int | None = identity()
    message: int | None = reference("message", nullable=True, default=None)
    letter: int | None = reference("letter", nullable=True, default=None)
    address: str = Field(sa_type=Words)
    why: str = Field(sa_type=Words)
    bounced_at: datetime = Field(sa_type=Moment)
    roster_row: str | None = Field(default=None, sa_type=Words)


class Issuer(SQLModel, table=True):
    """A name under which the provider of a mailbox writes results of authentication."""

    __table_args__ = (STRICT,)
    mailbox: str = Field(sa_type=Words, primary_key=True)
    name: str = Field(sa_type=Words, primary_key=True)
    learnt_at: datetime = Field(sa_type=Moment)
