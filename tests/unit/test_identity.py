"""Whose table it is: written evidence first, and never a pick where it disagrees."""

import pytest

from mailbot import roster
from mailbot.decide.identity import identify
from mailbot.domain import Address, Evidence, Head, Identity
from parsers.reading import Reading, Severity, Value

ROSTER = roster.read(
    """code,name,short_name,category,aliases,emails,quota,required,sort_no
XHE,新河街道总工会,新河街,街镇,新河,xinhe@example.org,,1,1
XG,新港街道总工会,新港街,街镇,新港,xingang@example.org,,1,2
TEDA,云海开发区总工会,开发区,开发区,泰华,,,1,3
GK,泰华控股公司工会,泰华控股,驻区,泰华,,,1,4
""".encode(),
    "units.csv",
)


def whose(
    cell: str = "",
    file: str = "附件1.xlsx",
    subject: str = "统计表",
    words: str = "",
    sender: str = "me@example.net",
    title: str = "",
) -> Identity:
    header = {"unit_raw": Value(cell, cell, "Sheet1", "B2")} if cell else {}
    reading = Reading("activities", "Sheet1", "rows", title, header, ())
    return identify(reading, file, Head(subject=subject, sender=Address(sender)), words, ROSTER)


def code(identity: Identity) -> str | None:
    return identity.unit.code if identity.unit else None


@pytest.mark.parametrize(
    ("found", "unit", "evidence"),
    [
        (whose(cell="新河街道总工会"), "XHE", Evidence.TABLE),
        (whose(title="新河街道总工会开展线下活动统计表"), "XHE", Evidence.TABLE),
        (whose(file="新河街统计表.xlsx"), "XHE", Evidence.FILE_NAME),
        (whose(subject="回复：新港街报送统计表"), "XG", Evidence.SUBJECT),
        (whose(words="请查收。\n新港街道总工会\n李晓"), "XG", Evidence.SIGNATURE),
        (whose(sender="XINHE@example.org"), "XHE", Evidence.SENDER),
    ],
)
def test_the_strongest_evidence_tells_the_unit(found: Identity, unit: str, evidence: Evidence) -> None:
    assert (code(found), found.evidence) == (unit, evidence)


@pytest.mark.parametrize(
    "found",
    [
        whose(cell="新河街道总工会", file="新港街统计表.xlsx"),
        whose(cell="新河街道总工会", subject="新港街报送统计表"),
        whose(file="新河街统计表.xlsx", subject="新港街报送统计表"),
        whose(cell="泰华"),
        whose(cell="星河街道总工会", file="新河街统计表.xlsx"),
        whose(file="新河街、新港街统计表.xlsx"),
        whose(),
    ],
)
def test_what_disagrees_is_ambiguous_or_missing_is_left_open_with_an_error(found: Identity) -> None:
    assert code(found) is None
    assert [(f.severity, f.field) for f in found.findings] == [(Severity.ERROR, "unit_raw")]


@pytest.mark.parametrize(
    "cell",
    [
        "新河街道总工会宣传部",
        "新河街道总工会（共3个社区）",
        "天津市滨海新区新河街道总工会机关",
        "新河街道总工会、党群办",
    ],
)
def test_a_unit_is_known_with_what_its_office_writes_around_the_name(cell: str) -> None:
    assert code(whose(cell=cell)) == "XHE"


@pytest.mark.parametrize(
    "cell",
    ["新河街道阳光社区工会", "邻海区新河街道总工会", "新河街道第二中学工会", "新河镇总工会", "泰华控股第二分公司工会"],
)
def test_a_union_under_a_unit_or_of_another_district_is_not_that_unit(cell: str) -> None:
    found = whose(cell=cell)
    assert code(found) is None
    assert [f.code for f in found.findings] == ["unit-not-listed"]


def test_an_ambiguous_name_is_left_open_with_its_candidates() -> None:
    assert [unit.code for unit in whose(cell="泰华").candidates] == ["TEDA", "GK"]


def test_other_written_evidence_settles_nothing_that_the_table_leaves_open() -> None:
    assert code(whose(cell="泰华", subject="开发区总工会统计表")) is None


def test_a_signature_or_sender_never_overrules_what_is_written() -> None:
    assert code(whose(cell="新河街道总工会", words="新港街道总工会", sender="xingang@example.org")) == "XHE"


def test_an_address_of_another_unit_is_a_warning() -> None:
    found = whose(cell="新河街道总工会", sender="xingang@example.org")
    assert [(f.severity, f.code) for f in found.findings] == [(Severity.WARNING, "sender-other-unit")]


def test_an_unknown_address_is_a_notice() -> None:
    assert [f.code for f in whose(cell="新河街道总工会").findings] == ["new-sender"]


def test_a_unit_that_the_table_does_not_name_is_a_notice() -> None:
    found = whose(file="新河街统计表.xlsx", sender="xinhe@example.org")
    assert [(f.severity, f.code) for f in found.findings] == [(Severity.NOTICE, "unit-not-in-table")]
