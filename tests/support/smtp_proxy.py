"""A proxy before an SMTP server that simulates eight faults of networks."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from mailbot.domain.errors import Meaning

TIMEOUT = 0.5
"""How long a client in these tests waits for an answer."""


@dataclass
class Proxy:
    """Stands before a server and does harm, once on each connection that `arms` says so of by its number from 0.

    `harm` gets the talk, what has just come, and whether the client said it, and says what is passed on; None breaks
    the connection off with a reset.
    """

    target: int
    harm: "Harm"
    arms: Callable[[int], bool] = lambda number: number % 2 == 0
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
                talk = Talk(self, client, server, armed=self.arms(len(self.talks)))
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


Harm = Callable[[Talk, bytes, bool], bytes | None]


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
MODES: list[tuple[Harm, set[Meaning]]] = [
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
