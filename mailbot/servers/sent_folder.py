"""Looks for a letter in an account's sent folder, where the server's answer to it was lost (RFC 1047)."""

import imaplib
import logging
from datetime import datetime, timedelta

import imap_tools

from mailbot.config import MailboxConfig, providers
from mailbot.domain.errors import MailbotError
from mailbot.servers.imap_answers import internal_date
from mailbot.servers.imap_folders import sent_name
from mailbot.servers.imap_session import BATCH, Session

log = logging.getLogger(__name__)

MOST = 2000
"""Messages of the folder that are looked through. Not by SEARCH, which Sina and QQ answer with everything."""
SKEW = timedelta(hours=1)
"""By so much the server's clock may differ from ours."""


class SentFolder:
    """The folder of sent mail of one account. A connection lasts for one look: providers allow few."""

    def __init__(self, config: MailboxConfig, timeout: float = 60.0) -> None:
        self._config, self._timeout = config, timeout

    def holds(self, message_id: str, since: datetime) -> bool | None:
        """Whether a letter of that Message-ID lies there that was made then.

        None where that tells nothing: it is not there, and the provider does not file what it takes by SMTP, or the
        folder cannot be read, or not back to then. Never raises.
        """
        try:
            session = _SentSession(self._config, self._timeout)
            try:
                found = session.holds(message_id.encode(), since)
            finally:
                session.close(politely=True)
        except (OSError, imaplib.IMAP4.error, imap_tools.ImapToolsError, ValueError, MailbotError) as error:
            log.warning("mailbox %s: the sent mail cannot be looked through: %s", self._config.name, error)
            return None
        return found if found or providers.of(self._config).keeps_sent_copy else None


class _SentSession(Session):
    def holds(self, message_id: bytes, since: datetime) -> bool | None:
        """Whether one of the messages since then has that Message-ID; None where not all of them could be looked at."""
        name = sent_name(providers.of(self._config).sent_folder, self.folders())
        if name is None:
            return None
        self._folder = name
        self.examine()
        uids = self.uids(0, self.exists)
        whole = len(uids) >= self.exists
        for end in range(len(uids), max(0, len(uids) - MOST), -BATCH):  # the newest first
            batch = uids[max(0, end - BATCH) : end]
            heads = self._fetch(batch, "UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]")
            if any(message_id in value for head in heads.values() for value in head.values()):
                return True
            whole = whole and heads.keys() >= set(batch)
            dates = [internal_date(head.get("INTERNALDATE", b"")) for head in heads.values()]
            if dates and all(date and date < since - SKEW for date in dates):
                return False if whole else None
        return False if whole and len(uids) <= MOST else None
