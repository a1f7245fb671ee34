"""Which unit a table is from: what the table says comes first, and contradictions are never resolved by guessing."""

import pytest

from mailbot.campaigns import roster_file
from mailbot.decide.whose import identify
from mailbot.domain.mail import Address, Head
from mailbot.domain.submission import Evidence, Identity
from parsers.reading import Reading, Severity, Value

ROSTER = roster_file.read(
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


@pytest.mark.parametrize(
    "line",
    [
        "新河街道总工会",
        "新河街道总工会宣传部",
        "新河街道总工会 李晓 65300000",
        "新河街道总工会李晓 13800000000",
        "新河街道总工会（盖章）2021年9月1日",
        "2021.9.1 新河街",
        "报送单位：新河街道总工会",
        "联系人：李晓（新河街道总工会）",
        "新河街道总工会报送",
        "——新河街道 总工会",
    ],
)
def test_a_line_that_is_a_name_with_what_belongs_to_it_is_a_signature(line: str) -> None:
    found = whose(words=f"请查收附件。\n{line}")
    assert (code(found), found.evidence) == ("XHE", Evidence.SIGNATURE)


@pytest.mark.parametrize(
    "line",
    [
        "已抄送新河街道总工会。",
        "请转新河街道总工会参考。",
        "新河街的另报",
        "新河街道总工会：",
        "抄送：新河街道总工会",
        "活动在新河街道总工会礼堂举行",
        "新河街道总工会已阅",
    ],
)
def test_a_sentence_that_mentions_a_unit_signs_nothing(line: str) -> None:
    assert code(whose(words=f"附件为统计表。\n{line}")) is None
    assert code(whose(words=f"附件为统计表。\n{line}", sender="xingang@example.org")) == "XG"


@pytest.mark.parametrize(
    "cell",
    [
        "新河街道总工会（春晖社区工会）",
        "新河街道总工会（东区分会）",
        "新河街道总工会—第二车间",
        "新河街道总工会 环卫公司",
        "泰华控股公司工会-酒店分公司",
        "新河街道总工会/第一幼儿园",
    ],
)
def test_a_body_that_is_named_behind_a_unit_is_not_that_unit(cell: str) -> None:
    assert code(whose(cell=cell)) is None


@pytest.mark.parametrize(
    "cell",
    [
        "新河街道总工会（含所属社区）",
        "新河街道总工会（总工会、团委、妇联）",
        "新河街道总工会（共12家企业）",
        "新河街道总工会（公章）",
        "新河街道总工会（汇总）",
        "新河街道总工会（党群办）",
    ],
)
def test_a_remark_behind_a_unit_that_names_no_other_changes_nothing(cell: str) -> None:
    assert code(whose(cell=cell)) == "XHE"


@pytest.mark.parametrize(
    "text", ["新河街道春晖社区工会统计表", "新河街环卫公司工会活动统计表", "新河街道总工会第二分会统计表"]
)
def test_a_body_under_a_unit_in_a_title_or_file_name_is_not_that_unit_whoever_sent_it(text: str) -> None:
    for found in (whose(title=text, sender="xinhe@example.org"), whose(file=text, sender="xinhe@example.org")):
        assert (code(found), [unit.code for unit in found.candidates]) == (None, ["XHE"])


@pytest.mark.parametrize("text", ["新河街道总工会春晖社区网络安全活动统计表", "新河街道总工会统计表（含社区工会）"])
def test_a_community_where_a_unit_was_active_changes_nothing(text: str) -> None:
    assert code(whose(title=text)) == "XHE"


def test_a_body_under_a_unit_in_a_file_name_does_not_overrule_the_table() -> None:
    assert code(whose(cell="新河街道总工会", file="新河街道春晖社区工会统计表.xlsx")) == "XHE"


@pytest.mark.parametrize(
    "text",
    [
        "走进新河街道总工会活动统计表",
        "进新河街道总工会宣传活动统计表",
        "送法进新河街道总工会统计表",
        "赴新河街道总工会开展活动统计表",
        "慰问新河街道总工会职工活动统计表",
        "好网民新河街道总工会站活动统计表",
        "在新河街道总工会举办活动统计表",
    ],
)
def test_a_place_that_was_visited_is_not_the_unit_that_reports(text: str) -> None:
    assert [code(whose(**{where: text})) for where in ("title", "file", "subject")] == [None, None, None]
    assert code(whose(title=f"新港街道总工会{text}")) == "XG"


@pytest.mark.parametrize(
    "text", ["推进新河街道总工会工作统计表", "关于新河街道总工会统计表", "收到新河街道总工会统计表"]
)
def test_a_word_that_ends_like_one_of_place_changes_nothing(text: str) -> None:
    assert code(whose(subject=text)) == "XHE"


def test_an_address_of_another_unit_is_a_warning() -> None:
    found = whose(cell="新河街道总工会", sender="xingang@example.org")
    assert [(f.severity, f.code) for f in found.findings] == [(Severity.WARNING, "sender-other-unit")]


def test_an_unknown_address_is_a_notice() -> None:
    assert [f.code for f in whose(cell="新河街道总工会").findings] == ["new-sender"]


def test_a_unit_that_the_table_does_not_name_is_a_notice() -> None:
    found = whose(file="新河街统计表.xlsx", sender="xinhe@example.org")
    assert [(f.severity, f.code) for f in found.findings] == [(Severity.NOTICE, "unit-not-in-table")]
