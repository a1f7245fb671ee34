"""Cases: what waits for a person, and what may be chosen."""

from dataclasses import dataclass
from typing import Literal

from mailbot.domain.act import ActKind
from mailbot.domain.mail import StoredMessage
from mailbot.domain.submission import StoredSubmission


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

    kind: ActKind
    text: str
    unit: str | None = None
