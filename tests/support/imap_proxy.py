"""Proxies before a real Dovecot: one with the habits of providers, one with the faults of a network."""

import contextlib
import re
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

Idle = Literal["none", "joined", "split", "silent", "dead"]


@dataclass(frozen=True)
class Habits:
    """How a provider differs from Dovecot. The sources of each are told in `mailbot.config.providers`."""

    greeting: str
    before: str = "IMAP4rev1"
    """CAPABILITY before LOGIN."""
    after: str = "IMAP4rev1"
    """CAPABILITY after it."""
    knows_id: bool = True
    needs_id: bool = False
    """A folder is opened only for a client that has said ID."""
    search: Literal["everything", "no parentheses", "no charset"] = "no charset"
    """By words: everything is found. No parentheses, no charset: BAD."""
    ranges: bool = True
    """False: FETCH of a range that starts beyond the first message is BAD."""
    refuses: str = ""
    """Commands that are BAD, as a regular expression."""
    uidnext: bool = True
    uidvalidity: bytes = b""
    """What is shown instead of the real one."""
    keywords: bool = False
    noise: bool = False
    """Lines nobody asked for stand between the answers."""
    idle: Idle = "none"
    """joined: the hint comes in one packet with the go-ahead; split: in two; silent: never; dead: nor anything else."""
    commands: int = 0
    """After so many on a connection it says BYE; 0: never."""


NETEASE = "IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS APPENDLIMIT=71680000 XAPPLEPUSHSERVICE UIDPLUS X-CM-EXT-1"
TENCENT = "IMAP4 IMAP4rev1 XLIST MOVE XAPPLEPUSHSERVICE NAMESPACE CHILDREN ID UIDPLUS"
PROVIDERS = {
    "163": Habits(
        "* OK Coremail System IMap Server Ready(163com[b62aaa251425b4be4eaec4ab4744cf47s])",
        before=NETEASE,
        after=NETEASE,
        needs_id=True,
    ),
    "qq": Habits(
        "* OK [CAPABILITY IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE] QQMail IMAP4Server ready",
        before="IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE",
        after=f"{TENCENT} IDLE",
        search="everything",
        ranges=False,
        noise=True,
        idle="joined",
    ),
    "exmail": Habits(
        "* OK [CAPABILITY IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE] QQMail IMAP4Server ready",
        before="IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE",
        after=TENCENT,
        search="everything",
        ranges=False,
    ),
    "aliyun": Habits(
        "* OK AliYun IMAP Server Ready",
        before="IMAP4rev1 ID SASL-IR AUTH=XOAUTH",
        after="IMAP4rev1 IDLE XLIST UIDPLUS ID SASL-IR AUTH=XOAUTH",
        search="no parentheses",
        uidvalidity=b"2",
        idle="split",
    ),
    "139": Habits(
        "* OK Richinfo Mail System commongw Server Ready (139coms)",
        after="IMAP4rev1 XLIST RM_MAIL_TYPE",
        knows_id=False,
        search="everything",
        uidnext=False,
        uidvalidity=b"1",
    ),
    "sina": Habits(
        "* OK IMAP4 ready",
        before="IMAP4REV1 ID AUTH=PLAIN",
        after="IMAP4REV1 ID IDLE UIDPLUS",
        search="everything",
        noise=True,
        idle="silent",
    ),
    "exchange": Habits(
        "* OK The Microsoft Exchange IMAP4 service is ready.",
        before="IMAP4 IMAP4rev1 AUTH=PLAIN SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+",
        after="IMAP4 IMAP4rev1 AUTH=PLAIN SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+",
        idle="dead",
    ),
    "gmail": Habits(
        "* OK Gimap ready for requests from 127.0.0.1",
        before="IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 SASL-IR AUTH=XOAUTH2 AUTH=PLAIN",
        after="IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS ENABLE MOVE CONDSTORE",
        search="no charset",
        keywords=True,
        noise=True,
        idle="split",
        commands=12,
    ),
}

LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n\Z")
UID = re.compile(rb"\bUID (\d+)")


class QuirkProxy:
    """A Dovecot with the habits of a provider. `log`: the commands, without tags; `hidden`: UIDs that are not shown."""

    def __init__(self, port: int, habits: Habits) -> None:
        self.habits, self.log, self.hidden = habits, list[str](), set[int]()
        self.connections = 0
        self._dovecot = port
        self._served = _Served(self._talk)
        self.port = self._served.port

    def stop(self) -> None:
        """Listen no more."""
        self._served.stop()

    def _talk(self, client: socket.socket) -> None:
        self.connections += 1
        with socket.create_connection(("127.0.0.1", self._dovecot)) as dovecot:
            _Talk(self, client, dovecot).run()


