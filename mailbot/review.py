"""People decide: what waits is settled on the command line, or by answering the letter that asks.

A decision, all that follows from it and the letters about it are written in one transaction; the archive's journal has
it before the database does.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.answers import enqueue, letters
from mailbot.contents import Transcript
from mailbot.decide import orders
from mailbot.decide.cases import case_letter, cases, choices, one_time_word
from mailbot.decide.judgement import Judged, identities, judge, sent_as
from mailbot.decide.orders import Order
from mailbot.decide.receipts import receipt_key
from mailbot.decide.settling import IGNORED, settle_letter, settle_table
from mailbot.decide.standing import standings
from mailbot.domain import (
    Action,
    Case,
    Decision,
    Disposition,
    Facts,
    Head,
    Letter,
    LetterKind,
    Status,
    StoredDecision,
    StoredLetter,
    StoredMessage,
    StoredSubmission,
    Unit,
    Verdict,
    Via,
    Waiting,
)
from mailbot.errors import DecisionRefused, ReaderDied
from mailbot.opening import Opened
from mailbot.ports import App
from mailbot.roster import Roster
from storage.journal import Judgement, Settlement
from storage.store import Transaction

SETTLED = frozenset({Action.ACCEPT, Action.ASSIGN, Action.REPLACE, Action.APPEND, Action.REJECT, Action.IGNORE})


# ---------------------------------------------------------------- what waits


def waiting_cases(app: App, tx: Transaction) -> tuple[Case, ...]:
    """All that waits for a person, oldest first."""
    campaign = app.config.campaign.id
    return cases(tx.messages(campaign), tx.submissions(campaign))


def ask(app: App, tx: Transaction, message: int, words: str, now: datetime) -> None:
    """Queue the letters that ask staff about what waits in a message, if anything does."""
    turn = tx.decisions_about(message)
    for case in cases([tx.message(message)], tx.submissions_of(message)):
        units = {stored.submission.unit for stored in case.tables}
        zone, own = app.config.organisation.zone, {stored.id for stored in case.tables}
        earlier = [
            replace(one, received_at=one.received_at.astimezone(zone))
            for one in tx.earlier({unit for unit in units if unit}, app.config.campaign.id)
            if one.id not in own
        ]
        roster, secret = _roster(app, case.message), app.archive.secret()
        asking = (
            case_letter(case, words, earlier, roster, app.forms, address, secret, turn)
            for address in sorted(app.config.staff.everyone)
        )
        enqueue(app, tx, asking, now)


# ---------------------------------------------------------------- deciding


def settle(app: App, decision: Decision) -> str:
    """Carry out what a person decided; one Chinese sentence that says what was done.

    Raises DecisionRefused where it does not fit, and then nothing is changed.
    """
    opened = _opened(app, decision.case)
    with app.store.transaction() as tx:
        return _settle(app, tx, decision, opened)


def _opened(app: App, case: str | None) -> Opened:
    """The mail that a case is about, read anew, since its answer is made from it."""
    with app.store.transaction() as tx:
        found = [m for m in tx.messages(app.config.campaign.id) if case and m.case and _is_of(case, m.case)]
    if not found:
        return Opened(head=Head(), words="", documents=(), content_digest="")
    raw = app.archive.open(found[0].sha256)
    try:
        opened = app.reader.open(raw, found[0].received_at)
        return app.reader.open(raw, found[0].received_at, slowly=True) if opened.is_slow else opened
    except ReaderDied:
        raise DecisionRefused(f"受理号 {case} 的来件无法再次读取，请稍后再试") from None


def _is_of(case: str, message_case: str) -> bool:
    """Whether a case is that of a message or of one of its tables (HWM21-0037-2)."""
    return case == message_case or case.startswith(f"{message_case}-")


def _settle(app: App, tx: Transaction, decision: Decision, opened: Opened) -> str:
    said = _carried_out(app, tx, decision, opened)
    tx.mark_all_repeated(app.config.campaign.id)
    return said


def _carried_out(app: App, tx: Transaction, decision: Decision, opened: Opened) -> str:
    match decision.action:
        case Action.EXTEND:
            return _extend(app, tx, decision)
        case Action.UNDO:
            return _undo(app, tx, decision, opened)
        case _:
            return _settle_case(app, tx, decision, opened)


def _extend(app: App, tx: Transaction, decision: Decision) -> str:
    unit, until = app.roster.get(decision.unit), decision.until
    if unit is None or until is None:
        raise DecisionRefused("请写明单位和日期，例如“延期 新河街道 10月8日”")
    _note(app, tx, decision, None)
    return f"{unit.name} 的报送截止日已延至 {until.year}年{until.month}月{until.day}日"


def _undo(app: App, tx: Transaction, decision: Decision, opened: Opened) -> str:
    case = decision.case or ""
    message_id, undone = tx.take_back(case)
    message = tx.message(message_id)
    _note(app, tx, decision, message_id)
    before = next(d for d in tx.decisions() if d.number == undone)
    tx.drop(receipt_key(message.sha256, before), "the decision was taken back")
    ask(app, tx, message_id, opened.words, decision.at)
    return f"受理号 {case} 的上一个决定已撤销，恢复为待核对"


def _settle_case(app: App, tx: Transaction, decision: Decision, opened: Opened) -> str:
    case = _waiting(app, tx, decision.case or "")
    roster = _roster(app, case.message)
    unit = roster.get(decision.unit or next((s.submission.unit for s in case.tables), None) or case.message.unit)
    if decision.action is Action.ASSIGN and decision.unit is None:
        raise DecisionRefused("请写明归属的单位，例如“归属 新河街道总工会”")
    match case.kind:
        case "sender" if decision.action is Action.ACCEPT:
            verdict, number = _believe(app, tx, case, decision, opened, roster)
        case "sender" if decision.action is not Action.IGNORE:
            raise DecisionRefused("该来件的发件人未经核实，只能“采信”或“忽略”；采信后再处理其中的统计表")
        case _:
            verdict, number = _decide(app, tx, case, decision, unit, opened)
    message = tx.message(case.message.id)
    stored = tx.submissions_of(message.id)
    if decision.action is not Action.IGNORE and not any(s.submission.status is Status.REVIEW for s in stored):
        _answer(app, tx, message, verdict, opened, StoredDecision(number, decision, message.sha256, False), roster)
    ask(app, tx, message.id, opened.words, decision.at)
    return _said(case, decision, tx.submissions_of(message.id), unit)


def _waiting(app: App, tx: Transaction, name: str) -> Case:
    found = next((case for case in waiting_cases(app, tx) if case.name == name), None)
    if found:
        return found
    before = [d for d in tx.decisions() if d.decision.case == name and not d.undone]
    if before:
        by, at = before[-1].decision.by, before[-1].decision.at.astimezone(app.config.organisation.zone)
        raise DecisionRefused(f"受理号 {name} 已由 {by} 于 {at:%Y-%m-%d %H:%M} 核定；如需更改，请先撤销")
    raise DecisionRefused(f"没有待核对的受理号 {name}")


def _decide(
    app: App, tx: Transaction, case: Case, decision: Decision, unit: Unit | None, opened: Opened
) -> tuple[Verdict, int]:
    """Settle a table, or a message without one."""
    if not case.tables:
        verdict = settle_letter(case, decision, unit)
        number = _note(app, tx, decision, case.message.id)
        tx.redispose(case.message.id, verdict)
        return verdict, number
    settled = []
    for stored in case.tables:
        earlier = tx.earlier({unit.code}, app.config.campaign.id) if unit else ()
        sent = sent_as(opened, stored.submission.attachment, unit)
        besides = [e for e in earlier if e.id != stored.id]
        settled.append((stored, settle_table(stored, decision, unit, sent, besides, app.config.campaign)))
    number = _note(app, tx, decision, case.message.id)
    for stored, submission in settled:
        tx.resettle(stored.id, submission)
    reason = f"{'、'.join(dict.fromkeys(s.unit_name or '单位待定' for _, s in settled))}的统计表，已由工作人员核定"
    verdict = Verdict(Disposition.SUBMISSION, reason)
    tx.redispose(case.message.id, verdict)
    shown = (s.submission for s in tx.submissions_of(case.message.id))
    kept = tuple(s for s in shown if not any(finding.code == IGNORED for finding in s.findings))
    return replace(verdict, submissions=kept), number


def _believe(
    app: App, tx: Transaction, case: Case, decision: Decision, opened: Opened, roster: Roster
) -> tuple[Verdict, int]:
    """Judge a message again that was held because its sender's domain disowned it, as if it had not."""
    whose = identities(opened, roster)
    facts = Facts(tx.earlier({i.unit.code for i in whose if i.unit}, app.config.campaign.id))
    verdict = judge(opened, whose, facts, roster, app.config.campaign, app.forms, app.own_addresses)
    if len(verdict.submissions) != len(case.tables):
        raise DecisionRefused("该来件现在读出的统计表与收到时不同（程序已更新），请联系系统管理员重建记录后再处理")
    number = _note(app, tx, decision, case.message.id)
    tx.redispose(case.message.id, verdict)
    for stored, submission in zip(case.tables, verdict.submissions, strict=True):
        tx.resettle(stored.id, submission)
    return verdict, number


