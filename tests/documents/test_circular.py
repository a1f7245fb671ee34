"""The draft circular, read back from the Word document."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Pt

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign, Organisation
from mailbot.decide.standing import Standing, standings
from mailbot.documents.circular import circular, name
from mailbot.domain.campaign import Unit
from mailbot.domain.mail import Disposition, StoredMessage
from mailbot.domain.submission import Evidence, Relation, Status, StoredSubmission, Submission
from parsers.reading import Finding, Reading, Record, Severity, Value
from parsers.reading.zero_reports import REASON

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2021, 10, 8, 8, 30, tzinfo=CHINA)
IN_TIME, LATE = datetime(2021, 9, 24, 15, 2, tzinfo=CHINA), datetime(2021, 10, 1, 0, 1, tzinfo=CHINA)
CAMPAIGN = Campaign(
    id="hwm-2021",
    title="2021年“争做中国好网民”主题活动",
    starts_on=date(2021, 5, 1),
    deadline=date(2021, 9, 30),
    ends_on=date(2021, 12, 31),
    case_prefix="HWM21",
)
OFFICE = Organisation(name="云海新区总工会", department="宣传网络部", phones=("00000000",))
PARK = Unit("KF", "科创园区总工会", category="开发区", quota=2)
QINGLUAN, WANGLAN, HEYU = (
    Unit(code, f"{place}街道总工会", category="街镇")
    for code, place in (("QL", "青鸾"), ("WL", "望澜"), ("HY", "鹤屿"))
)
SCHOOLS, PLANT = Unit("JY", "教育系统工会", category="系统"), Unit("LG", "临港发电厂工会", category="驻区")
UNITS = (PARK, QINGLUAN, WANGLAN, HEYU, SCHOOLS, PLANT)
TO_CORRECT = Finding(Severity.ERROR, "missing-value", "第3行“接触职工人数”为空，请补充")


def sent(
    unit: Unit,
    received_at: datetime = IN_TIME,
    *,
    status: Status = Status.ACCEPTED,
    findings: tuple[Finding, ...] = (),
    zero_report: bool = False,
) -> StoredSubmission:
    records = () if zero_report else (Record(5, {"title": Value(f"{unit.name}知识竞赛", "知识竞赛")}),)
    reading = Reading("activities", "Sheet1", "rows", "", {}, records, zero_report=zero_report)
    judged = Submission(
        *("附件1.xlsx", reading, unit.code, unit.name, Evidence.TABLE, status, Relation.NEW),
        *(status is not Status.REVIEW, findings),
    )
    number = 1 + UNITS.index(unit)
    return StoredSubmission(
        number, number, f"HWM21-{number:04}", "ab" * 32, "a@example.org", received_at, number, judged
    )


def account(
    *submissions: StoredSubmission,
    units: Sequence[Unit] = UNITS,
    news: tuple[StoredMessage, ...] = (),
    extensions: dict[str, date] | None = None,
) -> tuple[Standing, ...]:
    return standings(Roster(tuple(units)), CAMPAIGN, submissions, news, extensions or {})


def draft(standings: Sequence[Standing], campaign: Campaign = CAMPAIGN, now: datetime = NOW) -> Paper:
    return Document(io.BytesIO(circular(standings, campaign, OFFICE, now)))


def lines(paper: Paper) -> list[str]:
    return [paragraph.text for paragraph in paper.paragraphs]


def text(paper: Paper) -> str:
    return "\n".join(lines(paper))


def table(paper: Paper) -> list[list[str]]:
    """The rows; a cell over several columns counts once."""
    rows = []
    for row in paper.tables[0].rows:
        cells = {id(cell._tc): cell.text for cell in row.cells}
        rows.append(list(cells.values()))
    return rows


def test_it_says_how_many_have_reported_and_who_has_not_in_roster_order() -> None:
    paper = draft(account(sent(WANGLAN), sent(QINGLUAN)))
    assert lines(paper)[:12] == [
        "（草稿，仅供内部审核，不得外发。按 2021年10月8日8:30 的登记情况生成，印发前请核对并删去本行。）",
        "关于2021年“争做中国好网民”主题活动统计表报送情况的通报",
        "各开发区、街镇总工会，各系统单位工会，各驻区单位工会：",
        "按照2021年“争做中国好网民”主题活动安排，各单位应于 2021年9月30日 前报送统计表。"
        "现将截至 2021年10月8日8:30 的报送情况通报如下。",
        "一、总体情况",
        "应报单位 6 家，已报 2 家，上报率 33.3%。其中，按期报送 2 家。",
        "各单位应开展活动 7 场，已报送 2 场。",
        "分类别看：开发区应报 1 家，已报 0 家，上报率 0.0%；街镇应报 3 家，已报 2 家，上报率 66.7%；"
        "系统及直属应报 1 家，已报 0 家，上报率 0.0%；驻区应报 1 家，已报 0 家，上报率 0.0%。",
        "二、报送较好的单位",
        "按期报送、内容齐全且达到场次要求的单位有 2 家：青鸾街道总工会、望澜街道总工会。",
        "三、尚未报送的单位",
        "截至目前尚未报送统计表的单位有 4 家（按名录顺序）。",
    ]
    assert lines(paper)[12:16] == [
        "开发区（1 家）：科创园区总工会。",
        "街镇（1 家）：鹤屿街道总工会。",
        "系统及直属（1 家）：教育系统工会。",
        "驻区（1 家）：临港发电厂工会。",
    ]


def test_it_ends_with_what_is_asked_and_a_signature_with_a_day_without_leading_zeros() -> None:
    assert [line for line in lines(draft(account()))[-11:] if line] == [
        "请尚未报送的单位报送统计表，于 2021年10月11日 前发送至原报送邮箱。",
        "如有特殊情况，请与我部联系，联系电话：00000000。",
        "特此通报。",
        "附件：统计表报送情况表",
        "云海新区总工会宣传网络部",
        "2021年10月8日",
        "附件",
        "统计表报送情况表",
    ]


def test_who_must_improve_is_named_with_the_reason() -> None:
    paper = draft(account(sent(PARK), sent(QINGLUAN, findings=(TO_CORRECT,)), sent(WANGLAN, LATE)))
    assert "其中，按期报送 2 家，逾期报送 1 家。" in text(paper)
    assert "（一）内容尚待补正的单位有 1 家：青鸾街道总工会。" in lines(paper)
    assert "（二）场次未达到要求的单位有 1 家：科创园区总工会（应 2 场，已报 1 场）。" in lines(paper)
    assert "（三）逾期报送的单位有 1 家：望澜街道总工会。" in lines(paper)
    assert "报送较好" not in text(paper)
    assert "内容尚待补正的单位完善后重新报送" in text(paper)


def test_a_table_that_waits_for_our_own_decision_makes_nobody_late() -> None:
    paper = draft(account(sent(WANGLAN, status=Status.REVIEW)))
    assert "待核：另有 1 家单位的来件已收到、正在核对，核对前不作认定：望澜街道总工会。" in lines(paper)
    assert "街镇（2 家）：青鸾街道总工会、鹤屿街道总工会。" in lines(paper)
    assert "另有 1 份来表待人工核对，请先处理。）" in lines(paper)[0]


def letter(
    unit: str | None, disposition: Disposition | None, sender: str = "", code: str | None = None
) -> StoredMessage:
    return StoredMessage(9, "demo", "cd" * 32, None, sender, "", IN_TIME, disposition, code, "", "HWM21-0099", unit)


@pytest.mark.parametrize(
    "waiting",
    [
        letter("WL", Disposition.REVIEW),
        letter(None, None, "wanglan@example.org"),
        letter(None, Disposition.UNREADABLE, "WangLan@example.org", "quarantined"),
    ],
)
def test_a_unit_of_which_a_mail_waits_is_named_nowhere_but_among_those_that_wait(waiting: StoredMessage) -> None:
    units = tuple(replace(unit, emails=("wanglan@example.org",)) if unit is WANGLAN else unit for unit in UNITS)
    for reported in ((), (sent(WANGLAN, IN_TIME - timedelta(days=1), findings=(TO_CORRECT,)),)):
        paper = draft(account(*reported, units=units, news=(waiting,)))
        named = [line for line in lines(paper) if "望澜" in line]
        assert named == ["待核：另有 1 家单位的来件已收到、正在核对，核对前不作认定：望澜街道总工会。"]


def test_a_table_that_may_be_of_several_units_makes_none_of_them_late() -> None:
    table = sent(WANGLAN, status=Status.REVIEW)
    nobodys = replace(table.submission, unit=None, unit_name=None, candidates=("WL", "HY"))
    paper = draft(account(replace(table, submission=nobodys)))
    assert "街镇（1 家）：青鸾街道总工会。" in lines(paper)
    assert "另有 1 份来表待人工核对，请先处理。）" in lines(paper)[0]


def test_mail_that_is_not_read_yet_is_told_in_the_draft() -> None:
    paper = Document(io.BytesIO(circular(account(), CAMPAIGN, OFFICE, NOW, unread=2)))
    assert "；另有 2 封来件尚未读取。）" in lines(paper)[0]


def test_who_was_granted_more_time_is_not_named_as_missing_before_it_ends() -> None:
    granted = {"QL": date(2021, 10, 8), "WL": date(2021, 10, 7)}
    paper = draft(account(extensions=granted))
    assert "街镇（2 家）：望澜街道总工会、鹤屿街道总工会。" in lines(paper)
    assert "以下单位经同意延期报送：青鸾街道总工会（2021年10月8日 前）。" in lines(paper)


def test_a_report_of_no_activity_is_a_report_but_no_merit() -> None:
    paper = draft(account(sent(QINGLUAN, zero_report=True)))
    assert "已报 1 家，上报率 16.7%。其中，按期报送 1 家，零报告 1 家。" in text(paper)
    assert "零报告的单位有 1 家：青鸾街道总工会。" in lines(paper)
    assert "场次未达到要求" not in text(paper)
    assert "报送较好" not in text(paper)


def test_a_report_of_no_activity_keeps_its_reason() -> None:
    report = sent(QINGLUAN, zero_report=True)
    reading = replace(report.submission.reading, header={REASON: Value("场地维修", "本期无（场地维修）")})
    paper = draft(account(replace(report, submission=replace(report.submission, reading=reading))))
    assert "零报告的单位有 1 家：青鸾街道总工会（场地维修）。" in lines(paper)
    assert "零报告（场地维修）" in [row[-1] for row in table(paper)]


def test_a_table_with_doubts_is_not_praised() -> None:
    doubt = Finding(Severity.WARNING, "unlikely-size", "第5行“接触职工人数”数字过大，请核对")
    paper = draft(account(sent(QINGLUAN, findings=(doubt,))))
    assert "报送较好" not in text(paper)
    assert "已收（有待核对内容）" in [row[-1] for row in table(paper)]


def test_who_sent_news_and_no_table_is_told_apart() -> None:
    news = StoredMessage(
        *(9, "demo", "cd" * 32, None, "a@example.org", "", NOW, Disposition.INFORMATION, None, "", None, "HY")
    )
    assert "其中，已报送活动信息、尚未报送统计表的单位有：鹤屿街道总工会。" in lines(draft(account(news=(news,))))


def test_where_all_have_reported_nothing_is_asked() -> None:
    units = (QINGLUAN, WANGLAN)
    paper = draft(account(sent(QINGLUAN), sent(WANGLAN), units=units))
    assert "上报率 100.0%" in text(paper)
    assert not any(words in text(paper) for words in ("尚未报送", "需进一步完善", "有关要求"))


def test_nothing_is_asked_for_after_the_campaign() -> None:
    paper = draft(account(), now=datetime(2021, 12, 31, 9, tzinfo=CHINA))
    assert "报送统计表，于" not in text(paper)


def test_an_empty_roster_gives_a_draft_as_well() -> None:
    assert "应报单位 0 家，已报 0 家，上报率 —" in text(draft(()))


def test_the_table_lists_every_unit_below_its_section_with_sums() -> None:
    assert table(draft(account(sent(QINGLUAN), sent(WANGLAN, LATE), units=(PARK, QINGLUAN, WANGLAN)))) == [
        ["序号", "单位", "应报", "已报", "报送时间", "是否逾期", "状态"],
        ["（一）开发区", "1", "0", "上报率 0.0%"],
        ["1", "科创园区总工会", "是", "否", "", "", "未报"],
        ["（二）街镇", "2", "2", "上报率 100.0%"],
        ["2", "青鸾街道总工会", "是", "是", "9月24日15:02", "否", "已收（齐全）"],
        ["3", "望澜街道总工会", "是", "是", "10月1日0:01", "是", "已收（齐全）"],
        ["合计", "3", "2", "上报率 66.7%"],
    ]


def test_paper_and_lines_are_those_of_official_letters() -> None:
    paper = draft(account())
    section = paper.sections[0]
    lengths = (section.page_width, section.page_height, section.top_margin, section.left_margin, section.right_margin)
    assert [round(length.mm) for length in lengths if length is not None] == [210, 297, 37, 28, 26]
    normal = paper.styles["Normal"].paragraph_format  # type: ignore[attr-defined]  # a paragraph style has one
    assert (normal.line_spacing_rule, normal.line_spacing) == (WD_LINE_SPACING.EXACTLY, Pt(28))


@pytest.mark.parametrize(
    ("line", "face", "size"),
    [
        ("关于2021年“争做中国好网民”主题活动统计表报送情况的通报", "方正小标宋简体", 22),
        ("一、总体情况", "黑体", 16),
        ("特此通报。", "仿宋_GB2312", 16),
        ("2021年10月8日", "仿宋_GB2312", 16),
    ],
)
def test_faces_are_those_that_offices_expect(line: str, face: str, size: int) -> None:
    (run,) = next(paragraph.runs for paragraph in draft(account()).paragraphs if paragraph.text == line)
    fonts = run.element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == face
    assert run.font.size == Pt(size)


@pytest.mark.parametrize(
    ("department", "signed", "dated"),
    [("宣传网络部", 2, 5.5), ("工会", 2, 2.5), ("", 3.5, 2)],
)
def test_the_day_stands_two_characters_in_from_the_signature_or_two_from_the_edge(
    department: str, signed: float, dated: float
) -> None:
    """GB/T 9704-2012 section 7.3.5.2; the day is six and a half characters wide."""
    office = OFFICE.model_copy(update={"department": department})
    paper = Document(io.BytesIO(circular(account(), CAMPAIGN, office, NOW)))
    last = [p for p in paper.paragraphs if p.text in (office.signature, "2021年10月8日")]
    assert [p.paragraph_format.right_indent for p in last] == [Pt(16 * signed), Pt(16 * dated)]


def test_the_file_has_a_short_name() -> None:
    assert name(CAMPAIGN) == "HWM21报送情况通报草稿.docx"


def test_a_roster_with_odd_names_gives_a_draft() -> None:
    odd = replace(QINGLUAN, name="<w:p>&\x00\x0b青鸾")
    assert "青鸾" in text(draft(account(units=(odd,))))
