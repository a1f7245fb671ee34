"""`mailbot export`: writes all that is stored for the campaign, for other programs and for people."""

import csv
import io
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import click

from mailbot.app import forms_of, local_clock, roster_of
from mailbot.campaigns.roster import Roster
from mailbot.cli.beside import daemon_lives
from mailbot.cli.options import with_config, write_file
from mailbot.config import Config
from mailbot.decide.dead_contacts import DeadContact
from mailbot.decide.standing import standings
from mailbot.documents import circular, exports
from mailbot.documents.workbook import consolidated, consolidated_name
from mailbot.domain.act import StoredAct
from mailbot.domain.mail import StoredMessage
from mailbot.domain.submission import StoredSubmission
from mailbot.flows.unit_accounts import dead_now
from storage.store import Store


@click.command()
@with_config
@click.option(
    "--format", "kind", type=click.Choice(["json", "xlsx", "csv", "circular"]), required=True, help="What to write."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Default: standard output; of xlsx and circular, where that is a terminal, a new file in this folder.",
)
def command(config: Config, kind: str, output: Path | None) -> None:
    """Write everything that is stored for the campaign; `circular` is a draft in Word on who has reported."""
    now = local_clock(config)()
    if kind == "circular" and now.date() <= config.campaign.deadline:
        raise click.UsageError(f"the circular is made after the deadline, which is {config.campaign.deadline}")
    content, name = _content(config, kind, _stored(config, kind), now)
    if output is None and name and sys.stdout.isatty():
        write_file(Path(name), content, replaces=False)  # somebody may have worked in it
    elif output is None:
        click.echo(content, nl=False)
    else:
        write_file(output, content)


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database has of the campaign."""

    messages: tuple[StoredMessage, ...]
    submissions: tuple[StoredSubmission, ...]
    extensions: Mapping[str, date]
    decisions: tuple[StoredAct, ...]
    dead: Mapping[str, DeadContact]


def _stored(config: Config, kind: str) -> Stored:
    store = Store.open(config.database.url)
    try:
        with store.transaction() as tx:
            return Stored(
                tx.messages(config.campaign.id),
                tx.submissions(config.campaign.id),
                tx.extensions(),
                tx.decisions(),
                dead_now(roster_of(config, follow=daemon_lives(config)), tx) if kind == "xlsx" else {},
            )
    finally:
        store.close()


def _content(config: Config, kind: str, stored: Stored, now: datetime) -> tuple[bytes, str]:
    """The file, and what it is called where it is one for people."""
    zone = config.organisation.zone
    if kind == "json":
        document = exports.document(config.campaign.id, stored.messages, stored.submissions, zone, stored.decisions)
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(), ""
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(exports.table(stored.submissions, forms_of(config.campaign), zone))
        return text.getvalue().encode("utf-8-sig"), ""
    roster = roster_of(config, follow=daemon_lives(config)).on(min(now.date(), config.campaign.ends_on))
    if kind == "circular":
        return _circular(config, roster, stored, now), circular.name(config.campaign)
    return _workbook(config, roster, stored, now), consolidated_name(config.campaign, now)


def _circular(config: Config, roster: Roster, stored: Stored, now: datetime) -> bytes:
    account = standings(roster, config.campaign, stored.submissions, stored.messages, stored.extensions)
    return circular.circular(account, config.campaign, config.organisation, now)


def _workbook(config: Config, roster: Roster, stored: Stored, now: datetime) -> bytes:
    return consolidated(
        roster,
        config.campaign,
        stored.submissions,
        stored.messages,
        next(iter(forms_of(config.campaign).values())),
        organisation_name=config.organisation.name,
        as_of=now,
        extensions=stored.extensions,
        dead=stored.dead,
    )
