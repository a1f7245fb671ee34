"""Objecting: a unit says of what was registered for it that it is not its own (不是我们报的).

What counted before counts again at once, and a person decides about the table.
"""

from dataclasses import dataclass

from mailbot.decide.permit import Role, permit
from mailbot.domain.act import Act, ActKind, Actor, Source, Target, Via
from mailbot.domain.letter import LetterKind
from mailbot.domain.mail import Disposition, StoredMessage, Waiting
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Verdict
from mailbot.flows.enqueue import enqueue
from mailbot.flows.ports import App
from mailbot.flows.settle import carry_out, reopened
from mailbot.letters.objections import objection_receipt
from mailbot.mail.opening import Opened
from parsers.replies.objection import objects
from storage.journal import Judgement
from storage.store import Transaction

TELLING = frozenset({LetterKind.RECEIPT, LetterKind.NOTICE})
"""The letters that tell a unit what was registered for it."""


@dataclass(frozen=True, slots=True)
class Objection:
    """A mail that objects to what a message brought for a unit. `is_made`: it has had its effect already."""

    message: StoredMessage
    unit: str
    is_made: bool


def objection_in(app: App, waiting: Waiting, opened: Opened, proof: Proof) -> Objection | None:
    """What a mail objects to: tables that count, of which the letter told that it answers; None for any other mail."""
    answered = (*opened.head.in_reply_to, *opened.head.references)
    actor = _actor(opened, proof)
    if opened.readings or not objects(opened.words) or not permit(ActKind.OBJECT, actor, {Role.TOLD}).is_given:
        return None
    with app.store.transaction() as tx:
        letter = tx.letter_called(answered)
        if letter is None or letter.kind not in TELLING or letter.unit is None:
            return None
        message = tx.message_of(letter.key.split(":")[1])
        is_made = bool(tx.said_in(waiting.sha256))
        if message is None or not (is_made or _counts(tx, message.id, letter.unit)):
            return None
        return Objection(message, letter.unit, is_made)


def _actor(opened: Opened, proof: Proof) -> Actor:
    return Actor(opened.head.sender.address.lower() if opened.head.sender else "", Via.MAIL, proof)


def _counts(tx: Transaction, message: int, unit: str) -> bool:
    return any(s.submission.current and s.submission.unit == unit for s in tx.submissions_of(message))


def object_to(app: App, waiting: Waiting, opened: Opened, objection: Objection, proof: Proof) -> None:
    """Put back what counted before, call a person, and answer; all of it in one transaction."""
    case = objection.message.case or ""
    about = reopened(app, case)
    with app.store.transaction() as tx:
        now = app.clock()
        act = Act(
            kind=ActKind.OBJECT,
            actor=_actor(opened, proof),
            target=Target(case, objection.unit),
            at=now,
            source=Source(waiting.sha256),
        )
        if not objection.is_made:
            carry_out(app, tx, act, about, None, frozenset({Role.TOLD}))
        unit = app.roster.get(objection.unit)
        name = unit.name if unit else objection.unit
        reason = f"{name}来信称受理号 {case} 的统计表不是其报送，已恢复此前的登记，待工作人员核实"
        verdict = Verdict(Disposition.CORRECTION, reason, unit=objection.unit)
        own_case = tx.next_case(app.config.campaign.case_prefix)
        tx.save(waiting.id, own_case, opened.head, opened.content_digest, opened.documents, verdict, now, proof)
        answer = objection_receipt(opened.head, waiting.sha256, own_case, objection.unit, name, case)
        enqueue(app, tx, [answer] if answer else [], now, waiting.place.mailbox)
        app.archive.journal.add(Judgement(waiting.sha256, app.config.campaign.id, now, proof=proof))
