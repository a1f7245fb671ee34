"""Fills the sheet 明细: a row for each activity, in roster order."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.decide.unit_state import day_words
from mailbot.documents.workbook import sheets
from mailbot.documents.workbook.blank import columns_to_fill, headed, widths
from mailbot.documents.workbook.collected import NUMBER, ROUGH, Collected, figures, put_figure, roughness, top, words
from parsers.forms.form import Column, Form
from parsers.reading import Record, Value

DAY = 'yyyy"年"m"月"d"日"'
SIGNED = "+#,##0;-#,##0;0"
NOTES = (
    "约数以“约”“余”标出，原文见批注；未能识别的按原文列示，不计入合计。",
    "单位报有合计行的，可能重复计数的各栏按其合计行计入，与各行之和的差额列于“按单位合计行调整”。",
)


def details(sheet: Worksheet, collected: Collected) -> None:
    """Fill the sheet; the cells of one unit's name are merged."""
    form = collected.form
    columns = [column for column in columns_to_fill(form) if column.kind != "number"]
    width = 2 + len(columns)
    top(sheet, collected, width, f"{form.title}（汇总）")
    sheets.heads(sheet, 3, ["单位", "序号", *map(headed, columns)])
    row = 4
    for _unit, mine in groupby(collected.rows(), key=lambda found: found[0].unit.code):
        first = row
        for standing, stored, record in mine:
            sheets.line(sheet, row, (standing.unit.name, row - 3))
            for n, column in enumerate(columns, start=3):
                _write(sheet, row, n, column, record, form)
            if stored.submission.reading.layout == "summary":
                sheets.put(sheet, row, 3, "（按单位合计填报）")
            row += 1
        _merge(sheet, first, row - 1)
    row = _sums(sheet, row, columns, collected)
    sheets.note(sheet, row, width, "注：" + "".join(f"{n}.{text}" for n, text in enumerate(NOTES, start=1)))
    sheets.paper(sheet, [16, 5, *widths(columns)], 3, 2)


def _merge(sheet: Worksheet, first: int, last: int) -> None:
    """One cell for the unit's name."""
    if last > first:
        for row in range(first + 1, last + 1):
            sheet.cell(row, 1).value = None
        sheet.merge_cells(start_row=first, start_column=1, end_row=last, end_column=1)


def _sums(sheet: Worksheet, row: int, columns: Sequence[Column], collected: Collected) -> int:
    """Write the total, above it what it is made of where units' own totals differ from their rows; the row below."""
    counts = [(n, column) for n, column in enumerate(columns, start=3) if column.kind == "count"]
    form, all_units = collected.form, collected.standings
    added = {column.field: _added(collected, column) for _, column in counts}
    wrong = {c.field: (figures(all_units, form, c) or 0) - added[c.field] for _, c in counts}
    if any(wrong.values()):
        _label(sheet, row, len(columns), "各行之和", counts)
        _label(sheet, row + 1, len(columns), "按单位合计行调整", counts)
        for n, column in counts:
            sheets.put(sheet, row, n, added[column.field], NUMBER[roughness(all_units, column)])
            sheets.put(sheet, row + 1, n, wrong[column.field] or None, SIGNED)
        row += 2
    _label(sheet, row, len(columns), "合计", counts)
    for n, column in counts:
        put_figure(sheet, row, n, column, form, all_units)
    sheets.emphasize(sheet, row, 2 + len(columns))
    return row + 1


def _label(sheet: Worksheet, row: int, columns: int, text: str, counts: Sequence[tuple[int, Column]]) -> None:
    for n in range(1, columns + 3):
        sheets.put(sheet, row, n, None)
    sheets.across(sheet, row, 1, counts[0][0] - 1 if counts else columns + 2, text, sheets.HEAD)


def _added(collected: Collected, column: Column) -> int:
    """The sum of what the sheet shows in a column."""
    values = (record.values.get(column.field) for _, _, record in collected.rows())
    return sum(value.content for value in values if value and isinstance(value.content, int))


def _write(sheet: Worksheet, row: int, n: int, column: Column, record: Record, form: Form) -> None:
    value = record.values.get(column.field)
    if value is None:
        sheets.put(sheet, row, n, None)
    elif value.content is None:
        sheets.put(sheet, row, n, value.raw, note="未能识别，按原文列示" if value.raw else "")
    elif isinstance(value.content, int):
        note = f"原文：{value.raw}" if value.precision in ROUGH else ""
        sheets.put(sheet, row, n, value.content, NUMBER[value.precision], note)
    elif column.kind == "days":
        sheets.put(sheet, row, n, _days(value, record.values.get(column.end)), DAY)
    else:
        sheets.put(sheet, row, n, words(value, form.options(column.field)))


def _days(value: Value, last: Value | None) -> date | str:
    """One day as a day; several in words; what is no certain day as the unit wrote it."""
    if value.precision in ROUGH:
        return value.raw
    try:
        first_day = date.fromisoformat(str(value.content))
        last_day = date.fromisoformat(str(last.content)) if last and last.content else first_day
    except ValueError:
        return value.raw
    return first_day if first_day == last_day else f"{day_words(first_day)}至{day_words(last_day)}"
