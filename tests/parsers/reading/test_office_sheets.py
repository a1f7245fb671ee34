"""Sheets as offices lay them out: titles merged over several rows, an empty row under them, other sheets beside."""

from collections.abc import Sequence

import pytest

from parsers.reading import Severity
from support.tables import BLOCK, TITLE, Plain, codes, contents, grid, only, read, titles

MERGED = ("序号", "活动名称", "活动时间", "活动地点", "活动形式", "参加人数", None, "备注")
LOWER = (None, None, None, None, None, "职工", "网民")
OVER_TWO = [(3, column, 4, column) for column in (1, 2, 3, 4, 5, 8)] + [(3, 6, 3, 7)]


def rows(number: int) -> list[Sequence[Plain]]:
    return [(n, f"知识竞赛{n}", f"2021年6月{n}日", "会议室", "知识竞赛", 29 + n, 99 + n) for n in range(1, number + 1)]


@pytest.mark.parametrize("number", [1, 3, 8])
def test_titles_merged_over_two_rows_head_the_rows_below_them(number: int) -> None:
    sums = ("合计", None, None, None, None, sum(range(30, 30 + number)), sum(range(100, 100 + number)))
    reading = read(grid([TITLE], [BLOCK], MERGED, LOWER, *rows(number), sums, merges=OVER_TWO))
    assert contents(reading, "participants") == [*range(30, 30 + number)]
    assert reading.records[0].row == 5
    assert reading.totals["participants"].content == sums[5]
    assert codes(reading) == []


def test_an_empty_row_under_two_levels_of_titles_ends_nothing() -> None:
    merges = [(2, column, 3, column) for column in (1, 2, 3, 4, 5, 8)] + [(2, 6, 2, 7)]
    reading = read(grid([TITLE], MERGED, LOWER, [None], *rows(3), merges=merges))
    assert contents(reading, "participants") == [30, 31, 32]
    assert contents(reading, "netizens_reached") == [100, 101, 102]


@pytest.mark.parametrize(
    ("name", "title", "labels", "row"),
    [
        ("计划", "下季度活动计划", MERGED[:4], ("知识讲座", "2021年11月1日", "礼堂")),
        ("照片", "照片清单", ("序号", "照片名称", "拍摄时间", "拍摄人"), ("开幕", "2021年6月1日", "林晓雨")),
    ],
)
def test_a_sheet_of_something_else_counts_nothing_and_is_named_once(
    name: str, title: str, labels: Sequence[Plain], row: Sequence[Plain]
) -> None:
    labels_of_ours = ("序号", "活动名称", "活动时间", "活动地点", "活动形式", "接触职工人数", "覆盖职工网民数")
    other = grid([title], labels, (1, *row), (2, *row), name=name)
    reading = read(grid([TITLE], [BLOCK], labels_of_ours, *rows(3), name="统计表"), other)
    assert len(titles(reading)) == 3
    assert codes(reading) == ["other-sheets"]
    found = only(reading, "other-sheets")
    assert found.severity is Severity.NOTICE
    assert f"“{name}”（{title}）" in found.text
