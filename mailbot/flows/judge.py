"""Judging: one accepted message at a time gets its one outcome, its answer, and what staff are asked about it."""

import contextlib
import logging
from datetime import datetime, timedelta

from mailbot.decide.facts import Facts
from mailbot.decide.judgement import Judged, judge
from mailbot.decide.screening import DEATH_COUNTS, MOST_ATTEMPTS
from mailbot.decide.whose import identify_tables
from mailbot.domain.errors import ArchiveError, MessageLost, ReaderDied, StoreError
from mailbot.domain.mail import Disposition, Head, Waiting
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Identity
from mailbot.flows.answer import letters_about
from mailbot.flows.archived_mail import head_of_archived, open_archived
from mailbot.flows.enqueue import enqueue
from mailbot.flows.not_staff import is_order_of_no_staff, refuse_order
from mailbot.flows.objections import object_to, objection_in
from mailbot.flows.open_cases import ask_staff
from mailbot.flows.ports import App
from mailbot.flows.returned import take_back
from mailbot.flows.sort import proof_of, sort_waiting
from mailbot.flows.staff_mail import obey, orders_of
from mailbot.flows.unit_accounts import unit_answered
from mailbot.letters.receipts import ANSWERED
from mailbot.letters.self_checks import self_check
from mailbot.mail.authentication import confirmed_issuers, written_on_arrival
from mailbot.mail.opening import Opened
from mailbot.mail.screening import automatic
from storage.journal import Judgement, Learnt
from storage.store import Transaction

log = logging.getLogger(__name__)

UNTIL_ASKED_AGAIN = timedelta(hours=1)
"""For so long a message is left alone whose bytes the archive cannot give."""


def judge_next(app: App, *, slowly: bool = False) -> bool:
    """Judge one accepted message of a lane that has no outcome yet; False where there is none.

    All that has come is sorted before by its heads, so that no flood keeps others waiting (`decide.source`); what waits
    of a sender who has had its share of the reading waits until there is some again. A message whose reader died comes
    again after the others, and is set aside after the third time, or at once where it took too long. One with a file
    that takes LibreOffice or unar moves to the slow lane, so that it delays no other; a later mail of the same unit may
    then be judged some seconds before it. One whose bytes the archive cannot give is stepped past for an hour and set
    aside for nothing, and its MessageLost is raised; the next call judges the next.
    """
    if not slowly:
        sort_waiting(app)
    with app.store.transaction() as tx:
        waiting = tx.next_waiting(app.clock(), slow=slowly)
        if waiting is None:
            return False
        if not slowly and _defer(app, tx, waiting):
            return True
        tx.begin_attempt(waiting.id)
    try:
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


def take_in(app: App, waiting: Waiting, *, slowly: bool = False, proof: Proof | None = None) -> None:
    """Judge one message: verdict, records and the answer to send are written in one transaction, or nothing is.

    `proof`: what was known of its sender, where that is known from before; else the mail's own header tells it.
    """
    try:
        opened = _open(app, waiting, slowly=slowly)
    except ReaderDied as death:
        log.warning("message %s: %s", waiting.sha256[:12], death)
        with app.store.transaction() as tx:
            tx.count_attempts(waiting.id, MOST_ATTEMPTS if death.was_too_long else DEATH_COUNTS - 1)
        return
    if opened.is_slow:
        with app.store.transaction() as tx:
            tx.postpone(waiting.id, app.clock(), _sender(opened.head))
        return
    if proof is None:
        with app.store.transaction() as tx:
            proof = proof_of(app, tx, waiting.place.mailbox, opened.head)
    may_order = _may_order(app, waiting, opened, proof)
    if may_order and (orders := orders_of(app, opened)):
        obey(app, waiting, opened, *orders, proof)
    elif may_order and is_order_of_no_staff(app, opened):
        refuse_order(app, waiting, opened, proof)
    elif objection := objection_in(app, waiting, opened, proof):
        object_to(app, waiting, opened, objection, proof)
    else:
        _judge(app, waiting, opened, proof)


