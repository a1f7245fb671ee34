"""The block around a table names the unit that reports; a column of units divides the rows among them."""

from datetime import date

import pytest

from parsers.document import read_tables
from parsers.reading import Severity
from support.tables import FIRST, FORM, LABELS, PERIOD, SECOND, TITLE, Plain, codes, grid, only, read, titles

WANTED = {
    "unit_raw": "新河街道总工会",
    "reporter": "林晓雨",
    "phone": "65300001",
    "report_date": "2021-09-20",
}


@pytest.mark.parametrize(
    "block",
    [
        [("填报单位（盖章）：新河街道总工会    填报人：林晓雨    联系电话：65300001    2021年9月20日",)],
        [("填报单位:新河街道总工会填表人:林晓雨电话:65300001填报日期:2021年9月20日",)],
        [("填报单位（公章）：新河街道总工会（盖章）　制表人：林晓雨　联系方式：65300001　填报时间：2021-9-20",)],
        [("填报单位", "新河街道总工会", "填报人", "林晓雨", "电话", 65300001, "填报时间", "2021年9月20日")],
        [
            (
                "填报单位（盖章）：",
                "新河街道总工会",
                "填报人：",
                "林晓雨",
                "电话：",
                "65300001",
                "日期：",
                "2021年9月20日",
            )
        ],
        [("填报单位：新河街道总工会",), ("填报人：林晓雨", None, "联系电话：65300001", None, "2021年9月20日")],
        [("填报单位：新河街道总工会", None, "填报人及电话：林晓雨 65300001", None, None, "2021年9月20日")],
        [("填报单位：新河街道总工会", None, "填报人：林晓雨 65300001", None, None, "2021年9月20日")],
        [("单位名称 新河街道总工会  填报人 林晓雨  电话 65300001  填报日期 2021年9月20日",)],
        [("主管单位：某区总工会  填报单位：新河街道总工会  填报人：林晓雨 电话：65300001 二〇二一年九月二十日",)],
    ],
)
def test_the_block_is_read_however_it_is_written(block: list[tuple[Plain, ...]]) -> None:
    reading = read(grid([TITLE], *block, LABELS, FIRST))
    assert {field: value.content for field, value in reading.header.items()} == WANTED
    assert reading.findings == ()
    assert reading.title == TITLE


def test_the_block_may_stand_under_the_table() -> None:
    below = (
        ("填报单位：新河街道总工会", None, "审核人：高远"),
        ("填报人：林晓雨", None, "联系电话：65300001"),
        ("2021年9月20日",),
    )
    reading = read(grid([TITLE], LABELS, FIRST, *below))
    assert {field: value.content for field, value in reading.header.items()} == {**WANTED, "reviewer": "高远"}
    assert reading.header["phone"].cell == "C5"


def test_a_value_under_its_label_is_found() -> None:
    rows = (("填报单位", "填报人", "联系电话"), ("新河街道总工会", "林晓雨", "65300001"))
    reading = read(grid([TITLE], *rows, LABELS, FIRST))
    assert reading.header["unit_raw"].content == "新河街道总工会"
    assert reading.header["phone"].cell == "C3"


def test_a_value_behind_a_merged_label_is_found() -> None:
    row = ("填报单位", None, "新河街道总工会", None, "填报人", "林晓雨", "电话", "65300001")
    reading = read(grid([TITLE], row, LABELS, FIRST, merges=[(2, 1, 2, 2), (2, 3, 2, 4)]))
    assert reading.header["unit_raw"].content == "新河街道总工会"


def test_the_cell_of_an_entry_is_kept_with_its_whole_text() -> None:
    text = "填报单位：新河街道总工会    填报人：林晓雨    联系电话：65300001"
    value = read(grid([TITLE], [text], LABELS, FIRST)).header["reporter"]
    assert (value.content, value.raw, value.sheet, value.cell) == ("林晓雨", text, "Sheet1", "A2")


def test_an_empty_block_warns_of_reporter_and_phone() -> None:
    text = "填报单位（盖章）：            填报人：            联系电话：            年   月   日"
    reading = read(grid([TITLE], [text], LABELS, FIRST))
    assert [(f.code, f.field, f.severity, f.record) for f in reading.findings] == [
        ("missing-header", "reporter", Severity.WARNING, None),
        ("missing-header", "phone", Severity.WARNING, None),
    ]
    assert reading.findings[0].text == "表中未填“填报人”，请补充"


def test_no_block_at_all_warns_too() -> None:
    reading = read(grid([TITLE], LABELS, FIRST))
    assert codes(reading) == ["missing-header", "missing-header"]
    assert reading.header == {}


