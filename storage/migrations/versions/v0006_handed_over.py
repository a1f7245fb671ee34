"""It is kept when the last copy of a letter may have left whose answer nobody has."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Of letters of before nobody knows."""
    op.add_column("letter", sa.Column("handed_at", sa.Text))
