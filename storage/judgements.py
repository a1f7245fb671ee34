"""Reads what was judged: messages, their submissions and files, as they were written (`storage.acts`)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, and_, col, func, or_, select

from mailbot.domain.act import ActKind
from mailbot.domain.campaign import Unit
from mailbot.domain.errors import StoreError
from mailbot.domain.mail import StoredAttachment, StoredMessage
from mailbot.domain.submission import Earlier, Status, StoredSubmission
from storage import tables
from storage.judgement_rows import earlier_submission, stored_message, stored_submission

Row = TypeVar("Row", bound=SQLModel)
CASE_DIGITS = 4


class Judgements:
    """The part of a transaction that reads verdicts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # ------------------------------------------------------------ what a judgement may know

    def same_mail_known(self, message_id_header: str | None, sender: str, content_digest: str, besides: int) -> bool:
        """Whether another judged message has this Message-ID, sender and content; never without a Message-ID."""
        if message_id_header is None:
            return False
        query = select(tables.Message.id).where(
            tables.Message.message_id == message_id_header,
            tables.Message.sender == sender,
            tables.Message.content_digest == content_digest,
            tables.Message.id != besides,
        )
        return self._session.exec(query.limit(1)).first() is not None

    def earlier(self, units: Collection[str], campaign: str) -> tuple[Earlier, ...]:
        """What these units submitted to a campaign, the first received first."""
        stored = self._stored(tables.Message.campaign == campaign, col(tables.Submission.unit).in_(units))
        return tuple(earlier_submission(one) for one in sorted(stored, key=lambda one: (one.received_at, one.id)))

    def next_case(self, prefix: str) -> str:
        """The case number after the highest, such as HWM21-0037; the same until a message is saved with it."""
        highest = self._session.exec(
            select(func.max(tables.Message.case_number)).where(
                col(tables.Message.case_name).startswith(f"{prefix}-", autoescape=True)
            )
        ).one()
        return f"{prefix}-{(highest or 0) + 1:0{CASE_DIGITS}}"

    # ------------------------------------------------------------ reading

    def messages(self, campaign: str, of: Unit | None = None) -> tuple[StoredMessage, ...]:
        """Every accepted message of a campaign, in order of id; `of`: those alone that may be of a unit.

        That is by its code or, where none is known, by their sender.
        """
        mine: tuple[ColumnElement[bool], ...] = ()
        if of is not None:
            unit, sender = col(tables.Message.unit), func.lower(tables.Message.sender)
            mine = (or_(unit == of.code, and_(unit.is_(None), sender.in_([email.lower() for email in of.emails]))),)
        return self._messages(tables.Message.campaign == campaign, *mine)

    def message(self, message_id: int) -> StoredMessage:
        """One message. Raises StoreError where there is none."""
        found = self._messages(tables.Message.id == message_id)
        if not found:
            raise StoreError(f"there is no message {message_id}")
        return found[0]

    def message_of(self, sha256: str) -> StoredMessage | None:
        """The message of these bytes, or None."""
        return next(iter(self._messages(tables.Message.sha256 == sha256)), None)

    def judged_at(self, message_id: int) -> datetime | None:
        """When a message was judged; None where it waits."""
        return self._session.get_one(tables.Message, message_id).judged_at

    def _messages(self, *conditions: ColumnElement[bool] | bool) -> tuple[StoredMessage, ...]:
        settled = set(
            self._session.exec(
                select(tables.Act.message).where(
                    col(tables.Act.kind).in_((ActKind.REJECT, ActKind.IGNORE, ActKind.EXTEND)),
                    col(tables.Act.undone) == 0,
                )
            )
        )
        query = select(tables.Message).where(*conditions).order_by(col(tables.Message.id))
        return tuple(stored_message(row, row.id in settled) for row in self._session.exec(query))

    def attachments(self, campaign: str) -> tuple[StoredAttachment, ...]:
        """Every file that came in a campaign, by message and place in it."""
        query = (
            select(tables.Attachment, tables.Message.sha256)
            .join(tables.Message)
            .where(tables.Message.campaign == campaign)
            .order_by(col(tables.Attachment.message), col(tables.Attachment.position))
        )
        return tuple(
            StoredAttachment(message, row.path, row.name, row.kind, row.size, row.sha256, row.fault)
            for row, message in self._session.exec(query)
        )

    def submissions_of(self, message_id: int) -> tuple[StoredSubmission, ...]:
        """The submissions of one message, in order of id."""
        return self._stored(tables.Submission.message == message_id)

    def submissions(self, campaign: str, unit: str | None = None) -> tuple[StoredSubmission, ...]:
        """Every submission of a campaign, in order of id, equal to what was saved; of one unit those that are its own,
        and those that a person may still find to be."""
        nobodys = and_(col(tables.Submission.unit).is_(None), col(tables.Submission.status) == Status.REVIEW)
        of_unit = () if unit is None else (or_(col(tables.Submission.unit) == unit, nobodys),)
        return self._stored(tables.Message.campaign == campaign, *of_unit)

    def _stored(self, *conditions: ColumnElement[bool] | bool) -> tuple[StoredSubmission, ...]:
        chosen = select(tables.Submission.id).join(tables.Message).where(*conditions)

        def belonging(table: type[Row], owner: Any, order: Any) -> dict[int, list[Row]]:
            query = select(table).where(col(owner).in_(chosen)).order_by(col(order))
            return _grouped(self._session.exec(query), owner.key)

        records = belonging(tables.Record, tables.Record.submission, tables.Record.position)
        values = belonging(tables.Value, tables.Value.submission, tables.Value.id)
        findings = belonging(tables.Finding, tables.Finding.submission, tables.Finding.position)
        replaced = belonging(tables.Replacement, tables.Replacement.submission, tables.Replacement.position)
        query = (
            select(tables.Submission, tables.Message)
            .join(tables.Message)
            .where(*conditions)
            .order_by(col(tables.Submission.id))
        )
        return tuple(
            stored_submission(row, message, records[id_], values[id_], findings[id_], replaced[id_])
            for row, message in self._session.exec(query)
            if (id_ := cast(int, row.id))
        )


def _grouped(rows: Iterable[Row], key: str) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups
