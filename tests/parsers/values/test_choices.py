"""Cells that name options of a fixed list: which are read, and which are left to a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.grid import Cell
from parsers.values import Option, Understood
from parsers.values.choices import choose

OPTIONS = (
    Option("quiz", "知识竞赛", ("竞赛", "答题", "问答"), ("比赛",)),
    Option("speech", "主题演讲", ("演讲", "宣讲")),
    Option("publicity", "集中宣传", ("宣传", "发放资料", "宣传周")),
    Option("online", "线下线上联动", ("直播", "H5", "线上")),
    Option("other", "其他"),
)


def written(text: str, options: tuple[Option, ...] = OPTIONS) -> Understood:
    return choose(Cell(text, "text", text), options)


def codes(understood: Understood) -> tuple[str, ...]:
    return tuple(doubt.code for doubt in understood.doubts)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("知识竞赛", ("quiz",)),
        ("网络安全知识竞赛", ("quiz",)),
        (" 知识 竞赛 ", ("quiz",)),
        ("知识\n竞赛", ("quiz",)),
        ("演　讲", ("speech",)),
        ("ｈ５", ("online",)),
        ("其他", ("other",)),
        ("知识竞赛、集中宣传", ("quiz", "publicity")),
        ("集中宣传，知识竞赛", ("quiz", "publicity")),
        ("集中宣传/知识竞赛；主题演讲", ("quiz", "speech", "publicity")),
        ("集中宣传 知识竞赛", ("quiz", "publicity")),
        ("集中宣传和知识竞赛等活动", ("quiz", "publicity")),
        ("1、知识竞赛；2、演讲。", ("quiz", "speech")),
        ("知识竞赛、现场答题", ("quiz",)),
        ("线上答题", ("quiz", "online")),
        ("宣传周", ("publicity",)),
    ],
)
def test_every_option_named_is_chosen_in_the_order_of_the_options(text: str, chosen: tuple[str, ...]) -> None:
    assert written(text) == Understood(chosen)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("☑知识竞赛 □主题演讲 ☑集中宣传", ("quiz", "publicity")),
        ("□知识竞赛 ■主题演讲", ("speech",)),
        ("知识竞赛☑ 主题演讲□ 集中宣传☑", ("quiz", "publicity")),
        ("知识竞赛（√） 主题演讲（□）", ("quiz",)),
        ("√知识竞赛", ("quiz",)),
        ("知识竞赛√", ("quiz",)),
    ],
)
def test_of_printed_boxes_only_the_ticked_ones_count(text: str, chosen: tuple[str, ...]) -> None:
    assert written(text).content == chosen


@pytest.mark.parametrize("text", ["√知识竞赛 主题演讲 集中宣传", "知识竞赛 主题演讲 √ 集中宣传", "知识竞赛 主题演讲√"])
def test_a_tick_that_may_belong_to_several_options_chooses_none(text: str) -> None:
    assert (written(text).content, codes(written(text))) == (None, ("not-a-choice",))


def test_boxes_of_which_none_is_ticked_are_an_empty_cell() -> None:
    assert codes(written("□知识竞赛 □主题演讲")) == ("missing-value",)


@pytest.mark.parametrize("text", ["知识竞赛、茶话会", "知识竞赛 茶话会", "茶话会；竞赛"])
def test_words_that_no_option_knows_are_named_beside_what_was_chosen(text: str) -> None:
    understood = written(text)
    assert (understood.content, codes(understood)) == (("quiz",), ("not-a-choice",))
    assert understood.doubts[0].detail["unknown"] == "茶话会"


@pytest.mark.parametrize("text", ["茶话会", "1", "√", "、", "x" * 5000])
def test_a_cell_without_any_option_chooses_none(text: str) -> None:
    understood = written(text)
    assert understood.content is None
    assert understood.doubts


@pytest.mark.parametrize("text", ["比赛", "1、比赛", "比赛活动", "比 赛", "☑比赛 □主题演讲"])
def test_a_synonym_means_its_option_where_it_stands_alone(text: str) -> None:
    assert written(text) == Understood(("quiz",))


def test_a_synonym_in_a_longer_word_means_nothing() -> None:
    assert (written("绘画比赛").content, codes(written("绘画比赛"))) == (None, ("not-a-choice",))
    assert written("演讲比赛") == Understood(("speech",))


def test_what_holds_no_choice_says_why() -> None:
    assert codes(choose(None, OPTIONS)) == ("missing-value",)
    assert codes(written(" ")) == ("missing-value",)
    assert codes(written("无")) == ("none-declared",)
    assert codes(choose(Cell(None, "error", "#REF!"), OPTIONS)) == ("error-cell",)
    assert codes(choose(Cell(3, "number", "3"), OPTIONS)) == ("not-a-choice",)


def test_a_list_without_options_chooses_none() -> None:
    assert codes(written("知识竞赛", ())) == ("not-a-choice",)
    assert codes(written("知识竞赛", (Option("blank", ""),))) == ("not-a-choice",)


@given(st.one_of(st.text(max_size=80), st.text(alphabet="知识竞赛主题演讲、 ☑□√()线上H5茶\n/", max_size=60)))
def test_any_text_is_chosen_or_doubted(text: str) -> None:
    understood = written(text)
    assert understood.content or understood.doubts


@given(st.sets(st.sampled_from(OPTIONS), min_size=1), st.sampled_from("、，；/\n "), st.randoms())
def test_titles_in_any_order_read_back(options: set[Option], separator: str, random) -> None:
    titles = [option.title for option in options]
    random.shuffle(titles)
    assert written(separator.join(titles)) == Understood(tuple(o.code for o in OPTIONS if o in options))
