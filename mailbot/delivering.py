"""One letter on its way: claimed within the limits, decided again where that is its kind, and settled."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.answers import enqueue, written
from mailbot.decide import delivery
from mailbot.domain import Claimed, Envelope, LetterKind, LetterState, Rest
from mailbot.due import is_unjudged, reminders_due
from mailbot.errors import SendError
from mailbot.ports import App
from storage.journal import departure
from storage.store import Transaction

LEASE = timedelta(minutes=15)
"""How long a letter stays with who claimed it; longer than the ten minutes that a server may take to answer."""
OWNER = "daemon"
UNTIL_JUDGED = timedelta(minutes=1)
"""How long a reminder waits for a mail that has come and is not judged yet."""
NOBODY_KNOWS = "a copy may have left, and was not found among the sent mail; it is not sent again"
UNASKED = frozenset({LetterKind.NOTICE, LetterKind.DIGEST})
"""Letters of our own accord, which are not sent to a dead address; reminders are decided anew anyway."""
NO_LONGER_DUE = "no longer due when it was to be sent: the unit owes nothing any more, or its day has passed"


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


def claim_next(app: App, tx: Transaction, shut: Collection[str]) -> Claimed | None:
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


def died_at(app: App, address: str) -> datetime | None:
    """When the last letter to a dead address came back, in local time."""
    with app.store.transaction() as tx:
        died_at = tx.died_at(address)
    return died_at and died_at.astimezone(app.config.organisation.zone)


def decided_again(app: App, claimed: Claimed) -> Envelope | LetterState:
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


def settled(app: App, claimed: Claimed, state: LetterState, why: str | None = None) -> Delivery:
    envelope, now = claimed.envelope, app.clock()
    with app.store.transaction() as tx:
        tx.settle(claimed, OWNER, state, now, error=why)
        if state is LetterState.SENT:
            app.archive.journal.add(departure(envelope, now))
    return Delivery(envelope.key, envelope.mailbox, state, why if state is LetterState.UNCERTAIN else None)


def failed(app: App, claimed: Claimed, error: SendError) -> Delivery:
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
