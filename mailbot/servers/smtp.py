"""Sends letters by SMTP (RFC 5321), each to one recipient, and turns refusals into errors that say what follows."""

import contextlib
import re
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

from mailbot.config import MailboxConfig, providers
from mailbot.domain.errors import Meaning, SendError
from mailbot.domain.letter import Envelope
from mailbot.servers import connection, smtp_refusals
from mailbot.servers.smtp_refusals import Step

Reply = tuple[int, bytes]


class Post:
    """The way out for the letters of one account. Connects at the first letter and keeps the connection for a batch.

    `send` and `check` raise SendError, and ConfigError (no password, no ca_file).
    """

    def __init__(self, config: MailboxConfig, timeout: float = 60.0, data_timeout: float = 600.0) -> None:
        """`data_timeout`: for the answer to the whole letter; ten minutes by RFC 5321 section 4.5.3.2.6."""
        self._config, self._timeout, self._data_timeout = config, timeout, data_timeout
        self._server: smtplib.SMTP | None = None
        self._sent = 0
        self._talking = threading.Lock()
        self._ended = False
        self._spare_socket: socket.socket | None = None  # the connection once more, for `cut` alone

    def send(self, envelope: Envelope) -> str:
        """Hand over one letter; the server's answer to it.

        A SendError says by its meaning whether the fault is the letter's, the account's, or nobody's to know.
        """
        if not (envelope.to.isascii() and envelope.to.isprintable()):
            raise SendError(f"{self._name}: {envelope.to!r} is no address that SMTP can carry", Meaning.UNKNOWN_ADDRESS)
        with self._talking, self._errors_as_sentences():
            server = self._connected()
            self._expect(server.mail(self._config.address), "MAIL")
            self._expect(server.rcpt(envelope.to), "RCPT")
            self._expect(server.docmd("DATA"), "DATA")
            server.send(_dot_stuffed(envelope.content))
            self._sent += 1
            reply = self._final_reply(server)
            self._expect(reply, "letter")
            return _text(reply)

    def check(self) -> tuple[str, ...]:
        """Log in anew; what was found there, in sentences."""
        with self._talking, self._errors_as_sentences():
            self._hang_up()
            server = self._connected()
            offers = " ".join(sorted(server.esmtp_features)).upper()
            known = "lets " + self._config.smtp.username + " in" if server.has_extn("auth") else "asks for no log-in"
            return f"{self._where} {known}", f"it offers {offers or 'nothing beyond plain SMTP'}"

    def close(self) -> None:
        """Say goodbye; may be called twice, and a letter sent afterwards connects anew."""
        with self._talking:
            self._hang_up()

    def cut(self, patience: float = 5.0) -> None:
        """Send no other letter, for good; one that is being sent has so many seconds to end, then its line is cut.

        For another thread, at the end of the program.
        """
        self._ended = True
        if self._talking.acquire(timeout=patience):
            try:
                self._hang_up()
            finally:
                self._talking.release()
        elif self._spare_socket is not None:
            _shut(self._spare_socket)

    @property
    def _where(self) -> str:
        return f"{self._config.smtp.host}:{self._config.smtp.port}"

    def _connected(self) -> smtplib.SMTP:
        """The kept connection where it is alive and has not carried all that the provider allows, else a new one."""
        if self._ended:
            raise SendError(f"{self._name}: sends nothing any more, as the program ends", Meaning.UNREACHABLE)
        full = self._sent >= providers.of(self._config).per_connection
        if self._server is not None and (full or not _is_alive(self._server)):
            self._hang_up()
        if self._server is None:
            self._server, self._sent = self._opened(), 0
            self._log_in(self._server)
        return self._server

    def _opened(self) -> smtplib.SMTP:
        place = self._config.smtp
        # an address literal, so that nothing waits for a name service and this machine's name stays here
        name, timeout = "[127.0.0.1]", self._timeout
        if place.security == "tls":
            return _Tls(
                self._keep_spare, place.host, place.port, name, timeout=timeout, context=connection.tls_context(place)
            )
        server = _Plain(self._keep_spare, place.host, place.port, name, timeout=timeout)
        if place.security == "starttls":
            self._server = server  # so that it is closed where TLS fails
            server.starttls(context=connection.tls_context(place))
        return server

    def _keep_spare(self, sock: socket.socket) -> None:
        self._spare_socket = sock.dup()  # TLS takes the first for itself
        if self._ended:
            _shut(self._spare_socket)

    def _log_in(self, server: smtplib.SMTP) -> None:
        """AUTH where the server knows it. No EHLO after it: Sina and Aliyun forget the log-in then."""
        server.ehlo_or_helo_if_needed()
        if not server.has_extn("auth"):
            return
        secret, username = self._config.smtp.password(), self._config.smtp.username
        try:
            if self._config.smtp.auth == "xoauth2":
                server.auth("XOAUTH2", connection.xoauth2(username, secret))
            else:
                server.login(username, secret)
        except smtplib.SMTPAuthenticationError as error:
            said = connection.one_line(error.smtp_error, secret)
            meaning = smtp_refusals.meaning("AUTH", error.smtp_code, said)
            raise self._not_let_in(f"{error.smtp_code} {said}", meaning) from None
        except UnicodeEncodeError:
            raise self._not_let_in("username or password is not ASCII", Meaning.LOGIN) from None

    def _not_let_in(self, said: str, meaning: Meaning) -> SendError:
        whom, remedy = self._config.smtp.username, smtp_refusals.REMEDIES[meaning]
        if meaning is Meaning.LOGIN and self._config.smtp.auth == "xoauth2":
            remedy = smtp_refusals.XOAUTH2_REMEDY
        return SendError(f"{self._name}: {self._where} does not let {whom} in ({said}); {remedy}", meaning)

    def _final_reply(self, server: smtplib.SMTP) -> Reply:
        """The answer to the letter. Without one nobody knows whether the server has it (RFC 1047)."""
        assert server.sock is not None
        try:
            server.sock.settimeout(self._data_timeout)
            code, said = server.getreply()
            server.sock.settimeout(self._timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise self._uncertain(connection.one_line(str(error))) from error
        if code // 100 not in (2, 4, 5):
            raise self._uncertain(connection.one_line(said))
        return code, said

    def _uncertain(self, why: str) -> SendError:
        return SendError(
            f"{self._name}: {self._where} got the whole letter and gave no answer ({why}); it may have been delivered: "
            "look for it in the sent folder before it is sent again",
            Meaning.UNCERTAIN,
        )

    def _expect(self, reply: Reply, step: Step) -> None:
        if not (reply[0] == 354 if step == "DATA" else 200 <= reply[0] < 300):
            raise refusal(f"{self._name}: {self._where}", step, *reply)

    @contextlib.contextmanager
    def _errors_as_sentences(self) -> Iterator[None]:
        """Errors as sentences; a connection that saw one is closed, but for a letter refused for good."""
        try:
            yield
        except BaseException as error:
            if not (isinstance(error, SendError) and error.permanent):
                self._hang_up()
            if isinstance(error, OSError | ValueError):
                raise SendError(f"{self._name}: {self._why(error)}", _meaning(error)) from error
            raise

    def _why(self, error: OSError | ValueError) -> str:
        if isinstance(error, smtplib.SMTPConnectError) and error.smtp_code == NO_SMTP:
            said = connection.one_line(error.smtp_error)
            hint = connection.other_protocol(said, "SMTP")
            return f"{self._where}: {hint or f'no SMTP server answers there ({said}); check host and port'}"
        if isinstance(error, smtplib.SMTPResponseException):
            return f"{self._where} refuses ({error.smtp_code} {connection.one_line(error.smtp_error)})"
        wrapped = isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError)
        real = error.__context__ if wrapped else error
        assert isinstance(real, OSError | ValueError)
        return connection.explained(real, self._config.smtp, self._timeout)

    @property
    def _name(self) -> str:
        return f"mailbox {self._config.name}"

    def _hang_up(self) -> None:
        """QUIT, whatever the server makes of it: QQ answers it with zero bytes."""
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if server.sock:
                    server.sock.settimeout(2)
                server.quit()
            server.close()
        spare, self._spare_socket = self._spare_socket, None
        if spare is not None:
            spare.close()


