"""Cells that hold dates: which days are read, and which are left to a person."""

import time
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.grid import Cell
from parsers.values import Days
from parsers.values.dates import days

YEAR = 2021


def day(month: int, number: int, year: int = YEAR) -> date:
    return date(year, month, number)


def written(text: str, year: int = YEAR) -> Days:
    return days(Cell(text, "text", text), year)


def typed(value: float, shown: str | None = None) -> Days:
    return days(Cell(value, "number", str(value) if shown is None else shown), YEAR)


def dated(value: datetime, number_format: str | None = None) -> Days:
    return days(Cell(value, "date", str(value), number_format), YEAR)


def codes(understood: Days) -> set[str]:
    return {doubt.code for doubt in understood.doubts}


def span(understood: Days) -> tuple[date | None, date | None]:
    return understood.start, understood.end


@pytest.mark.parametrize(
    "text",
    [
        "2021.6.15",
        "2021.06.15",
        "2021/6/15",
        "2021-6-15",
        "2021-06-15",
        "２０２１．６．１５",
        "２０２１－６－１５",
        "20210615",
        "2021年6月15日",
        "2021年06月15号",
        "2021年6月15",
        " 2021 年 6 月 15 日 ",
        "2021年\n6月15日",
        "2021. 6. 15",
        "2021.6.15.",
        "2021年6.15",
        "2021.6月15日",
        "2021年6月15日（周二）下午2:00",
        "2021年6月15日（星期二）",
        "2021年6月15日 星期二 上午",
        "2021年6月15日下午两点半",
        "2021年6月15日14时30分",
        "2021年6月15日9:30-11:00",
        "2021年6月15日 上午9:00－下午4:00",
        "2021年6月15日9-11点",
        "2021-06-15 09:30:00",
        "2021-06-15T09:30:00",
        "二〇二一年六月十五日",
        "二○二一年六月十五日",
        "二零二一年六月十五日",
        "二O二一年六月十五日",
        "二Ｏ二一年六月十五日",
        "活动时间：2021年6月15日",
        "于2021年6月15日开展",
        "6/15/2021",
        "2\u200b021年6月15日",
    ],
)
def test_a_day_with_its_year_is_exact_and_free_of_doubt(text: str) -> None:
    assert written(text) == Days(day(6, 15), day(6, 15))


@pytest.mark.parametrize(
    "text",
    [
        "6月15日",
        "6月15",
        "6.15",
        "6/15",
        "6-15",
        "0615",
        "06-15",
        "06月15号",
        "六月十五日",
        "6月15日（周二）",
        "6.15日",
    ],
)
def test_a_day_without_year_takes_the_campaigns(text: str) -> None:
    understood = written(text)
    assert (span(understood), understood.precision) == ((day(6, 15), day(6, 15)), "inferred")
    assert codes(understood) == {"year-inferred"}
    assert written(text, 2023).start == day(6, 15, 2023)


@pytest.mark.parametrize("text", ["21年6月15日", "210615", "21.6.15", "21-06-15", "二一年六月十五日"])
def test_a_year_of_two_digits_is_inferred(text: str) -> None:
    understood = written(text)
    assert (span(understood), understood.precision) == ((day(6, 15), day(6, 15)), "inferred")
    assert codes(understood) == {"two-digit-year"}


