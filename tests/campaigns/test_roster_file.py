"""The roster as office people keep it, and every fault of it with its row and column."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.campaigns.roster_columns import TITLES, field_of
from mailbot.campaigns.roster_file import parse
from mailbot.domain.campaign import Unit
from parsers.reading import Severity

HEADER = "code,name,short_name,category,aliases,emails,quota,required,sort_no"
CHINESE = ["编号", "单位名称", "类别", "邮箱", "是否必报"]


def workbook(*rows: Sequence[object], merges: Sequence[str] = (), before: Sequence[str] = (), name: str = "") -> bytes:
    """A workbook with these rows in its last sheet; `before`: sheets with a note before that."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for title in before:
        sheet.title = title
        sheet["A1"] = "使用说明：请先阅读"
        sheet = book.create_sheet()
    if name:
        sheet.title = name
    for row in rows:
        sheet.append(list(row))
    for merge in merges:
        sheet.merge_cells(merge)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def units(content: bytes) -> tuple[Unit, ...]:
    found = parse(content)
    assert found.roster is not None, [fault.sentence("units") for fault in found.faults]
    return found.roster.units


def said(content: bytes, severity: Severity | None = None) -> list[str]:
    return [f.sentence("units") for f in parse(content).faults if severity is None or f.severity is severity]


# ---------------------------------------------------------------- addresses


def test_a_bad_address_is_named_and_costs_only_itself() -> None:
    content = f"{HEADER}\nA1,甲工会,,系统,,13800138000,1,,1\nA2,乙工会,,系统,,b@example.com,1,,2\n".encode()
    first, second = units(content)
    assert (first.emails, second.emails) == ((), ("b@example.com",))
    (fault,) = parse(content).faults
    assert fault.sentence("units.csv") == (
        "units.csv row 2 column F (emails): '13800138000' is a number and no address; write one address such as "
        "office@example.org, several separated by ;"
    )
    assert (
        fault.line()
        == "第2行F列（emails）：“13800138000”是号码，不是邮箱地址；请填写完整的邮箱地址，多个地址用分号分隔"
    )
    assert not fault.blocks


def test_addresses_may_stand_in_several_columns_or_beside_the_telephone_number() -> None:
    titles = ["编号", "单位", "邮箱1", "邮箱2", "联系方式"]
    first, second = units(
        workbook(
            titles,
            ["A", "甲工会", "a@example.com", "b@example.com", "65300000"],
            ["B", "乙工会", None, None, "李晓 65300000 c@example.com"],
        )
    )
    assert first.emails == ("a@example.com", "b@example.com")
    assert second.emails == ("c@example.com",)


# ---------------------------------------------------------------- titles, sheets, merged cells


def test_titles_above_two_levels_of_titles_and_another_sheet_are_understood() -> None:
    content = workbook(
        ["2021年报送单位名录"],
        ["说明：请勿改动编号"],
        ["序号", "编号", "单位名称", "类别", "联系方式", None],
        [None, None, None, None, "联系人", "电子邮箱"],
        [1, "B", "乙街道总工会", "街镇", "李晓", "b@example.com"],
        [2, "A", "甲街道总工会", None, "王明", "a@example.com"],
        [None, None, None, None, None, None],
        ["注：驻区单位排在最后"],
        merges=["A1:F1", "E3:F3", "B3:B4", "D5:D6", "A8:F8"],
        before=["说明"],
        name="名录",
    )
    first, second = units(content)
    assert (first.code, first.category, first.emails) == ("B", "街镇", ("b@example.com",))
    assert (second.code, second.category, second.emails) == ("A", "街镇", ("a@example.com",))
    assert said(content) == [
        "units sheet 名录 row 4 column E (联系人): is for people and is not used; what the program must know "
        "belongs into a column of its own",
        "units sheet 名录 row 8: '注：驻区单位排在最后' is taken for a note, not for a unit",
    ]


@pytest.mark.parametrize(
    "title", [" 单位 名称 ", "单位名称（全称）", "单位名称*", "單位".replace("單", "单"), "Name", "ＮＡＭＥ"]
)
def test_titles_are_known_with_their_trimmings(title: str) -> None:
    assert field_of(title) == "name"


def test_no_title_stands_for_two_columns() -> None:
    titles = [title for names in TITLES.values() for title in names]
    assert sorted(titles) == sorted(set(titles))


