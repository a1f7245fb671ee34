"""The draft of a circular on who has reported (通报草稿), a Word document for staff alone.

Units never get it: whoever signs it reads it, changes it and sends it (domain.md 0.9, 5.5). Paper, faces, lines and
signature are those of GB/T 9704-2012, sections 5 and 7.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from mailbot.config import Campaign, Organisation
from mailbot.decide.overview import day_words, is_late, is_zero_report, percent, reported, sections, state
from mailbot.decide.standing import Standing

DAYS_TO_REPORT = 2
"""Working days until which late tables are asked for, as in an overdue letter."""
NUMERALS = "一二三四五六七八九十"
TITLE, HEADING, BODY, MARK = "方正小标宋简体", "黑体", "仿宋_GB2312", "楷体_GB2312"
LATIN = "Times New Roman"
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = Pt(22), Pt(16), Pt(14), Pt(10.5)
"""二号, 三号, 四号, 五号."""
EM = SIZE_3
BLACK = RGBColor(0, 0, 0)
LINE = Pt(28)
COLUMNS = (("序号", 12), ("单位", 47), ("应报", 12), ("已报", 12), ("报送时间", 31), ("是否逾期", 12), ("状态", 30))
"""Of the table, with their widths in millimetres; together those of the type area (156)."""

ADDRESSEES = (
    (("开发区", "街镇"), "各{}总工会"),
    (("系统", "直属"), "各{}单位工会"),
    (("驻区",), "各{}单位工会"),
)


def name(campaign: Campaign) -> str:
    """What the file is called: HWM21报送情况通报草稿.docx; short enough for every mail program."""
    return f"{campaign.case_prefix}报送情况通报草稿.docx"


def circular(standings: Sequence[Standing], campaign: Campaign, organisation: Organisation, now: datetime) -> bytes:
    """The draft as a .docx: how many have reported, who did well, who has not, and the table of all.

    `standings` are those of the units that owe a report, in roster order; `now` is aware and gives the zone. A unit
    whose table waits for a person of ours, or that has been given more time, is never named as missing.
    """
    paper = _paper(f"关于{campaign.title}统计表报送情况的通报", organisation.signature, now)
    _mark(paper, standings, now)
    title = paper.add_paragraph(style="Title")
    _write(title, f"关于{campaign.title}统计表报送情况的通报", TITLE, SIZE_2)
    _line(paper, f"{_addressees(standings)}：", indent=0)
    _line(paper, _opening(campaign, now))
    for numeral, part in zip(NUMERALS, _parts(standings, campaign, organisation, now), strict=False):
        _line(paper, f"{numeral}、{part.title}", face=HEADING)
        for text in part.lines:
            _line(paper, text)
    for text in ("特此通报。", "", "附件：统计表报送情况表"):
        _line(paper, text).paragraph_format.keep_with_next = True  # a signature never stands alone on a page
    _signature(paper, organisation.signature, day_words(now))
    _annex(paper, standings, now)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


# ---------------------------------------------------------------- what it says


@dataclass(frozen=True, slots=True)
class Part:
    """One numbered part of the text."""

    title: str
    lines: tuple[str, ...]


def _addressees(standings: Sequence[Standing]) -> str:
    """各开发区、街镇总工会，各系统、直属单位工会: of the categories that are there."""
    there = {standing.unit.category for standing in standings}
    found = [
        pattern.format("、".join(category for category in categories if category in there))
        for categories, pattern in ADDRESSEES
        if there & set(categories)
    ]
    return "，".join(found) or "各单位工会"


def _opening(campaign: Campaign, now: datetime) -> str:
    return (
        f"按照{campaign.title}安排，各单位应于 {day_words(campaign.deadline)} 前报送统计表。"
        f"现将截至 {_moment(now)} 的报送情况通报如下。"
    )


def _moment(now: datetime) -> str:
    return f"{day_words(now)}{now.hour}:{now:%M}"


def _parts(
    standings: Sequence[Standing], campaign: Campaign, organisation: Organisation, now: datetime
) -> Iterator[Part]:
    yield Part("总体情况", tuple(_overall(standings, now)))
    done = [s for s in standings if s.reported and not (s.open_errors or s.below_quota or is_late(s, now))]
    well = [s for s in done if not is_zero_report(s)]
    if well:
        yield Part("报送较好的单位", (f"按期报送、内容齐全且达到场次要求的单位有 {len(well)} 家：{_names(well)}。",))
    to_improve = tuple(_to_improve(standings, now))
    if to_improve:
        yield Part("需进一步完善的单位", to_improve)
    missing = [s for s in standings if _is_missing(s, now)]
    if missing:
        yield Part("尚未报送的单位", tuple(_missing(missing)))
    asked = tuple(_asked(missing, standings, campaign, organisation, now))
    if asked:
        yield Part("有关要求", asked)


def _overall(standings: Sequence[Standing], now: datetime) -> Iterator[str]:
    late = sum(s.reported and is_late(s, now) for s in standings)
    zero = sum(is_zero_report(s) for s in standings)
    number = reported(standings)
    kinds = [f"按期报送 {number - late} 家"]
    kinds += [f"逾期报送 {late} 家"] if late else []
    kinds += [f"零报告 {zero} 家"] if zero else []
    text = f"应报单位 {len(standings)} 家，已报 {number} 家，{_rate(standings)}。其中，{'，'.join(kinds)}。"
    waiting = [s for s in standings if s.waiting and not s.reported]
    if waiting:
        text += f"另有 {len(waiting)} 家单位的统计表已收到、正在核对，暂未计入已报：{_names(waiting)}。"
    yield text
    yield f"各单位应开展活动 {_sum(s.quota for s in standings)} 场，已报送 {_sum(s.activities for s in standings)} 场。"
    shares = (
        f"{title}应报 {len(mine)} 家，已报 {reported(mine)} 家，{_rate(mine)}" for title, mine in sections(standings)
    )
    yield f"分类别看：{'；'.join(shares)}。"


def _sum(numbers: Iterator[int]) -> str:
    return f"{sum(numbers):,}"


def _rate(standings: Sequence[Standing]) -> str:
    share = percent(reported(standings), len(standings))
    return "上报率 —" if share is None else f"上报率 {share}%"


def _to_improve(standings: Sequence[Standing], now: datetime) -> Iterator[str]:
    groups = (
        ("内容尚待补正的单位", [s for s in standings if s.reported and s.open_errors], False),
        ("场次未达到要求的单位", [s for s in standings if s.below_quota], True),
        ("逾期报送的单位", [s for s in standings if s.reported and is_late(s, now)], False),
    )
    filled = [group for group in groups if group[1]]
    for numeral, (what, mine, with_numbers) in zip(NUMERALS, filled, strict=False):
        told = "、".join(map(_with_numbers, mine)) if with_numbers else _names(mine)
        yield f"（{numeral}）{what}有 {len(mine)} 家：{told}。"


def _with_numbers(standing: Standing) -> str:
    return f"{standing.unit.name}（应 {standing.quota} 场，已报 {standing.activities} 场）"


def _is_missing(standing: Standing, now: datetime) -> bool:
    """Nothing of it came that counts or waits, and its time is over."""
    return not standing.reported and not standing.waiting and now.date() > standing.deadline


def _missing(missing: Sequence[Standing]) -> Iterator[str]:
    yield f"截至目前尚未报送统计表的单位有 {len(missing)} 家（按名录顺序）。"
    for title, mine in sections(missing):
        yield f"{title}（{len(mine)} 家）：{_names(mine)}。"
    news = [s for s in missing if s.news]
    if news:
        yield f"其中，已报送活动信息、尚未报送统计表的单位有：{_names(news)}。"


def _asked(
    missing: Sequence[Standing],
    standings: Sequence[Standing],
    campaign: Campaign,
    organisation: Organisation,
    now: datetime,
) -> Iterator[str]:
    """What is asked for, as long as the campaign takes tables."""
    until = campaign.calendar.working_day(now.date(), DAYS_TO_REPORT)
    wanted = ["尚未报送的单位补报统计表"] if missing else []
    wanted += ["内容尚待补正的单位完善后重新报送"] if any(s.reported and s.open_errors for s in standings) else []
    if wanted and until <= campaign.ends_on:
        yield f"请{'，'.join(wanted)}，于 {day_words(until)} 前发送至原报送邮箱。"
    more_time = [s for s in standings if not s.reported and now.date() <= s.deadline]
    if more_time:
        told = "、".join(f"{s.unit.name}（{day_words(s.deadline)} 前）" for s in more_time)
        yield f"以下单位经同意延期报送：{told}。"
    if wanted and organisation.phones:
        yield f"如有特殊情况，请与我部联系，联系电话：{'、'.join(organisation.phones)}。"


def _names(standings: Sequence[Standing]) -> str:
    return "、".join(standing.unit.name for standing in standings)


# ---------------------------------------------------------------- how it looks


def _paper(title: str, author: str, now: datetime) -> Paper:
    """An empty document: A4, margins, faces and lines, page numbers — 1 — outside."""
    paper = Document()
    properties = paper.core_properties
    properties.title, properties.author, properties.comments = title, author, ""
    properties.created = properties.modified = now.replace(tzinfo=None)
    section = paper.sections[0]
    _margins(section)
    for style_name in ("Normal", "Title"):
        style = paper.styles[style_name]
        assert isinstance(style, ParagraphStyle)
        _lines(style)
    paper.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    return paper


def _margins(section: Section) -> None:
    """GB/T 9704-2012 section 5.2.1: 37 mm above, 28 mm left, a type area of 156 × 225 mm."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)


