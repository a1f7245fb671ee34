"""What would be sent at some time, for people to look at. Sends nothing, stores nothing."""

from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import click

from mailbot import calendar, flows
from mailbot.app import build
from mailbot.config import Config
from mailbot.decide.digests import digest
from mailbot.decide.reminders import reminders
from mailbot.domain import Letter, LetterKind
from mailbot.options import with_config
from mailbot.ports import App


@click.command()
@click.argument("kind", type=click.Choice(["receipt", "reminder", "digest"]))
@with_config
@click.option("--at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]), help="Default: now.")
@click.option("--unit", help="The reminder of this unit (its code); default: the first.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="An .eml or .html file.")
def command(kind: str, config: Config, at: datetime | None, unit: str | None, output: Path | None) -> None:
    """Show what would be sent at a time, as .eml or .html; sends nothing, stores nothing."""
    app = build(config)
    try:
        now = at.replace(tzinfo=config.organisation.zone) if at else app.clock()
        if kind == "receipt":
            _receipt(app, output)
        else:
            _letters(app, kind, now, unit, output)
    finally:
        app.close()


def _receipt(app: App, output: Path | None) -> None:
    with app.store.transaction() as tx:
        receipts = [letter for letter in tx.letters() if letter.kind is LetterKind.RECEIPT]
        if not receipts:
            raise click.UsageError("no receipt has been made yet; take in some mail first (`mailbot once`)")
        content = tx.content(receipts[-1].id)
    click.echo(f"{receipts[-1].to}  {receipts[-1].subject}", err=True)
    _write(output, content, None)


def _letters(app: App, kind: str, now: datetime, unit: str | None, output: Path | None) -> None:
    letters = _reminders(app, now) if kind == "reminder" else _digest(app, now)
    for letter in letters:
        click.echo(f"{letter.to}  {letter.subject}", err=True)
    chosen = [letter for letter in letters if unit is None or letter.unit == unit]
    if not chosen:
        raise click.UsageError(_why_none(app, now) if not letters else f"unit {unit} would get nothing at that time")
    html, _ = app.letters.pages(chosen[0], now)
    _write(output, app.letters.render(chosen[0], now).content, html)


def _reminders(app: App, now: datetime) -> list[Letter]:
    with app.store.transaction() as tx:
        standings = flows.account_of(app, tx, now).standings
    # the mailbox counts as read to its end: a preview asks who would be reminded, not whether it may leave now
    return list(reminders(standings, app.config.campaign, app.config.reminders, now, complete_until=now))


def _digest(app: App, now: datetime) -> list[Letter]:
    to = (*app.config.staff.digest_to, app.config.mailbox[0].address)[0]
    with app.store.transaction() as tx:
        return [digest(flows.account_of(app, tx, now), app.config, app.forms, now, to)]


def _why_none(app: App, now: datetime) -> str:
    stages = calendar.stages(app.config.campaign, app.config.reminders, now)
    days = "、".join(f"{stage.due:%Y-%m-%d %H:%M}" for stage in stages)
    return f"no reminder is due at {now:%Y-%m-%d %H:%M}; they go out at {days} to units that owe something then"


def _write(output: Path | None, message: bytes, html: str | None) -> None:
    if output is None:
        click.echo(message, nl=False)
    elif output.suffix == ".html":
        output.write_text(html if html is not None else _html_of(message), encoding="utf-8")
    else:
        output.write_bytes(message)
    if output:
        click.echo(f"wrote {output}", err=True)


def _html_of(message: bytes) -> str:
    part = message_from_bytes(message, policy=policy.default).get_body(("html",))
    return str(part.get_content()) if part else ""
