"""The database tables as SQLModel classes, without behaviour or relationships.

They can be read with any SQL tool: times are UTC text, words stand as they are, and `value` says of every figure which
cell of which sheet it came from and what stood there. Constraint names on PostgreSQL and SQLite are the same.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, get_args

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from mailbot.domain.decision import Action, Via
from mailbot.domain.letter import LetterKind, LetterState
from mailbot.domain.mail import Disposition
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Evidence, Relation, Status
from parsers.reading import Layout, Precision, Severity
from storage.column_types import Flag, Moment, Whole, Words, flag, one_of

STRICT = {"sqlite_strict": True}


class MessageState(StrEnum):
    """Where a message stands between its acceptance and its verdict."""

    WAITING = "waiting"
    JUDGED = "judged"


class Part(StrEnum):
    """The part of a table that a value comes from."""

    RECORD = "record"
    HEADER = "header"
    TOTAL = "total"


class Kind(StrEnum):
    """What a value is. A number beyond 64 bits has its digits in `text`; choices are a JSON list there."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    CHOICES = "choices"
    EMPTY = "empty"


def _id() -> Any:
    return Field(default=None, sa_type=Whole, primary_key=True)


def _of(table: str, **options: Any) -> Any:
    """A reference to a row of another table."""
    return Field(sa_type=Whole, foreign_key=f"{table}.id", **options)


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
        STRICT,
    )
    id: int | None = _id()
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
    id: int | None = _id()
    mailbox: str = Field(sa_type=Words)
    folder: str = Field(sa_type=Words)
    uidvalidity: int = Field(sa_type=Whole)
    uid: int = Field(sa_type=Whole)
    message: int | None = _of("message", nullable=True, default=None)
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
    id: int | None = _id()
    message: int = _of("message")
    position: int = Field(sa_type=Whole)
    path: str = Field(sa_type=Words)
    name: str = Field(sa_type=Words)
    kind: str = Field(sa_type=Words)
    size: int = Field(sa_type=Whole)
    sha256: str = Field(sa_type=Words)
    fault: str | None = Field(default=None, sa_type=Words)


class Submission(SQLModel, table=True):
    """One table from one unit. `candidates` is a JSON list of unit codes."""

    __table_args__ = (
        one_of("layout", get_args(Layout)),
        one_of("evidence", Evidence),
        one_of("status", Status),
        one_of("relation", Relation),
        flag("current"),
        flag("zero_report"),
        Index("submission_message", "message"),
        Index("submission_unit", "unit", "form"),
        STRICT,
    )
    id: int | None = _id()
    message: int = _of("message")
    case_name: str = Field(sa_type=Words, unique=True)
    attachment: str = Field(sa_type=Words)
    form: str = Field(sa_type=Words)
    layout: str = Field(sa_type=Words)
    title: str = Field(sa_type=Words)
    sheet: str = Field(sa_type=Words)
    unit: str | None = Field(default=None, sa_type=Words)
    unit_name: str | None = Field(default=None, sa_type=Words)
    evidence: str | None = Field(default=None, sa_type=Words)
    status: str = Field(sa_type=Words)
    relation: str = Field(sa_type=Words)
    current: bool = Field(sa_type=Flag)
    version: int = Field(sa_type=Whole)
    zero_report: bool = Field(sa_type=Flag)
    candidates: str = Field(sa_type=Words)


class Replacement(SQLModel, table=True):
    """Which submission takes the place of which."""

    __table_args__ = (Index("replacement_replaced", "replaced"), STRICT)
    submission: int = _of("submission", primary_key=True)
    replaced: int = _of("submission", primary_key=True)
    position: int = Field(sa_type=Whole)


class Record(SQLModel, table=True):
    """One row of a submission. `position` counts from 0, `row` is the row in the sender's sheet.

    `repeated`: an earlier submission that counts has the same row already, so this one is not counted again.
    """

    __table_args__ = (UniqueConstraint("submission", "position", name="record_once"), STRICT)
    id: int | None = _id()
    submission: int = _of("submission")
    position: int = Field(sa_type=Whole)
    row: int = Field(sa_type=Whole)
    repeated: bool = Field(default=False, sa_type=Flag, sa_column_kwargs={"server_default": "0"})


