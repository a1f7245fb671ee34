"""Send what was held back."""

import sys

import click

from mailbot import flows
from mailbot.app import build
from mailbot.config import Config, check_secrets
from mailbot.domain import LetterKind, LetterState, StoredLetter
from mailbot.options import with_config
from mailbot.ports import App
from storage.engine import lock
from storage.store import Transaction


@click.command()
@with_config
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Show the letters and stop.")
def command(config: Config, yes: bool, dry_run: bool) -> None:
    """Show the letters that were held back, and send them."""
    check_secrets(config)
    with lock(config.database.url):
        app = build(config)
        try:
            failures = _release(app, yes, dry_run)
        finally:
            app.close()
    for failure in failures:
        click.echo(f"to be tried again: {failure}", err=True)
    if failures:
        sys.exit(1)


def _release(app: App, yes: bool, dry_run: bool) -> list[str]:
    with app.store.transaction() as tx:
        wanted, unwanted = _decided_again(app, tx)
    for letter in wanted:
        click.echo(f"{letter.kind:9} {letter.to:32} {letter.subject}")
    for letter in unwanted:
        click.echo(f"not sent, {flows.NO_LONGER_DUE}: {letter.to} {letter.subject}", err=True)
    if not wanted:
        click.echo("no letter is held back")
    if dry_run or not (wanted or unwanted):
        return []
    if wanted and not yes:
        click.confirm(f"Send these {len(wanted)} letters?", abort=True)
    with app.store.transaction() as tx:
        for letter in unwanted:
            tx.drop(letter.key, flows.NO_LONGER_DUE)
        tx.release({letter.key for letter in wanted}, app.clock())
    failures, sent = [], 0
    shut: set[str] = set()
    while delivery := flows.deliver_next(app, shut):
        if delivery.failure:
            failures.append(f"{delivery.key}: {delivery.failure}")
        sent += delivery.state is LetterState.SENT
        if delivery.blocked:
            shut.add(delivery.mailbox)
    click.echo(f"{sent} letters sent")
    return failures


def _decided_again(app: App, tx: Transaction) -> tuple[list[StoredLetter], list[StoredLetter]]:
    """The held letters that are still wanted, and the reminders that a report or the time has overtaken."""
    held, due = tx.letters({LetterState.HELD}), {letter.key for letter in flows.reminders_due(app, tx, app.clock())}
    overtaken = [letter for letter in held if letter.kind is LetterKind.REMINDER and letter.key not in due]
    return [letter for letter in held if letter not in overtaken], overtaken
