"""The only place that talks IMAP (RFC 3501). It reads and changes nothing: folders are opened with EXAMINE, bodies
fetched with BODY.PEEK[]; no flag is set, nothing is moved or deleted."""

import contextlib
import imaplib
import re
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import imap_tools

from mailbot import wire
from mailbot.config import MailboxConfig
from mailbot.domain import Place, Sighting
from mailbot.errors import LoginRefused, MailboxError
from mailbot.imap_answers import Answer, by_uid, internal_date, number, refusal

BATCH = 100
"""UIDs in one command: servers refuse lines that are longer than they like."""
IDLE_SECONDS = 8 * 60
"""How long one IDLE lasts: address translators and some servers forget a quiet connection after ten minutes."""
ID = '("name" "mailbot" "version" "1" "vendor" "mailbot")'
"""One compact list: NetEase refuses blanks inside the parentheses (RFC 2971 section 3.1)."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing:
    """All messages of a folder at one moment; `uids` ascending."""

    folder: str
    uidvalidity: int
    uids: tuple[int, ...]


class Mailbox:
    """One folder of one account. Connects at the first call, keeps that connection, and opens it anew once where the
    server has dropped it.

    Every method but `wait` and `close` raises MailboxError, LoginRefused (the password is wrong, or IMAP switched
    off) or ConfigError (no password, no ca_file).
    """

    def __init__(self, config: MailboxConfig, timeout: float = 60.0) -> None:
        self.name, self.folder = config.name, config.folder
        self._config, self._timeout = config, timeout
        self._session: _Session | None = None
        self._talking, self._closed = threading.Lock(), threading.Event()

    def listing(self) -> Listing:
        """All that lies in the folder now."""

        def ask(session: _Session) -> Listing:
            session.examine()
            return Listing(self.folder, session.uidvalidity, session.uids())

        return self._ask(ask)

    def sightings(self, listing: Listing, uids: Collection[int]) -> tuple[Sighting, ...]:
        """When those messages arrived and how large they are, in order of UID; one that the server no longer
        has is left out."""

        def ask(session: _Session) -> tuple[Sighting, ...]:
            self._same_numbers(session, listing.uidvalidity)
            return tuple(
                Sighting(
                    Place(self.name, self.folder, listing.uidvalidity, uid),
                    internal_date(found.get("INTERNALDATE", b"")) or datetime.now(UTC),
                    number(found.get("RFC822.SIZE", b"")),
                )
                for uid, found in session.described(sorted(set(uids)))
            )

        return self._ask(ask) if uids else ()

    def fetch(self, place: Place) -> bytes:
        """The exact bytes of a message as the server returns them; MailboxError where it has vanished."""

        def ask(session: _Session) -> bytes | None:
            self._same_numbers(session, place.uidvalidity)
            return session.fetch([place.uid], "UID BODY.PEEK[]").get(place.uid, {}).get("BODY[]")

        body = self._ask(ask)
        if body is None:
            raise MailboxError(f"mailbox {self.name}: message {place.uid} is no longer in {self.folder}")
        return body

    def wait(self, seconds: float) -> None:
        """Return after that time, or sooner where the server hints at new mail or `close` is called. Never raises."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._closed.is_set():
            if not self._may_idle():
                self._closed.wait(left)
            elif self._hint(min(left, IDLE_SECONDS)):
                return

    def check(self) -> tuple[str, ...]:
        """Log in anew and open the folder; what was found there, in sentences."""

        def ask(session: _Session) -> tuple[str, ...]:
            session.examine()
            return (
                f"{self._where} lets {self._config.imap.username} in; it calls itself {session.server or 'nothing'}",
                f"it offers {' '.join(sorted(session.capabilities))}",
                f"the folder {self.folder} holds {session.exists} messages (UIDVALIDITY {session.uidvalidity})",
            )

        with self._talking:
            self._hang_up(politely=True)
        return self._ask(ask)

    def close(self) -> None:
        """Log out for good; may be called from another thread, and twice."""
        self._closed.set()
        if self._talking.acquire(timeout=2):
            try:
                self._hang_up(politely=True)
            finally:
                self._talking.release()
        elif self._session is not None:
            self._session.cut()

    @property
    def _where(self) -> str:
        return f"{self._config.imap.host}:{self._config.imap.port}"

    def _ask(self, ask: Callable[["_Session"], T]) -> T:
        """Ask on the kept connection, and once more on a new one where that was dead. An error closes it."""
        with self._talking:
            for kept in (True, False) if self._session else (False,):
                if self._closed.is_set():
                    raise MailboxError(f"mailbox {self.name}: is closed")
                try:
                    self._session = self._session or _Session(self._config, self._timeout)
                    return ask(self._session)
                except BaseException as error:
                    self._hang_up(politely=False)
                    if not isinstance(error, OSError | imaplib.IMAP4.error | imap_tools.ImapToolsError | ValueError):
                        raise
                    if not (kept and _is_dead(error)):
                        raise MailboxError(f"mailbox {self.name}: {self._trouble(error)}") from error
            raise AssertionError("the last attempt returns or raises")

    def _trouble(self, error: Exception) -> str:
        return wire.trouble(error, self._config.imap, self._timeout)

    def _same_numbers(self, session: "_Session", uidvalidity: int) -> None:
        if not session.examined:
            session.examine()
        if session.uidvalidity != uidvalidity:
            raise MailboxError(f"mailbox {self.name}: the server has renumbered {self.folder}; list it again")

    def _may_idle(self) -> bool:
        session = self._session
        return self._config.idle and session is not None and session.examined and "IDLE" in session.capabilities

    def _hint(self, seconds: float) -> bool:
        with self._talking:
            try:
                return self._session is not None and self._session.idle(seconds, self._closed)
            except (OSError, imaplib.IMAP4.error):
                self._hang_up(politely=False)
                return False

    def _hang_up(self, *, politely: bool) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close(politely=politely)


