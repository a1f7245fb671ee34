"""A sender who floods the mailbox delays only his own mail, and none of it is lost."""

from pathlib import Path
from typing import Any

import pytest

from mailbot.cli.commands.once import one_pass
from mailbot.cli.options import progress
from mailbot.domain.mail import Disposition
from support.mails import mail
from support.world import World, words

FLOOD = "flood@example.net"


def a_world(folder: Path, **intake: Any) -> World:
    return World(folder, intake={"per_sender_per_hour": 2, "per_sender_per_day": 0, **intake})


def deliver(world: World, number: int, sender: str = FLOOD) -> None:
    for n in range(number):
        world.deliver(mail(sender=sender, subject=f"统计表 {n}", message_id=f"<{n}.{sender}>"))


def judged(world: World, sender: str = FLOOD) -> int:
    return sum(m.sender == sender and m.disposition is not None for m in world.messages)


def test_what_comes_beyond_the_share_of_an_hour_is_read_later_and_once(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    deliver(world, 5)
    for hour, expected in enumerate((2, 4, 5, 5)):
        world.round()
        assert judged(world) == expected, hour
        assert len(world.reader.opened) == expected
        world.clock.forward(minutes=59)
        world.round()
        assert judged(world) == expected, hour
        world.clock.forward(minutes=1)
    assert len(world.sent()) == 5
    assert all(message.code is None for message in world.messages)


def test_a_deferred_message_is_opened_as_often_as_any_other(tmp_path: Path) -> None:
    """Waiting long must not look like killing the reader."""
    world = a_world(tmp_path, per_sender_per_hour=1)
    deliver(world, 8)
    for _ in range(8):
        world.round()
        world.clock.forward(hours=1)
    assert {message.disposition for message in world.messages} == {Disposition.REVIEW}


def test_the_share_of_a_day_counts_too(tmp_path: Path) -> None:
    world = a_world(tmp_path, per_sender_per_hour=0, per_sender_per_day=3)
    deliver(world, 4)
    world.round()
    world.clock.forward(hours=23)
    world.round()
    assert judged(world) == 3
    world.clock.forward(hours=1)
    world.round()
    assert judged(world) == 4


def test_others_are_read_at_once(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    deliver(world, 30)
    deliver(world, 1, "xinhe@example.org")
    world.round()
    assert judged(world, "xinhe@example.org") == 1


@pytest.mark.parametrize("sender", ["staff@example.org", "Staff@Example.org"])
def test_staff_may_write_as_often_as_they_like(tmp_path: Path, sender: str) -> None:
    world = a_world(tmp_path)
    deliver(world, 5, sender)
    world.round()
    assert judged(world, sender) == 5


def test_without_limits_everything_is_read_at_once(tmp_path: Path) -> None:
    world = a_world(tmp_path, per_sender_per_hour=0)
    deliver(world, 5)
    world.round()
    assert judged(world) == 5


def test_staff_hear_how_many_messages_wait(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    deliver(world, 5)
    with progress() as bar:
        again = one_pass(world.app, bar)
    assert again == [
        "3 messages wait, the first until 13:00, as their senders have written very often "
        "([intake] per_sender_per_hour, per_sender_per_day)"
    ]
    (digest,) = world.sent("digest")
    assert "3 封来件因同一发件人来件过多暂缓读取" in words(digest)
