"""`mailbot roster`: checks the list of units before mail is judged by it."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import click

from mailbot.app import roster_file_of
from mailbot.campaigns.roster_check import remarks
from mailbot.campaigns.roster_file import RosterFile
from mailbot.cli.options import with_config
from mailbot.config import Config
from parsers.reading import Severity

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
    found = list(_lines(source, roster_file_of(config)))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for line in found:
            unit = f"{source} {line['unit']}: " if line["unit"] else ""
            click.echo(f"{WORDS[Severity(line['severity'])]:5}  {unit}{line['text']}")
        if not found:
            click.echo(f"ok     {source}: nothing to remark")
    if any(line["severity"] == Severity.ERROR for line in found):
        sys.exit(1)


def _lines(source: str, found: RosterFile) -> Iterator[dict[str, Any]]:
    """The faults of the file, and the remarks about its units, in the words of the JSON."""
    for fault in found.faults:
        yield {"file": source, "unit": None, "severity": fault.severity.value, "text": fault.sentence(source)}
    for remark in remarks(found.roster) if found.roster else ():
        yield {"file": source, "unit": remark.unit, "severity": remark.severity.value, "text": remark.text}
