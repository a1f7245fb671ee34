"""Delivering: claims one letter within the limits, decides a reminder anew, sends it, and stores the result."""

import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from mailbot.config import providers
from mailbot.decide import delivery, sending_limits
from mailbot.decide.delivery import Outcome
from mailbot.domain.errors import ArchiveError, MailbotError, Meaning, SendError, StoreError
from mailbot.domain.letter import Claimed, Envelope, LetterKind, LetterState, Rest
from mailbot.flows.enqueue import enqueue, written
from mailbot.flows.ports import App
from mailbot.flows.remind import reminders_due
from mailbot.flows.returned import note_refusal
from mailbot.flows.setbacks import note
from mailbot.flows.unit_accounts import dead_now, is_unjudged
from mailbot.letters.delivery_alerts import account_alerts
from parsers.marks import quoted
from storage.journal import departure
from storage.store import Transaction

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
"""How long a letter stays with who claimed it; longer than the ten minutes that a server may take to answer."""
OWNER = "daemon"
UNTIL_JUDGED = timedelta(minutes=1)
"""How long a reminder waits for a mail that has come and is not judged yet."""
NOT_WRITTEN = "it cannot be written now, see the log; it is tried again"
NOBODY_KNOWS = "a copy may have left, and was not found among the sent mail; it is not sent again"
UNASKED = frozenset({LetterKind.NOTICE, LetterKind.DIGEST})
"""Letters of our own accord, which are not sent to a dead address; reminders are decided anew anyway."""
UNTIL_TRIED_AGAIN = timedelta(minutes=1)
"""How long a letter waits over which something of ours failed before it was handed over."""
UNTIL_LOOKED_AGAIN = timedelta(minutes=15)


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
    whose servers are left alone for now. Raises StoreError and ArchiveError where something cannot be written; it is
    then kept, and written before anything else leaves.
    """
    _write_down(app)
    with app.store.transaction() as tx:
        claimed = _claim_next(app, tx, shut)
    if claimed is None:
        return None
    key = f"sending {claimed.envelope.key}"
    try:
        outcome = _attempt(app, claimed)
    except (StoreError, ArchiveError):  # it was not handed over, so that is no lost answer
        app.unsettled.append(delivery.put_off(claimed, app.clock(), UNTIL_TRIED_AGAIN))
        raise
    except Exception as error:  # noqa: BLE001 - a fault of this letter, before it was handed over; the others leave
        note(app, key, f"信件{quoted(claimed.envelope.subject)}（{claimed.envelope.to}）", error)
        return _settled(app, delivery.put_off(claimed, app.clock(), UNTIL_LOOKED_AGAIN, str(error)))
    app.setbacks.pop(key, None)
    return _settled(app, outcome)


def _attempt(app: App, claimed: Claimed) -> Outcome:
    """Hand a letter over, if it is still wanted; what became of it."""
    envelope = claimed.envelope
    if known := _looked_up(app, claimed):
        return known
    if envelope.kind in UNASKED and (day := _died_at(app, envelope.to)):
        return Outcome(
            claimed, LetterState.DROPPED, app.clock(), why=f"the address returned a letter on {day:%Y-%m-%d}"
        )
    if envelope.kind is LetterKind.REMINDER:
        again = _decided_again(app, claimed)
        if isinstance(again, Outcome):
            return again
        envelope = again
    try:
        app.posts[claimed.envelope.mailbox].send(delivery.with_copy_note(envelope, claimed.copies))
    except SendError as error:
        return delivery.after_failure(claimed, error, app.clock())
    except MailbotError as error:  # its password is not where the configuration says; so nothing was handed over
        return delivery.after_failure(claimed, SendError(str(error), Meaning.LOGIN), app.clock())
    except Exception as error:  # it may have been handed over
        log.exception("%s: sending ended without an answer", envelope.key)
        lost = SendError(f"{type(error).__name__}: {error}", Meaning.UNCERTAIN)
        return delivery.after_failure(claimed, lost, app.clock())
    return Outcome(claimed, LetterState.SENT, app.clock())


def _claim_next(app: App, tx: Transaction, shut: Collection[str]) -> Claimed | None:
    """The next letter of a mailbox that may send one now."""
    now = app.clock().astimezone(UTC)
    closed = {*shut, *(rest.mailbox for rest in tx.resting(now))}
    for mailbox, inbox in app.mailboxes:
        limits, day = sending_limits.limits(app.config.sending, mailbox), now - timedelta(days=1)
        last_minute = tx.sent_since(now - timedelta(minutes=1), now, mailbox.name) if limits.per_minute else 0
        last_day = tx.sent_since(day, now, mailbox.name) if limits.per_day else 0
        kinds = sending_limits.allowed(limits, last_minute, last_day)
        if mailbox.name in closed or not kinds:
            continue
        yielded = tx.sent_since(day, now, mailbox.name, yielding=True) if limits.per_day else 0
        claimed = tx.claim(
            now,
            LEASE,
            OWNER,
            mailbox.name,
            kinds,
            limits.per_address_per_hour,
            first=inbox is app.mailboxes[0][1],
            yielding=sending_limits.may_yield(limits, last_day, yielded),
        )
        if claimed:
            return claimed
    return None


def _died_at(app: App, address: str) -> datetime | None:
    """When the first letter to a dead address came back, in local time."""
    with app.store.transaction() as tx:
        contact = dead_now(app.roster, tx).get(address.lower())
    return contact.since.astimezone(app.config.organisation.zone) if contact else None


def _looked_up(app: App, claimed: Claimed) -> Outcome | None:
    """What is known of a letter of which a copy may have left; None where a copy may go.

    It is looked for among the sent mail; where that cannot be read for now, again and again for an hour.
    """
    now, mailbox = app.clock(), claimed.envelope.mailbox
    found = app.sent[mailbox].holds(claimed.envelope.message_id, claimed.queued_at) if claimed.copies else False
    if found:  # so one of the copies is no longer unknown
        return Outcome(replace(claimed, copies=claimed.copies - 1), LetterState.SENT, now)
    if found is None and providers.of(app.mailbox(mailbox)).keeps_sent_copy and delivery.looks_again(claimed, now):
        return delivery.put_off(claimed, now, UNTIL_LOOKED_AGAIN)
    if not delivery.may_send_copy(claimed.envelope.kind, claimed.copies):
        return Outcome(claimed, LetterState.UNCERTAIN, now, why=NOBODY_KNOWS)
    return None


def _decided_again(app: App, claimed: Claimed) -> Envelope | Outcome:
    """A reminder is decided and written anew at the moment of sending.

    It is put off while a mail is not judged yet, or where its hours are over (`missed` gives it up), and dropped where
    the unit owes nothing any more.
    """
    now, key, rules = app.clock(), claimed.envelope.key, app.config.reminders
    with app.store.transaction() as tx:
        if is_unjudged(tx, now) or delivery.last_moment(claimed.queued_at, rules, now) <= now:
            return delivery.put_off(claimed, now, UNTIL_JUDGED)
        due = reminders_due(app, tx, now, claimed.envelope.unit)
        letter = next((letter for letter in due if letter.key == key), None)
        if letter is None:
            return Outcome(claimed, LetterState.DROPPED, now, why=delivery.NO_LONGER_DUE)
        envelope = written(app, letter, now, claimed.envelope.mailbox)
        if envelope is None:
            return delivery.put_off(claimed, now, UNTIL_LOOKED_AGAIN, NOT_WRITTEN)
        tx.rewrite(claimed, OWNER, envelope)
    return envelope


def _settled(app: App, outcome: Outcome) -> Delivery:
    """Write down what became of a letter. Raises StoreError and ArchiveError; then nothing leaves until it is written:
    what was handed over must count for the limits, and must not go again."""
    app.unsettled.append(outcome)
    _write_down(app)
    envelope, error = outcome.claimed.envelope, outcome.error
    failure = None if outcome.state is LetterState.DROPPED else outcome.why
    blocked, patience = (error.blocked, delivery.patience(error.meaning)) if error else (False, timedelta())
    return Delivery(envelope.key, envelope.mailbox, outcome.state, failure, blocked, patience)


def _write_down(app: App) -> None:
    """Write down what could not be written when it happened. Raises StoreError and ArchiveError."""
    while app.unsettled:
        _write(app, app.unsettled[0])
        del app.unsettled[0]


def _write(app: App, outcome: Outcome) -> None:
    envelope, now, error = outcome.claimed.envelope, outcome.at, outcome.error
    with app.store.transaction() as tx:
        is_ours = tx.settle(outcome.claimed, OWNER, outcome.state, now, outcome.due, outcome.why)
        if error:
            if is_ours and error.permanent:
                note_refusal(app, tx, outcome.claimed, error, now)
            if until := delivery.rests_until(error.meaning, now):
                tx.rest(Rest(envelope.mailbox, until, str(error)))
            still_works = next((name for name in app.posts if name != envelope.mailbox), envelope.mailbox)
            told = account_alerts(envelope.mailbox, error, app.config.staff, now)
            enqueue(app, tx, told, now, still_works)
        if outcome.state is LetterState.SENT:
            app.archive.journal.add(departure(envelope, now))
