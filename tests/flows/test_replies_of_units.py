"""Replies of units to letters wait for a person; news without a table is filed as news."""

from pathlib import Path

import pytest

from mailbot.domain.mail import Disposition
from support.mails import mail
from support.world import World, table

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
