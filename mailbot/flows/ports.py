"""The interfaces that the flows use; tests pass doubles that keep the same contract."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from mailbot.campaigns.roster import Roster
from mailbot.campaigns.roster_faults import Fault
from mailbot.config import Campaign, Config, MailboxConfig
from mailbot.decide.delivery import Outcome
from mailbot.decide.facts import Rules
from mailbot.domain.letter import Envelope
from mailbot.domain.mail import Head, Place, Sighting, Withheld
from mailbot.letters.alert_causes import Setback
from mailbot.letters.rendering.renderer import Renderer
from mailbot.mail.opening import Opened
from mailbot.mail.original_files import OriginalFile
from mailbot.servers.imap import Listing
from parsers.forms.form import Form
from storage.archive import Archive
from storage.store import Store


class Inbox(Protocol):
    """A mailbox to read from; `mailbot.servers.imap.Mailbox` is the real one."""

    @property
    def name(self) -> str:
        """The mailbox's name in the configuration."""

    @property
    def folder(self) -> str:
        """The folder that is read."""

    def listing(self) -> Listing:
        """Every UID of the folder as it is now, or only new ones after `settled`. Raises MailboxError."""

    def settled(self, listing: Listing) -> None:
        """Every message of that listing is known for good."""

    def sightings(self, listing: Listing, uids: Collection[int]) -> tuple[Sighting, ...]:
        """Time of arrival and size of those messages, by UID. Raises MailboxError."""

    def fetch(self, place: Place, size: int = 0) -> Iterator[bytes]:
        """The exact bytes of a message in pieces, without marking it; `size` as announced. Raises MailboxError."""

    def head(self, place: Place) -> bytes:
        """Its header alone, without marking it. Raises MailboxError."""

    def file_away(self, listing: Listing, uids: Collection[int], folder: str) -> None:
        """Move those messages to another folder. Raises MailboxError."""

    def wait(self, seconds: float) -> None:
        """Return when something may have arrived, at the latest after that time."""

    def close(self) -> None:
        """Log out for good."""


class Outgoing(Protocol):
    """A server to send by; `mailbot.servers.smtp.Post` is the real one."""

    def send(self, envelope: Envelope) -> str:
        """Hand one letter over; the server's answer. Raises SendError."""

    def close(self) -> None:
        """End the session; a later call connects anew."""

    def cut(self) -> None:
        """Send no other letter, for good; one that is being sent has some seconds to end."""


class Sent(Protocol):
    """An account's folder of sent mail; `mailbot.servers.sent_folder.SentFolder` is the real one."""

    def holds(self, message_id: str, since: datetime) -> bool | None:
        """Whether a letter of that Message-ID, made then, lies there; None where that tells nothing. Never raises."""


class Reader(Protocol):
    """Reads mails in a limited child process."""

    def open(self, raw: bytes, arrived: datetime, *, slowly: bool = False) -> Opened:
        """All of a mail; `slowly`: with LibreOffice or unar where a file needs one. Raises ReaderDied."""

    def head(self, raw: bytes) -> Head:
        """Its head alone. Raises ReaderDied."""

    def go_by(self, campaign: Campaign) -> None:
        """Read by another state of the campaign from now on: its deadline may have moved."""

    def files(self, raw: bytes, most: int) -> tuple[OriginalFile, ...]:
        """What is attached to it, as it came; not more than `most` bytes in all. Raises ReaderDied."""

    def close(self) -> None:
        """End the child."""


@dataclass(frozen=True)
class App:
    """The assembled program. `clock` gives the time as an aware datetime in the campaign's zone."""

    config: Config
    forms: Mapping[str, Form]
    roster: Roster
    """The one that is in force, see `flows.roster_in_force`."""
    clock: Callable[[], datetime]
    archive: Archive
    store: Store
    mailboxes: tuple[tuple[MailboxConfig, Inbox], ...]
    posts: Mapping[str, Outgoing]
    sent: Mapping[str, Sent]
    """Both by the name of the mailbox."""
    letters: Renderer
    reader: Reader
    progressed: Callable[[], None] = lambda: None
    """Called whenever a flow has finished one thing more, so that whoever watches it knows that it is alive."""
    withheld: dict[str, Mapping[Place, Withheld]] = field(default_factory=dict)
    """By the name of the mailbox: what its last round could not take in."""
    unsettled: list[Outcome] = field(default_factory=list)
    """What became of letters and could not be written down yet; nothing else leaves before."""
    setbacks: dict[str, Setback] = field(default_factory=dict)
    """What failed by itself while the rest went on, see `flows.setbacks`."""
    roster_version: str = ""
    """The name of the roster in the archive; "" where it is not kept."""
    roster_faults: tuple[Fault, ...] = ()
    """What somebody must put right in the roster that is in force."""
    roster_refused: tuple[Fault, ...] = ()
    """Why the file as it lies there now is not in force; empty where it is."""

    def rules_of(self, received_at: datetime) -> Rules:
        """What a message that arrived then is judged by."""
        day = received_at.astimezone(self.config.organisation.zone).date()
        return Rules(self.roster.on(day), self.config.campaign, self.forms, self.own_addresses)

    @property
    def own_addresses(self) -> frozenset[str]:
        """Our own mailboxes, in lower case."""
        return frozenset(mailbox.address.lower() for mailbox, _ in self.mailboxes)

    def is_known(self, address: str) -> bool:
        """Whether an address, in lower case, stands in the configuration or in the roster."""
        staff = self.config.staff
        ours = (*self.own_addresses, *staff.everyone, *map(str.lower, (*staff.digest_to, *staff.alerts_to)))
        return address in ours or bool(self.roster.registered(address))

    def mailbox(self, name: str) -> MailboxConfig:
        """The mailbox of that name, or the first."""
        return next((mailbox for mailbox, _ in self.mailboxes if mailbox.name == name), self.mailboxes[0][0])

    def close(self) -> None:
        """Let go of servers, child and database."""
        for _, inbox in self.mailboxes:
            inbox.close()
        for post in self.posts.values():
            post.close()
        self.reader.close()
        self.store.close()
