"""Stores what was known of each sender, whose results of authentication are believed, and what units object to."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.rebuild import change_checks

revision = "0007"
down_revision = "0006"

DISPOSITIONS = "submission information unreadable misdirected automatic duplicate command unrelated review"
ACTIONS = "accept assign replace append reject ignore undo extend"


def upgrade() -> None:
    """Of the senders of before nothing is known but their addresses."""
    op.add_column("message", sa.Column("proof", sa.Text, nullable=False, server_default="untold"))
    op.add_column("decision", sa.Column("source", sa.Text, nullable=False, server_default=""))
    op.add_column("decision", sa.Column("proof", sa.Text, nullable=False, server_default="untold"))
    op.execute("UPDATE decision SET proof = 'command' WHERE via = 'command'")
    change_checks("message", {"disposition_known": ("disposition", DISPOSITIONS, f"{DISPOSITIONS} correction")})
    change_checks("decision", {"action_known": ("action", ACTIONS, f"{ACTIONS} object")})
    op.create_table(
        "issuer",
        sa.Column("mailbox", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("learnt_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