def test_a_year_that_is_probably_a_slip_is_taken_as_written() -> None:
    assert written("2012年6月15日") == Days(day(6, 15, 2012), day(6, 15, 2012))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        *((f"2021年6月15日{dash}18日", day(6, 15), day(6, 18)) for dash in "—–-－~～〜至到―"),
        ("2021年6月15-18日", day(6, 15), day(6, 18)),
        ("2021.6.15～2021.7.2", day(6, 15), day(7, 2)),
        ("2021.6.15-18", day(6, 15), day(6, 18)),
        ("2021.6.15-6.18", day(6, 15), day(6, 18)),
        ("2021-06-15至2021-06-18", day(6, 15), day(6, 18)),
        ("2021-6-15-2021-6-18", day(6, 15), day(6, 18)),
        ("2021/6/15-2021/6/18", day(6, 15), day(6, 18)),
        ("20210615-20210618", day(6, 15), day(6, 18)),
        ("2021年6月28日-7月2日", day(6, 28), day(7, 2)),
        ("2021年6月15日9:00-6月18日17:00", day(6, 15), day(6, 18)),
        ("2021年6月14日至18日（周一至周五）", day(6, 14), day(6, 18)),
        ("自2021年6月15日起至6月18日止", day(6, 15), day(6, 18)),
        ("2021年6月15日至18日期间（共3场）", day(6, 15), day(6, 18)),
        ("2021年12月28日-2022年1月3日", day(12, 28), day(1, 3, 2022)),
        ("6月15日-2021年6月18日", day(6, 15), day(6, 18)),
    ],
)
def test_a_range_with_its_year_is_exact(text: str, start: date, end: date) -> None:
    assert written(text) == Days(start, end)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("6月15日至18日", day(6, 15), day(6, 18)),
        ("6.15-6.18", day(6, 15), day(6, 18)),
        ("6.15-18", day(6, 15), day(6, 18)),
        ("6.15—7.2", day(6, 15), day(7, 2)),
        ("6/15-18", day(6, 15), day(6, 18)),
        ("4月21日-4月26日", day(4, 21), day(4, 26)),
        ("9月26日至11月1日", day(9, 26), day(11, 1)),
        ("0615-0618", day(6, 15), day(6, 18)),
    ],
)
def test_a_range_without_year_takes_the_campaigns(text: str, start: date, end: date) -> None:
    understood = written(text)
    assert (span(understood), understood.precision, codes(understood)) == ((start, end), "inferred", {"year-inferred"})


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2021年6月15日、22日、29日", day(6, 29)),
        ("2021年6月15、22日", day(6, 22)),
        ("2021.6.15、6.22", day(6, 22)),
        ("2021.6.15,6.22", day(6, 22)),
        ("2021.6.15/6.22", day(6, 22)),
        ("2021年6月15日和7月2日", day(7, 2)),
        ("2021年6月15日及22日", day(6, 22)),
        ("2021年6月15日\n6月22日", day(6, 22)),
        ("2021年6月15日（周二）、6月22日（周二），共2场", day(6, 22)),
        ("2021年6月15日-18日、22日", day(6, 22)),
    ],
)
def test_several_days_span_from_the_first_to_the_last_with_a_doubt(text: str, end: date) -> None:
    understood = written(text)
    assert (span(understood), codes(understood)) == ((day(6, 15), end), {"several-dates"})


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2021年6月", day(6, 1), day(6, 30)),
        ("2021年6月份", day(6, 1), day(6, 30)),
        ("2021-6", day(6, 1), day(6, 30)),
        ("2021.06", day(6, 1), day(6, 30)),
        ("202106", day(6, 1), day(6, 30)),
        ("2021年2月", day(2, 1), day(2, 28)),
        ("2021年6月上旬", day(6, 1), day(6, 10)),
        ("2021年6月中旬", day(6, 11), day(6, 20)),
        ("2021年6月下旬", day(6, 21), day(6, 30)),
        ("2021年6月中旬至7月上旬", day(6, 11), day(7, 10)),
        ("2021年5月-9月", day(5, 1), day(9, 30)),
        ("2021年5-9月", day(5, 1), day(9, 30)),
        ("2021年5月至9月15日", day(5, 1), day(9, 15)),
        ("2021.5-2021.9", day(5, 1), day(9, 30)),
        ("二〇二一年六月", day(6, 1), day(6, 30)),
    ],
)
def test_a_month_or_a_third_of_one_is_its_first_to_its_last_day(text: str, start: date, end: date) -> None:
    understood = written(text)
    assert (span(understood), understood.precision) == ((start, end), "approximate")
    assert codes(understood) == {"coarse-date"}


@pytest.mark.parametrize(("text", "end"), [("5-9月", day(9, 30)), ("5月-9月", day(9, 30)), ("5月份", day(5, 31))])
def test_a_month_without_year_takes_the_campaigns(text: str, end: date) -> None:
    understood = written(text)
    assert (span(understood), understood.precision) == ((day(5, 1), end), "inferred")
    assert codes(understood) == {"coarse-date", "year-inferred"}


