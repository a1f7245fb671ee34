"""Lets a registered table be taken out of what counts."""

from storage.migrations.rebuild import change_checks

revision = "0013"
down_revision = "0012"

STATUSES = "accepted needs_correction review rejected"
KINDS = "report object accept assign replace append reject ignore undo extend"


def upgrade() -> None:
    """What is stored stays as it is."""
    change_checks("submission", {"status_known": ("status", STATUSES, f"{STATUSES} withdrawn")})
    change_checks("act", {"kind_known": ("kind", KINDS, f"{KINDS} withdraw")})
