"""What a cell displays: number formats as spreadsheet programs apply them."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.values.number_format import BUILTIN, TOO_WIDE, from_serial, is_date_format, number_cell, shown

at = datetime.fromisoformat
DAY = at("2021-09-03 14:05:09")


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (6.3, "0.00", "6.30"),
        (120, "General", "120"),
        (120, None, "120"),
        (6.3, "General", "6.3"),
        (0.1 + 0.2, "General", "0.3"),
        (-2.5, "General", "-2.5"),
        (0.00001, "General", "0.00001"),
        (13800000001, "General", "13800000001"),
        (440301199001011234.0, "General", "4.40301199001011E+17"),
        (1234567, "#,##0", "1,234,567"),
        (-1234567.5, "#,##0.00", "-1,234,567.50"),
        (12, "#,##0", "12"),
        (0, "#,##0", "0"),
        (0.92, "0%", "92%"),
        (0.925, "0.0%", "92.5%"),
        (0.285, "0%", "29%"),
        (2.5, "0", "3"),
        (1.005, "0.00", "1.01"),
        (5, "000", "005"),
        (12, "@", "12"),
        (120, '0"人"', "120人"),
        (120, "0人", "120人"),
        (120, 'General"人次"', "120人次"),
        (-5, "0;(0)", "(5)"),
        (-0.4, "0", "0"),
        (0, '0;-0;"—"', "—"),
        (0, "#", ""),
        (5.5, "0.##", "5.5"),
        (0.5, "#.00", ".50"),
        (12345, "0.00E+00", "1.23E+04"),
        (15000, "0,", "15"),
        (15000, '0.0,"千"', "15.0千"),
        (1234.5, "[$¥-804]#,##0.00", "¥1,234.50"),
        (1234.5, "_ * #,##0.00_ ", " 1,234.50 "),
        (90, '[>=60]"合格";"不合格"', "合格"),
        (30, '[>=60]"合格";"不合格"', "不合格"),
        (2265309739, "000-00000000", "022-65309739"),
        (7, ";;;", ""),
        (1.25, "# ?/?", "1.25"),
        (3, "0 ", "3 "),
    ],
)
def test_a_number_shows_as_its_format_says(number: float, code: str | None, text: str) -> None:
    assert shown(number, code) == text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("yyyy/m/d", "2021/9/3"),
        ("yyyy/m/d;@", "2021/9/3"),
        ("yyyy-mm-dd h:mm", "2021-09-03 14:05"),
        ("yyyy-mm-dd hh:mm:ss", "2021-09-03 14:05:09"),
        ('yyyy"年"m"月"d"日"', "2021年9月3日"),
        ("yyyy年m月d日", "2021年9月3日"),
        ('[$-804]yyyy"年"m"月"d"日";@', "2021年9月3日"),
        ("[$-F800]dddd, mmmm dd, yyyy", "2021年9月3日"),
        ('m"月"d"日"', "9月3日"),
        ("m.d", "9.3"),
        ("yyyymmdd", "20210903"),
        ("yy.mm.dd", "21.09.03"),
        ("aaaa", "星期五"),
        ("d-mmm-yy", "3-Sep-21"),
        ("h:mm AM/PM", "2:05 PM"),
        ('上午/下午h"时"mm"分"', "下午2时05分"),
        ("mm:ss", "05:09"),
        ("yyyymmdd hhmmss", "20210903 140509"),
        ("0", "2021-09-03 14:05:09"),
    ],
)
def test_a_date_shows_as_its_format_says(code: str, text: str) -> None:
    assert shown(DAY, code) == text


def test_times_show_as_their_format_says() -> None:
    assert shown(time(9, 30), "h:mm") == "9:30"
    assert shown(timedelta(hours=26, minutes=30), "[h]:mm") == "26:30"
    assert shown(timedelta(hours=26, minutes=30), "[h]:mm:ss") == "26:30:00"
    assert shown(timedelta(seconds=90.5), "mm:ss.0") == "01:30.5"


def test_text_shows_itself() -> None:
    assert shown(" 0012　", "@") == " 0012　"
    assert shown("待定", "yyyy/m/d") == "待定"
    assert shown("一行\r\n二行", "General") == "一行\n二行"
    assert shown("甲", '0;0;0;"单位："@') == "单位：甲"
    assert shown(True, "0") == "TRUE"
    assert shown(None, "0") == ""


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("General", False),
        (None, False),
        ("", False),
        ("0.00E+00", False),
        ('0"年"', False),
        ('0"day"', False),
        ("[Red]0", False),
        ("0_d", False),
        ("@", False),
        ("yyyy/m/d", True),
        ("[h]:mm", True),
        ("m月d日", True),
        ("aaaa", True),
        ("[$-F800]", True),
        ("[$-804]0", False),
        ("[DBNum1][$-804]yyyy年m月", True),
        ('#,##0.00"h"', False),
    ],
)
def test_dates_are_told_from_numbers_by_the_format(code: str | None, is_date: bool) -> None:
    assert is_date_format(code) is is_date


def test_every_builtin_chinese_date_is_a_date() -> None:
    assert all(is_date_format(BUILTIN[n]) for n in (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))


def test_serial_numbers_become_the_moment_they_stand_for() -> None:
    assert from_serial(44442, "yyyy/m/d") == at("2021-09-03")
    assert from_serial(44442 - 1462, "yyyy/m/d", from_1904=True) == at("2021-09-03")
    assert from_serial(1, "yyyy/m/d") == at("1900-01-01")
    assert from_serial(61, "yyyy/m/d") == at("1900-03-01")
    assert from_serial(44442.458333333336, "yyyy/m/d h:mm") == at("2021-09-03 11:00")
    assert from_serial(0.3958333333, "h:mm") == time(9, 30)
    assert from_serial(26.5 / 24, "[h]:mm") == timedelta(hours=26, minutes=30)


def test_a_number_outside_the_calendar_stays_a_number_and_shows_as_the_program_shows_it() -> None:
    for number in (-1, 440301199001011234.0):
        cell = number_cell(number, "yyyy/m/d")
        assert (cell.kind, cell.value, cell.shown) == ("number", number, TOO_WIDE)


def test_whole_numbers_are_int_only_as_far_as_a_double_holds_them() -> None:
    assert isinstance(number_cell(92.0, "0").value, int)
    assert isinstance(number_cell(4.4e17, "0").value, float)


codes = st.text(alphabet='0#?.,%;@ymdhsaeg/:-_*\\"[]$E+年月日人Generl 1=<>', max_size=20)


@given(st.floats() | st.integers() | st.datetimes() | st.times() | st.timedeltas() | st.text(max_size=5), codes)
def test_any_value_under_any_code_shows_something_without_an_error(value: object, code: str) -> None:
    assert isinstance(shown(value, code), str)  # type: ignore[arg-type]


@given(st.floats(allow_nan=False, allow_infinity=False), codes)
def test_any_number_under_any_code_gives_a_cell(number: float, code: str) -> None:
    assert number_cell(number, code).kind in ("number", "date", "time")
