"""`mailbot release`: sends the letters that were held back."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click

from mailbot.app import build
from mailbot.cli.beside import daemon_lives
from mailbot.cli.commands.once import read_mail
from mailbot.cli.options import log_to_stderr, progress, with_config, with_log_level
from mailbot.config import Config, check_secrets
from mailbot.decide import delivery
from mailbot.domain.errors import StoreBusy
from mailbot.domain.letter import LetterKind, LetterState, StoredLetter
from mailbot.flows.begin import begin
from mailbot.flows.deliver import deliver_next
from mailbot.flows.ports import App
from mailbot.flows.remind import reminders_due
from mailbot.flows.unit_accounts import is_unjudged
from storage.daemon_lock import lock
from storage.store import Transaction


@click.command()
@with_config
@with_log_level
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Show the letters and stop.")
def command(config: Config, log_level: str | None, yes: bool, dry_run: bool) -> None:
    """Show the letters that were held back, and send them; where a daemon is running, it sends them."""
    log_to_stderr(log_level or config.log.level or "warning")
    check_secrets(config)
    with _opened(config) as (app, alone):
        if alone:
            begin(app)
        # who has reported meanwhile must not be reminded; a daemon reads the mail itself
        again = _read_mail(app) if alone and not dry_run else []
        released = _release(app, yes, dry_run, unread=bool(again))
        if released and alone:
            again += _deliver(app)
        elif released:
            click.echo(f"{released} letters released; the daemon that is running sends them")
    for sentence in again:
        click.echo(f"to be tried again: {sentence}", err=True)
    if again:
        sys.exit(1)


@contextmanager
def _opened(config: Config) -> Iterator[tuple[App, bool]]:
    """The program, and whether it has the database to itself: else a daemon is running."""
    with ExitStack() as stack:
        try:
            stack.enter_context(lock(config.database.url))
            alone = True
        except StoreBusy:
            alone = False
        app = build(config, alone=alone, adopt=alone, follow=not alone and daemon_lives(config))
        stack.callback(app.close)
        yield app, alone


def _read_mail(app: App) -> list[str]:
    with progress() as bar:
        return read_mail(app, bar)


def _release(app: App, yes: bool, dry_run: bool, unread: bool) -> int:
    """How many letters may leave now."""
    with app.store.transaction() as tx:
        wanted, overtaken, kept = _decided_again(app, tx, unread)
    for letter in wanted:
        click.echo(f"{letter.kind:9} {letter.to:32} {letter.subject}")
    for letter in overtaken:
        click.echo(f"not sent, {delivery.NO_LONGER_DUE}: {letter.to} {letter.subject}", err=True)
    if kept:
        click.echo(
            f"{len(kept)} reminders stay held until all mail is read: they go to nobody who has reported", err=True
        )
    if not wanted:
        click.echo("no letter is held back" if not kept else "no other letter is held back")
    if dry_run or not (wanted or overtaken):
        return 0
    if wanted and not yes:
        click.confirm(f"Send these {len(wanted)} letters?", abort=True)
    with app.store.transaction() as tx:
        for letter in overtaken:
            tx.drop(letter.key, delivery.NO_LONGER_DUE)
        return tx.release({letter.key for letter in wanted}, app.clock())


def _decided_again(
    app: App, tx: Transaction, unread: bool
) -> tuple[list[StoredLetter], list[StoredLetter], list[StoredLetter]]:
    """The held letters: those still wanted, reminders that a report or the time has overtaken, reminders to wait."""
    held = tx.letters({LetterState.HELD})
    reminders = [letter for letter in held if letter.kind is LetterKind.REMINDER]
    others = [letter for letter in held if letter.kind is not LetterKind.REMINDER]
    if unread or is_unjudged(tx, app.clock()):
        return others, [], reminders
    wanted = {letter.key for letter in reminders_due(app, tx, app.clock())}
    overtaken = [letter for letter in reminders if letter.key not in wanted]
    return [letter for letter in held if letter not in overtaken], overtaken, []


def _deliver(app: App) -> list[str]:
    failures, sent = [], 0
    shut: set[str] = set()
    while gone := deliver_next(app, shut):
        if gone.failure:
            failures.append(f"{gone.key}: {gone.failure}")
        sent += gone.state is LetterState.SENT
        if gone.blocked:
            shut.add(gone.mailbox)
    click.echo(f"{sent} letters sent")
    return failures
