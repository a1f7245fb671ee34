"""Long tables: every row is read, and the work grows no faster than the rows."""

from collections.abc import Callable
from datetime import date

import pytest

from parsers.grid import Grid
from support.steps import steps
from support.tables import FIRST, read, titles, whole


def activities(number: int) -> Grid:
    rows = [(n, f"活动{n}", date(2021, 6, 1), "礼堂", "演讲", 30 + n % 9, 100 + n, None) for n in range(1, number + 1)]
    return whole(*rows, ("合计", None, None, None, None, sum(30 + n % 9 for n in range(1, number + 1))))


def blanks(number: int) -> Grid:
    return whole(FIRST, *[(None, None, None, None, None, 0, 0, None)] * number)


def merged(number: int) -> Grid:
    rows = [(n, f"活动{n}", date(2021, 6, 1), "礼堂", "演讲", 30, 100 + n, None) for n in range(1, number + 1)]
    return whole(*rows, merges=[(3 + n, 8, 3 + n, 9) for n in range(1, number + 1)])


def sections(number: int) -> Grid:
    rows = [
        row
        for n in range(1, number // 4 + 1)
        for row in ((f"（{n}）街道",), FIRST, (*FIRST[:1], f"活动{n}", *FIRST[2:]))
    ]
    return whole(*rows)


def undated(number: int) -> Grid:
    """Rows whose merged days hold for all of them."""
    rows = [(n, f"活动{n}", None, "礼堂", "演讲", 30, 100 + n, None) for n in range(2, number + 1)]
    return whole(FIRST, *rows, merges=[(4, 3, 3 + number, 3)])


@pytest.mark.parametrize("sheet", [activities, blanks, merged, sections, undated])
def test_twice_the_rows_take_twice_the_steps(sheet: Callable[[int], Grid]) -> None:
    read(sheet(8))
    assert steps(lambda: read(sheet(400)), "parsers") < 2.3 * steps(lambda: read(sheet(200)), "parsers")


def test_a_thousand_activities_are_a_thousand_records() -> None:
    reading = read(activities(1000))
    assert len(reading.records) == 1000
    assert reading.totals["participants"].content == sum(30 + n % 9 for n in range(1, 1001))
    assert reading.findings == ()


def test_thousands_of_rows_that_hold_only_zeros_are_left_out() -> None:
    reading = read(blanks(3000))
    assert titles(reading) == ["网络安全知识竞赛"]
    assert reading.findings == ()
