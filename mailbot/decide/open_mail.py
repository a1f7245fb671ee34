"""Which mail of a unit is still open: it may bring what the unit seems to owe, so nobody asks for that meanwhile."""

from collections.abc import Sequence

from mailbot.decide.screening import QUARANTINED
from mailbot.domain.campaign import Unit
from mailbot.domain.mail import Disposition, StoredMessage
from mailbot.domain.submission import Status, StoredSubmission


def may_be_of(stored: StoredSubmission, unit: Unit) -> bool:
    """Whether a table is a unit's, or waits for a person who may find that it is: by its name or by its sender."""
    submission = stored.submission
    if submission.unit is not None or submission.status is not Status.REVIEW:
        return submission.unit == unit.code
    return unit.code in submission.candidates or _is_from(stored.sender, unit)


def unsettled(
    unit: Unit, messages: Sequence[StoredMessage], submissions: Sequence[StoredSubmission]
) -> tuple[StoredMessage, ...]:
    """The messages of a unit that are not read yet, wait for a person, or killed their reader and were not sent again.

    `submissions` are the unit's. A message of an unknown unit is taken for that of its sender.
    """
    return tuple(m for m in messages if _is_open(m, submissions) and _is_of(m, unit))


def _is_of(message: StoredMessage, unit: Unit) -> bool:
    return message.unit == unit.code if message.unit else _is_from(message.sender, unit)


def _is_from(sender: str, unit: Unit) -> bool:
    return bool(sender) and sender.lower() in map(str.lower, unit.emails)


def _is_open(message: StoredMessage, submissions: Sequence[StoredSubmission]) -> bool:
    if message.settled:
        return False
    if message.code == QUARANTINED:
        return not any(stored.received_at > message.received_at for stored in submissions)
    return message.disposition is None or message.disposition is Disposition.REVIEW
