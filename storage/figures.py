"""Writes what counts: submissions with their values and findings, and which of them are current.

Used by `storage.acts` alone: every row of a submission names the act that made it what it is.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlmodel import Session, col, delete, func, insert, select, update

from mailbot.domain.errors import StoreError
from mailbot.domain.submission import Submission, Verdict
from parsers.reading import Reading
from storage import tables
from storage.judgement_rows import finding_row, submission_row
from storage.tables import Part
from storage.value_rows import columns_of

_MESSAGE = "id disposition code reason unit"
_SUBMISSION = "id unit unit_name evidence status relation current version"
_FINDING = "position severity code field record_position sheet cell text"


class Figures:
    """What the act of the number `act` (a row's id) writes."""

    def __init__(self, session: Session, act: int) -> None:
        self._session = session
        self._act = act

    def add(self, message: tables.Message, case: str, submissions: Sequence[Submission]) -> None:
        """Add the tables of a message: the first has its case, further ones HWM21-0037-2 and so on.

        Those that a current one replaces stop being current.
        """
        for ordinal, submission in enumerate(submissions, 1):
            name = case if ordinal == 1 else f"{case}-{ordinal}"
            assert message.id is not None
            row = submission_row(message.id, name, submission, self._next_version(message.campaign, submission))
            row.act = self._act
            self._session.add(row)
            self._session.flush()
            assert row.id is not None
            self._add_values(row.id, submission.reading)
            self._session.add_all(finding_row(row.id, place, one) for place, one in enumerate(submission.findings))
            self._replace(row.id, submission)
            self._session.flush()

    def resettle(self, submission_id: int, submission: Submission) -> None:
        """Write what a table is now; its values stay. What it replaces stops being current.

        What it had replaced counts again where it was current and is so no more.
        """
        row = self._submission(submission_id)
        if row.current and not submission.current:
            self._count_again(submission_id)
        if row.unit != submission.unit:
            message = self._session.get_one(tables.Message, row.message)
            row.version = self._next_version(message.campaign, submission)
        row.unit, row.unit_name, row.evidence = submission.unit, submission.unit_name, submission.evidence
        row.status, row.relation, row.current = submission.status, submission.relation, submission.current
        row.act = self._act
        self._write_findings(
            submission_id, (finding_row(submission_id, n, f) for n, f in enumerate(submission.findings))
        )
        self._session.exec(delete(tables.Replacement).where(col(tables.Replacement.submission) == submission_id))
        self._replace(submission_id, submission)
        self._session.flush()

    def redispose(self, message_id: int, verdict: Verdict) -> None:
        """Write what a message is now; its tables are written one by one."""
        message = self._session.get_one(tables.Message, message_id)
        message.disposition, message.code = verdict.disposition, verdict.code
        message.reason, message.unit = verdict.reason, verdict.unit
        self._session.flush()

    def restore(self, before: str) -> None:
        """Let a message and its tables be what `snapshot` told."""
        kept = json.loads(before)
        _set(self._session.get_one(tables.Message, kept["message"]["id"]), kept["message"])
        for one in kept["tables"]:
            row, findings, replaces = self._submission(one["id"]), one.pop("findings"), one.pop("replaces")
            if row.current and not one["current"]:
                self._count_again(one["id"])
            self._session.exec(delete(tables.Replacement).where(col(tables.Replacement.submission) == row.id))
            self._session.add_all(
                tables.Replacement(submission=one["id"], replaced=replaced, position=position)
                for position, replaced in enumerate(replaces)
            )
            if one["current"] and not row.current:
                self._stop_counting(replaces)
            self._write_findings(one["id"], (tables.Finding(submission=one["id"], **f) for f in findings))
            _set(row, {**one, "act": self._act})
        self._session.flush()

    def _next_version(self, campaign: str, submission: Submission) -> int:
        if submission.unit is None:
            return 1
        query = (
            select(func.count())
            .select_from(tables.Submission)
            .join(tables.Message)
            .where(
                tables.Message.campaign == campaign,
                tables.Submission.unit == submission.unit,
                tables.Submission.form == submission.reading.form,
            )
        )
        return self._session.exec(query).one() + 1

    def _add_values(self, submission: int, reading: Reading) -> None:
        records = [
            tables.Record(submission=submission, position=position, row=record.row)
            for position, record in enumerate(reading.records)
        ]
        self._session.add_all(records)
        self._session.flush()
        rows = [columns_of(Part.HEADER, key, one, submission) for key, one in reading.header.items()]
        for kept, record in zip(records, reading.records, strict=True):
            rows += [columns_of(Part.RECORD, key, one, submission, kept.id) for key, one in record.values.items()]
        rows += [columns_of(Part.TOTAL, key, one, submission) for key, one in reading.totals.items()]
        if rows:
            self._session.exec(insert(tables.Value), params=rows)

    def _replace(self, submission: int, judged: Submission) -> None:
        self._session.add_all(
            tables.Replacement(submission=submission, replaced=replaced, position=position)
            for position, replaced in enumerate(judged.replaces)
        )
        if judged.current:  # what waits for a person takes nobody's place yet
            self._stop_counting(judged.replaces)

    def _stop_counting(self, submissions: Collection[int]) -> None:
        if submissions:
            changed = update(tables.Submission).where(col(tables.Submission.id).in_(submissions))
            self._session.exec(changed.values(current=False, act=self._act))

    def _count_again(self, submission_id: int) -> None:
        """Let what a submission has replaced be current."""
        replaced = select(tables.Replacement.replaced).where(tables.Replacement.submission == submission_id)
        changed = update(tables.Submission).where(col(tables.Submission.id).in_(replaced))
        self._session.exec(changed.values(current=True, act=self._act))

    def _submission(self, submission_id: int) -> tables.Submission:
        row = self._session.get(tables.Submission, submission_id)
        if row is None:
            raise StoreError(f"there is no submission {submission_id} to settle")
        return row

    def _write_findings(self, submission: int, rows: Iterable[tables.Finding]) -> None:
        self._session.exec(delete(tables.Finding).where(col(tables.Finding.submission) == submission))
        self._session.flush()
        self._session.add_all(rows)
        self._session.flush()


def snapshot(session: Session, message_id: int) -> str:
    """What a message and its tables are judged to be, as JSON for `Figures.restore`."""
    kept: dict[str, Any] = {"message": _columns(session.get_one(tables.Message, message_id), _MESSAGE), "tables": []}
    mine = select(tables.Submission).where(tables.Submission.message == message_id)
    for row in session.exec(mine.order_by(col(tables.Submission.id))).all():
        findings = select(tables.Finding).where(tables.Finding.submission == row.id)
        replaced = select(tables.Replacement.replaced).where(tables.Replacement.submission == row.id)
        kept["tables"].append(
            {
                **_columns(row, _SUBMISSION),
                "findings": [
                    _columns(one, _FINDING) for one in session.exec(findings.order_by(col(tables.Finding.position)))
                ],
                "replaces": list(session.exec(replaced.order_by(col(tables.Replacement.position)))),
            }
        )
    return json.dumps(kept, ensure_ascii=False)


def _columns(row: Any, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}


def _set(row: Any, columns: dict[str, Any]) -> None:
    for name, content in columns.items():
        setattr(row, name, content)