def _lines(style: ParagraphStyle) -> None:
    style.font.name, style.font.size = LATIN, SIZE_3
    face = style.element.get_or_add_rPr()
    face.get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    language = _element("w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")
    face.append(language)
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    form.space_before = form.space_after = Pt(0)
    form.widow_control = True
    if style.name == "Title":
        form.alignment, form.line_spacing, form.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(34), LINE
        for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
            style.element.get_or_add_pPr().remove(border)


def _write(paragraph: Paragraph, text: str, face: str = BODY, size: Pt = SIZE_3) -> Run:
    """Add text, without what a document cannot hold. The hint keeps the quotation marks “…” in the Chinese face."""
    run = paragraph.add_run("".join(c for c in text if c.isprintable() or c == "\u3000"))
    run.font.name, run.font.size, run.font.bold = LATIN, size, False
    run.font.color.rgb = BLACK
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), face)
    fonts.set(qn("w:hint"), "eastAsia")
    return run


def _line(paper: Paper, text: str, *, face: str = BODY, indent: int = 2) -> Paragraph:
    """One paragraph, its first line two characters in."""
    paragraph = paper.add_paragraph()
    paragraph.paragraph_format.first_line_indent = EM * indent
    paragraph.paragraph_format.keep_with_next = face == HEADING
    _write(paragraph, text, face)
    return paragraph


