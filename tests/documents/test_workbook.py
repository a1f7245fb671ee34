"""The workbooks that are sent, read back with a spreadsheet library."""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign
from mailbot.documents.workbook import blank_form, consolidated
from mailbot.domain.campaign import Unit
from mailbot.domain.mail import Disposition, StoredMessage
from mailbot.domain.submission import Evidence, Relation, Status, StoredSubmission, Submission
from parsers.document import read_tables
from parsers.formats.read_file import read_grids
from parsers.forms import form as forms
from parsers.forms.form import Form
from parsers.reading import Finding, Layout, Period, Precision, Reading, Record, Severity, Value

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 9, 28, 9, 30, tzinfo=CHINA)
CAMPAIGN = Campaign(
    id="hwm-2026",
    title="2026年“争做中国好网民”主题活动",
    starts_on=date(2026, 5, 1),
    deadline=date(2026, 9, 30),
    ends_on=date(2026, 10, 31),
    case_prefix="HWM26",
)
QINGLUAN = Unit("JZ-QL", "青鸾街道总工会", category="街镇", sort_no=2)
WANGLAN = Unit("JZ-WL", "望澜街道总工会", category="街镇", sort_no=3)
PARK = Unit("KFQ-KC", "科创园区总工会", category="开发区", quota=2, sort_no=1)
PLANT = Unit("ZQ-LG", "临港发电厂工会", category="驻区", required=False, sort_no=4)
ROSTER = Roster((PARK, QINGLUAN, WANGLAN, PLANT))
HOSTILE = ("=cmd|' /C calc'!A0", "=1+1", "+1", "-1", "@SUM(A1)", "#REF!", "\t=1", '=HYPERLINK("http://example.com")')


@pytest.fixture(scope="module")
def form() -> Form:
    return forms.load("activities")


def value(content: Any, raw: str | None = None, precision: Precision = "exact") -> Value:
    return Value(content, str(content) if raw is None else raw, "Sheet1", "B5", precision)


def record(row: int = 5, **changed: Value) -> Record:
    values = {
        "title": value(f"知识竞赛第{row}场"),
        "date_start": value("2026-06-15", "2026年6月15日"),
        "date_end": value("2026-06-15", "2026年6月15日"),
        "venue": value("职工之家"),
        "form_codes": value(("quiz", "publicity"), "竞赛、宣传"),
        "promoters": value(20),
        "participants": value(300),
        "netizens_reached": value(5000),
    }
    return Record(row, {**values, **changed})


def submission(
    id: int = 1,
    unit: Unit = QINGLUAN,
    records: tuple[Record, ...] = (record(),),
    *,
    totals: Mapping[str, Value] | None = None,
    relation: Relation = Relation.NEW,
    status: Status = Status.ACCEPTED,
    current: bool = True,
    received_at: datetime = datetime(2026, 9, 24, 15, 2, tzinfo=CHINA),
    layout: Layout = "rows",
    zero_report: bool = False,
    findings: tuple[Finding, ...] = (),
    attachment: str = "附件1.xlsx",
    header: Mapping[str, Value] | None = None,
    replaces: tuple[int, ...] = (),
) -> StoredSubmission:
    reading = Reading(
        form="activities",
        sheet="Sheet1",
        layout=layout,
        title="",
        header=header or {},
        records=records,
        totals=totals or {},
        zero_report=zero_report,
    )
    judged = Submission(
        *(attachment, reading, unit.code, unit.name, Evidence.TABLE, status, relation, current, findings, replaces)
    )
    return StoredSubmission(id, id, f"HWM26-{id:04}", "ab" * 32, "a@example.org", received_at, id, judged)


def workbook(form: Form, *submissions: StoredSubmission, news: tuple[StoredMessage, ...] = ()) -> Workbook:
    content = consolidated(ROSTER, CAMPAIGN, submissions, news, form, organisation_name="云海新区总工会", as_of=NOW)
    return load_workbook(io.BytesIO(content))


