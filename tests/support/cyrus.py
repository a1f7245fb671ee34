"""A Cyrus of the tests' own: a real IMAP server that keeps mail in a format of its own and checks what it is given."""

import contextlib
import itertools
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import imap_tools

from support.imap_account import ImapAccount, until_it_listens
from support.loopback import PASSWORD, free_port
from support.unpacked import Unpacked

ADMIN = "cyrus"
_START = """
mkdir -p /run/cyrus/socket /run/cyrus/lock /run/cyrus/proc /srv/mail
for part in db lock log msg proc ptclient quota socket user; do mkdir -p /srv/cyrus/$part; done
export LD_PRELOAD=libeatmydata.so  # nothing has to survive a power cut
exec /usr/lib/cyrus/bin/master -D
"""
_IMAPD = f"""
configdirectory: /srv/cyrus
defaultpartition: default
partition-default: /srv/mail
proc_path: /run/cyrus/proc
mboxname_lockpath: /run/cyrus/lock
altnamespace: {{alternative}}
unixhierarchysep: {{alternative}}
virtdomains: userid
allowplaintext: yes
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN
munge8bit: no
imapidlepoll: 1
admins: {ADMIN}
"""
_PROGRAMS = """
START {{
  recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -r"
  idled cmd="/usr/lib/cyrus/bin/idled"
}}
SERVICES {{
  imap cmd="/usr/lib/cyrus/bin/imapd" listen="127.0.0.1:{port}" prefork=1 maxchild=60
}}
"""


class Cyrus:
    """Cyrus IMAP 3. Folders lie beside INBOX with "/", as its makers set it up, or below it with ".", as Debian does;
    any user is let in."""

    def __init__(self, *, below_inbox: bool = False) -> None:
        self.prefix, self.delimiter = ("INBOX.", ".") if below_inbox else ("", "/")
        self.port, self._numbers = free_port(), itertools.count(1)
        files = {
            "etc/imapd.conf": _IMAPD.format(alternative="no" if below_inbox else "yes"),
            "etc/cyrus.conf": _PROGRAMS.format(port=self.port),
        }
        self._runs = Unpacked("cyrus", _START, files)
        self._runs.start()
        until_it_listens(self.port, self._runs.output)

    def account(self) -> "CyrusAccount":
        """A new account with an empty INBOX."""
        account = CyrusAccount(self, f"user{next(self._numbers)}@example.org")
        self.make(account.user)
        return account

    def make(self, user: str) -> None:
        """An empty INBOX."""
        with self._administered() as box:
            box.folder.create(self._inbox(user))

    def remove(self, user: str) -> None:
        """Remove an account with all that it held."""
        with self._administered() as box:
            box.client.setacl(self._inbox(user), ADMIN, "lrswipkxtecda")
            box.folder.delete(self._inbox(user))

    def stop(self) -> None:
        """End the server and remove all that it kept."""
        self._runs.stop()

    def _inbox(self, user: str) -> str:
        return f"user{self.delimiter}{user}"

    @contextlib.contextmanager
    def _administered(self) -> Iterator[imap_tools.MailBoxUnencrypted]:
        with imap_tools.MailBoxUnencrypted("127.0.0.1", self.port, timeout=10) as box:
            box.login(ADMIN, PASSWORD, initial_folder=None)
            yield box


class CyrusAccount(ImapAccount):
    """One account; messages are put into it by IMAP."""

    server: Cyrus

    def __init__(self, server: Cyrus, user: str) -> None:
        super().__init__(server, user)
        self._delivering: imap_tools.MailBoxUnencrypted | None = None

    def deliver(self, raw: bytes, when: datetime | None = None, folder: str = "INBOX") -> None:
        """Put a message into a folder as if it had arrived then."""
        if self._delivering is None:  # a log-in for each would take minutes
            self._delivering = imap_tools.MailBoxUnencrypted("127.0.0.1", self.server.port, timeout=10)
            self._delivering.client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._delivering.login(self.user, PASSWORD, initial_folder=None)
        self._delivering.append(raw, self.called(folder), dt=when or datetime.now(UTC))

    def keeps(self, raw: bytes) -> bool:
        """None without a header, and no CR alone: Cyrus refuses the one and mends the other."""
        return bool(re.match(rb"[\w-]+:", raw)) and not re.search(rb"\r(?!\n)", raw)

    def reset_uidvalidity(self) -> None:
        """Number all messages of the INBOX anew, under another UIDVALIDITY: of an account that is made anew."""
        with self.session("INBOX") as box:
            answer = box.client.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]
        kept = [part[1] for part in answer if isinstance(part, tuple)]
        self._delivering = None
        self.server.remove(self.user)
        self.server.make(self.user)
        for raw in kept:
            self.deliver(raw)
