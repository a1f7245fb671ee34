"""Adds a notice where a unit has reported fewer activities than it must."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailbot.config import Campaign
from mailbot.decide.display import number_of_activities
from mailbot.decide.relation import Related
from mailbot.domain.campaign import Unit
from mailbot.domain.submission import Earlier, Relation, Status, Submission
from parsers.reading import Finding, Severity


def with_what_is_owed(
    submission: Submission,
    related: Related,
    unit: Unit | None,
    earlier: Sequence[Earlier],
    siblings: Sequence[Submission],
    campaign: Campaign,
) -> Submission:
    """The submission, with a notice where its unit owes more activities than it has reported with this table.

    None where their number is not told, or where the table waits for a person or says that there was none. `siblings`:
    the tables before it in the same mail.
    """
    owed = _quota_findings(submission, related, unit, earlier, siblings, campaign)
    return replace(submission, findings=(*submission.findings, *owed))


def _quota_findings(
    submission: Submission,
    related: Related,
    unit: Unit | None,
    earlier: Sequence[Earlier],
    siblings: Sequence[Submission],
    campaign: Campaign,
) -> Iterator[Finding]:
    waits = submission.status is Status.REVIEW
    if unit is None or not related.counts or waits or submission.reading.zero_report:
        return
    quota = campaign.quota if unit.quota is None else unit.quota
    numbers = [number_of_activities(submission.reading)]
    if related.relation is Relation.SUPPLEMENTS:
        numbers += [number_of_activities(s.reading) for s in siblings if s.unit == unit.code and s.current]
        numbers += [len(e.records) for e in earlier if e.unit == unit.code and e.current and e.layout == "rows"]
    known = [number for number in numbers if number is not None]
    if len(known) == len(numbers) and sum(known) < quota:
        text = f"目前共登记线下活动{sum(known)}场，本期应开展不少于{quota}场"
        yield Finding(Severity.NOTICE, "quota-unmet", text)
