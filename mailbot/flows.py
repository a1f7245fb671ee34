"""The story: mail is collected, judged and answered; who owes something is reminded; staff are told.

Every flow may be killed at any line and run again. "Only once" is a unique key in the database, never an `if`.
"""

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.answers import enqueue, letters
from mailbot.calendar import stage_due
from mailbot.config import MailboxConfig
from mailbot.decide import delivery, judgement
from mailbot.decide.digests import Account, digest, digests_due
from mailbot.decide.judgement import MOST_ATTEMPTS, Judged, held_back, identities, judge
from mailbot.decide.receipts import ANSWERED
from mailbot.decide.reminders import owes, reminders
from mailbot.decide.standing import standings
from mailbot.domain import Claimed, Facts, Head, Identity, LetterKind, LetterState, Sighting, Verdict, Waiting
from mailbot.errors import ArchiveError, MailboxError, ReaderDied, SendError, StoreError
from mailbot.opening import Opened
from mailbot.ports import App, Inbox
from mailbot.roster import Roster
from mailbot.screen import authentication
from mailbot.watching import check_room
from storage.store import Transaction

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
"""How long a letter stays with who claimed it; longer than the ten minutes that a server may take to answer."""
OWNER = "daemon"
MOST_REFUSALS = 3
"""Messages that a server may fail to hand out before the round is given up."""


def begin(app: App) -> None:
    """Show each form as a view of its own in the database, for whoever reads it with other tools."""
    app.store.publish(app.forms.values())


# ---------------------------------------------------------------- in


def collect(app: App, mailbox: MailboxConfig, inbox: Inbox) -> Iterator[Sighting]:
    """Bring every message of a mailbox that is not known yet into the archive and the store; yields each as it is safe.

    A message is accepted when its bytes are on disk and its row is committed; before that it stays untouched on the
    server and is found again by the next round. One that cannot be fetched does not keep back the others; the round
    then ends with its MailboxError and is not a complete one. Raises MailboxError, ArchiveError, StoreError.
    """
    listed_at, refused = app.clock(), []
    listing = inbox.listing()
    with app.store.transaction() as tx:
        known = tx.known_uids(mailbox.name, listing.folder, listing.uidvalidity)
    for sighting in inbox.sightings(listing, sorted(set(listing.uids) - known)):
        try:
            _accept(app, mailbox, inbox, sighting)
        except MailboxError as error:
            refused.append(error)
            if len(refused) >= MOST_REFUSALS:
                raise
            continue
        yield sighting
    if refused:
        raise refused[0]
    with app.store.transaction() as tx:
        tx.polled(mailbox.name, listing.folder, listing.uidvalidity, listed_at)


def _accept(app: App, mailbox: MailboxConfig, inbox: Inbox, sighting: Sighting) -> None:
    check_room(app.config, sighting.size)
    since = mailbox.since or app.config.campaign.starts_on
    if sighting.received_at.astimezone(app.config.organisation.zone).date() < since:
        with app.store.transaction() as tx:
            tx.leave(sighting.place, app.clock())
        return
    sha256 = app.archive.keep(inbox.fetch(sighting.place))
    app.archive.note_arrival(sha256, sighting.place, sighting.received_at)
    with app.store.transaction() as tx:
        tx.accept(sighting, sha256, app.config.campaign.id, app.clock())


def judge_next(app: App, *, slowly: bool = False) -> bool:
    """Judge one accepted message of a lane that has no outcome yet; False where there is none.

    A message whose reader died comes again after the others, and is set aside after the third time. One with a file
    that takes LibreOffice or unar moves to the slow lane, so that it delays no other; a later mail of the same unit
    may then be judged some seconds before it.
    """
    with app.store.transaction() as tx:
        waiting = tx.next_waiting(slow=slowly)
        if waiting is None:
            return False
        tx.begin_attempt(waiting.id)
    try:
        take_in(app, waiting, slowly=slowly)
    except (StoreError, ArchiveError):  # a full or failing disk, say: the message must not be set aside for it
        with contextlib.suppress(StoreError), app.store.transaction() as tx:
            tx.take_back_attempt(waiting.id)
        raise
    return True


def take_in(app: App, waiting: Waiting, *, slowly: bool = False) -> None:
    """Judge one message: verdict, records and the answer to send are written in one transaction, or nothing is."""
    raw = app.archive.open(waiting.sha256)
    try:
        opened = (
            _set_aside(app, raw)
            if waiting.attempts >= MOST_ATTEMPTS
            else app.reader.open(raw, waiting.received_at, slowly=slowly)
        )
    except ReaderDied as death:
        log.warning("message %s: %s", waiting.sha256[:12], death)
        return
    if opened.is_slow:
        with app.store.transaction() as tx:
            tx.postpone(waiting.id, app.clock())
        return
    received_at = waiting.received_at.astimezone(app.config.organisation.zone)
    roster = app.roster.on(received_at.date())
    whose = identities(opened, roster)
    now = app.clock()
    with app.store.transaction() as tx:
        facts = _facts(app, tx, waiting, opened, whose)
        verdict = _verdict(app, waiting, opened, whose, facts, roster)
        forged = _is_forged(app, waiting, opened.head)
        if forged:
            verdict = held_back(verdict)
        case = tx.next_case(app.config.campaign.case_prefix) if verdict.disposition in ANSWERED else None
        tx.save(waiting.id, case, opened.head, opened.content_digest, opened.documents, verdict, now)
        if case:
            judged = Judged(opened, verdict, facts.earlier, case, waiting.sha256, received_at, forged)
            enqueue(app, tx, letters(app, judged, roster), now)
    log.info("message %s: %s (%s)", waiting.sha256[:12], verdict.disposition, case or "no case")


