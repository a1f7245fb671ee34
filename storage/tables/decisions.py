"""What people decided."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from mailbot.domain.decision import Action, Via
from mailbot.domain.proof import Proof
from storage.column_types import STRICT, Flag, Moment, Words, flag, identity, one_of, reference


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
    id: int | None = identity()
    message: int | None = reference("message", nullable=True, default=None)
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
