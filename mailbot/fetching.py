"""Bringing one mailbox's mail in: what is older than the campaign is left, the rest is made safe before it is known."""

import logging
from collections.abc import Collection, Iterator

from mailbot.config import MailboxConfig
from mailbot.domain import Sighting
from mailbot.errors import MailboxError, MessageRefused
from mailbot.message.mail import LARGEST
from mailbot.ports import App, Inbox
from mailbot.ticks import gets_on
from mailbot.watching import check_room

log = logging.getLogger(__name__)

LEFT_AT_ONCE = 500
"""Old messages that are remembered in one transaction: for its time nobody else can write."""


def leave_what_is_old(app: App, mailbox: MailboxConfig, sightings: Collection[Sighting]) -> list[Sighting]:
    """What is not older than the campaign, or `since`; the rest is remembered as seen and never fetched."""
    since, zone = mailbox.since or app.config.campaign.starts_on, app.config.organisation.zone
    old, new = list[Sighting](), list[Sighting]()
    for sighting in sightings:
        (old if sighting.received_at.astimezone(zone).date() < since else new).append(sighting)
    for start in range(0, len(old), LEFT_AT_ONCE):
        with app.store.transaction() as tx:
            for sighting in old[start : start + LEFT_AT_ONCE]:
                tx.leave(sighting.place, app.clock())
    if old:
        log.info("mailbox %s: %s messages from before %s are left alone", mailbox.name, len(old), since)
    return new


def withheld(inbox: Inbox, undescribed: set[int]) -> Iterator[MailboxError]:
    """Of messages that the server named and then did not describe: those that have not vanished meanwhile."""
    if undescribed and (still := sorted(undescribed & set(inbox.listing().uids))):
        numbers = ", ".join(map(str, still[:10])) + (" …" if len(still) > 10 else "")
        yield MessageRefused(
            f"mailbox {inbox.name}: the server lists {numbers} in {inbox.folder} and does not hand it out"
        )


def accept(app: App, inbox: Inbox, sighting: Sighting) -> None:
    """Take one message in: its bytes are on the disk before the database knows of it.

    Of one that is larger than any that is read, the header alone: that is enough to answer it. Raises MailboxError,
    DiskNearlyFull, ArchiveError, StoreError.
    """
    left = sighting.size if sighting.size > LARGEST else 0
    check_room(app.config, 0 if left else sighting.size)
    sha256 = app.archive.keep([inbox.head(sighting.place)] if left else _pieces(inbox, sighting))
    app.archive.note_arrival(sha256, sighting.place, sighting.received_at, left)
    with app.store.transaction() as tx:
        tx.accept(sighting, sha256, app.config.campaign.id, app.clock())


def _pieces(inbox: Inbox, sighting: Sighting) -> Iterator[bytes]:
    """A large message on a slow line takes its time; that is not hanging."""
    for piece in inbox.fetch(sighting.place, sighting.size):
        gets_on()
        yield piece


def file_away(app: App, mailbox: MailboxConfig, inbox: Inbox) -> None:
    """Move mail that is dealt with to the folder `file_to`, where there is one; what waits for a person stays.

    A courtesy: its failure is a line in the log, and the next round tries again. Raises StoreError.
    """
    if not mailbox.file_to:
        return
    try:
        listing = inbox.listing()
        with app.store.transaction() as tx:
            done = tx.dealt_with(mailbox.name, listing.folder, listing.uidvalidity) & set(listing.uids)
        inbox.file_away(listing, done, mailbox.file_to)
    except MailboxError as error:
        log.warning("mail is not filed: %s", error)