def _mark(paper: Paper, standings: Sequence[Standing], now: datetime) -> None:
    """Says above all that this is a draft, and what to look at before it is one no more."""
    waiting = sum(len(standing.waiting) for standing in standings)
    text = f"（草稿，仅供内部审核，不得外发。按 {_moment(now)} 的登记情况生成，印发前请核对并删去本行"
    text += f"；另有 {waiting} 份来表待人工核对，请先处理" if waiting else ""
    paragraph = paper.add_paragraph()
    paragraph.paragraph_format.space_after = LINE
    _write(paragraph, text + "。）", MARK, SIZE_4)


def _signature(paper: Paper, signature: str, day: str) -> None:
    """Section 7.3.5.2, without a seal: two characters from the right, the day two characters further in."""
    signed, dated = 2.0, 2.0
    spare = _breadth(signature) + signed - 2 - _breadth(day)
    if spare >= 2:
        dated = spare
    else:
        signed = 2 + _breadth(day) - _breadth(signature) + 2
    for text, empty in (("", 0.0), (signature, signed), (day, dated)):
        paragraph = paper.add_paragraph()
        paragraph.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(EM.pt * empty)
        paragraph.paragraph_format.keep_with_next = text != day
        _write(paragraph, text)


def _breadth(text: str) -> float:
    """In Chinese characters; digits count half."""
    return sum(0.5 if character.isascii() else 1 for character in text)


