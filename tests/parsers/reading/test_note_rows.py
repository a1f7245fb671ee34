"""A row that says something of the table is no activity, whatever figures stand in it."""

from collections.abc import Sequence

import pytest

from parsers.reading import Severity
from support.tables import Plain, codes, only, read, titles, whole

LABELS = ("序号", "活动名称", "活动时间", "活动地点", "走进企业数", "接触职工人数", "覆盖职工网民数", "备注")
FIRST = (1, "网络安全知识竞赛", "2021年6月15日", "职工之家", 2, 300, 5000)
SECOND = (2, "好网民主题演讲", "2021年7月2日", "文化中心", 3, 120, 2000)
BOTH = ["网络安全知识竞赛", "好网民主题演讲"]
Row = Sequence[Plain]


@pytest.mark.parametrize(
    "note",
    [
        ("注：参加人数1200人为估计数",),
        ("注：", "参加人数1200人为估计数"),
        ("说明", "人数", "为估计", "1200人"),
        ("备注：本表只统计线下活动，线上1200人未计入",),
        (None, "数据来源：各基层工会"),
    ],
)
def test_a_note_in_words_is_passed_over(note: Row) -> None:
    reading = read(whole(FIRST, SECOND, note, labels=LABELS))
    assert titles(reading) == BOTH
    assert reading.findings == ()


@pytest.mark.parametrize(
    "note",
    [
        ("注：参加人数为估计数", None, None, None, None, 1200),
        ("注：参加人数为估计数", None, None, None, None, "1200人"),
        (None, "注：参加人数为估计数", None, None, None, 1200),
        (None, "说明：其中外单位人员", None, None, None, "120人"),
        ("注", None, None, "人数", "为估计", 1200),
        ("备注：", "含线上", None, None, 3, 300, 5000),
        ("注1：人数为估计", None, None, None, None, 1200),
        ("（注：人数为估计）", None, None, None, None, 1200),
        ("注：截至", None, "2021年9月20日", None, None, 1200),
        (None, "说明：统计截至", "2021年9月20日"),
        (None, "特别说明：人数为估计数", None, None, None, 1200),
        (None, "以上人数均为估计数", None, None, None, 1200),
        (None, "本表人数含外单位", None, None, None, 1200),
        (None, "※人数为估计数", None, None, None, 1200),
        (None, "1、人数为估计数", None, None, None, 1200),
        ("1.人数为估计数", None, None, None, None, 1200),
    ],
)
def test_a_note_with_a_figure_is_no_activity_and_is_told(note: Row) -> None:
    reading = read(whole(FIRST, SECOND, note, labels=LABELS))
    assert titles(reading) == BOTH
    assert only(reading, "stray-cell").severity is Severity.WARNING


def test_the_rows_of_a_numbered_note_are_all_told() -> None:
    notes: list[Row] = [("注：1.人数为估计", None, None, None, None, 1200), (None, "2.含外单位", None, None, 5)]
    reading = read(whole(FIRST, SECOND, *notes, labels=LABELS))
    assert titles(reading) == BOTH
    assert codes(reading) == ["stray-cell", "stray-cell"]


def test_more_of_a_note_is_no_activity() -> None:
    reading = read(whole(FIRST, SECOND, ("注：",), (None, "人数含外单位", None, None, None, 120), labels=LABELS))
    assert titles(reading) == BOTH
    assert codes(reading) == ["stray-cell"]


def test_a_note_between_the_labels_and_the_activities_ends_nothing() -> None:
    note = ("注：人数为估计数", None, None, None, None, 1200)
    reading = read(whole(note, FIRST, SECOND, labels=LABELS))
    assert titles(reading) == BOTH
    assert codes(reading) == ["stray-cell"]


LIKE_NOTES = ["说明会暨宣讲", "注：意网络安全讲座", "备注文明上网", "以上率下主题宣讲", "※特别活动", "1、消防演练"]


@pytest.mark.parametrize("name", LIKE_NOTES)
def test_a_whole_activity_may_be_called_like_a_note(name: str) -> None:
    row = (3, name, "2021年8月1日", "礼堂", 1, 50, 100)
    assert titles(read(whole(FIRST, SECOND, row, labels=LABELS))) == [*BOTH, name]


def test_numbered_names_among_numbered_names_are_activities() -> None:
    rows = [(None, f"{n}、竞赛", f"2021年6月{n}日", "礼堂", 1, 50, 100) for n in (1, 2)]
    unfinished = (None, "3、竞赛", None, "礼堂", 1, 50, 100)
    assert len(read(whole(*rows, unfinished, labels=LABELS)).records) == 3
