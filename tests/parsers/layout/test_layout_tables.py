"""How a sheet falls into tables, and the shape of each."""

from support.drawings import cells, layout, only, paths, roles


def test_two_tables_below_each_other() -> None:
    found = layout("""
        活动统计表 | < | <
        序号 | 活动名称 | 人数
        1 | 知识竞赛 | 30
        2 | 主题演讲 | 40

        经费统计表 | < | <
        序号 | 项目名称 | 金额
        1 | 场地费 | 500
        2 | 资料费 | 200
    """)
    assert [region.title for region in found.regions] == ["活动统计表", "经费统计表"]
    assert [len(region.rows) for region in found.regions] == [4, 4]


def test_two_tables_side_by_side() -> None:
    found = layout("""
        序号 | 活动名称 | 人数 | | | 服务项目 | 次数
        1 | 知识竞赛 | 30 | | | 义诊 | 3
        2 | 主题演讲 | 40 | | | 宣讲 | 4
        3 | 志愿服务 | 50 | | | 慰问 | 5
    """)
    assert [paths(region) for region in found.regions] == [["序号", "活动名称", "人数"], ["服务项目", "次数"]]


def test_choices_far_to_the_right_are_no_columns_of_the_table() -> None:
    region = layout("""
        序号 | 活动名称 | 人数 | | | | 知识竞赛
        1 | 知识竞赛 | 30 | | | | 主题演讲
        2 | 主题演讲 | 40 | | | | 志愿服务
    """).regions[0]
    assert paths(region) == ["序号", "活动名称", "人数"]


def test_a_list_under_a_record() -> None:
    found = layout("""
        出差人姓名 | 某某 | 出差日期 | 2021-05-01 | <
        出差地点 | 北京市海淀区 | 出差事由 | 前往丙公司洽谈业务 | <
        费用项目 | 发生日期 | 起止时间 | 金额 | 备注
        交通费 | 2022-01-02 | 2天 | 120 | 无
        住宿费 | 2022-01-03 | 2天 | 140 | 无
        合计 | | | 260 |
    """)
    assert [region.shape for region in found.regions] == ["pairs", "list"]
    assert roles(found.regions[1]) == ["header", "data", "data", "total"]


def test_a_list_folded_in_two_has_names_in_both_halves() -> None:
    region = only("""
        卫星名称 | 直径 | 发现年份 | 卫星名称 | 直径 | 发现年份
        海卫一 | 2706 | 1846 | 海卫八 | 422 | 1989
        海卫二 | 340 | 1949 | 海卫九 | 44 | 2002
    """)
    assert cells(region, "row-header") == ["A2", "D2", "A3", "D3"]


def test_labels_may_stand_over_their_values_again_and_again() -> None:
    found = layout("""
        中文名 | 所属地区 | 气候条件
        马祖列岛 | 连江县 | 亚热带季风气候，四季分明
        外文名称 | 地理位置 | 人口数量
        Matsu Islands | 连江县东部海域，闽江口外 | 713 人
    """)
    assert [cell for region in found.regions for cell in cells(region, "column-header")] == [
        "A1", "B1", "C1", "A3", "B3", "C3",
    ]  # fmt: skip


def test_records_that_are_columns() -> None:
    region = only("""
        活动名称 | 竞赛活动 | 演讲活动 | 宣传活动
        开始日期 | 2021-06-01 | 2021-06-02 | 2021-06-03
        参加人数 | 30 | 40 | 50
    """)
    assert region.shape == "transposed"


def test_a_table_lower_and_further_right_is_found_there() -> None:
    region = only("""
         | |
         | 序号 | 活动名称 | 人数
         | 1 | 知识竞赛 | 30
         | 2 | 主题演讲 | 40
    """)
    assert (region.range.top, region.range.left) == (2, 2)
    assert paths(region) == ["序号", "活动名称", "人数"]


def test_a_block_between_two_tables_belongs_to_the_one_below() -> None:
    found = layout("""
        填报单位：甲村 | < | <
        序号 | 活动名称 | 人数
        1 | 知识竞赛 | 30
        2 | 主题演讲 | 40
        合计 | | 70
        填报单位：乙村 | < | <
        序号 | 项目名称 | 金额
        1 | 场地费 | 500
        2 | 资料费 | 200
    """)
    assert [[pair.value for pair in region.block] for region in found.regions] == [["甲村"], ["乙村"]]
    assert [region.shape for region in found.regions] == ["list", "list"]


def test_lines_of_one_label_and_value_each_are_a_form() -> None:
    region = only("一、活动名称：好网民知识竞赛\n二、活动时间：2021年6月15日\n三、参加人数：300人")
    assert region.shape == "pairs"
    assert [pair.value for pair in region.block] == ["好网民知识竞赛", "2021年6月15日", "300人"]


def test_a_list_without_a_heading_is_no_form() -> None:
    region = only("1 | 知识竞赛 | 2021-06-01 | 会议室 | 30\n2 | 主题演讲 | 2021-06-02 | 礼堂 | 40")
    assert region.shape == "other"
    assert roles(region) == ["data", "data"]


def test_forms_of_the_same_labels_stand_below_each_other() -> None:
    found = layout("""
        活动登记表（一） | < | < | <
        活动名称 | 好网民知识竞赛 | 活动时间 | 2021年6月15日
        活动地点 | 职工之家 | 参加人数 | 300
        活动登记表（二） | < | < | <
        活动名称 | 网络安全宣讲 | 活动时间 | 2021年7月15日
        活动地点 | 文化中心 | 参加人数 | 120
    """)
    assert [region.shape for region in found.regions] == ["pairs", "pairs"]
    assert [region.pairs[3].value for region in found.regions] == ["300", "120"]


def test_a_value_that_also_names_a_record_is_no_heading_again() -> None:
    region = only("""
        活动名称 | 好网民知识竞赛 | 网络安全宣讲 | 集中宣传
        活动时间 | 2021年6月15日 | 2021年7月1日 | 2021年8月1日
        活动形式 | 知识竞赛 | 主题演讲 | 集中宣传
        接触职工人数 | 300 | 120 | 50
    """)
    assert region.shape == "transposed"
