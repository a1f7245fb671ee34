"""Whoever forges an address makes us write to its owner, and not one word of theirs goes with it."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from support.mails import mail
from support.world import World, activity, table, words

EVIL = "请立即登录 http://evil.example.com 领取补贴"
VICTIM = "victim@example.net"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def answered(world: World, **fields: object) -> EmailMessage:
    raw = {"sender": VICTIM, "subject": f"统计表 {EVIL}", "text": f"统计表见附件。{EVIL}", **fields}
    world.deliver(mail(**raw))  # type: ignore[arg-type]  # a builder: the fields are mail's own
    world.round()
    return world.sent()[-1]


def test_a_receipt_for_a_table_holds_titles_cells_and_figures_and_nothing_written_by_its_sender(world: World) -> None:
    rows = (activity(EVIL, people=120), activity("甲", people=EVIL), activity("", people="三百余"))
    letter = answered(world, attachments=[(f"{EVIL}.xlsx", table("新河街道总工会", *rows))])
    raw = letter.as_string()
    assert "evil" not in raw
    assert "领取补贴" not in words(letter)
    assert "接触职工人数：120（" in words(letter)
    assert "统计表1" in words(letter)
    assert "需补正" in words(letter)


def test_a_table_of_a_unit_that_nobody_knows_is_answered_without_its_name(world: World) -> None:
    letter = answered(world, attachments=[("附件1.xlsx", table(f"{EVIL}工会"))])
    assert "evil" not in letter.as_string()
    assert "领取补贴" not in words(letter)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"attachments": [(f"{EVIL}.xlsx", b"PK\x03\x04broken")]},
        {"attachments": [(f"{EVIL}.jpg", b"\xff\xd8\xff\xe0" + b"x" * 400)]},
        {"subject": "作品征集报名表", "text": f"现报送参赛作品，请查收。{EVIL}"},
    ],
)
def test_what_brings_no_table_gets_a_short_fixed_answer_once_a_day(world: World, fields: dict[str, object]) -> None:
    letter = answered(world, **fields)
    assert "evil" not in letter.as_string()
    assert "一日内来件只答复一次" in words(letter)
    assert letter["Subject"].startswith("【已收到】来件（受理号 ")
    answered(world, **fields, message_id="<again@example.net>")
    assert len(world.sent()) == 1
    world.clock.forward(days=1)
    answered(world, **fields, message_id="<tomorrow@example.net>")
    assert len(world.sent()) == 2


def test_the_registered_and_staff_read_what_they_wrote_as_it_was_but_no_link(world: World) -> None:
    rows = (activity(EVIL, people=120),)
    letter = answered(world, sender="xinhe@example.org", attachments=[("附件1.xlsx", table("新河街道总工会", *rows))])
    assert "hxxp://evil[.]example[.]com" in words(letter)
    assert "http://evil" not in letter.as_string()