def test_several_months_are_coarse_and_several() -> None:
    assert codes(written("2021年6、7月")) == {"several-dates", "coarse-date"}
    assert span(written("2021年6、7月")) == (day(6, 1), day(7, 31))


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2021年6月15日6月20日", day(6, 20)),
        ("2021年6月15日2021年7月2日", day(7, 2)),
        ("2021.6.15.20", day(6, 20)),
        ("2021.6.15.2021.6.20", day(6, 20)),
        ("2021年6月15日20", day(6, 20)),
    ],
)
def test_days_without_a_word_between_them_are_several_and_no_range(text: str, end: date) -> None:
    understood = written(text)
    assert (span(understood), codes(understood)) == ((day(6, 15), end), {"several-dates"})


@pytest.mark.parametrize(
    "text", ["05/07/2021", "1/2/2021", "7-5-2021", "3-9日", "2021年3-9日", "05/07/2021-05/09/2021"]
)
def test_what_may_be_two_different_days_gives_none(text: str) -> None:
    understood = written(text)
    assert (span(understood), codes(understood)) == ((None, None), {"unclear-date"})


@pytest.mark.parametrize("text", ["6/6/2021", "2021-6-6日", "2021年6月6日"])
def test_a_date_that_has_only_one_reading_is_certain(text: str) -> None:
    assert written(text) == Days(day(6, 6), day(6, 6))


@pytest.mark.parametrize("text", ["2021年7月2日（共4天）", "2021年7月2日-4日，共2天", "2021年7月2日、4日（共5天）"])
def test_a_number_of_days_that_does_not_fit_is_doubtful(text: str) -> None:
    understood = written(text)
    assert understood.start == day(7, 2)
    assert "ambiguous-date" in codes(understood)


@pytest.mark.parametrize("text", ["2021年7月2日（周四）", "2021年7月2日 星期六上午", "2021年7月2日礼拜1"])
def test_a_day_of_the_week_that_it_is_not_makes_a_day_doubtful(text: str) -> None:
    understood = written(text)
    assert (understood.start, codes(understood)) == (day(7, 2), {"ambiguous-date"})


@pytest.mark.parametrize("text", ["2021年7月2日（周五）", "2021年7月4日（星期天）", "2021年7月4日周7"])
def test_the_right_day_of_the_week_changes_nothing(text: str) -> None:
    assert written(text).doubts == ()


@pytest.mark.parametrize("text", ["2021年7月2日-4日（共3天）", "2021年7月2日（共3场）"])
def test_a_number_of_days_that_fits_or_is_of_sessions_changes_nothing(text: str) -> None:
    assert written(text).doubts == ()


@pytest.mark.parametrize(
    "text",
    [
        "2021.6.15--6.18",
        "2021年6月15日——18日",
        "2021年6月15日起6月18日止",
        "2021年6月15日开始，6月18日结束",
        "2021年6月15日起至6月18日",
    ],
)
def test_a_range_is_one_in_whatever_words(text: str) -> None:
    assert written(text) == Days(day(6, 15), day(6, 18))


@pytest.mark.parametrize(("text", "when"), [("2021.6.1儿童节", day(6, 1)), ("2021年5月4日青年节当天", day(5, 4))])
def test_the_name_of_a_feast_behind_its_day_changes_nothing(text: str, when: date) -> None:
    assert written(text) == Days(when, when)


@pytest.mark.parametrize("text", ["2021年6月15日前后", "2021年6月15日左右", "2021年6月15日起"])
def test_a_day_about_right_is_approximate(text: str) -> None:
    understood = written(text)
    assert (span(understood), understood.precision) == ((day(6, 15), day(6, 15)), "approximate")
    assert codes(understood) == {"approximate"}


@pytest.mark.parametrize(
    "text", ["2021年9月31日", "9.31", "2月29日", "13月5日", "2021.13.5", "15/6", "2021年6月0日", "9月32日"]
)
def test_a_day_that_no_calendar_has_gives_none(text: str) -> None:
    understood = written(text)
    assert (span(understood), codes(understood)) == ((None, None), {"impossible-date"})


@pytest.mark.parametrize(
    "text", ["全年", "2021年全年", "长期", "每周三", "每月15日", "待定", "周三", "下午2:00", "二季度"]
)
def test_what_names_no_day_is_no_date(text: str) -> None:
    understood = written(text)
    assert (span(understood), codes(understood)) == ((None, None), {"not-a-date"})


