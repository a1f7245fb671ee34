"""Replies of units to letters wait for a person; news without a table is filed as news."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from mailbot.domain.mail import Disposition
from mailbot.flows.replay import replay
from storage.archive import Archive
from support.mails import mail
from support.world import SHANGHAI, World, opened, table

FIRST_STEP = datetime(2021, 9, 16, 9, 30, tzinfo=SHANGHAI)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(60)
NEWS = "9月1日，新河街道总工会在文化中心开展网络安全宣传活动，120名职工参加，现场发放资料300份。" * 3


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A unit has its receipt."""
    world = World(tmp_path)
    world.deliver(mail(sender="xinhe@example.org", attachments=[("附件1.xlsx", table())]))
    world.round()
    return world


def answer(world: World, text: str, field: str = "In-Reply-To", *files: tuple[str, bytes], subject: str = "") -> str:
    (receipt,) = world.sent()
    raw = mail(
        sender="someone@example.net",
        subject=subject,
        text=text,
        headers={field: receipt["Message-ID"]},
        attachments=files,
    )
    world.deliver(raw)
    world.round()
    return str(world.messages[-1].disposition)


@pytest.mark.parametrize("field", ["In-Reply-To", "References"])
@pytest.mark.parametrize("text", ["已报", "属实", "请问何时截止？"])
def test_an_answer_without_a_table_waits_for_a_person(world: World, field: str, text: str) -> None:
    assert answer(world, text, field) == Disposition.REVIEW


def test_a_logo_below_an_answer_is_no_table_that_cannot_be_read(world: World) -> None:
    subject = f"回复：{world.sent()[0]['Subject']}"
    assert answer(world, "属实", "In-Reply-To", ("image001.png", PICTURE), subject=subject) == Disposition.REVIEW


def test_a_picture_of_the_table_is_asked_for_as_a_table_all_the_same(world: World) -> None:
    assert answer(world, "盖章件见附件", "In-Reply-To", ("统计表.png", PICTURE)) == Disposition.UNREADABLE


def test_an_answer_of_a_unit_with_its_table_is_a_submission(world: World) -> None:
    assert answer(world, "已更正", "In-Reply-To", ("附件1.xlsx", table())) == Disposition.SUBMISSION


@pytest.mark.parametrize(
    ("subject", "text", "disposition"),
    [
        ("新河街道总工会活动信息", NEWS, Disposition.INFORMATION),
        ("信息：新河街道开展好网民宣传", NEWS, Disposition.INFORMATION),
        ("新河街道总工会活动信息", "信息随后报送。", Disposition.REVIEW),
        ("新河街道总工会活动信息", NEWS + "请问还需要报照片吗？", Disposition.REVIEW),
        ("新河街道总工会信息员名单", NEWS, Disposition.REVIEW),
        ("新河街道总工会", NEWS, Disposition.REVIEW),
    ],
)
def test_news_in_words_alone_are_news(tmp_path: Path, subject: str, text: str, disposition: Disposition) -> None:
    world = World(tmp_path)
    world.deliver(mail(sender="xinhe@example.org", subject=subject, text=text))
    world.round()
    (message,) = world.messages
    assert (message.disposition, message.unit) == (disposition, "XHE")


@pytest.mark.parametrize("field", ["In-Reply-To", "References"])
def test_an_answer_from_an_unknown_address_is_of_the_unit_whose_letter_it_answers(world: World, field: str) -> None:
    answer(world, "能否晚两天补报？", field, subject=f"回复：{world.sent()[0]['Subject']}")
    assert world.messages[-1].unit == "XHE"


def test_an_answer_to_a_reminder_is_of_the_unit_that_was_reminded(world: World) -> None:
    world.clock.now = FIRST_STEP
    world.round()
    reminder = next(letter for letter in world.sent("reminder") if letter["To"] == "port@example.org")
    headers = {"In-Reply-To": reminder["Message-ID"]}
    world.deliver(mail(sender="someone@example.net", subject="Re:", text="已报", headers=headers))
    world.round()
    assert world.messages[-1].unit == "PORT"


@pytest.mark.parametrize(
    ("text", "subject", "unit"),
    [("已报\n新港街道总工会", "Re:", "XG"), ("已报", "新港街道总工会的说明", "XG"), ("已报", "Re:", "XHE")],
    ids=["signed", "in the subject", "silent"],
)
def test_what_the_answer_itself_says_comes_first(world: World, text: str, subject: str, unit: str) -> None:
    answer(world, text, subject=subject)
    assert world.messages[-1].unit == unit


def test_the_letter_that_is_answered_tells_more_than_the_address_of_another_unit(world: World) -> None:
    headers = {"In-Reply-To": world.sent()[0]["Message-ID"]}
    world.deliver(mail(sender="xingang@example.org", subject="Re:", text="已报", headers=headers))
    world.round()
    assert world.messages[-1].unit == "XHE"


def test_a_message_id_that_is_none_of_ours_and_a_letter_to_staff_tell_no_unit(world: World) -> None:
    world.deliver(mail(sender="other@example.net", attachments=[("附件1.xlsx", table("不存在的单位"))]))
    world.round()
    asked = world.sent("case")[-1]["Message-ID"]
    for reference in ("<1@example.com>", asked):
        headers = {"In-Reply-To": reference}
        world.deliver(mail(sender="someone@example.net", subject=f"Re: {reference}", text="已报", headers=headers))
        world.round()
        assert world.messages[-1].unit is None


def test_a_replay_finds_the_same_unit(world: World, tmp_path: Path) -> None:
    answer(world, "能否晚两天补报？", subject="Re:")
    store = opened(f"sqlite:///{tmp_path / 'again.db'}")
    again = replace(world.app, store=store, archive=Archive(world.config.archive.path, silent=True))
    for _ in replay(again):
        pass
    with store.transaction() as tx:
        assert [m.unit for m in tx.messages(world.config.campaign.id)] == [m.unit for m in world.messages]