def _facts(app: App, tx: Transaction, waiting: Waiting, opened: Opened, whose: tuple[Identity, ...]) -> Facts:
    head = opened.head
    sender = head.sender.address if head.sender else ""
    return Facts(
        earlier=tx.earlier({i.unit.code for i in whose if i.unit}, app.config.campaign.id),
        same_mail_known=tx.same_mail_known(head.message_id, sender, opened.content_digest, waiting.id),
    )


def _verdict(
    app: App, waiting: Waiting, opened: Opened, whose: tuple[Identity, ...], facts: Facts, roster: Roster
) -> Verdict:
    if waiting.attempts >= MOST_ATTEMPTS:
        return judgement.quarantined()
    return judge(opened, whose, facts, roster, app.config.campaign, app.forms, app.own_addresses)


def _is_forged(app: App, waiting: Waiting, head: Head) -> bool:
    """Whether the provider of the mailbox says that the sender's domain disowns the mail (DMARC)."""
    hosts = next((mailbox.authserv for mailbox, _ in app.mailboxes if mailbox.name == waiting.place.mailbox), ())
    return authentication(head, hosts) == "fail"


def _set_aside(app: App, raw: bytes) -> Opened:
    """What can still be known of a message that killed its reader: its head, if that can be read."""
    try:
        head = app.reader.head(raw)
    except ReaderDied:
        head = Head()
    return Opened(head=head, words="", documents=(), content_digest="")


# ---------------------------------------------------------------- what is due


def remind(app: App) -> None:
    """Queue the reminders that should have gone out by now and have not."""
    now = app.clock()
    if stage_due(app.config.campaign, app.config.reminders, now) is None:
        return
    with app.store.transaction() as tx:
        polls = [tx.last_complete_poll(mailbox.name) for mailbox, _ in app.mailboxes]
        complete = min((poll for poll in polls if poll), default=None) if all(polls) else None
        account = account_of(app, tx, now)
        enqueue(app, tx, reminders(account.standings, app.config.campaign, app.config.reminders, now, complete), now)


def report(app: App) -> None:
    """Queue the weekly digest that should have gone out by now and has not."""
    now = app.clock()
    due = digests_due(app.config, now)
    with app.store.transaction() as tx:
        missing = [address for key, address in due.items() if not tx.letter_exists(key)]
        if missing:
            account = account_of(app, tx, now)
            enqueue(app, tx, (digest(account, app.config, app.forms, now, address) for address in missing), now)


def account_of(app: App, tx: Transaction, now: datetime) -> Account:
    """All that reminders, digests and the status are made from."""
    campaign = app.config.campaign
    messages, submissions = tx.messages(campaign.id), tx.submissions(campaign.id)
    today = min(now.date(), campaign.ends_on)
    return Account(
        standings=standings(app.roster.on(today), campaign, submissions, messages),
        messages=messages,
        submissions=submissions,
        letters=tx.letters(),
    )


# ---------------------------------------------------------------- out


@dataclass(frozen=True, slots=True)
class Delivery:
    """One letter that was taken up: sent, dropped as no longer wanted, or failed with a sentence.

    `blocked`: no other letter would fare better now.
    """

    key: str
    failure: str | None = None
    blocked: bool = False


def deliver_next(app: App) -> Delivery | None:
    """Take up one letter that is due: claim, hand over, settle. None where none is due or the limits are reached."""
    if not delivery.allowed(app.config.sending, *_sent_lately(app)):
        return None
    with app.store.transaction() as tx:
        claimed = tx.claim(app.clock(), LEASE, OWNER)
    if claimed is None:
        return None
    envelope = claimed.envelope
    if not _still_wanted(app, claimed):
        _settle(app, claimed, LetterState.DROPPED, error="no longer owed when it was to be sent")
        return Delivery(envelope.key)
    try:
        app.post.send(envelope)
    except SendError as error:
        after = delivery.after_failure(envelope.kind, claimed.attempts, error, app.clock())
        _settle(app, claimed, after.state, after.due, str(error))
        return Delivery(envelope.key, str(error), error.blocked)
    _settle(app, claimed, LetterState.SENT)
    return Delivery(envelope.key)


def _still_wanted(app: App, claimed: Claimed) -> bool:
    """A reminder is decided again at the moment of sending; every other letter stays wanted."""
    if claimed.envelope.kind is not LetterKind.REMINDER:
        return True
    with app.store.transaction() as tx:
        account = account_of(app, tx, app.clock())
    return any(owes(s) for s in account.standings if s.unit.code == claimed.envelope.unit)


def _settle(
    app: App, claimed: Claimed, state: LetterState, due: datetime | None = None, error: str | None = None
) -> None:
    with app.store.transaction() as tx:
        tx.settle(claimed, OWNER, state, app.clock(), due=due, error=error)


def _sent_lately(app: App) -> tuple[int, int]:
    """Letters sent in the last minute and in the last day."""
    now = app.clock()
    with app.store.transaction() as tx:
        return tx.sent_since(now - timedelta(minutes=1)), tx.sent_since(now - timedelta(days=1))
