"""A Dovecot of the tests' own, and its accounts as their owners see them: a real IMAP server."""

import contextlib
import getpass
import grp
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import imap_tools
from imap_tools.utils import encode_folder

from mailbot.config import MailboxConfig
from support.loopback import PASSWORD, certificate, free_port, mailbox_config

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")


class Dovecot:
    """A Dovecot 2.3 of its own, as root or as an ordinary user; any user name is let in with PASSWORD."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mailbot-dovecot-"))
        self.folder.chmod(0o755)
        self.owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self.port, self.tls_port = free_port(), free_port()
        self.ca_file, self._key = certificate(self.folder)
        (self.folder / "mail").mkdir()
        self.own(self.folder / "mail")
        self._names = itertools.count(1)
        config = self.folder / "dovecot.conf"
        config.write_text(self._config())
        assert DOVECOT is not None
        self._process = subprocess.Popen([DOVECOT, "-F", "-c", str(config)], stderr=subprocess.DEVNULL)
        _until(lambda: _listens(self.port) and _listens(self.tls_port), "Dovecot does not start")

    def own(self, path: Path) -> None:
        """Give a file or folder to the user that Dovecot reads mail as."""
        if os.getuid() == 0:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def account(self) -> "Account":
        """A new account with an empty INBOX."""
        return Account(self, f"user{next(self._names)}@example.org")

    def stop(self) -> None:
        """End the server and remove all that it kept."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _config(self) -> str:
        user, group = self.owner.pw_name, grp.getgrgid(self.owner.pw_gid).gr_name
        me = getpass.getuser()
        unprivileged = (
            f"default_internal_user = {me}\ndefault_internal_group = {group}\ndefault_login_user = {me}\n"
            if os.getuid()
            else ""
        )
        return f"""
protocols = imap
listen = 127.0.0.1
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/dovecot.log
{unprivileged}
mail_location = maildir:{self.folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_max_userip_connections = 50
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{self.ca_file}
ssl_key = <{self._key}
auth_mechanisms = plain login
auth_failure_delay = 0 secs
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={self.folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


class Account:
    """One account of a Dovecot, seen from the server's side."""

    def __init__(self, server: Dovecot, user: str) -> None:
        self.server, self.user = server, user
        self.maildir = server.folder / "mail" / user
        self._names = itertools.count(1)
        self._make(self.maildir)

    def config(self, **more: Any) -> MailboxConfig:
        """This account as a configured mailbox."""
        return mailbox_config(**{"imap_port": self.server.port, "address": self.user} | more)

    def create_folder(self, name: str) -> None:
        """A further folder."""
        with self._session() as box:
            box.folder.create(name)

    def deliver(self, raw: bytes, when: datetime | None = None, folder: str = "INBOX") -> None:
        """Drop a message into a folder as if it had arrived then; Dovecot gives back the same bytes for CRLF lines."""
        place = (
            self.maildir
            if folder == "INBOX"
            else self.maildir / f".{imap_tools.imap_utf7.utf7_encode(folder).decode()}"
        )
        name = f"{next(self._names)}.{os.getpid()}.test"
        path = place / "tmp" / name
        path.write_bytes(raw)
        if when is not None:
            os.utime(path, (when.timestamp(), when.timestamp()))
        self.server.own(path)
        path.rename(place / "new" / name)

    def flags(self, folder: str = "INBOX") -> dict[int, frozenset[str]]:
        """UID → flags of every message, as a colleague's mail program sees them; \\Recent left out."""
        with self._session(folder) as box:
            lines = box.client.uid("FETCH", "1:*", "(UID FLAGS)")[1]
        found = {}
        for line in filter(None, lines):
            uid = int(line.split(b"UID ")[1].split()[0].rstrip(b")"))
            flags = line.split(b"FLAGS (")[1].split(b")")[0].decode().split()
            found[uid] = frozenset(flags) - {"\\Recent"}
        return found

    def mark(self, uid: int, flag: str) -> None:
        """Set a flag, as a colleague's mail program does."""
        with self._session("INBOX") as box:
            box.client.uid("STORE", str(uid), "+FLAGS", f"({flag})")

    def remove(self, uid: int) -> None:
        """Remove a message for good, as a colleague's mail program does."""
        self.mark(uid, "\\Deleted")
        with self._session("INBOX") as box:
            box.client.expunge()

    def copy(self, uid: int, source: str = "INBOX", target: str = "INBOX") -> None:
        """Copy a message, as a colleague's mail program does."""
        with self._session(source) as box:
            box.client.uid("COPY", str(uid), encode_folder(target).decode())

    def reset_uidvalidity(self) -> None:
        """Number all messages of the INBOX anew, under another UIDVALIDITY. Nobody may be logged in."""
        validity = int((self.maildir / "dovecot-uidlist").read_text().split()[1].removeprefix("V"))
        for path in self.maildir.glob("dovecot*"):
            path.unlink()
        path = self.maildir / "dovecot-uidlist"
        path.write_text(f"3 V{validity + 1} N1\n")
        self.server.own(path)

    def number_from(self, uid: int) -> None:
        """Give messages UIDs from there on. Nobody may have been logged in yet."""
        path = self.maildir / "dovecot-uidlist"
        path.write_text(f"3 V1615978270 N{uid}\n")
        self.server.own(path)

    def _make(self, maildir: Path) -> None:
        for path in (maildir, maildir / "cur", maildir / "new", maildir / "tmp"):
            path.mkdir(mode=0o700)
            self.server.own(path)

    @contextlib.contextmanager
    def _session(self, folder: str | None = None) -> Iterator[imap_tools.MailBoxUnencrypted]:
        with imap_tools.MailBoxUnencrypted("127.0.0.1", self.server.port, timeout=10) as box:
            box.login(self.user, PASSWORD, initial_folder=folder)
            yield box


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _until(true: Callable[[], bool], otherwise: str, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.02)
