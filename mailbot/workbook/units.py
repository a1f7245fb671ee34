"""分单位: what each unit owed and what it did; 报送情况: who has reported, and when."""

from collections.abc import Iterator, Sequence

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.decide.standing import Standing, counted_records
from mailbot.domain import Relation
from mailbot.workbook import sheets
from mailbot.workbook.blank import titled
from mailbot.workbook.collected import Collected, percent, put_figure, roughness, top

NUMERALS = "一二三四五六七八九十"  # the roster knows five categories
MOMENT = "yyyy-mm-dd hh:mm"


def by_unit(sheet: Worksheet, collected: Collected) -> None:
    """Fill the sheet 分单位: a section for each category, a row for each unit."""
    counts = collected.counts
    width = 8 + len(counts)
    top(sheet, collected, width, f"{collected.form.title}（分单位）")
    known = ["序号", "单位", "应开展场次", "已开展场次", "完成率（%）"]
    sheets.heads(sheet, 3, [*known, *map(titled, counts), "信息报送（条）", "报送时间", "备注"])
    row, number = 4, 1
    for numeral, (category, mine) in zip(NUMERALS, _by_category(collected.standings), strict=False):
        sheets.section(sheet, row, width, f"（{numeral}）{category}")
        for standing in mine:
            row += 1
            _figures(sheet, row, collected, [standing], percent_too=standing.reported)
            sheets.line(sheet, row, (number, standing.unit.name))
            _put_moment(sheet, row, width - 1, standing, collected)
            sheets.put(sheet, row, width, "；".join(_remarks(standing, collected)))
            number += 1
        row += 1
    _figures(sheet, row, collected, collected.standings, percent_too=True)
    sheets.across(sheet, row, 1, 2, "合计", sheets.HEAD)
    sheets.across(sheet, row, width - 1, width, None)
    sheets.paper(sheet, [6, 26, 10, 10, 10, *(12 for _ in counts), 10, 18, 30], 3, 2)


def _figures(sheet: Worksheet, row: int, collected: Collected, mine: Sequence[Standing], *, percent_too: bool) -> None:
    """Everything that is a number: what was owed, what was done, and how much of everything."""
    owed, held = sum(s.quota for s in mine), sum(s.activities for s in mine)
    sheets.line(sheet, row, (owed, held), first=3)
    sheets.put(sheet, row, 5, percent(held, owed) if percent_too else None, "0.0")
    for n, column in enumerate(collected.counts, start=6):
        put_figure(sheet, row, n, column, collected.form, mine)
    sheets.put(sheet, row, 6 + len(collected.counts), sum(s.news for s in mine))


def _by_category(mine: Sequence[Standing]) -> Iterator[tuple[str, list[Standing]]]:
    for category in dict.fromkeys(standing.unit.category for standing in mine):
        yield category or "其他", [standing for standing in mine if standing.unit.category == category]


def _remarks(standing: Standing, collected: Collected) -> Iterator[str]:
    if any(roughness([standing], column) != "exact" for column in collected.counts):
        yield "含约数"
    added = [c.title for c in collected.counts if c.sums == "notice" and _added_up(standing, c.field)]
    if added:
        yield f"{'、'.join(added)}由各场相加，可能重复"
    if standing.open_errors:
        yield "有待补正内容"


def _added_up(standing: Standing, field: str) -> bool:
    """Whether the unit's figure is a sum over several activities that no total of its own stands for."""
    totalled = {s.id for s in standing.counting if field in s.submission.reading.totals}
    alone = [s for s, record in counted_records(standing.counting) if field in record.values and s.id not in totalled]
    return len(alone) > 1


def reports(sheet: Worksheet, collected: Collected) -> None:
    """Fill the sheet 报送情况."""
    titles = ("序号", "单位", "应报", "已报", "报送时间", "是否逾期", "状态")
    top(sheet, collected, len(titles), "报送情况")
    sheets.heads(sheet, 3, titles)
    for number, standing in enumerate(collected.standings, start=1):
        row = 3 + number
        owes = standing.unit.code in collected.owing
        sheets.line(sheet, row, (number, standing.unit.name, _yes(owes), _yes(standing.reported)))
        _put_moment(sheet, row, 5, standing, collected)
        sheets.put(sheet, row, 6, _yes(collected.late(standing)) if standing.reported else None)
        sheets.put(sheet, row, 7, _state(standing))
    owing = [s for s in collected.standings if s.unit.code in collected.owing]
    reported = sum(s.reported for s in owing)
    rate = f"，上报率 {percent(reported, len(owing))}%" if owing else ""
    last = 4 + len(collected.standings)
    sheets.across(sheet, last, 1, len(titles), f"应报 {len(owing)} 家，已报 {reported} 家{rate}", sheets.HEAD)
    sheets.paper(sheet, [8, 32, 10, 10, 22, 12, 36], 3, 2)


def _yes(fact: bool) -> str:
    return "是" if fact else "否"


def _put_moment(sheet: Worksheet, row: int, n: int, standing: Standing, collected: Collected) -> None:
    at = standing.reported_at
    sheets.put(sheet, row, n, collected.local(at) if at else None, MOMENT)


def _state(standing: Standing) -> str:
    """In the words of domain.md 5.3."""
    if not standing.reported:
        return "待人工核对" if standing.waiting else "未报"
    submissions = [stored.submission for stored in standing.counting]
    if standing.open_errors:
        state = "已收（待补正）"
    elif all(submission.reading.zero_report for submission in submissions):
        state = "零报告"
    else:
        named = {Relation.REPLACES: "已更正", Relation.SUPPLEMENTS: "已补报"}
        state = named.get(submissions[-1].relation, "已收（齐全）")
    return f"{state}；另有来表待人工核对" if standing.waiting else state
