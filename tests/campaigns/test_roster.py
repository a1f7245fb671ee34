"""Which unit a text names: by exact names and their known variants, never by similarity."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from mailbot.campaigns import roster, roster_check, roster_file
from mailbot.campaigns.roster import Roster
from mailbot.domain.errors import ConfigError
from parsers.reading import Severity

HEADER = "code,name,short_name,category,aliases,emails,quota,required,sort_no"
UNITS = """\
TEDA,云海经济技术开发区总工会,经开区,开发区,开发区总工会;开发区;泰华,teda@example.org,,1,1
XHE,新河街道总工会,新河街,街镇,新河,xhe@example.org;xhe2@example.com,3,1,2
XG,新港街道总工会,新港街,街镇,新港,xg@example.org,,1,3
HB,海滨街道总工会,海滨街,街镇,海滨,shared@example.org,,1,4
TH,泰华街道总工会,泰华街,街镇,泰华街总工会,shared@example.org,,1,5
XCZ,新城镇总工会,新城镇,街镇,,,,1,6
GK,泰华控股公司工会,泰华控股,驻区,泰华,,,1,7
PORT,云海港集团工会,云海港,驻区,云海港集团,,,0,8
BOND,云海港保税区总工会,保税区,开发区,,,,1,9
"""


def units(rows: str = UNITS) -> Roster:
    return roster_file.read(f"{HEADER}\n{rows}".encode(), "units.csv")


def whole(content: str) -> Roster:
    return roster_file.read(content.encode(), "units.csv")


def codes(match: roster.Match) -> list[str]:
    return [unit.code for unit in match.units]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("新河街道总工会", "XHE"),
        ("新河街", "XHE"),
        ("新河街道", "XHE"),
        ("新河街道办事处", "XHE"),
        ("天津市滨海新区新河街道总工会", "XHE"),
        (" 新河 街道总工会（盖章）", "XHE"),
        ("新河街总工会(公章)", "XHE"),
        ("新河街工会", "XHE"),
        ("新港", "XG"),
        ("开发区总工会", "TEDA"),
        ("经开区", "TEDA"),
        ("新城镇人民政府", "XCZ"),
        ("新城镇", "XCZ"),
        ("海滨街道", "HB"),
        ("泰华街", "TH"),
        ("泰华控股", "GK"),
        ("泰华控股公司", "GK"),
    ],
)
def test_a_unit_is_known_by_its_names_with_or_without_official_trimmings(written: str, code: str) -> None:
    assert codes(units().named(written)) == [code]


@pytest.mark.parametrize(
    "written", ["新城", "新村街道总工会", "滨海", "滨海街道总工会", "新河镇", "河街", "", "工会", "总工会"]
)
def test_a_name_that_is_merely_similar_is_no_unit(written: str) -> None:
    assert codes(units().named(written)) == []


def test_a_name_of_two_units_is_ambiguous() -> None:
    match = units().named("泰华")
    assert codes(match) == ["TEDA", "GK"]
    assert match.unit is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("附件1：2021年统计表（新河街）.xlsx", ["XHE"]),
        ("新河街道总工会-附件1.xls", ["XHE"]),
        ("新河街好网民统计表（终版）.et", ["XHE"]),
        ("报送新港街线下活动统计表", ["XG"]),
        ("云海港保税区总工会统计表", ["BOND"]),
        ("云海港集团统计表", ["PORT"]),
        ("关于开展好网民活动的通知", []),
        ("高新技术产业开发区统计表", []),
        ("新河口大桥统计表", []),
        ("新河街、新港街统计表", ["XHE", "XG"]),
        ("统计表(1).xls", []),
        ("", []),
    ],
)
def test_a_text_mentions_the_longest_names_that_stand_in_it(text: str, found: list[str]) -> None:
    assert sorted(codes(units().mentioned(text))) == sorted(found)


def test_an_address_may_belong_to_several_units_and_a_unit_have_several() -> None:
    assert [u.code for u in units().registered("XHE2@example.com")] == ["XHE"]
    assert [u.code for u in units().registered("shared@example.org")] == ["HB", "TH"]


def test_units_alike_are_candidates_for_a_person() -> None:
    assert [u.code for u in units().alike("新城")] == ["XCZ"]


def test_units_stand_in_the_order_of_their_categories_and_numbers() -> None:
    assert [u.code for u in units().units][:2] == ["TEDA", "BOND"]
    assert [u.code for u in units().units][-2:] == ["GK", "PORT"]


def test_quota_and_required_are_read() -> None:
    assert units()["XHE"].quota == 3
    assert units()["XG"].quota is None
    assert not units()["PORT"].required


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_roster_saved_by_any_office_program_is_read(encoding: str) -> None:
    content = f"{HEADER}\n{UNITS}".encode(encoding)
    assert roster_file.read(content, "units.csv")["XHE"].name == "新河街道总工会"


def test_every_fault_of_a_roster_is_reported_with_its_row() -> None:
    rows = "A,甲街道总工会,,街道,,,many,1,1\nA,乙街道总工会,,街镇,,,,1,2\nB,,,街镇,,,,1,3\n"
    with pytest.raises(ConfigError) as caught:
        units(rows)
    text = "\n".join(caught.value.faults)
    assert "units.csv row 2 column G (quota): 'many' is no whole number" in text
    assert "units.csv row 2 column D (category): the category '街道' is not known" in text
    assert "units.csv row 4 column B (name): the name of B is missing" in text
    assert "the code A stands there more than once" in text


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ConfigError, match="the column name is missing in row 1"):
        roster_file.read(b"code,short_name\nA,B\n", "units.csv")


def test_bytes_that_are_no_table_are_one_sentence() -> None:
    with pytest.raises(ConfigError, match=r"units.csv"):
        roster_file.read(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "units.csv")


# ---------------------------------------------------------------- workbooks

MORE = f"{HEADER},valid_from,valid_to,successor"


def sheet(*rows: list[object]) -> bytes:
    """A roster as an office program saves it: every cell of its own kind."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [MORE.split(","), *rows]:
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_with_real_numbers_and_days_is_a_roster() -> None:
    content = sheet(
        [
            101,
            "新河街道总工会",
            "新河街",
            "街镇",
            "新河",
            "xhe@example.org",
            3,
            1,
            2,
            date(2021, 5, 1),
            "2021/9/8",
            102,
        ],
        [102, "新港街道总工会", "新港街", "街镇", None, None, None, 0, 1.0, "2021年9月9日", date(2022, 1, 31), None],
    )
    first, second = roster_file.read(content, "units.xlsx").units
    assert (first.code, first.required, first.sort_no, first.quota) == ("102", False, 1, None)
    assert (first.valid_from, first.valid_to) == (date(2021, 9, 9), date(2022, 1, 31))
    assert (second.code, second.required, second.sort_no, second.quota) == ("101", True, 2, 3)
    assert (second.valid_from, second.valid_to) == (date(2021, 5, 1), date(2021, 9, 8))
    assert second.successor == "102"


