"""Stores when the last copy of a letter with an unknown outcome may have been sent."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Of letters of before nobody knows."""
    op.add_column("letter", sa.Column("handed_at", sa.Text))
