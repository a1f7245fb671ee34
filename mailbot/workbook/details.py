"""明细: one row an activity, in roster order."""

from datetime import date

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.decide.standing import counted_records
from mailbot.workbook import sheets
from mailbot.workbook.blank import WIDTHS, columns_to_fill, titled
from mailbot.workbook.collected import NUMBER, ROUGH, Collected, day_words, put_figure, top, words
from parsers.form import Column, Form
from parsers.reading import Record, Value

NOTE = "注：单位报有合计行的，可能重复计数的各栏按其合计行计入，与各行之和可能不同；约数以“约”“余”标出，原文见批注。"
DAY = 'yyyy"年"m"月"d"日"'


def details(sheet: Worksheet, collected: Collected) -> None:
    """Fill the sheet; the cells of one unit's name are merged."""
    form = collected.form
    columns = [column for column in columns_to_fill(form) if column.kind != "number"]
    width = 2 + len(columns)
    top(sheet, collected, width, f"{form.title}（汇总）")
    sheets.heads(sheet, 3, ["单位", "序号", *map(titled, columns)])
    row = 4
    for standing in collected.standings:
        first = row
        for stored, record in counted_records(standing.counting):
            sheets.line(sheet, row, (standing.unit.name, row - 3))
            for n, column in enumerate(columns, start=3):
                _write(sheet, row, n, column, record, form)
            if stored.submission.reading.layout == "summary":
                sheets.put(sheet, row, 3, "（按单位合计填报）")
            row += 1
        if row > first + 1:
            sheet.merge_cells(start_row=first, start_column=1, end_row=row - 1, end_column=1)
    _sums(sheet, row, columns, collected)
    sheets.across(sheet, row + 1, 1, width, NOTE)
    sheets.paper(sheet, [22, 6, *(WIDTHS[column.kind] for column in columns)], 3, 2)


def _sums(sheet: Worksheet, row: int, columns: list[Column], collected: Collected) -> None:
    start = 3 + next((n for n, column in enumerate(columns) if column.kind == "count"), len(columns))
    sheets.across(sheet, row, 1, start - 1, "合计", sheets.HEAD)
    for n, column in enumerate(columns[start - 3 :], start=start):
        if column.kind == "count":
            put_figure(sheet, row, n, column, collected.form, collected.standings)
        else:
            sheets.put(sheet, row, n, None)


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
