"""Headings as offices make them: merged down, of several levels, with measures, numbers or blank rows under them."""

import pytest

from support.tables import BLOCK, FIRST, LABELS, SECOND, TITLE, codes, contents, grid, only, read, titles, whole


@pytest.mark.parametrize("height", [2, 3])
def test_titles_merged_down_over_several_rows_lose_no_activity(height: int) -> None:
    bottom = 2 + height
    merges = [(3, column, bottom, column) for column in range(1, len(LABELS) + 1)]
    blanks = [()] * (height - 1)
    reading = read(grid([TITLE], [BLOCK], LABELS, *blanks, FIRST, SECOND, merges=merges))
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert [record.row for record in reading.records] == [bottom + 1, bottom + 2]
    assert reading.findings == ()


def test_titles_merged_down_two_of_which_nobody_knows_lose_no_activity() -> None:
    labels = (*LABELS[:-1], "网络部意见", "街道评价")
    merges = [(3, column, 4, column) for column in range(1, len(labels) + 1)]
    reading = read(grid([TITLE], [BLOCK], labels, (), (*FIRST[:-1], "同意", "好"), merges=merges))
    assert titles(reading) == ["网络安全知识竞赛"]


def test_two_levels_and_an_empty_row_under_them() -> None:
    upper = ("序号", "活动名称", "活动时间", "活动地点", "参加人数", None)
    lower = (None, None, None, None, "职工", "网民")
    merges = [*((3, column, 4, column) for column in range(1, 5)), (3, 5, 3, 6)]
    reading = read(
        grid([TITLE], [BLOCK], upper, lower, (), (*FIRST[:4], 30, 100), (*SECOND[:4], 40, 200), merges=merges)
    )
    assert contents(reading, "participants") == [30, 40]
    assert contents(reading, "netizens_reached") == [100, 200]


def test_blank_rows_under_a_heading_are_nothing() -> None:
    assert titles(read(whole((), (), FIRST))) == ["网络安全知识竞赛"]


def test_a_row_of_measures_and_a_row_of_numbers_under_a_heading_are_no_activities() -> None:
    measures = (None, None, None, None, None, "人", "人", None)
    numbers = ("甲", 1, 2, 3, 4, 5, 6, 7)
    reading = read(whole(measures, numbers, FIRST, SECOND))
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert "stray-cell" not in codes(reading)


def test_the_heading_repeated_on_each_printed_page_is_no_activity() -> None:
    reading = read(
        whole(FIRST, LABELS, SECOND, LABELS, (3, "网络文明义诊", "2021年8月1日", "广场", "公益", 90, 900, None))
    )
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲", "网络文明义诊"]


def test_a_title_over_some_columns_alone_hides_none() -> None:
    upper = ("活动名称", "活动时间", "活动地点", "人数（人）", None)
    lower = (None, None, None, "接触职工人数", "覆盖职工网民数")
    merges = [(3, 1, 4, 1), (3, 2, 4, 2), (3, 3, 4, 3), (3, 4, 3, 5)]
    reading = read(grid([TITLE], [BLOCK], upper, lower, ("读书会", "2021年6月1日", "礼堂", 30, 100), merges=merges))
    assert contents(reading, "participants") == [30]
    assert contents(reading, "netizens_reached") == [100]


def test_a_column_without_a_title_that_holds_figures_is_told() -> None:
    labels = (*LABELS[:-1], None)
    rows = [(*row[:-1], 7) for row in (FIRST, SECOND, FIRST)]
    assert only(read(whole(*rows, labels=labels)), "unlabelled-column").severity == "warning"


def test_a_table_of_sixty_columns_has_its_heading_found() -> None:
    more = tuple(
        f"{kind}{what}" for kind in "甲乙丙丁戊己庚辛壬癸子丑寅" for what in ("类数量", "类金额", "类情况", "类备注")
    )
    rows = [(*row, *(place if place % 2 else f"说明{place}" for place in range(52))) for row in (FIRST, SECOND) * 6]
    reading = read(grid([TITLE], [BLOCK], (*LABELS, *more), *rows))
    assert len(reading.records) == 12
    assert contents(reading, "participants") == [300, 120] * 6
