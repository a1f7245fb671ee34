"""No sentence contradicts what the sender sees: where a cell displays one thing and holds another, both are named."""

from collections.abc import Sequence
from datetime import date, datetime

import pytest

from parsers.grid import Cell
from parsers.reading import Finding, Severity
from parsers.values.number_format import number_cell, shown
from support.tables import FIRST, SECOND, Plain, codes, contents, only, read, titles, whole


def dated(day: date, code: str) -> Cell:
    moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - spreadsheets know no time zones
    return Cell(moment, "date", shown(moment, code), code)


def people(cell: Plain, *more: Sequence[Plain]) -> Sequence[Finding]:
    return read(whole((*FIRST[:5], cell, *FIRST[6:]), *more)).findings


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (12.6, "0", "第4行“网络安全知识竞赛”的“接触职工人数”显示为“13”，实际存的是12.6，不是整数，请改正"),
        (12.6, '0"人"', "第4行“网络安全知识竞赛”的“接触职工人数”显示为“13人”，实际存的是12.6，不是整数，请改正"),
        (0.126, "0%", "第4行“网络安全知识竞赛”的“接触职工人数”显示为“13%”，实际存的是0.126，是百分数，请填写数量"),
        (0.3, "0%", "第4行“网络安全知识竞赛”的“接触职工人数”为“30%”，是百分数，请填写数量"),
        (1, '[=1]"是";0', "第4行“网络安全知识竞赛”的“接触职工人数”显示为“是”，实际存的是1，无法识别，请重新填写"),
        (5, '0"00"', "第4行“网络安全知识竞赛”的“接触职工人数”显示为“500”，实际存的是5，无法识别，请重新填写"),
        (-12.6, "0", "第4行“网络安全知识竞赛”的“接触职工人数”显示为“-13”，实际存的是-12.6，不应为负数，请改正"),
        (
            300,
            ";;;",
            "第4行“网络安全知识竞赛”的“接触职工人数”显示为空，实际存的是300，所设格式不显示该内容，没有计入；"
            "如应计入，请改为正常显示，如不应计入，请清空该格",
        ),
        (
            0,
            "0;-0;;@",
            "第4行“网络安全知识竞赛”的“接触职工人数”显示为空，实际存的是0，所设格式不显示该内容，没有计入；"
            "如应计入，请改为正常显示，如不应计入，请清空该格",
        ),
    ],
)
def test_a_fault_names_what_is_shown_and_what_is_stored(number: float, code: str, text: str) -> None:
    (found,) = people(number_cell(number, code))
    assert (found.severity, found.text, found.cell) == (Severity.ERROR, text, "F4")


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (1234567, '0!.0,"万"', "显示为“123.5万”，实际存的是1234567，按1234567计"),
        (300, "0.0E+00", "显示为“3.0E+02”，实际存的是300，按300计"),
    ],
)
def test_a_figure_that_counts_otherwise_than_it_is_shown_is_told(number: int, code: str, text: str) -> None:
    reading = read(whole((*FIRST[:6], number_cell(number, code), None)))
    assert contents(reading, "netizens_reached") == [number]
    assert text in only(reading, "shown-otherwise").text
    assert only(reading, "shown-otherwise").severity is Severity.NOTICE


def test_what_a_format_hides_in_a_column_that_may_be_blank_is_asked_about_unless_it_is_nothing() -> None:
    hidden = read(whole((*FIRST[:6], number_cell(5000, ";;;"), None)))
    assert only(hidden, "not-shown").severity is Severity.WARNING
    assert contents(hidden, "netizens_reached") == [None]
    assert codes(read(whole((*FIRST[:6], number_cell(0, "0;;"), None)))) == []


def test_a_hidden_name_leaves_the_row_and_is_told() -> None:
    hidden = Cell("网络安全知识竞赛", "text", "", ";;;")
    reading = read(whole((1, hidden, *FIRST[2:]), SECOND))
    assert titles(reading) == [None, "好网民主题演讲"]
    assert "显示为空，实际存的是网络安全知识竞赛" in only(reading, "not-shown").text


def test_days_outside_are_named_with_the_year_that_is_not_shown() -> None:
    row = (1, "网络安全知识竞赛", dated(date(2020, 6, 15), 'm"月"d"日"'), *FIRST[3:])
    assert only(read(whole(row)), "date-outside").text == (
        "第4行“网络安全知识竞赛”的“活动时间”显示为“6月15日”，实际存的是2020年6月15日，不在活动期（2021年5月1日至2021年9月30日）内，请核对"
    )


@pytest.mark.parametrize(
    ("code", "seen", "days"),
    [
        ('yyyy"年"m"月"', "2021年6月", ["2021-06-01", "2021-06-30"]),
        ("mmm-yy", "Jun-21", ["2021-06-01", "2021-06-30"]),
        ('m"月"', "6月", ["2021-06-01", "2021-06-30"]),
        ("aaaa", "星期二", ["2021-06-15", "2021-06-15"]),
    ],
)
def test_a_day_that_is_not_shown_is_no_certain_day(code: str, seen: str, days: list[str]) -> None:
    reading = read(whole((1, "网络安全知识竞赛", dated(date(2021, 6, 15), code), *FIRST[3:])))
    assert [reading.records[0].values[field].content for field in ("date_start", "date_end")] == days
    assert f"显示为“{seen}”，实际存的是2021年6月15日，未写到日" in only(reading, "coarse-date").text


@pytest.mark.parametrize("code", ["yyyy-m-d", 'm"月"d"日"', "d-mmm", "dddd d mmmm", "yyyy/m/d h:mm", "h:mm"])
def test_a_day_that_is_shown_is_certain(code: str) -> None:
    reading = read(whole((1, "网络安全知识竞赛", dated(date(2021, 6, 15), code), *FIRST[3:])))
    assert contents(reading, "date_start") == ["2021-06-15"]
    assert codes(reading) == []


def test_a_month_that_a_file_keeps_without_a_format_is_coarse_too() -> None:
    moment = datetime(2021, 6, 1)  # noqa: DTZ001 - spreadsheets know no time zones
    row = (1, "网络安全知识竞赛", Cell(moment, "date", "2021年6月"), *FIRST[3:])
    assert only(read(whole(row)), "coarse-date").severity is Severity.WARNING


def test_sums_are_named_as_both() -> None:
    total = ("合计", None, None, None, None, number_cell(12345, '0!.0,"万"'), None, None)
    reading = read(whole(FIRST, total))
    assert "合计为1.2万（实际存的是12345），各行相加为300" in only(reading, "total-mismatch").text


def test_a_large_figure_shown_short_is_named_as_both() -> None:
    found = people(number_cell(1234567, '0!.0,"万"'))
    (large,) = [one for one in found if one.code == "unlikely-size"]
    assert "显示为“123.5万”，实际存的是1234567，数字过大" in large.text


def test_an_account_number_that_lost_digits_is_told() -> None:
    reading = read(whole((*FIRST[:7], number_cell(6.22202130301234e17, None))))
    assert contents(reading, "remark") == ["622202130301234000"]
    found = only(reading, "digits-lost")
    assert found.severity is Severity.WARNING
    assert "实际存的是622202130301234000，数字过长，末几位可能已丢失" in found.text
