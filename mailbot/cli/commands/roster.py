"""`mailbot roster`: checks the list of units before mail is judged by it."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from mailbot.campaigns.roster import Roster
from mailbot.campaigns.roster_check import remarks
from mailbot.campaigns.roster_file import RosterFile
from mailbot.cli.folding import Line, folded
from mailbot.cli.options import with_config
from mailbot.config import Config
from mailbot.decide.dead_contacts import DeadContact
from mailbot.domain.errors import StoreError
from mailbot.flows.roster_in_force import read_content
from mailbot.flows.unit_accounts import dead_now
from parsers.reading import Severity
from storage.store import Store

WORDS = {Severity.ERROR: "WRONG", Severity.WARNING: "note", Severity.NOTICE: "info"}


@click.group()
def command() -> None:
    """Look after the roster, the list of units that owe a report."""


@command.command()
@with_config
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
def check(config: Config, as_json: bool) -> None:
    """Say what is wrong in the roster, and what is good to know: faulty cells, ambiguous names, missing addresses."""
    source = str(config.campaign.units)
    file = read_content(config.campaign)[1]
    found = [*_lines(source, file), *_dead_contacts(source, config, file.roster)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _show(source, found, file.roster)
    if any(line["severity"] == Severity.ERROR for line in found):
        sys.exit(1)


def _show(source: str, found: Iterable[dict[str, Any]], roster: Roster | None) -> None:
    """What is said of many units is one line."""
    lines = [
        Line(WORDS[Severity(one["severity"])], f"{source} {one['unit']}" if one["unit"] else "", one["text"])
        for one in found
    ]
    for text in folded(lines, [name for unit in roster.units for name in (unit.code, unit.name)] if roster else ()):
        click.echo(text)
    if not lines:
        click.echo(Line("ok", source, "nothing to remark"))


def _dead_contacts(source: str, config: Config, roster: Roster | None) -> Iterator[dict[str, Any]]:
    """The addresses that no letter reaches, as the database knows them, if there is one."""
    for contact in _known_dead(config, roster).values() if roster else ():
        for unit in roster.registered(contact.address) if roster else ():
            day = contact.since.astimezone(config.organisation.zone).date()
            text = (
                f"no letter reaches {contact.address} ({unit.name}) since {day}: {contact.why}; write the address that "
                "is used now, or leave it until a mail comes from it"
            )
            yield {"file": source, "unit": unit.code, "severity": Severity.WARNING.value, "text": text}


def _known_dead(config: Config, roster: Roster) -> Mapping[str, DeadContact]:
    try:
        store = Store.open_for_reading(config.database.url)
    except StoreError:  # a new installation has none, and the roster can be checked all the same
        return {}
    try:
        with store.transaction() as tx:
            return dead_now(roster, tx)
    finally:
        store.close()


def _lines(source: str, found: RosterFile) -> Iterator[dict[str, Any]]:
    """The faults of the file, and the remarks about its units, in the words of the JSON."""
    for fault in found.faults:
        yield {"file": source, "unit": None, "severity": fault.severity.value, "text": fault.sentence(source)}
    for remark in remarks(found.roster) if found.roster else ():
        yield {"file": source, "unit": remark.unit, "severity": remark.severity.value, "text": remark.text}
