"""Several tables in one file: each counts, or the sender is told why it does not."""

import pytest

from parsers.document import read_tables
from parsers.grid import Grid
from parsers.reading import Severity
from support.tables import (
    FIRST,
    FORM,
    LABELS,
    PERIOD,
    SECOND,
    TITLE,
    Plain,
    codes,
    contents,
    grid,
    only,
    read,
    titles,
    whole,
)

CARD: list[list[Plain]] = [
    ["活动名称", "班组普法宣讲", "活动时间", "2021年8月6日"],
    ["活动地点", "一号车间", "接触职工人数", "85人"],
]
BOTH = ["网络安全知识竞赛", "好网民主题演讲"]


def test_a_form_of_single_cells_beside_a_list_counts_too() -> None:
    for sheets in ([whole(FIRST), grid(*CARD, name="补充")], [grid(*CARD, name="补充"), whole(FIRST)]):
        reading = read(*sheets)
        assert set(titles(reading)) == {"网络安全知识竞赛", "班组普法宣讲"}
        assert reading.header["unit_raw"].content == "新河街道总工会"
        assert reading.findings == ()


def test_a_turned_table_beside_a_list_counts_with_what_is_wrong_in_it() -> None:
    second = ("班组普法宣讲", None, "一号车间", 85)
    third = ("文明上网讲座", "2021年8月9日", "二号车间", 64)
    turned = grid(*zip(("活动名称", "活动时间", "活动地点", "接触职工人数"), second, third, strict=True), name="八月")
    reading = read(whole(FIRST), turned)
    assert titles(reading) == ["网络安全知识竞赛", "班组普法宣讲", "文明上网讲座"]
    assert (only(reading, "missing-value").record, only(reading, "missing-value").cell) == (1, "B2")


def test_little_forms_with_a_list_behind_them_are_one_report() -> None:
    top = [[TITLE], ["填报单位：新河街道总工会  填报人：林晓雨  联系电话：65300001"]]
    more = grid(["其他活动"], LABELS, FIRST, SECOND, name="表2")
    reading = read(grid(*top, *CARD, name="表1"), more)
    assert titles(reading) == ["班组普法宣讲", *BOTH]
    assert reading.header["unit_raw"].content == "新河街道总工会"


@pytest.mark.parametrize("name", ["上半年", "草稿"])
def test_a_hidden_sheet_beside_a_shown_one_counts_only_after_asking(name: str) -> None:
    for sheets in (
        [whole(FIRST), whole(SECOND, name=name, hidden=True)],
        [whole(SECOND, name=name, hidden=True), whole(FIRST)],
    ):
        reading = read(*sheets)
        assert titles(reading) == BOTH[:1]
        asked = only(reading, "table-aside")
        assert (asked.severity, asked.sheet) == (Severity.WARNING, name)
        assert (
            asked.text
            == f"“{name}”表在隐藏的工作表中，没有计入（1行：好网民主题演讲）；如属本期活动，请并入所报的表后重发"
        )


def test_a_sheet_that_is_called_an_example_is_none_of_the_report_and_told() -> None:
    reading = read(whole(FIRST), whole(SECOND, name="填写示例"))
    assert titles(reading) == BOTH[:1]
    assert only(reading, "table-aside").sheet == "填写示例"
    assert titles(read(whole(FIRST, name="示例"))) == BOTH[:1]


def test_a_little_form_that_nobody_can_read_is_told_by_its_sheet() -> None:
    card = [["活动名称", "班组普法宣讲"], ["活动时间", "上个月底"], ["接触职工人数", "许多职工"]]
    reading = read(whole(FIRST), grid(*card, name="补充"))
    assert titles(reading) == BOTH[:1]
    assert only(reading, "table-aside").sheet == "补充"


def test_a_list_below_a_little_form_in_one_sheet_is_not_passed_over() -> None:
    reading = read(
        grid(
            [TITLE], ["填报单位：新河街道总工会  填报人：林晓雨  联系电话：65300001"], *CARD, [], LABELS, FIRST, SECOND
        )
    )
    assert titles(reading) == ["班组普法宣讲", *BOTH]
    assert contents(reading, "participants") == [85, 300, 120]
    assert reading.findings == ()


SUMS = ("开展线下活动场数", "组织动员基层工会数", "走进企业数", "接触职工人数")


