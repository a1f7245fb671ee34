"""Everything stored for the campaign, for other programs and for people."""

import csv
import io
import json
from pathlib import Path

import click

from mailbot import exports
from mailbot.app import forms_of, load_roster, local_clock
from mailbot.config import Config
from mailbot.options import with_config
from mailbot.workbook import consolidated
from storage.store import Store


@click.command()
@with_config
@click.option("--format", "kind", type=click.Choice(["json", "xlsx", "csv"]), required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Default: standard output.")
def command(config: Config, kind: str, output: Path | None) -> None:
    """Write everything that is stored for the campaign."""
    content = _content(config, kind)
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise click.FileError(str(output), error.strerror or "cannot be written") from error


def _content(config: Config, kind: str) -> bytes:
    zone = config.organisation.zone
    store = Store.open(config.database.url)
    try:
        with store.transaction() as tx:
            messages = tx.messages(config.campaign.id)
            submissions = tx.submissions(config.campaign.id)
    finally:
        store.close()
    if kind == "json":
        document = exports.document(config.campaign.id, messages, submissions, zone)
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(exports.table(submissions, zone))
        return text.getvalue().encode("utf-8-sig")
    now = local_clock(config)()
    return consolidated(
        load_roster(config).on(min(now.date(), config.campaign.ends_on)),
        config.campaign,
        submissions,
        messages,
        next(iter(forms_of(config.campaign).values())),
        organisation_name=config.organisation.name,
        as_of=now,
    )
