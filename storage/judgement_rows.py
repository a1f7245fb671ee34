"""Maps judged messages, submissions, findings and files to database rows and back."""

import json
from collections import defaultdict
from datetime import datetime
from typing import Protocol, cast

from mailbot.domain.mail import Disposition, Head, StoredMessage
from mailbot.domain.outcome_codes import OF_SENTENCES
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Earlier, Evidence, Relation, Status, StoredSubmission, Submission, Verdict
from parsers.reading import Fault, Finding, Layout, Reading, Record, Severity, Value
from storage import tables
from storage.tables import MessageState, Part
from storage.value_rows import value_of


class Document(Protocol):
    """A file of a message as the store lists it; `mailbot.mail.documents.Document` is one."""

    @property
    def path(self) -> str:
        """Its place in the mail's part tree."""

    @property
    def name(self) -> str:
        """As the sender named it."""

    @property
    def kind(self) -> str:
        """What it is by its bytes."""

    @property
    def size(self) -> int:
        """In bytes."""

    @property
    def sha256(self) -> str:
        """Of its bytes."""

    @property
    def fault(self) -> Fault | None:
        """Why it could not be read."""


def note_verdict(
    message: tables.Message,
    case: str | None,
    head: Head,
    content_digest: str,
    verdict: Verdict,
    at: datetime,
    proof: Proof,
) -> None:
    """Write a verdict into the row of its message."""
    message.state = MessageState.JUDGED
    message.disposition = verdict.disposition
    message.code = verdict.code
    message.reason = verdict.reason
    message.case_name = case
    message.case_number = int(case.rpartition("-")[2]) if case else None
    message.message_id = head.message_id
    message.sender = head.sender.address if head.sender else ""
    message.subject = head.subject
    message.content_digest = content_digest
    message.unit = verdict.unit
    message.judged_at = at
    message.proof = proof


def attachment_row(message: int, position: int, document: Document) -> tables.Attachment:
    """The row that keeps one file, without its bytes."""
    return tables.Attachment(
        message=message,
        position=position,
        path=document.path,
        name=document.name,
        kind=document.kind,
        size=document.size,
        sha256=document.sha256,
        fault=document.fault.code if document.fault else None,
    )


def submission_row(message: int, case: str, submission: Submission, version: int) -> tables.Submission:
    """The row that keeps one submission; its values and findings have rows of their own."""
    reading = submission.reading
    return tables.Submission(
        message=message,
        case_name=case,
        attachment=submission.attachment,
        form=reading.form,
        layout=reading.layout,
        title=reading.title,
        sheet=reading.sheet,
        unit=submission.unit,
        unit_name=submission.unit_name,
        evidence=submission.evidence,
        status=submission.status,
        relation=submission.relation,
        current=submission.current,
        version=version,
        zero_report=reading.zero_report,
        candidates=json.dumps(submission.candidates, ensure_ascii=False),
    )


def finding_row(submission: int, position: int, finding: Finding) -> tables.Finding:
    """The row that keeps one finding."""
    return tables.Finding(
        submission=submission,
        position=position,
        severity=finding.severity,
        code=finding.code,
        field=finding.field,
        record_position=finding.record,
        sheet=finding.sheet,
        cell=finding.cell,
        text=finding.text,
    )


def stored_message(row: tables.Message, settled: bool) -> StoredMessage:
    """The message that a row keeps."""
    assert row.id is not None
    return StoredMessage(
        id=row.id,
        mailbox=row.mailbox,
        sha256=row.sha256,
        message_id=row.message_id,
        sender=row.sender,
        subject=row.subject,
        received_at=row.received_at,
        disposition=Disposition(row.disposition) if row.disposition else None,
        code=row.code or OF_SENTENCES.get(row.reason),
        reason=row.reason,
        case=row.case_name,
        unit=row.unit,
        proof=Proof(row.proof),
        settled=settled,
    )


def stored_submission(
    row: tables.Submission,
    message: tables.Message,
    records: list[tables.Record],
    values: list[tables.Value],
    findings: list[tables.Finding],
    replaced: list[tables.Replacement],
) -> StoredSubmission:
    """The submission that these rows keep."""
    assert row.id is not None
    return StoredSubmission(
        id=row.id,
        message=row.message,
        case=row.case_name,
        sha256=message.sha256,
        sender=message.sender,
        received_at=message.received_at,
        version=row.version,
        submission=Submission(
            attachment=row.attachment,
            reading=_reading(row, records, values),
            unit=row.unit,
            unit_name=row.unit_name,
            evidence=Evidence(row.evidence) if row.evidence else None,
            status=Status(row.status),
            relation=Relation(row.relation),
            current=row.current,
            findings=tuple(_finding(one) for one in findings),
            replaces=tuple(one.replaced for one in replaced),
            candidates=tuple(json.loads(row.candidates)),
        ),
    )


def _reading(row: tables.Submission, records: list[tables.Record], values: list[tables.Value]) -> Reading:
    parts: dict[tuple[str, int | None], dict[str, Value]] = defaultdict(dict)
    for one in values:
        parts[one.part, one.record][one.field] = value_of(one)
    return Reading(
        form=row.form,
        sheet=row.sheet,
        layout=cast(Layout, row.layout),
        title=row.title,
        header=parts[Part.HEADER, None],
        records=tuple(Record(one.row, parts[Part.RECORD, one.id]) for one in records),
        totals=parts[Part.TOTAL, None],
        zero_report=row.zero_report,
    )


def _finding(row: tables.Finding) -> Finding:
    return Finding(Severity(row.severity), row.code, row.text, row.field, row.record_position, row.sheet, row.cell)


def earlier_submission(stored: StoredSubmission) -> Earlier:
    """What a judgement needs to know of a stored submission."""
    submission = stored.submission
    assert submission.unit is not None
    return Earlier(
        id=stored.id,
        unit=submission.unit,
        form=submission.reading.form,
        layout=submission.reading.layout,
        status=submission.status,
        relation=submission.relation,
        current=submission.current,
        version=stored.version,
        sender=stored.sender,
        received_at=stored.received_at,
        records=tuple(
            {key: one.content for key, one in record.values.items()} for record in submission.reading.records
        ),
    )
