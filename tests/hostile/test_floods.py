"""A flood of mail delays the mail of others by minutes at most, and costs few letters.

The flood is ten thousand mails of 579 bytes where MAILBOT_HOSTILE=full, else a few hundred. Time passes with the
reading: each look at a mail's head takes, and each reading of one, what they are measured to take here at most.
"""

import itertools
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailbot.domain.letter import LetterState
from mailbot.domain.mail import Head
from mailbot.flows.deliver import deliver_next
from mailbot.flows.judge import judge_next
from mailbot.flows.remind import remind
from mailbot.flows.report import report
from mailbot.flows.watch import Known, watch
from mailbot.mail.opening import Opened
from support.mails import mail
from support.world import NOON, DirectReader, World, activity, table, words

FULL = os.environ.get("MAILBOT_HOSTILE") == "full"
JUNK, GOOD = (10_000, 100) if FULL else (600, 12)
SIZE = 579
"""Bytes of a mail of the flood."""
SECONDS_A_HEAD, SECONDS_A_MAIL = 0.005, 0.04
"""What looking at a head and reading a mail take at most on a slow machine."""
LONGEST_DELAY, MOST_LETTERS = timedelta(minutes=10), 20
PER_DAY = 400
pytestmark = pytest.mark.timeout(7_200 if FULL else 300)
"""Each of the long floods takes minutes of processor time."""
Sender = Callable[[int], str]


@dataclass
class Timed(DirectReader):
    """Takes its time, by the clock of the world."""

    world: World | None = None

    def open(self, raw: bytes, arrived: datetime, *, slowly: bool = False) -> Opened:
        assert self.world
        self.world.clock.forward(seconds=SECONDS_A_MAIL)
        return super().open(raw, arrived, slowly=slowly)

    def head(self, raw: bytes) -> Head:
        assert self.world
        self.world.clock.forward(seconds=SECONDS_A_HEAD)
        return super().head(raw)


def a_world(folder: Path) -> World:
    world = World(folder, sending={"per_day": PER_DAY, "per_minute": 20, "per_address_per_hour": 10})
    world.app = replace(world.app, reader=Timed(world.config, world=world))
    return world


def junk(number: int, sender: str) -> bytes:
    """Words about the campaign, so that a person must look at it."""
    raw = mail(
        sender=sender, subject=f"统计表 {number}", text="请问统计表怎么填？", message_id=f"<{number}@junk.example.net>"
    )
    return raw + b"\r\n" + b"=" * max(0, SIZE - len(raw) - 2)


def by_many(number: int) -> str:
    return f"s{number}@junk.example.net"


def by_one(number: int) -> str:
    return "flood@junk.example.net"


def in_a_unit_s_name(number: int) -> str:
    return "xinhe@example.org"


def good(number: int) -> bytes:
    """A report of somebody: of the unit that the flood pretends to be, of another one, of a stranger."""
    senders = ("xinhe@example.org", "xingang@example.org", f"colleague{number}@example.com")
    units = ("新河街道总工会", "新港街道总工会", "云海港集团工会")
    return mail(
        sender=senders[number % 3],
        subject=f"补报 {number}",
        message_id=f"<{number}@good.example.org>",
        attachments=[("附件1.xlsx", table(units[number % 3]))],
    )


