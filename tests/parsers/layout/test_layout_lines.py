"""What each line of a table is."""

import pytest

from support.drawings import layout, only, roles

LIST = """
序号 | 单位名称 | 报送条数 | 采用条数
1 | 甲街道 | 12 | 5
2 | 乙街道 | 8 | 3
"""


def test_a_title_a_block_and_a_note_belong_to_the_table_between_them() -> None:
    region = only(
        f"信息报送情况统计表 | < | < | <\n填报单位：甲区 | < | 填报人：某某 | <{LIST}注：按月统计。 | < | < | <"
    )
    assert roles(region) == ["title", "block", "header", "data", "data", "note"]
    assert region.title == "信息报送情况统计表"


def test_a_mark_such_as_annex_1_is_not_the_title() -> None:
    assert only(f"附件1 | | |\n信息报送情况统计表 | < | < | <{LIST}").title == "信息报送情况统计表"


def test_sections_subtotals_and_a_total() -> None:
    region = only("""
        序号 | 单位名称 | 报送条数 | 采用条数
        （一）街道 | < | < | <
        1 | 甲街道 | 12 | 5
        小计 | | 12 | 5
        （二）部门 | < | < | <
        2 | 乙局 | 8 | 3
        小计 | | 8 | 3
        合计 | | 20 | 8
    """)
    assert roles(region) == ["header", "section", "data", "subtotal", "section", "data", "subtotal", "total"]
    assert [line.heading.path for line in region.rows][2:4] == [("（一）街道",), ("（一）街道",)]
    assert region.rows[-1].heading.path == ()


def test_a_total_above_the_data_is_a_total() -> None:
    region = only("序号 | 单位名称 | 条数\n总计 | | 20\n1 | 甲街道 | 12\n2 | 乙街道 | 8")
    assert roles(region) == ["header", "total", "data", "data"]


def test_an_example_line_is_no_data() -> None:
    assert roles(only("序号 | 名称 | 人数\n例 | 示例：读书会 | 30\n1 | 知识竞赛 | 40"))[1] == "example"


def test_column_numbers_are_no_data() -> None:
    region = only("指标 | 单位 | 本月 | 累计\n甲 | 乙 | 1 | 2\n检查数 | 次 | 20 | 85\n整改数 | 项 | 7 | 31")
    assert roles(region) == ["header", "numbering", "data", "data"]


def test_a_heading_again_on_the_next_page_begins_no_table() -> None:
    region = only(LIST + LIST.strip().splitlines()[0] + "\n3 | 丙街道 | 6 | 1")
    assert roles(region) == ["header", "data", "data", "header again", "data"]


def test_signatures_stand_at_the_foot() -> None:
    region = only(f"{LIST}单位负责人：某甲 | < | 填表人：某乙 | <")
    assert roles(region)[-1] == "signature"
    assert [(pair.heading.path, pair.value) for pair in region.block] == [
        (("单位负责人",), "某甲"),
        (("填表人",), "某乙"),
    ]


def test_blank_rows_inside_a_table_do_not_end_it() -> None:
    region = only("序号 | 单位名称 | 条数\n | | \n1 | 甲街道 | 12\n | | \n | | \n2 | 乙街道 | 8\n合计 | | 20")
    assert roles(region) == ["header", "data", "data", "total"]


def test_a_blank_form_has_its_lines() -> None:
    region = only("序号 | 单位名称 | 条数\n1 | |\n2 | |\n3 | |\n合计 | | =SUM(C2:C4)")
    assert roles(region) == ["header", "data", "data", "data", "total"]


def test_the_second_level_of_a_heading_may_begin_with_part_of() -> None:
    region = only("""
        序号 | 名称 | 参与职工 | < | 课时
        ^ | ^ | 总数 | 其中：新就业 | ^
        1 | 知识竞赛 | 30 | 5 | 2
        2 | 主题演讲 | 40 | 6 | 3
    """)
    assert roles(region) == ["header", "header", "data", "data"]


def test_lines_beside_a_tall_cell_carry_its_name() -> None:
    region = only("""
        隐患类别 | 指标 | 本月 | 累计
        一般隐患 | 排查数 | 20 | 85
        ^ | 整改数 | 18 | 70
        重大隐患 | 排查数 | 2 | 9
        ^ | 整改数 | 1 | 8
    """)
    assert [line.heading.path for line in region.rows][2] == ("一般隐患", "整改数")
    assert region.shape == "matrix"


def test_a_lone_sentence_is_no_table() -> None:
    found = layout("每项活动填一行。")
    assert not found.regions
    assert [text.text for text in found.texts] == ["每项活动填一行。"]


def test_units_merged_down_hold_for_each_of_their_activities() -> None:
    region = only("""
        单位 | 活动名称 | 活动时间 | 活动地点 | 参加人数
        甲街道 | 知识竞赛 | 2021-06-01 | 会议室 | 30
        ^ | 主题演讲 | 2021-06-02 | 礼堂 | 40
        ^ | 志愿服务 | 2021-06-03 | 社区 | 50
        乙街道 | 集中宣传 | 2021-06-04 | 广场 | 60
    """)
    assert [line.heading.path for line in region.rows][1:] == [("甲街道",), ("甲街道",), ("甲街道",), ("乙街道",)]
    assert region.shape == "list"


def test_a_heading_of_two_levels_stands_again_on_the_next_page() -> None:
    head = "序号 | 名称 | 参加人数 | <\n^ | ^ | 职工 | 网民\n"
    region = only(f"{head}1 | 知识竞赛 | 30 | 100\n2 | 主题演讲 | 40 | 200\n{head}3 | 志愿服务 | 50 | 300")
    assert roles(region) == ["header", "header", "data", "data", "header again", "header again", "data"]


def test_the_measure_of_the_whole_table_may_stand_alone_at_the_right() -> None:
    region = only("收支情况表 | < | <\n | | 单位：万元\n项目 | 本年 | 上年\n收入 | 200 | 180\n支出 | 150 | 140")
    assert [(pair.heading.path, pair.value) for pair in region.block] == [(("单位",), "万元")]
    assert roles(region)[:3] == ["title", "block", "header"]


def test_signers_may_stand_in_cells_of_their_own() -> None:
    region = only(f"{LIST}填表人 | 某甲 | 审核人 | 某乙")
    assert roles(region)[-1] == "signature"
    assert [pair.value for pair in region.block] == ["某甲", "某乙"]


@pytest.mark.parametrize(
    "words", ["以下空白", "以下无正文", "（以下空白）", "——以 下 空 白——", "（此页以下无正文）", "以下空白。"]
)
@pytest.mark.parametrize("line", ["{} | < | < | <", "{} | | |", " | {} | |", " | | {} | <"])
def test_words_that_nothing_follows_are_a_note(words: str, line: str) -> None:
    region = only(f"{LIST}{line.format(words)}")
    assert roles(region) == ["header", "data", "data", "note"]
    assert region.rows[-1].evidence.rule == "nothing below"


def test_signatures_may_stand_under_words_that_nothing_follows() -> None:
    region = only(f"{LIST}以下空白 | < | < | <\n | | |\n单位负责人：某甲 | < | 填表人：某乙 | <")
    assert roles(region)[-3:] == ["data", "note", "signature"]


@pytest.mark.parametrize("line", ["3 | 以下空白 | 5 | 1", "以下空白地段由各村负责 | < | < | <"])
def test_words_that_nothing_follows_are_none_within_others(line: str) -> None:
    assert roles(only(f"{LIST}{line}\n4 | 丙街道 | 6 | 1"))[3] in ("data", "section")
