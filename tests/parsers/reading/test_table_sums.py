"""Rows of sums: recognised by their figures or asked about, and never counted beside the rows that they add up."""

import pytest

from parsers.reading import Severity
from support.tables import BLOCK, FIRST, SECOND, TITLE, Plain, codes, contents, grid, only, read, titles, whole

BOTH = ["网络安全知识竞赛", "好网民主题演讲"]
THIRD = (3, "文明上网讲座", "2021年8月6日", "一号车间", "主题演讲", 80, 900, None)
NO_NAME: tuple[Plain, ...] = (None, None, None, None, None)


@pytest.mark.parametrize(
    ("label", "column"),
    [
        (None, 1),
        ("两项相加", 1),
        *((label, n) for label in ("共2场", "共计2场活动", "上半年累计", "本单位合计", "总数") for n in (1, 2)),
    ],
)
def test_the_sum_of_all_rows_is_known_by_its_figures(label: str | None, column: int) -> None:
    row = [*NO_NAME, 420, 7000, None]
    row[column - 1] = label
    reading = read(whole(FIRST, SECOND, row))
    assert titles(reading) == BOTH
    assert reading.totals["participants"].content == 420
    assert reading.findings == ()


def test_the_sum_above_the_empty_one_of_the_form_is_compared_with_the_rows() -> None:
    reading = read(whole(FIRST, SECOND, ("合计", *NO_NAME[1:], 430, 7000, None), [None] * 8, ("合计", *[None] * 7)))
    assert titles(reading) == BOTH
    assert reading.totals["participants"].content == 430
    assert only(reading, "total-mismatch").cell == "F6"


def test_the_sums_of_sections_are_no_activities() -> None:
    first: list[Plain] = ["一、竞赛类", *NO_NAME[1:], 420, 7000, None]
    second: list[Plain] = ["二、讲座类", *NO_NAME[1:], 80, 900, None]
    for rows in ([first, FIRST, SECOND, second, THIRD], [FIRST, SECOND, first, THIRD, second]):
        reading = read(whole(*rows))
        assert titles(reading) == [*BOTH, "文明上网讲座"]
        assert reading.findings == ()


@pytest.mark.parametrize("label", ["平均", "占职工总数", "一、竞赛类", "上半年累计"])
def test_figures_under_a_word_that_are_no_sum_are_told(label: str) -> None:
    reading = read(whole(FIRST, SECOND, (label, *NO_NAME[1:], 210, None, None)))
    assert titles(reading) == BOTH
    assert only(reading, "stray-cell").text.startswith(f"第6行“{label}”没有作为活动读取")


@pytest.mark.parametrize("label", [None, 3, "三"])
def test_figures_without_a_name_that_are_no_sum_are_an_activity_that_lacks_the_rest(label: Plain) -> None:
    reading = read(whole(FIRST, SECOND, (label, *NO_NAME[1:], 210, None, None)))
    assert contents(reading, "participants") == [300, 120, 210]
    assert {f.field for f in reading.findings if f.severity is Severity.ERROR} == {"title", "date_start"}


def test_a_next_number_with_the_sum_of_the_rows_above_is_an_activity() -> None:
    reading = read(whole(FIRST, SECOND, (3, *NO_NAME[1:], 420, None, None)))
    assert len(reading.records) == 3


def test_parts_of_an_activity_are_not_counted_beside_it() -> None:
    part = (None, "其中：第一场", "2021年6月15日", "职工之家", None, 180, None, None)
    rest = (None, "第二场", "2021年6月16日", "礼堂", None, 120, None, None)
    reading = read(whole(FIRST, part, rest, SECOND))
    assert titles(reading) == BOTH
    assert contents(reading, "participants") == [300, 120]
    told = [found for found in reading.findings if found.code == "part-row"]
    assert [(found.cell, found.severity) for found in told] == [("B5", Severity.WARNING), ("B6", Severity.WARNING)]


def test_what_follows_a_part_without_completing_the_whole_is_an_activity() -> None:
    part = (None, "其中：女职工", None, None, None, 180, None, None)
    reading = read(whole(FIRST, part, SECOND))
    assert titles(reading) == BOTH
    assert only(reading, "part-row").cell == "B5"
    unnumbered = (None, *SECOND[1:])
    assert titles(read(whole(FIRST, part, unnumbered))) == BOTH


@pytest.mark.parametrize("labels", [("序号", "姓名", "单位", "电话"), ("编号", "姓名", "联系电话", "备注")])
def test_a_list_of_something_else_below_the_table_is_told_once_and_not_read(labels: tuple[str, ...]) -> None:
    people = ((1, "林晓雨", "办公室", "65300001"), (2, "高远", "工会", "65300002"))
    reading = read(whole(FIRST, SECOND, [], ["宣传员名单"], labels, *people))
    assert titles(reading) == BOTH
    other = only(reading, "other-table")
    assert (other.cell, other.severity) == ("A8", Severity.WARNING)
    assert "、".join(labels) in other.text
    assert not [found for found in reading.findings if found.severity is Severity.ERROR]


def test_an_activity_below_a_list_of_something_else_still_counts() -> None:
    labels = ("序号", "姓名", "单位", "电话")
    reading = read(whole(FIRST, labels, (1, "林晓雨", "办公室", "65300001"), SECOND))
    assert titles(reading) == BOTH


def test_a_summary_s_rows_of_figures_stay_its_rows() -> None:
    labels = ("组织动员基层工会数", "职工好网民宣传员人数", "走进企业数", "接触职工人数")
    reading = read(grid([TITLE], [BLOCK], labels, (1, 2, 3, 40)))
    assert contents(reading, "participants") == [40]
    assert "several-rows" not in codes(reading)


def test_parts_are_not_added_up_beside_their_whole() -> None:
    part = (None, "其中：女职工", None, None, None, 180, None, None)
    reading = read(whole(FIRST, part, SECOND, (*NO_NAME, 420, None, None)))
    assert titles(reading) == BOTH
    assert reading.totals["participants"].content == 420
