"""One logged-in connection to an IMAP server: opens and lists a folder, fetches messages, waits by IDLE."""

import contextlib
import imaplib
import socket
import threading
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import imap_tools

from mailbot.config import MailboxConfig, providers
from mailbot.domain.errors import MailboxError, MessageRefused
from mailbot.servers import connection, imap_folders, imap_idle
from mailbot.servers.imap_answers import Answer, by_uid, folders, number, personal_namespace
from mailbot.servers.imap_folders import INBOX, Folders, Namespace
from mailbot.servers.imap_login import capabilities, connect, identify, keep_alive, log_in, said

BATCH = 100
"""UIDs in one command: servers refuse lines that are longer than they like."""
ANSWER_SECONDS = 5 * 60
"""How long one answer may take from its beginning to its end."""
PIECE = 4 * 2**20
"""Bytes of one message asked for at once: some servers break off over answers of tens of megabytes."""
IDLE_ANSWER_SECONDS = 5
"""How long the server may take to begin and to end IDLE: for that it looks nothing up. Else the connection is dead."""
LOOK_AT_IT = "look at it in the web mail, and move it to another folder if it stays so"


class Session:
    """One connection, logged in. Raises what imaplib and imap-tools raise, and MailboxError where it knows better."""

    def __init__(self, config: MailboxConfig, timeout: float) -> None:
        self._config, self._timeout, self._provider = config, timeout, providers.of(config)
        self._box = connect(config, timeout)
        self._client, self._folder = self._box.client, ""
        self.capabilities, self.server, self.examined, self.uidvalidity, self.exists = frozenset[str](), "", False, 0, 0
        self.uidnext = 0
        try:
            keep_alive(self._client.socket())
            with self._in_time():
                log_in(self._box, config)
                self.capabilities = capabilities(self._client)
                if "ID" in self.capabilities or self._provider.needs_id:
                    self.server = identify(self._client)
        except BaseException:
            self.close(politely=False)
            raise

    @contextlib.contextmanager
    def _in_time(self) -> Iterator[None]:
        """Cut the connection if this takes too long: the timeout of a socket ends silences, not a trickle."""
        timer = threading.Timer(ANSWER_SECONDS, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _uid(self, *command: str) -> Answer:
        """What the server answers to a command that names messages by their UIDs."""
        with self._in_time():
            return ok(self._client.uid(*command))

    # ------------------------------------------------------------ the folder

    def examine(self) -> None:
        """Open the folder for reading; learn its UIDVALIDITY, how many messages it holds, and its UIDNEXT, 0 where that
        is not told.

        MailboxError where there is no such folder, or it is not opened.
        """
        self._open(readonly=True)
        self.examined = True

    def _open(self, *, readonly: bool) -> None:
        self._folder = self._folder or self._name_of(self._config.folder)
        try:
            with self._in_time():
                counts = self._opened(readonly=readonly)
        except imap_tools.MailboxFolderSelectError as error:
            if self.examined:  # Dovecot says so where the folder was made anew behind an open connection
                raise imaplib.IMAP4.abort(connection.one_line(said(error))) from error
            raise MailboxError(self._why_not_open(connection.one_line(said(error)))) from error
        validity = self._client.response("UIDVALIDITY")[1][-1]
        self.exists, self.uidvalidity = int(counts[-1] or 0), int(validity or 0)
        self.uidnext = self._told("UIDNEXT")

    def _opened(self, *, readonly: bool) -> Any:
        """Courier writes the numbers that it gives down only where a folder was opened by SELECT. By EXAMINE it gives
        the number of a message that is gone to another one."""
        if readonly and b"courier" in self._client.welcome.lower():
            with contextlib.suppress(imaplib.IMAP4.readonly):
                return self._box.folder.set(self._folder, readonly=False)[1]
        return self._box.folder.set(self._folder, readonly=readonly)[1]

    @property
    def announced(self) -> int:
        """How many messages the folder holds by the last that the server said of it, asked or not."""
        return self._told("EXISTS")

    def _told(self, what: str) -> int:
        told = self._client.untagged_responses.get(what, [])
        return max((number(value) for value in told[-1:] if isinstance(value, bytes)), default=0)

    def _why_not_open(self, said: str) -> str:
        start, wanted = f"mailbox {self._config.name}: {self._config.imap.host}", self._config.folder
        if "unsafe login" in said.lower():
            return (
                f"{start} does not open the folder {wanted}: it does not trust this program ({said}); allow IMAP "
                "clients in the web mail's settings"
            )
        there = self.folders_if_told()
        if not there.names or imap_folders.exists(self._folder, there):
            return f"{start} does not open the folder {wanted} ({said}); look at it in the web mail"
        called = "" if self._folder == wanted else f" (there it would be called {self._folder})"
        return (
            f"{start} has no folder {wanted}{called}; it has {imap_folders.named(there)}; write one of them as folder "
            "in [[mailbox]], or make that one in the web mail"
        )

    def folders(self) -> Folders:
        """The folders of the account, and where its own lie."""
        with self._in_time():
            personal = self._personal_namespace() if "NAMESPACE" in self.capabilities else Namespace("", "")
            listed = folders(ok(self._client.list('""', '"*"')))
            if not personal.delimiter and not any(folder.delimiter for folder in listed):
                listed += folders(ok(self._client.list('""', '""')))  # names the delimiter (RFC 3501 section 6.3.8)
        return Folders(listed, personal)

    def _personal_namespace(self) -> Namespace:
        try:
            return personal_namespace(ok(self._client.namespace()))
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:  # offered and refused
            return Namespace("", "")

    def folders_if_told(self) -> Folders:
        """The same; none where the server refuses to list them."""
        try:
            return self.folders()
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            return Folders()

    def _name_of(self, wanted: str) -> str:
        """What the server calls that folder. The INBOX has the same name everywhere: nothing is asked for it."""
        if wanted.upper() == INBOX:
            return INBOX
        return imap_folders.server_name(wanted, self.folders_if_told())

    def uids(self, above: int, expected: int) -> tuple[int, ...]:
        """The UIDs of the folder that are greater, ascending.

        Asked in the provider's order of ways. Where one is refused, or names fewer than `expected`, the next one is
        asked too, and whatever any of them names counts.
        """
        ways = {"fetch": self._uids_by_fetch, "search": self._uids_by_search, "number": self._uids_by_number}
        found: set[int] | None = None
        refused: imaplib.IMAP4.error | None = None
        for way in self._provider.listing if self.exists else ():
            try:
                # "n:*" names the last message even where its UID is smaller (RFC 3501 section 6.4.8)
                found = (found or set()) | {uid for uid in ways[way](above) if uid > above}
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                refused = error
            if found is not None and len(found) >= expected:
                break
        if refused and found is None:
            raise refused
        return tuple(sorted(found or ()))

    def _uids_by_fetch(self, above: int) -> Collection[int]:
        return by_uid(self._uid("FETCH", f"{above + 1}:*", "(UID)"))

    def _uids_by_search(self, above: int) -> Collection[int]:
        lines = self._uid("SEARCH", "ALL")
        return {int(uid) for line in lines if isinstance(line, bytes) for uid in line.split()}

    def _uids_by_number(self, above: int) -> Collection[int]:
        with self._in_time():
            return by_uid(ok(self._client.fetch(f"1:{self.exists}", "(UID)")))

    # ------------------------------------------------------------ messages

    def described(self, uids: Collection[int]) -> Iterator[tuple[int, dict[str, bytes]]]:
        """Date of arrival and size of each message that is still there, in the order of the UIDs.

        What a server leaves out is asked for once more: some cut long answers short.
        """
        ordered = list(uids)
        for start in range(0, len(ordered), BATCH):
            batch, found = ordered[start : start + BATCH], dict[int, dict[str, bytes]]()
            for _ in range(2):
                if missing := [uid for uid in batch if "INTERNALDATE" not in found.get(uid, {})]:
                    found |= self._fetch(missing, "UID INTERNALDATE RFC822.SIZE")
            yield from (
                (uid, found[uid]) for uid in batch if found.get(uid, {}).keys() & {"INTERNALDATE", "RFC822.SIZE"}
            )

    def whole(self, uid: int) -> bytes | None:
        """The bytes of a message at once; None where it is no longer there.

        Raises MessageRefused where the server does not hand it out.
        """
        return self._part(uid, "BODY.PEEK[]", "BODY[]")

    def piece(self, uid: int, start: int) -> bytes | None:
        """PIECE bytes of a message from `start` on, fewer at its end, none behind it (RFC 3501 section 6.4.5).

        None and errors as for `whole`.
        """
        return self._part(uid, f"BODY.PEEK[]<{start}.{PIECE}>", f"BODY[]<{start}>")

    def head(self, uid: int) -> bytes | None:
        """The header of a message, of one beyond all measure the beginning. None and errors as for `whole`."""
        return self._part(uid, f"BODY.PEEK[HEADER]<0.{PIECE}>", "BODY[HEADER]<0>")

    def _part(self, uid: int, asked: str, answered: str) -> bytes | None:
        try:
            return self._fetch([uid], f"UID {asked}").get(uid, {}).get(answered)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            said = connection.one_line(str(error))
            raise MessageRefused(
                f"mailbox {self._config.name}: {self._config.imap.host} does not hand out message {uid} ({said}); "
                f"{LOOK_AT_IT}"
            ) from error

    def _fetch(self, uids: Collection[int], items: str) -> dict[int, dict[str, bytes]]:
        """The attributes of those messages, each by the UID that its own answer names."""
        return by_uid(self._uid("FETCH", ",".join(map(str, uids)), f"({items})"))

    # ------------------------------------------------------------ IDLE

    def idle(self, seconds: float, stopped: threading.Event) -> bool:
        """Whether the server spoke of new mail within that time (RFC 2177); the connection can be used afterwards.

        A connection that is dead ends with imaplib's abort, IDLE_ANSWER_SECONDS after that time at the latest.
        """
        sock = self._client.socket()
        try:
            hint = imap_idle.announced(sock, seconds, min(self._timeout, IDLE_ANSWER_SECONDS), stopped)
        finally:
            sock.settimeout(self._timeout)
        if hint is None:
            self.capabilities -= {"IDLE"}
        return bool(hint)

    # ------------------------------------------------------------ the end

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


def ok(result: tuple[str, Sequence[bytes | tuple[bytes, bytes] | None]]) -> Answer:
    """The answer to a command that the server has carried out; imaplib's error where it has refused it."""
    status, lines = result
    if status != "OK":
        raise imaplib.IMAP4.error(
            f"{status} {connection.one_line(b' '.join(x for x in lines if isinstance(x, bytes)))}"
        )
    return lines
