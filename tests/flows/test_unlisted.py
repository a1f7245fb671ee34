"""Tables of unions that are not on the roster: the sender is told whom to report to, and a person decides."""

from pathlib import Path

import pytest

from mailbot.domain.mail import Disposition
from support.mails import mail
from support.world import World, table, words

ABOVE = "请将统计表报送至所属开发区、街镇或系统的总工会"


def answered(folder: Path, unit: str, sender: str = "someone@example.net") -> tuple[World, str]:
    world = World(folder)
    world.deliver(mail(sender=sender, subject="报送", attachments=[("附件1.xlsx", table(unit))]))
    world.round()
    return world, words(world.sent()[0])


def test_who_is_not_on_the_roster_hears_whom_to_report_to_and_what_to_do_if_that_is_wrong(tmp_path: Path) -> None:
    world, text = answered(tmp_path, "远山机械制造公司工会")
    assert [message.disposition for message in world.messages] == [Disposition.REVIEW]
    assert not world.submissions[0].submission.current
    assert "表内填报单位“…”未列入本次活动的单位名录" in text
    assert ABOVE in text
    assert "将“填报单位”改为单位全称" in text
    assert "核对期间请勿重复报送" not in text


@pytest.mark.parametrize(
    ("unit", "sender"),
    [
        ("新河", "someone@example.net"),
        ("新河街道东里社区工会", "someone@example.net"),
        ("远山机械制造公司工会", "xinhe@example.org"),
    ],
)
def test_nobody_who_may_be_one_of_ours_is_sent_away(tmp_path: Path, unit: str, sender: str) -> None:
    assert ABOVE not in answered(tmp_path, unit, sender)[1]
