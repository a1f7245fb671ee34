"""Columns are recognised by their titles; a title that is merely similar is asked about."""

import pytest

from parsers.reading import Severity
from support.tables import BLOCK, FIRST, LABELS, SECOND, TITLE, codes, contents, grid, only, read, titles, whole

ROW = ("知识竞赛", "2021年6月15日", "职工之家", 300)


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("参加人数", "participants"),
        ("现场参加人数（人）", "participants"),
        ("参与职工数", "participants"),
        ("阅读量", "netizens_reached"),
        ("发展宣传员（名）", "promoters"),
        ("进企业（家）", "enterprises"),
        ("动员基层工会", "grassroots_unions"),
    ],
)
def test_synonyms_are_known(label: str, field: str) -> None:
    participants = () if field == "participants" else ("接触职工人数",)
    labels = ("活动名称", "活动时间", "活动地点", *participants, label)
    reading = read(whole((*ROW[:3], *(300 for _ in participants), 400), labels=labels))
    assert contents(reading, field) == [400]
    assert "similar-column" not in codes(reading)


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("惠及职工数", "participants"),
        ("现场受众（人次）", "participants"),
        ("实际到场职工人数", "participants"),
        ("网络传播量", "netizens_reached"),
        ("直播观看人次", "netizens_reached"),
        ("线上触达职工数", "netizens_reached"),
        ("新招募宣传员", "promoters"),
        ("走入企业（户）", "enterprises"),
        ("联动基层工会组织", "grassroots_unions"),
    ],
)
def test_titles_of_the_shape_that_a_field_has_are_known_without_a_word(label: str, field: str) -> None:
    participants = () if field == "participants" else ("接触职工人数",)
    labels = ("活动名称", "活动时间", "活动地点", *participants, label)
    reading = read(whole((*ROW[:3], *(300 for _ in participants), 400), labels=labels))
    assert contents(reading, field) == [400]
    assert codes(reading) == []


def test_a_written_title_wins_over_one_that_only_has_the_shape() -> None:
    reading = read(whole((*ROW, 280), labels=("活动名称", "活动时间", "活动地点", "参加人数", "服务职工人数")))
    assert contents(reading, "participants") == [300]
    assert "two-columns" not in codes(reading)


@pytest.mark.parametrize("label", ["女职工人数", "线上活动场次", "工作人员数", "宣传资料份数", "答题人数"])
def test_other_figures_are_not_taken_for_those_of_the_form(label: str) -> None:
    labels = ("活动名称", "活动时间", "活动地点", "接触职工人数", label)
    reading = read(whole((*ROW, 40), labels=labels))
    assert [value for value in reading.records[0].values.values() if value.content == 40] == []
    assert only(reading, "unknown-column").severity is Severity.WARNING


def test_a_title_that_only_resembles_is_taken_with_a_warning_where_its_cells_fit() -> None:
    reading = read(whole(ROW, labels=("活动名称", "活动时间", "活动地点", "接触到的一线职工人数")))
    assert contents(reading, "participants") == [300]
    warning = only(reading, "similar-column")
    assert (warning.severity, warning.field, warning.record) == (Severity.WARNING, "participants", None)
    assert warning.text == "“接触到的一线职工人数”一列按“接触职工人数”读取，请核对列名"
    assert only(reading, "similar-cell").record == 0


def test_a_title_that_resembles_over_cells_that_do_not_fit_is_not_taken() -> None:
    reading = read(whole((*ROW[:3], "张三、李四"), labels=("活动名称", "活动时间", "活动地点", "接触的职工人数名单")))
    assert "participants" not in reading.records[0].values
    assert only(reading, "missing-column").field == "participants"


def test_a_missing_required_column_is_an_error_and_a_word_on_each_row() -> None:
    reading = read(whole(ROW[:3], ROW[:3], labels=("活动名称", "活动时间", "活动地点")))
    missing = only(reading, "missing-column")
    assert (missing.severity, missing.field, missing.record) == (Severity.ERROR, "participants", None)
    assert [f.record for f in reading.findings if f.code == "missing-cell"] == [0, 1]


def test_a_missing_venue_column_is_a_warning_and_another_optional_one_nothing() -> None:
    reading = read(whole(("知识竞赛", "2021年6月15日", 300), labels=("活动名称", "活动时间", "接触职工人数")))
    assert [(f.code, f.field, f.severity) for f in reading.findings] == [("missing-column", "venue", Severity.WARNING)]


def test_of_two_columns_for_one_field_none_is_picked() -> None:
    reading = read(whole((*ROW, 90), labels=("活动名称", "活动时间", "活动地点", "参与人数", "活动人数")))
    assert "participants" not in reading.records[0].values
    asked = only(reading, "two-columns")
    assert (asked.severity, asked.field) == (Severity.ERROR, "participants")
    assert "“参与人数”、“活动人数”" in asked.text