@pytest.mark.parametrize("text", ["6月18日-15日", "2021.7.2-2021.6.15", "12月28日-1月3日"])
def test_an_end_before_its_start_gives_none(text: str) -> None:
    understood = written(text)
    assert (span(understood), codes(understood)) == ((None, None), {"reversed-range"})


@pytest.mark.parametrize(
    "text",
    [
        "6-15-18",
        "6/15/22",
        "12.6.15",
        "201206",
        "2021",
        "2021年",
        "15日",
        "615",
        "6月15日-",
        "-6月15日",
        "6月15日（暂定）",
        "计划6月15日",
        "第15次",
        "300人",
        "6月15日-18日-20日",
        "五六月",
        "6①5",
        "6月²",
        "9" * 5000,
        "6月15日、" * 100,
    ],
)
def test_what_is_not_wholly_understood_gives_no_day(text: str) -> None:
    understood = written(text)
    assert (span(understood), codes(understood)) == ((None, None), {"not-understood"})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing-value"),
        ("　年　月　日", "missing-value"),
        ("____年__月__日", "missing-value"),
        ("无", "none-declared"),
        ("/", "none-declared"),
        ("#VALUE!", "error-cell"),
    ],
)
def test_what_holds_no_date_says_why(text: str, code: str) -> None:
    assert (span(written(text)), codes(written(text))) == ((None, None), {code})


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "missing-value"),
        (Cell("#REF!", "error", "#REF!"), "error-cell"),
        (Cell(None, "error", "", formula="=TODAY()"), "no-result"),
        (Cell(True, "bool", "TRUE"), "not-understood"),
        (Cell(timedelta(hours=9), "time", "9:00"), "not-understood"),
    ],
)
def test_a_cell_that_holds_no_date_says_why(cell: Cell | None, code: str) -> None:
    assert (span(days(cell, YEAR)), codes(days(cell, YEAR))) == ((None, None), {code})


def test_a_date_cell_is_exact_whatever_its_time_of_day() -> None:
    assert dated(datetime(2021, 6, 15, 14, 30)) == Days(day(6, 15), day(6, 15))  # noqa: DTZ001 — cells have no zone
    assert dated(datetime(2021, 6, 15), 'm"月"d"日"') == Days(day(6, 15), day(6, 15))  # noqa: DTZ001


def test_a_date_cell_that_shows_only_its_month_is_the_month() -> None:
    understood = dated(datetime(2021, 6, 1), 'yyyy"年"m"月"')  # noqa: DTZ001 — cells have no zone
    assert (span(understood), codes(understood)) == ((day(6, 1), day(6, 30)), {"coarse-date"})


@pytest.mark.parametrize("serial", [44362, 44362.0, 44362.6])
def test_a_serial_number_is_its_day_with_a_hint(serial: float) -> None:
    understood = typed(serial)
    assert (span(understood), understood.precision) == ((day(6, 15), day(6, 15)), "exact")
    assert codes(understood) == {"serial-date"}
    assert written("44362") == typed(44362)


@pytest.mark.parametrize(
    ("value", "plain", "longer"),
    [(6.3, day(6, 3), "2021-06-30"), (6.1, day(6, 1), "2021-06-10"), (6.2, day(6, 2), "2021-06-20")],
)
def test_a_number_that_may_have_lost_its_zero_is_ambiguous(value: float, plain: date, longer: str) -> None:
    understood = typed(value)
    assert (understood.start, codes(understood)) == (plain, {"year-inferred", "ambiguous-date"})
    assert understood.doubts[-1].detail["other"] == longer


def test_a_year_and_a_month_that_may_have_lost_its_zero_is_ambiguous() -> None:
    assert codes(typed(2021.1)) == {"coarse-date", "ambiguous-date"}
    assert codes(typed(2021.6)) == {"coarse-date"}


