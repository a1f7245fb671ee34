"""The daemon, in the foreground."""

import click

from mailbot.app import build
from mailbot.config import Config, check_secrets
from mailbot.daemon import Daemon
from mailbot.options import log_to_stderr, not_as_root, with_config
from storage.engine import lock


@click.command()
@with_config
@not_as_root
def command(config: Config) -> None:
    """Run the daemon in the foreground until SIGTERM or SIGINT."""
    log_to_stderr()
    check_secrets(config)
    with lock(config.database.url):
        Daemon(build(config)).run()