def heads(sheet: Worksheet, head_row: int) -> list[str]:
    """The titles of the columns, on one line."""
    return [str(cell.value).replace("\n", "") for cell in sheet[head_row]]


def column(sheet: Worksheet, head: str, head_row: int = 3) -> list[Any]:
    """What stands below a title, the last row (a sum or a note) included."""
    place = heads(sheet, head_row).index(head) + 1
    return [sheet.cell(row, place).value for row in range(head_row + 1, sheet.max_row + 1)]


def row_of(sheet: Worksheet, name: str, head_row: int = 3) -> dict[str, Any]:
    """One unit's row by the titles of its columns."""
    [found] = [row for row in sheet.iter_rows(min_row=head_row + 1, values_only=True) if name in row[:2]]
    return dict(zip(heads(sheet, head_row), found, strict=True))


def sums(sheet: Worksheet, name: str) -> dict[str, Any]:
    """The last row of sums with that name."""
    found = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0] == name]
    return dict(zip(heads(sheet, 3), found[-1], strict=True))


# ---------------------------------------------------------------- the consolidated workbook


def test_it_has_the_five_sheets_in_their_order(form: Form) -> None:
    assert workbook(form).sheetnames == ["明细", "分单位", "报送情况", "待核事项", "数据来源"]


def test_activities_stand_in_roster_order_with_the_unit_s_name_merged(form: Form) -> None:
    sheet = workbook(
        form,
        submission(1, WANGLAN, (record(5),)),
        submission(2, PARK, (record(5, title=value("甲")), record(6, title=value("乙")))),
    )["明细"]
    assert column(sheet, "活动名称")[:3] == ["甲", "乙", "知识竞赛第5场"]
    assert column(sheet, "单位")[:3] == ["科创园区总工会", None, "望澜街道总工会"]
    assert column(sheet, "序号")[:3] == [1, 2, 3]
    assert "A4:A5" in {str(r) for r in sheet.merged_cells.ranges}


def test_values_are_shown_as_office_tables_show_them(form: Form) -> None:
    cells = row_of(workbook(form, submission())["明细"], "青鸾街道总工会")
    assert cells["活动时间"] == datetime(2026, 6, 15)  # noqa: DTZ001 - a workbook knows no zone
    assert cells["活动形式"] == "知识竞赛、集中宣传"
    assert cells["接触职工人数（人）"] == 300


def test_several_days_are_written_from_the_first_to_the_last(form: Form) -> None:
    several = record(date_end=value("2026-06-18", "2026年6月15日至18日"))
    cells = row_of(workbook(form, submission(records=(several,)))["明细"], "青鸾街道总工会")
    assert cells["活动时间"] == "2026年6月15日至2026年6月18日"


def test_a_vague_day_and_an_unread_figure_are_shown_as_sent(form: Form) -> None:
    vague = record(
        date_start=value("2026-06-01", "6月份", "approximate"),
        date_end=value("2026-06-30", "6月份", "approximate"),
        participants=value(None, "数百人"),
    )
    cells = row_of(workbook(form, submission(records=(vague,)))["明细"], "青鸾街道总工会")
    assert cells["活动时间"] == "6月份"
    assert cells["接触职工人数（人）"] == "数百人"


@pytest.mark.parametrize(
    ("precision", "raw", "shown"), [("at_least", "300余人", '#,##0"余"'), ("approximate", "约300人", '"约"#,##0')]
)
def test_a_rough_figure_is_a_number_that_looks_rough_here_and_in_every_sum(
    form: Form, precision: Precision, raw: str, shown: str
) -> None:
    rough = record(participants=value(300, raw, precision))
    book = workbook(form, submission(1, records=(rough,)), submission(2, WANGLAN))
    found = [
        cell
        for name in ("明细", "分单位")
        for row in book[name].iter_rows()
        for cell in row
        if cell.number_format == shown
    ]
    assert [cell.value for cell in found] == [300, 600, 300, 600, 600]
    assert found[0].comment is not None
    assert raw in found[0].comment.text
    assert row_of(book["分单位"], "青鸾街道总工会")["备注"] == "含约数"


