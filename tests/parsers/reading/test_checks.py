"""Checks across the cells and rows of a table."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from parsers.reading import Content, Finding, Period, Record, Severity, Value, checks
from parsers.reading.checks import Table
from support.tables import FORM, PERIOD

GOOD: Mapping[str, Content] = {
    "title": "网络安全知识竞赛",
    "date_start": "2021-06-15",
    "date_end": "2021-06-15",
    "venue": "职工之家",
    "participants": 300,
    "netizens_reached": 5000,
    "promoters": 20,
}


def value(content: Content, cell: str = "F4") -> Value:
    return Value(content, "" if content is None else str(content), "Sheet1", cell)


def record(row: int = 4, **changed: Content) -> Record:
    return Record(row, {field: value(content) for field, content in {**GOOD, **changed}.items()})


def found(*records: Record, period: Period = PERIOD, **totals: int) -> tuple[Finding, ...]:
    lines = [f"第{one.row}行" for one in records]
    sums = {field: value(total, "F9") for field, total in totals.items()}
    return checks.run(Table(records, sums, lines, {"participants": "参加人数"}, FORM, period))


def test_a_good_table_breaks_no_rule() -> None:
    assert found(record(), record(5, title="好网民主题演讲"), participants=600, netizens_reached=10000) == ()


@pytest.mark.parametrize(
    ("first", "last"), [("2021-04-30", "2021-04-30"), ("2012-06-15", "2012-06-15"), ("2021-04-28", "2021-05-02")]
)
def test_days_before_the_campaign_are_a_warning(first: str, last: str) -> None:
    (finding,) = found(record(date_start=first, date_end=last))
    assert (finding.code, finding.severity, finding.field, finding.record) == (
        "date-outside",
        Severity.WARNING,
        "date_start",
        0,
    )
    assert "2021年5月1日至2021年9月30日" in finding.text


@pytest.mark.parametrize("last", ["2021-06-10", "2020-06-20"])
def test_a_last_day_before_the_first_is_a_warning_at_its_cell(last: str) -> None:
    (finding,) = [one for one in found(record(date_end=last)) if one.code != "date-outside"]
    assert (finding.code, finding.severity, finding.field) == ("end-before-start", Severity.WARNING, "date_end")
    assert f"为“{last}”，早于“活动时间”" in finding.text


def test_days_after_the_deadline_are_a_warning() -> None:
    late = replace(PERIOD, arrived_on=date(2021, 12, 1))
    assert [f.code for f in found(record(date_start="2021-10-01", date_end="2021-10-01"), period=late)] == [
        "date-outside"
    ]


def test_a_day_that_had_not_come_when_the_mail_arrived_is_a_warning() -> None:
    early = replace(PERIOD, arrived_on=date(2021, 6, 14))
    assert [f.code for f in found(record(), period=early)] == ["date-after-arrival"]
    assert found(record(), period=replace(PERIOD, arrived_on=date(2021, 6, 15))) == ()


def test_more_than_a_hundred_thousand_is_unlikely() -> None:
    (finding,) = found(record(participants=150000, netizens_reached=450000))
    assert finding.code == "unlikely-size"
    assert finding.text == "第4行“网络安全知识竞赛”的“参加人数”为“150000”，数字过大，请核对单位是否为“人”"
    assert found(record(participants=100000, netizens_reached=100000)) == ()


def test_more_than_a_million_reached_by_one_activity_is_unlikely() -> None:
    (finding,) = found(record(participants=67, netizens_reached=99_990_000))
    assert (finding.code, finding.field) == ("unlikely-size", "netizens_reached")
    assert found(record(participants=67, netizens_reached=1_000_000)) == ()


def test_fewer_reached_than_took_part_is_a_warning() -> None:
    (finding,) = found(record(netizens_reached=299))
    assert (finding.code, finding.field) == ("reached-below", "netizens_reached")
    assert found(record(netizens_reached=300)) == ()
    assert found(record(netizens_reached=None)) == ()


@pytest.mark.parametrize("venue", ["线上", "腾讯会议", "微信群", "公司微信群线上开展"])
def test_a_venue_online_is_asked_about(venue: str) -> None:
    assert [f.code for f in found(record(venue=venue))] == ["venue-online"]


@pytest.mark.parametrize("venue", ["线下主会场及线上分会场", "视频会议室", "网信办一楼", "各基层单位"])
def test_a_venue_on_site_is_not(venue: str) -> None:
    assert found(record(venue=venue)) == ()


def test_the_same_title_on_the_same_day_is_asked_about_on_the_later_row() -> None:
    (finding,) = found(record(), record(5, title="网络 安全\n知识竞赛"))
    assert (finding.code, finding.record, finding.field) == ("repeated-row", 1, "title")
    assert "与第4行重复" in finding.text


def test_the_same_title_on_another_day_is_another_activity() -> None:
    assert found(record(), record(5, date_start="2021-06-16", date_end="2021-06-16")) == ()
    assert found(record(title=None), record(5, title=None)) == ()


def test_a_sum_that_the_rows_do_not_give_is_a_warning_about_the_column() -> None:
    (finding,) = found(record(), record(5, title="好网民主题演讲"), participants=700)
    assert (finding.code, finding.severity, finding.field, finding.record, finding.cell) == (
        "total-mismatch",
        Severity.WARNING,
        "participants",
        None,
        "F9",
    )
    assert finding.text == "“参加人数”合计为700，各行相加为600，请核对"


def test_where_the_same_heads_may_be_counted_twice_another_sum_is_only_a_notice() -> None:
    (finding,) = found(record(), record(5, title="好网民主题演讲"), promoters=20)
    assert (finding.severity, finding.field) == (Severity.NOTICE, "promoters")


def test_nothing_is_compared_where_a_row_is_not_understood() -> None:
    unread = Record(5, {"title": value("好网民"), "participants": Value(None, "数百人", "Sheet1", "F5")})
    assert found(record(), unread, participants=700) == ()


def test_a_blank_row_counts_nothing_in_a_sum() -> None:
    blank = Record(5, {"title": value("好网民"), "participants": value(None)})
    assert [f.code for f in found(record(), blank, participants=700)] == ["total-mismatch"]
    assert found(record(), blank, participants=300) == ()
