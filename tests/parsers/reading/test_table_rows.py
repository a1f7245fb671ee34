"""Which rows are activities, and which are sums, examples, notes or headings of sections."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.grid import Cell
from parsers.reading import Severity
from parsers.reading.zero_reports import REASON
from support.tables import BLOCK, FIRST, LABELS, SECOND, TITLE, Plain, codes, contents, grid, only, read, titles, whole

BOTH = ["网络安全知识竞赛", "好网民主题演讲"]


@pytest.mark.parametrize("word", ["合计", "合 计", "总计", "共计", "合计：", "合计（2场）", "总合计", "合计2场"])
@pytest.mark.parametrize("above", [True, False])
def test_a_row_of_sums_is_kept_apart(word: str, above: bool) -> None:
    sums = (word, None, None, None, None, 420, 7000, None)
    reading = read(whole(sums, FIRST, SECOND) if above else whole(FIRST, SECOND, sums))
    assert titles(reading) == BOTH
    assert {field: value.content for field, value in reading.totals.items()} == {
        "participants": 420,
        "netizens_reached": 7000,
    }
    assert reading.totals["participants"].cell == ("F4" if above else "F6")
    assert reading.findings == ()


def test_a_sum_in_the_column_of_names_is_known_too() -> None:
    reading = read(whole(FIRST, SECOND, (3, "合计", None, None, None, 420, 7000, None)))
    assert titles(reading) == BOTH
    assert reading.totals["participants"].content == 420


def test_sums_over_some_of_the_rows_are_no_total() -> None:
    part = ("小计", None, None, None, None, 300, None, None)
    other = ("小计", None, None, None, None, 120, None, None)
    reading = read(whole(FIRST, part, SECOND, other))
    assert titles(reading) == BOTH
    assert reading.totals == {}


def test_an_activity_whose_name_begins_like_a_word_for_other_rows_is_an_activity() -> None:
    names = (
        "合计划一场答题",
        "例行安全宣讲",
        "注意网络安全讲座",
        "说明会暨宣讲",
        "如何做好网民",
        "示例小区宣传",
        "备注文明上网",
    )
    rows = [(n, name, *FIRST[2:]) for n, name in enumerate(names, start=1)]
    assert titles(read(whole(*rows))) == list(names)


@pytest.mark.parametrize(
    "name", ["例：某街道知识竞赛", "示例", "（例）知识竞赛", "样例：竞赛", "知识竞赛（示例）", "例1"]
)
def test_an_example_is_left_out_with_a_notice(name: str) -> None:
    reading = read(whole((1, name, *FIRST[2:]), SECOND))
    assert titles(reading) == ["好网民主题演讲"]
    assert only(reading, "example-row").severity is Severity.NOTICE


def test_an_example_told_by_its_number_is_left_out() -> None:
    assert titles(read(whole(("例", *FIRST[1:]), SECOND))) == ["好网民主题演讲"]


@pytest.mark.parametrize(
    "note",
    [
        ("填表说明：1.活动时间填写到日，如2021年6月1日；2.人数填阿拉伯数字。",),
        ("注：接触职工人数指现场参加人数，不少于30人。",),
        ("备注：", "请按时报送"),
        ("审核人：高远", None, "填报人：林晓雨"),
        ("审核人", "高远"),
        (None, None, None, None, None, None, "（盖章）"),
        (None, None, None, None, None, "2021年9月20日"),
        ("单位负责人签章：",),
    ],
)
def test_what_stands_under_the_table_is_no_activity(note: tuple[str | None, ...]) -> None:
    reading = read(whole(FIRST, SECOND, (), note, ("2.请于2021年9月30日前报送，每单位不少于3场。",)))
    assert titles(reading) == BOTH
    assert not [code for code in codes(reading) if code != "stray-cell"]


@pytest.mark.parametrize("words", ["以下空白", "（以下无正文）", "——以下空白——"])
@pytest.mark.parametrize("before", [0, 1, 5])
def test_words_that_nothing_follows_are_no_activity_and_nothing_to_ask_about(words: str, before: int) -> None:
    reading = read(whole(FIRST, SECOND, (*[None] * before, words), ("填报人：林晓雨",)))
    assert titles(reading) == BOTH
    assert codes(reading) == codes(read(whole(FIRST, SECOND, ("填报人：林晓雨",))))


def test_a_full_row_behind_a_note_is_still_an_activity() -> None:
    reading = read(whole(FIRST, ("注：以下为第二季度",), SECOND))
    assert titles(reading) == BOTH


def test_a_numbered_section_with_a_unit_s_name_is_told_and_one_without_is_not() -> None:
    assert "stray-cell" in codes(read(whole(["一、新河街道总工会"], FIRST, ["二、新北街道总工会"], SECOND)))
    assert "stray-cell" not in codes(read(whole(["一、进企业"], FIRST, ["二、进机关"], SECOND)))


@pytest.mark.parametrize("words", ["我单位本期未组织开展线下活动", "因疫情原因，没有开展线下活动"])
def test_a_sentence_that_says_there_was_nothing_is_a_zero_report(words: str) -> None:
    reading = read(whole((1, words, None, None, None, 0)))
    assert reading.zero_report
    assert reading.records == ()


def test_a_unit_s_name_over_its_rows_is_told_and_not_passed_over() -> None:
    reading = read(whole(("新北街道总工会",), FIRST, SECOND, merges=[(4, 1, 4, 8)]))
    assert titles(reading) == BOTH
    assert only(reading, "stray-cell").text == "第4行“新北街道总工会”没有作为活动读取；如属活动内容，请补全或移到表内"


def test_a_row_with_a_number_like_a_section_s_is_told() -> None:
    reading = read(whole(FIRST, ("二、", "好网民主题演讲")))
    assert only(reading, "stray-cell").cell == "A5"


def test_of_several_rows_of_sums_the_one_over_all_counts() -> None:
    sums = [("合计", None, None, None, None, figure, None, None) for figure in (300, 120, 420)]
    reading = read(whole(FIRST, sums[0], SECOND, sums[1], sums[2]))
    assert reading.totals["participants"].content == 420
    assert reading.findings == ()


def test_formulas_without_a_result_in_rows_nobody_filled_in_say_nothing() -> None:
    formula = Cell(None, "error", "", None, "=F9*10")
    reading = read(whole(FIRST, (2, None, None, None, None, None, formula)))
    assert titles(reading) == BOTH[:1]
    assert reading.findings == ()


def test_a_formula_without_a_result_in_an_activity_is_told() -> None:
    reading = read(whole((*FIRST[:5], Cell(None, "error", "", None, "=F9*10"), 900, None)))
    assert only(reading, "no-result").severity is Severity.ERROR


@pytest.mark.parametrize("merges", [(), [(4, 1, 4, 8), (6, 1, 6, 8)]])
def test_sections_are_left_out(merges: list[tuple[int, int, int, int]]) -> None:
    reading = read(whole(("（一）线下活动",), FIRST, ("二、线上活动",), SECOND, merges=merges))
    assert titles(reading) == BOTH
    assert reading.findings == ()


def test_blank_rows_in_between_are_skipped() -> None:
    assert titles(read(whole(FIRST, (), (), (), SECOND))) == BOTH


def test_rows_with_a_number_and_zeros_only_are_dropped() -> None:
    rows: list[tuple[Plain, ...]] = [(n, None, None, None, None, 0, 0, None) for n in range(3, 30)]
    reading = read(whole(FIRST, SECOND, *rows))
    assert titles(reading) == BOTH
    assert reading.findings == ()


def test_a_row_that_is_begun_is_an_activity_with_faults() -> None:
    reading = read(whole(FIRST, (2, "好网民主题演讲")))
    assert titles(reading) == BOTH
    assert {f.field for f in reading.findings if f.severity is Severity.ERROR} == {"date_start", "participants"}


def test_a_lone_cell_that_belongs_nowhere_is_told() -> None:
    reading = read(whole(FIRST, (None, None, None, "文化中心"), SECOND))
    assert titles(reading) == BOTH
    stray = only(reading, "stray-cell")
    assert (stray.record, stray.cell, stray.severity) == (None, "D5", Severity.WARNING)


def test_texts_merged_over_rows_count_for_each_and_figures_only_once() -> None:
    rows = (
        (1, "安全月答题", "2021年6月15日", "职工之家", "知识竞赛", 300, 5000, None),
        (2, None, "2021年6月16日", None, "知识竞赛", None, 400, None),
    )
    reading = read(whole(*rows, merges=[(4, 2, 5, 2), (4, 4, 5, 4), (4, 6, 5, 6)]))
    assert titles(reading) == ["安全月答题", "安全月答题"]
    assert contents(reading, "venue") == ["职工之家", "职工之家"]
    assert contents(reading, "participants") == [300, None]
    assert reading.records[1].values["venue"].cell == "D4"
    assert [(f.code, f.record) for f in reading.findings] == [("merged-count", 0), ("missing-value", 1)]


@pytest.mark.parametrize("words", ["本期无活动", "无", "零报告", "本单位未开展线下活动", "无活动。"])
def test_a_sender_who_had_no_activity_says_so(words: str) -> None:
    for rows in ([(1, words)], [(words,)], [(1, words, "/", "/", "/", 0, 0, "无")]):
        reading = read(whole(*rows))
        assert reading.zero_report, rows
        assert reading.records == ()
        assert reading.findings == ()


@pytest.mark.parametrize(
    ("rows", "reason", "cell"),
    [
        ([(1, "本期无活动，受疫情防控影响")], "受疫情防控影响", "B4"),
        ([(1, "本期无活动（原因：场地维修）")], "场地维修", "B4"),
        ([(1, "因疫情防控要求，本季度未开展活动")], "因疫情防控要求", "B4"),
        ([(1, "因场地维修未开展线下活动")], "因场地维修未开展线下活动", "B4"),
        ([(1, "本期无", None, None, None, None, None, "场地维修")], "场地维修", "H4"),
        ([(1, "无"), ("原因：人员调整，下月补办",)], "人员调整，下月补办", "A5"),
        ([(1, "本期无活动")], None, None),
        ([(1, "本单位本年度未开展任何线下活动", "/", "/", "/", 0, 0, "无")], None, None),
    ],
)
def test_the_reason_why_there_was_no_activity_is_kept_with_its_cell(
    rows: list[tuple[object, ...]], reason: str | None, cell: str | None
) -> None:
    reading = read(whole(*rows))
    assert reading.zero_report
    told = reading.header.get(REASON)
    assert (told and told.content, told and told.cell) == (reason, cell)


def test_a_table_with_activities_has_no_reason_for_having_none() -> None:
    assert REASON not in read(whole(FIRST, ("原因：场地维修",))).header


def test_no_activity_beside_an_activity_is_asked_about() -> None:
    reading = read(whole(FIRST, (2, "本期无活动")))
    assert titles(reading) == BOTH[:1]
    assert not reading.zero_report
    assert only(reading, "zero-row").severity is Severity.WARNING


def test_a_form_that_nobody_filled_in_is_an_error_of_its_own() -> None:
    reading = read(whole((1,), (2,), (3,)))
    assert reading.records == ()
    blank = only(reading, "no-rows")
    assert blank.severity is Severity.ERROR
    assert blank.text.startswith("表格尚未填写")


def test_figures_in_two_places_of_one_cell_fill_a_blank_column_and_say_so() -> None:
    reading = read(whole((*FIRST[:5], "线下224人，线上2964人", None, None)))
    assert contents(reading, "participants") == [224]
    assert contents(reading, "netizens_reached") == [2964]
    assert {(f.code, f.field) for f in reading.findings} == {
        ("two-figures", "participants"),
        ("online-figure", "netizens_reached"),
    }


def test_a_figure_online_never_replaces_what_stands_in_its_own_column() -> None:
    reading = read(whole((*FIRST[:5], "线下224人，线上2964人", 5000, None)))
    assert contents(reading, "netizens_reached") == [5000]


def test_a_sentence_names_the_row_the_title_and_what_was_found() -> None:
    labels = (*LABELS[:5], "参加人数（人）", *LABELS[6:])
    reading = read(grid([TITLE], [BLOCK], labels, FIRST, (*SECOND[:5], "数百人", 2000, None)))
    vague = only(reading, "vague")
    assert vague.text == "第5行“好网民主题演讲”的“参加人数（人）”为“数百人”，请填写具体数字"
    assert (vague.severity, vague.field, vague.record, vague.sheet, vague.cell) == (
        Severity.ERROR,
        "participants",
        1,
        "Sheet1",
        "F5",
    )


@pytest.mark.parametrize("said", ["共计260人", "合计260", "总计：260人", "累计260人次", "小计260"])
def test_a_word_for_sums_in_a_figure_s_cell_makes_no_row_of_sums(said: str) -> None:
    reading = read(whole((*FIRST[:5], said, *FIRST[6:]), SECOND))
    assert titles(reading) == BOTH
    assert contents(reading, "participants")[1] == 120
    assert reading.totals == {}


def test_a_figure_s_column_in_front_of_the_names_tells_no_row_of_sums_either() -> None:
    order = (5, 1, 2, 3)
    row = ("共计260人", "网络安全知识竞赛", "2021年6月15日", "职工之家")
    reading = read(whole(row, [SECOND[i] for i in order], labels=[LABELS[i] for i in order]))
    assert titles(reading) == BOTH
    assert contents(reading, "participants") == [260, 120]


def test_a_figure_with_a_word_for_sums_that_names_nothing_is_a_sum() -> None:
    reading = read(whole(FIRST, SECOND, (None, None, None, None, None, "合计420人")))
    assert titles(reading) == BOTH
    assert reading.totals["participants"].content == 420


def test_a_word_for_nothing_in_a_figure_s_cell_makes_no_report_of_nothing() -> None:
    reading = read(whole((1, "网络安全知识竞赛", None, None, None, "无")))
    assert titles(reading) == BOTH[:1]
    assert not reading.zero_report


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ((2, "班组普法宣讲", None, None, None, 85), {"date_start"}),
        ((2, "班组普法宣讲", "2021年8月6日"), {"participants"}),
        ((2, "班组普法宣讲"), {"date_start", "participants"}),
        ((None, None, "2021年8月6日", None, None, 85), {"title"}),
    ],
)
def test_a_row_behind_a_note_that_is_not_filled_in_is_asked_for_and_not_passed_over(
    row: tuple[Plain, ...], wrong: set[str]
) -> None:
    reading = read(whole(FIRST, ("注：以下为后补的活动",), row))
    assert len(reading.records) == 2
    assert {f.field for f in reading.findings if f.severity is Severity.ERROR} == wrong


def test_the_lines_of_a_note_are_no_activities_though_they_are_numbered() -> None:
    notes = (("填表说明：",), (1, "活动时间填写到日"), (2, "人数填写阿拉伯数字"))
    reading = read(whole(FIRST, SECOND, *notes))
    assert titles(reading) == BOTH
    assert reading.findings == ()


@pytest.mark.parametrize("name", ["普法宣讲走进兴盛公司", "送清凉到第三服务中心", "宣传进永安镇"])
@pytest.mark.parametrize("day", ["2021年8月6日", date(2021, 8, 6)])
def test_an_activity_named_like_a_unit_is_no_signature(name: str, day: Plain) -> None:
    reading = read(whole((1, name, day), SECOND))
    assert titles(reading) == [name, "好网民主题演讲"]
    assert "missing-value" in codes(reading)


def test_a_last_row_that_may_be_a_signature_of_somebody_else_is_told() -> None:
    reading = read(whole(FIRST, SECOND, (None, "普法宣讲走进兴盛公司", "2021年8月6日")))
    assert titles(reading) == BOTH
    assert reading.header["unit_raw"].content == "新河街道总工会"
    assert only(reading, "stray-cell").cell == "B6"
    assert read(whole(FIRST, SECOND, (None, "新河街道总工会", "2021年9月20日"))).findings == ()


@pytest.mark.parametrize("name", ["如：怎样识破网络骗局", "例如，一起来做网络文明人", "班组建设经验交流会（范例）"])
def test_an_activity_that_only_looks_like_an_example_counts_and_is_asked_about(name: str) -> None:
    for rows in ([(1, name, *FIRST[2:]), SECOND], [FIRST, (2, name, *SECOND[2:])]):
        reading = read(whole(*rows))
        assert name in titles(reading)
        asked = only(reading, "perhaps-example")
        assert (asked.severity, asked.record) == (Severity.WARNING, titles(reading).index(name))


@pytest.mark.parametrize("name", ["如：某街道知识竞赛", "例如：XX公司宣讲", "如"])
def test_the_form_s_own_example_is_left_out_however_it_is_worded(name: str) -> None:
    reading = read(whole((1, name, *FIRST[2:]), SECOND))
    assert titles(reading) == BOTH[1:]
    assert only(reading, "example-row").severity is Severity.NOTICE


def test_an_example_after_which_the_numbers_begin_again_is_left_out() -> None:
    assert titles(read(whole((1, "如：网络安全讲座", *FIRST[2:]), FIRST, SECOND))) == BOTH


@pytest.mark.parametrize("remark", ["本行为示例，填写时删除", "填报样例，供参考", "示例（此行可删）"])
def test_a_row_whose_remark_calls_it_an_example_is_left_out_and_asked_about(remark: str) -> None:
    reading = read(whole(FIRST, (*SECOND[:7], remark)))
    assert titles(reading) == BOTH[:1]
    marked = only(reading, "marked-example")
    assert (marked.severity, marked.cell) == (Severity.WARNING, "A5")


@pytest.mark.parametrize("remark", ["获评示范案例", "样例照片另附", "作为范例推广"])
def test_a_remark_that_praises_an_activity_makes_it_no_example(remark: str) -> None:
    assert titles(read(whole(FIRST, (*SECOND[:7], remark)))) == BOTH


def test_an_activity_with_a_numbered_name_among_such_names_is_no_section() -> None:
    labels, rows = LABELS[1:6], [("一、" + str(FIRST[1]), *FIRST[2:6]), ("二、好网民主题演讲",)]
    reading = read(whole(*rows, labels=labels))
    assert titles(reading) == ["一、网络安全知识竞赛", "二、好网民主题演讲"]
    assert "missing-value" in codes(reading)


def test_an_activity_whose_name_has_the_shape_of_the_block_is_an_activity() -> None:
    name = "联系人：你我他网络文明故事会"
    assert titles(read(whole((name, *FIRST[2:6]), labels=LABELS[1:6]))) == [name]


def test_a_hidden_row_counts_and_says_so() -> None:
    reading = read(whole(FIRST, SECOND, hidden_rows=[5]))
    hidden = only(reading, "hidden-row")
    assert (hidden.record, hidden.severity) == (1, Severity.NOTICE)
    assert hidden.text == "第5行“好网民主题演讲”在表中是隐藏的，已计入；如不应计入，请删去该行后重发"


def test_a_day_alone_above_an_activity_is_told_and_one_below_the_table_is_not() -> None:
    reading = read(whole((None, None, "2021年6月15日"), SECOND))
    assert titles(reading) == BOTH[1:]
    assert only(reading, "stray-cell").cell == "C4"
    assert read(whole(FIRST, SECOND, (None, None, "2021年9月20日"))).findings == ()


def test_a_unit_and_a_day_above_an_activity_are_an_activity_that_lacks_the_rest() -> None:
    labels = (LABELS[0], "单位", *LABELS[1:])
    rows = [(1, "新河街道总工会", *FIRST[1:]), (None, "新河街道总工会", None, "2021年6月20日")]
    reading = read(whole(*rows, (3, "新河街道总工会", *SECOND[1:]), labels=labels))
    assert contents(reading, "date_start") == ["2021-06-15", "2021-06-20", "2021-07-02"]


@pytest.mark.parametrize("row", [("注：补充", None, None, None, None, 85), ("备注", None, "2021年8月6日")])
def test_a_figure_or_a_day_beside_the_word_for_notes_is_not_passed_over(row: tuple[Plain, ...]) -> None:
    reading = read(whole(FIRST, SECOND, row))
    assert {finding.cell for finding in reading.findings} & {"A6", "B6"}


@pytest.mark.parametrize("row", [(None, None, None, "文化中心"), (None, None, None, None, None, 85)])
def test_what_stands_alone_between_a_note_and_an_activity_is_told(row: tuple[Plain, ...]) -> None:
    reading = read(whole(FIRST, ("注：以下为后补的活动",), row, SECOND))
    assert titles(reading) == BOTH
    assert only(reading, "stray-cell").text.startswith("第6行")


def test_a_title_stands_on_one_line_in_a_sentence_and_a_quotation_in_single_marks() -> None:
    labels = ["序号", "活动名称", "活动时间", "活动地点", "活动形式", "参加\n人数", "覆盖\n网民", "备注"]
    row = (1, "“争做好网民”\n演讲", "2021年6月15日", "文化中心", "演讲", "“数百”人", 500, None)
    reading = read(whole(row, labels=labels))
    assert "第4行“‘争做好网民’演讲”的“参加人数”为“‘数百’人”，" in only(reading, "vague").text


@given(st.text(alphabet="“”‘’「」\n 参加人数abc", max_size=12))
def test_no_sentence_has_quotation_marks_inside_the_same_marks(text: str) -> None:
    row = (1, f"甲{text}乙", "2021年6月15日", "文化中心", "演讲", f"数百{text}", 500, None)
    for found in read(whole(row)).findings:
        assert not re.search("“[^”]*“", found.text), found.text
        assert "\n" not in found.text
