"""The story: mail is collected, judged and answered; who owes something is reminded; staff are told.

Every flow may be killed at any line and run again. "Only once" is a unique key in the database, never an `if`.
"""

import contextlib
import logging
from collections.abc import Collection, Iterator
from datetime import timedelta

from mailbot.campaigns.roster import Roster
from mailbot.config import MailboxConfig
from mailbot.decide import delivery, judgement
from mailbot.decide.delivery import Outcome
from mailbot.decide.judgement import DEATH_COUNTS, MOST_ATTEMPTS, Judged, held_back, identities, judge
from mailbot.decide.orders import Order
from mailbot.domain.errors import ArchiveError, MailbotError, MessageLost, ReaderDied, SendError, StoreError
from mailbot.domain.letter import Claimed, LetterKind, LetterState, StoredLetter
from mailbot.domain.mail import Disposition, Head, Sighting, Waiting
from mailbot.domain.submission import Facts, Identity, Verdict
from mailbot.flows import archived, fairness
from mailbot.flows.answer import enqueue, letters, put, written
from mailbot.flows.collect import accept_each, leave_what_is_old, not_to_its_end, undescribed, unnamed
from mailbot.flows.deliver import (
    UNASKED,
    UNTIL_TRIED_AGAIN,
    Delivery,
    claim_next,
    decided_again,
    died_at,
    looked_up,
    missed,
    settled,
    write_down,
)
from mailbot.flows.departures import note_departures
from mailbot.flows.due import account_of, ledger_fault, reminders_due
from mailbot.flows.ports import App, Inbox
from mailbot.flows.report import weekly
from mailbot.flows.settle import ask
from mailbot.flows.staff_mail import obey, order_of
from mailbot.letters import ledger
from mailbot.letters.digests import digests_due
from mailbot.letters.receipts import ANSWERED
from mailbot.mail.opened import Opened
from mailbot.mail.screen import authentication, automatic
from storage.journal import Judgement
from storage.store import Transaction

log = logging.getLogger(__name__)

UNTIL_ASKED_AGAIN = timedelta(hours=1)
"""For so long a message is left alone whose bytes the archive cannot give."""


def begin(app: App) -> None:
    """At the start of a daemon or of a pass: show each form as a view of its own, for whoever reads the database with
    other tools; ask again for what the archive had lost; know as sent what has left."""
    app.store.publish(app.forms.values())
    with app.store.transaction() as tx:
        tx.retry()
    note_departures(app)


# ---------------------------------------------------------------- in


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
        unknown = set(listing.uids) - tx.known_uids(mailbox.name, listing.folder, listing.uidvalidity)
    sightings = inbox.sightings(listing, unknown)
    faults = yield from accept_each(app, inbox, leave_what_is_old(app, mailbox, sightings))
    faults += undescribed(app, inbox, listing, unknown - {sighting.place.uid for sighting in sightings})
    faults += unnamed(inbox, listing)
    if faults:
        raise not_to_its_end(faults, app.withheld[mailbox.name])
    if not mailbox.file_to:
        inbox.settled(listing)
    with app.store.transaction() as tx:
        tx.polled(mailbox.name, listing.folder, listing.uidvalidity, listed_at)


def judge_next(app: App, *, slowly: bool = False) -> bool:
    """Judge one accepted message of a lane that has no outcome yet; False where there is none.

    A message whose reader died comes again after the others, and is set aside after the third time. One whose sender
    has had its share of the reading waits until there is some again. One with a file that takes LibreOffice or unar
    moves to the slow lane, so that it delays no other; a later mail of the same unit may then be judged some seconds
    before it. One whose bytes the archive cannot give is stepped past for an hour and set aside for nothing, and its
    MessageLost is raised; the next call judges the next.
    """
    with app.store.transaction() as tx:
        waiting = tx.next_waiting(app.clock(), slow=slowly)
        if waiting is None:
            return False
        tx.begin_attempt(waiting.id)
    try:
        if slowly or not fairness.defer(app, waiting):
            take_in(app, waiting, slowly=slowly)
    except MessageLost as lost:
        with app.store.transaction() as tx:
            tx.step_past(waiting.id, app.clock() + UNTIL_ASKED_AGAIN, str(lost))
        raise
    except (StoreError, ArchiveError):  # a full or failing disk, say: the message must not be set aside for it
        with contextlib.suppress(StoreError), app.store.transaction() as tx:
            tx.count_attempts(waiting.id, -1)
        raise
    return True


