"""Files mail: moves messages to another folder of the account, and tells beforehand whether that will go well."""

import imaplib
import re
from collections.abc import Collection

from imap_tools.utils import encode_folder

from mailbot.domain.errors import MailboxError
from mailbot.servers import imap_folders
from mailbot.servers.connection import one_line
from mailbot.servers.imap_answers import number
from mailbot.servers.imap_session import BATCH, Session, ok

TO_INSERT, TO_REMOVE = frozenset("i"), (frozenset("te"), frozenset("d"))
"""The rights that are needed on the folder to file to, and on the one that is read: either (RFC 4314 and RFC 2086)."""
ALL = frozenset("lrswiptekxad")
ASK_FOR_RIGHTS = "have the server's administrator grant it, or take file_to out of the configuration"


class FilingSession(Session):
    """A connection by which mail may be moved besides."""

    @property
    def way_to_file(self) -> str:
        """MOVE (RFC 6851) or UIDPLUS (RFC 4315), by which a message can be moved without touching others; else ""."""
        return next((way for way in ("MOVE", "UIDPLUS") if way in self.capabilities), "")

    def file_away(self, uids: Collection[int], wanted: str) -> str:
        """Move those messages to a folder, which is made where it is missing; "", or why the server does not, in a
        sentence. Afterwards the folder that is read is open for reading as before.

        With UIDPLUS each message that was copied is removed by its UID alone: what staff have marked \\Deleted stays.
        """
        try:
            refusal = self._filed(sorted(uids), wanted)
        except imaplib.IMAP4.readonly:
            refusal = self._read_only
        self.examine()
        return refusal

    def try_filing(self, wanted: str) -> str:
        """What filing will do, in a sentence, found out without moving a message or making a folder.

        MailboxError where it will fail, with what to do about it.
        """
        there = self.folders()
        name = imap_folders.server_name(wanted, there)
        exists = imap_folders.exists(name, there)
        if fault := self._never(name) or self._forbidden(name, exists=exists):
            raise MailboxError(f"mailbox {self._config.name}: {fault}")
        how = "MOVE" if self.way_to_file == "MOVE" else "COPY and UID EXPUNGE"
        state = f"which holds {self._count(name)} messages" if exists else "which is made when there is such mail"
        return f"mail that is dealt with is moved to the folder {name}, {state}, by {how}"

    def _filed(self, uids: list[int], wanted: str) -> str:
        there = self.folders()
        name = imap_folders.server_name(wanted, there)
        if fault := self._never(name):
            return fault
        if not imap_folders.exists(name, there) and (refusal := self._refusal_to_make(name)):
            return f"{refusal}, or write one that it has: {imap_folders.named(there)}"
        uidvalidity = self.uidvalidity
        self._open(readonly=False)
        if self.uidvalidity != uidvalidity:
            raise imaplib.IMAP4.abort("the folder was renumbered meanwhile")
        try:
            self._move(uids, _encoded(name))
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            return f"{self._host} does not move mail to the folder {name} ({one_line(str(error))})"
        return ""

    def _move(self, uids: list[int], target: str) -> None:
        for start in range(0, len(uids), BATCH):
            batch = ",".join(map(str, uids[start : start + BATCH]))
            if self.way_to_file == "MOVE":
                self._uid("MOVE", batch, target)
            else:
                self._uid("COPY", batch, target)
                self._uid("STORE", batch, "+FLAGS.SILENT", "(\\Deleted)")
                self._uid("EXPUNGE", batch)

    def _refusal_to_make(self, name: str) -> str:
        try:
            ok(self._client.create(_encoded(name)))
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            return f"{self._host} does not make the folder {name} ({one_line(str(error))}); make it in the web mail"
        return ""

    def _never(self, name: str) -> str:
        """Why nothing can ever be moved to that folder."""
        if not self.way_to_file:
            return (
                f"{self._host} can move no mail safely (it offers neither MOVE nor UIDPLUS); "
                "take file_to out of the configuration"
            )
        if name == self._folder:
            return f"file_to is the folder that is read ({name}); write another, such as 已处理"
        return ""

    def _forbidden(self, name: str, *, exists: bool) -> str:
        """Why the server will not let messages be moved there from the folder that is read, as far as it tells."""
        try:
            self._open(readonly=False)
        except imaplib.IMAP4.readonly:
            return self._read_only
        finally:
            self.examine()
        if all(rights - self._rights(self._folder) for rights in TO_REMOVE):
            return self._read_only
        if exists and TO_INSERT - self._rights(name):
            return f"{self._user} may put nothing into the folder {name} of {self._host}; {ASK_FOR_RIGHTS}"
        return ""

    def _rights(self, name: str) -> frozenset[str]:
        """What MYRIGHTS shows (RFC 4314 section 3.5); all where the server knows no rights, or does not tell."""
        if "ACL" in self.capabilities:
            try:
                lines = ok(self._client.myrights(_encoded(name)))
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                return ALL
            words = [line.split() for line in lines if isinstance(line, bytes)]
            return frozenset(words[-1][-1].decode("latin-1").strip('"')) if words and words[-1] else ALL
        return ALL

    def _count(self, name: str) -> int:
        lines = ok(self._client.status(_encoded(name), "(MESSAGES)"))
        found = re.search(rb"MESSAGES (\d+)", b" ".join(line for line in lines if isinstance(line, bytes)))
        return number(found[1]) if found else 0

    @property
    def _host(self) -> str:
        return self._config.imap.host

    @property
    def _user(self) -> str:
        return self._config.imap.username

    @property
    def _read_only(self) -> str:
        return f"{self._user} may only read the folder {self._folder} of {self._host}; {ASK_FOR_RIGHTS}"


def _encoded(name: str) -> str:
    return encode_folder(name).decode("ascii")
