"""The cases that wait for a person: which there are, and the letters that ask about them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.campaigns.roster import Roster
from mailbot.decide.cases import cases, is_quarantined
from mailbot.domain.act import ActKind, StoredAct
from mailbot.domain.case import Case
from mailbot.domain.errors import ActRefused, ArchiveError, ReaderDied
from mailbot.domain.letter import Letter, LetterKind
from mailbot.domain.mail import StoredMessage
from mailbot.domain.submission import StoredSubmission
from mailbot.flows.enqueue import enqueue
from mailbot.flows.folding import is_folded
from mailbot.flows.ports import App
from mailbot.flows.setbacks import by_itself
from mailbot.letters.case_letters import Facing, case_letter
from mailbot.mail.opening import Opened
from mailbot.mail.original_files import OriginalFile
from storage.store import Transaction

DONE = {
    ActKind.ACCEPT: "登记",
    ActKind.ASSIGN: "确定归属",
    ActKind.REPLACE: "替换",
    ActKind.APPEND: "补报",
    ActKind.REJECT: "退回",
    ActKind.IGNORE: "忽略",
    ActKind.EXTEND: "延期",
    ActKind.WITHDRAW: "撤回登记",
}


def waiting_cases(app: App, tx: Transaction) -> tuple[Case, ...]:
    """All that waits for a person, oldest first."""
    campaign = app.config.campaign.id
    return cases(tx.messages(campaign), tx.submissions(campaign))


def waiting_case(app: App, tx: Transaction, name: str) -> Case:
    """The case of that name that waits. Raises ActRefused, with who settled it and how where somebody did."""
    found = next((case for case in waiting_cases(app, tx) if case.name == name), None)
    if found:
        return found
    before = [d for d in tx.decisions() if d.act.target.case == name and not d.undone and d.act.kind in DONE]
    if before:
        raise ActRefused(f"受理号 {name} {settled_by(app, before[-1])}；如需更改，请先撤销")
    raise ActRefused(f"没有待核对的受理号 {name}")


def settled_by(app: App, stored: StoredAct) -> str:
    """Who settled something, when and how: 已由 … 于 … 核定（延期 新河街道总工会 至10月8日）."""
    made = stored.act
    at, unit = made.at.astimezone(app.config.organisation.zone), app.roster.get(made.target.unit)
    how = DONE[made.kind] + (f" {unit.name}" if unit else "")
    how += f" 至{made.until.month}月{made.until.day}日" if made.until else ""
    return f"已由 {made.actor.name} 于 {at:%Y-%m-%d %H:%M} 核定（{how}）"


def come_since(app: App, tx: Transaction, case: Case, unit: str | None, asked_at: datetime) -> list[StoredSubmission]:
    """The tables of a unit, or of those of a case, that were received or decided about since then; in local time."""
    zone, campaign = app.config.organisation.zone, app.config.campaign.id
    units = {unit} if unit else {s.submission.unit for s in case.tables if s.submission.unit}
    found = [stored for code in units for stored in tx.changed_since(code or "", campaign, asked_at)]
    return [replace(stored, received_at=stored.received_at.astimezone(zone)) for stored in found]


def ask_staff(app: App, tx: Transaction, message: int, opened: Opened, now: datetime, *, again: bool = False) -> None:
    """Queue the letters that ask staff about what waits in a message, if anything does; `again`: those that were asked
    and have not answered get new ones. Of a source that writes very often one letter tells of many, later."""
    turn, campaign = str(tx.decisions_about(message)), app.config.campaign.id
    # of what killed its reader staff are told by an alert, once a day: a flood of such mail must not be one of letters
    waiting = [c for c in cases([tx.message(message)], tx.submissions_of(message)) if not is_quarantined(c.message)]
    if waiting and turn == "0" and not again and is_folded(app, tx, waiting[0].message, now):
        return
    files: Sequence[OriginalFile] = ()
    others = waiting_cases(app, tx) if waiting else ()
    if waiting and app.config.staff.everyone:
        with by_itself(app, f"files of {waiting[0].name}", f"受理号 {waiting[0].name} 的原附件"):
            files = _original_files(app, waiting[0].message, opened)
    for case in waiting:
        units = {stored.submission.unit for stored in case.tables}
        zone, own = app.config.organisation.zone, {stored.id for stored in case.tables}
        earlier = [
            replace(one, received_at=one.received_at.astimezone(zone))
            for one in tx.earlier({unit for unit in units if unit}, campaign)
            if one.id not in own
        ]
        facing = Facing(
            earlier, roster_then(app, case.message), app.forms, app.config.campaign, app.archive.secret(), others
        )
        number = _times_asked(tx, case.name) if again else 0
        asking: list[Letter] = []
        for to in sorted(app.config.staff.everyone):
            with by_itself(app, f"letter about {case.name} to {to}", f"受理号 {case.name} 的待核定来信（{to}）"):
                asking.append(case_letter(case, opened, files, facing, to, f"{turn}.{number}" if number else turn))
        enqueue(app, tx, asking, now)


def _times_asked(tx: Transaction, case: str) -> int:
    return len({x.key.split(":")[2] for x in tx.letters(kind=LetterKind.CASE) if x.key.startswith(f"case:{case}:")})


def asked_at(tx: Transaction, case: Case, before: datetime | None = None) -> datetime:
    """When staff were last asked about a case, before that moment; when its mail was judged where they never were."""
    keys = f"case:{case.name}:"
    asked = [x.queued_at for x in tx.letters(kind=LetterKind.CASE) if x.key.startswith(keys)]
    return max((at for at in asked if before is None or at <= before), default=None) or (
        tx.judged_at(case.message.id) or case.message.received_at
    )


def _original_files(app: App, message: StoredMessage, opened: Opened) -> Sequence[OriginalFile]:
    """What was attached to a message, as far as letters to staff bear it; nothing where it cannot be had."""
    if not opened.documents or app.archive.left_on_server(message.sha256):
        return ()
    try:
        return app.reader.files(app.archive.open(message.sha256), app.config.staff.attachment_limit)
    except (ReaderDied, ArchiveError):
        return ()


def roster_then(app: App, message: StoredMessage) -> Roster:
    """The units of the day on which a message came."""
    return app.roster.on(message.received_at.astimezone(app.config.organisation.zone).date())
