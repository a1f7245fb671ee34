"""The outbox, and what limits how much is sent and done on a day."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from mailbot.domain.letter import LetterKind, LetterState
from storage.column_types import STRICT, Flag, Moment, Whole, Words, identity, one_of

_HANDED, _LEASED = text("handed_at IS NOT NULL"), text("lease_until IS NOT NULL")


class Letter(SQLModel, table=True):
    """The outbox. A letter being sent is leased to `lease_owner` until `lease_until`."""

    __table_args__ = (
        one_of("kind", LetterKind),
        one_of("state", LetterState),
        CheckConstraint(
            "(state = 'sending') = (lease_until IS NOT NULL AND lease_owner IS NOT NULL)", name="sending_has_lease"
        ),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        # whole answers stand in these: to read a column behind `content` costs a walk through all its pages
        Index("letter_next", "state", "yields", "precedence", "due_at", "id", "kind", "mailbox", "recipient"),
        Index("letter_sent", "mailbox", "sent_at", "yields"),
        Index("letter_handed", "mailbox", "handed_at", "yields", sqlite_where=_HANDED, postgresql_where=_HANDED),
        Index("letter_leased", "mailbox", "lease_until", "yields", sqlite_where=_LEASED, postgresql_where=_LEASED),
        Index("letter_to", "recipient", "sent_at", "handed_at"),
        Index("letter_unit", "unit", "kind"),
        STRICT,
    )
    id: int | None = identity()
    key: str = Field(sa_type=Words, unique=True)
    kind: str = Field(sa_type=Words)
    recipient: str = Field(sa_type=Words)
    unit: str | None = Field(default=None, sa_type=Words)
    subject: str = Field(sa_type=Words)
    message_id: str = Field(sa_type=Words)
    content: bytes = Field(sa_type=LargeBinary)
    state: str = Field(sa_type=Words)
    attempts: int = Field(default=0, sa_type=Whole)
    queued_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    lease_owner: str | None = Field(default=None, sa_type=Words)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    last_error: str | None = Field(default=None, sa_type=Words)
    mailbox: str = Field(default="", sa_type=Words, sa_column_kwargs={"server_default": text("''")})
    refusals: int = Field(default=0, sa_type=Whole, sa_column_kwargs={"server_default": "0"})
    copies: int = Field(default=0, sa_type=Whole, sa_column_kwargs={"server_default": "0"})
    """How many copies may have left without anybody's knowing."""
    handed_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the last of them may have left."""
    yields: bool = Field(default=False, sa_type=Flag, sa_column_kwargs={"server_default": "0"})
    """All others leave before it."""
    cases: str = Field(default="", sa_type=Words, sa_column_kwargs={"server_default": text("''")})
    """The cases that its one-time word holds for, with a blank between."""
    precedence: int = Field(default=0, sa_type=Whole, sa_column_kwargs={"server_default": "0"})
    """The place of its kind among those that are due: the lowest leaves first."""


class Tally(SQLModel, table=True):
    """How often something was done, or left undone, on a day."""

    __table_args__ = (STRICT,)
    day: str = Field(sa_type=Words, primary_key=True)
    what: str = Field(sa_type=Words, primary_key=True)
    number: int = Field(sa_type=Whole)


class Rest(SQLModel, table=True):
    """An account that has sent too much and may not send until then."""

    __table_args__ = (STRICT,)
    mailbox: str = Field(sa_type=Words, primary_key=True)
    until: datetime = Field(sa_type=Moment)
    reason: str = Field(sa_type=Words)
