"""Staff decide by mail: they answer the letter that asks, and hear what was done or why not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.decide import staff_orders
from mailbot.decide.cases import choices
from mailbot.decide.permit import permit, roles_of_staff
from mailbot.decide.staff_orders import Order
from mailbot.decide.standing import Standing
from mailbot.decide.unit_state import granted_in_words
from mailbot.domain.act import Act, ActKind, Actor, Source, Target, Via
from mailbot.domain.errors import ActRefused, ArchiveError, MessageLost, Overtaken, StoreError
from mailbot.domain.letter import Letter, LetterKind, StoredLetter
from mailbot.domain.letter_contents import Carried, Transcript
from mailbot.domain.mail import Disposition, Waiting
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Verdict
from mailbot.flows.enqueue import enqueue
from mailbot.flows.open_cases import ask_staff, roster_then, waiting_case, waiting_cases
from mailbot.flows.ports import App
from mailbot.flows.setbacks import note
from mailbot.flows.settle import carry_out, reopened, when_asked
from mailbot.flows.unit_accounts import account_of
from mailbot.letters.case_letters import one_time_word
from mailbot.letters.not_staff import PREFIX as NOT_STAFF
from mailbot.mail.opening import Opened
from parsers.marks import quoted
from storage.journal import Judgement
from storage.store import Transaction

WORD_HOLDS = timedelta(hours=72)
"""For so long after its letter left a one-time word holds."""
UNVOUCHED_ANSWERS = 10
"""Answers a day to one of staff by whose mails nothing was decided and for whom no provider vouches."""
MOST_NAMED = 100
"""Waiting cases that an answer may be used for."""
CANNOT_BE_DONE = "处理时程序出错，未作任何改动，已记入运行日志；请联系系统管理员"


def orders_of(app: App, opened: Opened) -> tuple[tuple[Order, ...], StoredLetter | None] | None:
    """What one of staff wants with a mail, and the letter of ours that it answers; None for any other mail."""
    head, answered = opened.head, (*opened.head.in_reply_to, *opened.head.references)
    with app.store.transaction() as tx:
        letter = tx.answered_letter(staff_orders.token_in(head), answered)
        if letter and letter.key.startswith(NOT_STAFF):  # it went to somebody else, and bears no word
            letter = None
        answers_us = letter is not None or tx.answers_letter_to_staff(answered)
    orders = staff_orders.orders_in(opened, app.config.staff.everyone, answers_us)
    return (orders, letter) if orders else None


def obey(
    app: App, waiting: Waiting, opened: Opened, orders: Sequence[Order], letter: StoredLetter | None, proof: Proof
) -> None:
    """Settle what staff wrote, and answer line by line with what was done or why not; all of it in one transaction.

    Over a line that makes the program fail nothing is lost but that line: the others are carried out without it.
    """
    asked = _case_of(letter) if letter else None
    cases = [order.case or (None if place else asked) for place, order in enumerate(orders)]
    wanted = [_Wanted(order, case, _reopened(app, case)) for order, case in zip(orders, cases, strict=True)]
    sender, failed = opened.head.sender, set[int]()
    while True:
        by = sender.address.lower() if sender else ""
        desk = _Desk(app, letter, Actor(by, Via.MAIL, proof), app.clock(), failed, waiting)
        try:
            return _settle_all(app, waiting, opened, wanted, desk)
        except (StoreError, ArchiveError):
            raise
        except Exception as error:
            if desk.place in failed:
                raise
            failed.add(desk.place)
            line = wanted[desk.place].order.line[:40]
            note(app, f"order in {waiting.sha256[:12]}", f"工作人员指令{quoted(line)}", error)


def _reopened(app: App, case: str | None) -> Opened | None:
    try:
        return reopened(app, case)
    except MessageLost:
        return None


def _settle_all(app: App, waiting: Waiting, opened: Opened, wanted: Sequence["_Wanted"], desk: "_Desk") -> None:
    proof = desk.actor.proof
    with app.store.transaction() as tx:
        now, carried = desk.now, tuple(desk.carry_out(tx, place, one) for place, one in enumerate(wanted))
        reason = "；".join(f"工作人员指令{quoted(one.asked[:40])}：{one.lines[0]}" for one in carried)
        verdict = Verdict(Disposition.COMMAND, reason)
        tx.save(waiting.id, None, opened.head, opened.content_digest, opened.documents, verdict, now, proof)
        if desk.is_used or _may_answer(app, tx, waiting, desk.actor):
            answer = _transcript(app, tx, waiting, opened, wanted, carried)
            enqueue(app, tx, [answer], now, waiting.place.mailbox)
        entry = Judgement(
            waiting.sha256, app.config.campaign.id, now, order=reason, proof=proof, roster=app.roster_version
        )
        app.archive.journal.add(entry)


def _may_answer(app: App, tx: Transaction, waiting: Waiting, actor: Actor) -> bool:
    """Whether an order by which nothing was decided is answered: where nobody vouches for it, some times a day."""
    if actor.proof is Proof.AUTHENTICATED:
        return True
    day = waiting.received_at.astimezone(app.config.organisation.zone).date()
    return tx.count(day, f"told {actor.name}") <= UNVOUCHED_ANSWERS


def _case_of(letter: StoredLetter) -> str | None:
    """The case that a letter to staff asks about, or tells of."""
    name = letter.key.split(":")[1] if letter.kind is LetterKind.CASE else letter.key.split(":")[2]
    return None if name == "-" else name


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One line of staff, the case that it is about, and the mail of that case (`settle.reopened`)."""

    order: Order
    case: str | None
    about: Opened | None


