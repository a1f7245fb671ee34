"""`mailbot replay`: builds the records again from the archive."""

import difflib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

import click

from mailbot.app import build
from mailbot.cli.options import log_to_stderr, progress, with_config, with_log_level
from mailbot.config import Config
from mailbot.documents import exports
from mailbot.domain.letter import LetterState
from mailbot.flows.ports import App
from mailbot.flows.replay import replay
from storage.archive import Archive
from storage.daemon_lock import lock
from storage.store import Store

MOST_DIFFERENCES = 40
"""Lines that are shown."""


@click.command()
@with_config
@with_log_level
def command(config: Config, log_level: str | None) -> None:
    """Build the records again from the archived raw messages and the journal of the archive; sends nothing.

    Into an empty database. Where the database holds records already, they are built beside it and compared: exit 0
    where all that counts is equal, 1 where not; nothing is changed. Sentences that a newer program words otherwise are
    shown and do not count.
    """
    log_to_stderr(log_level or config.log.level or "warning")
    with lock(config.database.url):
        app = build(config, alone=True)
        app = replace(app, archive=Archive(config.archive.path, silent=True))
        try:
            with app.store.transaction() as tx:
                is_empty = not tx.messages(config.campaign.id)
            if is_empty:
                _fill(app)
            else:
                _compare(app)
        finally:
            app.close()


def _fill(app: App) -> None:
    _run(app)
    with app.store.transaction() as tx:
        messages, letters = tx.messages(app.config.campaign.id), tx.letters()
    waiting = sum(message.disposition is None for message in messages)
    held = sum(letter.state is LetterState.HELD for letter in letters)
    click.echo(f"{len(messages)} messages, {waiting} of which wait to be judged; nothing was sent")
    if held:
        click.echo(f"{held} letters are not known to have left and are held: look at them with `mailbot release`")


def _compare(app: App) -> None:
    with _beside(app) as other:
        _run(other)
        there, here = canonical(other), canonical(app)
    if there == here:
        click.echo("the records are what the archive says; nothing was changed, nothing was sent")
        return
    counting, again = exports.without_words(here), exports.without_words(there)
    if counting == again:
        _show_differences(here, there)
        click.echo(
            "all that counts is what the archive says; only sentences about it are worded otherwise by this version of "
            "the program, and stay as they were sent; nothing was changed, nothing was sent"
        )
        return
    _show_differences(counting, again)
    click.echo("the records are not what the archive says; nothing was changed", err=True)
    sys.exit(1)


def _show_differences(here: str, there: str) -> None:
    found = difflib.unified_diff(here.splitlines(), there.splitlines(), "database", "archive", lineterm="", n=2)
    click.echo("\n".join(islice(found, MOST_DIFFERENCES)))


@contextmanager
def _beside(app: App) -> Iterator[App]:
    """The program on an empty database of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mailbot-") as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'replay.db'}")
        try:
            yield replace(app, store=store)
        finally:
            store.close()


def _run(app: App) -> None:
    with progress() as bar:
        task = bar.add_task("judging again", total=None)
        for step in replay(app):
            bar.update(task, total=step.of, advance=1)


def canonical(app: App) -> str:
    """The campaign's records as one text, see `exports.canonical`."""
    campaign = app.config.campaign.id
    with app.store.transaction() as tx:
        messages = tx.messages(campaign)
        document = exports.document(
            campaign, messages, tx.submissions(campaign), app.config.organisation.zone, tx.decisions()
        )
        return exports.canonical(document, messages, tx.attachments(campaign))
