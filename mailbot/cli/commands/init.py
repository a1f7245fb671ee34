"""`mailbot init`: writes the files that a new installation starts from."""

from importlib.resources import files
from pathlib import Path

import click

from mailbot.config import Config, load
from mailbot.documents.workbook import blank_form
from parsers.forms.form import load as load_form

NEXT_STEPS = """
Next:
  1. fill in {folder}/config.toml (mailbox, staff, campaign)
     and {folder}/units.csv (add the other units, and their e-mail addresses)
  2. export MAILBOT_PASSWORD=…   the authorization code of the mailbox
  3. mailbot doctor --config {folder}/config.toml
  4. mailbot run --config {folder}/config.toml
Letters are held back until `mailbot release` as long as [sending] mode is "hold"."""


@click.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False))
def command(folder: Path) -> None:
    """Write a commented config.toml, the roster and the blank table into FOLDER."""
    starter = files("mailbot.cli.starter")
    contents = {
        "config.toml": starter.joinpath("config.toml").read_bytes(),
        "units.csv": starter.joinpath("units.csv").read_bytes(),
    }
    contents["统计表.xlsx"] = b""
    standing = [name for name in contents if (folder / name).exists()]
    if standing:
        raise click.UsageError(f"{folder / standing[0]} is there already and is not overwritten; choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("config.toml", "units.csv"):
            (folder / name).write_bytes(contents[name])
        (folder / "统计表.xlsx").write_bytes(_blank_table(load(folder / "config.toml")))
    except OSError as error:
        raise click.UsageError(f"{folder}: cannot be written: {error.strerror}") from error
    for name in contents:
        click.echo(f"wrote {folder / name}")
    click.echo(NEXT_STEPS.format(folder=folder))


def _blank_table(config: Config) -> bytes:
    return blank_form(load_form(config.campaign.forms[0]), config.campaign.title, None)
