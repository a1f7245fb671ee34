"""Settling: a person's decision is carried out with all that follows from it, letters included, in one transaction.

The archive's journal has a decision before the database does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.campaigns.roster import Roster
from mailbot.decide.cases import is_quarantined
from mailbot.decide.come_since import check, check_replaced
from mailbot.decide.facts import Facts
from mailbot.decide.judgement import Judged, judge
from mailbot.decide.relation import sent_as
from mailbot.decide.settling import IGNORED, objected_to, settle_letter, settle_table
from mailbot.decide.whose import identify_tables
from mailbot.domain.campaign import Unit
from mailbot.domain.decision import Action, Case, Decision, StoredDecision
from mailbot.domain.errors import DecisionRefused, ReaderDied
from mailbot.domain.mail import Address, Disposition, Head, StoredMessage
from mailbot.domain.submission import Status, StoredSubmission, Verdict
from mailbot.flows.answer import letters_about
from mailbot.flows.archived_mail import head_of_archived, open_archived
from mailbot.flows.enqueue import enqueue
from mailbot.flows.extend import extend
from mailbot.flows.open_cases import (
    ask_staff,
    asked_at,
    come_since,
    note_decision,
    roster_then,
    waiting_case,
    waiting_cases,
)
from mailbot.flows.ports import App
from mailbot.letters.extensions import answer_key
from mailbot.letters.receipts import receipt_key
from mailbot.mail.opening import Opened
from storage.store import Transaction

SETTLED = frozenset({Action.ACCEPT, Action.ASSIGN, Action.REPLACE, Action.APPEND, Action.REJECT, Action.IGNORE})


def settle(app: App, decision: Decision, *, anyway: bool = False) -> str:
    """Carry out what a person decided; one Chinese sentence that says what was done.

    `anyway`: whatever has come since staff were asked. Raises DecisionRefused where it does not fit, and then nothing
    is changed; Overtaken where something has come.
    """
    opened = reopened(app, decision.case)
    with app.store.transaction() as tx:
        since = None if anyway else when_asked(app, tx, decision.case)
        return carry_out(app, tx, decision, opened, since)


def reopened(app: App, case: str | None) -> Opened | None:
    """The mail that a case is about, read anew, since its answer is made from it; an empty one where there is none, or
    where it was erased.

    None where it cannot be read now.
    """
    with app.store.transaction() as tx:
        found = [m for m in tx.messages(app.config.campaign.id) if case and m.case and _is_of(case, m.case)]
    if not found or app.archive.outcomes.erased_at(found[0].sha256):
        return Opened(head=Head(), words="", documents=(), content_digest="")
    message = found[0]
    if is_quarantined(message):  # it would kill its reader again
        return _head_alone(app, message)
    try:
        opened = open_archived(app, message.sha256, message.received_at)
        return open_archived(app, message.sha256, message.received_at, slowly=True) if opened.is_slow else opened
    except ReaderDied:
        return None


def _head_alone(app: App, message: StoredMessage) -> Opened:
    try:
        head = head_of_archived(app, message.sha256)
    except ReaderDied:
        head = Head(message_id=message.message_id, sender=Address(message.sender))
    return Opened(head=head, words="", documents=(), content_digest="")


def _is_of(case: str, message_case: str) -> bool:
    """Whether a case is that of a message or of one of its tables (HWM21-0037-2)."""
    return case == message_case or case.startswith(f"{message_case}-")


def when_asked(app: App, tx: Transaction, case: str | None, before: datetime | None = None) -> datetime | None:
    """When staff were last asked about a case that waits, before that moment; None for any other."""
    found = next((one for one in waiting_cases(app, tx) if one.name == case), None)
    return asked_at(tx, found, before) if found else None


def carry_out(app: App, tx: Transaction, decision: Decision, opened: Opened | None, since: datetime | None) -> str:
    """Do what was decided; one Chinese sentence that says what was done. `opened` is `reopened` of its case.

    What has come since that moment may stand against it; None: nothing does. Raises DecisionRefused, with what came as
    Overtaken, before anything is written.
    """
    if opened is None:
        raise DecisionRefused(f"受理号 {decision.case} 的来件现在无法再次读取，请稍后再试")
    said = _carried_out(app, tx, decision, opened, since)
    tx.mark_all_repeated(app.config.campaign.id)
    return said


def _carried_out(app: App, tx: Transaction, decision: Decision, opened: Opened, since: datetime | None) -> str:
    match decision.action:
        case Action.EXTEND:
            return extend(app, tx, decision)
        case Action.UNDO:
            return _undo(app, tx, decision, opened)
        case Action.OBJECT:
            return _object(app, tx, decision, opened)
        case _:
            return _settle_case(app, tx, decision, opened, since)


def _undo(app: App, tx: Transaction, decision: Decision, opened: Opened) -> str:
    case = decision.case or ""
    message_id, undone = tx.take_back(case)
    message = tx.message(message_id)
    note_decision(app, tx, decision, message_id)
    before = next(d for d in tx.decisions() if d.number == undone)
    for key in (receipt_key(message.sha256, before), *_keys_of_extension(app, undone, before)):
        tx.drop(key, "the decision was taken back")
    ask_staff(app, tx, message_id, opened, decision.at)
    return f"受理号 {case} 的上一个决定已撤销，恢复为待核对"


def _object(app: App, tx: Transaction, decision: Decision, opened: Opened) -> str:
    """Let nothing of a message count any more for a unit that says that it is not its own, until a person decides."""
    message = next((m for m in tx.messages(app.config.campaign.id) if m.case == decision.case), None)
    tables = tx.submissions_of(message.id) if message else ()
    objected = [s for s in tables if s.submission.current and s.submission.unit == decision.unit]
    if message is None or not objected:
        raise DecisionRefused(f"受理号 {decision.case} 中没有正在计入该单位的统计表")
    note_decision(app, tx, decision, message.id)
    for stored in objected:
        tx.resettle(stored.id, objected_to(stored.submission, decision))
    ask_staff(app, tx, message.id, opened, decision.at)
    return f"受理号 {decision.case} 的统计表已停止计入，此前的登记已恢复"


def _keys_of_extension(app: App, number: int, undone: StoredDecision) -> Iterator[str]:
    """The letters that told of an extension."""
    if undone.decision.action is Action.EXTEND and (unit := app.roster.get(undone.decision.unit)):
        yield answer_key(number)
        yield from (f"{answer_key(number)}:{address.lower()}" for address in unit.emails)


def _settle_case(app: App, tx: Transaction, decision: Decision, opened: Opened, since: datetime | None) -> str:
    case = waiting_case(app, tx, decision.case or "")
    later = [] if since is None else come_since(app, tx, case, decision.unit, since)
    check(case, decision.action, later)
    roster = roster_then(app, case.message)
    unit = roster.get(decision.unit or next((s.submission.unit for s in case.tables), None) or case.message.unit)
    if decision.action is Action.ASSIGN and decision.unit is None:
        raise DecisionRefused("请写明归属的单位，例如“归属 新河街道总工会”")
    match case.kind:
        case "sender" if decision.action is Action.ACCEPT:
            verdict, number = _believe(app, tx, case, decision, opened)
        case "sender" if decision.action is not Action.IGNORE:
            raise DecisionRefused("该来件的发件人未经核实，只能“采信”或“忽略”；采信后再处理其中的统计表")
        case _:
            verdict, number = _decide(app, tx, case, decision, unit, opened, later)
    message = tx.message(case.message.id)
    stored = tx.submissions_of(message.id)
    if _is_answer_due(tx, message, stored):
        _answer(app, tx, message, verdict, opened, StoredDecision(number, decision, message.sha256, False), roster)
    ask_staff(app, tx, message.id, opened, decision.at)
    return _said(case, decision, tx.submissions_of(message.id), unit)


def _is_answer_due(tx: Transaction, message: StoredMessage, stored: Sequence[StoredSubmission]) -> bool:
    """Whether the last that waited in a message is settled, and not everything in it was ignored."""
    made = (d.decision.action for d in tx.decisions() if d.message == message.sha256 and not d.undone)
    answered = any(action in SETTLED - {Action.IGNORE} for action in made)
    return answered and not any(s.submission.status is Status.REVIEW for s in stored)


def _decide(
    app: App,
    tx: Transaction,
    case: Case,
    decision: Decision,
    unit: Unit | None,
    opened: Opened,
    later: Sequence[StoredSubmission],
) -> tuple[Verdict, int]:
    """Settle a table, or a message without one; it takes the place of none of the `later` ones."""
    if not case.tables:
        verdict = settle_letter(case, decision, unit)
        number = note_decision(app, tx, decision, case.message.id)
        tx.redispose(case.message.id, verdict)
        return verdict, number
    settled = []
    for stored in case.tables:
        earlier = tx.earlier({unit.code}, app.config.campaign.id) if unit else ()
        sent = sent_as(opened, stored.submission.attachment, unit, case.message.proof)
        besides = [e for e in earlier if e.id != stored.id]
        settled.append((stored, settle_table(stored, decision, unit, sent, besides, app.config.campaign)))
    for _, submission in settled:
        if decision.action is Action.ASSIGN:
            check_replaced(case, submission.replaces, later)
    number = note_decision(app, tx, decision, case.message.id)
    for stored, submission in settled:
        tx.resettle(stored.id, submission)
    reason = f"{'、'.join(dict.fromkeys(s.unit_name or '单位待定' for _, s in settled))}的统计表，已由工作人员核定"
    verdict = Verdict(Disposition.SUBMISSION, reason)
    tx.redispose(case.message.id, verdict)
    shown = (s.submission for s in tx.submissions_of(case.message.id))
    kept = tuple(s for s in shown if not any(finding.code == IGNORED for finding in s.findings))
    return replace(verdict, submissions=kept), number


def _believe(app: App, tx: Transaction, case: Case, decision: Decision, opened: Opened) -> tuple[Verdict, int]:
    """Judge a message again that was held because its sender was in doubt, as if it had not been."""
    rules = app.rules_of(case.message.received_at)
    whose = identify_tables(opened, rules.roster)
    facts = Facts(tx.earlier({i.unit.code for i in whose if i.unit}, app.config.campaign.id), believed=True)
    verdict = judge(opened, whose, facts, rules)
    if len(verdict.submissions) != len(case.tables):
        raise DecisionRefused("该来件现在读出的统计表与收到时不同（程序已更新），请联系系统管理员重建记录后再处理")
    number = note_decision(app, tx, decision, case.message.id)
    tx.redispose(case.message.id, verdict)
    for stored, submission in zip(case.tables, verdict.submissions, strict=True):
        tx.resettle(stored.id, submission)
    return verdict, number


def _answer(
    app: App,
    tx: Transaction,
    message: StoredMessage,
    verdict: Verdict,
    opened: Opened,
    settled: StoredDecision,
    roster: Roster,
) -> None:
    units = {s.unit for s in verdict.submissions if s.unit}
    judged = Judged(
        opened=opened,
        verdict=verdict,
        earlier=tx.earlier(units, app.config.campaign.id),
        case=message.case or "",
        sha256=message.sha256,
        received_at=message.received_at.astimezone(app.config.organisation.zone),
        settled=settled,
    )
    enqueue(app, tx, letters_about(app, tx, judged, roster), settled.decision.at, message.mailbox)


def _said(case: Case, decision: Decision, stored: Sequence[StoredSubmission], unit: Unit | None) -> str:
    name = next((s.submission.unit_name for s in stored if s.case == case.name), None) or (unit.name if unit else "")
    whose = f"（{name}）" if name else ""
    waits = any(s.case == case.name and s.submission.status is Status.REVIEW for s in stored)
    done = {
        Action.ACCEPT: "已登记",
        Action.ASSIGN: f"已确定归属{name}" + ("，与此前报送的关系仍待核对" if waits else ""),
        Action.REPLACE: "已登记，替换此前报送的统计表",
        Action.APPEND: "已登记为补报，与此前报送的一并计入",
        Action.REJECT: "已退回，并将原因告知来件人",
        Action.IGNORE: "已忽略，不再处理",
    }[decision.action]
    return f"受理号 {case.name}{whose}{done}"