@dataclass
class _Desk:
    """Carries out the lines of one mail, but for those that have `failed` before; `place` is the line that it is at.

    The one-time word of the letter stands beside the first act that was made with it. `mail` is what they are in.
    """

    app: App
    letter: StoredLetter | None
    actor: Actor
    now: datetime
    failed: Collection[int]
    mail: Waiting
    place: int = 0
    is_used: bool = False

    def carry_out(self, tx: Transaction, place: int, wanted: _Wanted) -> Carried:
        """What was done, or what was asked, or why nothing was."""
        self.place, line = place, wanted.order.line
        if place in self.failed:
            return Carried(line, False, (CANNOT_BE_DONE,))
        try:
            return Carried(line, True, self._carried_out(tx, wanted))
        except Overtaken as overtaken:
            case = waiting_case(self.app, tx, overtaken.case)
            if wanted.about:
                ask_staff(self.app, tx, case.message.id, wanted.about, self.now, again=True)
            return Carried(line, False, (f"{overtaken}，已重新发出核定邮件，请按现有情况回复",))
        except ActRefused as refusal:
            return Carried(line, False, (str(refusal),))

    def _carried_out(self, tx: Transaction, wanted: _Wanted) -> tuple[str, ...]:
        order, app = wanted.order, self.app
        if order.asks == "help":
            return staff_orders.help_lines(staff_orders.example_day(app.config.campaign))
        if order.asks == "status":
            return _status(app, tx, self.now)
        if not order.is_understood:
            raise ActRefused(staff_orders.NOT_UNDERSTOOD)
        kind, roles = order.kind or ActKind.IGNORE, roles_of_staff(self.actor, app.config.staff.everyone)
        if why := permit(kind, self.actor, roles).why:
            raise ActRefused(why)
        if self.letter is None:
            raise ActRefused("请回复待核定来件的来信或本信（保留主题中的口令），以便核实")
        token = self.letter.key.rpartition(":")[2]
        if not self.is_used and tx.token_used(token):
            raise ActRefused("该来信的口令已使用过；如需再次处理，请回复最近一次的答复信")
        if self.mail.received_at - (self.letter.sent_at or self.letter.queued_at) > WORD_HOLDS:
            raise ActRefused("该来信的口令已过期（72小时内有效）；如需处理，请回复本信")
        self._check_named(tx, wanted)
        made = Act(
            kind=kind,
            actor=self.actor,
            target=Target(wanted.case),
            at=self.now,
            source=Source(self.mail.sha256, order.line, None if self.is_used else token),
            reason=order.reason,
        )
        since = when_asked(app, tx, wanted.case, self.letter.queued_at)
        said = carry_out(app, tx, _completed(app, tx, made, order), wanted.about, since)
        self.is_used = True
        return (said,)

    def _check_named(self, tx: Transaction, wanted: _Wanted) -> None:
        """Raise ActRefused where the word of the letter is not for that case."""
        letter, case = self.letter, wanted.case
        if letter is None or case is None or case in (letter.cases or (_case_of(letter),)):
            return
        if wanted.order.kind not in (ActKind.UNDO, ActKind.WITHDRAW):
            waiting_case(self.app, tx, case)  # it may have been settled, or not exist
        raise ActRefused(f"该来信的口令不适用于受理号 {case}；请回复该件的核定来信，或回复本信")


