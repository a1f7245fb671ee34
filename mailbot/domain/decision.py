"""Cases that wait for a person, and what people have decided about them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from mailbot.domain.mail import StoredMessage
from mailbot.domain.proof import Proof
from mailbot.domain.submission import StoredSubmission


class Action(StrEnum):
    """What a person may decide about a waiting case; `extend` is about a unit.

    `object` is a unit's own word: a table that counts for it is not its own, and waits for a person again.
    """

    ACCEPT = "accept"
    ASSIGN = "assign"
    REPLACE = "replace"
    APPEND = "append"
    REJECT = "reject"
    IGNORE = "ignore"
    UNDO = "undo"
    EXTEND = "extend"
    OBJECT = "object"


class Via(StrEnum):
    """How a decision came."""

    COMMAND = "command"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided, and about what.

    `case` names a waiting submission or, where a message has none, the message. `extend` is about `unit` and goes until
    the day `until`; its case is the mail that asked for it, if one did. `by` is a user's name on the command line, an
    address by mail. `token` is the one-time word of the letter that was answered, `source` the sha256 of the mail that
    says it ("" on the command line), `proof` what is known of who says it.
    """

    action: Action
    case: str | None
    by: str
    via: Via
    at: datetime
    unit: str | None = None
    until: date | None = None
    reason: str = ""
    token: str | None = None
    source: str = ""
    proof: Proof = Proof.COMMAND


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision as stored. `number` counts all decisions from 1; `message` is the sha256 of what it was about."""

    number: int
    decision: Decision
    message: str | None
    undone: bool


@dataclass(frozen=True, slots=True)
class Case:
    """What waits for a person.

    `kind`: whose a table is ("unit"), what it is to earlier ones ("relation"), whether the sender is who it says
    ("sender"), or what a message without a table wants ("letter"). `tables` is the one table of the first two, all of
    the message's for a doubtful sender, none for a letter. `why` is one Chinese sentence.
    """

    name: str
    kind: Literal["unit", "relation", "sender", "letter"]
    message: StoredMessage
    tables: tuple[StoredSubmission, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to settle a case; `unit` for `assign`."""

    action: Action
    text: str
    unit: str | None = None