def test_the_form_s_own_title_wins_over_a_synonym() -> None:
    reading = read(whole((*ROW, 90), labels=("活动名称", "活动时间", "活动地点", "接触职工人数", "活动规模")))
    assert contents(reading, "participants") == [300]
    assert only(reading, "unknown-column").text == "不认识“活动规模”一列，没有读取"


def test_an_unknown_column_full_of_numbers_is_a_warning_and_one_of_words_a_notice() -> None:
    labels = ("活动名称", "活动时间", "活动地点", "接触职工人数", "经费", "主讲")
    reading = read(whole((*ROW, 5000, "王老师"), labels=labels))
    told = [(f.code, f.cell, f.severity) for f in reading.findings if f.record is None]
    assert told == [("unknown-column", "E3", Severity.WARNING), ("unread-column", "F3", Severity.NOTICE)]


def test_figures_that_may_hide_under_an_unknown_title_are_told_on_each_row() -> None:
    labels = ("活动名称", "活动时间", "活动地点", "接触职工人数", "走访或开展场次")
    reading = read(whole((*ROW, 4), labels=labels))
    assert "enterprises" in {f.field for f in reading.findings if f.code == "missing-cell" and f.record == 0}


def test_an_unknown_column_without_a_cell_is_not_worth_a_word() -> None:
    assert read(whole(ROW, labels=("活动名称", "活动时间", "活动地点", "接触职工人数", "主讲"))).findings == ()


def test_a_label_merged_over_two_columns_is_one_column() -> None:
    labels = ("活动名称", None, "活动时间", "活动地点", "接触职工人数")
    row = ("知识竞赛", None, "2021年6月15日", "职工之家", 300)
    reading = read(grid([TITLE], [BLOCK], labels, row, merges=[(3, 1, 3, 2), (4, 1, 4, 2)]))
    assert titles(reading) == ["知识竞赛"]
    assert reading.findings == ()


def test_two_columns_of_days_under_one_merged_label_are_asked_about() -> None:
    labels = ("活动名称", "活动时间", None, "活动地点", "接触职工人数")
    row = ("知识竞赛", "2021年6月1日", "2021年6月3日", "职工之家", 300)
    reading = read(grid([TITLE], [BLOCK], labels, row, merges=[(3, 2, 3, 3)]))
    assert "date_end" not in reading.records[0].values
    assert only(reading, "two-columns").field == "date_start"
    assert (only(reading, "missing-cell").field, only(reading, "missing-cell").record) == ("date_start", 0)


def test_figures_for_men_and_women_without_a_sum_are_asked_about() -> None:
    upper = ("活动名称", "活动时间", "活动地点", "参与人数", None)
    lower = (None, None, None, "男", "女")
    merges = [(3, 1, 4, 1), (3, 2, 4, 2), (3, 3, 4, 3), (3, 4, 3, 5)]
    row = ("知识竞赛", "2021年6月1日", "职工之家", 100, 200)
    reading = read(grid([TITLE], [BLOCK], upper, lower, row, row, merges=merges))
    assert len(reading.records) == 2
    assert "“参与人数 男”、“参与人数 女”" in only(reading, "two-columns").text


def test_first_and_last_day_under_one_label() -> None:
    upper = ("活动名称", "活动时间", None, "活动地点", "参与人数")
    lower = (None, "开始", "结束", None, None)
    row = ("知识竞赛", "2021年6月1日", "2021年6月3日", "职工之家", 300)
    for merges in ([(3, 1, 4, 1), (3, 2, 3, 3), (3, 4, 4, 4), (3, 5, 4, 5)], [(1, 1, 1, 5)], []):
        reading = read(grid([TITLE], [BLOCK], upper, lower, row, merges=merges))
        assert contents(reading, "date_start") == ["2021-06-01"]
        assert contents(reading, "date_end") == ["2021-06-03"]
        assert reading.findings == ()


def test_figures_on_site_and_online_under_one_label() -> None:
    upper = ("活动名称", "活动时间", "活动地点", "参与人数", None)
    lower = (None, None, None, "线下", "线上")
    merges = [(3, 1, 4, 1), (3, 2, 4, 2), (3, 3, 4, 3), (3, 4, 3, 5)]
    row = ("知识竞赛", "2021年6月1日", "职工之家", 100, 2000)
    reading = read(grid([TITLE], [BLOCK], upper, lower, row, merges=merges))
    assert contents(reading, "participants") == [100]
    assert contents(reading, "netizens_reached") == [2000]


def test_a_date_in_the_block_is_not_the_column_of_dates() -> None:
    block = ("填报单位", "新河街道总工会", "填报人", "林晓雨", "电话", "65300001", "日期", "2021年9月20日")
    reading = read(grid([TITLE], block, LABELS, FIRST))
    assert contents(reading, "date_start") == ["2021-06-15"]
    assert reading.header["report_date"].content == "2021-09-20"


def test_a_row_that_numbers_the_columns_is_no_activity() -> None:
    reading = read(whole((1, 2, 3, 4, 5, 6, 7, 8), FIRST, SECOND))
    assert len(reading.records) == 2
