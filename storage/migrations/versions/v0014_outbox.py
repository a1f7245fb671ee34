"""Lets the next letter, what was sent lately and the mail of one unit be found without going through all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PRECEDENCE = ("alert", "digest", "answer", "transcript", "receipt", "case", "notice", "reminder")


def upgrade() -> None:
    """Letters of before leave in the same order."""
    op.add_column("letter", sa.Column("precedence", WHOLE, nullable=False, server_default="0"))
    for place, kind in enumerate(PRECEDENCE):
        op.execute(f"UPDATE letter SET precedence = {place} WHERE kind = '{kind}'")  # noqa: S608 - names of our own
    op.drop_index("letter_due", "letter")
    op.drop_index("letter_sent", "letter")
    op.create_index(
        "letter_next", "letter", ["state", "yields", "precedence", "due_at", "id", "kind", "mailbox", "recipient"]
    )
    op.create_index("letter_sent", "letter", ["mailbox", "sent_at", "yields"])
    for name, column in (("letter_handed", "handed_at"), ("letter_leased", "lease_until")):
        there = sa.text(f"{column} IS NOT NULL")
        columns = ["mailbox", column, "yields"]
        op.create_index(name, "letter", columns, sqlite_where=there, postgresql_where=there)
    op.create_index("letter_to", "letter", ["recipient", "sent_at", "handed_at"])
    op.create_index("letter_unit", "letter", ["unit", "kind"])
    op.create_index("message_unit", "message", ["unit"])