def _note(app: App, tx: Transaction, decision: Decision, message: int | None) -> int:
    """Write a decision down, in the database and before that in the journal; its number."""
    number = tx.decide(decision, message)
    app.archive.journal.add(Settlement(number, app.config.campaign.id, decision))
    return number


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
    enqueue(app, tx, letters(app, tx, judged, roster), settled.decision.at, message.mailbox)


def _said(case: Case, decision: Decision, stored: Sequence[StoredSubmission], unit: Unit | None) -> str:
    name = next((s.submission.unit_name for s in stored if s.case == case.name), None) or (unit.name if unit else "")
    whose = f"（{name}）" if name else ""
    waits = any(s.case == case.name and s.submission.status is Status.REVIEW for s in stored)
    done = {
        Action.ACCEPT: "已登记",
        Action.ASSIGN: f"已确定归属{name}" + ("，与此前报送的关系仍待核对" if waits else ""),
        Action.REPLACE: "已登记，替换此前报送的统计表",
        Action.APPEND: "已登记，与此前报送的一并计入",
        Action.REJECT: "已退回，并将原因告知来件人",
        Action.IGNORE: "已忽略，不再处理",
    }[decision.action]
    return f"受理号 {case.name}{whose}{done}"


def _roster(app: App, message: StoredMessage) -> Roster:
    return app.roster.on(message.received_at.astimezone(app.config.organisation.zone).date())