class _Talk:
    """One connection."""

    def __init__(self, proxy: QuirkProxy, client: socket.socket, dovecot: socket.socket) -> None:
        self.proxy, self.habits = proxy, proxy.habits
        self.client, self.dovecot = client, dovecot
        self.commands: BinaryIO = client.makefile("rb")
        self.answers: BinaryIO = dovecot.makefile("rb")
        self.let_in = self.identified = False

    def run(self) -> None:
        self.answers.readline()
        self.client.sendall(self.habits.greeting.encode() + b"\r\n")
        for count, line in enumerate(self.commands, start=1):
            tag, _, command = line.strip().partition(b" ")
            self.proxy.log.append(re.sub(r"^LOGIN .*", "LOGIN …", command.decode("ascii", "replace")))
            if self.habits.commands and count > self.habits.commands:
                self.client.sendall(b"* BYE Session expired, please login again.\r\n")
                return
            refused = self._refused(tag, command)
            if refused is not None:
                self.client.sendall(refused)
            elif command == b"IDLE":
                if not self._idle(line):
                    return
            elif self._relayed(tag, line, command):
                return

    def _relayed(self, tag: bytes, line: bytes, command: bytes) -> bool:
        """Whether the connection ends with it."""
        verb = _verb(command)
        self.dovecot.sendall(self._asked(line, verb))
        for unit in _units(self.answers):
            done = unit.startswith(tag + b" ")
            if done and unit.startswith(tag + b" OK") and verb in (b"LOGIN", b"AUTHENTICATE"):
                self.let_in, unit = True, tag + b" OK welcome\r\n"
            if self.habits.noise and done and verb.endswith(b"FETCH"):
                self.client.sendall(b"* OK still here\r\n* 1 FETCH (FLAGS (\\Seen))\r\n")
            shown = self._shown(unit, verb)
            if shown:
                self.client.sendall(shown)
            if self.habits.noise and not done and verb.endswith(b"FETCH"):
                self.client.sendall(b"* 1 FETCH (FLAGS (\\Seen $Label))\r\n")
            if done:
                return verb == b"LOGOUT"
        return True

    def _refused(self, tag: bytes, command: bytes) -> bytes | None:
        """The answer of one who will not do that; None where it is passed on."""
        habits, verb = self.habits, _verb(command)
        words = command.upper().split()
        if verb == b"ID":
            if not habits.knows_id or b"( " in command or b" )" in command:
                return tag + b" BAD Parse command error\r\n"
            self.identified = True
            return b'* ID ("name" "Simulated")\r\n' + tag + b" OK done\r\n"
        if verb == b"AUTHENTICATE" and words[1] == b"PLAIN":
            return tag + b" BAD AUTHENTICATE with LOGIN\r\n"
        if verb in (b"SELECT", b"EXAMINE") and habits.needs_id and not self.identified:
            return tag + b" NO " + verb + b" Unsafe Login. Please contact kefu@188.com for help\r\n"
        if habits.refuses and re.match(habits.refuses, command.decode("ascii", "replace")):
            return tag + b" BAD invalid command\r\n"
        if verb == b"IDLE" and habits.idle == "none":
            return tag + b" BAD command not support\r\n"
        if verb in (b"MOVE", b"UID MOVE") and b"MOVE" not in habits.after.encode().split():
            return tag + b" BAD unknown command\r\n"
        if verb == b"UID EXPUNGE" and b"UIDPLUS" not in habits.after.encode().split():
            return tag + b" BAD unknown command\r\n"
        if verb == b"UID STORE" and not habits.keywords and b"$" in command:
            return tag + b" BAD Command Argument Error. 11\r\n"
        if verb.endswith(b"SEARCH") and (
            b"CHARSET" in words or (habits.search == "no parentheses" and b"(" in command)
        ):
            return tag + b" BAD invalid command or parameters\r\n"
        if verb.endswith(b"FETCH") and not habits.ranges and re.search(rb"FETCH ([2-9]|\d\d+):\*", command):
            return tag + b" BAD Sequence set is inavlid!\r\n"
        if verb.endswith(b"FETCH") and re.search(rb"ENVELOPE|BODYSTRUCTURE", command):
            return b"* OK [PARSE] Missing parameter\r\n"
        return None

    def _asked(self, line: bytes, verb: bytes) -> bytes:
        """What Dovecot is asked instead."""
        if verb.endswith(b"SEARCH") and self.habits.search == "everything":
            return re.sub(rb"SEARCH .*", b"SEARCH ALL", line.strip()) + b"\r\n"
        return line

    def _shown(self, unit: bytes, verb: bytes) -> bytes:
        """What the client sees of an answer; nothing of one that is left out."""
        habits, hidden = self.habits, self.proxy.hidden
        if unit.startswith(b"* CAPABILITY "):
            return f"* CAPABILITY {habits.after if self.let_in else habits.before}\r\n".encode()
        if unit.startswith(b"* OK [CAPABILITY"):
            return b""
        if unit.startswith(b"* OK [UIDNEXT") and not habits.uidnext:
            return b""
        if unit.startswith(b"* OK [HIGHESTMODSEQ"):
            return b""
        if unit.startswith(b"* OK [UIDVALIDITY") and habits.uidvalidity:
            return b"* OK [UIDVALIDITY " + habits.uidvalidity + b"] UIDs valid\r\n"
        if unit.startswith(b"* OK [PERMANENTFLAGS") and not habits.keywords:
            return b"* OK [PERMANENTFLAGS (\\Answered \\Seen \\Deleted \\Draft)] Limited\r\n"
        if hidden and (exists := re.fullmatch(rb"\* (\d+) EXISTS\r\n", unit)):
            return b"* %d EXISTS\r\n" % (int(exists[1]) - len(hidden))
        if hidden and unit.startswith(b"* SEARCH"):
            return b" ".join([b"* SEARCH", *(u for u in unit.split()[2:] if int(u) not in hidden)]) + b"\r\n"
        if verb.endswith(b"FETCH") and (uid := UID.search(unit)) and int(uid[1]) in hidden:
            return b""
        return unit

    def _idle(self, line: bytes) -> bool:
        """Whether the connection is good for more."""
        kind = self.habits.idle
        self.dovecot.sendall(line)
        self.answers.readline()
        self.client.sendall(b"+ idling\r\n* 9 EXISTS\r\n" if kind == "joined" else b"+ idling\r\n")
        tag = line.split()[0]
        pump = threading.Thread(target=self._pump, args=(tag, kind), daemon=True)
        pump.start()
        if not self.commands.readline():
            return False
        self.dovecot.sendall(b"DONE\r\n")
        pump.join(timeout=5)
        return True

    def _pump(self, tag: bytes, kind: Idle) -> None:
        with contextlib.suppress(OSError, ValueError):
            for unit in _units(self.answers):
                done = unit.startswith(tag + b" ")
                if kind == "split" and not done:
                    self.client.sendall(unit[:5])
                    time.sleep(0.03)
                    self.client.sendall(unit[5:])
                elif kind != "dead" and (done or kind != "silent"):
                    self.client.sendall(unit)
                if done:
                    return


