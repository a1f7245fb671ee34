"""A Dovecot of the tests' own, and its accounts as their owners see them: a real IMAP server."""

import getpass
import grp
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

import imap_tools

from support.imap_account import ImapAccount, until_it_listens
from support.loopback import PASSWORD, certificate, free_port
from support.unpacked import WITH_US

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")


class Dovecot:
    """A Dovecot 2.3 of its own, as root or as an ordinary user; any user name is let in with PASSWORD.

    Folders lie beside INBOX with "/", or below it with ".", as many providers set it up.
    """

    def __init__(self, *, below_inbox: bool = False) -> None:
        self.prefix, self.delimiter = ("INBOX.", ".") if below_inbox else ("", "/")
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
        self._process = subprocess.Popen([*WITH_US, DOVECOT, "-F", "-c", str(config)], stderr=subprocess.DEVNULL)
        until_it_listens(self.port, self._log)
        until_it_listens(self.tls_port, self._log)

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

    def _log(self) -> str:
        path = self.folder / "dovecot.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

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
  prefix = {self.prefix}
  separator = {self.delimiter}
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


class Account(ImapAccount):
    """One account of a Dovecot; its messages are files of a Maildir."""

    server: Dovecot

    def __init__(self, server: Dovecot, user: str) -> None:
        super().__init__(server, user)
        self.maildir = server.folder / "mail" / user
        self._names = itertools.count(1)
        self._make(self.maildir)

    def deliver(self, raw: bytes, when: datetime | None = None, folder: str = "INBOX") -> None:
        """Drop a message into a folder as if it had arrived then; Dovecot gives back the same bytes for CRLF lines."""
        encoded = imap_tools.imap_utf7.utf7_encode(folder.replace("/", ".")).decode()
        place = self.maildir if folder == "INBOX" else self.maildir / f".{encoded}"
        name = f"{next(self._names)}.{os.getpid()}.test"
        path = place / "tmp" / name
        path.write_bytes(raw)
        if when is not None:
            os.utime(path, (when.timestamp(), when.timestamp()))
        self.server.own(path)
        path.rename(place / "new" / name)

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
