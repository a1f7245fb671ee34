"""The input of judging: what is known of a message and of earlier ones, and the campaign's rules."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Earlier
from parsers.forms.form import Form


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a message and of those before it."""

    earlier: tuple[Earlier, ...] = ()
    """Submissions of the units in question, oldest first."""
    same_mail_known: bool = False
    """A stored message has the same Message-ID, sender and content."""
    set_aside: bool = False
    """It killed its reader so often that it is not read any more."""
    proof: Proof = Proof.UNTOLD
    """What our own provider found out about its sender."""
    answered: str | None = None
    """The unit of the letter of ours that it answers, known by a Message-ID that nobody else has seen."""
    believed: bool = False
    """A person has decided that its sender is one to hear, though the mail was sent by a program."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The units of the message's day, the campaign, its forms by their id, and our own addresses."""

    roster: Roster
    campaign: Campaign
    forms: Mapping[str, Form]
    own: Collection[str]
