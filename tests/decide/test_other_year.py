"""A table of another year, by its title or by all its days, is told from one of the campaign."""

from collections.abc import Sequence
from datetime import date

import pytest

from mailbot.config import Campaign
from mailbot.decide.other_year import other_year
from parsers.reading import Reading, Severity
from support.tables import FIRST, FORM, SECOND, grid, read

CAMPAIGN = Campaign(
    id="c",
    title="",
    starts_on=date(2021, 5, 1),
    deadline=date(2021, 9, 30),
    ends_on=date(2021, 10, 31),
    case_prefix="C",
)
LABELS = ("序号", "活动名称", "活动时间", "活动地点", "活动形式", "接触职工人数", "覆盖职工网民数", "备注")
THIS, LAST, BARE = "2021年开展线下活动统计表", "2020年开展线下活动统计表", "开展线下活动统计表"


def table(title: str, days: Sequence[str]) -> Reading:
    rows = [(n, f"竞赛{n}", day, *FIRST[3:]) for n, day in enumerate(days, start=1)]
    return read(grid([title], ["填报单位：新河街道总工会"], LABELS, *rows))


OURS, OLD = ["2021年6月15日", "2021年7月2日"], ["2020年6月18日", "2020年8月1日"]


@pytest.mark.parametrize(
    ("title", "days"),
    [
        (THIS, OURS),
        (BARE, OURS),
        (BARE, ["6月15日", "7月2日"]),
        ("2020-2021年度开展线下活动统计表", OURS),
        ("开展线下活动统计表（2020年版）", OURS),
        (THIS, [*OURS, *OLD]),  # some days alone are asked about where they stand
        (THIS, ["2020年6月18日", "2021年6月15日"]),
        (BARE, ["2021年4月20日至5月3日"]),
        (THIS, ["2012年6月15日"]),  # a slip
        (THIS, ["待定"]),
        (LAST, []),  # a blank form
    ],
)
def test_a_table_of_the_campaign_is_not_held(title: str, days: Sequence[str]) -> None:
    assert other_year(table(title, days), FORM, CAMPAIGN) is None


@pytest.mark.parametrize(
    ("title", "days", "said"),
    [
        (LAST, OLD, "表格标题为2020年，本期为2021年；活动时间（2020年6月18日至2020年8月1日）都不在活动期"),
        (THIS, OLD, "活动时间（2020年6月18日至2020年8月1日）都不在活动期（2021年5月1日至2021年9月30日）内，暂不计入"),
        (BARE, OLD, "活动时间（2020年6月18日至2020年8月1日）都不在活动期"),
        (BARE, ["2020年6月18日"], "活动时间（2020年6月18日）都不在活动期"),
        (LAST, ["6月18日", "8月1日"], "表格标题为2020年，本期为2021年，暂不计入"),
        (LAST, OURS, "如只是标题没有改，请改正标题后重新报送"),
        (BARE, ["3月2日", "4月8日"], "活动时间（2021年3月2日至2021年4月8日）都不在活动期"),
        (THIS, ["2012年6月15日", "2012年6月20日"], "都不在活动期"),
        (LAST, ["2012年6月15日"], "表格标题为2020年"),
        ("2022年开展线下活动统计表", ["2022年6月1日"], "表格标题为2022年"),
        ("2018-2020年开展线下活动统计表", [*OLD], "表格标题为2018、2019、2020年"),
    ],
)  # fmt: skip
def test_a_table_of_another_year_is_told_by_what_was_seen(title: str, days: Sequence[str], said: str) -> None:
    found = other_year(table(title, days), FORM, CAMPAIGN)
    assert found is not None
    assert (found.severity, found.code) == (Severity.ERROR, "other-year")
    assert said in found.text
    assert "请改报本期的统计表" in found.text


def test_a_campaign_over_the_turn_of_a_year_has_both_years() -> None:
    winter = CAMPAIGN.model_copy(update={"starts_on": date(2020, 11, 1), "deadline": date(2021, 2, 28)})
    for title, day in (("2020年开展线下活动统计表", "2020年12月1日"), ("2021年开展线下活动统计表", "2021年1月5日")):
        assert other_year(table(title, [day]), FORM, winter) is None
    assert other_year(table("2019年开展线下活动统计表", ["2020年12月1日"]), FORM, winter)


def test_a_report_of_no_activity_under_the_title_of_another_year_is_held() -> None:
    zero = read(grid([LAST], ["填报单位：新河街道总工会"], LABELS, ["本期无活动"]))
    assert zero.zero_report
    assert other_year(zero, FORM, CAMPAIGN)


def test_the_figures_of_a_unit_are_told_by_the_title_alone() -> None:
    labels = ("组织动员基层工会数", "职工好网民宣传员人数", "走进企业数", "接触职工人数")
    for title, held in ((THIS, False), (LAST, True)):
        summary = read(grid([title], ["填报单位：新河街道总工会"], labels, (3, 5, 2, 300)))
        assert summary.layout == "summary"
        assert bool(other_year(summary, FORM, CAMPAIGN)) is held


def test_a_sheet_of_another_year_beside_that_of_the_campaign_does_not_count() -> None:
    old = [(1, "旧竞赛", "2020年6月18日", *FIRST[3:])]
    for name, title in (("2020年", BARE), ("Sheet2", LAST), ("Sheet2", BARE)):
        reading = read(grid([THIS], LABELS, FIRST, SECOND), grid([title], LABELS, *old, name=name))
        assert len(reading.records) == 2
        (found,) = [f for f in reading.findings if f.code == "table-aside"]
        assert found.severity is Severity.WARNING
        assert f"“{name}”表看来不是本期的表，没有计入（1行：旧竞赛）" in found.text