def _page_number(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """Section 7.5: 四号, with a line on both sides, one character from the outer edge."""
    paragraph.alignment = side
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = SIZE_4
    _write(paragraph, "— ", "宋体", SIZE_4)
    field = _write(paragraph, "", "宋体", SIZE_4)
    code = _element("w:instrText")
    code.text = "PAGE"
    for kind in ("begin", "end"):
        mark = _element("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        field._element.append(mark)
    field._element.insert(-1, code)  # before the end
    _write(paragraph, " —", "宋体", SIZE_4)


def _element(tag: str) -> Any:
    """An element that python-docx has no words for; its own types know only those it has."""
    return OxmlElement(tag)


# ---------------------------------------------------------------- the table


def _annex(paper: Paper, standings: Sequence[Standing], now: datetime) -> None:
    """The table of all units on pages of its own, its titles on each of them."""
    _margins(paper.add_section(WD_SECTION.NEW_PAGE))
    _line(paper, "附件", face=HEADING, indent=0)
    title = paper.add_paragraph(style="Title")
    _write(title, "统计表报送情况表", TITLE, SIZE_2)
    table = paper.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, (_, width) in zip(table.columns, COLUMNS, strict=True):
        column.width = Mm(width)
    _filled(table.rows[0], [text for text, _ in COLUMNS], HEADING)
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))  # the titles stand on every page
    number = 0
    for numeral, (text, mine) in zip(NUMERALS, sections(standings), strict=False):
        _sums(table, mine, f"（{numeral}）{text}")
        for standing in mine:
            number += 1
            _row(table, [str(number), standing.unit.name, *_told(standing, now)])
    _sums(table, standings, "合计")


def _told(standing: Standing, now: datetime) -> list[str]:
    at = standing.reported_at
    when = _moment(at.astimezone(now.tzinfo)).partition("年")[2] if at else ""
    late = ("是" if is_late(standing, now) else "否") if standing.reported else ""
    return ["是", "是" if standing.reported else "否", when, late, state(standing)]


def _sums(table: Table, mine: Sequence[Standing], text: str) -> None:
    cells = _row(table, ["", "", str(len(mine)), str(reported(mine)), "", "", ""], HEADING)
    for first, last, words in ((0, 1, text), (4, 6, _rate(mine))):
        merged = cells[first].merge(cells[last])
        for paragraph in merged.paragraphs[1:]:
            paragraph._element.getparent().remove(paragraph._element)
        _fill(merged, words, HEADING)


def _row(table: Table, texts: Sequence[str], face: str = BODY) -> list[_Cell]:
    """Add a row, which stays on one page."""
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]  # python-docx leaves it bare
    row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
    return _filled(row, texts, face)


def _filled(row: _Row, texts: Sequence[str], face: str) -> list[_Cell]:
    cells = list(row.cells)
    for cell, text, (_, width) in zip(cells, texts, COLUMNS, strict=True):
        cell.width, cell.vertical_alignment = Mm(width), WD_CELL_VERTICAL_ALIGNMENT.CENTER
        _fill(cell, text, face)
    return cells


def _fill(cell: _Cell, text: str, face: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.line_spacing = Pt(16)
    if text:
        _write(paragraph, text, face, SIZE_5)
