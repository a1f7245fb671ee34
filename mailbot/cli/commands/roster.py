"""`mailbot roster`: checks the list of units before mail is judged by it."""

import json
import sys
from collections.abc import Iterable, Iterator

import click

from mailbot.app import load_roster
from mailbot.campaigns.roster_check import Remark, remarks
from mailbot.cli.options import with_config
from mailbot.config import Config
from mailbot.domain.errors import ConfigError
from parsers.reading import Severity

WORDS = {Severity.ERROR: "WRONG", Severity.WARNING: "note", Severity.NOTICE: "info"}


@click.group()
def command() -> None:
    """Look after the roster, the list of units that owe a report."""


@command.command()
@with_config
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
def check(config: Config, as_json: bool) -> None:
    """Say what is wrong in the roster, and what is good to know: ambiguous names, units without an address."""
    source = str(config.campaign.units)
    faults, found = _found(config)
    if as_json:
        click.echo(json.dumps(list(_document(source, faults, found)), ensure_ascii=False, indent=1))
    else:
        _show(source, faults, found)
    if faults or any(remark.severity is Severity.ERROR for remark in found):
        sys.exit(1)


def _found(config: Config) -> tuple[tuple[str, ...], tuple[Remark, ...]]:
    """Why the file cannot be read as a roster, or else the remarks about it."""
    try:
        return (), remarks(load_roster(config))
    except ConfigError as error:
        return error.faults, ()


def _document(source: str, faults: Iterable[str], found: Iterable[Remark]) -> Iterator[dict[str, str | None]]:
    for fault in faults:
        yield {"file": source, "unit": None, "severity": Severity.ERROR.value, "text": fault}
    for remark in found:
        yield {"file": source, "unit": remark.unit, "severity": remark.severity.value, "text": remark.text}


def _show(source: str, faults: tuple[str, ...], found: tuple[Remark, ...]) -> None:
    for fault in faults:
        click.echo(f"{WORDS[Severity.ERROR]:5}  {fault}")
    for remark in found:
        click.echo(f"{WORDS[remark.severity]:5}  {source} {remark.unit}: {remark.text}")
    if not faults and not found:
        click.echo(f"ok     {source}: nothing to remark")
