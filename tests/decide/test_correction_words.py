"""Words such as "correction" count only where they are about the table of the mail, and neither denied nor asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.decide.correction_words import Asked, asks_to_remove, requested


@pytest.mark.parametrize(
    "words",
    [
        "补报一场，请不要替换原来的表",
        "续报：上次的数据不需要修改",
        "追报一场。上回所报并无更正",
        "补报，请勿作废前表",
        "现补报一场，请审核是否有误",
        "补报一场，学习新修订的《安全生产法》",
        "增报1场：宣传栏修改后重新开放，职工参观",
        "补报：更新了展厅的横幅",
        "场馆调整后补办的一场，现补报",
        "追加一场《更正登记的那些事》讲座",
        "补报一场，如需更正请告知",
    ],
)
def test_an_addition_that_speaks_of_no_corrected_table_is_an_addition(words: str) -> None:
    assert requested(words) == Asked(adds=True)


@pytest.mark.parametrize(
    "words",
    [
        "更新.xlsx",
        "某街（修改）.xls",
        "数据已修改",
        "上次报送的人数有误",
        "更正",
        "已补正，请查收",
        "请忽略上次邮件",
        "非常抱歉上回填错",
    ],
)
def test_a_correction_is_known_by_its_word(words: str) -> None:
    assert requested(words) == Asked(replaces=True, whole="忽略" in words)


@pytest.mark.parametrize(
    "words", ["以此为准", "修改后的统计表", "终版", "统计表V3", "重新报送", "请替换原表", "更正版"]
)
def test_some_words_speak_of_the_whole_table(words: str) -> None:
    assert requested(words) == Asked(replaces=True, whole=True)


@pytest.mark.parametrize("words", ["只更正第2行人数", "更正人数，其他内容不变", "仅对地点作了修改，数据照旧"])
def test_a_correction_may_say_that_it_is_a_part(words: str) -> None:
    assert requested(words).part


@pytest.mark.parametrize(
    "words", ["附件打不开的话请告知，我们重新报送", "我们没有要更正的内容", "刚才漏了附件，重新发送"]
)
def test_words_that_ask_for_nothing(words: str) -> None:
    assert requested(words) == Asked()


@pytest.mark.parametrize(
    "words", ["补发照片", "盖章的扫描件随后补交", "不需要补报", "是否需要补报", "无补报内容", "补充说明：照片另寄"]
)
def test_what_is_denied_or_asked_adds_nothing(words: str) -> None:
    assert not requested(words).adds


def test_an_activity_is_taken_out_by_its_name() -> None:
    assert asks_to_remove("主题 演讲因故取消，请删除。其余照旧", "主题演讲")
    assert not asks_to_remove("主题演讲照常。有一场请删除", "主题演讲")
    assert not asks_to_remove("请删除", "")


@given(st.text(alphabet="更正补报如不勿未《》“”（），。\n表v2以此为准", max_size=60))
def test_any_words_are_understood_somehow(words: str) -> None:
    assert isinstance(requested(words), Asked)
