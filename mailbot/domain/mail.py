"""Incoming mail: where a message lies, its header, its one outcome, and the messages and files that are stored."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.domain.proof import Proof


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
    CORRECTION = "correction"
    """A unit changes or takes back in words what is registered for it."""


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
    is_sender_ambiguous: bool = False
    """From does not name exactly one address: several fields or addresses, a group, or nothing that is an address."""

    def header(self, name: str) -> str | None:
        """The topmost field of that name, or None."""
        return next((text for key, text in self.headers if key == name.lower()), None)

    def answer_to(self) -> str | None:
        """The one address an answer goes to: Reply-To, else From."""
        address = self.reply_to or self.sender
        return address.address if address else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An accepted message that has not been judged yet. `attempts`: how often its judgement was begun; `source`: whose
    share of the reading it takes, "" where that is not known."""

    id: int
    place: Place
    sha256: str
    received_at: datetime
    attempts: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Unsorted:
    """An accepted message whose head nobody has looked at."""

    id: int
    mailbox: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A message that waits since it was accepted. `fault`: why the archive cannot give its bytes."""

    sha256: str
    since: datetime
    fault: str | None = None


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
    proof: Proof = Proof.UNTOLD
    """What was known of its sender when it was judged."""
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
