"""Stores decisions, bounces, deferred mail and repeated rows."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = {
    "evidence_known": ("evidence", "table file_name subject signature sender", "decision"),
    "status_known": ("status", "accepted needs_correction review", "rejected"),
}
"""By constraint: its column, the words it knew, and the one that is new."""


def upgrade() -> None:
    """Let submissions be settled by a person; what is stored stays as it is."""
    _know_more_words()
    op.add_column("message", sa.Column("deferred_until", sa.Text, nullable=True))
    repeated = sa.Column("repeated", sa.Integer, nullable=False, server_default="0")
    op.add_column("record", repeated)
    op.create_table(
        "decision",
        sa.Column("id", WHOLE, primary_key=True),
        sa.Column("message", WHOLE, sa.ForeignKey("message.id"), nullable=True),
        sa.Column("case_name", sa.Text, nullable=True),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=True),
        sa.Column("until", sa.Text, nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("via", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=True, unique=True),
        sa.Column("decided_at", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("undone", sa.Integer, nullable=False),
        sa.CheckConstraint(
            "action IN ('accept', 'assign', 'replace', 'append', 'reject', 'ignore', 'undo', 'extend')",
            name="action_known",
        ),
        sa.CheckConstraint("via IN ('command', 'mail')", name="via_known"),
        sa.CheckConstraint("undone IN (0, 1)", name="undone_is_flag"),
        sa.CheckConstraint("(action = 'extend') = (message IS NULL)", name="decision_of_case"),
        sqlite_strict=True,
    )
    op.create_index("decision_case", "decision", ["case_name"])
    op.create_table(
        "bounce",
        sa.Column("id", WHOLE, primary_key=True),
        sa.Column("message", WHOLE, sa.ForeignKey("message.id"), nullable=False),
        sa.Column("letter", WHOLE, sa.ForeignKey("letter.id"), nullable=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("bounced_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("bounce_address", "bounce", ["address"])


def _know_more_words() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _rebuild(connection)
        return
    for name, (column, words, new) in WORDS.items():
        op.drop_constraint(name, "submission")
        op.create_check_constraint(name, "submission", _condition(column, f"{words} {new}"))


def _rebuild(connection: sa.Connection) -> None:
    """SQLite cannot change a check: the table is made anew from its own text, and its rows are copied.

    Views would name a table that is gone for a moment; every start makes them again.
    """
    for view in connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'view'")).all():
        connection.execute(sa.text(f'DROP VIEW "{view}"'))
    definition = "SELECT sql FROM sqlite_master WHERE type = :type AND tbl_name = 'submission' AND sql IS NOT NULL"
    indexes = connection.scalars(sa.text(definition), {"type": "index"}).all()
    table = connection.scalars(sa.text(definition), {"type": "table"}).one()
    for column, words, new in WORDS.values():
        table = table.replace(_condition(column, words), _condition(column, f"{words} {new}"))
    statements = [
        table.replace("CREATE TABLE submission", "CREATE TABLE submission_new", 1),
        "INSERT INTO submission_new SELECT * FROM submission",
        "DROP TABLE submission",
        "ALTER TABLE submission_new RENAME TO submission",
        *indexes,
    ]
    for statement in statements:
        connection.execute(sa.text(statement))


def _condition(column: str, words: str) -> str:
    listed = ", ".join(f"'{word}'" for word in words.split())
    return f"{column} IN ({listed})"
