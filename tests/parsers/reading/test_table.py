"""Tables in the layouts that units send: values, and the cells they come from."""

import pytest

from parsers.document import read_tables
from parsers.grid import Grid
from parsers.reading import Severity
from support.tables import (
    BLOCK,
    FIRST,
    FORM,
    LABELS,
    PERIOD,
    SECOND,
    TITLE,
    Plain,
    codes,
    contents,
    grid,
    only,
    read,
    titles,
    whole,
)


def test_a_plain_table_reads_without_a_remark() -> None:
    reading = read(whole(FIRST, SECOND))
    assert reading.form == "activities"
    assert reading.layout == "rows"
    assert reading.title == TITLE
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert contents(reading, "date_start") == ["2021-06-15", "2021-07-02"]
    assert contents(reading, "date_end") == ["2021-06-15", "2021-07-02"]
    assert contents(reading, "form_codes") == [("quiz",), ("speech",)]
    assert contents(reading, "participants") == [300, 120]
    assert contents(reading, "remark") == [None, "照片另附"]
    assert reading.findings == ()


def test_every_value_has_the_cell_and_the_text_that_the_sender_sees() -> None:
    reading = read(whole(FIRST, SECOND))
    value = reading.records[1].values["participants"]
    assert (value.sheet, value.cell, value.raw, value.precision) == ("Sheet1", "F5", "120", "exact")
    assert reading.records[1].values["date_end"].cell == "C5"
    assert reading.records[0].values["remark"].cell == "H4"
    assert reading.records[0].row == 4


def test_a_field_without_a_column_is_absent() -> None:
    assert "promoters" not in read(whole(FIRST)).records[0].values


def test_leading_blank_rows_and_columns_shift_the_cells_only() -> None:
    reading = read(whole(FIRST, top=4, left=3))
    assert titles(reading) == ["网络安全知识竞赛"]
    assert reading.records[0].values["participants"].cell == "H7"
    assert reading.header["reporter"].content == "林晓雨"


def test_labels_are_known_with_measures_stars_blanks_and_line_breaks() -> None:
    labels = (
        "序 号",
        "*活动名称",
        "活动\n时间：",
        "地 点",
        "活动形式（可多选）",
        "接触职工人数（人）",
        "覆盖职工网民数(人次)",
        "备  注",
    )
    reading = read(whole(FIRST, labels=labels))
    assert contents(reading, "participants") == [300]
    assert reading.findings == ()


def test_a_measure_in_the_label_scales_the_figures() -> None:
    labels = (*LABELS[:6], "覆盖职工网民数（万人）", "备注")
    reading = read(whole((*FIRST[:6], 0.5, None), labels=labels))
    assert contents(reading, "netizens_reached") == [5000]


def test_a_header_of_two_rows_with_merged_parents() -> None:
    upper = ("序号", "活动名称", "活动时间", "活动地点", "“12351+”任务完成情况", None, None, "备注")
    lower = (None, None, None, None, "参与基层工会数（个）", "参加人数", "覆盖人数", None)
    merges = [(3, c, 4, c) for c in (1, 2, 3, 4, 8)] + [(3, 5, 3, 7)]
    row = (1, "知识竞赛", "2021年6月15日", "职工之家", 3, 50, 900, None)
    for known in (merges, []):
        reading = read(grid([TITLE], [BLOCK], upper, lower, row, merges=known))
        assert contents(reading, "grassroots_unions") == [3]
        assert contents(reading, "participants") == [50]
        assert contents(reading, "netizens_reached") == [900]
        assert reading.records[0].values["participants"].cell == "F5"


def test_a_header_of_three_rows() -> None:
    rows = (
        ("序号", "活动基本情况", None, None, "工作成效", None),
        (None, "名称", "时间", "地点", "人数情况", None),
        (None, None, None, None, "参与人数", "覆盖人数"),
    )
    merges = [(3, 1, 5, 1), (3, 2, 3, 4), (3, 5, 3, 6), (4, 2, 5, 2), (4, 3, 5, 3), (4, 4, 5, 4), (4, 5, 4, 6)]
    reading = read(grid([TITLE], [BLOCK], *rows, (1, "演讲", "2021年6月15日", "礼堂", 30, 400), merges=merges))
    assert titles(reading) == ["演讲"]
    assert contents(reading, "participants") == [30]


