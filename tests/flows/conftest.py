"""What many whole rounds start from: a small world in memory, or an office on real servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command_line import Office
from support.dovecot import Account
from support.figures_guard import only_acts_write_what_counts
from support.smtp_sink import SmtpSink
from support.world import World


@pytest.fixture(autouse=True)
def _acts_alone() -> Iterator[None]:
    """In all of these tests what counts is written by acts alone."""
    with only_acts_write_what_counts():
        yield


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Units, a mailbox and a way out in memory, and a database in a file."""
    return World(tmp_path)


@pytest.fixture
def office(tmp_path: Path, dovecot: Account, smtp_server: SmtpSink) -> Office:
    """A folder with a configuration whose mailbox lies on Dovecot and whose letters go to an SMTP server."""
    return Office(tmp_path, dovecot.config(), smtp_server.config())