def _judge(app: App, waiting: Waiting, opened: Opened, proof: Proof) -> None:
    received_at = waiting.received_at.astimezone(app.config.organisation.zone)
    rules, now = app.rules_of(received_at), app.clock()
    whose = identify_tables(opened, rules.roster)
    with app.store.transaction() as tx:
        facts = _facts(app, tx, waiting, opened, whose, proof)
        verdict = judge(opened, whose, facts, rules)
        case = tx.next_case(rules.campaign.case_prefix) if verdict.disposition in ANSWERED else None
        tx.save(waiting.id, case, opened.head, opened.content_digest, opened.documents, verdict, now, proof)
        for unit, form in {(s.unit, s.reading.form) for s in verdict.submissions if s.unit and s.current}:
            tx.mark_repeated(unit, form, rules.campaign.id)
        if verdict.disposition is Disposition.AUTOMATIC and proof is not Proof.DISOWNED:
            take_back(app, tx, waiting, opened, now)
        if case:
            judged = Judged(opened, verdict, facts.earlier, case, waiting.sha256, received_at, proof)
            enqueue(app, tx, letters_about(app, tx, judged, rules.roster), now, waiting.place.mailbox)
            ask_staff(app, tx, waiting.id, opened, now)
        _learn_issuers(app, tx, waiting, opened.head, now)
        entry = Judgement(
            waiting.sha256, rules.campaign.id, now, facts.set_aside, proof=proof, roster=app.roster_version
        )
        app.archive.journal.add(entry)
    log.info("message %s: %s (%s)", waiting.sha256[:12], verdict.disposition, case or "no case")


def _facts(
    app: App, tx: Transaction, waiting: Waiting, opened: Opened, whose: tuple[Identity, ...], proof: Proof
) -> Facts:
    return Facts(
        earlier=tx.earlier({i.unit.code for i in whose if i.unit}, app.config.campaign.id),
        same_mail_known=_same_mail_known(tx, waiting, opened),
        set_aside=_is_set_aside(waiting),
        proof=proof,
        answered=unit_answered(tx, opened.head),
    )


def _same_mail_known(tx: Transaction, waiting: Waiting, opened: Opened) -> bool:
    return tx.same_mail_known(opened.head.message_id, _sender(opened.head), opened.content_digest, waiting.id)


def _sender(head: Head) -> str:
    return head.sender.address if head.sender else ""


def _learn_issuers(app: App, tx: Transaction, waiting: Waiting, head: Head, now: datetime) -> None:
    """Learn from a mail of the account to itself under what names its provider writes results of authentication.

    Where a provider is seen to write some and no such mail has come yet, one is sent.
    """
    mailbox = next((mailbox for mailbox, _ in app.mailboxes if mailbox.name == waiting.place.mailbox), None)
    known = tx.issuers(waiting.place.mailbox)
    if mailbox is None or mailbox.authserv:
        return
    if head.sender and head.sender.address.lower() == mailbox.address.lower():
        for issuer in sorted(confirmed_issuers(head) - known):
            tx.learn(mailbox.name, [issuer], now)
            app.archive.journal.add(Learnt(mailbox.name, issuer, now))
    elif not known and written_on_arrival(head):
        enqueue(app, tx, [self_check(mailbox.name, mailbox.address, now)], now, mailbox.name)


def _may_order(app: App, waiting: Waiting, opened: Opened, proof: Proof) -> bool:
    """Whether a mail may be one that wants something settled: no robot's, no forged and no doubled one."""
    # staff may write from the mailbox itself
    own = app.own_addresses - app.config.staff.everyone
    if automatic(opened.head, own, opened.words, opened.part_types) or proof is Proof.DISOWNED:
        return False
    with app.store.transaction() as tx:
        return not _same_mail_known(tx, waiting, opened)


# ---------------------------------------------------------------- what may be read


def _open(app: App, waiting: Waiting, *, slowly: bool) -> Opened:
    """The message; of one that killed its reader too often, its head, if that can be read. Raises ReaderDied."""
    if not _is_set_aside(waiting):
        return open_archived(app, waiting.sha256, waiting.received_at, slowly=slowly)
    try:
        head = head_of_archived(app, waiting.sha256)
    except ReaderDied:
        head = Head()
    return Opened(head=head, words="", documents=(), content_digest="")


def _is_set_aside(waiting: Waiting) -> bool:
    return waiting.attempts >= MOST_ATTEMPTS


def _defer(app: App, tx: Transaction, waiting: Waiting) -> bool:
    """Defer all that waits of a source which has had its share of the reading; whether it was deferred.

    This is also what ends an exchange of letters with a robot that hides what it is.
    """
    intake, now = app.config.intake, app.clock()
    shares = ((intake.per_sender_per_hour, timedelta(hours=1)), (intake.per_sender_per_day, timedelta(days=1)))
    if not waiting.source:
        return False
    taken = [(tx.judged_of(waiting.source, most - 1), span) for most, span in shares if most]
    free = max((judged_at + span for judged_at, span in taken if judged_at), default=now)
    return free > now and tx.defer(waiting.source, free) > 0