def test_of_men_women_and_all_under_one_label_all_counts() -> None:
    upper = ("序号", "活动名称", "活动时间", "活动地点", "参与人数", None, None)
    lower = (None, None, None, None, "男", "女", "合计")
    merges = [*((3, c, 4, c) for c in (1, 2, 3, 4)), (3, 5, 3, 7)]
    reading = read(
        grid([TITLE], [BLOCK], upper, lower, (1, "演讲", "2021年6月15日", "礼堂", 10, 20, 30), merges=merges)
    )
    assert contents(reading, "participants") == [30]


def test_first_and_last_day_in_columns_of_their_own() -> None:
    labels = ("活动名称", "开始时间", "结束时间", "活动地点", "参与人数")
    reading = read(whole(("演讲", "2021年6月15日", "2021年6月18日", "礼堂", 30), labels=labels))
    assert contents(reading, "date_start") == ["2021-06-15"]
    assert contents(reading, "date_end") == ["2021-06-18"]
    assert reading.records[0].values["date_end"].cell == "C4"


def test_columns_in_another_order() -> None:
    order = (5, 1, 6, 2, 3, 4)
    reading = read(whole([FIRST[i] for i in order], labels=[LABELS[i] for i in order]))
    assert titles(reading) == ["网络安全知识竞赛"]
    assert reading.records[0].values["participants"].cell == "A4"


def test_a_list_of_choices_far_to_the_right_is_not_part_of_the_table() -> None:
    aside = [(None, None, "活动类型"), (None, None, "知识竞赛"), (None, None, "公益活动"), (None, None, "其他")]
    rows = [(*LABELS, *aside[0]), (*FIRST, *aside[1]), (*SECOND, *aside[2]), (None,) * 8 + aside[3]]
    reading = read(grid([TITLE], [BLOCK], *rows))
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert reading.findings == ()


def test_several_columns_beyond_an_empty_one_belong_to_the_table() -> None:
    labels = (*LABELS[:4], None, "活动形式", "接触职工人数")
    reading = read(whole((*FIRST[:4], None, "知识竞赛", 300), labels=labels))
    assert contents(reading, "participants") == [300]
    assert contents(reading, "form_codes") == [("quiz",)]
    assert reading.findings == ()


def test_a_column_of_the_form_beyond_an_empty_one_is_not_read_and_its_sender_hears_of_it() -> None:
    labels = (*LABELS[:4], "接触职工人数", None, "活动形式")
    reading = read(whole((*FIRST[:4], 300, None, "知识竞赛"), labels=labels))
    assert "form_codes" not in reading.records[0].values
    assert only(reading, "apart-column").field == "form_codes"


@pytest.mark.parametrize("between", [(), (None,)])
def test_halves_of_a_list_side_by_side_are_read_both(between: tuple[None, ...]) -> None:
    labels = (*LABELS[:4], "接触职工人数")
    first, second, third = (*FIRST[:4], 300), (*SECOND[:4], 120), (3, "网络文明义诊", "2021年8月1日", "广场", 90)
    reading = read(grid([TITLE], [BLOCK], (*labels, *between, *labels), (*first, *between, *third), second))
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲", "网络文明义诊"]
    assert contents(reading, "participants") == [300, 120, 90]
    assert reading.records[2].values["title"].cell == ("H4" if between else "G4")
    assert reading.findings == ()


def test_activities_one_under_another_with_a_label_beside_each_value_are_all_read() -> None:
    def card(name: str, day: str, number: int) -> list[list[Plain]]:
        return [["活动名称", name], ["活动时间", day], ["活动地点", "职工之家"], ["接触职工人数", number], []]

    cards = [*card("网络安全知识竞赛", "2021年6月15日", 300), *card("好网民主题演讲", "2021年7月2日", 120)]
    reading = read(grid([TITLE], [BLOCK], *cards))
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert contents(reading, "participants") == [300, 120]
    assert reading.findings == ()


@pytest.mark.parametrize("below", ["填报人：林晓雨\n联系电话：65300001", "注：每场活动填一张表"])
def test_a_label_without_a_value_does_not_take_what_stands_under_the_form(below: str) -> None:
    form = [
        ["活动名称", "网络安全知识竞赛"],
        ["活动时间", "2021年6月15日"],
        ["活动地点", "职工之家"],
        ["接触职工人数", 300],
    ]
    reading = read(grid([TITLE], ["填报单位：新河街道总工会"], *form, ["备注"], [below]))
    assert contents(reading, "remark") == [None]


