"""Text outside a table's columns is reported, never lost."""

from dataclasses import replace

import pytest

from parsers.grid import Cell
from support.tables import FIRST, FORM, LABELS, SECOND, TITLE, codes, contents, grid, only, read, whole

WIDTH = len(LABELS)


def test_words_beside_a_row_are_told_with_their_cell() -> None:
    found = only(read(whole((*FIRST, "应为二百人"), SECOND)), "beside-row")
    assert (found.severity, found.cell) == ("warning", "I4")
    assert "第4行" in found.text
    assert "“应为二百人”" in found.text


def test_a_figure_under_no_label_is_told() -> None:
    labels = (*LABELS[:3], None, *LABELS[4:])
    assert only(read(whole(FIRST, labels=labels)), "beside-row").cell == "D4"


def test_a_whole_column_without_a_label_is_told_once() -> None:
    rows = [(n, f"第{n}场宣讲", f"2021年7月{n}日", *FIRST[3:], f"负责人{n}") for n in range(1, 6)]
    found = only(read(whole(*rows)), "unlabelled-column")
    assert (found.severity, found.cell) == ("warning", "I4")
    assert found.text.startswith("I列")


def test_a_comment_on_a_cell_is_told_and_one_on_a_label_explains_the_form() -> None:
    table = replace(whole(FIRST), comments={(4, 6): "应为二百人", (3, 6): "只计线下"})
    found = only(read(table), "cell-comment")
    assert (found.severity, found.cell) == ("warning", "F4")
    assert "“应为二百人”" in found.text


def test_a_labelled_column_beyond_an_empty_one_is_told_once() -> None:
    rows = [(n, f"第{n}场宣讲", f"2021年7月{n}日", *FIRST[3:], None, "已核实") for n in range(1, 3)]
    found = only(read(whole(*rows, labels=(*LABELS, None, "街道意见"))), "apart-column")
    assert (found.severity, found.cell) == ("warning", "J3")
    assert "“街道意见”" in found.text


def test_who_reports_is_not_read_from_what_is_struck_out() -> None:
    struck = Cell(None, "text", "填报人：林晓雨", struck="填报人：林晓雨")
    reading = read(grid([TITLE], ["填报单位：新河街道总工会", None, struck], LABELS, FIRST))
    assert "reporter" not in reading.header
    assert "missing-header" in codes(reading)


@pytest.mark.parametrize("column", [[1, 2], ["1.", "2."]])
def test_numbers_of_the_rows_need_no_label(column: list[object]) -> None:
    rows = ((number, *row[1:]) for number, row in zip(column, (FIRST, SECOND), strict=True))
    assert codes(read(whole(*rows, labels=(None, *LABELS[1:])))) == []  # type: ignore[arg-type] # plain values


def test_a_list_to_choose_from_beside_the_table_is_no_content() -> None:
    options = [option.title for option in dict(FORM.choices)["form_codes"]][:3]
    assert codes(read(whole((*FIRST, None, options[0]), (*SECOND, None, options[1])))) == []


@pytest.mark.parametrize(("title", "share"), [("职工人数", "参与率"), ("职工人数", "活动到场率")])
def test_a_count_beside_which_a_share_took_part_is_asked_about(title: str, share: str) -> None:
    labels = ("活动名称", "活动时间", "活动地点", title, share)
    reading = read(whole(("宣讲", "2021年6月15日", "食堂", 240, "25%"), labels=labels))
    assert (contents(reading, "participants"), only(reading, "beside-share").cell) == ([240], "D4")


@pytest.mark.parametrize(("title", "share"), [("参与职工数", "参与率"), ("实到人数", "出席率"), ("职工人数", "满意率")])
def test_a_count_of_those_who_took_part_needs_no_word_about_their_share(title: str, share: str) -> None:
    labels = ("活动名称", "活动时间", "活动地点", title, share)
    reading = read(whole(("宣讲", "2021年6月15日", "食堂", 240, "25%"), labels=labels))
    assert "beside-share" not in codes(reading)


@pytest.mark.parametrize(
    ("line", "reporter", "day"),
    [
        ("填报单位：新河街道总工会  填报人：林晓雨/65300001", "林晓雨", None),
        ("填报单位：新河街道总工会  填报人：林晓雨、65300001", "林晓雨", None),
        ("填报单位：新河街道总工会  制表：林晓雨 9月20日", "林晓雨", "2021-09-20"),
    ],
)
def test_a_name_is_kept_without_the_phone_and_the_day_behind_it(line: str, reporter: str, day: str | None) -> None:
    header = read(grid([TITLE], [line], LABELS, FIRST)).header
    assert header["reporter"].content == reporter
    assert (header["report_date"].content if "report_date" in header else None) == day
    if day is None:
        assert header["phone"].content == "65300001"


def test_a_title_that_counts_reads_may_count_times() -> None:
    labels = ("活动名称", "活动时间", "活动地点", "接触职工人数", "阅读量")
    assert codes(read(whole(("宣讲", "2021年6月15日", "食堂", 240, "5000次"), labels=labels))) == []
