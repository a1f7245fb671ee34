"""A letter as decided (`Letter`), as rendered (`Envelope`) and as stored (`StoredLetter`)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class LetterKind(StrEnum):
    """The kinds of mail that go out; the value stands in `X-Mailbot-Letter`."""

    RECEIPT = "receipt"
    NOTICE = "notice"
    REMINDER = "reminder"
    DIGEST = "digest"
    ALERT = "alert"
    CASE = "case"
    TRANSCRIPT = "transcript"
    ANSWER = "answer"


PRECEDENCE = (
    LetterKind.ALERT,
    LetterKind.DIGEST,
    LetterKind.ANSWER,
    LetterKind.TRANSCRIPT,
    LetterKind.RECEIPT,
    LetterKind.CASE,
    LetterKind.NOTICE,
    LetterKind.REMINDER,
)
"""In which order letters that are due leave; after all of them those that yield."""


AT_MOST_ONCE = frozenset({LetterKind.REMINDER, LetterKind.ALERT})
"""Of these a doubled letter is worse than a missing one; of the others a lost one."""


class LetterState(StrEnum):
    """Where a letter stands in the outbox.

    held → queued → sending → sent, or back to queued with a later due time, or refused (for good), or uncertain
    (the server may have taken it), or dropped (decided again and no longer wanted).
    """

    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as decided: what it says and to whom; `letters.render` gives it its shape.

    `key` is unique for ever in the outbox and readable (`receipt:<sha>`). `to` is one bare address. `subject` holds
    nothing that a unit wrote. `answers` is the Message-ID of the mail it answers, checked for its form; `thread`
    that mail's own References. `yields`: all others leave before it, and a share of the day's letters is the most that
    such ones take. `cases`: those that the one-time word of a letter to staff holds for.
    """

    key: str
    kind: LetterKind
    to: str
    subject: str
    template: str
    content: object
    unit: str | None = None
    answers: str | None = None
    thread: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = field(default=())
    yields: bool = False
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """A letter ready for the server: its bytes (CRLF lines) and the one address it goes to."""

    key: str
    kind: LetterKind
    to: str
    subject: str
    message_id: str
    content: bytes
    unit: str | None = None
    mailbox: str = ""
    """The mailbox that it leaves from."""
    yields: bool = False
    cases: tuple[str, ...] = ()
    """Both as in `Letter`."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter taken from the outbox for sending, until the lease ends."""

    id: int
    attempts: int
    """How often it was tried, this time included."""
    envelope: Envelope
    queued_at: datetime
    refusals: int = 0
    """How often a server refused it for now."""
    copies: int = 0
    """How many copies may have left without anybody's knowing."""
    handed_at: datetime | None = None
    """When the last of them may have left."""


@dataclass(frozen=True, slots=True)
class Rest:
    """An account that may not send until then, and what its server said."""

    mailbox: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A letter as the outbox has it; its bytes are asked for one by one."""

    id: int
    key: str
    kind: LetterKind
    to: str
    subject: str
    unit: str | None
    state: LetterState
    attempts: int
    queued_at: datetime
    due_at: datetime
    sent_at: datetime | None
    last_error: str | None
    mailbox: str = ""
    """The mailbox that it leaves from."""
    copies: int = 0
    """How many copies may have left without anybody's knowing."""
    cases: tuple[str, ...] = ()
    """Those that its one-time word holds for."""


@dataclass(frozen=True, slots=True)
class ReturnedLetter:
    """A letter of ours that came back from the address `to` (in lower case), and why, in Chinese words.

    `at`: when the report came, or the server refused the address; `roster_row`: the rows of the roster that had the
    address then, None where that is not known.
    """

    letter: int
    key: str
    kind: LetterKind
    subject: str
    unit: str | None
    mailbox: str
    to: str
    why: str
    at: datetime
    roster_row: str | None = None
