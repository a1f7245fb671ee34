"""`mailbot once`: runs one whole pass, then stops."""

import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import click
from rich.progress import Progress

from mailbot import __version__
from mailbot.app import build
from mailbot.cli.options import log_to_stderr, not_as_root, progress, with_config, with_log_level
from mailbot.config import Config, check_secrets
from mailbot.daemon import heartbeat
from mailbot.domain.errors import ArchiveError, MailbotError, MessageLost, StoreError
from mailbot.domain.letter import LetterState
from mailbot.flows import watch
from mailbot.flows.begin import begin
from mailbot.flows.collect import collect, file_away
from mailbot.flows.deliver import deliver_next
from mailbot.flows.judge import judge_next
from mailbot.flows.ports import App
from mailbot.flows.remind import remind
from mailbot.flows.report import report
from storage.daemon_lock import lock

log = logging.getLogger(__name__)


@click.command()
@with_config
@with_log_level
@not_as_root
def command(config: Config, log_level: str | None) -> None:
    """Take in all that waits in the mailboxes, decide what is due, deliver what is queued; then stop."""
    log_to_stderr(log_level or config.log.level or "warning")
    check_secrets(config)
    started_at = datetime.now(UTC)
    with lock(config.database.url):
        app = build(config, alone=True, adopt=True)
        try:
            with progress() as bar:
                again = one_pass(app, bar)
            _leave_sign_of_life(app, started_at)
            click.echo(_summary(app), err=True)
        finally:
            app.close()
    for sentence in again:
        click.echo(f"to be tried again: {sentence}", err=True)
    if again:
        sys.exit(1)


def _leave_sign_of_life(app: App, started_at: datetime) -> None:
    """Tell monitoring that a pass came to its end, and how long after the one before.

    Where a daemon has run within the last day, its sign of life stays: one pass by hand must not hide that it is dead.
    """
    archive = app.config.archive.path
    before = heartbeat.read(archive)
    if before and before.passes is None and started_at - before.at < heartbeat.FIRST_PASS:
        return
    setbacks = tuple(heartbeat.Setback(about=x.about, reason=x.reason, at=x.at) for x in app.setbacks.values())
    beat = heartbeat.of_pass(before, started_at, os.getpid(), __version__, setbacks)
    try:
        heartbeat.write(beat, archive)
    except OSError as error:  # a full disk: nothing else may suffer from it
        log.warning("the heartbeat cannot be written: %s", error)


def one_pass(app: App, bar: Progress) -> list[str]:
    """One round of every flow; a sentence for each thing that has to be tried again."""
    begin(app)
    again = read_mail(app, bar)
    for mailbox, inbox in app.mailboxes:
        if failure := file_away(app, mailbox, inbox):
            log.warning("%s", failure)
    again += attempt("reminders", partial(remind, app)) + attempt("digest", partial(report, app))
    again += send_letters(app, bar, shut := set[str]())
    again += attempt("alerts", lambda: watch.watch(app, watch.Known(silent=shut)))
    again += send_letters(app, bar, shut)
    again += [f"{one.about}: {one.reason}" for one in app.setbacks.values()]
    with app.store.transaction() as tx:
        kept = [letter for letter in tx.letters({LetterState.QUEUED}) if letter.due_at <= app.clock()]
        resting = tx.resting(app.clock())
    if kept and not again:
        again.append(
            f"{len(kept)} letters wait for the sending limit ([sending] per_minute, per_day, per_address_per_hour)"
        )
    zone = app.config.organisation.zone
    again += [f"{rest.mailbox} sends nothing until {rest.until.astimezone(zone):%m-%d %H:%M}" for rest in resting]
    return again


def attempt(name: str, work: Callable[[], object]) -> list[str]:
    """Do one thing of several that do not need each other; a sentence where it failed."""
    try:
        work()
    except MailbotError as error:
        return [f"{name}: {error}"]
    except Exception as error:  # whatever it is, the rest is done; it is told
        log.debug("%s failed", name, exc_info=error)
        return [f"{name}: {type(error).__name__}: {error}"]
    return []


def send_letters(app: App, bar: Progress, shut: set[str]) -> list[str]:
    """Deliver all that is due; a sentence for each letter that has to be tried again.

    Mailboxes that cannot send join `shut` and are left alone.
    """
    again = []
    sending = bar.add_task("sending letters", total=None)
    while delivery := deliver_next(app, shut):
        bar.advance(sending)
        if delivery.failure:
            again.append(f"{delivery.key}: {delivery.failure}")
        if delivery.blocked:
            shut.add(delivery.mailbox)
    return again


def read_mail(app: App, bar: Progress) -> list[str]:
    """Take in and judge all that waits in the mailboxes; a sentence for each thing that has to be tried again."""
    again = []
    fetching = bar.add_task("fetching mail", total=None)
    for mailbox, inbox in app.mailboxes:
        try:
            for _ in collect(app, mailbox, inbox):
                bar.advance(fetching)
        except StoreError:  # nothing can be done without the database
            raise
        except MailbotError as error:
            again.append(str(error))
        except Exception as error:  # whatever it is, the others go on; it is told
            log.debug("reading %s failed", mailbox.name, exc_info=error)
            again.append(f"mailbox {mailbox.name}: {type(error).__name__}: {error}")
    judging = bar.add_task("reading mail", total=None)
    is_left = True
    while is_left:
        try:
            is_left = judge_next(app, slowly=True) or judge_next(app)  # so each in its order
            bar.advance(judging)
        except ArchiveError as error:
            again.append(str(error))
            is_left = isinstance(error, MessageLost)  # other faults are those of every message
    with app.store.transaction() as tx:
        deferred = tx.deferred(app.clock())
    if deferred:
        until = deferred[0].astimezone(app.config.organisation.zone)
        again.append(
            f"{len(deferred)} messages wait, the first until {until:%H:%M}, "
            "as their senders have written very often ([intake] per_sender_per_hour, per_sender_per_day)"
        )
    return again


def _summary(app: App) -> str:
    with app.store.transaction() as tx:
        messages = tx.messages(app.config.campaign.id)
        letters = tx.letters()
    held = sum(letter.state is LetterState.HELD for letter in letters)
    sent = sum(letter.state is LetterState.SENT for letter in letters)
    text = f"{len(messages)} messages known, {sent} letters sent so far"
    return f"{text}, {held} held until `mailbot release`" if held else text
