"""Whether a letter lies among an account's sent mail: how to know of one whose answer was lost (RFC 1047)."""

import imaplib
import logging
from datetime import datetime

import imap_tools

from mailbot import quirks
from mailbot.config import MailboxConfig
from mailbot.errors import MailbotError
from mailbot.servers.imap_session import Session

log = logging.getLogger(__name__)

NEWEST = 100
"""Messages of the folder that are looked through. Not by SEARCH, which Sina and QQ answer with everything."""


class SentFolder:
    """The folder of sent mail of one account. A connection lasts for one look: providers allow few."""

    def __init__(self, config: MailboxConfig, timeout: float = 60.0) -> None:
        self._config, self._timeout = config, timeout

    def holds(self, message_id: str, since: datetime) -> bool | None:
        """Whether a letter of that Message-ID lies there.

        None where that tells nothing: it is not there, and the provider does not file what it takes by SMTP, or the
        folder cannot be read. Never raises.
        """
        try:
            session = _SentSession(self._config, self._timeout)
            try:
                found = session.newest_hold(message_id.encode())
            finally:
                session.close(politely=True)
        except (OSError, imaplib.IMAP4.error, imap_tools.ImapToolsError, ValueError, MailbotError) as error:
            log.warning("mailbox %s: the sent mail cannot be looked through: %s", self._config.name, error)
            return None
        return found or (False if quirks.of(self._config).keeps_sent_copy else None)


class _SentSession(Session):
    def newest_hold(self, message_id: bytes) -> bool:
        """Whether one of the newest messages of the sent mail has that Message-ID."""
        name = self._name()
        if name is None:
            return False
        self._config = self._config.model_copy(update={"folder": name})
        self.examine()
        newest = self.uids(0, self.exists)[-NEWEST:]
        heads = self._fetch(newest, "UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]") if newest else {}
        return any(message_id in value for head in heads.values() for value in head.values())

    def _name(self) -> str | None:
        """The folder: the one that the provider is known to use, or is marked, or is called as such folders are."""
        folders = self._box.folder.list()
        names = {folder.name for folder in folders}
        marked = [folder.name for folder in folders if quirks.SENT in folder.flags]
        known = [quirks.of(self._config).sent_folder, *marked, *quirks.SENT_NAMES]
        return next((name for name in known if name in names), None)