def _completed(app: App, tx: Transaction, act: Act, order: Order) -> Act:
    """The act with the unit and the day that the order names in words, or those of the numbered choice."""
    if order.choice is not None:
        case = waiting_case(app, tx, _named(act))
        choice = staff_orders.chosen(order.choice, choices(case, roster_then(app, case.message)))
        return replace(act, kind=choice.kind, target=replace(act.target, unit=choice.unit))
    if order.kind is ActKind.EXTEND and order.day:
        return _extension(app, tx, act, order, order.day)
    _named(act)
    if order.unit:
        return replace(act, target=replace(act.target, unit=staff_orders.unit_called(order.unit, app.roster)))
    return act


def _named(act: Act) -> str:
    if act.target.case is None:
        raise ActRefused("请在前面写明受理号，例如“HWM21-0037 替换”")
    return act.target.case


def _extension(app: App, tx: Transaction, act: Act, order: Order, day: staff_orders.Day) -> Act:
    """For the unit that is named, else for that of the mail that is answered, which it then settles."""
    campaign = app.config.campaign
    until = staff_orders.day_called(day, campaign.deadline, campaign.ends_on)
    if act.target.case and not order.unit:
        waiting_case(app, tx, act.target.case)  # where somebody has settled it, this says who
    asking = next((one for one in waiting_cases(app, tx) if one.name == act.target.case and one.kind == "letter"), None)
    asked = asking.message.unit if asking else None
    unit = staff_orders.unit_called(order.unit, app.roster) if order.unit else asked
    case = act.target.case if unit and unit == asked else None
    return replace(act, target=Target(case, unit), until=until)


def _status(app: App, tx: Transaction, now: datetime) -> tuple[str, ...]:
    all_units = account_of(app, tx, now).standings
    missing = [s for s in all_units if not s.reported and not s.is_open]
    waiting = [s for s in all_units if s.is_open]
    again = sum(s.reported for s in waiting)
    besides = f"（其中已报 {again} 家）" if again else ""
    silent = [s for s in all_units if s.is_zero_report]
    return (
        f"应报 {len(all_units)} 家，已报 {sum(s.reported for s in all_units)} 家，未报 {len(missing)} 家，"
        f"来件待核 {len(waiting)} 家{besides}，待补正 {sum(bool(s.open_errors) for s in all_units)} 家",
        f"线下活动 {sum(s.activities for s in all_units)} 场",
        f"尚未报送：{'、'.join(s.unit.name + granted_in_words(s, '（{}）') for s in missing) or '无'}",
        *((f"来件待核：{'、'.join(s.unit.name for s in waiting)}",) if waiting else ()),
        *((f"零报告：{'、'.join(_with_reason(s) for s in silent)}",) if silent else ()),
    )


def _with_reason(standing: Standing) -> str:
    return standing.unit.name + (f"（{standing.zero_reason}）" if standing.zero_reason else "")


def _transcript(
    app: App,
    tx: Transaction,
    waiting: Waiting,
    opened: Opened,
    wanted: Sequence[_Wanted],
    carried: tuple[Carried, ...],
) -> Letter:
    case, touched = wanted[0].case, [one.case for one in wanted if one.case]
    key = f"transcript:{waiting.sha256}:{case or '-'}"
    token, open_now = one_time_word(app.archive.secret(), key), waiting_cases(app, tx)
    open_cases = tuple(f"{c.name}　{c.why}" for c in open_now)
    head, done = opened.head, sum(one.is_done for one in carried)
    outcome = "已办理" if done == len(carried) else "部分办理" if done else "未办理"
    about = f"受理号 {case}，" if case and len(carried) == 1 else ""
    return Letter(
        key=f"{key}:{token}",
        kind=LetterKind.TRANSCRIPT,
        to=head.sender.address if head.sender else "",
        subject=f"【{outcome}】对系统来信的答复（{about}口令 {token}）",
        template="transcript",
        content=Transcript(carried, open_cases, token),
        cases=tuple(dict.fromkeys((*([case] if case else []), *touched, *(c.name for c in open_now[:MOST_NAMED])))),
        answers=head.message_id,
        thread=head.references,
    )