def test_heads_that_repeat_count_by_the_unit_s_own_total(form: Form) -> None:
    two = (record(5), record(6))
    with_total = submission(1, QINGLUAN, two, totals={"promoters": value(25)})
    without = submission(2, WANGLAN, two)
    book = workbook(form, with_total, without)
    by_unit = book["分单位"]
    assert row_of(by_unit, "青鸾街道总工会")["职工好网民宣传员人数（人）"] == 25
    assert row_of(by_unit, "望澜街道总工会")["职工好网民宣传员人数（人）"] == 40
    assert row_of(by_unit, "望澜街道总工会")["备注"] == "各场相加①"
    assert sums(by_unit, "合计")["职工好网民宣传员人数（人）"] == 65
    assert by_unit.cell(by_unit.max_row, 1).value.endswith(
        "①单位未报合计行，组织动员基层工会数、职工好网民宣传员人数、走进企业数由各场相加，可能重复计数"
    )


def test_the_total_of_a_supplement_that_has_the_earlier_rows_again_stands_for_them_too(form: Form) -> None:
    first = submission(1, QINGLUAN, (record(5), record(6)), totals={"promoters": value(25)})
    again = submission(
        2,
        records=(record(5), record(6), record(7)),
        totals={"promoters": value(30)},
        relation=Relation.SUPPLEMENTS,
    )
    cells = row_of(workbook(form, first, again)["分单位"], "青鸾街道总工会")
    assert (cells["职工好网民宣传员人数（人）"], cells["备注"]) == (30, None)
    assert cells["接触职工人数（人）"] == 900


def test_of_a_supplement_that_has_some_earlier_rows_again_only_the_others_are_added(form: Form) -> None:
    first = submission(1, QINGLUAN, (record(5), record(6)), totals={"promoters": value(25)})
    mixed = submission(
        2, records=(record(6), record(7)), totals={"promoters": value(33)}, relation=Relation.SUPPLEMENTS
    )
    cells = row_of(workbook(form, first, mixed)["分单位"], "青鸾街道总工会")
    assert cells["职工好网民宣传员人数（人）"] == 25 + 20


def test_totals_of_tables_with_nothing_in_common_are_added(form: Form) -> None:
    first = submission(1, QINGLUAN, (record(5), record(6)), totals={"promoters": value(25)})
    more = submission(2, records=(record(7), record(8)), totals={"promoters": value(33)}, relation=Relation.SUPPLEMENTS)
    cells = row_of(workbook(form, first, more)["分单位"], "青鸾街道总工会")
    assert cells["职工好网民宣传员人数（人）"] == 58


def test_the_total_shows_how_it_differs_from_the_rows_above_it(form: Form) -> None:
    stored = submission(1, QINGLUAN, (record(5), record(6)), totals={"promoters": value(25)})
    sheet = workbook(form, stored)["明细"]
    promoters = [sums(sheet, name)["职工好网民宣传员人数（人）"] for name in ("各行之和", "按单位合计行调整", "合计")]
    assert promoters == [40, -15, 25]
    assert sums(sheet, "按单位合计行调整")["接触职工人数（人）"] is None


def test_where_nothing_differs_the_total_stands_alone(form: Form) -> None:
    sheet = workbook(form, submission(1, QINGLUAN, (record(5), record(6))))["明细"]
    assert "各行之和" not in column(sheet, "单位")
    assert sums(sheet, "合计")["职工好网民宣传员人数（人）"] == 40