# ---------------------------------------------------------------- deciding by mail


def order_of(app: App, opened: Opened) -> tuple[Order, StoredLetter | None] | None:
    """What one of staff wants with a mail, and the letter of ours that it answers; None for any other mail."""
    head, answered = opened.head, (*opened.head.in_reply_to, *opened.head.references)
    with app.store.transaction() as tx:
        letter = tx.answered_letter(orders.token_in(head), answered)
        answers_us = letter is not None or tx.answers_letter_to_staff(answered)
    order = orders.order_in(opened, app.config.staff.everyone, answers_us)
    return (order, letter) if order else None


def obey(app: App, waiting: Waiting, opened: Opened, order: Order, letter: StoredLetter | None) -> None:
    """Settle what staff wrote, and answer with what was done or why not; all of it in one transaction."""
    case = order.case or (_case_of(letter) if letter else None)
    about = _opened(app, case)
    with app.store.transaction() as tx:
        now = app.clock()
        try:
            lines, is_done = _carry_out(app, tx, order, letter, case, opened, about, now), True
        except DecisionRefused as refusal:
            lines, is_done = (str(refusal),), False
        reason = f"工作人员指令“{order.line[:40]}”：{lines[0]}"
        verdict = Verdict(Disposition.COMMAND, reason)
        tx.save(waiting.id, None, opened.head, opened.content_digest, opened.documents, verdict, now)
        answer = _transcript(app, tx, waiting, opened, order, case, lines, is_done)
        enqueue(app, tx, [answer], now, waiting.place.mailbox)
        app.archive.journal.add(Judgement(waiting.sha256, app.config.campaign.id, now, order=reason))


