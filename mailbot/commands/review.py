"""Not built yet."""

import sys

import click


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Not yet: settle what waits for a person."""
    click.echo("mailbot: `mailbot review` is not there yet", err=True)
    sys.exit(2)
