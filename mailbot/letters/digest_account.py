"""The state of the collection, as the weekly digest and `mailbot status` report it."""

from dataclasses import dataclass

from mailbot.campaigns.roster import Roster
from mailbot.decide.standing import Standing
from mailbot.domain.letter import StoredLetter
from mailbot.domain.mail import StoredMessage
from mailbot.domain.submission import StoredSubmission


@dataclass(frozen=True, slots=True)
class Account:
    """All that a digest tells of; `roster` has the units of the day, those that owe nothing included."""

    roster: Roster
    standings: tuple[Standing, ...]
    messages: tuple[StoredMessage, ...]
    submissions: tuple[StoredSubmission, ...]
    letters: tuple[StoredLetter, ...]
    dead: frozenset[str] = frozenset()
    """Addresses at which no letter arrives any more, in lower case."""
    deferred: int = 0
    """Messages that wait because their senders have had their share of the reading."""
