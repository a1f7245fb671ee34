"""Applies an act: what it does to what counts. Nothing else changes what counts, and `storage` writes just this.

A report's effect is the verdict on its mail (`judgement.judge`); the effects of all other acts are made here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mailbot.config import Campaign
from mailbot.decide.come_since import check, check_replaced
from mailbot.decide.relation import Sent
from mailbot.decide.settling import objected_to, settle_letter, settle_table, withdrawn
from mailbot.decide.staff_orders import example_day
from mailbot.domain.act import Act, ActKind, StoredAct
from mailbot.domain.campaign import Unit
from mailbot.domain.case import Case
from mailbot.domain.errors import ActRefused, Overtaken
from mailbot.domain.mail import Disposition
from mailbot.domain.submission import Earlier, StoredSubmission, Submission, Verdict


@dataclass(frozen=True, slots=True)
class Effect:
    """What an act does: what its message is from then on, and what each of the tables that it changes is.

    `verdict` is None where the message stays what it is or there is none; its submissions are not looked at.
    `changed` pairs the id of a stored table with what it is from then on; `undoes` is the number of the act whose
    effect is taken back.
    """

    verdict: Verdict | None = None
    changed: tuple[tuple[int, Submission], ...] = ()
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table that an act is about: how it came, and what its unit sent besides it, oldest first."""

    stored: StoredSubmission
    sent: Sent
    besides: tuple[Earlier, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What is known, when an act takes effect, of what it is about."""

    case: Case | None = None
    """What waits; None where nothing does."""
    tables: tuple[Table, ...] = ()
    unit: Unit | None = None
    """The one that the act names, else the one that the tables or the message have."""
    later: tuple[StoredSubmission, ...] = ()
    """The tables of the unit that came, or were decided about, after the actor was asked."""
    believed: Verdict | None = None
    """What the message is judged to be where its sender is believed; None where that is not in doubt."""
    last: StoredAct | None = None
    """The last act about the case that is in force."""
    built_on: str = ""
    """Why that one cannot be taken back, in one sentence."""

    @property
    def version(self) -> int | None:
        """The version of the one table that it is about; None where it is about none, or several."""
        return self.tables[0].stored.version if len(self.tables) == 1 else None


def apply(act: Act, about: About, campaign: Campaign) -> Effect:
    """The effect of an act. Raises ActRefused where it does not fit, with what came since as Overtaken."""
    if act.target.version not in (None, about.version):
        case, meant = act.target.case or "", act.target.version
        raise Overtaken(case, f"受理号 {case} 的统计表已不是第 {meant} 版，原决定未执行")
    match act.kind:
        case ActKind.OBJECT:
            return _object(act, about)
        case ActKind.WITHDRAW:
            return _withdraw(act, about)
        case ActKind.UNDO:
            return _undo(act, about)
        case ActKind.EXTEND:
            return _extend(act, about, campaign)
        case _:
            return _settle(act, about, campaign)


def _object(act: Act, about: About) -> Effect:
    if not about.tables:
        raise ActRefused(f"受理号 {act.target.case} 中没有正在计入该单位的统计表")
    return Effect(changed=tuple((one.stored.id, objected_to(one.stored.submission, act)) for one in about.tables))


def _withdraw(act: Act, about: About) -> Effect:
    if not about.tables:
        raise ActRefused(f"受理号 {act.target.case} 没有正在计入的统计表，不能撤回登记")
    changed = tuple((one.stored.id, withdrawn(one.stored.submission, act)) for one in about.tables)
    return Effect(Verdict(Disposition.SUBMISSION, "登记的统计表已撤回，不再计入"), changed)


def _undo(act: Act, about: About) -> Effect:
    if about.last is None or about.last.number is None:
        raise ActRefused(f"受理号 {act.target.case} 没有可以撤销的决定")
    if about.built_on:
        raise ActRefused(about.built_on)
    return Effect(undoes=about.last.number)


def adds_time(until: date, granted: Act, *, is_asked: bool) -> bool:
    """Whether an extension until that day changes anything for a unit that has one; `is_asked`: a mail waits for it."""
    return granted.until is None or until > granted.until or (until == granted.until and is_asked)


def _extend(act: Act, about: About, campaign: Campaign) -> Effect:
    if about.unit is None or act.until is None:
        raise ActRefused(f"请写明单位和日期，例如“延期 新河街道 {example_day(campaign)}”")
    if about.case is None:
        return Effect()
    reason = f"申请延期，已同意延期至{act.until.month}月{act.until.day}日"
    return Effect(Verdict(Disposition.REVIEW, reason, unit=about.case.message.unit))


def _settle(act: Act, about: About, campaign: Campaign) -> Effect:
    case = about.case
    if case is None:
        raise ActRefused(f"没有待核对的受理号 {act.target.case}")
    check(case, act.kind, about.later)
    if act.kind is ActKind.ASSIGN and act.target.unit is None:
        raise ActRefused("请写明归属的单位，例如“归属 新河街道总工会”")
    if case.kind == "sender" and act.kind is ActKind.ACCEPT:
        return _believe(case, about.believed)
    if case.kind == "sender" and act.kind is not ActKind.IGNORE:
        raise ActRefused("该来件的发件人未经核实，只能“采信”或“忽略”；采信后再处理其中的统计表")
    if not case.tables:
        return Effect(settle_letter(case, act, about.unit))
    settled = [settle_table(one.stored, act, about.unit, one.sent, one.besides, campaign) for one in about.tables]
    if act.kind is ActKind.ASSIGN:
        for submission in settled:
            check_replaced(case, submission.replaces, about.later)
    return Effect(_settled_verdict(settled), _paired(about.tables, settled))


def _believe(case: Case, believed: Verdict | None) -> Effect:
    """A message that was held because its sender was in doubt, as if it had not been."""
    if believed is None or len(believed.submissions) != len(case.tables):
        raise ActRefused("该来件现在读出的统计表与收到时不同（程序已更新），请联系系统管理员重建记录后再处理")
    return Effect(
        believed,
        tuple((stored.id, one) for stored, one in zip(case.tables, believed.submissions, strict=True)),
    )


def _paired(tables: Sequence[Table], settled: Sequence[Submission]) -> tuple[tuple[int, Submission], ...]:
    return tuple((one.stored.id, submission) for one, submission in zip(tables, settled, strict=True))


def _settled_verdict(settled: Sequence[Submission]) -> Verdict:
    units = "、".join(dict.fromkeys(submission.unit_name or "单位待定" for submission in settled))
    return Verdict(Disposition.SUBMISSION, f"{units}的统计表，已由工作人员核定")