def flooded(world: World, sender: Sender) -> None:
    """All that comes lies in the mailbox at once, the good among the rest."""
    every = JUNK // GOOD
    for number in range(JUNK):
        world.deliver(junk(number, sender(number)))
        if number % every == every - 1:
            world.deliver(good(number // every))


def a_day(world: World) -> None:
    """From the flood on, the daemon does what it does; every ten minutes when nothing waits to be read."""
    for _ in range(20 * 6):
        world.collect()
        while judge_next(world.app, slowly=True) or judge_next(world.app):
            pass
        remind(world.app)
        report(world.app)
        watch(world.app, Known())
        while deliver_next(world.app):
            pass
        world.clock.forward(minutes=10)


def longest_delay(world: World, arrived: datetime) -> timedelta:
    """Of a good mail, until its outcome."""
    with world.app.store.transaction() as tx:
        found = [tx.judged_at(m.id) for m in world.messages if "good" in (m.message_id or "")]
    assert len(found) == GOOD
    return max(at - arrived for at in found if at)


def cost(world: World, calm: World) -> Counter[str]:
    """The letters, by kind, that would not have left without the flood."""
    return Counter(e.kind.value for e in world.post.sent if e.key not in {other.key for other in calm.post.sent})


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> World:
    """What the good mails alone bring about."""
    world = a_world(tmp_path_factory.mktemp("calm"))
    for number in range(GOOD):
        world.deliver(good(number))
    a_day(world)
    return world


@pytest.mark.parametrize("sender", [by_many, by_one, in_a_unit_s_name])
def test_a_flood_delays_good_mail_by_minutes_and_costs_few_letters(tmp_path: Path, calm: World, sender: Sender) -> None:
    world, arrived = a_world(tmp_path), NOON
    flooded(world, sender)
    a_day(world)
    delay, letters = longest_delay(world, arrived), cost(world, calm)
    print(f"{JUNK} mails {sender.__name__}: good mail waits {delay}, letters {dict(letters)}")
    assert delay <= LONGEST_DELAY
    assert letters.total() <= MOST_LETTERS
    assert [s["status"] for s in world.export["submissions"]] == [s["status"] for s in calm.export["submissions"]]
    queued = [x for x in world.letters if x.state is LetterState.QUEUED and not x.key.startswith("receipt:short:")]
    assert queued == []


def test_a_unit_has_a_receipt_for_each_of_thirty_tables_on_the_day_of_a_flood_in_its_name(tmp_path: Path) -> None:
    world, unit = a_world(tmp_path), in_a_unit_s_name(0)
    for number in range(300):
        world.deliver(junk(number, unit))
        if number % 10 == 0:
            attached = [("附件1.xlsx", table("新河街道总工会", activity(f"活动{number}")))]
            world.deliver(mail(sender=unit, subject="补报", message_id=f"<{number}@unit>", attachments=attached))
    a_day(world)
    answered = Counter(str(letter["In-Reply-To"]) for letter in world.sent("receipt"))
    assert [answered[f"<{number}@unit>"] for number in range(0, 300, 10)] == [1] * 30


def test_reminders_and_the_digest_leave_the_same_day(tmp_path: Path) -> None:
    """Four hundred mails of strangers lie there, each with an address of its own, and the quota is a small one."""
    world = World(tmp_path, sending={"per_day": 40})
    world.clock.now = NOON.replace(day=16, hour=9, minute=1)
    for number in range(400):
        world.deliver(junk(number, by_many(number)))
    world.collect()
    sort = itertools.count()
    while judge_next(world.app) and next(sort) < 20:
        pass
    remind(world.app)
    while deliver_next(world.app):
        pass
    assert {r["To"] for r in world.sent("reminder")} == {"xinhe@example.org", "xingang@example.org", "port@example.org"}
    world.clock.now = NOON.replace(day=22, hour=8, minute=31)
    world.round()
    digest = world.sent("digest")[-1]
    assert "超过每日答复限额，未逐封答复" in words(digest)


def test_two_hundred_forged_mails_bring_staff_a_few_letters_with_the_list(tmp_path: Path) -> None:
    world = World(tmp_path)
    for number in range(200):
        world.deliver(junk(number, in_a_unit_s_name(number)))
    world.round()
    world.clock.forward(minutes=31)
    world.round()
    letters = world.sent("case")
    assert len(letters) == 6
    assert "来件 195 件，请核定" in letters[-1]["Subject"]
    assert "xinhe@example.org" in words(letters[-1])
    assert "另有 95 件未列出" in words(letters[-1])
    world.clock.forward(hours=3)
    world.round()
    assert len(world.sent("case")) == 6


def test_one_timeout_sets_a_mail_aside(tmp_path: Path) -> None:
    world = World(tmp_path)
    slow = mail(subject="slow", attachments=[("附件1.xlsx", table())])
    world.reader.slow.append(slow)
    world.deliver(slow)
    world.round()
    assert [m.code for m in world.messages] == ["quarantined"]
    assert world.reader.opened == [slow]