def test_a_blank_unit_does_not_take_the_day_beside_it() -> None:
    row = ("填报单位：", "2021年9月20日", "填报人：林晓雨", "电话：65300001")
    reading = read(grid([TITLE], row, LABELS, FIRST))
    assert reading.header["unit_raw"].content is None
    assert reading.header["report_date"].content == "2021-09-20"


def test_the_office_that_collects_is_not_the_reporter() -> None:
    note = ("填表说明：请于9月30日前报送。联系人：高远，联系电话：65300009",)
    reading = read(grid([TITLE], LABELS, FIRST, note))
    assert codes(reading) == ["missing-header", "missing-header"]


def test_the_office_named_in_a_note_above_is_not_the_reporter_either() -> None:
    note = ("注：请于9月30日前报送。联系人：高远，联系电话：65300009",)
    reading = read(grid([TITLE], note, ["填报单位：新河街道总工会 填报人：林晓雨 电话：65300001"], LABELS, FIRST))
    assert reading.header["reporter"].content == "林晓雨"


def test_a_place_for_the_stamp_is_not_the_unit() -> None:
    row = ("填报单位", "（盖章）", "新河街道总工会", "填报人", "林晓雨", "电话", "65300001")
    assert read(grid([TITLE], row, LABELS, FIRST)).header["unit_raw"].content == "新河街道总工会"


def test_an_odd_phone_is_a_warning() -> None:
    reading = read(grid([TITLE], ["填报单位：新河街道总工会 填报人：林晓雨 电话：1380000"], LABELS, FIRST))
    assert only(reading, "odd-phone").field == "phone"


UNITS = ("单位", *LABELS)


def test_one_unit_in_a_column_is_the_unit_of_the_table() -> None:
    reading = read(grid([TITLE], UNITS, ("新河街道总工会", *FIRST), ("新河街道总工会", *SECOND)))
    assert reading.header["unit_raw"].content == "新河街道总工会"
    assert reading.header["unit_raw"].cell == "A3"
    assert len(reading.records) == 2


def test_different_units_in_a_column_give_a_reading_each() -> None:
    rows = (
        ("新河街道总工会", *FIRST),
        ("新北街道总工会", *SECOND),
        ("新河街道总工会", *FIRST[:1], "公益宣讲", *FIRST[2:]),
    )
    first, other = read_tables([grid([TITLE], UNITS, *rows)], [FORM], PERIOD)
    assert first.header["unit_raw"].content == "新河街道总工会"
    assert titles(first) == ["网络安全知识竞赛", "公益宣讲"]
    assert other.header["unit_raw"].content == "新北街道总工会"
    assert titles(other) == ["好网民主题演讲"]
    assert [f.record for f in other.findings if f.record is not None] == []


def test_a_unit_merged_over_its_rows_counts_for_each() -> None:
    rows = (("新河街道总工会", *FIRST), (None, *SECOND), ("新北街道总工会", *FIRST))
    readings = read_tables([grid([TITLE], UNITS, *rows, merges=[(3, 1, 4, 1)])], [FORM], PERIOD)
    assert [len(reading.records) for reading in readings] == [2, 1]
    assert "unit-inferred" not in codes(readings[0])


def test_a_blank_unit_takes_over_the_one_above_with_a_warning() -> None:
    rows = (("新河街道总工会", *FIRST), (None, *SECOND), ("新北街道总工会", *FIRST))
    first, _ = read_tables([grid([TITLE], UNITS, *rows)], [FORM], PERIOD)
    assert len(first.records) == 2
    assert only(first, "unit-inferred").record == 1


def test_blanks_under_the_only_unit_of_a_column_are_that_unit() -> None:
    reading = read(grid([TITLE], UNITS, ("新河街道总工会", *FIRST), (None, *SECOND)))
    assert len(reading.records) == 2
    assert "unit-inferred" not in codes(reading)


def test_a_summary_of_several_units_gives_a_reading_each() -> None:
    labels = ("单位名称", "组织动员基层工会数", "职工好网民宣传员人数", "走进企业数", "接触职工人数")
    rows = (("新河街道总工会", 1, 2, 3, 40), ("新北街道总工会", 2, 3, 4, 50), ("合计", 3, 5, 7, 90))
    readings = read_tables([grid([TITLE], labels, *rows)], [FORM], PERIOD)
    assert [reading.header["unit_raw"].content for reading in readings] == ["新河街道总工会", "新北街道总工会"]
    assert all(len(reading.records) == 1 for reading in readings)


