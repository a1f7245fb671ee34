"""A mailbox, a way out and a sent folder in memory; the contract tests compare them with real servers."""

import threading
from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from mailbot.domain.errors import MailboxError, Meaning, MessageRefused, SendError
from mailbot.domain.letter import Envelope
from mailbot.domain.mail import Place, Sighting
from mailbot.servers.imap import Listing


class MemoryMailbox:
    """A folder in memory. `troubles`: errors that the next calls raise, first come first. `filed`: what moved out."""

    def __init__(self, name: str = "office", folder: str = "INBOX") -> None:
        self.name, self.folder = name, folder
        self.troubles: list[MailboxError] = []
        self._messages: dict[int, tuple[bytes, datetime]] = {}
        self.filed: list[bytes] = []
        self._uidvalidity, self._last = 1, 0
        self._settled: Listing | None = None
        self._news, self._closed = threading.Event(), False

    def deliver(self, raw: bytes, when: datetime = datetime(2021, 9, 1, 8, tzinfo=UTC)) -> Place:
        """Put a message into the folder as if it had arrived then."""
        self._last += 1
        self._messages[self._last] = raw, when
        self._news.set()
        return self._place(self._last)

    def remove(self, uid: int) -> None:
        """Remove a message, as a colleague's mail program does."""
        del self._messages[uid]

    def renumber(self) -> None:
        """Number all messages anew under another UIDVALIDITY."""
        self._uidvalidity += 1
        self._messages = dict(enumerate(self._messages.values(), start=1))
        self._last = len(self._messages)

    def listing(self) -> Listing:
        """What lies in the folder now: all, or after `settled` what is new, if then the number adds up."""
        before, self._settled = self._settled, None
        self._ready()
        uids = tuple(sorted(self._messages))
        if before and before.uidvalidity == self._uidvalidity:
            new = tuple(uid for uid in uids if uid > before.highest)
            if before.count + len(new) == len(uids):
                return Listing(self.folder, self._uidvalidity, new, before.highest, before.count)
        return Listing(self.folder, self._uidvalidity, uids)

    def settled(self, listing: Listing) -> None:
        """Every message of that listing is known."""
        self._settled = listing

    def forget(self) -> None:
        """List everything at the next `listing`, as a mailbox does once an hour."""
        self._settled = None

    def sightings(self, listing: Listing, uids: Collection[int]) -> tuple[Sighting, ...]:
        """When those messages arrived and how large they are, in order of UID; one that vanished is left out."""
        if not uids:
            return ()
        self._ready(listing.uidvalidity)
        there = sorted(set(uids) & self._messages.keys())
        return tuple(Sighting(self._place(uid), self._messages[uid][1], len(self._messages[uid][0])) for uid in there)

    def fetch(self, place: Place, size: int = 0) -> Iterator[bytes]:
        """The exact bytes of a message; MessageRefused where it has vanished."""
        yield self._raw(place)

    def head(self, place: Place) -> bytes:
        """Its header alone; MessageRefused where it has vanished."""
        header, blank, _ = self._raw(place).partition(b"\r\n\r\n")
        return header + blank

    def file_away(self, listing: Listing, uids: Collection[int], folder: str) -> None:
        """Move those messages out of the folder."""
        self._ready(listing.uidvalidity)
        self.filed += [self._messages.pop(uid)[0] for uid in sorted(uids) if uid in self._messages]

    def wait(self, seconds: float) -> None:
        """Return after that time, or sooner at new mail or `close`."""
        self._news.clear()
        if not self._closed:
            self._news.wait(seconds)

    def close(self) -> None:
        """Close for good."""
        self._closed = True
        self._news.set()

    def _ready(self, uidvalidity: int | None = None) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        if self._closed:
            raise MailboxError(f"mailbox {self.name}: is closed")
        if uidvalidity not in (None, self._uidvalidity):
            raise MailboxError(f"mailbox {self.name}: the server has renumbered {self.folder}; list it again")

    def _raw(self, place: Place) -> bytes:
        self._ready(place.uidvalidity)
        if place.uid not in self._messages:
            raise MessageRefused(f"mailbox {self.name}: message {place.uid} is no longer in {self.folder}")
        return self._messages[place.uid][0]

    def _place(self, uid: int) -> Place:
        return Place(self.name, self.folder, self._uidvalidity, uid)


class MemoryPost:
    """Takes letters into `sent`.

    `refusals`: recipient → what is raised instead; `trouble`: the same for every recipient. `lose`: take the next
    letters, so many, and break off without an answer; `vanish`: the same without taking them.
    """

    def __init__(self) -> None:
        self.sent: list[Envelope] = []
        self.refusals: dict[str, SendError] = {}
        self.trouble: SendError | None = None
        self.lose = self.vanish = 0

    def send(self, envelope: Envelope) -> str:
        """Take one letter; the answer to it."""
        if refusal := self.refusals.get(envelope.to, self.trouble):
            raise refusal
        if self.vanish:
            self.vanish -= 1
            raise SendError("the connection broke before the answer to the letter", Meaning.UNCERTAIN)
        self.sent.append(envelope)
        if self.lose:
            self.lose -= 1
            raise SendError("the connection broke before the answer to the letter", Meaning.UNCERTAIN)
        return "250 OK queued"

    def close(self) -> None:
        """Nothing to close."""

    def cut(self) -> None:
        """Take no other letter."""
        self.trouble = SendError("sends nothing any more, as the program ends", Meaning.UNREACHABLE)


class MemorySent:
    """The folder of sent mail beside a MemoryPost. `keeps`: whether its provider files what was handed over."""

    def __init__(self, post: MemoryPost) -> None:
        self.keeps, self.asked = False, list[str]()
        self._post = post

    def holds(self, message_id: str, since: datetime) -> bool | None:
        """Whether a letter of that Message-ID was taken."""
        self.asked.append(message_id)
        return any(envelope.message_id == message_id for envelope in self._post.sent) if self.keeps else None
