"""The one outcome of a message, step by step.

screen           what needs no reading, and whether its sender is in doubt
whose            which unit each table reports for
doubts           why a table that was read well may not count yet
same mail        what the tables of the mail are to each other
earlier          what they are to those the unit sent before
counts           whether each counts
owed             what its unit still owes
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.decide.doubts import OTHER_SUBJECT, doubts_about_tables
from mailbot.decide.earlier_reports import relate_to_earlier
from mailbot.decide.facts import Facts, Rules
from mailbot.decide.quota import with_what_is_owed
from mailbot.decide.same_mail import compare_tables
from mailbot.decide.screening import held_back, screen
from mailbot.decide.table_status import counted, is_held
from mailbot.decide.whose import NOT_LISTED
from mailbot.decide.without_table import judge_without_table
from mailbot.domain.act import StoredAct
from mailbot.domain.mail import Disposition
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Earlier, Identity, Status, Submission, Verdict
from mailbot.mail.opening import Opened


@dataclass(frozen=True, slots=True)
class Judged:
    """A message with its outcome: all that the letters about it are made from. `received_at` is local time."""

    opened: Opened
    verdict: Verdict
    earlier: tuple[Earlier, ...]
    """What the verdict was made of."""
    case: str
    sha256: str
    received_at: datetime
    proof: Proof = Proof.UNTOLD
    """What our own provider found out about its sender; one who is disowned is answered only after a decision."""
    settled: StoredAct | None = None
    """The decision of a person that it is answered after."""


def judge(opened: Opened, whose: Sequence[Identity], facts: Facts, rules: Rules) -> Verdict:
    """The one outcome of a message. `whose`: the units of its tables (`whose.identify_tables`)."""
    screened = screen(opened, facts, rules.own)
    if screened.verdict:
        return screened.verdict
    verdict = (
        _judge_tables(opened, whose, facts, rules) if opened.readings else judge_without_table(opened, facts, rules)
    )
    for doubt in screened.doubts:
        verdict = held_back(verdict, doubt)
    return verdict


def _judge_tables(opened: Opened, whose: Sequence[Identity], facts: Facts, rules: Rules) -> Verdict:
    doubts = doubts_about_tables(opened, whose, rules)
    beside = compare_tables(opened, whose)
    held = [is_held((*reading.findings, *found)) for (_, reading), found in zip(opened.readings, doubts, strict=True)]
    related = relate_to_earlier(opened, whose, beside, facts.earlier, held, facts.proof)
    submissions: list[Submission] = []
    for (document, reading), identity, found, one in zip(opened.readings, whose, doubts, related, strict=True):
        table = counted(document.name, reading, found, identity, one)
        table = with_what_is_owed(table, one, identity.unit, facts.earlier, submissions, rules.campaign)
        submissions.append(table)
    return _verdict(tuple(submissions))


def _verdict(submissions: tuple[Submission, ...]) -> Verdict:
    if all(any(finding.code == NOT_LISTED for finding in s.findings) for s in submissions):
        # a name of its own that is nobody's on the roster: perhaps not one of ours at all
        return Verdict(Disposition.REVIEW, "填报单位不在名录中，待人工核对", submissions=submissions)
    if all(any(finding.code == OTHER_SUBJECT for finding in s.findings) for s in submissions):
        return Verdict(Disposition.REVIEW, "所附表格看来不是本次活动的统计表，待人工核对", submissions=submissions)
    units = "、".join(dict.fromkeys(s.unit_name or "单位待定" for s in submissions))
    waits = any(s.status is Status.REVIEW for s in submissions)
    reason = f"{units}的统计表" + ("，待人工核对" if waits else "")
    return Verdict(Disposition.SUBMISSION, reason, submissions=submissions)
