"""Extending: a unit is given more time and told so, and the mail that asked for it is answered."""

from collections.abc import Collection
from dataclasses import replace

from mailbot.decide.apply import About, adds_time, apply
from mailbot.domain.act import Act, ActKind
from mailbot.domain.campaign import Unit
from mailbot.domain.case import Case
from mailbot.domain.errors import ActRefused, ArchiveError, ReaderDied
from mailbot.domain.mail import Address, Head
from mailbot.domain.outcome_codes import ASKS_FOR_TIME
from mailbot.flows.archived_mail import head_of_archived
from mailbot.flows.enqueue import enqueue
from mailbot.flows.open_cases import settled_by, waiting_cases
from mailbot.flows.perform import perform
from mailbot.flows.ports import App
from mailbot.flows.unit_accounts import dead_now
from mailbot.letters.extensions import Request, extension_letters
from mailbot.letters.receipts import answerable
from storage.store import Transaction


def extend(app: App, tx: Transaction, act: Act) -> str:
    """Grant the extension; what was done, in one sentence. It settles the case that it names, or else every mail of the
    unit that asks for more time.

    Raises ActRefused before anything is written.
    """
    unit, until = app.roster.get(act.target.unit), act.until
    apply(act, About(unit=unit), app.config.campaign)  # refuses what names no unit or no day
    assert unit is not None
    assert until is not None
    answered = _answered(app, tx, act)
    for place, case in enumerate(answered):
        token = act.source.token if place == 0 else None  # a one-time word stands beside one act
        _grant(app, tx, replace(_about(act, case.name), source=replace(act.source, token=token)), unit, case)
    if not answered:
        _grant(app, tx, _about(act, None), unit, None)
    day = f"{until.year}年{until.month}月{until.day}日"
    done = f"，来件 {'、'.join(case.name for case in answered)} 一并答复" if answered else ""
    return f"{unit.name} 的报送截止日已延至 {day}{done}{_told(unit, answered, dead_now(app.roster, tx))}"


def check_granted(app: App, tx: Transaction, act: Act) -> None:
    """Raise ActRefused, with who granted it, where the unit may report that long already.

    The same day is granted once more where a mail that asks for it waits, since that is answered by it.
    """
    before = (one for one in reversed(tx.decisions()) if one.act.kind is ActKind.EXTEND and not one.undone)
    granted = next((one for one in before if one.act.target.unit == act.target.unit), None)
    if granted and act.until and not adds_time(act.until, granted.act, is_asked=bool(_answered(app, tx, act))):
        raise ActRefused(f"{settled_by(app, granted)}，只有更晚的日期才会更改；未作改动，也未再函告该单位")


def _answered(app: App, tx: Transaction, act: Act) -> list[Case]:
    """The mails that wait and are answered with an extension: the one that it names, or those that ask for time."""
    mine = (case for case in waiting_cases(app, tx) if case.kind == "letter" and case.message.unit == act.target.unit)
    if act.target.case is not None:
        return [case for case in mine if case.name == act.target.case]
    return [case for case in mine if case.message.code == ASKS_FOR_TIME]


def _about(act: Act, case: str | None) -> Act:
    return replace(act, target=replace(act.target, case=case))


def _told(unit: Unit, answered: list[Case], dead: Collection[str]) -> str:
    """Whether somebody of the unit is written to."""
    if answered or any(address.lower() not in dead for address in unit.emails):
        return "，已函告该单位"
    return "；名录中没有可用的邮箱，请电话告知该单位"


def _grant(app: App, tx: Transaction, act: Act, unit: Unit, case: Case | None) -> None:
    effect = apply(act, About(case=case, unit=unit), app.config.campaign)
    number = perform(app, tx, act, effect, case.message.id if case else None)
    request = _request(app, case) if case else None
    reported = any(s.submission.current for s in tx.submissions(app.config.campaign.id, unit.code))
    assert act.until is not None
    letters = extension_letters(
        unit, act.until, app.config.campaign.deadline, number, request, dead_now(app.roster, tx), reported
    )
    enqueue(app, tx, letters, act.at, case.message.mailbox if case else "")


def _request(app: App, case: Case) -> Request:
    """Whom to answer, by the head of the mail; by its sender alone where that cannot be read now."""
    message = case.message
    try:
        head = head_of_archived(app, message.sha256)
    except (ReaderDied, ArchiveError):
        head = Head(message_id=message.message_id, sender=Address(message.sender))
    received_at = message.received_at.astimezone(app.config.organisation.zone)
    return Request(case.name, answerable(head), head.message_id, head.references, received_at)
