"""Real and scripted mail servers on loopback, for tests: Dovecot, an SMTP server that can be told to misbehave, and
an IMAP server that says what a test wants to hear."""

import asyncio
import contextlib
import getpass
import grp
import itertools
import os
import pwd
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import imap_tools
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from imap_tools.utils import encode_folder

from mailbot.config import MailboxConfig

PASSWORD = "secret"
PASSWORD_ENV = "MAILBOT_TEST_PASSWORD"
"""The fixtures put PASSWORD there."""
DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens at the moment."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def mailbox_config(
    *,
    imap_port: int = 1,
    smtp_port: int = 1,
    host: str = "127.0.0.1",
    security: Literal["tls", "starttls", "none"] = "none",
    ca_file: Path | str = "",
    address: str = "office@example.org",
    username: str | None = None,
    auth: Literal["password", "xoauth2"] = "password",
    **more: Any,
) -> MailboxConfig:
    """A configured mailbox on this machine; the password is read from PASSWORD_ENV."""
    server = {
        "host": host,
        "security": security,
        "ca_file": str(ca_file),
        "username": username or address,
        "auth": auth,
        "password_env": PASSWORD_ENV,
    }
    return MailboxConfig.model_validate(
        {"name": "office", "address": address, **more}
        | {"imap": server | {"port": imap_port}, "smtp": server | {"port": smtp_port}}
    )


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for this machine and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "30",
            *subject,
            "-keyout",
            key,
            "-out",
            cert,
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


# ---------------------------------------------------------------- Dovecot


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


# ---------------------------------------------------------------- SMTP


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that the SMTP server took."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass
class SmtpSink:
    """An SMTP server that keeps what it takes, and misbehaves as told.

    `refusals`: recipient → the line that refuses it. `data_answer`: the line that answers a whole letter. `lose`: keep
    the letter and break off without an answer, so many times. `slow`: seconds before that answer. `break_at`: the verb
    at which the connection breaks. `auth`: False offers no AUTH (not with TLS). `log`: the verbs with their arguments,
    and `connected` for each connection.
    """

    security: Literal["none", "tls", "starttls"] = "none"
    keys: tuple[Path, Path] | None = None
    auth: bool = True
    auth_refusal: bytes = b"535 5.7.8 authentication failed"
    sender_refusal: str = ""
    data_answer: str = "250 OK queued"
    quit_answer: bytes = b""
    lose: int = 0
    slow: float = 0.0
    break_at: str = ""
    refusals: dict[str, str] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    def start(self) -> "SmtpSink":
        """Listen on 127.0.0.1."""
        context = None
        if self.keys:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*self.keys)
        self._controller = _SinkController(self, context)
        self._controller.start()
        self.log.clear()
        return self

    def stop(self) -> None:
        """Listen no more."""
        self._controller.stop()

    def hang_up(self) -> None:
        """Drop every connection, as servers do with quiet ones."""
        self._controller.hang_up()

    def verbs(self) -> list[str]:
        """The commands in their order, without arguments."""
        return [entry.split()[0] for entry in self.log]

    def config(self, **more: Any) -> MailboxConfig:
        """A mailbox that sends by this server."""
        return mailbox_config(**{"smtp_port": self.port, "security": self.security} | more)


class _SinkController(Controller):
    def __init__(self, sink: SmtpSink, context: ssl.SSLContext | None) -> None:
        self._sink, self._context, self._talks = sink, context, list[_Sink]()
        wrapped = context if sink.security == "tls" else None
        super().__init__(sink, hostname="127.0.0.1", port=sink.port, ssl_context=wrapped)

    def factory(self) -> SMTP:
        self._talks.append(_Sink(self._sink, self._context if self._sink.security == "starttls" else None))
        return self._talks[-1]

    def hang_up(self) -> None:
        for talk in self._talks:
            if talk.transport is not None:
                self.loop.call_soon_threadsafe(talk.transport.abort)


