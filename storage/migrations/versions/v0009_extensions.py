"""Lets an extension be the answer to a mail that asked for it, and a letter be such an answer."""

from storage.migrations.rebuild import change_checks, change_conditions

revision = "0009"
down_revision = "0008"

KINDS = "receipt notice reminder digest alert case transcript"


def upgrade() -> None:
    """Extensions of before answered no mail."""
    change_conditions(
        "decision",
        {
            "decision_of_case": (
                "(action = 'extend') = (message IS NULL)",
                "action = 'extend' OR message IS NOT NULL",
            )
        },
    )
    change_checks("letter", {"kind_known": ("kind", KINDS, f"{KINDS} answer")})