def test_each_unit_has_what_it_owed_and_what_it_did(form: Form) -> None:
    news = StoredMessage(
        *(9, "demo", "cd" * 32, None, "a@example.org", "", NOW, Disposition.INFORMATION, None, "", None, "JZ-QL")
    )
    sheet = workbook(form, submission(1, PARK), submission(2), news=(news,))["分单位"]
    park, qingluan, wanglan = (row_of(sheet, u.name) for u in (PARK, QINGLUAN, WANGLAN))
    assert [park[k] for k in ("应开展场次", "已开展场次", "完成率（%）")] == [2, 1, 50]
    assert [qingluan[k] for k in ("应开展场次", "已开展场次", "完成率（%）", "信息报送（条）")] == [1, 1, 100, 1]
    assert [wanglan[k] for k in ("应开展场次", "已开展场次", "完成率（%）", "报送时间")] == [1, 0, None, None]
    assert qingluan["报送时间"] == datetime(2026, 9, 24, 15, 2)  # noqa: DTZ001 - a workbook knows no zone
    assert column(sheet, "序号")[:-1] == ["（一）开发区", 1, "小计", "（二）街镇", 2, 3, "小计", "合计"]
    assert [sums(sheet, "小计")[k] for k in ("应开展场次", "已开展场次", "完成率（%）")] == [2, 1, 50]
    assert [sums(sheet, "合计")[k] for k in ("应开展场次", "已开展场次", "信息报送（条）")] == [4, 2, 1]
    assert wanglan["备注"] == "未报"


def test_systems_and_direct_units_share_a_section_and_units_of_others_come_last(form: Form) -> None:
    units = (
        *(replace(QINGLUAN, code="X", name="教育系统工会", category="系统"), replace(QINGLUAN, category="直属")),
        replace(PLANT, required=True),
    )
    content = consolidated(Roster(units), CAMPAIGN, (), (), form, organisation_name="云海新区总工会", as_of=NOW)
    titles = [v for v in column(load_workbook(io.BytesIO(content))["分单位"], "序号") if str(v).startswith("（")]
    assert titles == ["（一）系统及直属", "（二）驻区"]


def test_a_table_of_figures_for_the_whole_unit_counts_the_activities_it_states(form: Form) -> None:
    figures = Record(5, {"activities_count": value(3), "participants": value(450)})
    book = workbook(form, submission(records=(figures,), layout="summary"))
    assert row_of(book["分单位"], "青鸾街道总工会")["已开展场次"] == 3
    assert row_of(book["明细"], "青鸾街道总工会")["活动名称"] == "（按单位合计填报）"


def test_times_are_those_of_the_campaign_s_zone(form: Form) -> None:
    late = submission(received_at=datetime(2026, 9, 30, 16, 30, tzinfo=UTC))
    cells = row_of(workbook(form, late)["报送情况"], "青鸾街道总工会")
    assert cells["报送时间"] == datetime(2026, 10, 1, 0, 30)  # noqa: DTZ001 - a workbook knows no zone
    assert cells["是否逾期"] == "是"


def test_the_day_of_the_deadline_is_not_late(form: Form) -> None:
    last_minute = submission(received_at=datetime(2026, 9, 30, 23, 59, tzinfo=CHINA))
    assert row_of(workbook(form, last_minute)["报送情况"], "青鸾街道总工会")["是否逾期"] == "否"


MISSING = Finding(Severity.ERROR, "missing-value", "第3行“接触职工人数”为空，请补充")


@pytest.mark.parametrize(
    ("stored", "state"),
    [
        ((), "未报"),
        ((submission(),), "已收（齐全）"),
        ((submission(findings=(MISSING,), status=Status.NEEDS_CORRECTION),), "已收（待补正）"),
        ((submission(status=Status.REVIEW, current=False),), "待人工核对"),
        ((submission(records=(), zero_report=True),), "零报告"),
        ((submission(1, current=False), submission(2, relation=Relation.REPLACES)), "已更正"),
        ((submission(1), submission(2, records=(record(6),), relation=Relation.SUPPLEMENTS)), "已补报"),
        ((submission(1), submission(2, status=Status.REVIEW, current=False)), "已收（齐全）；另有来件待人工核对"),
    ],
)
def test_the_state_of_a_unit_is_told_in_the_usual_words(
    form: Form, stored: tuple[StoredSubmission, ...], state: str
) -> None:
    assert row_of(workbook(form, *stored)["报送情况"], "青鸾街道总工会")["状态"] == state


