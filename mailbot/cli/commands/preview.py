"""`mailbot preview`: shows what would be sent at some time; sends nothing, stores nothing."""

import shutil
import sys
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from mailbot.campaigns import calendar
from mailbot.cli.beside import build_beside
from mailbot.cli.commands.status import OWES
from mailbot.cli.options import Moment, with_config, write_file
from mailbot.config import Config
from mailbot.decide.facts import Facts
from mailbot.decide.judgement import Judged, judge
from mailbot.decide.reminders import owes, reminders, unreachable
from mailbot.decide.staff_orders import unit_called
from mailbot.decide.standing import Standing
from mailbot.domain.letter import Letter, LetterKind
from mailbot.domain.letter_contents import Reminder
from mailbot.domain.mail import Disposition, StoredMessage
from mailbot.domain.submission import Submission, Verdict
from mailbot.flows.answer import accounts_of
from mailbot.flows.archived_mail import open_archived
from mailbot.flows.enqueue import with_blank_tables
from mailbot.flows.ports import App
from mailbot.flows.report import weekly
from mailbot.flows.unit_accounts import account_of
from mailbot.letters.receipts import receipt, receipt_key
from mailbot.letters.rendering.mime import one_line
from mailbot.mail.opening import Opened


@click.command()
@click.argument("kind", type=click.Choice(["receipt", "reminder", "digest"]))
@with_config
@click.option("--at", type=Moment(has_time=True), help="Default: now.")
@click.option("--unit", help="The reminder of this unit (its code or name); default: the first.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="An .eml or .html file.")
@click.option(
    "--text/--raw", "as_text", default=None, help="Its text, or the whole message; default: on a terminal the text."
)
def command(
    kind: str, config: Config, at: datetime | None, unit: str | None, output: Path | None, as_text: bool | None
) -> None:
    """Show the text of what would be sent at a time, or write it as .eml or .html; sends nothing, stores nothing."""
    app = build_beside(config)
    try:
        now = at.replace(tzinfo=config.organisation.zone) if at else app.clock()
        match kind:
            case "receipt":
                _receipt(app, output, as_text)
            case "reminder":
                code = unit_called(unit, app.roster) if unit else None
                _reminder(app, _hour_of_reminders(now, config) if at else now, code, output, as_text)
            case _:
                _letter(app, _digest(app, now), now, output, as_text)
    finally:
        app.close()


def _hour_of_reminders(at: datetime, config: Config) -> datetime:
    """A day without an hour is that day when its reminders go out."""
    return at if at.time() != time() else datetime.combine(at, config.reminders.send_at, at.tzinfo)


def _receipt(app: App, output: Path | None, as_text: bool | None) -> None:
    """The receipt that was made last, anew from the archived mail and what is stored of it, by the templates of now."""
    with app.store.transaction() as tx:
        answered = {receipt_key(message.sha256): message for message in tx.messages(app.config.campaign.id)}
        of = {letter.id: ":".join(letter.key.split(":")[:2]) for letter in tx.letters(kind=LetterKind.RECEIPT)}
        receipts = [letter for letter in tx.letters(kind=LetterKind.RECEIPT) if of[letter.id] in answered]
        if not receipts:
            raise click.UsageError("no receipt has been made yet; take in some mail first (`mailbot once`)")
        message = answered[of[receipts[-1].id]]
        submissions = tx.submissions_of(message.id)
        earlier = tx.earlier({s.submission.unit for s in submissions if s.submission.unit}, app.config.campaign.id)
        roster = app.roster.on(message.received_at.astimezone(app.config.organisation.zone).date())
        stored = Verdict(Disposition.SUBMISSION, "", submissions=tuple(s.submission for s in submissions))
        accounts = accounts_of(app, tx, stored, roster)
    opened = open_archived(app, message.sha256, message.received_at, slowly=True)
    judged = Judged(
        opened=opened,
        verdict=_verdict(app, message, opened, tuple(s.submission for s in submissions)),
        earlier=tuple(e for e in earlier if e.id not in {s.id for s in submissions}),
        case=message.case or "",
        sha256=message.sha256,
        received_at=message.received_at.astimezone(app.config.organisation.zone),
    )
    letter = receipt(judged, app.config.campaign, roster, app.forms, accounts, app.config.staff.everyone)
    if letter is None:
        raise click.UsageError(f"case {message.case} is answered no more")
    _letter(app, letter, receipts[-1].queued_at.astimezone(app.config.organisation.zone), output, as_text)


def _verdict(app: App, message: StoredMessage, opened: Opened, submissions: tuple[Submission, ...]) -> Verdict:
    """As stored; what a message without a table is about in detail is not, and is found again."""
    assert message.disposition
    stored = Verdict(message.disposition, message.reason, message.code, message.unit, submissions)
    if submissions:
        return stored
    again = judge(opened, (), Facts(), app.rules_of(message.received_at))
    return again if again.disposition is message.disposition else stored


def _reminder(app: App, now: datetime, unit: str | None, output: Path | None, as_text: bool | None) -> None:
    with app.store.transaction() as tx:
        account = account_of(app, tx, now)
    standings, dead, campaign = account.standings, account.dead, app.config.campaign
    # the mailbox counts as read to its end: a preview asks who would be reminded, not whether it may leave now
    letters = list(reminders(standings, campaign, app.config.reminders, now, now, dead))
    for line in unreachable(standings, dead):
        click.echo(f"{line.unit_name}：{line.text}", err=True)
    if not letters:
        click.echo(_why_none(app, standings, now), err=True)
        return
    Console(stderr=True).print(_who_gets_what(letters, standings, now))
    chosen = [letter for letter in letters if unit is None or letter.unit == unit]
    if not chosen:
        raise click.UsageError(f"unit {unit} would get nothing at that time")
    _letter(app, with_blank_tables(app, chosen[0]), now, output, as_text)


def _who_gets_what(due: Sequence[Letter], standings: Sequence[Standing], now: datetime) -> Table:
    table = Table(title=f"{now:%Y-%m-%d %H:%M}：报送提醒 {len(due)} 封", title_justify="left")
    for heading in ("单位", "邮箱", "用语", "阶段"):
        table.add_column(heading, overflow="fold")
    units = {standing.unit.code: standing for standing in standings}
    for letter in due:
        standing = units[letter.unit or ""]
        missing = owes(standing)
        table.add_row(standing.unit.name, letter.to, OWES[missing] if missing else "", _stage(letter))
    return table


def _stage(letter: Letter) -> str:
    assert isinstance(letter.content, Reminder)
    days = letter.content.days
    if days > 0:
        return f"截止前 {days} 个工作日"
    return f"逾期 {-days} 个工作日" if days else "截止"


def _why_none(app: App, standings: Sequence[Standing], now: datetime) -> str:
    campaign, rules = app.config.campaign, app.config.reminders
    deadlines = {campaign.deadline, *(standing.deadline for standing in standings)}
    stages = [stage for deadline in sorted(deadlines) for stage in calendar.stages(campaign, rules, now, deadline)]
    coming = sorted({stage.due for stage in stages if stage.due > now})
    days = ", ".join(f"{due:%Y-%m-%d %H:%M}" for due in coming)
    after = f"the next ones go out at {days}, to units that owe something then" if days else "none comes after it"
    return f"no reminder is due at {now:%Y-%m-%d %H:%M}; {after}"


def _digest(app: App, now: datetime) -> Letter:
    to = (*app.config.staff.digest_to, app.config.mailbox[0].address)[0]
    with app.store.transaction() as tx:
        return weekly(app, account_of(app, tx, now), now, to)


def _letter(app: App, letter: Letter, now: datetime, output: Path | None, as_text: bool | None) -> None:
    letters = app.letters.knowing(app.is_known)
    html, text = letters.pages(letter, now)
    if output is not None:
        write_file(output, html.encode() if output.suffix == ".html" else letters.render(letter, now).content)
    elif not (sys.stdout.isatty() if as_text is None else as_text):
        click.echo(letters.render(letter, now).content, nl=False)
    else:
        _show(letter, text)


def _show(letter: Letter, text: str) -> None:
    """The readable text of a letter; a long one through the pager of the terminal."""
    enclosed = "".join(
        f"附件：{one_line(enclosure.name)}（{len(enclosure.content)} 字节）\n" for enclosure in letter.enclosures
    )
    page = f"收件人：{letter.to}\n主题：{one_line(letter.subject)}\n{enclosed}\n{text}"
    if sys.stdout.isatty() and page.count("\n") >= shutil.get_terminal_size().lines:
        click.echo_via_pager(page)
    else:
        click.echo(page, nl=not page.endswith("\n"))
