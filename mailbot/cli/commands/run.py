"""`mailbot run`: runs the daemon, in the foreground."""

import signal

import click

from mailbot.app import build
from mailbot.cli.options import log_to_stderr, not_as_root, with_config
from mailbot.config import Config, check_secrets
from mailbot.daemon.daemon import Daemon
from storage.daemon_lock import lock


@click.command()
@with_config
@not_as_root
def command(config: Config) -> None:
    """Run the daemon in the foreground until SIGTERM or SIGINT; status 70 asks for a new start."""
    log_to_stderr()
    check_secrets(config)
    with lock(config.database.url):
        daemon = Daemon(build(config, alone=True))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, daemon.stop)
        daemon.run()
