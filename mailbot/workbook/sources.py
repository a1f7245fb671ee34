"""数据来源: where each value stands in what was sent."""

from collections.abc import Iterator, Mapping

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.domain import StoredSubmission
from mailbot.workbook import sheets
from mailbot.workbook.collected import Collected, words
from parsers.form import Form
from parsers.reading import Precision, Reading, Value

TITLES = ("单位", "受理号", "邮件（SHA-256）", "附件", "工作表", "单元格", "行", "栏目", "原文", "登记值", "精度")
PRECISION: Mapping[Precision, str] = {
    "exact": "确数",
    "approximate": "约数",
    "at_least": "不少于",
    "inferred": "部分推定",
}


def sources(sheet: Worksheet, collected: Collected) -> None:
    """Fill the sheet: a row for every cell of every table that counts, empty ones left out."""
    sheets.heads(sheet, 1, TITLES)
    row = 2
    for standing in collected.standings:
        for stored in standing.counting:
            for line in _lines(stored, collected.form):
                sheets.line(sheet, row, (standing.unit.name, *line))
                row += 1
    sheets.paper(sheet, [22, 14, 24, 24, 12, 8, 8, 20, 28, 28, 10], 1)


def _lines(stored: StoredSubmission, form: Form) -> Iterator[tuple[sheets.Content, ...]]:
    mail = (stored.case, stored.sha256, stored.submission.attachment)
    titles = {c.field: c.title for c in form.column} | {f.field: f.title for f in form.header}
    for place, field, value in _values(stored.submission.reading):
        if value.content is None and not value.raw:
            continue
        content = value.content if isinstance(value.content, int) else words(value, form.options(field))
        where = (value.sheet, value.cell, place, titles.get(field, field))
        yield (*mail, *where, value.raw, content, PRECISION[value.precision])


def _values(reading: Reading) -> Iterator[tuple[int | str | None, str, Value]]:
    """Every value as (row of the sender's sheet or 合计, field, value)."""
    yield from ((None, field, value) for field, value in reading.header.items())
    for record in reading.records:
        yield from ((record.row, field, value) for field, value in record.values.items())
    yield from (("合计", field, value) for field, value in reading.totals.items())
