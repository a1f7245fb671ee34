"""`mailbot backup`: copies the database while the daemon runs, and lists what else belongs to a backup."""

import shlex
from datetime import datetime
from pathlib import Path

import click

from mailbot.cli.options import with_config
from mailbot.config import Config
from mailbot.domain.errors import StoreError
from storage.backup import back_up, note_backup


@click.command()
@with_config
@click.argument("path", type=click.Path(path_type=Path))
def command(config: Config, path: Path) -> None:
    """Copy the database to PATH, a new file or a folder, while the daemon runs; the copy is checked.

    Says what else to copy: the archive, the configuration, the roster.
    """
    database = config.database.path
    if database is None:
        raise StoreError(
            "the database is PostgreSQL, which has its own way: pg_dump --format=custom --file=FILE NAME; "
            f"copy the archive {config.archive.path} after it"
        )
    if path.is_dir():
        path = path / f"mailbot-{datetime.now(config.organisation.zone):%Y%m%d-%H%M%S}.db"
    size = back_up(database.resolve(), path.absolute())
    try:
        note_backup(config.archive.path)
    except OSError as error:
        click.echo(f"{config.archive.path}: the time of this backup cannot be noted: {error.strerror}", err=True)
    click.echo(f"{path}: a checked copy of {database} ({size // 1024} KiB)")
    click.echo(
        "copy these as well, after it (the archive only grows, but where mails are erased; delete older copies then):\n"
        f"  {shlex.quote(str(config.archive.path))}  every raw mail, the deeper backup\n"
        f"  {shlex.quote(str(config.campaign.units))}  the roster, and the configuration that names it"
    )
