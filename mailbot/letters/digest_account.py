"""The state of the collection, as the weekly digest and `mailbot status` report it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailbot.campaigns.roster import Roster
from mailbot.decide.dead_contacts import DeadContact
from mailbot.decide.standing import Standing
from mailbot.domain.letter import ReturnedLetter, StoredLetter
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
    dead: Mapping[str, DeadContact] = field(default_factory=dict)
    """The addresses at which no letter arrives any more, in lower case."""
    returned: tuple[ReturnedLetter, ...] = ()
    """Every letter that came back."""
    deferred: int = 0
    """Messages that wait because their senders have had their share of the reading."""
    not_answered: int = 0
    """Mails of strangers in the last seven days beyond those that are answered."""
