"""A unit's registered contacts are told when somebody else reports for it."""

from dataclasses import replace

import pytest

from mailbot.campaigns import roster_file
from support.mails import mail
from support.world import UNITS, World, activity, table, words


def report(sender: str = "someone@example.net", subject: str = "统计表", *tables: bytes) -> bytes:
    files = [(f"附件{number}.xlsx", content) for number, content in enumerate(tables or (table(),), 1)]
    return mail(sender=sender, subject=subject, attachments=files)


def test_the_registered_contact_hears_who_reported_and_what_was_registered(world: World) -> None:
    world.deliver(report())
    world.round()
    (notice,) = world.sent("notice")
    (submission,) = world.export["submissions"]
    assert notice["To"] == "xinhe@example.org"
    assert notice["Auto-Submitted"] == "auto-generated"
    assert notice["X-Mailbot-Letter"] == "notice"
    assert notice["In-Reply-To"] is None
    assert submission["case"] in notice["Subject"]
    assert "新河街道总工会" in notice["Subject"]
    assert "someone[@]example[.]net" in words(notice)
    assert "附件1.xlsx：活动 1 场，" in words(notice)
    assert "接触职工人数 120 人" in words(notice)
    assert "回复本邮件" in words(notice)


def test_the_sender_still_gets_the_receipt_and_nobody_gets_anything_twice(world: World) -> None:
    world.deliver(report())
    world.round()
    world.round()
    assert [letter["To"] for letter in world.sent("receipt")] == ["someone@example.net"]
    assert len(world.sent("notice")) == 1


def test_every_registered_address_gets_a_letter_of_its_own(world: World) -> None:
    units = UNITS.replace("xinhe@example.org", "xinhe@example.org;office@example.net;XinHe@example.org")
    world.app = replace(world.app, roster=roster_file.read(units.encode(), "units.csv"))
    world.deliver(report())
    world.round()
    assert [letter["To"].lower() for letter in world.sent("notice")] == ["xinhe@example.org", "office@example.net"]


@pytest.mark.parametrize("sender", ["xinhe@example.org", "XinHe@Example.org"])
def test_a_registered_sender_is_told_by_the_receipt_alone(world: World, sender: str) -> None:
    world.deliver(report(sender))
    world.round()
    assert world.sent("notice") == []


def test_what_does_not_count_is_not_told(world: World) -> None:
    world.deliver(report("xinhe@example.org"))
    world.deliver(report(subject="再次发送"))  # the same rows again
    world.deliver(report("other@example.net", "更正", table("新河街道总工会", activity(people=999))))  # waits
    world.deliver(report("other@example.net", "统计表", table("星河街道总工会")))  # nobody's
    world.round()
    assert [s["current"] for s in world.export["submissions"]] == [True, False, False, False]
    assert world.sent("notice") == []


def test_a_zero_report_and_a_correction_are_told_as_such(world: World) -> None:
    world.deliver(report("someone@example.net", "统计表", table(words="本期无活动")))
    world.deliver(report("someone@example.net", "更正"))
    world.round()
    zero, correction = world.sent("notice")
    assert "附件1.xlsx：零报告" in words(zero)
    assert "（替换此前报送的统计表）" in words(correction)


def test_each_unit_hears_of_its_own_tables_alone(world: World) -> None:
    world.deliver(report("xinhe@example.org", "统计表", table(), table("新港街道总工会", activity("主题演讲"))))
    world.round()
    (notice,) = world.sent("notice")
    assert notice["To"] == "xingang@example.org"
    assert "附件2.xlsx" in words(notice)
    assert "附件1.xlsx" not in words(notice)


def test_staff_see_in_the_digest_that_an_unknown_address_reported(world: World) -> None:
    world.deliver(report())
    world.round()
    (digest,) = world.sent("digest")
    assert "新河街道总工会（1 场，有未登记邮箱报送）" in words(digest)
