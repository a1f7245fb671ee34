"""Letters leave from the mailbox that they answer for; what a server refused, lost or forbade is counted and kept."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Letters of before leave from whichever mailbox there is, and have no faults counted against them."""
    op.add_column("letter", sa.Column("mailbox", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("letter", sa.Column("refusals", WHOLE, nullable=False, server_default="0"))
    op.add_column("letter", sa.Column("copies", WHOLE, nullable=False, server_default="0"))
    op.create_table(
        "rest",
        sa.Column("mailbox", sa.Text, primary_key=True),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sqlite_strict=True,
    )
