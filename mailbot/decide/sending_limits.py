"""How many letters an account may send, and which kinds may still leave."""

from dataclasses import dataclass

from mailbot.config import MailboxConfig, Sending, providers
from mailbot.domain.letter import LetterKind

RESERVED = frozenset({LetterKind.ALERT, LetterKind.DIGEST})
"""Staff must have them whatever else wants to leave: the last twentieth of a day's letters is theirs."""
URGENT = RESERVED | {LetterKind.RECEIPT, LetterKind.ANSWER, LetterKind.CASE, LetterKind.TRANSCRIPT}
"""Somebody waits for them: the last quarter of a day's letters is theirs."""
YIELDING_SHARE = 4
"""Letters that yield take a quarter of a day's at most, and none of its second half."""
PER_ADDRESS_PER_HOUR = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """Letters that an account may send; 0: no limit."""

    per_minute: int
    per_day: int
    per_address_per_hour: int


def limits(sending: Sending, mailbox: MailboxConfig) -> Limits:
    """What the configuration says, or else what its provider is known to bear."""
    provider = providers.of(mailbox)
    per_address = PER_ADDRESS_PER_HOUR if sending.per_address_per_hour is None else sending.per_address_per_hour
    return Limits(
        provider.per_minute if sending.per_minute is None else sending.per_minute,
        provider.per_day if sending.per_day is None else sending.per_day,
        per_address if sending.mode != "redirect" else 0,  # a rehearsal goes to one address
    )


def allowed(limits: Limits, last_minute: int, last_day: int) -> frozenset[LetterKind]:
    """The kinds of which one more letter may leave now; none where a limit is reached."""
    if limits.per_minute and last_minute >= limits.per_minute:
        return frozenset()
    if limits.per_day and last_day >= limits.per_day:
        return frozenset()
    if limits.per_day and last_day >= limits.per_day - limits.per_day // 20:
        return RESERVED
    if limits.per_day and last_day >= limits.per_day - limits.per_day // 4:
        return URGENT
    return frozenset(LetterKind)


def may_yield(limits: Limits, last_day: int, yielding_last_day: int) -> bool:
    """Whether one more letter may leave that yields to all others: answers to mail that nobody vouches for.

    The letters of the last day are `last_day`, those among them that yield `yielding_last_day`.
    """
    if not limits.per_day:
        return True
    return last_day < limits.per_day // 2 and yielding_last_day < max(1, limits.per_day // YIELDING_SHARE)
