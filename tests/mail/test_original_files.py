"""The files of a mail as they came, for a person to look at."""

from datetime import date
from zoneinfo import ZoneInfo

from mailbot.config import Campaign
from mailbot.mail.original_files import OriginalFile, original_files
from mailbot.mail.reader import IsolatedReader
from support.mails import mail

FILES = (("附件1.xlsx", b"PK table"), ("照片.jpg", b"x" * 100))
CAMPAIGN = Campaign(id="c", title="活动", starts_on=date(2021, 5, 1), deadline=date(2021, 9, 30), case_prefix="C")


def test_every_attachment_is_given_as_it_came_with_its_place() -> None:
    inner = mail(attachments=[("转发的表.xls", b"\xd0\xcf inner")])
    raw = mail(attachments=FILES, forwarded=[inner])
    found = original_files(raw, 10_000)
    assert [(one.name, one.content) for one in found] == [*FILES, ("转发的表.xls", b"\xd0\xcf inner")]
    assert [one.path for one in found] == ["2", "3", "4/2"]


def test_what_does_not_fit_is_named_with_its_size_and_what_fits_behind_it_is_given() -> None:
    found = original_files(mail(attachments=(*reversed(FILES),)), 50)
    assert found == (OriginalFile("2", "照片.jpg", 100, None), OriginalFile("3", "附件1.xlsx", 8, b"PK table"))


def test_the_limited_child_hands_them_over() -> None:
    reader = IsolatedReader((), CAMPAIGN, ZoneInfo("Asia/Shanghai"))
    try:
        assert [one.content for one in reader.files(mail(attachments=FILES), 50)] == [b"PK table", None]
    finally:
        reader.close()