def test_the_last_line_says_how_many_of_those_who_owe_have_reported(form: Form) -> None:
    sheet = workbook(form, submission(1), submission(2, PLANT))["报送情况"]
    last = sums(sheet, "合计")
    assert (last["应报"], last["已报"], last["报送时间"]) == (3, 1, "上报率 33.3%")
    assert [sums(sheet, "（二）街镇")[k] for k in ("应报", "已报", "报送时间")] == [2, 1, "上报率 50.0%"]
    assert row_of(sheet, "临港发电厂工会")["应报"] == "否"


def test_a_unit_that_owes_nothing_appears_only_with_a_table(form: Form) -> None:
    assert "临港发电厂工会" not in column(workbook(form)["报送情况"], "单位")


def test_a_unit_that_left_the_roster_is_not_lost(form: Form) -> None:
    gone = replace(QINGLUAN, code="OLD", name="旧街道总工会", category="")
    book = workbook(form, submission(unit=gone))
    assert row_of(book["明细"], "旧街道总工会")["接触职工人数（人）"] == 300
    assert row_of(book["报送情况"], "旧街道总工会")["应报"] == "否"


def test_what_was_replaced_or_waits_for_a_person_does_not_count(form: Form) -> None:
    old = submission(1, records=(record(participants=value(1)),), current=False)
    waiting = submission(2, records=(record(participants=value(2)),), status=Status.REVIEW)
    new = submission(3, records=(record(participants=value(4)),), relation=Relation.REPLACES)
    book = workbook(form, old, waiting, new)
    assert column(book["明细"], "接触职工人数（人）")[:2] == [4, 4]
    assert {v for v in column(book["数据来源"], "受理号", 1) if v} == {"HWM26-0003"}


def test_a_correction_after_the_deadline_makes_no_late_report(form: Form) -> None:
    old = submission(1, current=False, received_at=datetime(2026, 9, 29, 9, tzinfo=CHINA))
    new = submission(2, relation=Relation.REPLACES, received_at=datetime(2026, 10, 8, 9, tzinfo=CHINA), replaces=(1,))
    cells = row_of(workbook(form, old, new)["报送情况"], "青鸾街道总工会")
    assert (cells["是否逾期"], cells["状态"]) == ("否", "已更正")
    assert cells["报送时间"] == datetime(2026, 9, 29, 9)  # noqa: DTZ001 - a workbook knows no zone


def test_who_was_granted_more_time_is_not_late(form: Form) -> None:
    later = submission(received_at=datetime(2026, 10, 8, 9, tzinfo=CHINA))
    content = consolidated(
        *(ROSTER, CAMPAIGN, (later,), (), form),
        organisation_name="云海新区总工会",
        as_of=NOW,
        extensions={"JZ-QL": date(2026, 10, 9)},
    )
    assert row_of(load_workbook(io.BytesIO(content))["报送情况"], "青鸾街道总工会")["是否逾期"] == "否"


def test_every_value_is_traced_to_its_cell(form: Form) -> None:
    blank_cell = Value(None, "", "Sheet1", "M5")
    stored = submission(
        records=(Record(5, {"participants": Value(300, "300余人", "Sheet1", "J5", "at_least"), "remark": blank_cell}),),
        header={"phone": Value("13800000001", "13800000001", "Sheet1", "H3")},
        totals={"participants": Value(300, "300", "Sheet1", "J9")},
    )
    sheet = workbook(form, stored)["数据来源"]
    at = datetime(2026, 9, 24, 15, 2)  # noqa: DTZ001 - a workbook knows no zone
    mail = ("HWM26-0001", at, "附件1.xlsx", "Sheet1")
    assert list(sheet.iter_rows(min_row=2, values_only=True)) == [
        ("青鸾街道总工会", "表头", "联系电话", "138****0001", "138****0001", "确数", *mail, "H3", "ababababab"),
        ("青鸾街道总工会", 1, "接触职工人数", 300, "300余人", "不少于", *mail, "J5", "ababababab"),
        ("青鸾街道总工会", "合计行", "接触职工人数", 300, "300", "确数", *mail, "J9", "ababababab"),
    ]