def test_a_label_never_takes_the_end_of_the_value_before_it() -> None:
    reading = read(
        grid([TITLE], ["填报单位：新河街道总工会 负责人：王海 填报人：林晓雨 固定电话：65300001"], LABELS, FIRST)
    )
    said = {field: value.content for field, value in reading.header.items()}
    assert said["unit_raw"] == "新河街道总工会"
    assert (said["reviewer"], said["reporter"], said["phone"]) == ("王海", "林晓雨", "65300001")


@pytest.mark.parametrize(
    ("label", "field"),
    [("填报机构全称", "unit_raw"), ("录入员", "reporter"), ("经办人手机号码", "phone"), ("分管主席签字", "reviewer")],
)
def test_labels_of_the_shape_that_an_entry_has_are_known(label: str, field: str) -> None:
    value = "65300001" if field == "phone" else "新河街道总工会"
    reading = read(grid([TITLE], [f"{label}：{value}"], LABELS, FIRST))
    assert reading.header[field].content == value


@pytest.mark.parametrize(
    "signature",
    [
        [(None, None, None, None, None, "新河街道总工会（盖章）"), (None, None, None, None, None, "2021年9月20日")],
        [(None, None, None, "新河街道总工会"), (None, None, None, date(2021, 9, 20))],
        [("新河街道总工会", None, "2021年9月20日")],
        [("新河街道总工会（盖章）\n2021年9月20日",)],
    ],
)
def test_the_signature_under_a_table_tells_the_unit_and_the_day(signature: list[list[Plain]]) -> None:
    reading = read(grid([TITLE], LABELS, FIRST, SECOND, ["填报人：林晓雨"], *signature))
    said = {field: value.content for field, value in reading.header.items()}
    assert said == {"unit_raw": "新河街道总工会", "reporter": "林晓雨", "report_date": "2021-09-20"}
    assert len(reading.records) == 2
    assert "stray-cell" not in codes(reading)


def test_the_signature_may_stand_to_the_right_of_the_table_and_behind_a_note() -> None:
    far = (None,) * 10
    rows = (["注：每场活动填一行。"], [*far, "新河街道总工会"], [*far, "2021年9月20日"])
    reading = read(grid([TITLE], LABELS, FIRST, *rows))
    said = {field: value.content for field, value in reading.header.items()}
    assert said == {"unit_raw": "新河街道总工会", "report_date": "2021-09-20"}


def test_a_labelled_unit_wins_over_a_signature() -> None:
    rows = (FIRST, ["新北街道总工会"], ["2021年9月20日"])
    reading = read(grid([TITLE], ["填报单位：新河街道总工会"], LABELS, *rows))
    assert reading.header["unit_raw"].content == "新河街道总工会"


def test_a_name_without_a_day_or_a_stamp_signs_nothing() -> None:
    reading = read(grid([TITLE], LABELS, FIRST, ["新河街道总工会"]))
    assert "unit_raw" not in reading.header
    assert "stray-cell" in codes(reading)


def test_who_organised_an_activity_is_not_who_reports() -> None:
    labels = (*LABELS, "承办单位")
    rows = ((*FIRST, "某公司工会"), (*SECOND, "某学校工会"))
    reading = read(grid([TITLE], ["填报单位：新河街道总工会 填报人：林晓雨 电话：65300001"], labels, *rows))
    assert len(reading.records) == 2
    assert reading.header["unit_raw"].content == "新河街道总工会"


@pytest.mark.parametrize("measure", ["单位：人", "单位：场、人次", "（单位：个）", "计量单位：人"])
def test_what_figures_are_counted_in_is_not_who_reports(measure: str) -> None:
    for above in ([[TITLE], [measure]], [[f"{TITLE}（{measure.strip('（）')}）"]], [[TITLE], ["单位：", "人"]]):
        reading = read(grid(*above, LABELS, FIRST, [], ["填报单位（公章）", None, "新河街道总工会"]))
        assert reading.header["unit_raw"].content == "新河街道总工会"


@pytest.mark.parametrize("above", [[[TITLE], ["单位：万人次"]], [[f"{TITLE}（单位：场、万人）"]]])
def test_figures_without_a_measure_in_a_sheet_of_ten_thousands_are_asked_about(above: list[list[Plain]]) -> None:
    labels = (*LABELS[:5], "接触职工人数", "覆盖职工网民数（人）", "备注")
    block = ["填报单位：新河街道总工会 填报人：林晓雨 电话：65300001"]
    reading = read(grid(*above, block, labels, (*FIRST[:5], 2, 5000, None), (*FIRST[:1], "演讲", *FIRST[2:5], "30人")))
    asked = only(reading, "table-measure")
    assert (asked.field, asked.record, asked.severity) == ("participants", 0, Severity.WARNING)
    assert reading.records[0].values["participants"].content == 2
    assert reading.header["unit_raw"].content == "新河街道总工会"
