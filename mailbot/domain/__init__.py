"""The words of the house as frozen values: what arrives, what is decided about it, and what is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from parsers.reading import Content, Finding, Layout, Reading


class Disposition(StrEnum):
    """The one outcome of a message."""

    SUBMISSION = "submission"
    INFORMATION = "information"
    UNREADABLE = "unreadable"
    MISDIRECTED = "misdirected"
    AUTOMATIC = "automatic"
    DUPLICATE = "duplicate"
    COMMAND = "command"
    UNRELATED = "unrelated"
    REVIEW = "review"


class Status(StrEnum):
    """Where a submission stands."""

    ACCEPTED = "accepted"
    NEEDS_CORRECTION = "needs_correction"
    REVIEW = "review"
    REJECTED = "rejected"
    """A person decided that it does not count."""


class Relation(StrEnum):
    """What a submission is to those the same unit sent before."""

    NEW = "new"
    REPLACES = "replaces"
    SUPPLEMENTS = "supplements"
    DUPLICATE = "duplicate"
    UNCLEAR = "unclear"


class Evidence(StrEnum):
    """What told the unit, strongest first."""

    TABLE = "table"
    FILE_NAME = "file_name"
    SUBJECT = "subject"
    SIGNATURE = "signature"
    SENDER = "sender"
    DECISION = "decision"
    """A person of ours said so."""


class Action(StrEnum):
    """What a person may decide about a waiting case; `extend` is about a unit."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    REPLACE = "replace"
    APPEND = "append"
    REJECT = "reject"
    IGNORE = "ignore"
    UNDO = "undo"
    EXTEND = "extend"


class Via(StrEnum):
    """How a decision came."""

    COMMAND = "command"
    MAIL = "mail"


class LetterKind(StrEnum):
    """The kinds of mail that go out; the value stands in `X-Mailbot-Letter`."""

    RECEIPT = "receipt"
    NOTICE = "notice"
    REMINDER = "reminder"
    DIGEST = "digest"
    ALERT = "alert"
    CASE = "case"
    TRANSCRIPT = "transcript"


PRECEDENCE = (
    LetterKind.RECEIPT,
    LetterKind.ALERT,
    LetterKind.CASE,
    LetterKind.TRANSCRIPT,
    LetterKind.NOTICE,
    LetterKind.REMINDER,
    LetterKind.DIGEST,
)
"""In which order letters that are due leave."""

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


# ---------------------------------------------------------------- what arrives


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies on a server. RFC 3501 section 2.3.1.1: a UID means nothing without its UIDVALIDITY."""

    mailbox: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """A message seen in a mailbox and not yet fetched. `received_at` is the server's INTERNALDATE, aware."""

    place: Place
    received_at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Withheld:
    """A message that the server named and then did not hand out, and why. Without `received_at` it did not even
    describe it; `size` as announced."""

    place: Place
    reason: str
    received_at: datetime | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a header; `address` as written, `name` decoded."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What a message says of itself above its body. Texts are decoded; nothing here is trusted."""

    subject: str = ""
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    sender: Address | None = None
    reply_to: Address | None = None
    recipients: tuple[Address, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    """Every field as (name in lower case, decoded text), topmost first."""
    content_type: str = "text/plain"
    """Of the message as a whole, in lower case, without parameters."""

    def header(self, name: str) -> str | None:
        """The topmost field of that name, or None."""
        return next((text for key, text in self.headers if key == name.lower()), None)

    def answer_to(self) -> str | None:
        """The one address an answer goes to: Reply-To, else From."""
        address = self.reply_to or self.sender
        return address.address if address else None


# ---------------------------------------------------------------- the roster


@dataclass(frozen=True, slots=True)
class Unit:
    """One organisation of the roster. `quota` None: the campaign's own applies."""

    code: str
    name: str
    short_name: str = ""
    category: str = ""
    aliases: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    quota: int | None = None
    required: bool = True
    sort_no: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None


# ---------------------------------------------------------------- the campaign


@dataclass(frozen=True, slots=True)
class Subproject:
    """A part of the campaign that collects works or cases on a platform of its own.

    `words`: what senders call it, as no other sub-project is called.
    """

    name: str
    host: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A span of the campaign that people plan by; both days are included."""

    name: str
    first: date
    last: date


# ---------------------------------------------------------------- what is decided


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose table it is: one unit with the evidence that told it, or the candidates and why none was taken."""

    unit: Unit | None
    evidence: Evidence | None = None
    candidates: tuple[Unit, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """One table from one unit, judged. `replaces`: the stored submissions that stop being current with it."""

    attachment: str
    reading: Reading
    unit: str | None
    unit_name: str | None
    evidence: Evidence | None
    status: Status
    relation: Relation
    current: bool
    findings: tuple[Finding, ...]
    replaces: tuple[int, ...] = ()
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message is, why, and what counts of it. `reason` is one Chinese sentence for staff."""

    disposition: Disposition
    reason: str
    code: str | None = None
    unit: str | None = None
    """The unit that an information or an unreadable message comes from, where it is known."""
    submissions: tuple[Submission, ...] = ()
    subprojects: tuple[Subproject, ...] = ()
    """Those that a misdirected message belongs to, where it is known."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided, and about what.

    `case` names a waiting submission or, where a message has none, the message; None for `extend`, which is about
    `unit` and goes until the day `until`. `by` is a user's name on the command line, an address by mail. `token` is
    the one-time word of the letter that was answered.
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


# ---------------------------------------------------------------- what is known from before


@dataclass(frozen=True, slots=True)
class Earlier:
    """A stored submission as decisions need it. `records` hold field → content."""

    id: int
    unit: str
    form: str
    layout: Layout
    status: Status
    relation: Relation
    current: bool
    version: int
    """1 for the unit's first submission of that form, and so on."""
    sender: str
    received_at: datetime
    records: tuple[Mapping[str, Content], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a judgement may know from before."""

    earlier: tuple[Earlier, ...] = ()
    """Submissions of the units in question, oldest first."""
    same_mail_known: bool = False
    """A stored message has the same Message-ID, sender and content."""


# ---------------------------------------------------------------- what is stored


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message and its outcome, as the export and the ledger show it. Times are aware."""

    id: int
    mailbox: str
    sha256: str
    message_id: str | None
    sender: str
    subject: str
    received_at: datetime
    disposition: Disposition | None
    """None while it waits to be judged."""
    code: str | None
    reason: str
    case: str | None
    unit: str | None
    settled: bool = False
    """A person decided that nothing more is done about it, whatever its outcome says."""


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """A file of a message, which `message` names by its sha256; `fault` is the code of why it could not be read."""

    message: str
    path: str
    name: str
    kind: str
    size: int
    sha256: str
    fault: str | None


@dataclass(frozen=True, slots=True)
class StoredSubmission:
    """A submission as stored."""

    id: int
    message: int
    case: str
    sha256: str
    sender: str
    received_at: datetime
    version: int
    submission: Submission
    """`reading.findings` is empty here; every finding stands in `findings`."""


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


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision as stored. `number` counts all decisions from 1; `message` is the sha256 of what it was about."""

    number: int
    decision: Decision
    message: str | None
    undone: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """An accepted message that has not been judged yet. `attempts`: how often its judgement was begun."""

    id: int
    place: Place
    sha256: str
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A message that waits since it was accepted. `fault`: why the archive cannot give its bytes."""

    sha256: str
    since: datetime
    fault: str | None = None


# ---------------------------------------------------------------- what is sent


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
    that mail's own References.
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
