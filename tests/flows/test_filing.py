"""Filing: settled mail may be moved to a folder, waiting mail stays, and nothing is taken in twice."""

from collections.abc import Collection
from pathlib import Path

import pytest

from mailbot.daemon import backoff, daemon, heartbeat
from mailbot.daemon.daemon import Daemon
from mailbot.domain.errors import MailboxError
from mailbot.flows import collect
from mailbot.servers.imap import Listing
from support.mails import mail
from support.world import World, table

REPORT = mail(sender="李晓 <xinhe@example.org>", attachments=[("附件1.xlsx", table())])
PRIVATE = mail(subject="明天的会", text="请带上材料。", sender="friend@example.net")


def world_with(folder: Path, file_to: str) -> World:
    world = World(folder)
    (mailbox,) = world.config.mailbox
    world.config = world.config.model_copy(update={"mailbox": (mailbox.model_copy(update={"file_to": file_to}),)})
    world.restart()
    return world


@pytest.fixture
def world(tmp_path: Path) -> World:
    return world_with(tmp_path, "已处理")


def file_away(world: World) -> list[str]:
    return [collect.file_away(world.app, mailbox, inbox) for mailbox, inbox in world.app.mailboxes]


def test_nothing_is_moved_unless_it_is_asked_for(tmp_path: Path) -> None:
    world = world_with(tmp_path, "")
    world.deliver(REPORT)
    world.round()
    file_away(world)
    assert world.inbox.filed == []


def test_what_is_dealt_with_is_moved_and_what_is_for_people_stays(world: World) -> None:
    world.deliver(REPORT)
    world.deliver(PRIVATE)
    world.collect()
    file_away(world)
    assert world.inbox.filed == [], "nothing before it is judged"
    world.round()
    file_away(world)
    assert world.inbox.filed == [REPORT]
    assert world.inbox.listing().uids == (2,)


def test_a_mail_that_was_filed_and_comes_back_is_neither_stored_nor_answered_again(world: World) -> None:
    world.deliver(REPORT)
    world.round()
    file_away(world)
    world.deliver(world.inbox.filed[0])
    world.round()
    assert len(world.messages) == 1
    assert len(world.sent()) == 1


def test_a_filing_that_fails_is_told_and_made_up_for_later(world: World) -> None:
    world.deliver(REPORT)
    world.round()
    world.inbox.troubles = [MailboxError("it offers neither MOVE nor UIDPLUS")]
    assert file_away(world) == ["mail that is dealt with is not filed: it offers neither MOVE nor UIDPLUS"]
    assert file_away(world) == [""]
    assert world.inbox.filed == [REPORT]


def test_a_daemon_that_cannot_file_reads_on_and_says_so_once(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(listing: Listing, uids: Collection[int], folder: str) -> None:
        raise MailboxError("example.org does not make the folder 已处理")

    monkeypatch.setattr(world.inbox, "file_away", refused)
    monkeypatch.setattr(backoff, "WAITS", (0,))
    running, (mailbox, inbox) = Daemon(world.app), world.app.mailboxes[0]
    soon = mailbox.model_copy(update={"poll_seconds": 1})
    for _ in range(3):
        world.deliver(REPORT)
        running.poll(soon, inbox)
    with world.app.store.transaction() as tx:
        assert len(tx.known_uids(mailbox.name, "INBOX", 1)) == 3, "every mail is taken in"
    assert [record.getMessage() for record in caplog.records if record.name == daemon.__name__] == [
        "mail that is dealt with is not filed: example.org does not make the folder 已处理"
    ]
    (duty,) = [duty for duty in duties(running) if duty.name == "filing in office"]
    assert duty.failing > 0
    assert duty.failure == "mail that is dealt with is not filed: example.org does not make the folder 已处理"
    monkeypatch.undo()
    running.poll(soon, inbox)
    (duty,) = [duty for duty in duties(running) if duty.name == "filing in office"]
    assert duty.failing == 0


def duties(running: Daemon) -> tuple[heartbeat.Duty, ...]:
    """What the heartbeat tells."""
    running.beat([])
    beat = heartbeat.read(running.app.config.archive.path)
    assert beat is not None
    return beat.duties
