"""A message whose archived bytes are lost is skipped, with the reason."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the reason; no message has one at present."""
    op.add_column("message", sa.Column("fault", sa.Text, nullable=True))