def test_a_choice_that_is_also_a_title_is_no_label_behind_the_label_of_choices() -> None:
    form = [
        ["活动名称", "网络安全知识竞赛"],
        ["活动形式", "其他", "活动地点", "职工之家"],
        ["活动时间", "2021年6月15日"],
    ]
    reading = read(grid([TITLE], [BLOCK], *form, ["接触职工人数", 300], ["备注", "首次"]))
    assert contents(reading, "form_codes") == [("other",)]
    assert contents(reading, "remark") == ["首次"]
    assert contents(reading, "venue") == ["职工之家"]


def test_a_file_without_merged_ranges_divides_a_figure_under_its_label() -> None:
    labels = ("序号", "活动名称", "活动时间", "活动地点", "参与职工人数")
    reading = read(grid([TITLE], [BLOCK], labels, (None,) * 4 + ("男", "女", "合计"), (*FIRST[:4], 100, 60, 160)))
    assert contents(reading, "participants") == [160]
    assert titles(reading) == ["网络安全知识竞赛"]
    assert "stray-cell" not in codes(reading)


@pytest.mark.parametrize("turn", [True, False])
def test_a_turned_table_has_an_activity_in_each_column(turn: bool) -> None:
    columns = list(zip(LABELS, FIRST, SECOND, strict=True))
    rows = [[TITLE], [BLOCK], *columns] if turn else [[TITLE], [BLOCK], LABELS, FIRST, SECOND]
    reading = read(grid(*rows))
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert contents(reading, "participants") == [300, 120]
    assert reading.header["unit_raw"].content == "新河街道总工会"
    assert reading.title == TITLE
    assert reading.records[1].values["participants"].cell == ("C8" if turn else "F5")


@pytest.mark.parametrize("width", [2, 3, 4, 8])
def test_a_title_merged_over_a_turned_table_hides_no_activity(width: int) -> None:
    rows = [[TITLE], [BLOCK], *zip(LABELS, FIRST, SECOND, strict=True)]
    reading = read(grid(*rows, merges=[(1, 1, 1, width), (2, 1, 2, width)]))
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert reading.findings == ()


def test_sentences_about_a_turned_table_name_the_column() -> None:
    columns = list(zip(LABELS, FIRST, (*SECOND[:5], "数百人", 2000, None), strict=True))
    reading = read(grid([TITLE], [BLOCK], *columns))
    assert only(reading, "vague").text == "C列“好网民主题演讲”的“接触职工人数”为“数百人”，请填写具体数字"


def test_the_sums_of_a_turned_table_are_no_activity() -> None:
    columns = zip(LABELS[1:], FIRST[1:], SECOND[1:], (None, None, None, None, 420, 7000, None), strict=True)
    reading = read(grid([TITLE], [BLOCK], ("项目", "活动一", "活动二", "合计"), *columns))
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert reading.totals["participants"].content == 420
    assert reading.findings == ()


def test_one_venue_merged_over_the_activities_of_a_turned_table() -> None:
    second = (*SECOND[:3], None, *SECOND[4:])
    rows = [[TITLE], [BLOCK], *zip(LABELS, FIRST, second, strict=True)]
    reading = read(grid(*rows, merges=[(6, 2, 6, 3)]))
    assert contents(reading, "venue") == ["职工之家", "职工之家"]
    assert reading.findings == ()


def test_a_form_with_a_label_beside_every_value() -> None:
    rows = (
        (TITLE,),
        ("填报单位", "新河街道总工会", "填报人", "林晓雨"),
        ("联系电话", "65300001", "填报日期", "2021年9月20日"),
        ("活动名称", "知识竞赛", "活动时间", "2021年6月15日"),
        ("活动地点", "职工之家", "活动形式", "知识竞赛"),
        ("接触职工人数", "300人", "覆盖职工网民数", 5000),
        ("活动内容", "答题"),
    )
    reading = read(grid(*rows))
    assert titles(reading) == ["知识竞赛"]
    assert contents(reading, "participants") == [300]
    assert contents(reading, "netizens_reached") == [5000]
    assert reading.records[0].values["participants"].cell == "B6"
    assert reading.records[0].row == 4
    assert reading.header["unit_raw"].content == "新河街道总工会"
    assert reading.header["report_date"].content == "2021-09-20"
    assert reading.findings == ()


