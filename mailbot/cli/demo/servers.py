"""Runs mail servers inside this process, for the demo: an IMAP mailbox to fill, an SMTP server that keeps mail.

Both listen on a free port of 127.0.0.1 alone, without TLS, each in a thread of its own until `stop()`.
"""

import asyncio
import imaplib
import logging
import threading
from abc import ABC, abstractmethod
from argparse import Namespace
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Self

from mailbot.domain.errors import MailbotError, MailboxError

try:
    from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
    from proxyprotocol.reader import ProxyProtocolReader
    from pymap.backend.dict import Config, Login
    from pymap.concurrent import Subsystem
    from pymap.imap import IMAPServer
    from pymap.user import UserMetadata
    from pysasl.hashing import Cleartext
except ImportError as error:
    raise MailbotError(
        f"the demo brings its own mail servers, and something they need is missing ({error}); "
        "install it with: pip install 'mailbot[demo]'"
    ) from error

HOST = "127.0.0.1"

for _name in ("mail.log", "mail.debug", "pymap"):
    logging.getLogger(_name).setLevel(logging.ERROR)


class _Server(ABC):
    """A server with an event loop in a thread of its own, and a context manager. It serves once."""

    def __init__(self) -> None:
        self.host, self.port = HOST, 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    @abstractmethod
    async def _listen(self) -> asyncio.Server:
        """Open the socket; the port is the system's to choose."""

    def start(self) -> Self:
        """Serve from now on; `port` is known when this returns.

        Raises MailbotError where no port can be had.
        """
        self._thread.start()
        self._ready.wait()
        if not self.port:
            raise MailbotError(
                f"{type(self).__name__} cannot listen on {self.host}; allow programs to open ports there"
            )
        return self

    def stop(self) -> None:
        """Close the port and every connection, and end the thread. May be called again."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        server = await self._listen()
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()  # connections that are still open are tasks, which asyncio.run cancels when this returns

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


class _QuickGreeting(Config):
    """The greeting of pymap asks the name service for this machine's full name, which can take seconds offline."""

    greeting = b"Server ready"


class EmbeddedImap(_Server):
    """An IMAP server with one user, whose INBOX is empty at first. What it holds is in memory alone."""

    def __init__(self, user: str = "demo@example.com", password: str = "demo") -> None:  # noqa: S107 - no secret
        super().__init__()
        self.user, self.password = user, password

    async def _listen(self) -> asyncio.Server:
        config = _QuickGreeting(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=self.host,
            port=0,
            tls_enabled=False,
            demo_data=False,
            demo_user=self.user,
            demo_password=self.password,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
        )
        login = Login(config)
        await login.demo_user_identity.set(UserMetadata(config, self.user, password=self.password))
        connected = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(login, config))
        return await asyncio.start_server(connected, self.host, 0)

    def deliver(self, raw: bytes, when: datetime) -> None:
        """Put a mail into the INBOX as if it had arrived at `when`, which is aware (its INTERNALDATE).

        Raises MailboxError where the server does not take it.
        """
        with imaplib.IMAP4(self.host, self.port, timeout=10) as client:
            client.login(self.user, self.password)
            answer, texts = client.append("INBOX", "", imaplib.Time2Internaldate(when), raw)
        if answer != "OK":
            raise MailboxError(f"the demo's mailbox did not take a mail: {texts!r}")


class Delivered(NamedTuple):
    """A mail that was handed over: the envelope's addresses and the bytes between DATA and the closing dot."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class EmbeddedSmtp(_Server):
    """An SMTP server that accepts every login and every mail, sends nothing on, and keeps all in `mails`."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Delivered] = []

    async def _listen(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()

        def connected() -> SMTP:
            return SMTP(
                self,
                hostname="localhost",
                loop=loop,
                auth_require_tls=False,
                authenticator=lambda *_: AuthResult(success=True),
            )

        return await loop.create_server(connected, self.host, 0)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a mail; aiosmtpd calls this by its name."""
        assert isinstance(envelope.content, bytes)  # as long as decode_data is off
        self.mails.append(Delivered(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content))
        return "250 OK"
