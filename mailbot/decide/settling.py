"""What a waiting table or message is after an act of a person about it (`decide.apply`)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailbot.config import Campaign
from mailbot.decide.cases import OBJECTED
from mailbot.decide.doubts import HOLDING
from mailbot.decide.earlier_reports import counted_twice, permitted, relate
from mailbot.decide.quota import with_what_is_owed
from mailbot.decide.relation import Related, Sent
from mailbot.decide.table_status import counted
from mailbot.decide.whose import NOT_LISTED
from mailbot.domain.act import Act, ActKind
from mailbot.domain.campaign import Unit
from mailbot.domain.case import Case
from mailbot.domain.errors import ActRefused
from mailbot.domain.mail import Disposition
from mailbot.domain.submission import (
    Earlier,
    Evidence,
    Identity,
    Relation,
    Status,
    StoredSubmission,
    Submission,
    Verdict,
)
from parsers.reading import Finding, Severity

OF_IDENTITY = frozenset({"unit-unknown", NOT_LISTED, "unit-not-in-table", "sender-other-unit"})
OF_JUDGEMENT = HOLDING | {"relation-unclear", "quota-unmet", "sender-unverified", OBJECTED, "counted-twice"}
"""Codes of findings that a decision answers or that follow anew from it."""
REJECTED, IGNORED, DECIDED, COUNTED_TWICE = "rejected", "ignored", "decided", "counted-twice"
WITHDRAWN = "withdrawn"
"""Codes of the findings that say what a person decided."""

WORDS = {
    ActKind.ACCEPT: "由工作人员核对后登记",
    ActKind.REPLACE: "由工作人员核定，替换此前报送的统计表",
    ActKind.APPEND: "由工作人员核定，与此前报送的一并登记",
    ActKind.IGNORE: "由工作人员核定，不予登记",
}


def settle_table(
    stored: StoredSubmission,
    act: Act,
    unit: Unit | None,
    sent: Sent,
    earlier: Sequence[Earlier],
    campaign: Campaign,
) -> Submission:
    """A waiting table as it is after an act about it.

    `unit` is the one that the act names, else the table's own; `sent` says how it came, `earlier` holds what the
    unit sent besides it, oldest first. An assigned table may go on waiting, for what it is to the earlier ones.
    Raises ActRefused where the act does not fit.
    """
    if act.kind in (ActKind.REJECT, ActKind.IGNORE):
        return _without_effect(stored.submission, act)
    if unit is None:
        raise ActRefused("该表的填报单位尚未确定，请写明“归属 单位名称”")
    known = [e for e in earlier if e.form == stored.submission.reading.form]
    related = _related(stored.submission, act, sent, known)
    is_assigned = act.kind is ActKind.ASSIGN
    dropped = OF_JUDGEMENT | OF_IDENTITY if is_assigned else OF_JUDGEMENT
    own = tuple(f for f in stored.submission.findings if f.code not in dropped)
    if related.relation is Relation.SUPPLEMENTS:
        own = (*own, *_doubled(stored.submission, known))
    said = f"由工作人员核定，归属{unit.name}" if is_assigned else WORDS[act.kind]
    identity = Identity(
        unit,
        Evidence.DECISION if is_assigned else stored.submission.evidence,
        findings=(Finding(Severity.NOTICE, DECIDED, said),),
    )
    submission = counted(stored.submission.attachment, stored.submission.reading, own, identity, related)
    return with_what_is_owed(submission, related, unit, known, (), campaign)


def _doubled(submission: Submission, known: Sequence[Earlier]) -> Iterator[Finding]:
    """What to check where activities count twice, as a person decided."""
    if twice := counted_twice(submission.reading, known):
        text = f"{'、'.join(twice)}与此前登记的活动同名同日而内容不同，现两场均已计入，请核对是否为同一场活动"
        yield Finding(Severity.WARNING, COUNTED_TWICE, text)


def _related(submission: Submission, act: Act, sent: Sent, known: Sequence[Earlier]) -> Related:
    counting = [e for e in known if e.current and e.status is not Status.REVIEW]
    match act.kind:
        case ActKind.REPLACE if counting:
            return Related(Relation.REPLACES, counts=True, replaces=tuple(e.id for e in counting))
        case ActKind.APPEND if counting:
            return Related(Relation.SUPPLEMENTS, counts=True)
        case ActKind.ACCEPT:
            related = relate(submission.reading, replace(sent, date=None), known)
            if related.relation is Relation.UNCLEAR:
                raise ActRefused("该单位此前已报送统计表，请写明是“替换”还是“补充”")
            return related
        case ActKind.ASSIGN:
            return permitted(relate(submission.reading, sent, known), sent, known)
        case _:
            return Related(Relation.NEW, counts=True)


def _without_effect(submission: Submission, act: Act) -> Submission:
    if act.kind is ActKind.REJECT:
        finding = Finding(Severity.ERROR, REJECTED, f"经核，未予登记：{_reason(act)}")
    else:
        finding = Finding(Severity.NOTICE, IGNORED, WORDS[ActKind.IGNORE])
    kept = (f for f in submission.findings if f.code not in OF_JUDGEMENT)
    return replace(submission, status=Status.REJECTED, current=False, replaces=(), findings=(finding, *kept))


def objected_to(submission: Submission, act: Act) -> Submission:
    """A table as it is after its unit said that it is not its own: it waits for a person, and nothing is replaced."""
    text = f"登记的联系邮箱 {act.actor.name} 来信称该表不是其单位报送，已恢复此前的登记"
    findings = (Finding(Severity.NOTICE, OBJECTED, text), *submission.findings)
    return replace(
        submission, status=Status.REVIEW, relation=Relation.UNCLEAR, current=False, replaces=(), findings=findings
    )


def withdrawn(submission: Submission, act: Act) -> Submission:
    """A registered table as it is after a person took it out: what it replaced counts again."""
    why = f"：{act.reason.strip()}" if act.reason.strip() else ""
    finding = Finding(Severity.NOTICE, WITHDRAWN, f"由工作人员撤回登记，不再计入{why}")
    return replace(
        submission, status=Status.WITHDRAWN, current=False, replaces=(), findings=(finding, *submission.findings)
    )


def settle_letter(case: Case, act: Act, unit: Unit | None) -> Verdict:
    """The outcome of a message without a table after a decision about it. Raises ActRefused."""
    match act.kind:
        case ActKind.ACCEPT | ActKind.ASSIGN if unit:
            return Verdict(Disposition.INFORMATION, "由工作人员核定，登记为活动信息", unit=unit.code)
        case ActKind.ACCEPT:
            raise ActRefused("来件的单位尚未确定，请写明“归属 单位名称”")
        case ActKind.REJECT:
            return Verdict(_kept(case), f"由工作人员退回：{_reason(act)}", _kept_code(case), case.message.unit)
        case ActKind.IGNORE:
            return Verdict(_kept(case), f"{case.message.reason}（已阅）", _kept_code(case), case.message.unit)
        case _:
            raise ActRefused("来件中没有统计表，不能替换或补充；可以“归属 单位名称”“退回 原因”或“忽略”")


def _kept(case: Case) -> Disposition:
    """The outcome of a message that an act closes: one that nobody can read stays unreadable."""
    return case.message.disposition or Disposition.REVIEW


def _kept_code(case: Case) -> str | None:
    """Why nobody can read it, where it stays unreadable; what else the code said is settled."""
    return case.message.code if _kept(case) is Disposition.UNREADABLE else None


def _reason(act: Act) -> str:
    if not act.reason.strip():
        raise ActRefused("请写明退回的原因，例如“退回 请按统计表模板填报”")
    return act.reason.strip()
