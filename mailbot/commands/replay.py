"""Not built yet."""

import sys

import click


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Not yet: rebuild the records from the archive."""
    click.echo("mailbot: `mailbot replay` is not there yet", err=True)
    sys.exit(2)
