"""Stores addresses that a server refused while a letter was handed over, beside those that a letter came back from."""

from alembic import op

from storage.migrations.rebuild import change_conditions

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """No report tells of them, so they name no message. Of refusals of before only a sentence is known."""
    if op.get_bind().dialect.name == "sqlite":
        change_conditions("bounce", {"message": ("message INTEGER NOT NULL", "message INTEGER")})
    else:
        op.alter_column("bounce", "message", nullable=True)
