"""SMTP servers with the habits of providers; `imap_proxy` has the same for IMAP."""

import base64
import contextlib
import re
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from support.loopback import PASSWORD


@dataclass(frozen=True)
class Habits:
    """How a provider answers, in its own words and charset. Each is told in mail.md, in the section that is named."""

    wrong_password: bytes
    other_sender: bytes
    """To MAIL with another address than the account's, the empty one included."""
    forgets_login: bool = False
    """An EHLO after AUTH ends the log-in."""
    folded_from: bytes = b""
    """To a letter whose From header goes on in a second line."""
    per_connection: int = 0
    """Letters on one connection; 0: no limit."""
    beyond_connection: bytes = b""
    beyond_day: bytes = b""
    disliked: tuple[tuple[bytes, bytes], ...] = ()
    """Words of a letter, and what is said to it."""
    too_often: bytes = b""
    """To a log-in on more connections than it likes."""
    goodbye: bytes = b"221 bye"


QQ_CODE = "535 Error: 请使用授权码登录。详情请看: http://service.mail.qq.com".encode("gbk")
NETEASE_SPAM = b"554 DT:SPM 163 smtp10,D8CowABXX,please see http://mail.163.com/help/help_spam_16.htm"
PROVIDERS = {
    # 1.4
    "sina": Habits(
        wrong_password=b"535 auth failed",
        other_sender=b"553 Envolope sender mismatch with login user.",
        forgets_login=True,
        disliked=((b"lottery", b"552 message rejected by anti-spam engine"),),
    ),
    "vip.sina": Habits(
        wrong_password=b"535 auth failed",
        other_sender=b"553 Envolope sender mismatch with login user.",
        forgets_login=True,
        folded_from=b"553 Envolope sender mismatch with header from",
        disliked=((b"lottery", b"552 message rejected by anti-spam engine"),),
    ),
    # 1.6
    "163": Habits(
        wrong_password=b"535 Error: authentication failed",
        other_sender=b"553 Mail from must equal authorized user",
        per_connection=10,
        beyond_connection=b"451 MI:DMC 163 smtp10,D8CowABXX http://mail.163.com/help/help_spam_16.htm",
        beyond_day=b"554 5.5.0 MI:STC 163 smtp10,D8CowABXX",
        disliked=((b"lottery", NETEASE_SPAM),),
    ),
    # 1.5
    "qq": Habits(
        wrong_password=QQ_CODE,
        other_sender=b"501 Mail from address must be same as authorization user",
        disliked=((b"lottery", b"550 Mail content denied. http://service.mail.qq.com"),),
        too_often=b"550 Connection frequency limited",
        goodbye=b"\x00\x00\x00",
    ),
    # 1.7
    "aliyun": Habits(
        wrong_password=b"526 Authentication failure[0]",
        other_sender=b"553 mail from must equal authorized user",
        forgets_login=True,
        beyond_day=b"552 Daily sending quota exceeded",
        disliked=((b"lottery", b"554 Reject by content spam"),),
    ),
}


@dataclass
class ProviderSmtp:
    """The server of a provider for one account. `letters`: what it took. `per_day`: how many more it takes; None: any
    number. `connections`: how many more may log in.
    """

    habits: Habits
    account: str
    letters: list[bytes] = field(default_factory=list)
    per_day: int | None = None
    connections: int | None = None
    password: str = PASSWORD

    def start(self) -> "ProviderSmtp":
        """Listen on 127.0.0.1."""
        outer = self

        class Connection(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    for answer in _Talk(outer).answers(self.rfile):
                        self.wfile.write(answer + b"\r\n")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Connection)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


class _Talk:
    """One connection."""

    def __init__(self, server: ProviderSmtp) -> None:
        self._server, self._habits = server, server.habits
        self._is_in, self._taken = False, 0

    def answers(self, said: BinaryIO) -> Iterator[bytes]:
        """What is answered, line by line."""
        yield b"220 ready"
        for line in said:
            verb = line.split(b" ")[0].strip().upper()
            if verb == b"EHLO":
                self._is_in = self._is_in and not self._habits.forgets_login
                yield b"250-mail\r\n250-AUTH PLAIN\r\n250 8BITMIME"
            elif verb == b"AUTH":
                yield self._let_in(base64.b64decode(line.split()[2]))
            elif verb == b"MAIL":
                yield self._from(line)
            elif verb == b"DATA":
                yield b"354 go on"
                yield self._letter(b"".join(iter(said.readline, b".\r\n")))
            elif verb == b"QUIT":
                yield self._habits.goodbye
                return
            else:
                yield b"250 OK"

    def _let_in(self, secret: bytes) -> bytes:
        server = self._server
        if secret != f"\0{server.account}\0{server.password}".encode():
            return self._habits.wrong_password
        if server.connections == 0:
            return self._habits.too_often
        if server.connections is not None:
            server.connections -= 1
        self._is_in = True
        return b"235 OK"

    def _from(self, line: bytes) -> bytes:
        if not self._is_in:
            return b"553 You are not authorized to send mail, authentication is required"
        if f"<{self._server.account}>".encode() not in line:
            return self._habits.other_sender
        if self._habits.per_connection and self._taken >= self._habits.per_connection:
            return self._habits.beyond_connection
        return b"250 OK"

    def _letter(self, content: bytes) -> bytes:
        server, habits = self._server, self._habits
        header = content.partition(b"\r\n\r\n")[0]
        if habits.folded_from and re.search(rb"(?mi)^From:[^\r]*\r\n[ \t]", header):
            return habits.folded_from
        if refusal := next((answer for word, answer in habits.disliked if word in content), b""):
            return refusal
        if server.per_day == 0:
            return habits.beyond_day
        if server.per_day is not None:
            server.per_day -= 1
        self._taken += 1
        server.letters.append(content)
        return b"250 OK queued"