class Value(SQLModel, table=True):
    """What one cell says about one field: the value, the words of the cell, and where it stands."""

    __table_args__ = (
        one_of("part", Part),
        one_of("kind", Kind),
        one_of("precision", get_args(Precision)),
        CheckConstraint("(part = 'record') = (record IS NOT NULL)", name="record_of_part"),
        CheckConstraint("number IS NULL OR kind = 'number'", name="number_of_kind"),
        Index("value_submission", "submission"),
        Index("value_record", "record"),
        STRICT,
    )
    id: int | None = _id()
    submission: int = _of("submission")
    record: int | None = _of("record", nullable=True, default=None)
    part: str = Field(sa_type=Words)
    field: str = Field(sa_type=Words)
    kind: str = Field(sa_type=Words)
    number: int | None = Field(default=None, sa_type=Whole)
    text: str | None = Field(default=None, sa_type=Words)
    raw: str = Field(sa_type=Words)
    sheet: str | None = Field(default=None, sa_type=Words)
    cell: str | None = Field(default=None, sa_type=Words)
    precision: str = Field(sa_type=Words)


class Finding(SQLModel, table=True):
    """One fault or remark about a submission. `record_position` counts from 0; null: the table as a whole."""

    __table_args__ = (
        one_of("severity", Severity),
        UniqueConstraint("submission", "position", name="finding_once"),
        STRICT,
    )
    id: int | None = _id()
    submission: int = _of("submission")
    position: int = Field(sa_type=Whole)
    severity: str = Field(sa_type=Words)
    code: str = Field(sa_type=Words)
    field: str | None = Field(default=None, sa_type=Words)
    record_position: int | None = Field(default=None, sa_type=Whole)
    sheet: str | None = Field(default=None, sa_type=Words)
    cell: str | None = Field(default=None, sa_type=Words)
    text: str = Field(sa_type=Words)


class Decision(SQLModel, table=True):
    """What a person decided. `before` is what it changed, as JSON, for whoever takes it back."""

    __table_args__ = (
        one_of("action", Action),
        one_of("via", Via),
        flag("undone"),
        CheckConstraint("action = 'extend' OR message IS NOT NULL", name="decision_of_case"),
        Index("decision_case", "case_name"),
        STRICT,
    )
    id: int | None = _id()
    message: int | None = _of("message", nullable=True, default=None)
    case_name: str | None = Field(default=None, sa_type=Words)
    action: str = Field(sa_type=Words)
    unit: str | None = Field(default=None, sa_type=Words)
    until: str | None = Field(default=None, sa_type=Words)
    reason: str = Field(sa_type=Words)
    decided_by: str = Field(sa_type=Words)
    via: str = Field(sa_type=Words)
    token: str | None = Field(default=None, sa_type=Words, unique=True)
    decided_at: datetime = Field(sa_type=Moment)
    before: str = Field(sa_type=Words)
    undone: bool = Field(default=False, sa_type=Flag)
    source: str = Field(default="", sa_type=Words, sa_column_kwargs={"server_default": text("''")})
    """The sha256 of the mail that says it."""
    proof: str = Field(default=Proof.COMMAND, sa_type=Words, sa_column_kwargs={"server_default": text("'untold'")})


class Bounce(SQLModel, table=True):
    """An address that a letter came back from, and which letter of ours, where it is known.

    `roster_row`: the rows of the roster in which the address stood then, as JSON; null in older reports.
    """

    __table_args__ = (Index("bounce_address", "address"), STRICT)
    id: int | None = _id()
    message: int = _of("message")
    letter: int | None = _of("letter", nullable=True, default=None)
    address: str = Field(sa_type=Words)
    why: str = Field(sa_type=Words)
    bounced_at: datetime = Field(sa_type=Moment)
    roster_row: str | None = Field(default=None, sa_type=Words)


class Letter(SQLModel, table=True):
    """The outbox. A letter being sent is leased to `lease_owner` until `lease_until`."""

    __table_args__ = (
        one_of("kind", LetterKind),
        one_of("state", LetterState),
        CheckConstraint(
            "(state = 'sending') = (lease_until IS NOT NULL AND lease_owner IS NOT NULL)", name="sending_has_lease"
        ),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        Index("letter_due", "state", "due_at"),
        Index("letter_sent", "sent_at"),
        STRICT,
    )
    id: int | None = _id()
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


class Tally(SQLModel, table=True):
    """How often something was done, or left undone, on a day."""

    __table_args__ = (STRICT,)
    day: str = Field(sa_type=Words, primary_key=True)
    what: str = Field(sa_type=Words, primary_key=True)
    number: int = Field(sa_type=Whole)


class Issuer(SQLModel, table=True):
    """A name under which the provider of a mailbox writes results of authentication."""

    __table_args__ = (STRICT,)
    mailbox: str = Field(sa_type=Words, primary_key=True)
    name: str = Field(sa_type=Words, primary_key=True)
    learnt_at: datetime = Field(sa_type=Moment)


class Rest(SQLModel, table=True):
    """An account that has sent too much and may not send until then."""

    __table_args__ = (STRICT,)
    mailbox: str = Field(sa_type=Words, primary_key=True)
    until: datetime = Field(sa_type=Moment)
    reason: str = Field(sa_type=Words)
