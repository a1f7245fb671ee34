"""Turns the rows of a judged message into a value that can be kept in a file, and back into rows.

Numbers that a database gives are not kept: a message is named by its sha256, a table by its case, an act by the
number that the journal has for it, or a report by the sha256 of its mail.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlmodel import Session, SQLModel, col, delete, select

from mailbot.domain.errors import StoreError
from storage import tables
from storage.outcomes import Outcome

Row = TypeVar("Row", bound=SQLModel)
OF_MESSAGE = frozenset({"id", "sha256"})
OF_CHILD = frozenset({"id", "message", "submission", "record", "act"})
OF_ACT = frozenset({"id", "message", "before"})


class KeptRows:
    """The part of a transaction that keeps outcomes and builds messages from them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # ------------------------------------------------------------ to a file

    def outcome(self, message_id: int) -> Outcome:
        """All that is known of a judged message."""
        row = self._session.get_one(tables.Message, message_id)
        submissions = self._all(tables.Submission, tables.Submission.message, message_id)
        return {
            "message": _columns(row, OF_MESSAGE),
            "attachments": self._children(tables.Attachment, tables.Attachment.message, message_id),
            "submissions": [self._submission_columns(one) for one in submissions],
            "acts": [
                {**_columns(one, OF_ACT), "before": self._named(one.before)}
                for one in self._all(tables.Act, tables.Act.message, message_id)
            ],
        }

    def _submission_columns(self, row: tables.Submission) -> dict[str, Any]:
        assert row.id is not None
        values = self._all(tables.Value, tables.Value.submission, row.id)
        records = self._all(tables.Record, tables.Record.submission, row.id)
        replaced = self._all(tables.Replacement, tables.Replacement.submission, row.id)
        return {
            **_columns(row, OF_CHILD),
            "by": self._name_of_act(row.act),
            "records": [
                {**_columns(one, OF_CHILD), "values": [_columns(v, OF_CHILD) for v in values if v.record == one.id]}
                for one in records
            ],
            "values": [_columns(one, OF_CHILD) for one in values if one.record is None],
            "findings": self._children(tables.Finding, tables.Finding.submission, row.id),
            "replaces": [[self._case(one.replaced), one.position] for one in replaced],
        }

    def _name_of_act(self, act: int) -> int | str:
        """The number of an act, or the mail of a report."""
        row = self._session.get_one(tables.Act, act)
        return row.source if row.number is None else row.number

    def _act(self, name: int | str) -> int:
        by_name = tables.Act.source == name if isinstance(name, str) else tables.Act.number == name
        query = select(tables.Act.id).where(by_name, col(tables.Act.number).is_(None) == isinstance(name, str))
        found = self._session.exec(query).first()
        if found is None:
            raise StoreError(f"the outcomes in the archive name an act {name} that nothing brought")
        return found

    def _named(self, before: str) -> Any:
        """What an act changed, with cases in place of numbers."""
        if not before:
            return None
        kept = json.loads(before)
        kept["message"].pop("id")
        for table in kept["tables"]:
            table["id"] = self._case(table["id"])
            table["replaces"] = [self._case(one) for one in table["replaces"]]
        return kept

    def _case(self, submission: int) -> str:
        return self._session.get_one(tables.Submission, submission).case_name

    def _children(self, table: type[SQLModel], owner: Any, value: int) -> list[dict[str, Any]]:
        return [_columns(row, OF_CHILD) for row in self._all(table, owner, value)]

    def _all(self, table: type[Row], owner: Any, value: int) -> list[Row]:
        order = inspect(table).primary_key
        return list(self._session.exec(select(table).where(owner == value).order_by(*order)))

    # ------------------------------------------------------------ from a file

    def judge_as_kept(self, sha256: str, outcome: Outcome) -> None:
        """Write a message that waits as it was judged, with its tables. `end_as_kept` completes it."""
        row = self._session.exec(select(tables.Message).where(tables.Message.sha256 == sha256)).one()
        _set(row, _values(tables.Message, outcome["message"]))
        assert row.id is not None
        for one in outcome["attachments"]:
            self._session.add(tables.Attachment(message=row.id, **_values(tables.Attachment, one)))
        for one in outcome["acts"]:
            if one["number"] is None:
                report = self._add_kept_act(row.id, one)
                for kept in outcome["submissions"]:
                    self._add_kept_submission(row.id, kept, report)
        self._session.flush()

    def _add_kept_act(self, message: int, kept: Mapping[str, Any]) -> int:
        row = tables.Act(message=message, **{**_values(tables.Act, kept), "before": ""})
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        return row.id

    def _add_kept_submission(self, message: int, kept: Mapping[str, Any], act: int) -> None:
        row = tables.Submission(message=message, act=act, **_values(tables.Submission, kept))
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        for one in kept["records"]:
            record = tables.Record(submission=row.id, **_values(tables.Record, one))
            self._session.add(record)
            self._session.flush()
            self._add_kept_values(one["values"], row.id, record.id)
        self._add_kept_values(kept["values"], row.id, None)
        for one in kept["findings"]:
            self._session.add(tables.Finding(submission=row.id, **_values(tables.Finding, one)))

    def _add_kept_values(self, kept: list[Any], submission: int, record: int | None) -> None:
        self._session.add_all(
            tables.Value(submission=submission, record=record, **_values(tables.Value, one)) for one in kept
        )

    def act_as_kept(self, sha256: str, kept: Mapping[str, Any]) -> None:
        """Write an act about a message as it is known, without its effect."""
        message = self._session.exec(select(tables.Message.id).where(tables.Message.sha256 == sha256)).one()
        assert message is not None
        self._add_kept_act(message, kept)

    def end_as_kept(self, sha256: str, outcome: Outcome) -> None:
        """Write a message, its tables and the acts about them as they stood when its outcome was kept.

        Whatever was judged or decided since its judgement must be there by now.
        """
        message = self._session.exec(select(tables.Message).where(tables.Message.sha256 == sha256)).one()
        _set(message, _values(tables.Message, outcome["message"]))
        for one in outcome["submissions"]:
            row = self._session.get_one(tables.Submission, self._number(one["case_name"]))
            _set(row, {**_values(tables.Submission, one), "act": self._act(one["by"])})
            assert row.id is not None
            records = {kept["position"]: kept["repeated"] for kept in one["records"]}
            for record in self._all(tables.Record, tables.Record.submission, row.id):
                record.repeated = records[record.position]
            self._session.exec(delete(tables.Replacement).where(col(tables.Replacement.submission) == row.id))
            for case, position in one["replaces"]:
                replaced = self._number(case)
                self._session.add(tables.Replacement(submission=row.id, replaced=replaced, position=position))
        for one in outcome["acts"]:
            act = self._session.get_one(tables.Act, self._act(sha256 if one["number"] is None else one["number"]))
            _set(act, {**_values(tables.Act, one), "before": self._numbered(one["before"], message.id)})
        self._session.flush()

    def _numbered(self, before: Any, message: int | None) -> str:
        if before is None:
            return ""
        kept = json.loads(json.dumps(before))
        kept["message"]["id"] = message
        for table in kept["tables"]:
            table["id"] = self._number(table["id"])
            table["replaces"] = [self._number(one) for one in table["replaces"]]
        return json.dumps(kept, ensure_ascii=False)

    def _number(self, case: str) -> int:
        query = select(tables.Submission.id).where(tables.Submission.case_name == case)
        found = self._session.exec(query).first()
        if found is None:
            raise StoreError(f"the outcomes in the archive name a table {case} that no message brought")
        return found


def _columns(row: SQLModel, without: frozenset[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in _names(type(row)) if name not in without}


def _plain(content: object) -> object:
    return content.isoformat() if isinstance(content, datetime) else content


def _values(table: type[SQLModel], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row that are kept; those that a later version has added take their defaults."""
    return {name: _read(table, name, kept[name]) for name in _names(table) if name in kept}


def _read(table: type[SQLModel], name: str, content: Any) -> Any:
    is_moment = table.model_fields[name].annotation in (datetime, datetime | None)
    return datetime.fromisoformat(content) if is_moment and content is not None else content


def _names(table: type[SQLModel]) -> list[str]:
    return list(table.model_fields)


def _set(row: SQLModel, columns: Mapping[str, Any]) -> None:
    for name, content in columns.items():
        setattr(row, name, content)
