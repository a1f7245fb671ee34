"""Acts: what changed, added to or removed what counts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from mailbot.domain.act import ActKind, Via
from mailbot.domain.proof import Proof
from storage.column_types import STRICT, Flag, Moment, Whole, Words, flag, identity, one_of, reference


class Act(SQLModel, table=True):
    """One act: by whom, by what proof, where it was said, and about what.

    `number` counts the acts of people; a report has none. `source` is the sha256 of the mail that says it, `line` the
    words. `before` is what the message and its tables were, as JSON, for whoever takes the act back.
    """

    __table_args__ = (
        one_of("kind", ActKind),
        one_of("via", Via),
        one_of("proof", Proof),
        flag("undone"),
        CheckConstraint("(kind = 'report') = (number IS NULL)", name="number_of_kind_of_act"),
        CheckConstraint("kind = 'extend' OR message IS NOT NULL", name="act_about_message"),
        Index("act_case", "case_name"),
        Index("act_message", "message"),
        STRICT,
    )
    id: int | None = identity()
    number: int | None = Field(default=None, sa_type=Whole, unique=True)
    kind: str = Field(sa_type=Words)
    message: int | None = reference("message", nullable=True, default=None)
    case_name: str | None = Field(default=None, sa_type=Words)
    unit: str | None = Field(default=None, sa_type=Words)
    version: int | None = Field(default=None, sa_type=Whole)
    actor: str = Field(sa_type=Words)
    via: str = Field(sa_type=Words)
    proof: str = Field(sa_type=Words)
    acted_at: datetime = Field(sa_type=Moment)
    source: str = Field(sa_type=Words)
    line: str = Field(sa_type=Words)
    token: str | None = Field(default=None, sa_type=Words, unique=True)
    until: str | None = Field(default=None, sa_type=Words)
    reason: str = Field(sa_type=Words)
    before: str = Field(sa_type=Words)
    undone: bool = Field(default=False, sa_type=Flag)
