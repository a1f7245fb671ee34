"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    _intake()
    _judgement()
    _contents()
    _outbox()


def _text(name: str, *, null: bool = False, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null, unique=unique or None)


def _whole(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, WHOLE, nullable=null)


def _flag(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _id() -> sa.Column[int]:
    return sa.Column("id", WHOLE, primary_key=True)


def _of(table: str, name: str | None = None, *, null: bool = False, key: bool = False) -> sa.Column[int]:
    return sa.Column(name or table, WHOLE, sa.ForeignKey(f"{table}.id"), nullable=null, primary_key=key)


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def _known(column: str, words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words.split())
    return _check(f"{column}_known", f"{column} IN ({listed})")


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(name, *parts, sqlite_strict=True)


def _intake() -> None:
    _table(
        "message",
        _id(),
        _text("campaign"),
        _text("mailbox"),
        _text("sha256", unique=True),
        _whole("size"),
        _text("received_at"),
        _text("accepted_at"),
        _whole("attempts"),
        _text("state"),
        _text("disposition", null=True),
        _text("code", null=True),
        _text("reason"),
        _whole("case_number", null=True),
        _text("case_name", null=True, unique=True),
        _text("message_id", null=True),
        _text("sender"),
        _text("subject"),
        _text("content_digest"),
        _text("unit", null=True),
        _text("judged_at", null=True),
        _known("state", "waiting judged"),
        _known(
            "disposition",
            "submission information unreadable misdirected automatic duplicate command unrelated review",
        ),
        _check("judged_has_outcome", "(state = 'judged') = (disposition IS NOT NULL AND judged_at IS NOT NULL)"),
        _check("case_is_whole", "(case_number IS NULL) = (case_name IS NULL)"),
    )
    op.create_index("message_waiting", "message", ["state", "attempts", "received_at"])
    op.create_index("message_same_mail", "message", ["message_id"])
    op.create_index("message_campaign", "message", ["campaign"])
    _table(
        "place",
        _id(),
        _text("mailbox"),
        _text("folder"),
        _whole("uidvalidity"),
        _whole("uid"),
        _of("message", null=True),
        _text("seen_at"),
        sa.UniqueConstraint("mailbox", "folder", "uidvalidity", "uid", name="place_once"),
    )
    op.create_index("place_message", "place", ["message"])
    _table(
        "folder",
        sa.Column("mailbox", sa.Text, primary_key=True),
        sa.Column("folder", sa.Text, primary_key=True),
        _whole("uidvalidity"),
        _text("last_complete_poll"),
    )


def _judgement() -> None:
    _table(
        "attachment",
        _id(),
        _of("message"),
        _whole("position"),
        _text("path"),
        _text("name"),
        _text("kind"),
        _whole("size"),
        _text("sha256"),
        _text("fault", null=True),
        sa.UniqueConstraint("message", "position", name="attachment_once"),
    )
    _table(
        "submission",
        _id(),
        _of("message"),
        _text("case_name", unique=True),
        _text("attachment"),
        _text("form"),
        _text("layout"),
        _text("title"),
        _text("sheet"),
        _text("unit", null=True),
        _text("unit_name", null=True),
        _text("evidence", null=True),
        _text("status"),
        _text("relation"),
        _flag("current"),
        _whole("version"),
        _flag("zero_report"),
        _text("candidates"),
        _known("layout", "rows summary"),
        _known("evidence", "table file_name subject signature sender"),
        _known("status", "accepted needs_correction review"),
        _known("relation", "new replaces supplements duplicate unclear"),
        _check("current_is_flag", "current IN (0, 1)"),
        _check("zero_report_is_flag", "zero_report IN (0, 1)"),
    )
    op.create_index("submission_message", "submission", ["message"])
    op.create_index("submission_unit", "submission", ["unit", "form"])
    _table(
        "replacement",
        _of("submission", key=True),
        _of("submission", "replaced", key=True),
        _whole("position"),
    )
    op.create_index("replacement_replaced", "replacement", ["replaced"])


def _contents() -> None:
    _table(
        "record",
        _id(),
        _of("submission"),
        _whole("position"),
        _whole("row"),
        sa.UniqueConstraint("submission", "position", name="record_once"),
    )
    _table(
        "value",
        _id(),
        _of("submission"),
        _of("record", null=True),
        _text("part"),
        _text("field"),
        _text("kind"),
        _whole("number", null=True),
        _text("text", null=True),
        _text("raw"),
        _text("sheet", null=True),
        _text("cell", null=True),
        _text("precision"),
        _known("part", "record header total"),
        _known("kind", "number text date choices empty"),
        _known("precision", "exact approximate at_least inferred"),
        _check("record_of_part", "(part = 'record') = (record IS NOT NULL)"),
        _check("number_of_kind", "number IS NULL OR kind = 'number'"),
    )
    op.create_index("value_submission", "value", ["submission"])
    op.create_index("value_record", "value", ["record"])
    _table(
        "finding",
        _id(),
        _of("submission"),
        _whole("position"),
        _text("severity"),
        _text("code"),
        _text("field", null=True),
        _whole("record_position", null=True),
        _text("sheet", null=True),
        _text("cell", null=True),
        _text("text"),
        _known("severity", "error warning notice"),
        sa.UniqueConstraint("submission", "position", name="finding_once"),
    )


def _outbox() -> None:
    _table(
        "letter",
        _id(),
        _text("key", unique=True),
        _text("kind"),
        _text("recipient"),
        _text("unit", null=True),
        _text("subject"),
        _text("message_id"),
        sa.Column("content", sa.LargeBinary, nullable=False),
        _text("state"),
        _whole("attempts"),
        _text("queued_at"),
        _text("due_at"),
        _text("lease_until", null=True),
        _text("lease_owner", null=True),
        _text("sent_at", null=True),
        _text("last_error", null=True),
        _known("kind", "receipt notice reminder digest alert case transcript"),
        _known("state", "held queued sending sent refused uncertain dropped"),
        _check("sending_has_lease", "(state = 'sending') = (lease_until IS NOT NULL AND lease_owner IS NOT NULL)"),
        _check("sent_has_time", "(state = 'sent') = (sent_at IS NOT NULL)"),
    )
    op.create_index("letter_due", "letter", ["state", "due_at"])
    op.create_index("letter_sent", "letter", ["sent_at"])
