"""Reads one folder of a mailbox by IMAP, reconnecting where the server has dropped the connection.

Nothing is changed unless mail is to be filed: folders are opened with EXAMINE (Courier's: `imap_session`), bodies
fetched with BODY.PEEK[]; no flag is set, nothing is moved or deleted.
"""

import imaplib
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import imap_tools

from mailbot.config import MailboxConfig, providers
from mailbot.domain.errors import LoginRefused, MailbotError, MailboxError, MessageRefused
from mailbot.domain.mail import Place, Sighting
from mailbot.servers import connection, imap_session
from mailbot.servers.imap_answers import internal_date, number
from mailbot.servers.imap_filing import FilingSession
from mailbot.servers.imap_session import LOOK_AT_IT

IDLE_SECONDS = 8 * 60
"""How long one IDLE lasts: address translators and some servers forget a quiet connection after ten minutes."""
RECONCILE_SECONDS = 60 * 60
"""How long only what is new is asked for, before everything is listed again."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing:
    """The messages of a folder at one moment, `uids` ascending: all of them, or those above `above`.

    `below` is how many there were at or below that, `unnamed` how many more the server counts than it names.
    """

    folder: str
    uidvalidity: int
    uids: tuple[int, ...]
    above: int = 0
    below: int = 0
    unnamed: int = 0

    @property
    def count(self) -> int:
        """How many messages the folder held."""
        return self.below + len(self.uids)

    @property
    def highest(self) -> int:
        """The greatest UID that was in the folder."""
        return self.uids[-1] if self.uids else self.above


class Mailbox:
    """One folder of one account. Connects at the first call, keeps that connection, and opens it anew once where the
    server has dropped it.

    Every method but `wait` and `close` raises MailboxError, LoginRefused (the password is wrong, or IMAP switched
    off) or ConfigError (no password, no ca_file).
    """

    def __init__(self, config: MailboxConfig, timeout: float = 60.0) -> None:
        self.name, self.folder = config.name, config.folder
        self._config, self._timeout = config, timeout
        self._session: FilingSession | None = None
        self._settled: Listing | None = None
        self._whole_until = 0.0
        self._listed: tuple[int, int] | None = None
        """How many messages the folder held when it was first listed after the last waiting, and its UIDNEXT then, 0
        where that is not told. Later listings serve the filing; nobody takes in what they show."""
        self._reopens = True
        self._talking, self._closed = threading.Lock(), threading.Event()

    def listing(self) -> Listing:
        """What lies in the folder now: all of it, or, after `settled`, only what is new.

        All of it again after an hour, after any error, where the server has renumbered the folder, and where the
        number of messages does not add up: mail that was moved back or was hidden surfaces below what is known. Where
        fewer are named than the folder is said to hold, once more after it is opened anew: some may have been removed.
        """

        def ask(session: FilingSession) -> Listing:
            session.examine()
            self._listed = self._listed or (session.exists, session.uidnext)
            before, self._settled = self._settled, None
            if before and before.uidvalidity == session.uidvalidity and time.monotonic() < self._whole_until:
                new = session.uids(before.highest, session.exists - before.count)
                if before.count + len(new) == session.exists:
                    return Listing(self.folder, session.uidvalidity, new, before.highest, before.count)
            uids = session.uids(0, session.exists)
            if len(uids) < session.exists:
                session.examine()
                uids = session.uids(0, session.exists)
            unnamed = max(0, session.exists - len(uids))
            return Listing(self.folder, session.uidvalidity, uids, unnamed=unnamed)

        return self._ask(ask)

    def settled(self, listing: Listing) -> None:
        """Say that every message of a listing is known for good, so that the next one need not name it again."""
        if not listing.above:
            self._whole_until = time.monotonic() + RECONCILE_SECONDS
        self._settled = listing

    def sightings(self, listing: Listing, uids: Collection[int]) -> tuple[Sighting, ...]:
        """When those messages arrived and how large they are, in order of UID; one that the server no longer
        has is left out."""

        def ask(session: FilingSession) -> tuple[Sighting, ...]:
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

    def fetch(self, place: Place, size: int = 0) -> Iterator[bytes]:
        """The exact bytes of a message as the server returns them, piece by piece as they come.

        `size` is what the server announced; what is small comes at once. Where the connection breaks between two
        pieces of a large one, a new one goes on there. MessageRefused where the server has the message no longer, does
        not hand it out, or hands out less than half or more than twice of what it announced; others may be fetched all
        the same.
        """
        total = 0
        for piece in self._pieces(place, size) if size > imap_session.PIECE else self._at_once(place, size):
            total += len(piece)
            yield piece
        if 2 * total < size:
            raise self._implausible(place, total, size)

    def head(self, place: Place) -> bytes:
        """The header of a message alone. MessageRefused as for `fetch`, and where it is empty."""
        for _ in range(2):
            if head := self._part(place, lambda session: session.head(place.uid)):
                return head
        raise MessageRefused(f"mailbox {self.name}: message {place.uid} comes without a header; {LOOK_AT_IT}")

    def _at_once(self, place: Place, size: int) -> Iterator[bytes]:
        """What is shorter than announced is asked for once more: a server that is unwell may have cut it short."""
        whole = self._part(place, lambda session: session.whole(place.uid))
        if len(whole) < size:
            whole = max(whole, self._part(place, lambda session: session.whole(place.uid)), key=len)
        yield whole

    def _pieces(self, place: Place, size: int) -> Iterator[bytes]:
        """Piece by piece until nothing more comes (RFC 3501 section 6.4.5), or the last one was short and made up just
        what was announced. Another short one is no end: servers may give less at once than they are asked for."""
        start, piece = 0, b""
        while start != size or len(piece) == imap_session.PIECE:
            piece = self._next_piece(place, start)
            if not piece and start < size:
                piece = self._next_piece(place, start)
            if not piece:
                return
            yield piece
            start += len(piece)
            if start > 2 * size:
                raise self._implausible(place, start, size)

    def _implausible(self, place: Place, total: int, size: int) -> MessageRefused:
        """Announced sizes are not always exact: Exchange estimates them, others count line ends otherwise, or what is
        encoded in base64 as it was before. None of that is a factor of two."""
        return MessageRefused(
            f"mailbox {self.name}: {self._config.imap.host} announces {size} bytes for message {place.uid} and hands "
            f"out {total}; {LOOK_AT_IT}"
        )

    def _next_piece(self, place: Place, start: int) -> bytes:
        """Where some pieces have come, the next one is worth a second try even after a silence."""
        try:
            return self._part(place, lambda session: session.piece(place.uid, start))
        except (MessageRefused, LoginRefused):
            raise
        except MailboxError:
            if not start:
                raise
            return self._part(place, lambda session: session.piece(place.uid, start))

    def _part(self, place: Place, of: Callable[[FilingSession], bytes | None]) -> bytes:
        def ask(session: FilingSession) -> bytes | None:
            self._same_numbers(session, place.uidvalidity)
            return of(session)

        part = self._ask(ask)
        if part is None:
            raise MessageRefused(f"mailbox {self.name}: message {place.uid} is no longer in {self.folder}")
        return part

    def file_away(self, listing: Listing, uids: Collection[int], folder: str) -> None:
        """Move those messages to another folder of the account, each or none, without touching any other.

        MailboxError, in a sentence with the remedy, where the server can neither MOVE nor expunge by UID (UIDPLUS), or
        will not; what can be read and waited for is the same as before.
        """

        def ask(session: FilingSession) -> str:
            self._same_numbers(session, listing.uidvalidity)
            refusal = session.file_away(uids, folder)
            if self._listed and not refusal:
                exists, uidnext = self._listed
                self._listed = exists - len(uids), uidnext
            return refusal

        if uids and (refusal := self._ask(ask)):
            raise MailboxError(f"mailbox {self.name}: {refusal}")

    def wait(self, seconds: float) -> None:
        """Return after that time, or sooner where the server hints at new mail or `close` is called. Never raises.

        At once where it has told of new mail since the last listing, while messages were fetched or filed. A connection
        that broke meanwhile is opened anew for the waiting. IDLE ends a little earlier, so that a connection which has
        died is found out within that time.
        """
        end, spare = time.monotonic() + seconds, min(imap_session.IDLE_ANSWER_SECONDS, seconds / 10)
        while (left := end - time.monotonic()) > 0 and not self._closed.is_set():
            if left <= spare or not self._may_idle():
                self._closed.wait(left)
            elif self._has_news or self._hint(min(left - spare, IDLE_SECONDS)):
                break
        self._listed = None

    def check(self) -> tuple[str, ...]:
        """Log in anew and open the folder; what was found there, in sentences."""

        def ask(session: FilingSession) -> tuple[str, ...]:
            session.examine()
            filing = (session.try_filing(self._config.file_to),) if self._config.file_to else ()
            return (
                f"{self._where} lets {self._config.imap.username} in; it calls itself {session.server or 'nothing'}",
                f"it is treated as {providers.of(self._config).title}; another provider can be named in [[mailbox]]",
                f"it offers {' '.join(sorted(session.capabilities))}",
                f"the folder {self.folder} holds {session.exists} messages (UIDVALIDITY {session.uidvalidity})",
                *filing,
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

    def _ask(self, ask: Callable[[FilingSession], T]) -> T:
        """Ask on the kept connection, and once more on a new one where that was dead. An error closes it."""
        with self._talking:
            for kept in (True, False) if self._session else (False,):
                if self._closed.is_set():
                    raise MailboxError(f"mailbox {self.name}: is closed")
                try:
                    self._session = self._session or FilingSession(self._config, self._timeout)
                    return ask(self._session)
                except BaseException as error:
                    self._hang_up(politely=False)
                    if not isinstance(error, OSError | imaplib.IMAP4.error | imap_tools.ImapToolsError | ValueError):
                        raise
                    if not (kept and _is_dead(error)):
                        raise MailboxError(f"mailbox {self.name}: {self._trouble(error)}") from error
            raise AssertionError("the last attempt returns or raises")

    def _trouble(self, error: Exception) -> str:
        if hint := connection.other_protocol(connection.one_line(str(error)), "IMAP"):
            return f"{self._where}: {hint}"
        return connection.explained(error, self._config.imap, self._timeout)

    def _same_numbers(self, session: FilingSession, uidvalidity: int) -> None:
        if not session.examined:
            session.examine()
        if session.uidvalidity != uidvalidity:
            raise MailboxError(f"mailbox {self.name}: the server has renumbered {self.folder}; list it again")

    def _may_idle(self) -> bool:
        if not self._config.idle or (self._session is None and not self._reopened()):
            return False
        session = self._session
        return session is not None and session.examined and "IDLE" in session.capabilities

    def _reopened(self) -> bool:
        """Open the folder on a new connection; not again before an IDLE has gone well, for its like may break all."""
        if not self._reopens:
            return False
        self._reopens = False
        try:
            self._ask(FilingSession.examine)
        except MailbotError:
            return False
        return True

    @property
    def _has_news(self) -> bool:
        if (session := self._session) is None or self._listed is None:
            return False
        exists, uidnext = self._listed
        since = session.uidnext > uidnext if uidnext and session.uidnext else session.exists > exists
        return since or session.announced > session.exists

    def _hint(self, seconds: float) -> bool:
        with self._talking:
            try:
                hint = self._session is not None and self._session.idle(seconds, self._closed)
            except (OSError, imaplib.IMAP4.error):
                self._hang_up(politely=False)
                return False
            self._reopens = True
            return hint

    def _hang_up(self, *, politely: bool) -> None:
        session, self._session, self._settled = self._session, None, None
        if session is not None:
            session.close(politely=politely)


def _is_dead(error: Exception) -> bool:
    """Whether the connection is gone, so that a new one may well do; a silent server is silent again."""
    return isinstance(error, imaplib.IMAP4.abort | OSError) and not isinstance(error, TimeoutError)
