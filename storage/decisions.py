"""Stores what people decided, and undoes the last decision about a case."""

import json
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, cast

from sqlmodel import Session, and_, col, delete, func, or_, select, update

from mailbot.domain.decision import Action, Decision, StoredDecision, Via
from mailbot.domain.errors import DecisionRefused, StoreError
from mailbot.domain.letter import LetterKind, StoredLetter
from mailbot.domain.proof import Proof
from mailbot.domain.submission import StoredSubmission, Submission, Verdict
from storage import tables
from storage.judgement_rows import finding_row
from storage.judgements import Judgements
from storage.letter_rows import stored_letter

OF_STAFF = (LetterKind.CASE, LetterKind.TRANSCRIPT)
"""The letters whose one-time word is believed."""


class Decisions(Judgements):
    """The part of a transaction that keeps decisions of people."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)

    # ------------------------------------------------------------ deciding

    def decide(self, decision: Decision, message: int | None) -> int:
        """Note a decision about a message, or about a unit, before it is carried out; its number, from 1.

        What the message is now is kept with it, for `take_back`.
        """
        number = self._session.exec(select(func.count()).select_from(tables.Decision)).one() + 1
        self._session.add(
            tables.Decision(
                id=number,
                message=message,
                case_name=decision.case,
                action=decision.action,
                unit=decision.unit,
                until=decision.until.isoformat() if decision.until else None,
                reason=decision.reason,
                decided_by=decision.by,
                via=decision.via,
                token=decision.token,
                decided_at=decision.at,
                before=self._snapshot(message) if message is not None else "",
                undone=False,
                source=decision.source,
                proof=decision.proof,
            )
        )
        self._session.flush()
        return number

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

    # ------------------------------------------------------------ taking back

    def take_back(self, case: str) -> tuple[int, int]:
        """Undo the last decision about a case: everything is as it was before; (message, number of the decision).

        Raises DecisionRefused where nothing was decided about it, or something since then builds on it.
        """
        row = self._session.exec(
            select(tables.Decision)
            .where(tables.Decision.case_name == case, _is_in_force())
            .order_by(col(tables.Decision.id).desc())
            .limit(1)
        ).first()
        if row is None or row.message is None or row.id is None:
            raise DecisionRefused(f"受理号 {case} 没有可以撤销的决定")
        self._refuse_if_built_on(row.id, row.message)
        self._restore(json.loads(row.before))
        row.undone = True
        self._session.flush()
        return row.message, row.id

    def _refuse_if_built_on(self, decision: int, message: int) -> None:
        later = select(tables.Decision.case_name).where(
            tables.Decision.message == message, col(tables.Decision.id) > decision, _is_in_force()
        )
        if name := self._session.exec(later.limit(1)).first():
            raise DecisionRefused(f"此后对受理号 {name} 另有决定，请先撤销该决定")
        mine = select(tables.Submission.id).where(tables.Submission.message == message)
        replaced_by = (
            select(tables.Submission.case_name)
            .join(tables.Replacement, col(tables.Replacement.submission) == col(tables.Submission.id))
            .where(
                col(tables.Replacement.replaced).in_(mine),
                col(tables.Submission.message) != message,
                col(tables.Submission.status) != "review",
            )
        )
        if name := self._session.exec(replaced_by.limit(1)).first():
            raise DecisionRefused(f"该表此后已被受理号 {name} 替换，不能再撤销")

    def _snapshot(self, message_id: int) -> str:
        """What a message and its tables are judged to be, as JSON."""
        message = self._session.get_one(tables.Message, message_id)
        kept: dict[str, Any] = {"message": _columns(message, "id disposition code reason unit"), "tables": []}
        for stored in self._stored(tables.Submission.message == message_id):
            row = self._submission(stored.id)
            findings = self._session.exec(
                select(tables.Finding).where(tables.Finding.submission == row.id).order_by(col(tables.Finding.position))
            )
            kept["tables"].append(
                {
                    **_columns(row, "id unit unit_name evidence status relation current version"),
                    "findings": [_columns(f, _FINDING) for f in findings],
                    "replaces": list(stored.submission.replaces),
                }
            )
        return json.dumps(kept, ensure_ascii=False)

    def _restore(self, kept: dict[str, Any]) -> None:
        message = self._session.get_one(tables.Message, kept["message"]["id"])
        _set(message, kept["message"])
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
            _set(row, one)
        self._session.flush()

    def _count_again(self, submission_id: int) -> None:
        """Let what a submission has replaced be current."""
        replaced = select(tables.Replacement.replaced).where(tables.Replacement.submission == submission_id)
        self._session.exec(
            update(tables.Submission).where(col(tables.Submission.id).in_(replaced)).values(current=True)
        )

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

    # ------------------------------------------------------------ reading

    def decisions(self) -> tuple[StoredDecision, ...]:
        """Every decision, in its order."""
        query = (
            select(tables.Decision, tables.Message.sha256)
            .join(tables.Message, isouter=True)
            .order_by(col(tables.Decision.id))
        )
        return tuple(
            StoredDecision(cast(int, row.id), _decision(row), sha256, row.undone)
            for row, sha256 in self._session.exec(query)
        )

    def changed_since(self, unit: str, campaign: str, moment: datetime) -> tuple[StoredSubmission, ...]:
        """The submissions of a unit that were judged, or decided about by a person, after that moment."""
        decided = select(tables.Decision.message).where(
            _is_in_force(), col(tables.Decision.decided_at) > moment, col(tables.Decision.message).is_not(None)
        )
        return self._stored(
            tables.Message.campaign == campaign,
            tables.Submission.unit == unit,
            or_(col(tables.Message.judged_at) > moment, col(tables.Message.id).in_(decided)),
        )

    def decisions_about(self, message: int) -> int:
        """How often a person has decided about a message, decisions that were taken back included."""
        query = select(func.count()).select_from(tables.Decision).where(tables.Decision.message == message)
        return self._session.exec(query).one()

    def extensions(self) -> dict[str, date]:
        """The day until which each unit that was given more time may report; the last word counts."""
        query = (
            select(tables.Decision)
            .where(tables.Decision.action == Action.EXTEND, _is_in_force())
            .order_by(col(tables.Decision.id))
        )
        return {row.unit: date.fromisoformat(row.until) for row in self._session.exec(query) if row.unit and row.until}

    def answered_letter(self, token: str | None, message_ids: Collection[str]) -> StoredLetter | None:
        """The letter to staff whose one-time word this is, or that has one of these Message-IDs."""
        of_token = [col(tables.Letter.key).endswith(f":{token}", autoescape=True)] if token else []
        query = select(tables.Letter).where(
            col(tables.Letter.kind).in_(OF_STAFF), or_(col(tables.Letter.message_id).in_(message_ids), *of_token)
        )
        row = self._session.exec(query.order_by(col(tables.Letter.id).desc()).limit(1)).first()
        return stored_letter(row) if row else None

    def answers_letter_to_staff(self, message_ids: Collection[str]) -> bool:
        """Whether one of these Message-IDs is that of a letter for staff, of whatever kind."""
        kinds = (*OF_STAFF, LetterKind.DIGEST, LetterKind.ALERT)
        query = select(tables.Letter.id).where(
            col(tables.Letter.kind).in_(kinds), col(tables.Letter.message_id).in_(message_ids)
        )
        return self._session.exec(query.limit(1)).first() is not None

    def said_in(self, sha256: str) -> tuple[StoredDecision, ...]:
        """What was decided by a mail."""
        return tuple(stored for stored in self.decisions() if stored.decision.source == sha256)

    def letter_called(self, message_ids: Collection[str]) -> StoredLetter | None:
        """The latest letter of ours with one of these Message-IDs."""
        query = select(tables.Letter).where(col(tables.Letter.message_id).in_(message_ids))
        row = self._session.exec(query.order_by(col(tables.Letter.id).desc()).limit(1)).first()
        return stored_letter(row) if row else None

    def token_used(self, token: str) -> bool:
        """Whether something was decided with this one-time word."""
        return self._session.exec(select(tables.Decision.id).where(tables.Decision.token == token)).first() is not None


_FINDING = "position severity code field record_position sheet cell text"


def _is_in_force() -> Any:
    return and_(col(tables.Decision.undone) == 0, col(tables.Decision.action) != Action.UNDO)


def _columns(row: Any, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}


def _set(row: Any, columns: dict[str, Any]) -> None:
    for name, content in columns.items():
        setattr(row, name, content)


def _decision(row: tables.Decision) -> Decision:
    return Decision(
        action=Action(row.action),
        case=row.case_name,
        by=row.decided_by,
        via=Via(row.via),
        at=row.decided_at,
        unit=row.unit,
        until=date.fromisoformat(row.until) if row.until else None,
        reason=row.reason,
        token=row.token,
        source=row.source,
        proof=Proof(row.proof),
    )
