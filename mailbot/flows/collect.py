"""Collecting: every message of a mailbox is brought into the archive, and only then known to the database."""

import logging
import random
from collections.abc import Collection, Generator, Iterator, Sequence

from mailbot.config import MailboxConfig
from mailbot.domain.errors import LoginRefused, MailboxError, MessageRefused
from mailbot.domain.mail import Place, Sighting, Withheld
from mailbot.flows.ports import App, Inbox
from mailbot.flows.watch import check_room
from mailbot.mail.message import LARGEST
from mailbot.servers.imap import Listing

log = logging.getLogger(__name__)

LEFT_AT_ONCE = 2000
"""Old messages that are remembered in one transaction: for its time nobody else can write."""
MOST_BREAKS = 3
"""Connections that may break in a row, each over another message, before the round is given up."""
MOST_NAMED = 10


def collect(app: App, mailbox: MailboxConfig, inbox: Inbox) -> Iterator[Sighting]:
    """Bring every message of a mailbox that is not known yet into the archive and the store; yields each as it is safe.

    A message is accepted when its bytes are on disk and its row is committed; before that it stays untouched on the
    server and is found again by the next round. One that cannot be fetched does not keep back the others; the round
    then ends with its MailboxError and is not a complete one. Raises MailboxError, DiskNearlyFull, ArchiveError,
    StoreError.
    """
    listed_at = app.clock()
    listing = inbox.listing()
    with app.store.transaction() as tx:
        known = tx.known_uids(mailbox.name, listing.folder, listing.uidvalidity, listing.above)
    unknown = set(listing.uids) - known
    sightings = inbox.sightings(listing, unknown)
    faults = yield from _accept_each(app, inbox, _leave_what_is_old(app, mailbox, sightings))
    faults += _undescribed(app, inbox, listing, unknown - {sighting.place.uid for sighting in sightings})
    faults += _unnamed(inbox, listing)
    if faults:
        raise _not_to_its_end(faults, app.withheld[mailbox.name])
    if not mailbox.file_to:
        inbox.settled(listing)
    with app.store.transaction() as tx:
        tx.polled(mailbox.name, listing.folder, listing.uidvalidity, listed_at)


def _leave_what_is_old(app: App, mailbox: MailboxConfig, sightings: Collection[Sighting]) -> list[Sighting]:
    """What is not older than the campaign, or `since`; the rest is remembered as seen and never fetched."""
    since, zone = mailbox.since or app.config.campaign.starts_on, app.config.organisation.zone
    old, new = list[Sighting](), list[Sighting]()
    for sighting in sightings:
        (old if sighting.received_at.astimezone(zone).date() < since else new).append(sighting)
    for start in range(0, len(old), LEFT_AT_ONCE):
        with app.store.transaction() as tx:
            tx.leave((sighting.place for sighting in old[start : start + LEFT_AT_ONCE]), app.clock())
    if old:
        log.info("mailbox %s: %s messages from before %s are left alone", mailbox.name, len(old), since)
    return new


def _accept_each(
    app: App, inbox: Inbox, sightings: Collection[Sighting]
) -> Generator[Sighting, None, list[MailboxError]]:
    """Take messages in one by one; yields each as it is safe, returns a sentence for each that the server withholds.

    What was withheld in the round before comes last, and after a break the rest comes in no order, so that no message
    over which the connection breaks keeps back the others for ever, not even where nothing is remembered. Raises the
    MailboxError of the third break in a row, LoginRefused at once, and what `_accept` raises.
    """
    before = app.withheld.get(inbox.name, {})
    rest = sorted(sightings, key=lambda sighting: sighting.place in before)
    found, faults, breaks = dict[Place, Withheld](), list[MailboxError](), 0
    while rest:
        sighting = rest.pop(0)
        try:
            _accept(app, inbox, sighting)
        except LoginRefused:
            raise
        except MailboxError as error:
            app.progressed()
            faults.append(_over(sighting, error))
            found[sighting.place] = Withheld(sighting.place, str(error), sighting.received_at, sighting.size)
            breaks = 0 if isinstance(error, MessageRefused) else breaks + 1
            if breaks == MOST_BREAKS:
                untried = {sighting.place for sighting in rest}
                app.withheld[inbox.name] = {p: before[p] for p in before if p in untried} | found
                raise faults[-1] from error
            if breaks:
                random.shuffle(rest)
        else:
            breaks = 0
            yield sighting
    app.withheld[inbox.name] = found
    return faults