def test_a_cell_between_labels_and_values_is_told() -> None:
    rows = (
        ("活动名称", "知识竞赛", "活动时间", "2021年6月15日"),
        ("活动地点", "职工之家", "活动形式", "知识竞赛"),
        ("接触职工人数", 300, "另有线上观众五千人"),
    )
    reading = read(grid([TITLE], [BLOCK], *rows))
    assert contents(reading, "participants") == [300]
    assert only(reading, "stray-cell").cell == "C5"


def test_a_form_with_three_pairs_in_a_row_is_not_a_header() -> None:
    rows = (
        ("活动名称", "知识竞赛", "活动时间", "2021年6月15日", "活动地点", "职工之家"),
        ("活动形式", "知识竞赛", "接触职工人数", 300, "覆盖职工网民数", 5000),
    )
    reading = read(grid([TITLE], [BLOCK], *rows))
    assert titles(reading) == ["知识竞赛"]
    assert contents(reading, "participants") == [300]


def test_a_word_file_with_one_little_form_for_each_activity_is_one_reading() -> None:
    def one(name: str, title: str) -> Grid:
        pairs = (("活动名称", title), ("活动时间", "2021年6月15日"), ("活动地点", "礼堂"), ("接触职工人数", 30))
        return grid(("填报单位", "新河街道总工会"), ("填报人", "林晓雨"), ("电话", "65300001"), *pairs, name=name)

    reading = read(one("表1", "演讲"), one("表2", "竞赛"))
    assert titles(reading) == ["演讲", "竞赛"]
    assert reading.header["unit_raw"].content == "新河街道总工会"


def test_one_row_of_figures_for_the_unit_is_a_summary() -> None:
    labels = (
        "单位名称",
        "开展线下活动场数",
        "组织动员基层工会数",
        "职工好网民宣传员人数",
        "走进企业数",
        "接触职工人数",
        "覆盖职工网民数",
    )
    row = ("新河街道总工会", 6, 25, 30, 5, 1848, 28529)
    reading = read(grid([TITLE], labels, row, ("填报人：林晓雨    联系电话：65300001",)))
    assert reading.layout == "summary"
    assert {f: v.content for f, v in reading.records[0].values.items()} == {
        "activities_count": 6,
        "grassroots_unions": 25,
        "promoters": 30,
        "enterprises": 5,
        "participants": 1848,
        "netizens_reached": 28529,
    }
    assert reading.header["unit_raw"].content == "新河街道总工会"
    assert reading.header["reporter"].content == "林晓雨"
    assert reading.findings == ()


def test_a_summary_with_its_figures_one_under_another() -> None:
    labels = ("组织动员基层工会数", "职工好网民宣传员人数", "走进企业数", "接触职工人数")
    plain = [(label, figure) for label, figure in zip(labels, (25, 30, 5, 1848), strict=True)]
    measured = [(label, measure, figure) for (label, figure), measure in zip(plain, "个人家人", strict=True)]
    for rows in ([("指标", "数量"), *plain], [("指标", "计量单位", "数量", "备注"), *measured]):
        reading = read(grid([TITLE], [BLOCK], *rows))
        assert reading.layout == "summary"
        assert contents(reading, "participants") == [1848]
        assert reading.findings == ()


def test_a_summary_with_several_rows_for_one_unit_is_asked_about() -> None:
    labels = ("组织动员基层工会数", "职工好网民宣传员人数", "走进企业数", "接触职工人数")
    reading = read(whole((1, 2, 3, 40), (2, 3, 4, 50), labels=labels))
    assert only(reading, "several-rows").severity is Severity.ERROR


def test_rows_of_all_sheets_with_a_table_count_and_empty_ones_do_not() -> None:
    june, july = whole(FIRST, name="6月"), whole(SECOND, name="7月")
    notes = grid(["填表说明"], ["一、请按活动逐场填写"], ["二、联系电话65300002"], name="说明")
    reading = read(notes, june, july, whole(name="空表"), grid(name="Sheet3"))
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert [record.values["title"].sheet for record in reading.records] == ["6月", "7月"]
    assert reading.findings == ()


def test_the_same_row_in_two_sheets_is_asked_about() -> None:
    reading = read(whole(FIRST, name="表一"), whole(FIRST, name="表二"))
    repeated = only(reading, "repeated-row")
    assert (repeated.record, repeated.field, repeated.severity) == (1, "title", Severity.WARNING)
    assert "“表一”表第4行" in repeated.text