NO_SMTP = -1
"""smtplib's code for an answer that has none."""


class _Plain(smtplib.SMTP):
    """Shows its socket from the first moment on: also a server that never greets can be left."""

    def __init__(self, show: Callable[[socket.socket], None], *arguments: Any, **named: Any) -> None:
        self._show = show
        super().__init__(*arguments, **named)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """smtplib asks by this name; TLS is put around what it returns."""
        sock: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # not in typeshed
        self._show(sock)
        return sock


class _Tls(smtplib.SMTP_SSL, _Plain):
    def __init__(self, show: Callable[[socket.socket], None], *arguments: Any, **named: Any) -> None:
        self._show = show
        smtplib.SMTP_SSL.__init__(self, *arguments, **named)


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def refusal(where: str, step: Step, code: int, said: bytes) -> SendError:
    """What a refusal means and what would help."""
    text = connection.one_line(said)
    meaning = smtp_refusals.meaning(step, code, text)
    sentence = f"{where} refuses the {_STEPS[step]} ({code} {text}); {smtp_refusals.REMEDIES[meaning]}"
    return SendError(sentence, meaning, f"{code} {text}")


_STEPS: dict[Step, str] = {"MAIL": "sender", "RCPT": "recipient", "DATA": "letter", "letter": "letter"}


def _meaning(error: OSError | ValueError) -> Meaning:
    """Of an error before the letter was handed over: a greeting that refuses, or no talk at all."""
    if isinstance(error, smtplib.SMTPConnectError):
        return smtp_refusals.meaning("greeting", error.smtp_code, connection.one_line(error.smtp_error))
    return Meaning.UNREACHABLE


def _is_alive(server: smtplib.SMTP) -> bool:
    try:
        return server.rset()[0] == 250
    except smtplib.SMTPException:
        return False


def _dot_stuffed(content: bytes) -> bytes:
    """The letter as DATA wants it: dots doubled at line starts, a lone dot at the end (RFC 5321 section 4.5.2)."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _text(reply: Reply) -> str:
    return f"{reply[0]} {connection.one_line(reply[1])}"