def _over(sighting: Sighting, error: MailboxError) -> MailboxError:
    """A break, with the message over which it came; a refusal names it already."""
    if isinstance(error, MessageRefused):
        return error
    return MailboxError(f"{error} (over message {sighting.place.uid} in {sighting.place.folder})")


def _undescribed(app: App, inbox: Inbox, listing: Listing, uids: set[int]) -> list[MailboxError]:
    """A sentence where the server named messages and then did not describe them, and they have not vanished."""
    if not uids or not (still := sorted(uids & set(inbox.listing().uids))):
        return []
    reason = f"mailbox {inbox.name}: the server lists {_named(still)} in {inbox.folder} and does not hand it out"
    places = [Place(inbox.name, listing.folder, listing.uidvalidity, uid) for uid in still]
    app.withheld[inbox.name] = {**app.withheld[inbox.name], **{place: Withheld(place, reason) for place in places}}
    return [MessageRefused(reason)]


def _unnamed(inbox: Inbox, listing: Listing) -> list[MailboxError]:
    """A sentence where the server counts more messages than it names in any way."""
    if not listing.unnamed:
        return []
    return [
        MessageRefused(
            f"mailbox {inbox.name}: the server says that {listing.folder} holds {listing.count + listing.unnamed} "
            f"messages and names {listing.count}; look in the web mail whether one is damaged, and move it to another "
            "folder if it stays so"
        )
    ]


def _not_to_its_end(faults: Sequence[MailboxError], withheld: Collection[Place]) -> MailboxError:
    """That a mailbox could not be read to its end: the worst fault, and all messages that were not taken in."""
    worst = next((fault for fault in faults if not isinstance(fault, MessageRefused)), faults[0])
    if len(withheld) < 2:
        return worst
    return type(worst)(f"{worst}; not taken in are messages {_named(sorted(place.uid for place in withheld))}")


def _named(uids: Sequence[int]) -> str:
    return ", ".join(map(str, uids[:MOST_NAMED])) + (" …" if len(uids) > MOST_NAMED else "")


def _accept(app: App, inbox: Inbox, sighting: Sighting) -> None:
    """Take one message in: its bytes are on the disk before the database knows of it.

    Of one that is larger than any that is read, the header alone: that is enough to answer it. Raises MailboxError,
    DiskNearlyFull, ArchiveError, StoreError.
    """
    left = sighting.size if sighting.size > LARGEST else 0
    check_room(app.config, 0 if left else sighting.size)
    sha256 = app.archive.keep([inbox.head(sighting.place)] if left else _pieces(app, inbox, sighting))
    app.archive.note_arrival(sha256, sighting.place, sighting.received_at, left)
    with app.store.transaction() as tx:
        tx.accept(sighting, sha256, app.config.campaign.id, app.clock())


def _pieces(app: App, inbox: Inbox, sighting: Sighting) -> Iterator[bytes]:
    """A large message on a slow line takes its time; that is not hanging."""
    for piece in inbox.fetch(sighting.place, sighting.size):
        app.progressed()
        yield piece


def file_away(app: App, mailbox: MailboxConfig, inbox: Inbox) -> str:
    """Move mail that is dealt with to the folder `file_to`, where there is one; what waits for a person stays.

    A courtesy: returns why it failed, or "", and what is left is moved by a later call. Raises StoreError.
    """
    if not mailbox.file_to:
        return ""
    try:
        listing = inbox.listing()
        with app.store.transaction() as tx:
            done = tx.dealt_with(mailbox.name, listing.folder, listing.uidvalidity) & set(listing.uids)
        inbox.file_away(listing, done, mailbox.file_to)
    except MailboxError as error:
        return f"mail that is dealt with is not filed: {error}"
    return ""