@pytest.mark.parametrize(
    ("value", "shown", "expected"),
    [
        (6.3, "6.30", day(6, 30)),
        (6.1, "6.10", day(6, 10)),
        (6.15, "6.15", day(6, 15)),
        (6.29, "6.29", day(6, 29)),
        (6.15, "6.2", day(6, 15)),
        (6.4, "6.4", day(6, 4)),
        (2.3, "2.3", day(2, 3)),
        (615, "0615", day(6, 15)),
        (1215, "1215", day(12, 15)),
    ],
)
def test_a_number_that_can_be_only_one_day_is_that_day(value: float, shown: str, expected: date) -> None:
    understood = typed(value, shown)
    assert (understood.start, codes(understood)) == (expected, {"year-inferred"})


def test_a_day_as_a_number_of_eight_digits_is_exact() -> None:
    assert typed(20210615) == Days(day(6, 15), day(6, 15))
    assert typed(20210615.0) == Days(day(6, 15), day(6, 15))


@pytest.mark.parametrize("value", [0, -6.3, 0.5, 2021, 615, 6.151, 1e300, float("nan"), float("inf")])
def test_a_number_that_is_no_day_gives_none(value: float) -> None:
    assert span(typed(value)) == (None, None)
    assert typed(value).doubts


def chinese(number: int) -> str:
    """A numeral below 100 as it is read aloud."""
    tens, ones = divmod(number, 10)
    digits = "零一二三四五六七八九"
    return (("" if tens == 1 else digits[tens]) + "十" if tens else "") + (digits[ones] if ones or not tens else "")


WITH_YEAR = (
    lambda d: d.isoformat(),
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d.year}/{d.month:02}/{d.day:02}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d:%Y%m%d}",
    lambda d: f"{d:%Y-%m-%d} 00:00:00",
    lambda d: f"{''.join('〇一二三四五六七八九'[int(c)] for c in str(d.year))}年{chinese(d.month)}月{chinese(d.day)}日",
    lambda d: f"{d.year} 年 {d.month} 月 {d.day} 日（周{'一二三四五六日'[d.weekday()]}）上午9:30-11:00",
)
WITHOUT_YEAR = (
    lambda d: f"{d.month}.{d.day}",
    lambda d: f"{d.month}月{d.day}日",
    lambda d: f"{d.month}/{d.day}",
    lambda d: f"{d.month}-{d.day}",
    lambda d: f"{d:%m%d}",
    lambda d: f"{chinese(d.month)}月{chinese(d.day)}号",
)
DATES = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(DATES, st.sampled_from(WITH_YEAR))
def test_a_date_reads_back_from_each_of_its_forms(when: date, form) -> None:
    assert written(form(when)) == Days(when, when)


@given(DATES, st.sampled_from(WITHOUT_YEAR))
def test_a_day_reads_back_with_the_year_given(when: date, form) -> None:
    understood = written(form(when), when.year)
    assert (span(understood), understood.precision) == ((when, when), "inferred")


@given(DATES, st.integers(1, 300), st.sampled_from(WITH_YEAR), st.sampled_from("—~～至到"))
def test_a_range_reads_back_from_each_of_its_forms(start: date, length: int, form, dash: str) -> None:
    end = start + timedelta(days=length)
    assert written(f"{form(start)}{dash}{form(end)}") == Days(start, end)


CLERKS = st.text(
    alphabet="0123456789.-/—~至到、，,年月日号旬上中下初底起止前后周星期三一二十〇○OT:：点时分午（）() \n每全",
    max_size=60,
)


@given(st.one_of(st.text(max_size=80), CLERKS))
def test_any_text_is_a_day_or_doubted(text: str) -> None:
    understood = written(text)
    assert (understood.start is None) == (understood.end is None)
    if understood.start is None or understood.end is None:
        assert understood.doubts
    else:
        assert understood.start <= understood.end


@given(st.one_of(st.floats(), st.integers()), st.text(max_size=20))
def test_any_number_is_a_day_or_doubted(value: float, shown: str) -> None:
    understood = typed(value, shown)
    assert understood.start is not None or understood.doubts


@pytest.mark.parametrize("piece", ["6月", "1.", "9:30-", "上午", "（", "周一、", "O", "1 ", "十", "6月15日、"])
def test_a_long_cell_takes_no_long_time(piece: str) -> None:
    for length in (200, 1000, 32767):
        text = (piece * length)[:length]
        begun = time.process_time()
        written(text)
        assert time.process_time() - begun < max(0.1, length / 10000)
