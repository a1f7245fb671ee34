"""What a text looks like by itself."""

import pytest

from parsers.layout.looks import LOOKS, SURE, is_day, is_figure, is_year, likeness, seen
from parsers.layout.words import bare, plain


@pytest.mark.parametrize(
    "text", ["活动名称", "联系电话：", "姓　　名", "是否审计", "风量m3/h", "参与人数（人）", "其他"]
)
def test_labels_look_like_labels(text: str) -> None:
    assert likeness(text) > 0


@pytest.mark.parametrize(
    "text",
    ["22.7米", "2018-09-29", "甲市乙有限公司", "是", "□是 □否", "请各单位于五日前报送。", "CW23-24", "3,000", "（一）"],
)
def test_values_look_like_values(text: str) -> None:
    assert likeness(text) < 0


def test_no_look_is_surer_than_sure() -> None:
    assert likeness("请各单位于2021年五日前把本表报送到办公室，逾期不候；电话12345。" * 3) == -SURE
    assert likeness("联 系 电 话 号 码：") == SURE
    assert likeness("") == 0


def test_what_is_seen_of_a_text_can_be_told() -> None:
    assert "以冒号结尾" in [look.reason for look in seen("联系电话：")]
    assert seen("") == ()


def test_no_two_looks_have_the_same_name() -> None:
    assert len({look.name for look in LOOKS}) == len(LOOKS)


def test_figures_days_and_years() -> None:
    assert is_figure("1,200.50")
    assert is_figure("10-20%")
    assert not is_figure("第1组")
    assert is_day("2021年6月15日")
    assert is_day("2021-06")
    assert not is_day("12.5")
    assert is_year("2020年度")
    assert not is_year("2020年6月")


def test_width_case_and_blanks_make_no_difference() -> None:
    assert plain("Ｎｏ．　１") == "no.1"
    assert bare("参与人数（人）*") == "参与人数"
