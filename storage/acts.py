"""Stores acts with their effects: the one way in which what counts is written."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import and_, col, func, or_, select

from mailbot.decide.apply import Effect
from mailbot.domain.act import Act, ActKind, Actor, Source, StoredAct, Target, Via
from mailbot.domain.errors import StoreError
from mailbot.domain.mail import Head
from mailbot.domain.proof import Proof
from mailbot.domain.submission import StoredSubmission, Verdict
from storage import tables
from storage.figures import Figures, snapshot
from storage.judgement_rows import Document, attachment_row, note_verdict
from storage.judgements import Judgements
from storage.tables import MessageState


class Acts(Judgements):
    """The part of a transaction that keeps acts, and what they do."""

    # ------------------------------------------------------------ writing

    def save(
        self,
        message_id: int,
        case: str | None,
        head: Head,
        content_digest: str,
        documents: Sequence[Document],
        verdict: Verdict,
        at: datetime,
        proof: Proof = Proof.UNTOLD,
    ) -> None:
        """Write the verdict on a message, once, and what was known of its sender.

        Tables that it brings are its sender's report: an act. Raises StoreError where the message was judged before, or
        where there are submissions and no case.
        """
        message = self._session.get(tables.Message, message_id)
        if message is None:
            raise StoreError(f"there is no message {message_id} to save a verdict for")
        if message.state != MessageState.WAITING:
            raise StoreError(f"message {message_id} has been judged already; a verdict is written once")
        note_verdict(message, case, head, content_digest, verdict, at, proof)
        self._session.add_all(attachment_row(message_id, position, one) for position, one in enumerate(documents))
        self._session.flush()
        if not verdict.submissions:
            return
        if case is None:
            raise StoreError(f"message {message_id} holds submissions and has no case; give it one")
        sender = head.sender.address.lower() if head.sender else ""
        units = {submission.unit for submission in verdict.submissions}
        report = Act(
            kind=ActKind.REPORT,
            actor=Actor(sender, Via.MAIL, proof),
            target=Target(case, units.pop() if len(units) == 1 else None),
            at=at,
            source=Source(message.sha256),
        )
        row = self._note(report, None, message_id, "")
        Figures(self._session, row).add(message, case, verdict.submissions)

    def apply(self, act: Act, effect: Effect, message_id: int | None) -> int:
        """Write an act of a person with its effect; its number, from 1.

        What the message was before is kept with it, so that the act can be taken back.
        """
        number = (self._session.exec(select(func.max(tables.Act.number))).one() or 0) + 1
        before = snapshot(self._session, message_id) if message_id is not None else ""
        figures = Figures(self._session, self._note(act, number, message_id, before))
        if effect.undoes is not None:
            undone = self._session.exec(select(tables.Act).where(tables.Act.number == effect.undoes)).one()
            figures.restore(undone.before)
            undone.undone = True
        if effect.verdict is not None and message_id is not None:
            figures.redispose(message_id, effect.verdict)
        for submission, changed in effect.changed:
            figures.resettle(submission, changed)
        self._session.flush()
        return number

    def _note(self, act: Act, number: int | None, message: int | None, before: str) -> int:
        """Write the row of an act; its id."""
        row = tables.Act(
            number=number,
            kind=act.kind,
            message=message,
            case_name=act.target.case,
            unit=act.target.unit,
            version=act.target.version,
            actor=act.actor.name,
            via=act.actor.via,
            proof=act.actor.proof,
            acted_at=act.at,
            source=act.source.message,
            line=act.source.line,
            token=act.source.token,
            until=act.until.isoformat() if act.until else None,
            reason=act.reason,
            before=before,
            undone=False,
        )
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        return row.id

    # ------------------------------------------------------------ reading

    def acts(self, *, unit: str | None = None) -> tuple[StoredAct, ...]:
        """Every act in its order, reports included; of one unit those about it or its tables."""
        if unit is None:
            return self._acts()
        messages = select(tables.Submission.message).where(tables.Submission.unit == unit)
        return self._acts(or_(tables.Act.unit == unit, col(tables.Act.message).in_(messages)))

    def decisions(self) -> tuple[StoredAct, ...]:
        """Every act of a person, in its order."""
        return self._acts(col(tables.Act.number).is_not(None))

    def said_in(self, sha256: str) -> tuple[StoredAct, ...]:
        """What was decided by a mail."""
        return self._acts(col(tables.Act.number).is_not(None), tables.Act.source == sha256)

    def last_act(self, case: str) -> StoredAct | None:
        """The last act of a person about a case that is in force and can be taken back."""
        found = self._acts(tables.Act.case_name == case, col(tables.Act.message).is_not(None), _is_in_force())
        return max(found, key=lambda one: one.number or 0, default=None)

    def built_on(self, last: StoredAct) -> str:
        """Why an act cannot be taken back, in one Chinese sentence; "" where it can: nothing since builds on it."""
        row = self._session.exec(select(tables.Act).where(tables.Act.number == last.number)).one()
        later = select(tables.Act.case_name).where(
            tables.Act.message == row.message, col(tables.Act.number) > row.number, _is_in_force()
        )
        if name := self._session.exec(later.limit(1)).first():
            return f"此后对受理号 {name} 另有决定，请先撤销该决定"
        mine = select(tables.Submission.id).where(tables.Submission.message == row.message)
        replaced_by = (
            select(tables.Submission.case_name)
            .join(tables.Replacement, col(tables.Replacement.submission) == col(tables.Submission.id))
            .where(
                col(tables.Replacement.replaced).in_(mine),
                col(tables.Submission.message) != row.message,
                col(tables.Submission.status) != "review",
            )
        )
        if name := self._session.exec(replaced_by.limit(1)).first():
            return f"该表此后已被受理号 {name} 替换，不能再撤销"
        return ""

    def changed_since(self, unit: str, campaign: str, moment: datetime) -> tuple[StoredSubmission, ...]:
        """The submissions of a unit that were judged, or decided about by a person, after that moment."""
        decided = select(tables.Act.message).where(
            _is_in_force(), col(tables.Act.acted_at) > moment, col(tables.Act.message).is_not(None)
        )
        return self._stored(
            tables.Message.campaign == campaign,
            tables.Submission.unit == unit,
            or_(col(tables.Message.judged_at) > moment, col(tables.Message.id).in_(decided)),
        )

    def decisions_about(self, message: int) -> int:
        """How often a person has decided about a message, decisions that were taken back included."""
        query = select(func.count(col(tables.Act.number))).where(tables.Act.message == message)
        return self._session.exec(query).one()

    def extensions(self) -> dict[str, date]:
        """The day until which each unit that was given more time may report; the last word counts."""
        given = self._acts(tables.Act.kind == ActKind.EXTEND, _is_in_force())
        return {one.act.target.unit: one.act.until for one in given if one.act.target.unit and one.act.until}

    def unfounded(self, campaign: str) -> tuple[str, ...]:
        """The cases of tables that count by an act that was taken back: there should be none."""
        query = (
            select(tables.Submission.case_name)
            .join(tables.Act, col(tables.Act.id) == col(tables.Submission.act))
            .join(tables.Message, col(tables.Message.id) == col(tables.Submission.message))
            .where(
                tables.Message.campaign == campaign, col(tables.Submission.current) == 1, col(tables.Act.undone) == 1
            )
        )
        return tuple(self._session.exec(query.order_by(col(tables.Submission.id))))

    def token_used(self, token: str) -> bool:
        """Whether something was decided with this one-time word."""
        return self._session.exec(select(tables.Act.id).where(tables.Act.token == token)).first() is not None

    def _acts(self, *conditions: Any) -> tuple[StoredAct, ...]:
        query = select(tables.Act, tables.Message.sha256).join(tables.Message, isouter=True).where(*conditions)
        return tuple(
            StoredAct(row.number, _act(row), sha256, row.undone)
            for row, sha256 in self._session.exec(query.order_by(col(tables.Act.id)))
        )


def _is_in_force() -> Any:
    """Of acts of people."""
    return and_(col(tables.Act.number).is_not(None), col(tables.Act.undone) == 0, col(tables.Act.kind) != ActKind.UNDO)


def _act(row: tables.Act) -> Act:
    return Act(
        kind=ActKind(row.kind),
        actor=Actor(row.actor, Via(row.via), Proof(row.proof)),
        target=Target(row.case_name, row.unit, row.version),
        at=row.acted_at,
        source=Source(row.source, row.line, row.token),
        until=date.fromisoformat(row.until) if row.until else None,
        reason=row.reason,
    )
