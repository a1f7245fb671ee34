"""The story: mail is collected, judged and answered; who owes something is reminded; staff are told.

Every flow may be killed at any line and run again. "Only once" is a unique key in the database, never an `if`.
"""

import contextlib
import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot import fairness
from mailbot.answers import enqueue, letters, put, written
from mailbot.calendar import stage_due
from mailbot.config import MailboxConfig
from mailbot.decide import delivery, judgement, ledger
from mailbot.decide.digests import Account, digests_due
from mailbot.decide.judgement import DEATH_COUNTS, MOST_ATTEMPTS, Judged, held_back, identities, judge
from mailbot.decide.orders import Order
from mailbot.decide.receipts import ANSWERED
from mailbot.decide.reminders import reminders
from mailbot.decide.standing import standings
from mailbot.domain import (
    Claimed,
    Disposition,
    Envelope,
    Facts,
    Head,
    Identity,
    Letter,
    LetterKind,
    LetterState,
    Rest,
    Sighting,
    StoredLetter,
    Verdict,
    Waiting,
)
from mailbot.errors import ArchiveError, MailboxError, MessageRefused, ReaderDied, SendError, StoreError
from mailbot.opening import Opened
from mailbot.ports import App, Inbox
from mailbot.review import ask, obey, order_of
from mailbot.roster import Roster
from mailbot.screen import authentication, automatic
from mailbot.watching import check_room
from mailbot.weekly import weekly
from storage.journal import Judgement, departure
from storage.store import Transaction

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
"""How long a letter stays with who claimed it; longer than the ten minutes that a server may take to answer."""
OWNER = "daemon"
UNTIL_JUDGED = timedelta(minutes=1)
"""How long a reminder waits for a mail that has come and is not judged yet."""
NOBODY_KNOWS = "a copy may have left, and was not found among the sent mail; it is not sent again"
NO_LONGER_DUE = "no longer due when it was to be sent: the unit owes nothing any more, or its day has passed"
UNASKED = frozenset({LetterKind.NOTICE, LetterKind.DIGEST})
"""Letters of our own accord, which are not sent to a dead address; reminders are decided anew anyway."""
LEFT_AT_ONCE = 500
"""Old messages that are remembered in one transaction: for its time nobody else can write."""
MOST_BREAKS = 3
"""Connections that may break over a message before the round is given up; one that is only refused stops nothing."""


def begin(app: App) -> None:
    """Show each form as a view of its own in the database, for whoever reads it with other tools."""
    app.store.publish(app.forms.values())


# ---------------------------------------------------------------- in


def collect(app: App, mailbox: MailboxConfig, inbox: Inbox) -> Iterator[Sighting]:
    """Bring every message of a mailbox that is not known yet into the archive and the store; yields each as it is safe.

    A message is accepted when its bytes are on disk and its row is committed; before that it stays untouched on the
    server and is found again by the next round. One that cannot be fetched does not keep back the others; the round
    then ends with its MailboxError and is not a complete one. Raises MailboxError, DiskNearlyFull, ArchiveError,
    StoreError.
    """
    listed_at, faults = app.clock(), list[MailboxError]()
    listing = inbox.listing()
    with app.store.transaction() as tx:
        unknown = set(listing.uids) - tx.known_uids(mailbox.name, listing.folder, listing.uidvalidity)
    sightings = inbox.sightings(listing, unknown)
    for sighting in _leave_what_is_old(app, mailbox, sightings):
        try:
            _accept(app, inbox, sighting)
        except MailboxError as error:
            faults.append(error)
            if sum(not isinstance(fault, MessageRefused) for fault in faults) >= MOST_BREAKS:
                raise
            continue
        yield sighting
    faults += _withheld(inbox, unknown - {sighting.place.uid for sighting in sightings})
    if faults:
        raise faults[0]
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
            for sighting in old[start : start + LEFT_AT_ONCE]:
                tx.leave(sighting.place, app.clock())
    if old:
        log.info("mailbox %s: %s messages from before %s are left alone", mailbox.name, len(old), since)
    return new


def _withheld(inbox: Inbox, undescribed: set[int]) -> Iterator[MailboxError]:
    """Of messages that the server named and then did not describe: those that have not vanished meanwhile."""
    if undescribed and (still := sorted(undescribed & set(inbox.listing().uids))):
        numbers = ", ".join(map(str, still[:10])) + (" …" if len(still) > 10 else "")
        yield MessageRefused(
            f"mailbox {inbox.name}: the server lists {numbers} in {inbox.folder} and does not hand it out"
        )


def _accept(app: App, inbox: Inbox, sighting: Sighting) -> None:
    check_room(app.config, sighting.size)
    sha256 = app.archive.keep(inbox.fetch(sighting.place, sighting.size))
    app.archive.note_arrival(sha256, sighting.place, sighting.received_at)
    with app.store.transaction() as tx:
        tx.accept(sighting, sha256, app.config.campaign.id, app.clock())


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


def judge_next(app: App, *, slowly: bool = False) -> bool:
    """Judge one accepted message of a lane that has no outcome yet; False where there is none.

    A message whose reader died comes again after the others, and is set aside after the third time. One whose sender
    has had its share of the reading waits until there is some again. One with a file
    that takes LibreOffice or unar moves to the slow lane, so that it delays no other; a later mail of the same unit
    may then be judged some seconds before it.
    """
    with app.store.transaction() as tx:
        waiting = tx.next_waiting(app.clock(), slow=slowly)
        if waiting is None:
            return False
        tx.begin_attempt(waiting.id)
    try:
        if slowly or not fairness.defer(app, waiting):
            take_in(app, waiting, slowly=slowly)
    except (StoreError, ArchiveError):  # a full or failing disk, say: the message must not be set aside for it
        with contextlib.suppress(StoreError), app.store.transaction() as tx:
            tx.count_attempts(waiting.id, -1)
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
    with app.store.transaction() as tx:
        enqueue(app, tx, reminders_due(app, tx, now), now)


def reminders_due(app: App, tx: Transaction, now: datetime, unit: str | None = None) -> list[Letter]:
    """The reminders that should be out by now, to all or to one unit, those included that are out.

    None while a mailbox has not been read to its end since the hour of the step or a mail is not judged yet: it may be
    the report.
    """
    campaign, rules = app.config.campaign, app.config.reminders
    deadlines = {campaign.deadline, *tx.extensions().values()}
    if not any(stage_due(campaign, rules, now, deadline) for deadline in deadlines):
        return []
    complete = None if is_unjudged(tx, now) else _complete_until(app, tx)
    submissions, messages = tx.submissions(campaign.id, unit), tx.messages(campaign.id)
    accounts = standings(_roster(app, now, unit), campaign, submissions, messages, tx.extensions())
    return list(reminders(accounts, campaign, rules, now, complete, tx.dead_addresses(), tx.letters()))


def _roster(app: App, now: datetime, unit: str | None = None) -> Roster:
    """The units of that day, after the campaign of its last one; all, or that one."""
    units = app.roster.on(min(now.date(), app.config.campaign.ends_on))
    return units if unit is None else Roster(tuple(u for u in units.units if u.code == unit))


def is_unjudged(tx: Transaction, now: datetime) -> bool:
    """Whether a mail has come that is not judged yet: it may be the report of anybody."""
    return any(tx.next_waiting(now, slow=slow) for slow in (False, True))


def _complete_until(app: App, tx: Transaction) -> datetime | None:
    """Until when every mailbox is known to its end."""
    polls = [tx.last_complete_poll(mailbox.name) for mailbox, _ in app.mailboxes]
    return min((poll for poll in polls if poll), default=None) if all(polls) else None


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


def ledger_fault(app: App, tx: Transaction, account: Account) -> str | None:
    """A sentence where not every message that was received stands in the ledger."""
    return ledger.fault(tx.received(app.config.campaign.id), account.messages)


def account_of(app: App, tx: Transaction, now: datetime) -> Account:
    """All that reminders, digests and the status are made from."""
    campaign = app.config.campaign
    messages, submissions = tx.messages(campaign.id), tx.submissions(campaign.id)
    return Account(
        standings=standings(_roster(app, now), campaign, submissions, messages, tx.extensions()),
        messages=messages,
        submissions=submissions,
        letters=tx.letters(),
        dead=tx.dead_addresses(),
        deferred=len(tx.deferred(now)),
    )


# ---------------------------------------------------------------- out


@dataclass(frozen=True, slots=True)
class Delivery:
    """One letter that was taken up: sent, put off, dropped as no longer due, or failed with a sentence.

    `blocked`: no other letter of its mailbox would fare better now; leave the server alone for `patience` at least.
    """

    key: str
    mailbox: str
    state: LetterState
    failure: str | None = None
    blocked: bool = False
    patience: timedelta = timedelta()


