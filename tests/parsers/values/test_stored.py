"""What a cell holds where its display says something else or less."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.grid import Cell
from parsers.values.number_format import number_cell
from parsers.values.stored import stored
from parsers.values.texts import text


def day(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type] # noqa: DTZ001 - spreadsheets know no time zones


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (300, None),
        (300, "0"),
        (1234567, "#,##0"),
        (12.6, "0.0"),
        (12.6, "0.00"),
        (0.3, "0%"),
        (300, '0"人"'),
        (300, '"约"0"人"'),
        (300000, '0!.0,"万"'),
        (0, "#,##0;-#,##0;-"),
        (-300, "#,##0;(#,##0)"),
        (300, "¥#,##0.00"),
    ],
)
def test_a_display_that_tells_the_number_needs_no_word(number: float, code: str | None) -> None:
    assert stored(number_cell(number, code)) == ""


@pytest.mark.parametrize(
    ("number", "code", "shown", "said"),
    [
        (12.6, "0", "13", "12.6"),
        (12.6, '0"人"', "13人", "12.6"),
        (299.5, "#,##0", "300", "299.5"),
        (0.4, "0", "0", "0.4"),
        (1234567, '0!.0,"万"', "123.5万", "1234567"),
        (300000, "#,##0.0,", "300.0", "300000"),
        (0.126, "0%", "13%", "0.126"),
        (1, '[=1]"是";[=0]"否";0', "是", "1"),
        (300, '"若干"', "若干", "300"),
        (300, ";;;", "", "300"),
        (300, "[White]0", "", "300"),
        (300, "[白色]0", "", "300"),
        (0, "0;-0;;@", "", "0"),
        (13800000000, "0.00E+00", "1.38E+10", "13800000000"),
        (1.10101199001011e17, None, "1.10101199001011E+17", "110101199001011000"),
        (5, '0"00"', "500", "5"),
    ],
)
def test_a_display_that_says_something_else_leaves_the_number_to_be_named(
    number: float, code: str | None, shown: str, said: str
) -> None:
    cell = number_cell(number, code)
    assert (cell.shown, stored(cell)) == (shown, said)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("2021-06-15", ""),
        ("2021年6月15日", ""),
        ("15-Jun-21", ""),
        ("20210615", ""),
        ("2021/6/15 9:00", ""),
        ("6月15日", "2021年6月15日"),
        ("2021年6月", "2021年6月15日"),
        ("Jun-21", "2021年6月15日"),
        ("星期二", "2021年6月15日"),
        ("", "2021年6月15日"),
    ],
)
def test_a_day_is_named_where_a_part_of_it_is_not_displayed(shown: str, said: str) -> None:
    assert stored(Cell(day(2021, 6, 15), "date", shown)) == said


def test_a_time_of_day_is_told_with_its_day() -> None:
    assert stored(Cell(day(2021, 6, 15, 9, 30), "date", "9:30")) == "2021年6月15日09:30"


def test_a_text_is_named_where_its_format_adds_to_it_or_hides_it() -> None:
    assert stored(Cell("300", "text", "约300", '"约"@')) == "300"
    assert stored(Cell("照片另附", "text", "", ";;;")) == "照片另附"
    assert stored(Cell(" 照片\u3000", "text", "照片")) == ""


@given(
    st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([None, "0", "0.00", "0%", ";;;", "#,##0,", "@"])
)
def test_any_number_is_told_by_its_display_or_named(number: float, code: str | None) -> None:
    cell = number_cell(number, code)
    assert isinstance(stored(cell), str)
    assert "E" not in stored(cell)
    assert text(cell).content is None or "E+" not in str(text(cell).content) or abs(number) >= 10**40


@given(st.one_of(st.datetimes(), st.text(), st.booleans(), st.none(), st.integers()), st.text(max_size=20))
def test_any_cell_has_an_answer(value: object, shown: str) -> None:
    for kind in ("text", "number", "date", "time", "bool", "error"):
        assert isinstance(stored(Cell(value, kind, shown)), str)  # type: ignore[arg-type] # any mixture