def test_numbers_and_days_that_are_none_are_named_with_their_row() -> None:
    with pytest.raises(ConfigError) as caught:
        roster_file.read(sheet(["A", "甲街", "", "街镇", "", "", 1.5, 1, -1, "2021-13-01", 20210501]), "units.xlsx")
    text = "\n".join(caught.value.faults)
    for fault in (
        "G (quota): '1.5'",
        "I (sort_no): '-1'",
        "J (valid_from): '2021-13-01'",
        "K (valid_to): '20210501'",
    ):
        assert f"units.xlsx sheet Sheet row 2 column {fault}" in text


def test_a_unit_without_a_code_is_not_passed_over() -> None:
    with pytest.raises(ConfigError, match=r"units.csv row 2 column A \(code\): the code of 甲街 is missing"):
        units(",甲街,,街镇,,,,1,1\nB,乙街,,街镇,,,,1,1\n")


# ---------------------------------------------------------------- units that end

ENDED = "OLD,老港街道总工会,老港街,街镇,老港口,,,1,1,,2021-06-30,MID\n"
SUCCESSION = f"""\
{ENDED}MID,中港街道总工会,中港街,街镇,,,,1,2,2021-07-01,2021-08-31,NEW
NEW,大港口街道总工会,大港口街,街镇,,,,1,3,2021-09-01,,
"""


def dated(rows: str) -> Roster:
    return roster_file.read(f"{MORE}\n{rows}".encode(), "units.csv")


@pytest.mark.parametrize(
    ("day", "code"), [(date(2021, 6, 30), "OLD"), (date(2021, 7, 1), "MID"), (date(2021, 9, 1), "NEW")]
)
def test_a_unit_that_has_ended_is_credited_to_who_took_over(day: date, code: str) -> None:
    assert codes(dated(SUCCESSION).on(day).named("老港街总工会")) == [code]


def test_a_unit_that_has_ended_without_a_successor_is_nobody() -> None:
    assert codes(dated(ENDED.replace("MID", "")).on(date(2021, 7, 1)).named("老港街")) == []


def test_a_name_that_another_unit_bears_is_not_inherited() -> None:
    again = f"{SUCCESSION}ANEW,老港街道总工会,,街镇,,,,1,4,2021-09-01,,\n"
    assert codes(dated(again).on(date(2021, 9, 1)).named("老港街道总工会")) == ["ANEW"]
    assert codes(dated(again).on(date(2021, 9, 1)).named("老港口")) == ["NEW"]


