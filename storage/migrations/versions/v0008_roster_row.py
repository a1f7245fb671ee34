"""Stores how the roster had an address when a letter came back from it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Of reports of before nobody knows."""
    op.add_column("bounce", sa.Column("roster_row", sa.Text))
