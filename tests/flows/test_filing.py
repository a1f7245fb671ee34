"""Filing: settled mail may be moved to a folder, waiting mail stays, and nothing is taken in twice."""

import logging
from pathlib import Path

import pytest

from mailbot.domain.errors import MailboxError
from mailbot.flows import collect
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


def file_away(world: World) -> None:
    for mailbox, inbox in world.app.mailboxes:
        collect.file_away(world.app, mailbox, inbox)


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


def test_a_server_that_does_not_move_disturbs_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.deliver(REPORT)
    world.round()
    world.inbox.troubles = [MailboxError("it offers neither MOVE nor UIDPLUS")]
    with caplog.at_level(logging.WARNING):
        file_away(world)
    assert "mail is not filed: it offers neither" in caplog.text
    file_away(world)
    assert world.inbox.filed == [REPORT]
