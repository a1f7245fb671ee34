"""Eight ways in which the network fails a letter, each on a loopback proxy before a real SMTP server: every letter ends
in the right state, and there are never more extra copies than outcomes that nobody could know.

With twenty letters each where MAILBOT_FAULTS=full, else with four.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from servers import SmtpSink

from mailbot.domain import Envelope, LetterKind
from mailbot.errors import Meaning, SendError
from mailbot.servers.smtp import Post

Sinks = Callable[..., SmtpSink]
LETTERS = 20 if os.environ.get("MAILBOT_FAULTS") == "full" else 4
TIMEOUT = 0.5


def letter(number: int) -> Envelope:
    content = f"Subject: {number}\r\n\r\n".encode() + b"body\r\n" * 20_000
    return Envelope(
        f"receipt:{number}", LetterKind.RECEIPT, "unit@example.com", "s", f"<{number}@example.org>", content
    )


@dataclass
class Proxy:
    """Stands before a server and does harm, once on every other connection from the first on.

    `harm` gets the talk, what has just come, and whether the client said it, and says what is passed on; None breaks
    the connection off with a reset.
    """

    target: int
    harm: Callable[["Talk", bytes, bool], bytes | None]
    port: int = 0
    talks: list["Talk"] = field(default_factory=list)

    def start(self) -> "Proxy":
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def stop(self) -> None:
        self._listener.close()
        for talk in self.talks:
            talk.end()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                talk = Talk(self, client, server, armed=len(self.talks) % 2 == 0)
                self.talks.append(talk)
                for source, sink, by_client in ((client, server, True), (server, client, False)):
                    threading.Thread(target=talk.pass_on, args=(source, sink, by_client), daemon=True).start()


@dataclass
class Talk:
    """One connection through the proxy. `said` is all that the client has said, `heard` all that it was told."""

    proxy: Proxy
    client: socket.socket
    server: socket.socket
    armed: bool
    said: bytes = b""
    heard: bytes = b""

    def is_harmed(self) -> bool:
        """Whether harm is still to be done; who asks does it."""
        armed, self.armed = self.armed, False
        return armed

    def pass_on(self, source: socket.socket, sink: socket.socket, by_client: bool) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                if by_client:
                    self.said += chunk
                passed = self.proxy.harm(self, chunk, by_client)
                if passed is None:
                    self.reset()
                    return
                if not by_client:
                    self.heard += passed
                sink.sendall(passed)
        self.end()

    def reset(self) -> None:
        """Break off as a crashed host does, both ways."""
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.end()

    def end(self) -> None:
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


# ---------------------------------------------------------------- the harm


def is_answer_to_letter(talk: Talk, by_client: bool) -> bool:
    return not by_client and talk.said.endswith(b"\r\n.\r\n")


def reset_before_greeting(talk: Talk, chunk: bytes, by_client: bool) -> bytes | None:
    return None if not by_client and not talk.said and talk.is_harmed() else chunk


def reset_after_the_letter(talk: Talk, chunk: bytes, by_client: bool) -> bytes | None:
    return None if is_answer_to_letter(talk, by_client) and talk.is_harmed() else chunk


def reset_within_the_letter(talk: Talk, chunk: bytes, by_client: bool) -> bytes | None:
    return None if by_client and b"354" in talk.heard and len(talk.said) > 50_000 and talk.is_harmed() else chunk


def silence_after_the_letter(talk: Talk, chunk: bytes, by_client: bool) -> bytes | None:
    if is_answer_to_letter(talk, by_client) and talk.is_harmed():
        time.sleep(4 * TIMEOUT)
        return None
    return chunk


def closing_within_the_session(talk: Talk, chunk: bytes, by_client: bool) -> bytes | None:
    if not by_client and b"rcpt" in talk.said and b"data" not in talk.said:
        return b"421 4.3.2 closing\r\n" if talk.is_harmed() else chunk
    return chunk


def garbage_in_the_answer(talk: Talk, chunk: bytes, by_client: bool) -> bytes | None:
    return b"\x00\xff\x00garbage\r\n" if is_answer_to_letter(talk, by_client) and talk.is_harmed() else chunk


def garbage_before_the_letter(talk: Talk, chunk: bytes, by_client: bool) -> bytes | None:
    return b"\x00\xff\x00garbage\r\n" if not by_client and b"mail" in talk.said and talk.is_harmed() else chunk


def slow_answers(talk: Talk, chunk: bytes, by_client: bool) -> bytes | None:
    if not by_client:
        time.sleep(0.2 * TIMEOUT)
    return chunk


NO_DOUBT, DOUBT = {Meaning.UNREACHABLE}, {Meaning.UNCERTAIN}
MODES = [
    (reset_before_greeting, NO_DOUBT),
    # what lies in the buffers of this machine may be the whole letter
    (reset_within_the_letter, NO_DOUBT | DOUBT),
    (reset_after_the_letter, DOUBT),
    (silence_after_the_letter, DOUBT),
    (garbage_in_the_answer, DOUBT),
    (garbage_before_the_letter, NO_DOUBT),
    (closing_within_the_session, NO_DOUBT),
    (slow_answers, set[Meaning]()),
]
"""The harm, and what the outcome may be; slow answers do none."""


@pytest.fixture
def proxy() -> Iterator[Callable[..., Proxy]]:
    started: list[Proxy] = []

    def start(*what: object) -> Proxy:
        started.append(Proxy(*what).start())  # type: ignore[arg-type]  # passed on as they are
        return started[-1]

    yield start
    for one in started:
        one.stop()


def send_all(post: Post, meanings: set[Meaning]) -> int:
    """Send letters as the outbox does: again after whatever fault. How many outcomes nobody could know."""
    unknown = 0
    for number in range(LETTERS):
        if meanings:
            with pytest.raises(SendError) as caught:
                post.send(letter(number))
            assert caught.value.meaning in meanings
            unknown += caught.value.uncertain
        assert post.send(letter(number)).startswith("250")
        post.close()
    return unknown


@pytest.mark.parametrize(("harm", "meanings"), MODES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_letter_that_meets_a_fault_goes_again_and_is_there_twice_only_where_nobody_could_know(
    smtp_server: SmtpSink, proxy: Callable[..., Proxy], harm: object, meanings: set[Meaning]
) -> None:
    before = proxy(smtp_server.port, harm)
    post = Post(smtp_server.config(smtp_port=before.port), timeout=TIMEOUT, data_timeout=TIMEOUT)
    unknown = send_all(post, meanings)
    assert {mail.content for mail in smtp_server.mails} == {letter(number).content for number in range(LETTERS)}
    assert len(smtp_server.mails) - LETTERS <= unknown


@pytest.mark.parametrize(
    ("at", "by_client", "meanings"),
    [(30_000, True, NO_DOUBT | DOUBT), (110_000, False, DOUBT)],
    ids=["within", "after"],
)
def test_a_connection_under_tls_that_is_cut_is_judged_in_the_same_way(
    smtp_sink: Sinks,
    keys: tuple[Path, Path],
    proxy: Callable[..., Proxy],
    at: int,
    by_client: bool,
    meanings: set[Meaning],
) -> None:
    def cut(talk: Talk, chunk: bytes, said: bool) -> bytes | None:
        return None if said is by_client and len(talk.said) > at and talk.is_harmed() else chunk

    sink = smtp_sink(security="tls", keys=keys)
    before = proxy(sink.port, cut)
    post = Post(sink.config(ca_file=keys[0], smtp_port=before.port), timeout=5, data_timeout=5)
    unknown = send_all(post, meanings)
    assert {mail.content for mail in sink.mails} == {letter(number).content for number in range(LETTERS)}
    assert len(sink.mails) - LETTERS <= unknown


def test_words_slipped_in_before_tls_are_not_believed(
    smtp_sink: Sinks, keys: tuple[Path, Path], proxy: Callable[..., Proxy]
) -> None:
    """An answer to a later command, sent in the clear behind the answer to STARTTLS (CVE-2011-0411 and its kin)."""
    sink = smtp_sink(security="starttls", keys=keys)

    def slip_in(talk: Talk, chunk: bytes, by_client: bool) -> bytes | None:
        if not by_client and talk.said.endswith(b"STARTTLS\r\n") and talk.is_harmed():
            return chunk + b"250-evil.example\r\n250 SIZE 1\r\n"
        return chunk

    before = proxy(sink.port, slip_in)
    post = Post(sink.config(ca_file=keys[0], smtp_port=before.port), timeout=2)
    with contextlib.suppress(SendError):
        found = " ".join(post.check())
        assert "SIZE 1" not in found
        assert "AUTH" in found
    post.close()
