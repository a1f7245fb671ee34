"""An IMAP server that says what a test wants to hear."""

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from mailbot.config import MailboxConfig
from support.loopback import mailbox_config

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
        self._connections: list[socket.socket] = []
        outer = self

        class Talk(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True

            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    outer.talk(self.rfile, self.connection)

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
        while self._connections:
            with contextlib.suppress(OSError):
                self._connections.pop().shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """Listen no more."""
        self.hang_up()
        self._server.shutdown()
        self._server.server_close()

    def talk(self, commands: Any, connection: socket.socket) -> None:
        """Answer what one client says, to the end of its connection."""
        self.connections += 1
        self._connections.append(connection)
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
