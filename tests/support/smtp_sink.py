"""An SMTP server that keeps what it takes, and can be told to misbehave."""

import asyncio
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from mailbot.config import MailboxConfig
from support.loopback import PASSWORD, free_port, mailbox_config


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
    at which the connection breaks. `auth`: False offers no AUTH (not with TLS). `received`: how many whole
    letters have come, answered or not. `log`: the verbs with their arguments, and `connected` for each connection.
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
    received: int = 0
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
        sink.received += 1
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
