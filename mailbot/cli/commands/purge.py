"""`mailbot purge`: erases what is kept no longer."""

import json
import re
from datetime import datetime, time, timedelta

import click

from mailbot.cli.alone import app_alone, kept_elsewhere
from mailbot.cli.options import with_config
from mailbot.config import Config
from mailbot.decide.retention import Limits, limits_before, limits_by
from mailbot.domain.mail import StoredMessage
from mailbot.flows.erase import finish_erasing
from mailbot.flows.purge import Due, due, purge
from mailbot.letters.rendering.mime import one_line

DAYS = {"": 1, "d": 1, "w": 7, "m": 31, "y": 366}
"""Months and years as long as the longest, so that nothing goes too early."""
LONGEST = 36_600
"""In days: mail is younger."""


@click.command()
@with_config
@click.option(
    "--older-than",
    metavar="DAYS|DAY",
    help="What came, or was written, so many days ago (90), or before a day (2021-12-31). Default: by [retention].",
)
@click.option("--dry-run", is_flag=True, help="Say what would go; erase nothing.")
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
def command(config: Config, older_than: str | None, dry_run: bool, as_json: bool) -> None:
    """Erase the raw mails and letters that are kept no longer, with the names and addresses read from them.

    What counts stays. Mails that wait for a person stay too. The daemon does the same by itself where the configuration
    has [retention]; this command is refused (exit 75) while it runs.
    """
    now = datetime.now(config.organisation.zone)
    limits = _limits(config, older_than, now)
    with app_alone(config) as app:
        if dry_run:
            found = due(app, limits)
        else:
            finish_erasing(app)
            found = purge(app, limits)
    if as_json:
        click.echo(json.dumps(_document(found, config, dry_run), ensure_ascii=False, indent=1))
        return
    _show(found, config, dry_run)


def _limits(config: Config, older_than: str | None, now: datetime) -> Limits:
    if older_than is not None:
        return limits_before(_moment(older_than, now))
    limits = limits_by(config.retention, config.campaign, now)
    if limits.is_empty and config.retention.mails_days is config.retention.letters_days is None:
        raise click.UsageError("nothing says what is to go: write [retention] mails_days, or --older-than 90")
    return limits


def _moment(text: str, now: datetime) -> datetime:
    """Midnight of a day, or the moment so many days (90, 90d), weeks, months or years ago."""
    if found := re.fullmatch(r"(\d{1,4})\s*([dwmy]?)", text.strip()):
        return now - timedelta(days=min(int(found[1]) * DAYS[found[2]], LONGEST))
    try:
        day = datetime.fromisoformat(text.strip())
    except ValueError:
        raise click.BadParameter(
            f"{text} is no number of days and no day; write 90, 3m, 1y or 2021-12-31", param_hint="--older-than"
        ) from None
    moment = datetime.combine(day.date(), time(), now.tzinfo)
    if moment > now:
        raise click.BadParameter(f"{text} lies ahead; write a day that is over", param_hint="--older-than")
    return moment


def _document(found: Due, config: Config, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "mails": [_mail(message) for message in found.mails],
        "letters": found.letters,
        "waiting": [_mail(message) for message in found.waiting],
        "kept_elsewhere": kept_elsewhere(config),
    }


def _mail(message: StoredMessage) -> dict[str, object]:
    return {"sha256": message.sha256, "case": message.case, "received_at": message.received_at.isoformat()}


def _show(found: Due, config: Config, dry_run: bool) -> None:
    zone = config.organisation.zone
    if dry_run:
        for message in found.mails:
            subject = one_line(message.subject)
            click.echo(f"{message.received_at.astimezone(zone):%Y-%m-%d}  {message.case or '-':12}  {subject}")
    verb = "would go" if dry_run else "erased"
    click.echo(f"{verb}: {len(found.mails)} mails, the words of {found.letters} letters besides those about them")
    if found.waiting:
        cases = ", ".join(message.case or message.sha256[:12] for message in found.waiting)
        click.echo(f"kept, since they wait to be judged or for a person: {cases}")
    if not dry_run and (found.mails or found.letters):
        for sentence in kept_elsewhere(config):
            click.echo(sentence)
