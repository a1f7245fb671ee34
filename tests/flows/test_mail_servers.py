"""The daemon on mail servers of several makes: mail is answered within seconds, and filed where the server lets it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.daemon import daemon as daemons
from mailbot.daemon import heartbeat
from mailbot.daemon.daemon import Daemon
from mailbot.servers.imap import Mailbox
from mailbot.servers.sent_folder import SentFolder
from support.command_line import Office
from support.daemons import running
from support.imap_account import ImapAccount
from support.mails import mail
from support.smtp_sink import SmtpSink
from support.waiting import wait_for
from support.world import NOON, World, table

FIVE_MINUTES, A_MINUTE = 300, 60
"""Between two polls; and on a machine that others keep busy too."""
IMPOSSIBLE = "a*%b" * 200
"""A name that no server makes a folder of."""


def report(number: int) -> bytes:
    return mail(
        sender="李晓 <xinhe@example.org>", subject=f"报送统计表（{number}）", attachments=[("附件1.xlsx", table())]
    )


@pytest.fixture
def start(tmp_path: Path, account: ImapAccount) -> Iterator[Callable[[str], World]]:
    """Makes a world whose mailbox lies on each server in turn and is polled every five minutes."""
    real = list[Mailbox]()

    def world(file_to: str) -> World:
        config = account.config(poll_seconds=FIVE_MINUTES, file_to=file_to)
        real.append(Mailbox(config, timeout=10))
        made = World(tmp_path)
        made.app = replace(made.app, mailboxes=((config, real[0]),))
        return made

    yield world
    real[0].close()


@pytest.mark.parametrize("file_to", ["已处理/2021", IMPOSSIBLE], ids=["filed", "refused"])
def test_every_mail_is_answered_within_seconds_whether_or_not_it_can_be_filed(
    account: ImapAccount, start: Callable[[str], World], monkeypatch: pytest.MonkeyPatch, file_to: str
) -> None:
    monkeypatch.setattr(daemons, "JUDGE_SECONDS", 0.2)
    monkeypatch.setattr(daemons, "SEND_SECONDS", 0.2)
    world = start(file_to)
    with running(daemon := Daemon(world.app)):
        for number in (1, 2, 3):
            account.deliver(report(number), NOON)
            wait_for(lambda: len(world.sent()) == number, A_MINUTE)  # noqa: B023 - at once
            time.sleep(0.5)
        if file_to == IMPOSSIBLE:
            wait_for(lambda: "does not make the folder" in filing(daemon), A_MINUTE)
        else:  # what is dealt with when another mail comes
            wait_for(lambda: len(account.flags("已处理/2021")) >= 2, A_MINUTE)
            assert filing(daemon) == ""
    assert len(world.messages) == 3


def filing(daemon: Daemon) -> str:
    """What the heartbeat says of filing that fails."""
    daemon.beat([])
    beat = heartbeat.read(daemon.app.config.archive.path)
    assert beat is not None
    (duty,) = [duty for duty in beat.duties if duty.name == "filing in office"]
    return duty.failure or "" if duty.failing else ""


def test_a_letter_is_found_in_the_folder_of_sent_mail(account: ImapAccount) -> None:
    account.create_folder("Sent")
    account.deliver(b"Subject: receipt\r\nMessage-ID: <1@example.org>\r\n\r\nbody\r\n", folder="Sent")
    assert SentFolder(account.config()).holds("<1@example.org>", datetime.now(UTC)) is True
    assert SentFolder(account.config()).holds("<2@example.org>", datetime.now(UTC)) is None


def test_doctor_tries_the_folder_that_mail_is_filed_to(
    tmp_path: Path, account: ImapAccount, smtp_server: SmtpSink
) -> None:
    office = Office(tmp_path, account.config(), smtp_server.config())
    office.change('name = "office"', 'name = "office"\nfile_to = "INBOX.已处理"')
    assert f"is moved to the folder {account.called('已处理')}, which is made when there is such mail" in (
        office.ask("doctor").stdout
    )
    office.change('name = "office"', 'name = "office"\nfolder = "已处理"')
    found = office.ask("doctor").stdout
    assert "WRONG  imap office: mailbox office: 127.0.0.1 has no folder 已处理" in found
    account.create_folder("已处理")
    found = office.ask("doctor").stdout
    assert "WRONG  imap office: mailbox office: file_to is the folder that is read" in found