def take_in(app: App, waiting: Waiting, *, slowly: bool = False) -> None:
    """Judge one message: verdict, records and the answer to send are written in one transaction, or nothing is."""
    try:
        opened = (
            _set_aside(app, waiting)
            if waiting.attempts >= MOST_ATTEMPTS
            else archived.opened(app, waiting.sha256, waiting.received_at, slowly=slowly)
        )
    except ReaderDied as death:
        log.warning("message %s: %s", waiting.sha256[:12], death)
        with app.store.transaction() as tx:
            tx.count_attempts(waiting.id, DEATH_COUNTS - 1)
        return
    if opened.is_slow:
        with app.store.transaction() as tx:
            tx.postpone(waiting.id, app.clock())
        return
    if order := _order(app, waiting, opened):
        obey(app, waiting, opened, *order)
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
        for unit, form in {(s.unit, s.reading.form) for s in verdict.submissions if s.unit and s.current}:
            tx.mark_repeated(unit, form, app.config.campaign.id)
        if verdict.disposition is Disposition.AUTOMATIC and not forged:
            tx.bounced(waiting.id, opened.bounces, waiting.received_at)
        if case:
            judged = Judged(opened, verdict, facts.earlier, case, waiting.sha256, received_at, forged)
            enqueue(app, tx, letters(app, tx, judged, roster), now, waiting.place.mailbox)
            ask(app, tx, waiting.id, opened.words, now)
        set_aside = waiting.attempts >= MOST_ATTEMPTS
        app.archive.journal.add(Judgement(waiting.sha256, app.config.campaign.id, now, set_aside))
    log.info("message %s: %s (%s)", waiting.sha256[:12], verdict.disposition, case or "no case")


def _order(app: App, waiting: Waiting, opened: Opened) -> tuple[Order, StoredLetter | None] | None:
    """What one of staff wants settled with this mail, if it is such a one; no robot's, no forged and no doubled one."""
    # staff may write from the mailbox itself
    own = app.own_addresses - app.config.staff.everyone
    if automatic(opened.head, own, opened.words, opened.part_types) or _is_forged(app, waiting, opened.head):
        return None
    with app.store.transaction() as tx:
        if _facts(app, tx, waiting, opened, ()).same_mail_known:
            return None
    return order_of(app, opened)


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


def _set_aside(app: App, waiting: Waiting) -> Opened:
    """What can still be known of a message that killed its reader: its head, if that can be read."""
    try:
        head = archived.head(app, waiting.sha256)
    except ReaderDied:
        head = Head()
    return Opened(head=head, words="", documents=(), content_digest="")


# ---------------------------------------------------------------- what is due


def remind(app: App) -> None:
    """Queue the reminders that should have gone out by now and have not; give up those whose hours are over."""
    now = app.clock()
    with app.store.transaction() as tx:
        enqueue(app, tx, reminders_due(app, tx, now), now)
        enqueue(app, tx, missed(app, tx, now), now)


def report(app: App) -> None:
    """Queue the weekly digest that should have gone out by now and has not; an alert where its ledger is wrong."""
    now = app.clock()
    due = digests_due(app.config, now)
    with app.store.transaction() as tx:
        missing = [address for key, address in due.items() if not tx.letter_exists(key)]
        if not missing:
            return
        account = account_of(app, tx, now)
        if sentence := ledger_fault(app, tx, account):
            log.error("%s", sentence)
            enqueue(app, tx, ledger.fault_alerts(sentence, app.config.campaign, app.config.staff), now)
            return
    # pictures and workbook take seconds: nobody else waits for the database meanwhile
    digests = [written(app, weekly(app, account, now, address), now) for address in missing]
    with app.store.transaction() as tx:
        for envelope in digests:
            if not tx.letter_exists(envelope.key):
                put(app, tx, envelope, now)


# ---------------------------------------------------------------- out


def deliver_next(app: App, shut: Collection[str] = ()) -> Delivery | None:
    """Take up one letter that is due: claim, hand over, settle. None where none is due or the limits are reached.

    One of which a copy may have left is looked for among the sent mail before anything is repeated. `shut`: mailboxes
    whose servers are left alone for now. Raises StoreError and ArchiveError where something cannot be written; it is
    then kept, and written before anything else leaves.
    """
    write_down(app)
    with app.store.transaction() as tx:
        claimed = claim_next(app, tx, shut)
    if claimed is None:
        return None
    try:
        outcome = _attempt(app, claimed)
    except MailbotError:  # it was not handed over, so that is no lost answer
        app.unsettled.append(delivery.put_off(claimed, app.clock(), UNTIL_TRIED_AGAIN))
        raise
    return settled(app, outcome)


def _attempt(app: App, claimed: Claimed) -> Outcome:
    """Hand a letter over, if it is still wanted; what became of it."""
    envelope = claimed.envelope
    if known := looked_up(app, claimed):
        return known
    if envelope.kind in UNASKED and (day := died_at(app, envelope.to)):
        return Outcome(
            claimed, LetterState.DROPPED, app.clock(), why=f"the address returned a letter on {day:%Y-%m-%d}"
        )
    if envelope.kind is LetterKind.REMINDER:
        again = decided_again(app, claimed)
        if isinstance(again, Outcome):
            return again
        envelope = again
    try:
        app.posts[claimed.envelope.mailbox].send(delivery.marked(envelope, claimed.copies))
    except SendError as error:
        return delivery.after_failure(claimed, error, app.clock())
    return Outcome(claimed, LetterState.SENT, app.clock())
