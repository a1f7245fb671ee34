"""Send what was held back."""

import sys

import click

from mailbot import flows
from mailbot.app import build
from mailbot.config import Config, check_secrets
from mailbot.decide.digests import Account
from mailbot.decide.reminders import owes
from mailbot.domain import LetterKind, LetterState, StoredLetter
from mailbot.options import with_config
from mailbot.ports import App
from storage.engine import lock


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
        wanted, unwanted = _decided_again(app, tx.letters({LetterState.HELD}), flows.account_of(app, tx, app.clock()))
    for letter in wanted:
        click.echo(f"{letter.kind:9} {letter.to:32} {letter.subject}")
    if not wanted:
        click.echo("no letter is held back")
    if dry_run or not (wanted or unwanted):
        return []
    if wanted and not yes:
        click.confirm(f"Send these {len(wanted)} letters?", abort=True)
    with app.store.transaction() as tx:
        for letter in unwanted:
            tx.drop(letter.key, "no longer owed when it was released")
        tx.release({letter.key for letter in wanted}, app.clock())
    failures, sent = [], 0
    while delivery := flows.deliver_next(app):
        if delivery.failure:
            failures.append(f"{delivery.key}: {delivery.failure}")
        else:
            sent += 1
        if delivery.blocked:
            break
    click.echo(f"{sent} letters sent")
    return failures


def _decided_again(
    app: App, held: tuple[StoredLetter, ...], account: Account
) -> tuple[list[StoredLetter], list[StoredLetter]]:
    """The held letters that are still wanted, and the reminders that a report has overtaken."""
    in_debt = {standing.unit.code for standing in account.standings if owes(standing)}
    overtaken = [letter for letter in held if letter.kind is LetterKind.REMINDER and letter.unit not in in_debt]
    return [letter for letter in held if letter not in overtaken], overtaken
