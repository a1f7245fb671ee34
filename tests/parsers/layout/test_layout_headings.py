"""The labels over each column."""

from support.drawings import cells, only, paths, roles


def test_a_heading_merged_down_over_two_rows_has_one_level() -> None:
    region = only("""
        序号 | 活动名称 | 活动时间 | 接触职工人数
        ^ | ^ | ^ | ^
        1 | 知识竞赛 | 2021年6月1日 | 30
        2 | 主题演讲 | 2021年6月2日 | 31
    """)
    assert paths(region) == ["序号", "活动名称", "活动时间", "接触职工人数"]
    assert roles(region) == ["header", "data", "data"]


def test_two_levels_with_a_third_row_that_is_empty() -> None:
    region = only("""
        序号 | 活动名称 | 参加人数 | < | 备注
        ^ | ^ | 职工 | 网民 | ^
        ^ | ^ | ^ | ^ | ^
        1 | 知识竞赛 | 30 | 100 |
        2 | 主题演讲 | 40 | 200 |
    """)
    assert paths(region) == ["序号", "活动名称", "参加人数/职工", "参加人数/网民", "备注"]
    assert roles(region) == ["header", "header", "data", "data"]


def test_three_levels_with_a_level_missing() -> None:
    region = only("""
        序号 | 受益人数 | < | < | 备注
        ^ | 成人 | < | 合计 | ^
        ^ | 男 | 女 | ^ | ^
        1 | 3 | 4 | 7 |
        2 | 5 | 6 | 11 |
    """)
    assert paths(region) == ["序号", "受益人数/成人/男", "受益人数/成人/女", "受益人数/合计", "备注"]


def test_without_merges_a_label_reaches_over_the_blank_cells_that_have_labels_under_them() -> None:
    region = only("""
        序号 | 活动名称 | 活动时间 | | 参与情况 | | 备注
         | | 开始 | 结束 | 职工人数 | 网民人数 |
        1 | 知识竞赛 | 2021-06-01 | 2021-06-02 | 30 | 100 | 无
        2 | 主题演讲 | 2021-06-03 | 2021-06-04 | 40 | 200 | 无
    """)
    assert paths(region)[2:6] == ["活动时间/开始", "活动时间/结束", "参与情况/职工人数", "参与情况/网民人数"]


def test_a_line_of_measures_is_told_beside_the_labels() -> None:
    region = only("""
        单位名称 | 参加人数 | 活动经费
         | 人 | 万元
        甲村 | 30 | 2.5
        乙村 | 12 | 1.5
    """)
    assert [column.measure for column in region.columns] == ["", "人", "万元"]
    assert paths(region) == ["单位名称", "参加人数", "活动经费"]


def test_years_are_labels_over_figures() -> None:
    region = only("""
        指标名称 | 2019 | 2020
        排查数 | 200 | 850
        整改数 | 180 | 700
    """)
    assert paths(region) == ["指标名称", "2019", "2020"]


def test_a_blank_corner_has_no_label() -> None:
    region = only("""
         | 本期 | 上年同期 | 增减比例%
        营业收入 | 17310386 | 11802332 | 46.67
        营业成本 | 271324 | 508960 | 46.69
    """)
    assert cells(region, "column-header") == ["B1", "C1", "D1"]
    assert cells(region, "row-header") == ["A2", "A3"]


def test_a_column_without_a_label_is_there_all_the_same() -> None:
    region = only("""
        序号 | 名称 | 人数
        1 | 知识竞赛 | 30 | 照片另附
        2 | 主题演讲 | 40 | 照片另附
    """)
    assert paths(region) == ["序号", "名称", "人数", ""]
