"""Stores acts in place of decisions: reports of units are acts as well, and each submission names the last about it."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.rebuild import change_conditions

revision = "0011"
down_revision = "0010"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = "'report', 'object', 'accept', 'assign', 'replace', 'append', 'reject', 'ignore', 'undo', 'extend'"
PROOFS = "'command', 'authenticated', 'untold', 'unproved', 'disowned'"
COLUMNS = (
    "number, kind, message, case_name, unit, actor, via, proof, acted_at, source, token, until, reason, before, undone"
)


def upgrade() -> None:
    """What was decided keeps its number; each judged message with tables becomes its sender's report."""
    _make_table()
    chosen = f"SELECT {COLUMNS}, '' FROM ({_of_before()}) AS before_acts ORDER BY acted_at, number"  # noqa: S608
    op.execute(f"INSERT INTO act ({COLUMNS}, line) {chosen}")
    op.drop_table("decision")
    _add_column()
    _name_acts()
    _demand_acts()
    op.create_index("submission_act", "submission", ["act"])


def _make_table() -> None:
    op.create_table(
        "act",
        sa.Column("id", WHOLE, primary_key=True),
        sa.Column("number", WHOLE, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("message", WHOLE, sa.ForeignKey("message.id")),
        sa.Column("case_name", sa.Text),
        sa.Column("unit", sa.Text),
        sa.Column("version", WHOLE),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("via", sa.Text, nullable=False),
        sa.Column("proof", sa.Text, nullable=False),
        sa.Column("acted_at", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("token", sa.Text, unique=True),
        sa.Column("until", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("undone", sa.Integer, nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="kind_known"),
        sa.CheckConstraint("via IN ('command', 'mail')", name="via_known"),
        sa.CheckConstraint(f"proof IN ({PROOFS})", name="proof_known"),
        sa.CheckConstraint("undone IN (0, 1)", name="undone_is_flag"),
        sa.CheckConstraint("(kind = 'report') = (number IS NULL)", name="number_of_kind_of_act"),
        sa.CheckConstraint("kind = 'extend' OR message IS NOT NULL", name="act_about_message"),
        sqlite_strict=True,
    )
    op.create_index("act_case", "act", ["case_name"])
    op.create_index("act_message", "act", ["message"])


def _of_before() -> str:
    return """
        SELECT id AS number, action AS kind, message, case_name, unit, decided_by AS actor, via, proof,
            decided_at AS acted_at, source, token, until, reason, before, undone
        FROM decision
        UNION ALL
        SELECT CAST(NULL AS INTEGER), 'report', id, case_name, unit, LOWER(sender), 'mail', proof,
            judged_at, sha256, CAST(NULL AS TEXT), CAST(NULL AS TEXT), '', '', 0
        FROM message WHERE id IN (SELECT message FROM submission)
    """


def _add_column() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE submission ADD COLUMN act INTEGER REFERENCES act (id)")
    else:
        op.add_column("submission", sa.Column("act", WHOLE, sa.ForeignKey("act.id")))


def _name_acts() -> None:
    """The last act about its message, undone ones included, since taking back is one; else that which replaced it."""
    op.execute("UPDATE submission SET act = (SELECT MAX(id) FROM act WHERE act.message = submission.message)")
    op.execute(
        """
        UPDATE submission SET act = COALESCE((
            SELECT MAX(later.act) FROM replacement JOIN submission AS later ON later.id = replacement.submission
            WHERE replacement.replaced = submission.id AND later.current = 1), act)
        WHERE current = 0
        """
    )


def _demand_acts() -> None:
    if op.get_bind().dialect.name == "sqlite":
        loose, firm = "act INTEGER REFERENCES act (id)", "act INTEGER NOT NULL REFERENCES act (id)"
        change_conditions("submission", {"act": (loose, firm)})
    else:
        op.alter_column("submission", "act", nullable=False)
