"""Flags belong to the people who share the mailbox: they decide nothing here."""

from pathlib import Path

import pytest
from test_providers import Provider, report

from support.servers import Account


@pytest.mark.parametrize("flag", ["\\Seen", "\\Answered", "\\Deleted", "\\Flagged"])
def test_a_mail_that_somebody_has_marked_is_taken_in_and_answered_and_stays_marked(
    tmp_path: Path, dovecot: Account, flag: str
) -> None:
    world = Provider(tmp_path, dovecot, "sina")
    world.deliver(report(1))
    dovecot.mark(1, flag)
    world.answer()
    assert len(world.sent()) == 1
    assert dovecot.flags() == {1: frozenset({flag})}
    world.close()
