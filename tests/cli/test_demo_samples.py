"""The demo's mails and roster: invented, the same on every run, and each a sample of what it is named after."""

import csv
import email
import io
import re
import zipfile
from datetime import date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from mailbot.cli.demo.outbox import Sample
from mailbot.cli.demo.samples import campaign, roster, samples

TODAY = date(2026, 9, 26)
CATEGORIES = ["开发区", "街镇", "系统", "直属", "驻区"]


@pytest.fixture(scope="module")
def mails() -> tuple[Sample, ...]:
    return samples(TODAY)


def units() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(roster().decode())))


def parsed(sample: Sample) -> EmailMessage:
    return email.message_from_bytes(sample.raw, policy=policy.default)


def sender(sample: Sample) -> str:
    return parseaddr(parsed(sample)["From"])[1]


def the(mails: tuple[Sample, ...], about: str) -> Sample:
    [found] = [m for m in mails if about in m.about]
    return found


def attachments(sample: Sample) -> list[tuple[str, bytes]]:
    return [(p.get_filename() or "", p.get_payload(decode=True)) for p in parsed(sample).iter_attachments()]


def table(sample: Sample) -> list[list[object]]:
    [(_, content)] = attachments(sample)
    return [list(row) for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)]


def test_the_same_day_gives_the_same_bytes(mails: tuple[Sample, ...]) -> None:
    assert samples(TODAY) == mails


@settings(max_examples=10, deadline=None)
@given(st.dates(date(2001, 1, 1), date(2090, 1, 1)))
def test_on_any_day_the_mails_have_come_before_it_and_before_the_deadline(today: date) -> None:
    span = campaign(today)
    arrivals = [sample.received_at for sample in samples(today)]
    assert arrivals == sorted(arrivals)
    assert all(a.utcoffset() is not None for a in arrivals)
    assert span.starts_on < arrivals[0].date() < arrivals[-1].date() < today < span.deadline


def test_every_activity_lies_within_the_campaign_and_before_its_mail(mails: tuple[Sample, ...]) -> None:
    days = [
        (cell, sample)
        for sample in mails
        for name, content in attachments(sample)
        if name.endswith(".xlsx") and zipfile.is_zipfile(io.BytesIO(content))
        for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
        for cell in row
        if isinstance(cell, datetime)
    ]
    assert days
    for day, sample in days:
        assert campaign(TODAY).starts_on <= day.date() <= sample.received_at.date()


def test_every_message_id_and_every_mail_is_different(mails: tuple[Sample, ...]) -> None:
    assert len({parsed(m)["Message-ID"] for m in mails}) == len({m.raw for m in mails}) == len(mails)


def test_only_example_domains_occur(mails: tuple[Sample, ...]) -> None:
    text = roster() + b"".join(m.raw for m in mails)
    hosts = set(re.findall(rb"[\w.-]+@([\w.-]+\w)", text))
    assert hosts <= {b"example.com", b"example.net", b"example.org"}


def test_lines_end_in_crlf_alone(mails: tuple[Sample, ...]) -> None:
    assert all(m.raw.count(b"\n") == m.raw.count(b"\r\n") == m.raw.count(b"\r") for m in mails)


def test_the_roster_has_twenty_units_in_the_order_of_their_categories() -> None:
    rows = units()
    assert ",".join(rows[0]) == "code,name,short_name,category,aliases,emails,quota,required,sort_no"
    assert len({u["code"] for u in rows}) == len({u["name"] for u in rows}) == 20
    assert [int(u["sort_no"]) for u in rows] == list(range(1, 21))
    assert list(dict.fromkeys(u["category"] for u in rows)) == CATEGORIES


def test_no_address_belongs_to_two_units() -> None:
    addresses = [a for u in units() for a in u["emails"].split(";")]
    assert len(addresses) == len(set(addresses)) >= 20


def test_some_units_send_nothing_so_that_somebody_has_to_be_reminded(mails: tuple[Sample, ...]) -> None:
    senders = {sender(m) for m in mails}
    silent = [u for u in units() if not senders & set(u["emails"].split(";"))]
    assert len(silent) >= 5


def test_the_old_program_encodes_subject_and_file_name_in_gb18030(mails: tuple[Sample, ...]) -> None:
    sample = the(mails, "gb18030")
    assert re.search(rb'(?i)filename="=\?gb18030\?b\?', sample.raw)
    assert parsed(sample)["Subject"] == "青鸾街道总工会报送线下活动统计表"
    assert [name for name, _ in attachments(sample)] == ["附件1：线下活动统计表（青鸾街道）.xlsx"]


