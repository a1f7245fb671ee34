"""Decides whether a table counts: by its unit, its doubts and its relation to other tables."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailbot.decide.doubts import HOLDING
from mailbot.decide.other_year import OTHER_YEAR, SAID_WITH_IT
from mailbot.decide.relation import Related
from mailbot.domain.submission import Identity, Relation, Status, Submission
from parsers.reading import Finding, Reading, Severity


def counted(
    attachment: str, reading: Reading, doubts: Sequence[Finding], identity: Identity, related: Related
) -> Submission:
    """One table as it is stored. It waits where its unit is open, its relation unclear, or a doubt is one that holds.

    Its findings are the reading's own, then those of each step in their order.
    """
    findings = (
        *_own_findings(reading, identity, doubts),
        *doubts,
        *identity.findings,
        *_relation_findings(related),
    )
    if identity.unit is None or related.relation is Relation.UNCLEAR or is_held(findings):
        status = Status.REVIEW
    elif any(finding.severity is Severity.ERROR for finding in findings):
        status = Status.NEEDS_CORRECTION
    else:
        status = Status.ACCEPTED
    counts = related.counts and status is not Status.REVIEW
    return Submission(
        attachment=attachment,
        reading=replace(reading, findings=()),
        unit=identity.unit.code if identity.unit else None,
        unit_name=identity.unit.name if identity.unit else None,
        evidence=identity.evidence,
        status=status,
        relation=related.relation,
        current=counts,
        findings=findings,
        replaces=related.replaces if counts else (),
        candidates=tuple(unit.code for unit in identity.candidates),
    )


def is_held(findings: Sequence[Finding]) -> bool:
    """Whether a person looks before the table may count."""
    return any(finding.code in HOLDING for finding in findings)


def _own_findings(reading: Reading, identity: Identity, doubts: Sequence[Finding]) -> Iterator[Finding]:
    """The reading's own findings, but for what another step says: that the unit is missing, or that the year is."""
    said = any(finding.field == "unit_raw" for finding in identity.findings)
    own = (f for f in reading.findings if not (said and f.field == "unit_raw" and f.code == "missing-value"))
    is_of_other_year = any(finding.code == OTHER_YEAR for finding in doubts)
    return (f for f in own if not (is_of_other_year and f.code in SAID_WITH_IT))


def _relation_findings(related: Related) -> Iterator[Finding]:
    if related.relation is Relation.UNCLEAR and related.why:
        yield Finding(Severity.NOTICE, "relation-unclear", f"{related.why}，由工作人员核对后登记")
    elif related.why:
        yield Finding(Severity.NOTICE, "counted-elsewhere", related.why)
    if related.gone:
        text = f"此前登记的{'、'.join(related.gone)}不在本次的表中，已不再计入；如仍应计入，请连同本表内容重新报送"
        yield Finding(Severity.WARNING, "activities-gone", text)
