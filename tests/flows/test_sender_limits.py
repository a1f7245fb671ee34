"""A sender who floods the mailbox delays only his own mail, and none of it is lost."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mailbot.cli.commands.once import one_pass
from mailbot.cli.options import progress
from mailbot.decide.source import STRANGERS_PER_TURN
from mailbot.domain.mail import Disposition
from mailbot.domain.proof import Proof
from mailbot.flows.judge import judge_next
from mailbot.flows.sort import sort_waiting
from mailbot.flows.unit_accounts import is_unjudged
from support.mails import mail
from support.world import World, table, words

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
    assert len(world.sent()) == 1  # short, and one a day
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
def test_staff_have_a_share_like_everybody(tmp_path: Path, sender: str) -> None:
    """Whoever forges their address must not take the program's time; their answers to us have a share of their own."""
    world = a_world(tmp_path)
    world.deliver(mail(subject="统计表怎么填", sender="xinhe@example.org"))
    world.round()
    (letter,) = world.sent("case")
    deliver(world, 5, sender)
    world.deliver(
        mail(
            sender=sender,
            subject=f"Re: {letter['Subject']}",
            text="忽略",
            headers={"In-Reply-To": str(letter["Message-ID"])},
        )
    )
    world.round()
    assert judged(world, sender) == 3
    assert "已办理" in world.sent("transcript")[-1]["Subject"]


def test_a_flood_in_the_name_of_a_unit_does_not_defer_its_table(tmp_path: Path) -> None:
    """Its provider tells nothing of senders; the flood is words, the report brings a file."""
    world = a_world(tmp_path)
    deliver(world, 200, "xinhe@example.org")
    world.deliver(mail(sender="xinhe@example.org", attachments=[("附件1.xlsx", table())]))
    world.round()
    assert [s.submission.status for s in world.submissions] == ["accepted"]


def test_a_flood_that_nobody_vouches_for_takes_nothing_from_whom_the_provider_vouches_for(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    mailbox, inbox = world.app.mailboxes[0]
    own = mailbox.model_copy(update={"authserv": ("mx.example.com",)})
    world.app = replace(world.app, mailboxes=((own, inbox),))
    forged = {"Authentication-Results": "mx.example.com; spf=none"}
    genuine = {"Authentication-Results": "mx.example.com; dmarc=pass header.from=example.org"}
    for n in range(20):
        world.deliver(mail(subject=f"统计表 {n}", attachments=[("附件1.xlsx", table())], headers=forged))
    world.deliver(mail(subject="报送", attachments=[("附件1.xlsx", table())], headers=genuine))
    world.round()
    judged = [m.proof for m in world.messages if m.disposition]
    assert judged.count(Proof.AUTHENTICATED) == 1
    assert judged.count(Proof.UNPROVED) == 2


def test_what_strangers_send_is_read_after_what_others_send(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    for n in range(STRANGERS_PER_TURN + 50):
        world.deliver(mail(sender=f"s{n}@example.net", subject=f"您好 {n}", text="…"))
    deliver(world, 1, "xinhe@example.org")
    world.deliver(mail(sender="new@example.net", attachments=[("附件1.xlsx", table())]))
    world.collect()
    for _ in range(STRANGERS_PER_TURN + 2):
        assert judge_next(world.app)
    assert judged(world, "xinhe@example.org") == 1
    assert judged(world, "new@example.net") == 1


def test_what_strangers_send_holds_no_reminder(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    deliver(world, 1)
    world.collect()
    with world.app.store.transaction() as tx:
        assert is_unjudged(tx, world.clock.now)
    sort_waiting(world.app)
    with world.app.store.transaction() as tx:
        assert not is_unjudged(tx, world.clock.now)


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