def deliver_next(app: App, shut: Collection[str] = ()) -> Delivery | None:
    """Take up one letter that is due: claim, hand over, settle. None where none is due or the limits are reached.

    One of which a copy may have left is looked for among the sent mail before anything is repeated. `shut`: mailboxes
    whose servers are left alone for now.
    """
    with app.store.transaction() as tx:
        claimed = _claimed(app, tx, shut)
    if claimed is None:
        return None
    envelope = claimed.envelope
    if claimed.copies and app.sent[envelope.mailbox].holds(envelope.message_id):
        return _settled(app, claimed, LetterState.SENT)
    if not delivery.may_go(envelope.kind, claimed.copies):
        return _settled(app, claimed, LetterState.UNCERTAIN, NOBODY_KNOWS)
    if envelope.kind in UNASKED and (died_at := _died_at(app, envelope.to)):
        return _settled(app, claimed, LetterState.DROPPED, f"the address returned a letter on {died_at:%Y-%m-%d}")
    if envelope.kind is LetterKind.REMINDER:
        again = _decided_again(app, claimed)
        if isinstance(again, LetterState):
            return Delivery(envelope.key, envelope.mailbox, again)
        envelope = again
    try:
        app.posts[claimed.envelope.mailbox].send(delivery.marked(envelope, claimed.copies))
    except SendError as error:
        return _failed(app, claimed, error)
    return _settled(app, claimed, LetterState.SENT)


def _claimed(app: App, tx: Transaction, shut: Collection[str]) -> Claimed | None:
    """The next letter of a mailbox that may send one now."""
    now = app.clock()
    closed = {*shut, *(rest.mailbox for rest in tx.resting(now))}
    for mailbox, _ in app.mailboxes:
        limits = delivery.limits(app.config.sending, mailbox)
        lately = (tx.sent_since(now - span, mailbox.name) for span in (timedelta(minutes=1), timedelta(days=1)))
        kinds = delivery.allowed(limits, *lately)
        others = app.posts.keys() - {mailbox.name}
        if mailbox.name in closed or not kinds:
            continue
        if claimed := tx.claim(now, LEASE, OWNER, mailbox.name, others, kinds, limits.per_address_per_hour):
            return claimed
    return None


def _died_at(app: App, address: str) -> datetime | None:
    """When the last letter to a dead address came back, in local time."""
    with app.store.transaction() as tx:
        died_at = tx.died_at(address)
    return died_at and died_at.astimezone(app.config.organisation.zone)


def _decided_again(app: App, claimed: Claimed) -> Envelope | LetterState:
    """A reminder is decided and written anew at the moment of sending.

    It is put off while a mail is not judged yet, and dropped where the unit owes nothing any more or its day is over.
    """
    now, key = app.clock(), claimed.envelope.key
    with app.store.transaction() as tx:
        if is_unjudged(tx, now):
            tx.settle(claimed, OWNER, LetterState.QUEUED, now, due=now + UNTIL_JUDGED)
            return LetterState.QUEUED
        due = reminders_due(app, tx, now, claimed.envelope.unit)
        letter = next((letter for letter in due if letter.key == key), None)
        if letter is None:
            tx.settle(claimed, OWNER, LetterState.DROPPED, now, error=NO_LONGER_DUE)
            return LetterState.DROPPED
        envelope = written(app, letter, now, claimed.envelope.mailbox)
        tx.rewrite(claimed, OWNER, envelope)
    return envelope


def _settled(app: App, claimed: Claimed, state: LetterState, why: str | None = None) -> Delivery:
    envelope, now = claimed.envelope, app.clock()
    with app.store.transaction() as tx:
        tx.settle(claimed, OWNER, state, now, error=why)
        if state is LetterState.SENT:
            app.archive.journal.add(departure(envelope, now))
    return Delivery(envelope.key, envelope.mailbox, state, why if state is LetterState.UNCERTAIN else None)


def _failed(app: App, claimed: Claimed, error: SendError) -> Delivery:
    now, why, mailbox = app.clock(), str(error), claimed.envelope.mailbox
    after = delivery.after_failure(claimed, error, now)
    with app.store.transaction() as tx:
        counted = replace(claimed, refusals=after.refusals, copies=after.copies)
        tx.settle(counted, OWNER, after.state, now, after.due, why)
        if until := delivery.rests_until(error.meaning, now):
            tx.rest(Rest(mailbox, until, why))
        still_works = next((name for name in app.posts if name != mailbox), mailbox)
        enqueue(app, tx, delivery.alerts(mailbox, error, app.config.staff, now), now, still_works)
    patience = delivery.patience(error.meaning)
    return Delivery(claimed.envelope.key, mailbox, after.state, why, error.blocked, patience)
