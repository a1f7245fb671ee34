"""Fills the sheet 数据来源: the file, sheet and cell that each value came from."""

from collections.abc import Iterator, Mapping

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.decide.display import PRECISION
from mailbot.documents.workbook import sheets
from mailbot.documents.workbook.collected import MOMENT, Collected, words
from mailbot.domain.submission import StoredSubmission
from parsers.forms.form import Form
from parsers.reading import Reading, Value, zero_reports

TITLES = (
    *("单位", "明细序号", "栏目", "登记值", "原文", "精度"),
    *("受理号", "收到时间", "附件", "工作表", "单元格", "邮件（SHA-256前10位）"),
)
NOT_COUNTED = "重复未计"
"""Of a row that an earlier table of the unit has too."""


def sources(sheet: Worksheet, collected: Collected) -> None:
    """Fill the sheet: a row for every cell of every table that counts, empty ones left out."""
    sheets.heads(sheet, 1, TITLES)
    numbers = {(stored.id, id(record)): n for n, (_, stored, record) in enumerate(collected.rows(), start=1)}
    row = 2
    for standing in collected.standings:
        for stored in standing.counting:
            mail = (stored.case, collected.local(stored.received_at), stored.submission.attachment)
            for place, what, value in _lines(stored, numbers, collected.form):
                where = (value.sheet, value.cell, stored.sha256[:10])
                told = (*what, value.raw, PRECISION[value.precision])
                sheets.line(sheet, row, (standing.unit.name, place, *told, *mail, *where))
                sheet.cell(row, 8).number_format = MOMENT
                row += 1
    sheet.auto_filter.ref = f"A1:L{max(row - 1, 1)}"
    sheets.paper(sheet, [26, 9, 20, 30, 30, 9, 14, 17, 26, 10, 8, 13], 1, 2)


def _lines(
    stored: StoredSubmission, numbers: Mapping[tuple[int, int], int], form: Form
) -> Iterator[tuple[int | str, tuple[str, sheets.Content], Value]]:
    """(place in 明细, (column, value), where it comes from) of all that is not empty."""
    titles = {c.field: c.title for c in form.column} | {f.field: f.title for f in form.header}
    titles[zero_reports.REASON] = zero_reports.TITLE
    for place, field, value in _values(stored.id, stored.submission.reading, numbers):
        if value.content is not None or value.raw:
            content = value.content if isinstance(value.content, int) else words(value, form.options(field))
            yield place, (titles.get(field, field), content), value


def _values(
    id_: int, reading: Reading, numbers: Mapping[tuple[int, int], int]
) -> Iterator[tuple[int | str, str, Value]]:
    """Every value as (number of the row in 明细, or the part of the table; field; value)."""
    yield from (("表头", field, value) for field, value in reading.header.items())
    for record in reading.records:
        place = numbers.get((id_, id(record)), NOT_COUNTED)
        yield from ((place, field, value) for field, value in record.values.items())
    yield from (("合计行", field, value) for field, value in reading.totals.items())
