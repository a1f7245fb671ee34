"""The errors of this program, each a sentence: what is wrong, where, and what would be right.

MailbotError
├── ConfigError        the configuration cannot be used; carries every fault found
├── MailboxError       the IMAP server cannot be reached, refuses, or answers nonsense
│   └── LoginRefused     … because of the account's name or password
├── SendError          a letter could not be handed over; `permanent`, `uncertain`, `blocked`
├── ReaderDied         the child that read a message was killed: time, memory, crash
├── StoreError         the database cannot be opened or used
│   └── StoreBusy        … because another daemon works on it
├── ArchiveError       the archive of raw messages cannot be written or read
└── DiskNearlyFull     no mail is taken in until there is room again
"""

from collections.abc import Iterable


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


class SendError(MailbotError):
    """A letter was not handed over.

    `permanent`: the server refused for good. `uncertain`: the connection broke after the whole letter was sent and
    before the answer, so the server may have taken it (RFC 1047). `blocked`: the server cannot be reached or does not
    let us in, so that no other letter would fare better now.
    """

    def __init__(self, text: str, *, permanent: bool = False, uncertain: bool = False, blocked: bool = False) -> None:
        super().__init__(text)
        self.permanent, self.uncertain, self.blocked = permanent, uncertain, blocked


class ReaderDied(MailbotError):
    """The limited child that read a message was killed: too long, too much memory, or a crash."""


class StoreError(MailbotError):
    """The database cannot be opened or used."""


class StoreBusy(StoreError):
    """Another daemon works on this database."""


class ArchiveError(MailbotError):
    """The archive of raw messages cannot be written or read."""


class DiskNearlyFull(MailbotError):
    """Too little room is left to take mail in; it waits on its server."""
