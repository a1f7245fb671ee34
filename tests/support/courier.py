"""A Courier of the tests' own: a real IMAP server that keeps folders below INBOX, and knows no MOVE."""

import base64
import hashlib
import itertools
import os
from datetime import datetime
from pathlib import Path

from support.imap_account import ImapAccount, until_it_listens
from support.loopback import PASSWORD, free_port
from support.unpacked import OWNER, Unpacked

ACCOUNTS = 500
"""So many are there from the beginning."""
_START = """
set -a
mkdir -p /run/courier/authdaemon
. /etc/courier/authdaemonrc
/usr/lib/courier/courier-authlib/authdaemond &
. /etc/courier/imapd
IMAP_IDLE_TIMEOUT=1
exec /usr/sbin/couriertcpd -address=127.0.0.1 -maxprocs=60 -maxperip=60 -nodnslookup -noidentlookup {port} \\
    /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir
"""
_LOGINS = """
authmodulelist=authuserdb
authmodulelistorig=authuserdb
authdaemonvar=/run/courier/authdaemon
daemons=3
DEBUG_LOGIN=0
DEFAULTOPTIONS=
LOGGEROPTS=
"""


class Courier:
    """Courier IMAP 5."""

    prefix, delimiter = "INBOX.", "."

    def __init__(self) -> None:
        self.port, self._numbers = free_port(), itertools.count(1)
        files = {"etc/courier/authdaemonrc": _LOGINS}
        self._runs = Unpacked("courier", _START.format(port=self.port), files)
        self.mail = self._runs.folder / "mail"
        self._let_in()
        self._runs.start()
        until_it_listens(self.port, self._runs.output)

    def account(self) -> "CourierAccount":
        """A new account with an empty INBOX."""
        return CourierAccount(self, _user(next(self._numbers)))

    def stop(self) -> None:
        """End the server and remove all that it kept."""
        self._runs.stop()

    def _let_in(self) -> None:
        """Courier looks names up in a database that its own program makes."""
        users = [_user(number) for number in range(1, ACCOUNTS + 1)]
        secret = "{SHA}" + base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
        tables = {
            "userdb": (f"{user}\tuid={OWNER}|gid={OWNER}|home=/srv/mail/{user}|_=\n" for user in users),
            "userdbshadow": (f"{user}\tsystempw={secret}\n" for user in users),
        }
        program = "/usr/lib/courier/courier-authlib/makedatprog"
        for name, lines in tables.items():
            self._runs.run(
                program, "-", f"/etc/courier/{name}.new", f"/etc/courier/{name}.dat", said="".join(lines) + "\n.\n"
            )


class CourierAccount(ImapAccount):
    """One account; its messages are files of a Maildir."""

    def __init__(self, server: Courier, user: str) -> None:
        super().__init__(server, user)
        self.maildir, self._names = server.mail / user / "Maildir", itertools.count(1)
        for part in ("cur", "new", "tmp"):
            (self.maildir / part).mkdir(parents=True)

    def deliver(self, raw: bytes, when: datetime | None = None, folder: str = "INBOX") -> None:
        """Drop a message into a folder as if it had arrived then; Courier keeps lines as Unix does."""
        place = self.maildir if folder == "INBOX" else self.maildir / f".{folder.replace('/', '.')}"
        name = f"{next(self._names)}.{os.getpid()}.test"
        path = place / "tmp" / name
        path.write_bytes(raw.replace(b"\r\n", b"\n"))
        if when is not None:
            os.utime(path, (when.timestamp(), when.timestamp()))
        path.rename(place / "new" / name)

    def vanish(self) -> None:
        """Remove all messages of the INBOX without opening it, as a POP3 server does."""
        for path in self.maildir.glob("cur/*"):
            path.unlink()

    def reset_uidvalidity(self) -> None:
        """Number all messages of the INBOX anew, under another UIDVALIDITY."""
        numbers = Path(self.maildir, "courierimapuiddb")
        version, validity, *_ = numbers.read_text(encoding="ascii").split()
        numbers.write_text(f"{version} {int(validity) + 1} 1\n", encoding="ascii")


def _user(number: int) -> str:
    return f"user{number}@example.org"
