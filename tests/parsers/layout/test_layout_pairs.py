"""Labels and their values."""

from parsers.layout.labels import split_all
from support.drawings import cells, only

FORM = """
社区志愿服务队伍登记表 | < | < | <
队伍名称 | 护河先锋队 | 成立日期 | 2018-09-29
所属社区 | 北屿社区 | 现有队员数（人） | 35
服务领域 | 助老、环保 | < | <
负责人 | 姓名 | 手机号码 | 13800000000
"""


def told(picture: str) -> dict[str, str]:
    """Every pair of the one region: its heading and its value."""
    region = only(picture)
    return {"/".join(pair.heading.path): pair.value for pair in (*region.block, *region.pairs)}


def test_several_pairs_stand_in_a_row() -> None:
    found = told(FORM)
    assert found["队伍名称"] == "护河先锋队"
    assert found["现有队员数（人）"] == "35"
    assert found["服务领域"] == "助老、环保"
    assert only(FORM).shape == "pairs"


def test_a_tall_label_is_part_of_the_headings_beside_it() -> None:
    found = told("""
        登记日期 | 2021-06-01 | < | <
        负责人 | 姓名 | 某某 | <
        ^ | 职务 | 主任 | <
        ^ | 联系电话 | 12345678 | <
        备注 | 无 | < | <
    """)
    assert found["负责人/职务"] == "主任"
    assert found["负责人/联系电话"] == "12345678"


def test_a_blank_form_tells_where_its_values_will_stand() -> None:
    region = only("队伍名称 | | < | 成立日期 | | <\n联系人 | | < | 联系电话 | | <\n服务内容说明 | | < | < | < | <")
    places = {pair.heading.path[-1]: pair.cell for pair in region.pairs}
    assert places["成立日期"] == (1, 5)
    assert places["服务内容说明"] == (3, 2)


def test_pairs_inside_the_records_of_a_list() -> None:
    region = only("""
        设备名称 | 生产日期 | 主要参数 | <
        一号机 | 2011-04 | 型号 | CW23
        ^ | ^ | 额定电压 | 234kV
        二号机 | 2012-05 | 型号 | CW24
        ^ | ^ | 额定电压 | 110kV
    """)
    assert [(pair.heading.path, pair.value) for pair in region.pairs] == [
        (("型号",), "CW23"),
        (("额定电压",), "234kV"),
        (("型号",), "CW24"),
        (("额定电压",), "110kV"),
    ]
    assert cells(region, "row-header") == ["A2", "C2", "C3", "A4", "C4", "C5"]


def test_the_block_above_a_list_may_have_its_values_in_the_next_cells() -> None:
    region = only("""
        填报单位 | 新河街道总工会 | < | 联系电话 | 65300011
        序号 | 活动名称 | 活动时间 | 活动地点 | 参与人数
        1 | 知识竞赛 | 2021-06-15 | 职工之家 | 300
        2 | 主题演讲 | 2021-07-02 | 文化中心 | 120
    """)
    assert {pair.heading.path[0]: pair.value for pair in region.block} == {
        "填报单位": "新河街道总工会",
        "联系电话": "65300011",
    }
    assert region.shape == "list"


def test_one_cell_may_hold_several_labels() -> None:
    assert split_all("填报单位（盖章）：甲村　填报人：某某　联系电话：12345") == (
        ("填报单位（盖章）", "甲村"),
        ("填报人", "某某"),
        ("联系电话", "12345"),
    )


def test_an_address_on_the_web_and_a_time_of_day_are_no_labels() -> None:
    assert split_all("https://example.org") == ()
    assert split_all("9:30") == ()
