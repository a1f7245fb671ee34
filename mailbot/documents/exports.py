"""Exports the records for other programs: the JSON document and the lines of a CSV file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.decide.display import PRECISION, in_words, title_of
from mailbot.domain.act import StoredAct
from mailbot.domain.mail import Disposition, StoredAttachment, StoredMessage
from mailbot.domain.submission import Status, StoredSubmission
from parsers.forms.form import Form
from parsers.reading import Content, Finding, Reading, Record, Value

SCHEMA = "mailbot.export/1"

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so runs as a formula when a CSV file is opened in a spreadsheet."""


def document(
    campaign: str,
    messages: Sequence[StoredMessage],
    submissions: Sequence[StoredSubmission],
    zone: ZoneInfo,
    decisions: Sequence[StoredAct] = (),
) -> dict[str, Any]:
    """The JSON export; times are local to the campaign, with their offset."""
    return {
        "schema": SCHEMA,
        "campaign": campaign,
        "messages": [_message(message, zone) for message in messages],
        "submissions": [_submission(stored) for stored in submissions],
        "decisions": [decision(stored, zone) for stored in decisions],
    }


def without_words(canonical: str) -> str:
    """The same records without the sentences that this program writes about them, which a newer one may word otherwise.

    What counts stays: outcomes, values, cells, statuses, and each finding with its severity, code and place.
    """
    records = json.loads(canonical)
    for message in records["messages"]:
        message["reason"] = None
    for submission in records["submissions"]:
        for finding in submission["findings"]:
            finding["text"] = None
    return json.dumps(records, ensure_ascii=False, indent=1, sort_keys=True)


def canonical(
    exported: Mapping[str, Any], messages: Sequence[StoredMessage], attachments: Sequence[StoredAttachment]
) -> str:
    """A campaign's records as one text that is equal for equal records, whatever numbers a database gave them.

    `exported` is the `document`. What was judged and decided is in it with every value, cell and finding; letters,
    which a replay does not send, are not.
    """
    numbers = {one["id"]: one["case"] for one in exported["submissions"]}
    settled = {message.sha256: [message.unit, message.settled] for message in messages}
    dump = {
        **exported,
        "messages": sorted(
            ({**one, "unit_and_settled": settled[one["sha256"]]} for one in exported["messages"]),
            key=lambda one: str(one["sha256"]),
        ),
        "submissions": sorted(
            (
                {**one, "id": None, "replaces": [numbers[replaced] for replaced in one["replaces"]]}
                for one in exported["submissions"]
            ),
            key=lambda one: str(one["case"]),
        ),
        "attachments": sorted(map(list, map(astuple, attachments)), key=str),
    }
    return json.dumps(dump, ensure_ascii=False, indent=1, sort_keys=True)


def decision(stored: StoredAct, zone: ZoneInfo) -> dict[str, Any]:
    """A decision of a person, in the words of the export."""
    made = stored.act
    return {
        "number": stored.number,
        "at": _local(made.at, zone),
        "by": made.actor.name,
        "via": made.actor.via,
        "action": made.kind,
        "case": made.target.case,
        "unit": made.target.unit,
        "until": made.until.isoformat() if made.until else None,
        "reason": made.reason,
        "undone": stored.undone,
    }


def _message(message: StoredMessage, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "mailbox": message.mailbox,
        "sha256": message.sha256,
        "message_id": message.message_id,
        "from": message.sender,
        "subject": message.subject,
        "received_at": _local(message.received_at, zone),
        "disposition": message.disposition,
        "code": message.code if message.disposition is Disposition.UNREADABLE else None,
        "reason": message.reason,
        "case": message.case,
    }


def reading(read: Reading) -> dict[str, Any]:
    """One table as it was read, in the words of the export."""
    return {
        "form": read.form,
        "sheet": read.sheet,
        "layout": read.layout,
        "title": read.title,
        "zero_report": read.zero_report,
        **_values(read),
        "findings": [_finding(finding) for finding in read.findings],
    }


def _values(read: Reading) -> dict[str, Any]:
    return {
        "header": _contents(read.header),
        "header_cells": _cells(read.header),
        "records": [_record(record) for record in read.records],
        "totals": _contents(read.totals),
        "total_cells": _cells(read.totals),
    }


def _submission(stored: StoredSubmission) -> dict[str, Any]:
    submission, read = stored.submission, stored.submission.reading
    return {
        "id": stored.id,
        "case": stored.case,
        "sha256": stored.sha256,
        "attachment": submission.attachment,
        "unit": submission.unit,
        "unit_name": submission.unit_name,
        "evidence": submission.evidence,
        "form": read.form,
        "status": submission.status,
        "relation": submission.relation,
        "current": submission.current,
        "version": stored.version,
        "replaces": list(submission.replaces),
        "zero_report": read.zero_report,
        **_values(read),
        "findings": [_finding(finding) for finding in submission.findings],
    }


def _record(record: Record) -> dict[str, Any]:
    return {"values": _contents(record.values), "cells": _cells(record.values)}


def _contents(values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: _plain(value.content) for name, value in values.items()}


def _plain(content: Content) -> object:
    return list(content) if isinstance(content, tuple) else content


def _cells(values: Mapping[str, Value]) -> dict[str, Any]:
    """Every value that came from a cell; one with no cell behind it has none."""
    return {
        name: {"sheet": value.sheet, "cell": value.cell, "raw": value.raw, "precision": value.precision}
        for name, value in values.items()
        if value.cell
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "code": finding.code,
        "field": finding.field,
        "record": finding.record,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "text": finding.text,
    }


TITLES = ("受理号", "单位代码", "单位", "登记情况", "收到时间", "附件", "工作表", "行号")
NOT_EXACT = "非确数（原文）"
STANDING: Mapping[Status, str] = {Status.ACCEPTED: "已登记", Status.NEEDS_CORRECTION: "已登记，待补正"}


def table(
    submissions: Sequence[StoredSubmission], forms: Mapping[str, Form], zone: ZoneInfo
) -> Iterator[tuple[object, ...]]:
    """One line for each record of the submissions that count, below a line of titles, in words for people; for CSV.

    Figures stay numbers; the last column names those that are no exact ones, with what the sender wrote.
    """
    counting = [s for s in submissions if s.submission.current]
    fields = dict.fromkeys(
        (f, title_of(f, forms[s.submission.reading.form]))
        for s in counting
        for r in s.submission.reading.records
        for f in r.values
    )
    yield (*TITLES, *(title for _, title in fields), NOT_EXACT)
    for stored in counting:
        submission, form = stored.submission, forms[stored.submission.reading.form]
        for record in submission.reading.records:
            values = record.values
            contents = [in_words(values[f].content, f, form) if f in values else None for f, _ in fields]
            yield (
                stored.case,
                submission.unit,
                submission.unit_name,
                STANDING.get(submission.status, submission.status.value),
                stored.received_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                _harmless(submission.attachment),
                _harmless(submission.reading.sheet),
                record.row,
                *(_harmless(content) for content in contents),
                _harmless("；".join(_not_exact(values, form))),
            )


def _not_exact(values: Mapping[str, Value], form: Form) -> Iterator[str]:
    """接触职工人数：约数（300余人） for each value that is not exactly what its cell says."""
    for field, value in values.items():
        if value.precision != "exact" and value.content is not None:
            yield f"{title_of(field, form)}：{PRECISION[value.precision]}（{value.raw.strip()}）"


def _harmless(content: str | int | None) -> object:
    if isinstance(content, str) and content.startswith(FORMULA_STARTS):
        return f"'{content}"
    return content


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")
