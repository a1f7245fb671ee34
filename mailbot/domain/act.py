"""Acts: whatever changes, adds to or removes what counts, by whom, where it was said and about what."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from mailbot.domain.proof import Proof


class ActKind(StrEnum):
    """What an act does.

    `report` and `object` are a unit's: it sends tables, or says of a table that counts for it that it is not its own.
    All others are a person's of the office, about a case that waits; `extend` is about a unit, `withdraw` about a table
    that counts.
    """

    REPORT = "report"
    OBJECT = "object"
    ACCEPT = "accept"
    ASSIGN = "assign"
    REPLACE = "replace"
    APPEND = "append"
    REJECT = "reject"
    IGNORE = "ignore"
    UNDO = "undo"
    EXTEND = "extend"
    WITHDRAW = "withdraw"


class Via(StrEnum):
    """How an act came."""

    COMMAND = "command"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and what is known to prove it. `name`: the user's on the command line, an address by mail."""

    name: str
    via: Via = Via.COMMAND
    proof: Proof = Proof.COMMAND


@dataclass(frozen=True, slots=True)
class Source:
    """Where an act was said.

    `message` is the sha256 of the mail ("" on the command line), `line` what stands there, where it is a line of words,
    and `token` the one-time word of the letter that was answered.
    """

    message: str = ""
    line: str = ""
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What an act is about.

    `case` names a submission or, where a message has none, the message; None where it is about a unit alone. `unit` is
    a unit's code. `version` is that of the submission which the act means, None where it has none or nobody told;
    an act about another than the present one is refused (`decide.apply`).
    """

    case: str | None = None
    unit: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `until` is the day of an extension, `reason` what its actor gives for it."""

    kind: ActKind
    actor: Actor
    target: Target
    at: datetime
    source: Source = field(default=Source())
    until: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StoredAct:
    """An act as stored.

    `number` counts the acts of people from 1, and is None for a report; `message` is the sha256 of the mail that it
    was about. One that is `undone` has no effect any more.
    """

    number: int | None
    act: Act
    message: str | None
    undone: bool
