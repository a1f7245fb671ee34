"""Not built yet."""

import sys

import click


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Not yet: a consistent copy while the daemon runs."""
    click.echo("mailbot: `mailbot backup` is not there yet", err=True)
    sys.exit(2)