def test_a_column_that_is_no_rosters_is_passed_over_with_a_notice() -> None:
    content = b"code,name,emial,leader\nA,B,a@example.com,C\n"
    (unit,) = units(content)
    assert unit.emails == ()
    assert said(content) == [
        "units row 1 column C (emial): is no column of a roster and is not read; did you mean email?",
        "units row 1 column D (leader): is no column of a roster and is not read",
    ]
    assert [fault.severity for fault in parse(content).faults] == [Severity.WARNING, Severity.NOTICE]


def test_two_columns_of_names_are_asked_about() -> None:
    assert (
        "is the column name, and so is '单位' before it"
        in said(workbook(["编号", "单位", "单位名称"], ["A", "甲", "乙"]))[0]
    )


def test_a_second_sheet_of_units_is_named() -> None:
    book = openpyxl.Workbook()
    for name in ("一", "二"):
        sheet = book.create_sheet(name)
        sheet.append(["编号", "单位名称"])
        sheet.append([name, f"{name}工会"])
    file = BytesIO()
    book.save(file)
    assert [unit.code for unit in units(file.getvalue())] == ["一"]
    assert said(file.getvalue()) == [
        "units sheet 二: this sheet looks like a roster too and is not read; keep all units in one sheet"
    ]


def test_a_file_without_our_titles_says_which_are_needed() -> None:
    assert "no row has the titles of a roster; write code and name" in said(workbook(["甲", "乙"], ["丙", "丁"]))[0]


def test_empty_rows_sums_sections_and_titles_again_are_no_units() -> None:
    content = workbook(
        CHINESE,
        ["一、街镇（2家）"],
        ["A", "甲街道总工会", "街镇", None, "是"],
        [],
        CHINESE,
        ["B", "乙街道总工会", "街镇", None, "否"],
        ["合计", 2],
    )
    assert [(unit.code, unit.required) for unit in units(content)] == [("A", True), ("B", False)]
    assert len(said(content, Severity.NOTICE)) == 2


def test_a_category_that_a_merged_cell_has_left_empty_is_named() -> None:
    content = "code,name,category\nA,甲街,街镇\nB,乙街,\n".encode()
    (remark,) = said(content)
    assert remark.startswith("units row 3 column C (category): the category is empty while 街镇 stands above")


# ---------------------------------------------------------------- what a spreadsheet makes of codes


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (
            date(2021, 3, 1),
            "the code is the day 2021-03-01: a spreadsheet has most likely made it from a code such as 2021-3",
        ),
        (
            120000000000,
            "the code is the number 1.2E+11: a spreadsheet has most likely made it from 12E10 or 120000000000",
        ),
        (1.1, "the code is the number 1.1, of which a spreadsheet may have dropped zeros"),
    ],
)
def test_a_code_that_a_spreadsheet_has_changed_is_asked_about(code: object, says: str) -> None:
    content = workbook(CHINESE, ["A", "甲街", "街镇", None, None], [code, "乙街", "街镇", None, None])
    assert parse(content).roster is None
    (fault,) = said(content)
    assert fault.startswith(f"units sheet Sheet row 3 column A (编号): {says}")


@pytest.mark.parametrize("code", ["1.2E+11", "2021/3/1", "3月1日", "1-Mar", "Mar-21"])
def test_a_code_that_was_changed_before_it_was_saved_as_csv_is_asked_about(code: str) -> None:
    assert "row 2 column A (code): the code is the" in said(f"code,name\n{code},甲街\nB,乙街\n".encode())[0]


def test_a_number_among_codes_that_begin_with_zeros_is_asked_about() -> None:
    content = workbook(CHINESE, [1, "甲街", "街镇", None, None], ["002", "乙街", "街镇", None, None])
    assert [unit.code for unit in units(content)] == ["1", "002"]
    assert said(content, Severity.WARNING)[0].endswith("while other codes begin with zeros; was it 001?")


# ---------------------------------------------------------------- words and numbers


@pytest.mark.parametrize(
    ("written", "required"),
    [
        *(("是", True), ("否", False), ("YES", True), ("no", False), ("TRUE", True), ("False", False), ("１", True)),
        *(("0", False), ("", True), (True, True), (False, False), (1, True), (0, False)),
    ],
)
def test_words_for_yes_and_no(written: object, required: bool) -> None:
    (unit,) = units(workbook(CHINESE, ["A", "甲街", "街镇", None, written]))
    assert unit.required is required


