"""Fills the sheets 分单位, what each unit owed and did, and 报送情况, who has reported and when."""

from collections.abc import Iterator, Sequence

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.decide.dead_contacts import contact_remarks
from mailbot.decide.standing import Standing, totals_and_rows
from mailbot.decide.unit_state import (
    granted_in_words,
    is_late,
    percent,
    reported,
    sections,
    state_in_words,
    zero_report_in_words,
)
from mailbot.documents.workbook import sheets
from mailbot.documents.workbook.blank import headed
from mailbot.documents.workbook.collected import MOMENT, Collected, put_figure, roughness, top

NUMERALS = "一二三四五六七八九十"  # the roster knows five categories
SHARE = "0.0"


def by_unit(sheet: Worksheet, collected: Collected) -> None:
    """Fill the sheet 分单位: a section for each category, a row for each unit, sums for both."""
    counts = collected.form.counts
    width = 8 + len(counts)
    top(sheet, collected, width, f"{collected.form.title}（分单位）")
    known = ["序号", "单位", "应开展\n场次", "已开展\n场次", "完成率\n（%）"]
    sheets.heads(sheet, 3, [*known, *map(headed, counts), "信息报送\n（条）", "报送时间", "备注"])
    row, number = 4, 1
    for numeral, (name, mine) in zip(NUMERALS, sections(collected.standings), strict=False):
        sheets.section(sheet, row, width, f"（{numeral}）{name}")
        for standing in mine:
            row += 1
            _figures(sheet, row, collected, [standing], percent_too=standing.reported)
            sheets.line(sheet, row, (number, standing.unit.name))
            _put_moment(sheet, row, width - 1, standing, collected)
            sheets.put(sheet, row, width, "；".join(_remarks(standing, collected)))
            number += 1
        row += 1
        _sums(sheet, row, width, collected, mine, "小计")
        row += 1
    _sums(sheet, row, width, collected, collected.standings, "合计")
    sheets.note(sheet, row + 1, width, "；".join(_notes(collected)))
    sheets.paper(sheet, [5, 26, 8, 8, 9, *(11 for _ in counts), 9, 17, 18], 3, 2)


def _sums(sheet: Worksheet, row: int, width: int, collected: Collected, mine: Sequence[Standing], text: str) -> None:
    _figures(sheet, row, collected, mine, percent_too=True)
    sheets.across(sheet, row, 1, 2, text)
    sheets.across(sheet, row, width - 1, width, f"已报 {reported(mine)} 家，共 {len(mine)} 家")
    sheets.emphasize(sheet, row, width)


def _figures(sheet: Worksheet, row: int, collected: Collected, mine: Sequence[Standing], *, percent_too: bool) -> None:
    """Everything that is a number: what was owed, what was done, and how much of everything."""
    owed, held = sum(s.quota for s in mine), sum(s.activities for s in mine)
    sheets.line(sheet, row, (owed, held), first=3)
    sheets.put(sheet, row, 5, percent(held, owed) if percent_too else None, SHARE)
    for n, column in enumerate(collected.form.counts, start=6):
        put_figure(sheet, row, n, column, collected.form, mine)
    sheets.put(sheet, row, 6 + len(collected.form.counts), sum(s.news for s in mine))


def _remarks(standing: Standing, collected: Collected) -> Iterator[str]:
    if not standing.reported:
        yield state_in_words(standing)
    elif granted := granted_in_words(standing):
        yield granted
    if standing.is_zero_report:
        yield zero_report_in_words(standing)
    if any(roughness([standing], column) != "exact" for column in collected.form.counts):
        yield "含约数"
    repeating = [column.field for column in collected.form.counts if column.sums == "notice"]
    if any(len(totals_and_rows(standing, field)[1]) > 1 for field in repeating):
        yield "各场相加①"
    if standing.open_errors:
        yield "有待补正内容"
    yield from contact_remarks(standing.unit, collected.dead)


def _notes(collected: Collected) -> Iterator[str]:
    yield "注：约数以“约”“余”标出"
    repeating = "、".join(column.title for column in collected.form.counts if column.sums == "notice")
    if repeating:
        yield f"①单位未报合计行，{repeating}由各场相加，可能重复计数"


def reports(sheet: Worksheet, collected: Collected) -> None:
    """Fill the sheet 报送情况: who owed a report, who gave it and when, and the share of each section."""
    titles = ("序号", "单位", "应报", "已报", "报送时间", "是否逾期", "状态")
    top(sheet, collected, len(titles), "统计表报送情况")
    sheets.heads(sheet, 3, titles)
    row, number = 4, 1
    for numeral, (name, mine) in zip(NUMERALS, sections(collected.standings), strict=False):
        _shares(sheet, row, collected, mine, f"（{numeral}）{name}")
        for standing in mine:
            row += 1
            owes = standing.unit.code in collected.owing
            sheets.line(sheet, row, (number, standing.unit.name, _yes(owes), _yes(standing.reported)))
            _put_moment(sheet, row, 5, standing, collected)
            late = _yes(is_late(standing, collected.as_of)) if standing.reported else None
            sheets.line(sheet, row, (late, state_in_words(standing)), first=6)
            number += 1
        row += 1
    _shares(sheet, row, collected, collected.standings, "合计")
    sheets.paper(sheet, [8, 40, 12, 12, 24, 14, 40], 3, 2)


def _shares(sheet: Worksheet, row: int, collected: Collected, mine: Sequence[Standing], text: str) -> None:
    """How many owe a report, and how many of these have reported."""
    owing = [standing for standing in mine if standing.unit.code in collected.owing]
    sheets.across(sheet, row, 1, 2, text)
    sheets.line(sheet, row, (len(owing), reported(owing)), first=3)
    rate = percent(reported(owing), len(owing))
    sheets.across(sheet, row, 5, 7, f"上报率 {rate}%" if rate is not None else None)
    sheets.emphasize(sheet, row, 7)


def _yes(fact: bool) -> str:
    return "是" if fact else "否"


def _put_moment(sheet: Worksheet, row: int, n: int, standing: Standing, collected: Collected) -> None:
    at = standing.reported_at
    sheets.put(sheet, row, n, collected.local(at) if at else None, MOMENT)
