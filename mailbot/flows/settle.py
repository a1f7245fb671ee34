"""Settling: an act of a person takes effect with all that follows from it, letters included, in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.campaigns.roster import Roster
from mailbot.decide.apply import About, Table, apply
from mailbot.decide.cases import is_quarantined
from mailbot.decide.facts import Facts
from mailbot.decide.judgement import Judged, judge
from mailbot.decide.permit import Role, permit, roles_of_staff
from mailbot.decide.relation import sent_as
from mailbot.decide.settling import IGNORED
from mailbot.decide.whose import identify_tables
from mailbot.domain.act import Act, ActKind, StoredAct
from mailbot.domain.campaign import Unit
from mailbot.domain.case import Case
from mailbot.domain.errors import ActRefused, ReaderDied
from mailbot.domain.mail import Address, Disposition, Head, StoredMessage
from mailbot.domain.submission import Status, StoredSubmission, Verdict
from mailbot.flows.answer import letters_about
from mailbot.flows.archived_mail import head_of_archived, open_archived
from mailbot.flows.enqueue import enqueue
from mailbot.flows.extend import check_granted, extend
from mailbot.flows.open_cases import ask_staff, asked_at, come_since, roster_then, waiting_case, waiting_cases
from mailbot.flows.perform import perform
from mailbot.flows.ports import App
from mailbot.flows.unit_accounts import unit_answered
from mailbot.letters.extensions import answer_key
from mailbot.letters.receipts import receipt_key
from mailbot.mail.opening import Opened
from storage.store import Transaction

SETTLED = frozenset({ActKind.ACCEPT, ActKind.ASSIGN, ActKind.REPLACE, ActKind.APPEND, ActKind.REJECT, ActKind.IGNORE})


def settle(app: App, act: Act, *, anyway: bool = False) -> str:
    """Let an act take effect; one Chinese sentence that says what was done.

    `anyway`: whatever has come since staff were asked. Raises ActRefused where it may not or does not fit, and then
    nothing is changed; Overtaken where something has come.
    """
    opened = reopened(app, act.target.case)
    with app.store.transaction() as tx:
        since = None if anyway else when_asked(app, tx, act.target.case)
        return carry_out(app, tx, act, opened, since)


def repeat(app: App, act: Act) -> str:
    """Let an act take effect once more that had taken effect before: whether it may was decided then."""
    opened = reopened(app, act.target.case)
    act = replace(act, target=replace(act.target, version=None))
    with app.store.transaction() as tx:
        return _take_effect(app, tx, act, opened, None)


def reopened(app: App, case: str | None) -> Opened | None:
    """The mail that a case is about, read anew, since its answer is made from it; an empty one where there is none, or
    where it was erased.

    None where it cannot be read now.
    """
    with app.store.transaction() as tx:
        found = [m for m in tx.messages(app.config.campaign.id) if case and m.case and _is_of(case, m.case)]
    if not found or app.archive.outcomes.erased_at(found[0].sha256):
        return Opened(head=Head(), words="", documents=(), content_digest="")
    message = found[0]
    if is_quarantined(message):  # it would kill its reader again
        return _head_alone(app, message)
    try:
        opened = open_archived(app, message.sha256, message.received_at)
        return open_archived(app, message.sha256, message.received_at, slowly=True) if opened.is_slow else opened
    except ReaderDied:
        return None


def _head_alone(app: App, message: StoredMessage) -> Opened:
    try:
        head = head_of_archived(app, message.sha256)
    except ReaderDied:
        head = Head(message_id=message.message_id, sender=Address(message.sender))
    return Opened(head=head, words="", documents=(), content_digest="")


def _is_of(case: str, message_case: str) -> bool:
    """Whether a case is that of a message or of one of its tables (HWM21-0037-2)."""
    return case == message_case or case.startswith(f"{message_case}-")


def when_asked(app: App, tx: Transaction, case: str | None, before: datetime | None = None) -> datetime | None:
    """When staff were last asked about a case that waits, before that moment; None for any other."""
    found = next((one for one in waiting_cases(app, tx) if one.name == case), None)
    return asked_at(tx, found, before) if found else None


def carry_out(
    app: App,
    tx: Transaction,
    act: Act,
    opened: Opened | None,
    since: datetime | None,
    roles: frozenset[Role] | None = None,
) -> str:
    """Let an act take effect if it is permitted; one Chinese sentence that says what was done.

    `opened` is `reopened` of its case. What has come since that moment may stand against it; None: nothing does.
    `roles`: what the actor is, where that is more than what the office knows of staff. Raises ActRefused, with what
    came as Overtaken, before anything is written.
    """
    known = roles_of_staff(act.actor, app.config.staff.everyone) if roles is None else roles
    permission = permit(act.kind, act.actor, known)
    if not permission.is_given:
        raise ActRefused(permission.why)
    if act.kind is ActKind.EXTEND:
        check_granted(app, tx, act)
    return _take_effect(app, tx, act, opened, since)


def _take_effect(app: App, tx: Transaction, act: Act, opened: Opened | None, since: datetime | None) -> str:
    if opened is None:
        raise ActRefused(f"受理号 {act.target.case} 的来件现在无法再次读取，请稍后再试")
    match act.kind:
        case ActKind.EXTEND:
            said = extend(app, tx, act)
        case ActKind.UNDO:
            said = _undo(app, tx, act, opened)
        case ActKind.OBJECT:
            said = _object(app, tx, act, opened)
        case ActKind.WITHDRAW:
            said = _withdraw(app, tx, act, opened)
        case _:
            said = _settle_case(app, tx, act, opened, since)
    tx.mark_all_repeated(app.config.campaign.id)
    return said


def _undo(app: App, tx: Transaction, act: Act, opened: Opened) -> str:
    case = act.target.case or ""
    last = tx.last_act(case)
    built_on = (tx.built_on(last) or _reported_since(app, tx, last)) if last else ""
    effect = apply(act, About(last=last, built_on=built_on), app.config.campaign)
    assert last is not None
    assert last.message is not None
    message = tx.message_of(last.message)
    assert message is not None
    perform(app, tx, act, effect, message.id)
    for key in (receipt_key(message.sha256, last), *_keys_of_extension(app, last)):
        tx.drop(key, "the decision was taken back")
    ask_staff(app, tx, message.id, opened, act.at)
    return f"受理号 {case} 的上一个决定已撤销，恢复为待核对"


def _reported_since(app: App, tx: Transaction, last: StoredAct) -> str:
    """Why a table that was taken out cannot come back: its unit has reported anew, and both would count."""
    message = tx.message_of(last.message or "")
    if last.act.kind is not ActKind.WITHDRAW or message is None:
        return ""
    campaign, since = app.config.campaign.id, last.act.at
    units = {s.submission.unit for s in tx.submissions_of(message.id) if s.submission.unit}
    later = [s for unit in units for s in tx.changed_since(unit or "", campaign, since) if s.message != message.id]
    counting = [s.case for s in later if s.submission.current and s.received_at > since]
    return f"此后该单位已另行报送（受理号 {'、'.join(counting)}），不能再撤销" if counting else ""


def _keys_of_extension(app: App, undone: StoredAct) -> Iterator[str]:
    """The letters that told of an extension."""
    if undone.number and undone.act.kind is ActKind.EXTEND and (unit := app.roster.get(undone.act.target.unit)):
        yield answer_key(undone.number)
        yield from (f"{answer_key(undone.number)}:{address.lower()}" for address in unit.emails)


def _object(app: App, tx: Transaction, act: Act, opened: Opened) -> str:
    """Let nothing of a message count any more for a unit that says that it is not its own, until a person decides."""
    message = next((m for m in tx.messages(app.config.campaign.id) if m.case == act.target.case), None)
    tables = tx.submissions_of(message.id) if message else ()
    objected = [s for s in tables if s.submission.current and s.submission.unit == act.target.unit]
    about = About(tables=tuple(Table(s, sent_as(opened, "", None), ()) for s in objected))
    effect = apply(act, about, app.config.campaign)
    assert message is not None
    perform(app, tx, _about_version(act, about), effect, message.id)
    ask_staff(app, tx, message.id, opened, act.at)
    return f"受理号 {act.target.case} 的统计表已停止计入，此前的登记已恢复"


def _withdraw(app: App, tx: Transaction, act: Act, opened: Opened) -> str:
    """Take a registered table, or all those of a message, out of what counts; its sender is told."""
    case = act.target.case or ""
    message = next((m for m in tx.messages(app.config.campaign.id) if m.case and _is_of(case, m.case)), None)
    tables = tx.submissions_of(message.id) if message else ()
    counting = [s for s in tables if s.submission.current and case in (s.case, message.case if message else None)]
    replaced = [replaced for s in counting for replaced in s.submission.replaces]
    about = About(tables=tuple(Table(s, sent_as(opened, "", None), ()) for s in counting))
    effect = apply(act, about, app.config.campaign)
    assert message is not None
    number = perform(app, tx, _about_version(act, about), effect, message.id)
    taken_out = tuple(s.submission for s in tx.submissions_of(message.id) if s.id in {one.id for one in counting})
    verdict = replace(effect.verdict or Verdict(Disposition.SUBMISSION, ""), submissions=taken_out)
    settled = StoredAct(number, act, message.sha256, undone=False)
    _answer(app, tx, message, verdict, opened, settled, roster_then(app, message))
    again = [s.case for s in tx.submissions(app.config.campaign.id) if s.id in replaced and s.submission.current]
    restored = f"；此前的登记（受理号 {'、'.join(again)}）恢复计入" if again else ""
    return f"受理号 {case} 的统计表已撤回登记，不再计入{restored}"


# ---------------------------------------------------------------- a case that waits


def _settle_case(app: App, tx: Transaction, act: Act, opened: Opened, since: datetime | None) -> str:
    case = waiting_case(app, tx, act.target.case or "")
    roster = roster_then(app, case.message)
    about = _about_case(app, tx, act, case, opened, since, roster)
    effect = apply(act, about, app.config.campaign)
    number = perform(app, tx, _about_version(act, about), effect, case.message.id)
    message = tx.message(case.message.id)
    stored = tx.submissions_of(message.id)
    if effect.verdict and _is_answer_due(tx, message, stored):
        shown = (s.submission for s in stored)
        kept = tuple(s for s in shown if not any(finding.code == IGNORED for finding in s.findings))
        settled = StoredAct(number, act, message.sha256, undone=False)
        _answer(app, tx, message, replace(effect.verdict, submissions=kept), opened, settled, roster)
    ask_staff(app, tx, message.id, opened, act.at)
    return _said(case, act, stored, about.unit)


def _about_case(
    app: App, tx: Transaction, act: Act, case: Case, opened: Opened, since: datetime | None, roster: Roster
) -> About:
    unit = roster.get(act.target.unit or next((s.submission.unit for s in case.tables), None) or case.message.unit)
    earlier = tx.earlier({unit.code}, app.config.campaign.id) if unit else ()
    tables = []
    for stored in case.tables:
        sent = sent_as(opened, stored.submission.attachment, unit, case.message.proof)
        tables.append(Table(stored, sent, tuple(e for e in earlier if e.id != stored.id)))
    return About(
        case=case,
        tables=tuple(tables),
        unit=unit,
        later=() if since is None else tuple(come_since(app, tx, case, act.target.unit, since)),
        believed=_judged_believing(app, tx, case, opened) if case.kind == "sender" else None,
    )


def _judged_believing(app: App, tx: Transaction, case: Case, opened: Opened) -> Verdict:
    """The outcome of a message that was held because its sender was in doubt, as if it had not been."""
    rules = app.rules_of(case.message.received_at)
    whose = identify_tables(opened, rules.roster)
    earlier = tx.earlier({i.unit.code for i in whose if i.unit}, app.config.campaign.id)
    facts = Facts(earlier, answered=unit_answered(tx, opened.head), believed=True)
    return judge(opened, whose, facts, rules)


def _about_version(act: Act, about: About) -> Act:
    """The act with the version of the table that it turned out to be about."""
    return replace(act, target=replace(act.target, version=about.version))


def _is_answer_due(tx: Transaction, message: StoredMessage, stored: Sequence[StoredSubmission]) -> bool:
    """Whether the last that waited in a message is settled, and not everything in it was ignored."""
    made = (one.act.kind for one in tx.decisions() if one.message == message.sha256 and not one.undone)
    answered = any(kind in SETTLED - {ActKind.IGNORE} for kind in made)
    return answered and not any(s.submission.status is Status.REVIEW for s in stored)


def _answer(
    app: App,
    tx: Transaction,
    message: StoredMessage,
    verdict: Verdict,
    opened: Opened,
    settled: StoredAct,
    roster: Roster,
) -> None:
    units = {s.unit for s in verdict.submissions if s.unit}
    judged = Judged(
        opened=opened,
        verdict=verdict,
        earlier=tx.earlier(units, app.config.campaign.id),
        case=message.case or "",
        sha256=message.sha256,
        received_at=message.received_at.astimezone(app.config.organisation.zone),
        settled=settled,
    )
    enqueue(app, tx, letters_about(app, tx, judged, roster), settled.act.at, message.mailbox)


def _said(case: Case, act: Act, stored: Sequence[StoredSubmission], unit: Unit | None) -> str:
    name = next((s.submission.unit_name for s in stored if s.case == case.name), None) or (unit.name if unit else "")
    whose = f"（{name}）" if name else ""
    waits = any(s.case == case.name and s.submission.status is Status.REVIEW for s in stored)
    done = {
        ActKind.ACCEPT: "已登记",
        ActKind.ASSIGN: f"已确定归属{name}" + ("，与此前报送的关系仍待核对" if waits else ""),
        ActKind.REPLACE: "已登记，替换此前报送的统计表",
        ActKind.APPEND: "已登记为补报，与此前报送的一并计入",
        ActKind.REJECT: "已退回，并将原因告知来件人",
        ActKind.IGNORE: "已忽略，不再处理",
    }[act.kind]
    return f"受理号 {case.name}{whose}{done}"