def sums(*rows: list[Plain], name: str = "汇总") -> Grid:
    return grid(["“12351+”指标汇总"], SUMS, *rows, name=name)


def test_the_unit_s_own_sums_beside_its_list_are_no_more_activities() -> None:
    below = whole(FIRST, SECOND, [], ["“12351+”指标汇总"], SUMS, [2, 5, 3, 420])
    months = grid(
        ["按月汇总"], ["月份", *SUMS], ["6月", 1, 2, 1, 300], ["7月", 1, 3, 2, 120], ["合计", 2, 5, 3, 420], name="汇总"
    )
    for sheets in (
        [whole(FIRST, SECOND), sums([2, 5, 3, 420])],
        [sums([2, 5, 3, 420]), whole(FIRST, SECOND)],
        [below],
        [whole(FIRST, SECOND), months],
    ):
        reading = read(*sheets)
        assert (reading.layout, titles(reading)) == ("rows", BOTH)
        assert {f: v.content for f, v in reading.totals.items()} == {
            "activities_count": 2,
            "grassroots_unions": 5,
            "enterprises": 3,
            "participants": 420,
        }
        assert [code for code in codes(reading) if code != "unread-column"] == []


def test_sums_that_are_not_those_of_the_list_are_asked_about() -> None:
    reading = read(whole(FIRST, SECOND), sums([3, 5, 3, 460]))
    assert titles(reading) == BOTH
    mismatch, number = only(reading, "total-mismatch"), only(reading, "number-mismatch")
    assert (mismatch.sheet, mismatch.cell, mismatch.field) == ("汇总", "D3", "participants")
    assert mismatch.text == "“接触职工人数”合计为460，各行相加为420，请核对"
    assert number.text == "“开展线下活动场数”为3，逐场填报的为2场，请核对"
    assert (mismatch.severity, number.severity) == (Severity.WARNING, Severity.WARNING)


def test_months_without_a_row_of_sums_are_added_up_and_asked_about() -> None:
    months = [["6月", 1, 2, 1, 300], ["7月", 1, 3, 2, 160]]
    reading = read(whole(FIRST, SECOND), grid(["按月汇总"], ["月份", *SUMS], *months, name="汇总"))
    assert titles(reading) == BOTH
    assert only(reading, "total-mismatch").text == "“接触职工人数”合计为460，各行相加为420，请核对"
    assert "participants" not in reading.totals


def test_a_figure_that_is_in_the_sums_alone_is_told() -> None:
    labels, row = (*SUMS, "覆盖职工网民数"), (2, 5, 3, 420, 9000)
    own = (*LABELS[:6], "备注")
    reading = read(whole((*FIRST[:6], None), (*SECOND[:6], None), labels=own), grid(labels, row, name="汇总"))
    assert only(reading, "sum-alone").cell == "E2"
    assert reading.totals["netizens_reached"].content == 9000


def test_the_sums_of_each_unit_belong_to_its_own_list() -> None:
    rows = (("新河街道总工会", *FIRST), ("新北街道总工会", *SECOND))
    figures = (("新河街道总工会", 1, 2, 1, 300), ("新北街道总工会", 1, 3, 2, 150))
    lists = grid([TITLE], ("单位", *LABELS), *rows)
    readings = read_tables([lists, grid(("单位名称", *SUMS), *figures, name="汇总")], [FORM], PERIOD)
    assert [titles(reading) for reading in readings] == [BOTH[:1], BOTH[1:]]
    assert ["total-mismatch" in codes(reading) for reading in readings] == [False, True]


def test_rows_that_go_on_in_a_sheet_without_labels_are_told() -> None:
    reading = read(whole(FIRST), grid(SECOND, name="表2"), grid(["填表说明"], ["每场活动填一行"], name="表3"))
    assert titles(reading) == BOTH[:1]
    asked = only(reading, "table-aside")
    assert asked.text == "“表2”表没有列名，没有计入（1行：好网民主题演讲）；如属本期活动，请并入所报的表后重发"


def test_rows_below_a_little_form_are_not_passed_over() -> None:
    rows = [("林晓雨", "2021年8月9日", "礼堂", "66"), ("第二场", "2021年8月10日", "礼堂", "77")]
    reading = read(grid([TITLE], ["填报单位：新河街道总工会  填报人：林晓雨  联系电话：65300001"], *CARD, [], *rows))
    assert [found.cell for found in reading.findings if found.code == "stray-cell"] == ["A6", "A7"]
