"""What many whole rounds start from: a small world in memory, or an office on real servers."""

from pathlib import Path

import pytest

from support.command_line import Office
from support.dovecot import Account
from support.smtp_sink import SmtpSink
from support.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Units, a mailbox and a way out in memory, and a database in a file."""
    return World(tmp_path)


@pytest.fixture
def office(tmp_path: Path, dovecot: Account, smtp_server: SmtpSink) -> Office:
    """A folder with a configuration whose mailbox lies on Dovecot and whose letters go to an SMTP server."""
    return Office(tmp_path, dovecot.config(), smtp_server.config())
