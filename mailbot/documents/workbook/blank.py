"""Builds the blank table that units fill in, from the form."""

from collections.abc import Iterator, Sequence

from openpyxl.styles import Alignment, Border
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.documents.workbook import sheets
from parsers.forms.form import Column, Form, HeaderField

ROWS = 8
WIDTHS = {"number": 5, "count": 10, "days": 15.5, "choices": 11, "text": 15}
"""In characters, so that the whole table fits across a page in letters that can be read."""
WIDE = 22
"""Of the first text, which is what the activity is called."""
ENTRY_WIDTH = 16
"""What an entry of the block above the table needs at least, in characters."""


def blank_form(form: Form, campaign_title: str, unit_name: str | None) -> bytes:
    """An .xlsx with the form's title, its block of entries, eight empty rows, a row for totals, and how to fill it in.

    Where `unit_name` is given, it is filled in.
    """
    book = sheets.new_book()
    sheet = book.create_sheet("统计表")
    columns = columns_to_fill(form)
    wide = list(widths(columns))
    sheets.title(sheet, 1, len(columns), campaign_title + form.title)
    head_row = 1 + _entries(sheet, 2, form.header, wide, {"unit_raw": unit_name})
    sheets.heads(sheet, head_row, [headed(column) for column in columns])
    for row in range(head_row + 1, head_row + 1 + ROWS):
        for n in range(1, len(columns) + 1):
            sheets.put(sheet, row, n, None)
        sheet.row_dimensions[row].height = 28
    total_row = head_row + 1 + ROWS
    _total(sheet, total_row, columns, form)
    _choices(sheet, columns, form, head_row + 1, total_row - 1)
    _notes(sheet, total_row + 1, columns, form)
    sheets.paper(sheet, wide, head_row)
    return sheets.saved(book)


def columns_to_fill(form: Form) -> list[Column]:
    """The columns of a table with one activity a row; the last day of a `days` column stands with the first."""
    ends = {column.end for column in form.column}
    return [column for column in form.column if column.layout == "any" and column.field not in ends]


def headed(column: Column) -> str:
    """The column's title with its measure on a line of its own: 接触职工人数（人）."""
    return f"{column.title}\n（{column.unit}）" if column.unit else column.title


def widths(columns: Sequence[Column]) -> Iterator[float]:
    """How wide the columns of a table are."""
    name = next((column for column in columns if column.kind == "text"), None)
    for column in columns:
        yield WIDE if column is name else WIDTHS[column.kind]


def _total(sheet: Worksheet, row: int, columns: Sequence[Column], form: Form) -> None:
    """An empty row for the unit's own totals."""
    first = next((n for n, column in enumerate(columns, start=1) if column.kind == "count"), 2)
    word = form.rows.total[0] if form.rows.total else "合计"
    sheets.across(sheet, row, 1, first - 1, word, sheets.HEAD)
    for n in range(first, len(columns) + 1):
        sheets.put(sheet, row, n, None)


def _entries(
    sheet: Worksheet, row: int, header: Sequence[HeaderField], widths: Sequence[float], filled: dict[str, str | None]
) -> int:
    """Each entry as label and space side by side, in as many rows as they need; the last of these rows."""
    start = 1
    for field in header:
        label = f"{field.title}："
        spans = _spans(widths, start, (2 * len(label), ENTRY_WIDTH))
        if spans is None:
            row, start = row + 1, 1
            spans = _spans(widths, start, (2 * len(label), ENTRY_WIDTH)) or ((1, 1), (2, len(widths)))
        sheets.across(sheet, row, *spans[0], label, sheets.HEAD).alignment = Alignment("right", "center")
        sheets.across(sheet, row, *spans[1], filled.get(field.field)).alignment = Alignment("left", "center")
        start = spans[1][1] + 1
    for line in range(2, row + 1):
        sheet.row_dimensions[line].height = 24
    return row


def _spans(widths: Sequence[float], start: int, needs: Sequence[int]) -> tuple[tuple[int, int], ...] | None:
    """For each need the fewest columns that are wide enough, as (first, last); None where too few are left."""
    found = []
    for need in needs:
        last = start
        while sum(widths[start - 1 : last]) < need:
            if last >= len(widths):
                return None
            last += 1
        if last > len(widths):
            return None
        found.append((start, last))
        start = last + 1
    return tuple(found)


def _choices(sheet: Worksheet, columns: Sequence[Column], form: Form, first: int, last: int) -> None:
    """Offer the form's choices in a list; other words and several of them may be written all the same."""
    for n, column in enumerate(columns, start=1):
        offered = '"' + ",".join(option.title for option in form.options(column.field)) + '"'
        if column.kind == "choices" and 2 < len(offered) <= 255:  # the most that a list in place may hold
            letter = get_column_letter(n)
            rule = DataValidation("list", formula1=offered, allow_blank=True, showErrorMessage=False)
            rule.add(f"{letter}{first}:{letter}{last}")
            sheet.add_data_validation(rule)


def _notes(sheet: Worksheet, row: int, columns: Sequence[Column], form: Form) -> None:
    lines = list(_instructions(columns, form))
    cell = sheets.across(sheet, row, 1, len(columns), "填表说明：\n" + "\n".join(lines))
    cell.alignment = Alignment("left", "top", wrap_text=True)
    for n in range(1, len(columns) + 1):
        sheet.cell(row, n).border = Border()
    sheet.row_dimensions[row].height = 18 * (len(lines) + 1)


def _instructions(columns: Sequence[Column], form: Form) -> Iterator[str]:
    must = "、".join(column.title for column in columns if column.need == "must")
    sentences = ["每场活动填一行，行数不够可在合计行之上插入；请保留列名。"]
    if must:
        sentences.append(f"{must}为必填项。")
    sentences.append("时间请写明年月日；连续多日的，写起止日期，中间用“至”。")
    sentences.append("数量只填数字，单位以列名为准；没有的填 0。")
    # shorter words of nothing count only where they stand alone in a cell
    zero = next((word for word in form.rows.zero if len(word) > 2), None)
    if zero:
        sentences.append(f"确无活动的，在第一行写“{zero}”报送。")
    yield from (f"{n}.{sentence}" for n, sentence in enumerate(sentences, start=1))
