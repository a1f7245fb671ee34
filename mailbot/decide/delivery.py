"""What to do with a letter after an attempt to send it (RFC 5321 section 4.5.4.1; RFC 1047 for the lost answer)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.config import Sending
from mailbot.domain import AT_MOST_ONCE, LetterKind, LetterState
from mailbot.errors import SendError

WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240))
"""After the first, second … failure; the last one for all that follow."""
GIVE_UP_AFTER = 30
"""Attempts: with the waits above about four and a half days."""
UNCERTAIN_WAITS = (timedelta(minutes=15), timedelta(hours=2))
"""A letter that may have arrived is sent again at most this often, with the same Message-ID."""


@dataclass(frozen=True, slots=True)
class Next:
    """The state that the letter goes to, and when it is due where it is tried again."""

    state: LetterState
    due: datetime | None = None


def after_failure(kind: LetterKind, attempts: int, error: SendError, now: datetime) -> Next:
    """The next step for a letter whose attempt number `attempts` ended with `error`."""
    if error.uncertain:
        if kind in AT_MOST_ONCE or attempts > len(UNCERTAIN_WAITS):
            return Next(LetterState.UNCERTAIN)
        return Next(LetterState.QUEUED, now + UNCERTAIN_WAITS[attempts - 1])
    if error.permanent or attempts >= GIVE_UP_AFTER:
        return Next(LetterState.REFUSED)
    return Next(LetterState.QUEUED, now + WAITS[min(attempts, len(WAITS)) - 1])


PER_MINUTE, PER_DAY = 20, 400
"""Letters, where the configuration sets no limit; below what the providers of the field are known to bear."""


def allowed(sending: Sending, last_minute: int, last_day: int) -> bool:
    """Whether one more letter may leave now, by the limits of the configuration (0: none)."""
    per_minute = PER_MINUTE if sending.per_minute is None else sending.per_minute
    per_day = PER_DAY if sending.per_day is None else sending.per_day
    return (not per_minute or last_minute < per_minute) and (not per_day or last_day < per_day)
