"""An address that bounces permanently gets no more reminders until mail comes from it."""

from datetime import datetime
from pathlib import Path

import pytest

from mailbot.domain.letter import LetterState
from support.mails import mail
from support.world import SHANGHAI, World, table

FIRST_STEP = datetime(2021, 9, 16, 9, 30, tzinfo=SHANGHAI)
NEXT_STEP = datetime(2021, 9, 24, 9, 30, tzinfo=SHANGHAI)
UNIT = "xinhe@example.org"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """All units have been reminded once."""
    world = World(tmp_path)
    world.clock.now = FIRST_STEP
    world.round()
    assert UNIT in recipients(world)
    return world


def recipients(world: World) -> list[str]:
    return [letter.to for letter in world.letters if letter.kind == "reminder" and letter.state is LetterState.SENT]


def returned(world: World, *, failed: str = UNIT, status: str = "5.1.1", letter: str | None = None) -> bytes:
    """A report that holds the head of the reminder to the unit, as mail servers send it."""
    original = letter or next(m["Message-ID"] for m in world.sent("reminder") if m["To"] == UNIT)
    lines = f"""From: MAILER-DAEMON@example.net
To: office@example.com
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

The letter came back.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {failed}
Action: failed
Status: {status}

--b
Content-Type: text/rfc822-headers

From: office@example.com
Message-ID: {original}

--b--
"""
    return lines.replace("\n", "\r\n").encode()


def test_no_further_reminder_goes_to_an_address_that_returned_one(world: World) -> None:
    world.deliver(returned(world))
    world.round()
    world.clock.now = NEXT_STEP
    world.round()
    assert recipients(world).count(UNIT) == 1
    assert recipients(world).count("port@example.org") == 2
    dropped = [letter for letter in world.letters if letter.state is LetterState.DROPPED]
    assert all(letter.last_error == "the address returned a letter on 2021-09-16" for letter in dropped)


@pytest.mark.parametrize(
    "report",
    [
        {"status": "5.2.2"},
        {"letter": "<forged@example.com>"},
        {"failed": "port@example.org"},
    ],
    ids=["a full mailbox", "a letter that is none of ours", "a letter to somebody else"],
)
def test_what_proves_no_dead_address_silences_nobody(world: World, report: dict[str, str]) -> None:
    world.deliver(returned(world, **report))
    world.round()
    world.clock.now = NEXT_STEP
    world.round()
    assert recipients(world).count(UNIT) == 2
    assert recipients(world).count("port@example.org") == 2


def test_an_address_that_writes_again_is_alive(world: World) -> None:
    world.deliver(returned(world))
    world.round()
    world.clock.forward(days=1)
    world.deliver(mail(sender=UNIT.title(), subject="信息", text="新邮箱已恢复，统计表随后报送。"))
    world.round()
    world.clock.now = NEXT_STEP
    world.round()
    assert recipients(world).count(UNIT) == 2


def test_a_receipt_goes_out_all_the_same(world: World) -> None:
    raw = mail(sender=UNIT, attachments=[("附件1.xlsx", table())])
    world.deliver(raw)
    world.collect()
    world.clock.forward(minutes=1)
    world.deliver(returned(world))
    world.round()
    assert [letter["To"] for letter in world.sent("receipt")] == [UNIT]


def test_staff_see_the_dead_addresses(world: World) -> None:
    world.deliver(returned(world))
    world.round()
    with world.app.store.transaction() as tx:
        assert tx.dead_addresses() == {UNIT}
        assert tx.died_at(UNIT.upper()) == FIRST_STEP
        assert tx.died_at("port@example.org") is None
