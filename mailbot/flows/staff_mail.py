"""Staff decide by mail: they answer the letter that asks, and hear what was done or why not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from mailbot.decide import staff_orders
from mailbot.decide.cases import choices
from mailbot.decide.staff_orders import Order
from mailbot.domain.decision import Action, Decision, Via
from mailbot.domain.errors import DecisionRefused, MessageLost
from mailbot.domain.letter import Letter, LetterKind, StoredLetter
from mailbot.domain.letter_contents import Transcript
from mailbot.domain.mail import Disposition, Waiting
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Verdict
from mailbot.flows.enqueue import enqueue
from mailbot.flows.ports import App
from mailbot.flows.setbacks import by_itself
from mailbot.flows.settle import carry_out, reopened, roster_then, waiting_case, waiting_cases
from mailbot.flows.unit_accounts import account_of
from mailbot.letters.case_letters import one_time_word
from mailbot.mail.opening import Opened
from storage.journal import Judgement
from storage.store import Transaction

CANNOT_BE_DONE = "处理时程序出错，未作任何改动，已记入运行日志；请联系系统管理员"


def order_of(app: App, opened: Opened) -> tuple[Order, StoredLetter | None] | None:
    """What one of staff wants with a mail, and the letter of ours that it answers; None for any other mail."""
    head, answered = opened.head, (*opened.head.in_reply_to, *opened.head.references)
    with app.store.transaction() as tx:
        letter = tx.answered_letter(staff_orders.token_in(head), answered)
        answers_us = letter is not None or tx.answers_letter_to_staff(answered)
    order = staff_orders.order_in(opened, app.config.staff.everyone, answers_us)
    return (order, letter) if order else None


def obey(app: App, waiting: Waiting, opened: Opened, order: Order, letter: StoredLetter | None, proof: Proof) -> None:
    """Settle what staff wrote, and answer with what was done or why not; all of it in one transaction."""
    case = order.case or (_case_of(letter) if letter else None)
    key, about = f"order in {waiting.sha256[:12]}", f"工作人员指令“{order.line[:40]}”"
    with by_itself(app, key, about):
        _settle_or_refuse(app, waiting, opened, order, letter, case, proof)
    if key in app.setbacks:  # a fault of ours, over this one case: who wrote must hear that nothing was done
        _write(app, waiting, opened, order, case, proof, lambda tx, now: ((CANNOT_BE_DONE,), False))


def _settle_or_refuse(
    app: App,
    waiting: Waiting,
    opened: Opened,
    order: Order,
    letter: StoredLetter | None,
    case: str | None,
    proof: Proof,
) -> None:
    try:
        about = reopened(app, case)
    except MessageLost:
        about = None

    def carried_out(tx: Transaction, now: datetime) -> tuple[tuple[str, ...], bool]:
        try:
            return _carry_out(app, tx, order, letter, case, opened, about, now), True
        except DecisionRefused as refusal:
            return (str(refusal),), False

    _write(app, waiting, opened, order, case, proof, carried_out)


def _write(
    app: App,
    waiting: Waiting,
    opened: Opened,
    order: Order,
    case: str | None,
    proof: Proof,
    work: Callable[[Transaction, datetime], tuple[tuple[str, ...], bool]],
) -> None:
    """What `work` does, the outcome of the mail and the answer to it, in one transaction."""
    with app.store.transaction() as tx:
        now = app.clock()
        lines, is_done = work(tx, now)
        reason = f"工作人员指令“{order.line[:40]}”：{lines[0]}"
        verdict = Verdict(Disposition.COMMAND, reason)
        tx.save(waiting.id, None, opened.head, opened.content_digest, opened.documents, verdict, now, proof)
        answer = _transcript(app, tx, waiting, opened, order, case, lines, is_done)
        enqueue(app, tx, [answer], now, waiting.place.mailbox)
        entry = Judgement(
            waiting.sha256, app.config.campaign.id, now, order=reason, proof=proof, roster=app.roster_version
        )
        app.archive.journal.add(entry)


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
    about: Opened | None,
    now: datetime,
) -> tuple[str, ...]:
    """What was done, or what was asked, in lines. Raises DecisionRefused."""
    if order.asks == "help":
        return staff_orders.HELP
    if order.asks == "status":
        return _status(app, tx, now)
    if not order.is_understood:
        raise DecisionRefused(staff_orders.NOT_UNDERSTOOD)
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
    return (carry_out(app, tx, _completed(app, tx, decision, order), about),)


def _completed(app: App, tx: Transaction, decision: Decision, order: Order) -> Decision:
    """The decision with the unit and the day that the order names in words, or those of the numbered choice."""
    if order.choice is not None:
        case = waiting_case(app, tx, decision.case or "")
        choice = staff_orders.chosen(order.choice, choices(case, roster_then(app, case.message)))
        return replace(decision, action=choice.action, unit=choice.unit)
    if order.action is Action.EXTEND and order.day:
        campaign = app.config.campaign
        until = staff_orders.day_called(order.day, campaign.deadline, campaign.ends_on)
        return replace(decision, case=None, unit=staff_orders.unit_called(order.unit, app.roster), until=until)
    if decision.case is None:
        raise DecisionRefused("请在前面写明受理号，例如“HWM21-0037 替换”")
    if order.unit:
        return replace(decision, unit=staff_orders.unit_called(order.unit, app.roster))
    return decision


def _status(app: App, tx: Transaction, now: datetime) -> tuple[str, ...]:
    all_units = account_of(app, tx, now).standings
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