def test_a_row_that_a_later_table_repeats_counts_once_and_is_marked(form: Form) -> None:
    again = submission(2, records=(record(5), record(6)), relation=Relation.SUPPLEMENTS)
    book = workbook(form, submission(1), again)
    assert column(book["明细"], "序号")[:2] == [1, 2]
    assert sums(book["明细"], "合计")["接触职工人数（人）"] == 600
    assert list(dict.fromkeys(column(book["数据来源"], "明细序号", 1))) == [1, "重复未计", 2]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("林一舟13800000001", "林一舟138****0001"),
        ("138 0000 0001；139-0000-0002", "138****0001；139****0002"),
        ("+8613800000001", "+86138****0001"),
        ("１３８００００１２３４", "１３８****１２３４"),
        ("138.0000.0001，1390 0000 002", "138****0001，139****0002"),
        ("6.15-6.18 2021.09.30", "6.15-6.18 2021.09.30"),
        ("座机00000000", "座机00000000"),
        ("证件11010119900307001X", "证件110*************1X"),
        ("编号2138000000011", "编号2138000000011"),
        ("https://example.org/13800000001", "https://example.org/13800000001"),
    ],
)
def test_personal_numbers_are_hidden_in_the_middle_and_links_stay(form: Form, text: str, shown: str) -> None:
    book = workbook(form, submission(records=(record(remark=value(text)),)))
    assert column(book["明细"], "备注")[0] == shown
    assert {row[3:5] for row in book["数据来源"].iter_rows(values_only=True) if row[2] == "备注"} == {(shown, shown)}


# ---------------------------------------------------------------- what a person still has to look at


def pending(book: Workbook) -> list[tuple[Any, ...]]:
    """Unit, kind, case, cell and words of every line of 待核事项."""
    rows = book["待核事项"].iter_rows(min_row=4, values_only=True)
    return [(row[1], row[2], row[3], row[7], row[8]) for row in rows]


def message(id: int, disposition: Disposition, reason: str, unit: str | None = None) -> StoredMessage:
    return StoredMessage(
        *(id, "demo", "cd" * 32, None, "a@example.org", "", NOW, disposition, None, reason, f"HWM26-{id:04}", unit)
    )


def test_it_lists_what_waits_and_every_doubt_about_what_counts(form: Form) -> None:
    doubt = Finding(Severity.WARNING, "rounded", "第3行“接触职工人数”为约数，请核对", "participants", 0, "Sheet1", "J5")
    unclear = Finding(Severity.NOTICE, "relation-unclear", "未注明“更正”或“补报”")
    book = workbook(
        form,
        submission(1, findings=(doubt, MISSING, replace(doubt, severity=Severity.NOTICE))),
        submission(2, WANGLAN, status=Status.REVIEW, current=False, findings=(unclear,)),
        news=(message(7, Disposition.REVIEW, "提及本次活动，未附统计表"),),
    )
    assert pending(book) == [
        ("望澜街道总工会", "待人工核对", "HWM26-0002", None, "未注明“更正”或“补报”"),
        ("a@example.org", "待人工判断", "HWM26-0007", None, "提及本次活动，未附统计表"),
        ("青鸾街道总工会", "请核对", "HWM26-0001", "J5", doubt.text),
        ("青鸾街道总工会", "待补正", "HWM26-0001", None, MISSING.text),
    ]


