"""The program's errors; each message says what is wrong, where, and what would be right.

MailbotError
├── ConfigError        the configuration cannot be used; carries every fault found
├── MailboxError       the IMAP server cannot be reached, refuses, or answers nonsense
│   ├── LoginRefused     … because of the account's name or password
│   └── MessageRefused   … to hand out one message
├── SendError          a letter could not be handed over; its `meaning` says what follows
├── ReaderDied         the child that read a message was killed: time, memory, crash
├── StoreError         the database cannot be opened or used
│   ├── StoreBusy        … because another daemon works on it
│   └── StoreOutdated    … because it is of an older version, and a daemon of that version may work on it
├── ArchiveError       the archive of raw messages cannot be written or read
│   └── MessageLost      … because the bytes of one message are missing, damaged, or on a bad piece of the disk
└── DiskNearlyFull     no mail is taken in until there is room again
"""

from collections.abc import Iterable
from enum import StrEnum


class MailbotError(Exception):
    """Something that a person can act on; `str()` is one sentence."""


class ConfigError(MailbotError):
    """The configuration cannot be used. `faults` holds one sentence for each thing that is wrong."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class MailboxError(MailbotError):
    """The IMAP server cannot be reached, refuses, or answers nonsense."""


class LoginRefused(MailboxError):
    """The server refuses the account's name or password; trying again does not help."""


class MessageRefused(MailboxError):
    """The server does not hand out one message, or has it no longer; the others may be asked for."""


class Meaning(StrEnum):
    """What it means that a letter was not handed over; what follows is decided in `decide.delivery`.

    The first eight are about this letter, the others about the account: no other letter would fare better now.
    """

    LATER = "later"
    """Refused for now."""
    GREYLISTED = "greylisted"
    """Refused for now, and sooner than in some minutes in any case."""
    FULL = "full"
    """The recipient's mailbox is full."""
    UNKNOWN_ADDRESS = "unknown_address"
    """There is no such recipient."""
    CONTENT = "content"
    """Taken for spam."""
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    """Refused for good for whatever other reason."""
    UNCERTAIN = "uncertain"
    """The connection broke after the whole letter was sent and before the answer (RFC 1047)."""
    UNREACHABLE = "unreachable"
    """The server is not reached, hangs up, or answers nonsense."""
    LOGIN = "login"
    """It does not let us in."""
    SENDER = "sender"
    """It does not let this address send."""
    MINUTES = "minutes"
    HOUR = "hour"
    DAY = "day"
    """Too many letters within some minutes, an hour, a day."""


_FOR_GOOD = frozenset({Meaning.UNKNOWN_ADDRESS, Meaning.CONTENT, Meaning.TOO_LARGE, Meaning.REFUSED})
_OF_THE_ACCOUNT = frozenset(
    {Meaning.UNREACHABLE, Meaning.LOGIN, Meaning.SENDER, Meaning.MINUTES, Meaning.HOUR, Meaning.DAY}
)


class SendError(MailbotError):
    """A letter was not handed over. `answer`: what the server said, with its code; "" where it said nothing."""

    def __init__(self, text: str, meaning: Meaning = Meaning.LATER, answer: str = "") -> None:
        super().__init__(text)
        self.meaning = meaning
        self.answer = answer

    @property
    def permanent(self) -> bool:
        """Whether the server will never have this letter."""
        return self.meaning in _FOR_GOOD

    @property
    def uncertain(self) -> bool:
        """Whether the server may have taken it."""
        return self.meaning is Meaning.UNCERTAIN

    @property
    def blocked(self) -> bool:
        """Whether no other letter of the account would fare better now."""
        return self.meaning in _OF_THE_ACCOUNT


class ReaderDied(MailbotError):
    """The limited child that read a message was killed: `was_too_long`, or too much memory, or a crash."""

    def __init__(self, sentence: str, *, was_too_long: bool = False) -> None:
        super().__init__(sentence)
        self.was_too_long = was_too_long


class StoreError(MailbotError):
    """The database cannot be opened or used."""


class StoreBusy(StoreError):
    """Another daemon works on this database."""


class StoreOutdated(StoreError):
    """The database is of an older version, and only the daemon or a pass of this one may change that."""


class ArchiveError(MailbotError):
    """The archive of raw messages cannot be written or read."""


class MessageLost(ArchiveError):
    """The archived bytes of one message are missing, damaged, or cannot be read; the others may be well."""


class DiskNearlyFull(MailbotError):
    """Too little room is left to take mail in; it waits on its server."""


class ActRefused(MailbotError):
    """What a person decided does not fit the case; the sentence is Chinese, as staff read it."""


class Overtaken(ActRefused):
    """A decision met something that came after its maker was asked; the case is asked about again."""

    def __init__(self, case: str, text: str) -> None:
        super().__init__(text)
        self.case = case