def test_two_tables_one_under_another_in_a_sheet() -> None:
    second = (["填报单位：新北街道总工会  填报人：高远  电话：65300003"], LABELS, SECOND)
    first, other = read_tables([whole(FIRST, [], *second)], [FORM], PERIOD)
    assert titles(first) == ["网络安全知识竞赛"]
    assert titles(other) == ["好网民主题演讲"]
    assert other.header["unit_raw"].content == "新北街道总工会"
    assert other.header["reporter"].content == "高远"


def test_a_header_repeated_on_the_next_page_goes_on_with_the_table() -> None:
    reading = read(whole(FIRST, LABELS, SECOND))
    assert titles(reading) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert reading.header["reporter"].content == "林晓雨"


def test_instructions_that_list_the_columns_are_not_a_table() -> None:
    notes = grid(
        ("字段", "要求"),
        ("活动名称", "填写活动全称"),
        ("活动时间", "填写到日"),
        ("接触职工人数", "现场参加人数"),
        name="填表说明",
    )
    reading = read(notes, whole(FIRST))
    assert titles(reading) == ["网络安全知识竞赛"]
    assert reading.findings == ()


def test_a_sheet_of_something_else_gives_no_reading() -> None:
    other = grid(["报名表"], ["姓名", "电话", "单位"], ["林晓雨", "65300001", "新河街道总工会"])
    assert read_tables([other, grid()], [FORM], PERIOD) == ()


def test_a_form_of_last_year_is_noticed() -> None:
    reading = read(grid(["2020年开展线下活动统计表"], [BLOCK], LABELS, FIRST))
    assert only(reading, "old-template").severity is Severity.WARNING


def test_hidden_rows_and_sheets_are_read_with_a_notice() -> None:
    for hidden in (whole(FIRST, SECOND, hidden_rows=[5]), whole(FIRST, SECOND, hidden=True)):
        reading = read(hidden)
        assert len(reading.records) == 2
        assert only(reading, "hidden-rows").severity is Severity.NOTICE


@pytest.mark.parametrize("measures", [("家", "人", "万人次"), ("（家）", "（人）", "（万人）")])
@pytest.mark.parametrize("merged", [True, False])
def test_a_row_under_the_labels_says_what_they_are_counted_in(measures: tuple[str, ...], merged: bool) -> None:
    labels = ("序号", "活动名称", "活动时间", "活动地点", "走进企业数", "接触职工人数", "覆盖职工网民数")
    below = (None, None, None, None, *measures)
    merges = [(3, column, 4, column) for column in (1, 2, 3, 4)] if merged else []
    reading = read(grid([TITLE], [BLOCK], labels, below, (*FIRST[:4], 4, 300, 2), merges=merges))
    assert titles(reading) == ["网络安全知识竞赛"]
    assert contents(reading, "enterprises") == [4]
    assert contents(reading, "netizens_reached") == [20000]
    assert reading.findings == ()


def test_a_label_merged_over_columns_is_divided_below_it_though_the_others_are_not_merged() -> None:
    labels = ("序号", "活动名称", "活动时间", "活动地点", "参与职工人数", None, None, "备注")
    below = (None, None, None, None, "男", "女", "合计")
    reading = read(grid([TITLE], [BLOCK], labels, below, (*FIRST[:4], 110, 90, 200), merges=[(3, 5, 3, 7)]))
    assert contents(reading, "participants") == [200]
    assert reading.records[0].values["participants"].cell == "G5"
    assert reading.findings == ()


def test_texts_under_labels_that_are_merged_as_they_are_stay_an_activity() -> None:
    labels = ("活动名称", None, "活动时间", None, "活动地点", None, "接触职工人数")
    row = ("网络安全知识竞赛", None, "2021年6月15日", None, "职工之家", None, "300人")
    merges = [(r, c, r, c + 1) for r in (3, 4) for c in (1, 3, 5)]
    assert titles(read(grid([TITLE], [BLOCK], labels, row, merges=merges))) == ["网络安全知识竞赛"]


def test_a_finding_about_a_choice_names_what_may_be_chosen() -> None:
    rows = [[*FIRST], [*SECOND]]
    place = [*LABELS].index("活动形式")
    rows[0][place], rows[1][place] = "比赛", "知识竞赛、茶话会"
    reading = read(whole(*rows))
    assert contents(reading, "form_codes") == [("quiz",), ("quiz",)]
    text = only(reading, "not-a-choice").text
    assert "“知识竞赛、茶话会”，其中“茶话会”不在可选范围内" in text
    assert text.endswith("，请从中选填：" + "、".join(option.title for option in FORM.options("form_codes")))