def _verb(command: bytes) -> bytes:
    words = command.upper().split()
    return b" ".join(words[:2] if words[:1] == [b"UID"] else words[:1])


def _units(answers: BinaryIO) -> Iterator[bytes]:
    """Whole answers, each with its literals."""
    while line := answers.readline():
        unit = line
        while literal := LITERAL.search(line):
            line = answers.read(int(literal[1]))
            unit += line
            line = answers.readline()
            unit += line
        yield unit


# ---------------------------------------------------------------- the network

Fault = Literal["reset", "stall", "slow", "trickle", "truncated", "garbage", "half-closed", "refused"]


class FaultyNetwork:
    """The way to a server. While `fault` is set, it strikes after so many bytes from the server on each connection."""

    def __init__(self, port: int) -> None:
        self.fault: Fault | None = None
        self.after = 0
        self.connections = 0
        self._target = port
        self._served = _Served(self._talk)
        self.port = self._served.port

    def stop(self) -> None:
        """Listen no more."""
        self._served.stop()

    def _talk(self, client: socket.socket) -> None:
        self.connections += 1
        if self.fault == "refused":
            _reset(client)
            return
        with socket.create_connection(("127.0.0.1", self._target)) as server:
            threading.Thread(target=_copy, args=(client, server), daemon=True).start()
            self._back(server, client)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        passed = 0
        while chunk := server.recv(4096):
            room = self.after - passed
            passed += len(chunk)
            if self.fault is None or room >= len(chunk):
                client.sendall(chunk)
                continue
            client.sendall(chunk[: max(room, 0)])
            if self._struck(client, chunk[max(room, 0) :]):
                return

    def _struck(self, client: socket.socket, rest: bytes) -> bool:
        """Whether the connection is over."""
        match self.fault:
            case "reset":
                _reset(client)
            case "stall":
                self._served.stopped.wait(30)
            case "slow":
                for start in range(0, len(rest), 64):
                    client.sendall(rest[start : start + 64])
                    time.sleep(0.001)
                return False
            case "trickle":
                for byte in rest:
                    client.sendall(bytes([byte]))
                    time.sleep(0.05)
            case "truncated":
                client.sendall(rest[: len(rest) // 2].rstrip())
                client.shutdown(socket.SHUT_RDWR)
            case "garbage":
                client.sendall(b"\x00\xff\xfe garbage (((( {99\r\n" * 3)
                client.shutdown(socket.SHUT_RDWR)
            case "half-closed":
                client.shutdown(socket.SHUT_WR)
                self._served.stopped.wait(30)
        return True


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(4096):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)


def _reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


class _Served:
    """A listening port of this machine; each connection has a thread."""

    def __init__(self, talk: Callable[[socket.socket], None]) -> None:
        self.stopped = threading.Event()
        self.connections: list[socket.socket] = []
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            request: Any

            def handle(self) -> None:
                outer.connections.append(self.request)
                with contextlib.suppress(OSError, ValueError):
                    self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    talk(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self.stopped.set()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.shutdown()
        self._server.server_close()