def test_a_file_that_nobody_could_read_is_open_until_a_table_comes(form: Form) -> None:
    unread = message(7, Disposition.UNREADABLE, "附件有打开密码", "JZ-QL")
    assert pending(workbook(form, news=(unread,))) == [
        ("青鸾街道总工会", "无法读取", "HWM26-0007", None, "附件有打开密码")
    ]
    assert column(workbook(form, submission(), news=(unread,))["待核事项"], "序号") == ["无待核事项。"]


# ---------------------------------------------------------------- what every cell keeps


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_unit_becomes_a_formula(form: Form, text: str) -> None:
    hostile = record(
        title=value(text),
        venue=value(text),
        remark=value(text),
        participants=value(None, text),
        form_codes=value((text,)),
    )
    stored = submission(
        unit=replace(QINGLUAN, code="X", name=text),
        records=(hostile,),
        attachment=text,
        header={"reporter": value(text)},
    )
    content = consolidated(ROSTER, CAMPAIGN, (stored,), (), form, organisation_name=text, as_of=NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}
    assert not any(re.search(r"<f[ >/]|<hyperlink", xml) for name, xml in parts.items() if "worksheets" in name)
    cells = [c for sheet in load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for c in row]
    written = [c for c in cells if c.value == text]
    assert len(written) >= 8
    assert {c.data_type for c in written} == {"s"}
    if text[0] in "=+-@":
        assert all(c.quotePrefix for c in written)


@settings(max_examples=12, deadline=None)
@given(text=st.text(st.characters(exclude_categories=()), max_size=60), number=st.integers(-(10**15), 10**15))
def test_any_text_and_any_number_can_be_written(text: str, number: int) -> None:
    form = forms.load("activities")
    odd = record(title=value(text), date_start=value(text), promoters=value(number), participants=value(number, text))
    book = workbook(form, submission(records=(odd,), attachment=text))
    assert column(book["明细"], "接触职工人数（人）")[0] == number


@pytest.mark.parametrize("number", [10**15 + 1, -(10**15) - 1, 10**40])
def test_a_number_that_a_program_would_round_is_written_in_digits(form: Form, number: int) -> None:
    book = workbook(form, submission(records=(record(participants=value(number)),)))
    assert column(book["明细"], "接触职工人数（人）")[0] == str(number)


def test_rows_are_as_high_as_their_text_and_columns_as_wide_as_their_numbers(form: Form) -> None:
    long = record(title=value("知识竞赛" * 20), participants=value(123_456_789_012, precision="approximate"))
    sheet = workbook(form, submission(records=(long, record(6))))["明细"]
    assert sheet.row_dimensions[4].height > 6 * 15 > 2 * sheet.row_dimensions[5].height
    assert sheet.column_dimensions["K"].width >= len("约123,456,789,012")
    assert sheet["K4"].value == 123_456_789_012


def test_every_sheet_is_made_for_paper(form: Form) -> None:
    for sheet in workbook(form, submission()):
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows in ("$1:$3", "$1:$1")
        assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
        assert sheet.freeze_panes in ("C4", "C2")


# ---------------------------------------------------------------- the blank table


def blank(form: Form, unit_name: str | None = None) -> Worksheet:
    return load_workbook(io.BytesIO(blank_form(form, CAMPAIGN.title, unit_name))).worksheets[0]


def test_the_blank_table_has_title_entries_columns_rows_and_instructions(form: Form) -> None:
    sheet = blank(form)
    assert sheet["A1"].value == "2026年“争做中国好网民”主题活动开展线下活动统计表"
    texts = [c.value for row in sheet.iter_rows() for c in row if c.value]
    assert [t for t in texts if t.endswith("：")] == ["填报单位：", "填报人：", "联系电话：", "填报日期：", "审核人："]
    head = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "序号")
    assert head[1:3] == ("活动名称", "活动时间")
    assert "接触职工人数\n（人）" in head
    assert len(head) == 13
    assert texts[-2] == "合计"
    assert texts[-1].startswith("填表说明：\n1.")
    assert "活动名称、活动时间、接触职工人数为必填项。" in texts[-1]
    assert texts[-1].endswith("确无活动的，在第一行写“本期无”报送。")


