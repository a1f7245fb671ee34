"""What a command needs to know of a daemon that may be running beside it."""

from datetime import UTC, datetime

from mailbot.app import build
from mailbot.config import Config
from mailbot.daemon import heartbeat
from mailbot.flows.ports import App


def daemon_lives(config: Config) -> bool:
    """Whether a daemon runs with this archive."""
    beat = heartbeat.read(config.archive.path)
    return beat is not None and beat.passes is None and beat.death(datetime.now(UTC)) is None


def build_beside(config: Config) -> App:
    """The program for a command that looks on, or decides, beside a daemon: it goes by the roster of the daemon."""
    return build(config, follow=daemon_lives(config))
