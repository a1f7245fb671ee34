"""Stores whose share of the reading a message takes, which cases a letter names, and what was done how often."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """What waits is told apart anew; letters of before name no cases but the one in their key."""
    op.add_column("message", sa.Column("source", sa.Text, nullable=False, server_default=""))
    op.add_column("message", sa.Column("stranger", sa.Integer, nullable=False, server_default="0"))
    op.add_column("message", sa.Column("turn", WHOLE, nullable=False, server_default="0"))
    op.add_column("message", sa.Column("folded_at", sa.Text))
    op.add_column("letter", sa.Column("yields", sa.Integer, nullable=False, server_default="0"))
    op.add_column("letter", sa.Column("cases", sa.Text, nullable=False, server_default=""))
    op.drop_index("message_waiting", "message")
    op.create_index("message_waiting", "message", ["state", "attempts", "turn", "received_at"])
    op.create_index("message_source", "message", ["source", "judged_at"])
    op.create_table(
        "tally",
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("what", sa.Text, primary_key=True),
        sa.Column("number", WHOLE, nullable=False),
        sqlite_strict=True,
    )
