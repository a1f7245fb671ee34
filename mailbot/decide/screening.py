"""Which messages need no reading, and whose sender is in doubt: the first step of judging."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from mailbot.decide.facts import Facts
from mailbot.domain.mail import Disposition
from mailbot.domain.outcome_codes import AMBIGUOUS, BY_PROGRAM, FORGED
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Status, Verdict
from mailbot.mail.bounces import bounce_reason
from mailbot.mail.opening import Opened
from mailbot.mail.screening import automatic, may_hold_a_table
from parsers.reading import Finding, Severity

MOST_DEATHS = 3
"""How often a message may kill its reader before it is set aside (contract, disposition)."""
DEATH_COUNTS = 3
"""Attempts. A beginning counts one: where the whole process died it may have been for another reason."""
MOST_ATTEMPTS = MOST_DEATHS * DEATH_COUNTS

WITHOUT_CONSEQUENCE = frozenset({Disposition.AUTOMATIC, Disposition.DUPLICATE, Disposition.UNRELATED})
"""Outcomes with which nothing counts and nobody is answered, whoever wrote."""
QUARANTINED = "quarantined"
"""The code of a message that was set aside."""
DOUBTS = {
    BY_PROGRAM: "所附统计表由系统发送或群发（邮件头或发件地址表明），由工作人员核实后登记和答复",
    AMBIGUOUS: "邮件的发件人一栏写有多个地址或不合规范，由工作人员核实后登记",
    FORGED: "发件人未通过域名验证（DMARC），可能系冒用他人邮箱，由工作人员核实后登记和答复",
}
"""What staff read of a sender in doubt, by the code of the doubt."""


@dataclass(frozen=True, slots=True)
class Screened:
    """The outcome of a message that needs no reading, and the codes of why its sender is in doubt."""

    verdict: Verdict | None
    doubts: tuple[str, ...] = ()


def screen(opened: Opened, facts: Facts, own: Collection[str]) -> Screened:
    """Screen a message; `own` are our own addresses.

    What killed its reader too often is set aside, what a program wrote is never answered, what is known already is
    not judged twice. A program may bring a unit's table all the same; that waits for a person.
    """
    if facts.set_aside:
        return Screened(_set_aside())
    reason = automatic(opened.head, own, opened.words, opened.part_types)
    tabled = any(reading.records or reading.zero_report for _, reading in opened.readings)
    by_program = bool(reason) and tabled and may_hold_a_table(opened.head, own)
    if reason and not by_program:
        returned = [bounce for bounce in opened.bounces if bounce.address.lower() not in own]
        return Screened(Verdict(Disposition.AUTOMATIC, bounce_reason(returned) or reason))
    if facts.same_mail_known:
        return Screened(Verdict(Disposition.DUPLICATE, "与此前收到的一封邮件相同（邮件编号、发件人和内容一致）"))
    doubted = (
        (BY_PROGRAM, by_program and not facts.believed),
        (AMBIGUOUS, opened.head.is_sender_ambiguous and not facts.believed),
        (FORGED, facts.proof is Proof.DISOWNED),
    )
    return Screened(None, tuple(doubt for doubt, is_due in doubted if is_due))


def held_back(verdict: Verdict, doubt: str) -> Verdict:
    """The outcome of a message whose sender is in doubt (one of DOUBTS): all waits for a person."""
    if verdict.disposition in WITHOUT_CONSEQUENCE:
        return verdict
    why = DOUBTS[doubt]
    finding = Finding(Severity.NOTICE, "sender-unverified", why)
    waiting = (
        replace(s, status=Status.REVIEW, current=False, replaces=(), findings=(finding, *s.findings))
        for s in verdict.submissions
    )
    return Verdict(Disposition.REVIEW, why, doubt, verdict.unit, submissions=tuple(waiting))


def _set_aside() -> Verdict:
    """The outcome of a message that killed its reader too often."""
    return Verdict(Disposition.UNREADABLE, "读取该邮件时程序连续多次异常中止，已隔离，请人工查看", QUARANTINED)
