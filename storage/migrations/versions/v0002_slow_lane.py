"""Messages with a file that takes long wait in a separate queue."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the time at which a message went there; what waits at present is in the fast lane."""
    op.add_column("message", sa.Column("postponed_at", sa.Text, nullable=True))
