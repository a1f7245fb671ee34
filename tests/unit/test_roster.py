"""Which unit a text means: exact names and their trimmings, never similarity (domain.md 3)."""

import pytest

from mailbot import roster
from mailbot.errors import ConfigError
from mailbot.roster import Roster

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
    return roster.read(f"{HEADER}\n{rows}".encode(), "units.csv")


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
    assert roster.read(content, "units.csv")["XHE"].name == "新河街道总工会"


def test_every_fault_of_a_roster_is_reported_with_its_row() -> None:
    rows = "A,甲街道总工会,,街道,,,many,1,1\nA,乙街道总工会,,街镇,,,,1,2\nB,,,街镇,,,,1,3\n"
    with pytest.raises(ConfigError) as caught:
        units(rows)
    text = "\n".join(caught.value.faults)
    assert "units.csv row 2: quota is 'many'" in text
    assert "units.csv row 2: the category is '街道'" in text
    assert "units.csv row 4: the name of B is missing" in text
    assert "the code A stands there more than once" in text


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ConfigError, match="the column name is missing in row 1"):
        roster.read(b"code,short_name\nA,B\n", "units.csv")


def test_an_unknown_column_is_named_with_its_cell() -> None:
    with pytest.raises(ConfigError, match="B1: unknown column 'nam'"):
        roster.read(b"code,nam,name\nA,B,C\n", "units.csv")


def test_bytes_that_are_no_table_are_one_sentence() -> None:
    with pytest.raises(ConfigError, match=r"units.csv"):
        roster.read(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "units.csv")