def _is_dead(error: Exception) -> bool:
    """Whether the connection is gone, so that a new one may well do; a silent server is silent again."""
    return isinstance(error, imaplib.IMAP4.abort | OSError) and not isinstance(error, TimeoutError)


class _Session:
    """One connection, logged in. Raises what imaplib and imap-tools raise, and MailboxError where it knows better."""

    def __init__(self, config: MailboxConfig, timeout: float) -> None:
        self._config, self._timeout = config, timeout
        self._box = _connected(config, timeout)
        self._client = self._box.client
        self.capabilities, self.server, self.examined, self.uidvalidity, self.exists = frozenset[str](), "", False, 0, 0
        try:
            _keep_alive(self._client.socket())
            self._log_in()
            self._introduce()
        except BaseException:
            self.close(politely=False)
            raise

    def _log_in(self) -> None:
        server, name = self._config.imap, self._config.name
        secret = server.password()
        if "LOGINDISABLED" in self._client.capabilities:
            raise MailboxError(
                f'mailbox {name}: {server.host} takes no password in the clear; write security = "tls" or "starttls"'
            )
        if not _can_be_quoted(server.username) or not _can_be_quoted(secret):
            raise LoginRefused(
                f"mailbox {name}: username or password holds characters that IMAP cannot carry; "
                "put the client authorization code (ASCII) there instead of the password"
            )
        try:
            # never AUTHENTICATE PLAIN: Sina and QQ offer it and refuse it; no folder yet: NetEase wants ID first
            self._box.login(server.username, secret, initial_folder=None)
        except imap_tools.MailboxLoginError as error:
            said = wire.words(_said(error), secret)
            raise refusal(f"mailbox {name}: {server.host}:{server.port}", server.username, said) from None
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            said = wire.words(str(error), secret)
            raise MailboxError(f"mailbox {name}: {server.host} does not understand LOGIN: {said}") from None

    def _introduce(self) -> None:
        """Read CAPABILITY again, since many servers say more after LOGIN, and send ID where it is known.

        163, 126 and yeah answer SELECT with "Unsafe Login" to a client that has not said who it is.
        """
        lines = self._client.capability()[1]
        self.capabilities = frozenset(
            b" ".join(line or b"" for line in lines).decode("ascii", "replace").upper().split()
        )
        if "ID" in self.capabilities:
            self.server = self._server_name()

    def _server_name(self) -> str:
        try:
            self._client.xatom("ID", ID)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            return ""
        pairs = self._client.response("ID")[1]
        found = re.search(rb'"name"\s+"([^"]*)"', b" ".join(p for p in pairs if isinstance(p, bytes)), re.IGNORECASE)
        return wire.words(found[1]) if found else ""

    def examine(self) -> None:
        """Open the folder for reading; learn its UIDVALIDITY and how many messages it holds."""
        try:
            _, counts = self._box.folder.set(self._config.folder, readonly=True)
        except imap_tools.MailboxFolderSelectError as error:
            if self.examined:  # Dovecot says so where the folder was made anew behind an open connection
                raise imaplib.IMAP4.abort(wire.words(_said(error))) from error
            raise MailboxError(self._why_not_open(wire.words(_said(error)))) from error
        validity = self._client.response("UIDVALIDITY")[1][-1]
        self.exists, self.uidvalidity, self.examined = int(counts[-1] or 0), int(validity or 0), True

    def _why_not_open(self, said: str) -> str:
        start = f"mailbox {self._config.name}: {self._config.imap.host} does not open the folder {self._config.folder}"
        if "unsafe login" in said.lower():
            return f"{start}: it does not trust this program ({said}); allow IMAP clients in the web mail's settings"
        try:
            names = "、".join(folder.name for folder in self._box.folder.list())
        except (imaplib.IMAP4.error, imap_tools.ImapToolsError, ValueError):
            names = ""
        return f"{start} ({said})" + (f"; it has {names}" if names else "")

    def uids(self) -> tuple[int, ...]:
        """All UIDs of the folder, ascending. Three ways to ask, for servers that answer one of them with BAD."""
        refused: imaplib.IMAP4.error | None = None
        for ask in (self._uids_by_fetch, self._uids_by_search, self._uids_by_number) if self.exists else ():
            try:
                if found := ask():
                    return tuple(sorted(found))
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                refused = error
        if refused:
            raise refused
        return ()

    def _uids_by_fetch(self) -> Collection[int]:
        return by_uid(_ok(self._client.uid("FETCH", "1:*", "(UID)")))

    def _uids_by_search(self) -> Collection[int]:
        lines = _ok(self._client.uid("SEARCH", "ALL"))
        return {int(uid) for line in lines if isinstance(line, bytes) for uid in line.split()}

    def _uids_by_number(self) -> Collection[int]:
        return by_uid(_ok(self._client.fetch(f"1:{self.exists}", "(UID)")))

    def described(self, uids: Collection[int]) -> Iterator[tuple[int, dict[str, bytes]]]:
        """Date of arrival and size of each message that is still there, in the order of the UIDs.

        What a server leaves out is asked for once more: some cut long answers short.
        """
        ordered = list(uids)
        for start in range(0, len(ordered), BATCH):
            batch, found = ordered[start : start + BATCH], dict[int, dict[str, bytes]]()
            for _ in range(2):
                if missing := [uid for uid in batch if "INTERNALDATE" not in found.get(uid, {})]:
                    found |= self.fetch(missing, "UID INTERNALDATE RFC822.SIZE")
            yield from (
                (uid, found[uid]) for uid in batch if found.get(uid, {}).keys() & {"INTERNALDATE", "RFC822.SIZE"}
            )

    def fetch(self, uids: Collection[int], items: str) -> dict[int, dict[str, bytes]]:
        """The attributes of those messages, each by the UID that its own answer names."""
        return by_uid(_ok(self._client.uid("FETCH", ",".join(map(str, uids)), f"({items})")))

    def idle(self, seconds: float, stopped: threading.Event) -> bool:
        """Whether the server spoke of new mail within that time (RFC 2177); the connection can be used afterwards.

        Reads from the bare socket: what waits in imaplib's buffer would wake nobody, and a timeout would spoil it.
        """
        sock, heard = self._client.socket(), bytearray()
        sock.settimeout(max(0.05, min(1.0, seconds)))
        try:
            sock.sendall(b"IDLE1 IDLE\r\n")
            if not self._hear(heard, rb"^(\+|IDLE1 ).*\r\n", self._timeout, stopped):
                raise imaplib.IMAP4.abort("IDLE is not answered")
            if re.search(rb"^IDLE1 ", heard, re.MULTILINE):
                self.capabilities -= {"IDLE"}
                return False
            hint = self._hear(heard, rb"^\* \d+ EXISTS", seconds, stopped)
            sock.sendall(b"DONE\r\n")
            if not self._hear(heard, rb"^IDLE1 .*\r\n\Z", self._timeout, stopped):
                raise imaplib.IMAP4.abort("IDLE does not end")
            return hint
        finally:
            sock.settimeout(self._timeout)

    def _hear(self, heard: bytearray, awaited: bytes, seconds: float, stopped: threading.Event) -> bool:
        end = time.monotonic() + seconds
        while not re.search(awaited, heard, re.MULTILINE):
            if stopped.is_set() or time.monotonic() >= end:
                return False
            with contextlib.suppress(TimeoutError):
                chunk = self._client.socket().recv(4096)
                if not chunk:
                    raise imaplib.IMAP4.abort("the server hung up")
                heard += chunk
        return True

    def cut(self) -> None:
        """End a read that another thread waits in."""
        with contextlib.suppress(OSError):
            self._client.socket().shutdown(socket.SHUT_RDWR)

    def close(self, *, politely: bool) -> None:
        """Close the connection, with LOGOUT where it still works."""
        if politely:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                self._client.socket().settimeout(2)
                self._client.logout()
        with contextlib.suppress(OSError):
            self._client.shutdown()


def _connected(config: MailboxConfig, timeout: float) -> imap_tools.BaseMailBox:
    server = config.imap
    match server.security:
        case "tls":
            return imap_tools.MailBox(server.host, server.port, timeout=timeout, ssl_context=wire.trust(server))
        case "starttls":
            return imap_tools.MailBoxStartTls(server.host, server.port, timeout=timeout, ssl_context=wire.trust(server))
        case "none":
            return imap_tools.MailBoxUnencrypted(server.host, server.port, timeout=timeout)


def _keep_alive(sock: socket.socket) -> None:
    """Let the system notice a peer that is gone, and keep address translators from forgetting a quiet connection."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, seconds in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, option):  # not every system has them
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), seconds)


def _can_be_quoted(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _ok(result: tuple[str, Sequence[bytes | tuple[bytes, bytes] | None]]) -> Answer:
    status, lines = result
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {wire.words(b' '.join(x for x in lines if isinstance(x, bytes)))}")
    return lines


def _said(error: imap_tools.UnexpectedCommandStatusError) -> bytes:
    return b" ".join(line for line in error.command_result[1] if isinstance(line, bytes))
