"""What a mail reports: its tables, their rows, the value of each cell, and the findings about them."""

from enum import StrEnum
from typing import get_args

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from mailbot.domain.submission import Evidence, Relation, Status
from parsers.reading import Layout, Precision, Severity
from storage.column_types import STRICT, Flag, Whole, Words, flag, identity, one_of, reference


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


class Submission(SQLModel, table=True):
    """One table from one unit. `candidates` is a JSON list of unit codes; `act` is the one that made it what it is."""

    __table_args__ = (
        one_of("layout", get_args(Layout)),
        one_of("evidence", Evidence),
        one_of("status", Status),
        one_of("relation", Relation),
        flag("current"),
        flag("zero_report"),
        Index("submission_message", "message"),
        Index("submission_unit", "unit", "form"),
        Index("submission_act", "act"),
        STRICT,
    )
    id: int | None = identity()
    message: int = reference("message")
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
    act: int = reference("act")


class Replacement(SQLModel, table=True):
    """Which submission takes the place of which."""

    __table_args__ = (Index("replacement_replaced", "replaced"), STRICT)
    submission: int = reference("submission", primary_key=True)
    replaced: int = reference("submission", primary_key=True)
    position: int = Field(sa_type=Whole)


class Record(SQLModel, table=True):
    """One row of a submission. `position` counts from 0, `row` is the row in the sender's sheet.

    `repeated`: an earlier submission that counts has the same row already, so this one is not counted again.
    """

    __table_args__ = (UniqueConstraint("submission", "position", name="record_once"), STRICT)
    id: int | None = identity()
    submission: int = reference("submission")
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
    id: int | None = identity()
    submission: int = reference("submission")
    record: int | None = reference("record", nullable=True, default=None)
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
    id: int | None = identity()
    submission: int = reference("submission")
    position: int = Field(sa_type=Whole)
    severity: str = Field(sa_type=Words)
    code: str = Field(sa_type=Words)
    field: str | None = Field(default=None, sa_type=Words)
    record_position: int | None = Field(default=None, sa_type=Whole)
    sheet: str | None = Field(default=None, sa_type=Words)
    cell: str | None = Field(default=None, sa_type=Words)
    text: str = Field(sa_type=Words)