# ---------------------------------------------------------------- remarks


def said(rows: str, severity: Severity) -> list[str]:
    return [
        f"{remark.unit}: {remark.text}" for remark in roster_check.remarks(dated(rows)) if remark.severity is severity
    ]


def test_a_sound_roster_has_no_remarks() -> None:
    assert roster_check.remarks(dated("A,甲街道总工会,甲街,街镇,,a@example.org,,1,1,,,\n")) == ()


def test_a_name_of_two_units_is_remarked_with_both() -> None:
    (remark,) = said(
        "A,甲集团工会,,驻区,泰华,a@example.org,,1,1,,,\nB,乙集团工会,,驻区,泰华,b@example.org,,1,2,,,\n",
        Severity.WARNING,
    )
    assert remark.startswith("A: the name 泰华 may be any of 甲集团工会 (A)、乙集团工会 (B): a table with this name")


def test_a_name_that_only_its_trimmings_tell_from_another_is_remarked() -> None:
    (remark,) = said(
        "A,泰华集团总工会,,驻区,,a@example.org,,1,1,,,\nB,泰华集团,,驻区,,b@example.org,,1,2,,,\n", Severity.WARNING
    )
    assert "泰华集团 in a subject or a file's name" in remark


def test_units_that_never_exist_together_may_bear_the_same_name() -> None:
    rows = (
        "A,甲街道总工会,,街镇,,a@example.org,,1,1,,2021-06-30,\nB,甲街道总工会,,街镇,,a@example.org,,1,2,2021-07-01,,\n"
    )
    assert roster_check.remarks(dated(rows)) == ()


def test_names_inside_longer_names_are_remarked_once_for_each() -> None:
    rows = "A,云海港集团工会,云海港,驻区,,a@example.org,,1,1,,,\nB,云海港保税区总工会,,开发区,,b@example.org,,1,2,,,\n"
    assert said(rows, Severity.NOTICE) == [
        "A: the name 云海港 is part of 云海港保税区总工会 (B); where the longer one stands, it counts"
    ]


def test_missing_and_shared_addresses_are_remarked() -> None:
    rows = (
        "A,甲街道总工会,,街镇,,x@example.org,,1,1,,,\nB,乙街道总工会,,街镇,,X@example.org,,1,2,,,\n"
        "C,丙街道总工会,,街镇,,,,1,3,,,\nD,丁街道总工会,,街镇,,,,0,4,,,\n"
    )
    assert [remark.split(";")[0].split("，")[0] for remark in said(rows, Severity.NOTICE)] == [
        "C: 丙街道总工会 has no address, so it cannot be reminded",
        "A: x@example.org is the address of 甲街道总工会 (A)、乙街道总工会 (B): it cannot tell which of them a table "
        "is from, so that has to stand in the table",
    ]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("A,甲街,,街镇,,,,0,1,,2021-06-30,B\n", "A: the successor B is no code of this roster"),
        ("A,甲街,,街镇,,,,0,1,,2021-06-30,A\n", "A: the successor A leads back to A"),
        ("A,甲街,,街镇,,,,0,1,2021-07-01,2021-06-30,\n", "A: valid_from 2021-07-01 is after valid_to 2021-06-30"),
    ],
)
def test_what_cannot_be_is_wrong(rows: str, fault: str) -> None:
    (remark,) = said(rows, Severity.ERROR)
    assert remark.startswith(fault)


def test_a_circle_of_successors_ends() -> None:
    circle = dated("A,甲街,,街镇,,,,0,1,,2021-06-30,B\nB,乙街,,街镇,,,,0,2,,2021-06-30,A\n")
    assert circle.on(date(2021, 7, 1)).units == ()
    assert len(roster_check.remarks(circle)) == 2


def test_a_unit_that_was_replaced_and_did_not_end_is_remarked() -> None:
    (remark,) = said("A,甲街,,街镇,,,,0,1,,,B\nB,乙街,,街镇,,,,0,2,,,\n", Severity.WARNING)
    assert remark.startswith("A: has the successor B and no end")


def test_the_units_of_one_state_are_made_once() -> None:
    roster = whole(
        "code,name,category,valid_to,successor\nA,新河街道总工会,街镇,,\nB,新港街道总工会,街镇,2021-06-30,A\n"
    )
    assert roster.on(date(2021, 6, 1)) is roster.on(date(2021, 6, 30))
    assert roster.on(date(2021, 7, 1)) is roster.on(date(2021, 9, 1))
    assert [u.code for u in roster.on(date(2021, 7, 1)).units] == ["A"]
    assert roster.on(date(2021, 7, 1)).named("新港街道总工会").unit == roster.on(date(2021, 7, 1))["A"]
