"""Two daemons are started on one database and its mailbox: one of them works, and nothing is done twice."""

import json
import signal
from email import message_from_bytes
from pathlib import Path

from support.command_line import ARRIVED, Office
from support.dovecot import Account
from support.mails import mail
from support.smtp_sink import SmtpSink
from support.waiting import wait_for
from support.world import activity, table

SENDERS = ("xinhe@example.org", "xingang@example.org", "port@example.org")
MAILS = 9


def report(number: int) -> bytes:
    return mail(
        sender=SENDERS[number % len(SENDERS)],
        subject=f"报送 {number}",
        message_id=f"<{number}@example.org>",
        attachments=[("附件1.xlsx", table("", activity(f"活动{number}")))],
    )


def test_the_second_of_two_daemons_ends_and_nothing_is_done_twice(
    tmp_path: Path, dovecot: Account, smtp_server: SmtpSink
) -> None:
    office = Office(tmp_path, dovecot.config(), smtp_server.config())
    for number in range(MAILS):
        dovecot.deliver(report(number), ARRIVED)
    daemons = [office.start("run", "--config", str(office.config)) for _ in range(2)]
    try:
        wait_for(lambda: any(daemon.poll() is not None for daemon in daemons), 120)
        assert [daemon.poll() for daemon in daemons].count(75) == 1
        wait_for(lambda: len(smtp_server.mails) >= MAILS, 120)
        assert office.run("once").returncode == 75
    finally:
        for daemon in daemons:
            if daemon.poll() is None:
                daemon.send_signal(signal.SIGTERM)
            daemon.communicate(timeout=30)
    assert office.run("once").returncode == 0
    export = json.loads(office.run("export", "--format", "json").stdout)
    assert len(export["messages"]) == MAILS
    assert len(export["submissions"]) == MAILS
    letters = [message_from_bytes(sent.content) for sent in smtp_server.mails]
    answered = [letter["In-Reply-To"] for letter in letters if letter["In-Reply-To"]]
    assert sorted(answered) == sorted(f"<{number}@example.org>" for number in range(MAILS))
