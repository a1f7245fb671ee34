"""What to do with a letter after an attempt to send it (RFC 5321 section 4.5.4.1; RFC 1047 for the lost answer)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from mailbot.config import Reminders
from mailbot.domain.errors import Meaning, SendError
from mailbot.domain.letter import AT_MOST_ONCE, Claimed, Envelope, LetterKind, LetterState

WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240))
"""After the first, second … refusal for now; the last one for all that follow."""
MOST_BLOCKED = 3
"""The wait after so many attempts is the longest for a letter whose account cannot send."""
LEAST_WAITS = {Meaning.GREYLISTED: timedelta(minutes=5), Meaning.FULL: timedelta(hours=1)}
GIVE_UP_AFTER = 30
"""Refusals: with the waits above about four and a half days."""
UNCERTAIN_WAITS = (timedelta(minutes=15), timedelta(hours=2))
"""Before a letter that may have arrived is looked up, and sent again where it is not found."""
LOOKED_FOR = timedelta(hours=1)
"""So long after it may have left a letter is looked for where the sent mail cannot be read, before a copy leaves."""
MOST_COPIES, OF_A_DIGEST = 3, 2
"""Of a letter that goes out at least once, so many copies may leave in all."""


def later(now: datetime, wait: timedelta) -> datetime:
    """So long after now, also in the night in which the clocks are changed."""
    return (now.astimezone(UTC) + wait).astimezone(now.tzinfo)


# ---------------------------------------------------------------- one letter


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed letter: its state, and in `claimed` its counts from now on.

    `due`: when a queued one is tried again; `error`: why it was not taken.
    """

    claimed: Claimed
    state: LetterState
    at: datetime
    due: datetime | None = None
    why: str | None = None
    error: SendError | None = None


def put_off(claimed: Claimed, now: datetime, wait: timedelta, why: str | None = None) -> Outcome:
    """A letter that was not handed over, through no fault of a server."""
    return Outcome(claimed, LetterState.QUEUED, now, later(now, wait), why)


def after_failure(claimed: Claimed, error: SendError, now: datetime) -> Outcome:
    """The next step for a letter whose attempt ended with `error`.

    A fault of the account never counts against the letter. One that may have been taken waits, whatever its kind, and
    is looked up when it is due.
    """
    refusals, copies = claimed.refusals, claimed.copies
    refused = replace(claimed, refusals=refusals + 1)

    def tried_again(counted: Claimed, wait: timedelta) -> Outcome:
        return Outcome(counted, LetterState.QUEUED, now, later(now, wait), str(error), error)

    if error.uncertain:
        wait = UNCERTAIN_WAITS[min(copies, len(UNCERTAIN_WAITS) - 1)]
        return tried_again(replace(claimed, copies=copies + 1, handed_at=now), wait)
    if error.blocked:  # later each time all the same: it may be this letter over which the server hangs up
        return tried_again(claimed, WAITS[min(claimed.attempts, MOST_BLOCKED) - 1])
    if error.permanent or refusals + 1 >= GIVE_UP_AFTER:
        return Outcome(refused, LetterState.REFUSED, now, why=str(error), error=error)
    return tried_again(refused, max(WAITS[min(refusals, len(WAITS) - 1)], LEAST_WAITS.get(error.meaning, WAITS[0])))


def looks_again(claimed: Claimed, now: datetime) -> bool:
    """Whether a letter that could not be looked for among the sent mail waits for that before a copy leaves."""
    return claimed.handed_at is not None and timedelta() <= now - claimed.handed_at < LOOKED_FOR


def may_send_copy(kind: LetterKind, copies: int) -> bool:
    """Whether a letter of which so many copies may have left, and none was found, is sent (reliability.md 2.7)."""
    if kind in AT_MOST_ONCE:
        return copies == 0
    return copies < (OF_A_DIGEST if kind is LetterKind.DIGEST else MOST_COPIES)


def with_copy_note(envelope: Envelope, copies: int) -> Envelope:
    """The letter, with a word for its reader where it may be there already."""
    if not copies:
        return envelope
    return replace(envelope, content=b"X-Possible-Duplicate: yes\r\n" + envelope.content)


# ---------------------------------------------------------------- the account


NEW_DAY, MORNING = time(0, 10), time(6, 0)
"""Quotas of a day are new at the first; one that is used up before the second is not counted by the calendar."""


def rests_until(meaning: Meaning, now: datetime) -> datetime | None:
    """When an account may send again that has sent too much (`now` in the campaign's zone); None for other faults.

    The providers of the field count by the day of Beijing; one that counts otherwise is asked again every six hours
    of the night.
    """
    match meaning:
        case Meaning.MINUTES:
            return later(now, timedelta(minutes=15))
        case Meaning.HOUR:
            return later(now, timedelta(hours=1))
        case Meaning.DAY if now.time() < MORNING:
            return later(now, timedelta(hours=6))
        case Meaning.DAY:
            return datetime.combine(now.date() + timedelta(days=1), NEW_DAY, now.tzinfo)
        case _:
            return None


def patience(meaning: Meaning) -> timedelta:
    """How long at least a server is left alone that does not let us in or send: who insists is locked out."""
    return timedelta(hours=1) if meaning in (Meaning.LOGIN, Meaning.SENDER) else timedelta()


# ---------------------------------------------------------------- reminders whose hours are over


NO_LONGER_DUE = "no longer due when it was to be sent: the unit owes nothing any more, or its day has passed"
LIMIT_USED_UP = "its hours passed before it could leave: the daily limit was used up"
TOO_LATE = "its hours passed before it could leave"


def last_moment(queued_at: datetime, rules: Reminders, now: datetime) -> datetime:
    """When the quiet hours begin on the day on which a reminder was made, in the zone of `now`."""
    return datetime.combine(queued_at.astimezone(now.tzinfo).date(), rules.quiet_from, now.tzinfo)