def read_back(form: Form, content: bytes) -> Reading:
    [reading] = read_tables(read_grids(content), [form], Period(CAMPAIGN.starts_on, CAMPAIGN.deadline, NOW.date()))
    return reading


def test_our_own_reader_knows_the_blank_table_as_blank(form: Form) -> None:
    reading = read_back(form, blank_form(form, CAMPAIGN.title, "青鸾街道总工会"))
    assert reading.header["unit_raw"].content == "青鸾街道总工会"
    assert (reading.records, reading.zero_report) == ((), False)
    assert "no-rows" in {finding.code for finding in reading.findings}


def filled(content: bytes, entries: Mapping[str, str], cells: Mapping[str, Any]) -> bytes:
    """The blank table after a unit wrote beside its entries and into its first row."""
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    at = {str(cell.value).replace("\n", ""): cell for row in sheet.iter_rows() for cell in row if cell.value}
    for label, text in entries.items():
        ends = [merged.max_col for merged in sheet.merged_cells.ranges if at[label].coordinate in merged]
        sheet.cell(at[label].row, (ends or [at[label].column])[0] + 1, text)
    for head, content_of_cell in cells.items():
        sheet.cell(at[head].row + 1, at[head].column, content_of_cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_our_own_reader_takes_the_table_that_a_unit_has_filled_in(form: Form) -> None:
    entries = {"填报单位：": "青鸾街道总工会", "填报人：": "林一舟", "联系电话：": "13800000001"}
    cells = {
        "活动名称": "知识竞赛",
        "活动时间": "2026年6月15日",
        "活动地点": "职工之家",
        "活动形式": "知识竞赛",
        "接触职工人数（人）": 120,
    }
    reading = read_back(form, filled(blank_form(form, CAMPAIGN.title, None), entries, cells))
    [found] = reading.records
    assert reading.findings == ()
    assert {field: reading.header[field].content for field in ("unit_raw", "reporter", "phone")} == {
        "unit_raw": "青鸾街道总工会",
        "reporter": "林一舟",
        "phone": "13800000001",
    }
    assert found.values["participants"].content == 120
    assert found.values["date_start"].content == "2026-06-15"


def test_the_words_that_the_blank_table_asks_for_make_a_zero_report(form: Form) -> None:
    reading = read_back(form, filled(blank_form(form, CAMPAIGN.title, "青鸾街道总工会"), {}, {"活动名称": "本期无"}))
    assert reading.zero_report


def test_between_the_columns_and_the_total_there_are_eight_empty_rows(form: Form) -> None:
    first = [c.value for c in blank(form)["A"]]
    between = first[first.index("序号") + 1 : first.index("合计")]
    assert between == [None] * 8


def test_the_unit_s_name_is_filled_in_where_it_is_known(form: Form) -> None:
    sheet = blank(form, "=青鸾街道总工会")
    [cell] = [c for row in sheet.iter_rows() for c in row if c.value == "=青鸾街道总工会"]
    assert cell.quotePrefix


def test_the_choices_are_offered_and_others_allowed(form: Form) -> None:
    [rule] = blank(form).data_validations.dataValidation
    assert rule.formula1.startswith('"知识竞赛,主题演讲,公益活动')
    assert not rule.showErrorMessage


def test_a_form_with_few_columns_and_no_block_gives_a_table_as_well(form: Form) -> None:
    small = replace(form, column=form.column[:2], header=form.header[:2], checks=forms.Checks(), rows=forms.RowWords())
    texts = [c.value for row in blank(small).iter_rows() for c in row if c.value]
    assert texts[1:5] == ["填报单位：", "填报人：", "序号", "活动名称"]
    assert blank(replace(small, header=())).max_column == 2