def test_the_text_file_is_gbk(mails: tuple[Sample, ...]) -> None:
    [(name, content)] = attachments(the(mails, "CSV"))
    rows = list(csv.reader(io.StringIO(content.decode("gbk"))))
    assert name == "望澜街道统计表.csv"
    assert rows[1][:2] == ["填报单位：", "望澜街道总工会"]
    assert rows[3][2] == "2026/8/12"


def test_a_good_table_has_its_title_merged_and_its_head_block_filled(mails: tuple[Sample, ...]) -> None:
    [(_, content)] = attachments(the(mails, "gb18030"))
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert [str(r) for r in sheet.merged_cells.ranges] == ["A2:M2"]
    assert [c.value for c in sheet[3] if c.value] == [
        *("填报单位（盖章）：", "青鸾街道总工会", "填报人：", "林一舟"),
        *("联系电话：", "13800000001", "填报日期：", "2026年9月13日"),
    ]
    assert [c.value for c in sheet[7]][:1] + [c.value for c in sheet[7]][6:11] == ["合计", 9, 42, 5, 245, 6800]


def test_the_mistaken_table_has_the_mistakes_that_it_shows(mails: tuple[Sample, ...]) -> None:
    rows = table(the(mails, "需补正"))[4:]
    assert [row[2] == "待定" for row in rows] == [True, False, False]
    assert [row[9] for row in rows] == [60, None, "数百人"]


def test_the_doubtful_table_does_not_add_up(mails: tuple[Sample, ...]) -> None:
    *rows, total = table(the(mails, "请核对"))[4:]
    assert [row[9] for row in rows] == ["约300人", 200]
    assert total[9] == 520
    assert rows[1][9] > rows[1][10]  # type: ignore[operator]  # both are numbers


def test_the_correction_has_the_same_activities_with_other_figures(mails: tuple[Sample, ...]) -> None:
    before, after = table(the(mails, "先报的一版"))[4:], table(the(mails, "整表替换"))[4:]
    assert [row[:3] for row in before] == [row[:3] for row in after]
    assert [row[9] for row in before] == [210, 75]
    assert [row[9] for row in after] == [210, 105]


def test_the_supplement_has_none_of_the_activities_sent_before(mails: tuple[Sample, ...]) -> None:
    before, more = table(the(mails, "一个合并单元格"))[4:], table(the(mails, "补报"))[4:]
    assert not {row[1] for row in before} & {row[1] for row in more}
    assert len(more) == 1


def test_the_zero_report_says_so_in_the_table(mails: tuple[Sample, ...]) -> None:
    assert table(the(mails, "零报告"))[4][1] == "本期无活动"


def test_the_broken_workbook_is_no_archive(mails: tuple[Sample, ...]) -> None:
    [(name, content)] = attachments(the(mails, "文件损坏"))
    assert name.endswith(".xlsx")
    assert content.startswith(b"PK")
    assert not zipfile.is_zipfile(io.BytesIO(content))


def test_automatic_mails_say_that_they_are(mails: tuple[Sample, ...]) -> None:
    bounced = parsed(the(mails, "退信"))
    assert bounced.get_content_type() == "multipart/report"
    assert "Final-Recipient: rfc822; shuiwu@example.net" in bounced.as_string()
    assert parsed(the(mails, "自动回复"))["Auto-Submitted"] == "auto-replied"


def test_the_news_has_a_picture_and_the_question_has_nothing(mails: tuple[Sample, ...]) -> None:
    [(name, photo)] = attachments(the(mails, "活动信息"))
    assert name == "活动照片.png"
    assert photo.startswith(b"\x89PNG")
    assert attachments(the(mails, "只提问题")) == []


def test_the_stranger_s_unit_may_be_either_of_two(mails: tuple[Sample, ...]) -> None:
    stranger = the(mails, "单位不明")
    assert all(sender(stranger) not in u["emails"] for u in units())
    assert "临港工会" in table(stranger)[2]
    assert sum("临港" in u["aliases"].split(";") for u in units()) == 2


def test_the_deadline_is_a_few_days_ahead() -> None:
    assert campaign(TODAY).deadline - TODAY == timedelta(days=4)