class _Handler:
    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self._sink.sender_refusal:
            return self._sink.sender_refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self._sink.refusals:
            return self._sink.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        sink = self._sink
        await asyncio.sleep(sink.slow)
        if sink.data_answer.startswith("2"):
            sink.mails.append(Mail(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        if sink.lose:
            sink.lose -= 1
            server.transport.abort()
        return sink.data_answer


class _Sink(SMTP):
    """aiosmtpd with a log, and with answers in bytes where a test wants other charsets than ASCII."""

    def __init__(self, sink: SmtpSink, starttls: ssl.SSLContext | None) -> None:
        self._sink = sink
        super().__init__(
            _Handler(sink),
            enable_SMTPUTF8=True,
            tls_context=starttls,
            auth_require_tls=not sink.auth,
            authenticator=self._let_in,
        )

    def connection_made(self, transport: Any) -> None:
        self._sink.log.append("connected")
        super().connection_made(transport)

    async def smtp_EHLO(self, hostname: str) -> None:
        self._sink.log.append(f"EHLO {hostname}")
        await super().smtp_EHLO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:
        self._sink.log.append("AUTH")
        await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        self._sink.log.append(f"MAIL {arg}")
        await super().smtp_MAIL(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if self._sink.break_at == "DATA":
            self.transport.abort()
        else:
            await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        self._sink.log.append("QUIT")
        if self._sink.quit_answer:
            await self.push(self._sink.quit_answer)
            self.transport.close()
        else:
            await super().smtp_QUIT(arg)

    def _let_in(self, server: SMTP, session: Any, envelope: Any, mechanism: str, login: LoginPassword) -> AuthResult:
        if login.password.decode() == PASSWORD:
            return AuthResult(success=True, auth_data=login)
        return AuthResult(success=False, handled=False, message=self._sink.auth_refusal)


# ---------------------------------------------------------------- a scripted IMAP server

HANG_UP = [b""]
SPLIT = b"\0"
"""Among the lines of an answer: what stands before it and behind it comes in two packets."""


Lines = list[bytes] | None
Script = Lines | Callable[[str], Lines]


class ScriptedImap:
    """An IMAP server whose every answer a test may choose; by default it holds one folder with one message.

    `script`: verb (`LOGIN`, `UID FETCH`, …) → lines. A line that begins with OK, NO or BAD gets the client's tag;
    others go out as they stand; None stays silent; HANG_UP closes the connection. Instead of lines there may be a
    function of the command that gives them. What the client says within a command has the verbs `DONE`, `TOKEN` and "".
    `log`: all commands without tags.
    """

    def __init__(self, script: Mapping[str, Script] = {}, *, greeting: bytes = b"* OK ready") -> None:
        message = b"Subject: one\r\n\r\nbody\r\n"
        self.script: dict[str, Script] = {
            "CAPABILITY": [b"* CAPABILITY IMAP4rev1 ID", b"OK done"],
            "LOGIN": [b"OK welcome"],
            "ID": [b'* ID ("name" "Scripted")', b"OK done"],
            "EXAMINE": [b"* 1 EXISTS", b"* OK [UIDVALIDITY 7] stays", b"OK [READ-ONLY] done"],
            "UID FETCH": [b"* 1 FETCH (UID 5 BODY[] {%d}\r\n%s)" % (len(message), message), b"OK done"],
            "NOOP": [b"OK done"],
            "LIST": [b'* LIST () "/" INBOX', b"OK done"],
            "LOGOUT": [b"* BYE bye", b"OK done"],
            **script,
        }
        self.greeting, self.log, self.connections = greeting, list[str](), 0
        self._open: list[socket.socket] = []
        outer = self

        class Talk(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True

            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    outer._talk(self.rfile, self.connection)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Talk)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def config(self, **more: Any) -> MailboxConfig:
        """The mailbox on this server."""
        return mailbox_config(**{"imap_port": self.port} | more)

    def hang_up(self) -> None:
        """Drop every connection, as servers do with quiet ones."""
        while self._open:
            with contextlib.suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """Listen no more."""
        self.hang_up()
        self._server.shutdown()
        self._server.server_close()

    def _talk(self, commands: Any, connection: socket.socket) -> None:
        self.connections += 1
        self._open.append(connection)
        connection.sendall(self.greeting + b"\r\n" if self.greeting else b"")
        for line in commands:
            tag, _, command = line.decode().strip().partition(" ")
            if command:
                self._tag, words = tag, command.split()
                verb = " ".join(words[:2] if words[0] == "UID" else words[:1])
            else:  # what continues a command
                tag, command = self._tag, tag
                verb = "TOKEN" if len(command) > len("DONE") else command
            self.log.append(command)
            answer = self.script.get(verb, [b"BAD unknown command"])
            for reply in (answer(command) if callable(answer) else answer) or ():
                if reply == b"":
                    return
                if reply.startswith((b"OK", b"NO", b"BAD")):
                    reply = tag.encode() + b" " + reply
                for packet in (reply + b"\r\n").split(SPLIT):
                    connection.sendall(packet)
                    time.sleep(0.05 if SPLIT in reply else 0)
            if verb == "LOGOUT":
                return


# ---------------------------------------------------------------- small things


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield int(sock.getsockname()[1])


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _until(true: Callable[[], bool], otherwise: str, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.02)
