"""Applies a person's decision to the waiting table or message; `flows.settle` stores it."""

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
from mailbot.domain.campaign import Unit
from mailbot.domain.decision import Action, Case, Decision
from mailbot.domain.errors import DecisionRefused
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
"""Codes of the findings that say what a person decided."""

WORDS = {
    Action.ACCEPT: "由工作人员核对后登记",
    Action.REPLACE: "由工作人员核定，替换此前报送的统计表",
    Action.APPEND: "由工作人员核定，与此前报送的一并登记",
    Action.IGNORE: "由工作人员核定，不予登记",
}


def settle_table(
    stored: StoredSubmission,
    decision: Decision,
    unit: Unit | None,
    sent: Sent,
    earlier: Sequence[Earlier],
    campaign: Campaign,
) -> Submission:
    """A waiting table as it is after a decision about it.

    `unit` is the one that the decision names, else the table's own; `sent` says how it came, `earlier` holds what the
    unit sent besides it, oldest first. An assigned table may go on waiting, for what it is to the earlier ones.
    Raises DecisionRefused where the decision does not fit.
    """
    if decision.action in (Action.REJECT, Action.IGNORE):
        return _without_effect(stored.submission, decision)
    if unit is None:
        raise DecisionRefused("该表的填报单位尚未确定，请写明“归属 单位名称”")
    known = [e for e in earlier if e.form == stored.submission.reading.form]
    related = _related(stored.submission, decision, sent, known)
    is_assigned = decision.action is Action.ASSIGN
    dropped = OF_JUDGEMENT | OF_IDENTITY if is_assigned else OF_JUDGEMENT
    own = tuple(f for f in stored.submission.findings if f.code not in dropped)
    if related.relation is Relation.SUPPLEMENTS:
        own = (*own, *_doubled(stored.submission, known))
    said = f"由工作人员核定，归属{unit.name}" if is_assigned else WORDS[decision.action]
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


def _related(submission: Submission, decision: Decision, sent: Sent, known: Sequence[Earlier]) -> Related:
    counting = [e for e in known if e.current and e.status is not Status.REVIEW]
    match decision.action:
        case Action.REPLACE if counting:
            return Related(Relation.REPLACES, counts=True, replaces=tuple(e.id for e in counting))
        case Action.APPEND if counting:
            return Related(Relation.SUPPLEMENTS, counts=True)
        case Action.ACCEPT:
            related = relate(submission.reading, replace(sent, date=None), known)
            if related.relation is Relation.UNCLEAR:
                raise DecisionRefused("该单位此前已报送统计表，请写明是“替换”还是“补充”")
            return related
        case Action.ASSIGN:
            return permitted(relate(submission.reading, sent, known), sent, known)
        case _:
            return Related(Relation.NEW, counts=True)


def _without_effect(submission: Submission, decision: Decision) -> Submission:
    if decision.action is Action.REJECT:
        finding = Finding(Severity.ERROR, REJECTED, f"经核，未予登记：{_reason(decision)}")
    else:
        finding = Finding(Severity.NOTICE, IGNORED, WORDS[Action.IGNORE])
    kept = (f for f in submission.findings if f.code not in OF_JUDGEMENT)
    return replace(submission, status=Status.REJECTED, current=False, replaces=(), findings=(finding, *kept))


def objected_to(submission: Submission, decision: Decision) -> Submission:
    """A table as it is after its unit said that it is not its own: it waits for a person, and nothing is replaced."""
    text = f"登记的联系邮箱 {decision.by} 来信称该表不是其单位报送，已恢复此前的登记"
    findings = (Finding(Severity.NOTICE, OBJECTED, text), *submission.findings)
    return replace(
        submission, status=Status.REVIEW, relation=Relation.UNCLEAR, current=False, replaces=(), findings=findings
    )


def settle_letter(case: Case, decision: Decision, unit: Unit | None) -> Verdict:
    """The outcome of a message without a table after a decision about it. Raises DecisionRefused."""
    match decision.action:
        case Action.ACCEPT | Action.ASSIGN if unit:
            return Verdict(Disposition.INFORMATION, "由工作人员核定，登记为活动信息", unit=unit.code)
        case Action.ACCEPT:
            raise DecisionRefused("来件的单位尚未确定，请写明“归属 单位名称”")
        case Action.REJECT:
            reason = f"由工作人员退回：{_reason(decision)}"
            return Verdict(_kept(case), reason, case.message.code, case.message.unit)
        case Action.IGNORE:
            return Verdict(_kept(case), f"{case.message.reason}（已阅）", case.message.code, case.message.unit)
        case _:
            raise DecisionRefused("来件中没有统计表，不能替换或补充；可以“归属 单位名称”“退回 原因”或“忽略”")


def _kept(case: Case) -> Disposition:
    """The outcome of a message that a decision closes: one that nobody can read stays unreadable."""
    return case.message.disposition or Disposition.REVIEW


def _reason(decision: Decision) -> str:
    if not decision.reason.strip():
        raise DecisionRefused("请写明退回的原因，例如“退回 请按统计表模板填报”")
    return decision.reason.strip()