def test_maybe_is_a_fault_that_names_the_words_that_are_known() -> None:
    (fault,) = said(workbook(CHINESE, ["A", "甲街", "街镇", None, "maybe"]))
    assert fault == (
        "units sheet Sheet row 2 column E (是否必报): 'maybe' is neither yes nor no; write one of 是, 否, yes, no, "
        "true, false, 1, 0, or nothing for 是"
    )


def test_codes_that_repeat_are_named_with_both_rows() -> None:
    (fault,) = said("code,name\nA,甲街\nＡ,乙街\n".encode())
    assert fault.startswith("units row 3 column A (code): the code A stands there more than once, first in row 2")


def test_a_successor_may_be_named() -> None:
    first, _ = units("code,name,valid_to,successor\nA,甲街,2021-06-30,乙街\nB,乙街,,\n".encode())
    assert first.successor == "B"


def test_what_is_struck_out_is_not_read_and_named() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["编号", "单位名称", "邮箱"], ["A", "甲街", "old@example.com"], ["B", "乙街", "b@example.com"]):
        book.active.append(row)
    book.active["C2"].font = openpyxl.styles.Font(strike=True)
    file = BytesIO()
    book.save(file)
    assert units(file.getvalue())[0].emails == ()
    (remark,) = said(file.getvalue())
    assert "row 2 column C (邮箱): 'old@example.com' is struck out or hidden" in remark


# ---------------------------------------------------------------- plain text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_program_may_have_saved_it(encoding: str, delimiter: str) -> None:
    rows = [["编号", "单位名称", "类别"], ["A", "甲街道总工会", "街镇"], ["B", "乙街道总工会", "街镇"]]
    content = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    assert [unit.name for unit in units(content)] == ["甲街道总工会", "乙街道总工会"]


def test_a_comma_that_pushes_cells_aside_is_named() -> None:
    content = "code,name,emails,quota\nA,甲街,a@example.com,1\nB,乙街,b@example.com,c@example.com,1\n".encode()
    assert "units row 3: has more cells than there are titles" in said(content)[0]


# ---------------------------------------------------------------- anything


CELLS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    st.sampled_from(
        ["A", "A", "甲街", "a@example.com", "张三 zs＠example.com", "无", "是", "maybe", "合计", "注：", "1E+11"]
    ),
    st.integers(-5, 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1900, 3, 1), date(9999, 1, 1)),
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=len(TITLES) + 1), min_size=1, max_size=5)


@given(st.permutations(list(TITLES)), ROWS)
def test_no_contents_raise_and_every_fault_names_row_and_column(titles: list[str], rows: list[list[object]]) -> None:
    found = parse(workbook(titles, *rows))
    for fault in found.faults:
        assert fault.text
        assert fault.told
        of_all = fault.text.startswith(("holds no unit", "could be read in part only"))
        whole_row = "taken for a note" in fault.text
        assert fault.spot.row or of_all
        assert fault.spot.column or whole_row or of_all
    assert (found.roster is None) == any(fault.blocks for fault in found.faults)
    if found.roster:
        codes = [unit.code for unit in found.roster.units]
        assert len(set(codes)) == len(codes)
        assert all(unit.code and unit.name for unit in found.roster.units)


@given(st.binary(max_size=200))
def test_no_bytes_raise(content: bytes) -> None:
    found = parse(content)
    assert found.roster or found.faults


def test_a_campaign_may_name_other_categories_in_their_order() -> None:
    content = "code,name,category\nA,甲局,局\nB,乙校,校\nC,丙街,街镇\n".encode()
    found = parse(content[: content.index(b"C,")], ("校", "局"))
    assert found.roster is not None
    assert [unit.code for unit in found.roster.units] == ["B", "A"]
    (fault,) = (f for f in parse(content, ("校", "局")).faults if f.blocks)
    assert "write one of 校 局" in fault.text


def test_a_name_that_stands_there_twice_is_told_with_its_row() -> None:
    content = "code,name,valid_from,valid_to\nA,甲街,,\nB,甲街,,\nC,乙街,,2021-06-30\nD,乙街,2021-07-01,\n".encode()
    found = parse(content)
    assert found.roster is not None
    (fault,) = found.faults
    assert (fault.spot.row, fault.severity) == (3, Severity.WARNING)
    assert "first in row 2" in fault.text


def test_columns_that_are_not_used_are_told() -> None:
    found = parse("code,name,备注\nA,甲街,新\n".encode())
    assert [(f.spot.column, f.severity) for f in found.faults] == [(3, Severity.NOTICE)]
    assert "is not used" in found.faults[0].text