def _case_of(letter: StoredLetter) -> str | None:
    """The case that a letter to staff asks about, or tells of."""
    name = letter.key.split(":")[1] if letter.kind is LetterKind.CASE else letter.key.split(":")[2]
    return None if name == "-" else name


def _carry_out(
    app: App,
    tx: Transaction,
    order: Order,
    letter: StoredLetter | None,
    case: str | None,
    opened: Opened,
    about: Opened,
    now: datetime,
) -> tuple[str, ...]:
    """What was done, or what was asked, in lines. Raises DecisionRefused."""
    if order.asks == "help":
        return orders.HELP
    if order.asks == "status":
        return _status(app, tx, now)
    if not order.is_understood:
        raise DecisionRefused(orders.NOT_UNDERSTOOD)
    if letter is None:
        raise DecisionRefused("请回复待核定来件的来信或本信（保留主题中的口令），以便核实")
    token = letter.key.rpartition(":")[2]
    if tx.token_used(token):
        raise DecisionRefused("该来信的口令已使用过；如需再次处理，请回复最近一次的答复信")
    sender = opened.head.sender
    decision = Decision(
        action=order.action or Action.IGNORE,
        case=case,
        by=sender.address.lower() if sender else "",
        via=Via.MAIL,
        at=now,
        reason=order.reason,
        token=token,
    )
    return (_settle(app, tx, _completed(app, tx, decision, order), about),)


def _completed(app: App, tx: Transaction, decision: Decision, order: Order) -> Decision:
    """The decision with the unit and the day that the order names in words, or those of the numbered choice."""
    if order.choice is not None:
        case = _waiting(app, tx, decision.case or "")
        choice = orders.chosen(order.choice, choices(case, _roster(app, case.message)))
        return replace(decision, action=choice.action, unit=choice.unit)
    if order.action is Action.EXTEND and order.day:
        campaign = app.config.campaign
        until = orders.day_called(order.day, campaign.deadline, campaign.ends_on)
        return replace(decision, case=None, unit=orders.unit_called(order.unit, app.roster), until=until)
    if decision.case is None:
        raise DecisionRefused("请在前面写明受理号，例如“HWM21-0037 替换”")
    if order.unit:
        return replace(decision, unit=orders.unit_called(order.unit, app.roster))
    return decision


def _status(app: App, tx: Transaction, now: datetime) -> tuple[str, ...]:
    campaign = app.config.campaign
    messages, submissions = tx.messages(campaign.id), tx.submissions(campaign.id)
    today = min(now.date(), campaign.ends_on)
    all_units = standings(app.roster.on(today), campaign, submissions, messages)
    missing = [s.unit.name for s in all_units if not s.reported]
    reported = len(all_units) - len(missing)
    return (
        f"应报 {len(all_units)} 家，已报 {reported} 家，未报 {len(missing)} 家，"
        f"待补正 {sum(bool(s.open_errors) for s in all_units)} 家",
        f"线下活动 {sum(s.activities for s in all_units)} 场",
        f"尚未报送：{'、'.join(missing) or '无'}",
    )


def _transcript(
    app: App,
    tx: Transaction,
    waiting: Waiting,
    opened: Opened,
    order: Order,
    case: str | None,
    lines: tuple[str, ...],
    is_done: bool,
) -> Letter:
    key = f"transcript:{waiting.sha256}:{case or '-'}"
    token = one_time_word(app.archive.secret(), key)
    open_cases = tuple(f"{c.name}　{c.why}" for c in waiting_cases(app, tx))
    head = opened.head
    about = f"受理号 {case}，" if case else ""
    return Letter(
        key=f"{key}:{token}",
        kind=LetterKind.TRANSCRIPT,
        to=head.sender.address if head.sender else "",
        subject=f"【{'已办理' if is_done else '未办理'}】对系统来信的答复（{about}口令 {token}）",
        template="transcript",
        content=Transcript(order.line, is_done, lines, open_cases, token),
        answers=head.message_id,
        thread=head.references,
    )
