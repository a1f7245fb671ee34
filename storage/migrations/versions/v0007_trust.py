"""Stores what was known of each sender, and whose results of authentication are believed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Of the senders of before nothing is known but their addresses."""
    op.add_column("message", sa.Column("proof", sa.Text, nullable=False, server_default="untold"))
    op.create_table(
        "issuer",
        sa.Column("mailbox", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("learnt_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
