"""`mailbot run`: runs the daemon, in the foreground."""

import logging
import signal

import click

from mailbot import __version__
from mailbot.app import build
from mailbot.cli.options import log_to_stderr, not_as_root, with_config, with_log_level
from mailbot.config import Config, check_secrets
from mailbot.daemon.daemon import Daemon
from storage.daemon_lock import lock

log = logging.getLogger(__name__)


@click.command()
@with_config
@with_log_level
@not_as_root
def command(config: Config, log_level: str | None) -> None:
    """Run the daemon in the foreground until SIGTERM or SIGINT; status 70 asks for a new start."""
    log_to_stderr(log_level or config.log.level or "info")
    check_secrets(config)
    with lock(config.database.url):
        daemon = Daemon(build(config, alone=True, adopt=True))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, daemon.stop)
        log.info("%s", _begun(config))
        daemon.run()
        log.info("stopped; what was under way is taken up at the next start")


def _begun(config: Config) -> str:
    campaign, names = config.campaign, ", ".join(mailbox.name for mailbox in config.mailbox)
    return (
        f"mailbot {__version__} has started: campaign {campaign.id} until {campaign.ends_on}, "
        f'mailbox {names}, letters: [sending] mode = "{config.sending.mode}"'
    )
