"""An account of a real IMAP server, as its owners see it from other mail programs."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

import imap_tools
from imap_tools.utils import encode_folder

from mailbot.config import MailboxConfig
from support.loopback import PASSWORD, listens, mailbox_config
from support.waiting import wait_for

IMAP_SERVERS = ("dovecot", "dovecot_below_inbox", "courier", "cyrus", "cyrus_below_inbox")
"""Those that the contract of mailboxes is held against; each has a fixture of its name and `_server`."""


class ImapServer(Protocol):
    """A real IMAP server of the tests' own; users are let in with PASSWORD."""

    port: int
    prefix: str
    """What the names of an account's own folders begin with (RFC 2342)."""
    delimiter: str

    def account(self) -> "ImapAccount":
        """A new account with an empty INBOX."""

    def stop(self) -> None:
        """End the server and remove all that it kept."""


class ImapAccount:
    """One account. Folders are named with "/" and without the server's prefix."""

    def __init__(self, server: ImapServer, user: str) -> None:
        self.server, self.user = server, user

    def config(self, **more: Any) -> MailboxConfig:
        """This account as a configured mailbox."""
        return mailbox_config(**{"imap_port": self.server.port, "address": self.user} | more)

    def called(self, folder: str) -> str:
        """The server's name of a folder."""
        return folder if folder == "INBOX" else self.server.prefix + folder.replace("/", self.server.delimiter)

    def create_folder(self, name: str) -> None:
        """A further folder."""
        with self.session() as box:
            box.folder.create(self.called(name))

    def deliver(self, raw: bytes, when: datetime | None = None, folder: str = "INBOX") -> None:
        """Put a message into a folder as if it had arrived then."""
        with self.session() as box:
            box.append(raw, self.called(folder), dt=when or datetime.now(UTC))

    def keeps(self, raw: bytes) -> bool:
        """Whether the server keeps a message of just these bytes."""
        return True

    def flags(self, folder: str = "INBOX") -> dict[int, frozenset[str]]:
        """UID → flags of every message, as a colleague's mail program sees them; \\Recent left out."""
        with self.session(folder) as box:
            lines = box.client.uid("FETCH", "1:*", "(UID FLAGS)")[1]
        found = {}
        for line in filter(None, lines):
            uid = int(line.split(b"UID ")[1].split()[0].rstrip(b")"))
            flags = line.split(b"FLAGS (")[1].split(b")")[0].decode().split()
            found[uid] = frozenset(flags) - {"\\Recent"}
        return found

    def mark(self, uid: int, flag: str) -> None:
        """Set a flag, as a colleague's mail program does."""
        with self.session("INBOX") as box:
            box.client.uid("STORE", str(uid), "+FLAGS", f"({flag})")

    def remove(self, uid: int) -> None:
        """Remove a message for good, as a colleague's mail program does."""
        self.mark(uid, "\\Deleted")
        with self.session("INBOX") as box:
            box.client.expunge()

    def copy(self, uid: int, source: str = "INBOX", target: str = "INBOX") -> None:
        """Copy a message, as a colleague's mail program does."""
        with self.session(source) as box:
            box.client.uid("COPY", str(uid), encode_folder(self.called(target)).decode())

    def reset_uidvalidity(self) -> None:
        """Number all messages of the INBOX anew, under another UIDVALIDITY."""
        raise NotImplementedError

    @contextlib.contextmanager
    def session(self, folder: str | None = None) -> Iterator[imap_tools.MailBoxUnencrypted]:
        """Logged in, with that folder open."""
        with imap_tools.MailBoxUnencrypted("127.0.0.1", self.server.port, timeout=10) as box:
            box.login(self.user, PASSWORD, initial_folder=self.called(folder) if folder else None)
            yield box


def until_it_listens(port: int, output: Callable[[], str]) -> None:
    """Wait for a server; fails with what it has printed."""
    try:
        wait_for(lambda: listens(port))
    except AssertionError:
        raise AssertionError(f"nothing listens at {port}: {output()}") from None
