"""Writes sheets with openpyxl: texts that never become formulas, Chinese office fonts, A4 landscape."""

import io
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.domain.masking import masked

Content = str | int | float | date | None

TITLE = Font(name="宋体", size=18, bold=True)
HEAD = Font(name="黑体", size=10.5)
BODY = Font(name="仿宋", size=10.5)
SHORT, LONG = "正文居中", "正文居左"
SHORT_TEXT = 20
"""Characters of a text that stands in the middle; a longer one stands left."""
LINE, LEAST, MOST = 15, 21, 409
"""Heights in points: of one line of text, of the lowest row, and of the highest that programs know."""
MOST_CHARACTERS = 32_767
"""What one cell holds in every spreadsheet program."""
MOST_EXACT = 10**15
"""Above this, programs drop digits of a number."""

_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_GREY = PatternFill("solid", fgColor="EDEDED")
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_RIGHT = Alignment(horizontal="right", vertical="center")
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def new_book(title: str = "", organisation: str = "") -> Workbook:
    """A workbook without a sheet. Cells have named styles: to give each its faces anew takes most of the time."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.creator = plain(title), plain(organisation)
    for name, alignment in ((SHORT, _MIDDLE), (LONG, _LEFT)):
        book.add_named_style(NamedStyle(name, font=BODY, border=_BOX, alignment=alignment))
    return book


def put(sheet: Worksheet, row: int, column: int, content: Content, form: str = "", note: str = "") -> Cell:
    """Write one boxed cell. A text stays text, whatever it begins with; `form` is a number format, `note` a comment.

    Numbers stand in the middle and so does everything short; long text stands left. A number that a program would
    round becomes text.
    """
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(content, int) and abs(content) > MOST_EXACT:
        content = str(content)
    cell.style = LONG if isinstance(content, str) and len(content) > SHORT_TEXT else SHORT
    if isinstance(content, str):
        text = plain(content)
        cell.value = text or None
        if text:
            cell.data_type = "s"  # openpyxl would make "=1+1" a formula and "#REF!" an error
            cell.quotePrefix = text[0] in "=+-@"  # and a program where the cell is edited shall not either
    else:
        cell.value = content
    if form:
        cell.number_format = form
    if note:
        cell.comment = Comment(plain(note), "mailbot")
    return cell


def line(sheet: Worksheet, row: int, contents: Sequence[Content], first: int = 1) -> None:
    """Write cells side by side."""
    for column, content in enumerate(contents, start=first):
        put(sheet, row, column, content)


def plain(text: str) -> str:
    """Text as a workbook that is handed on can hold it.

    Without what XML forbids, not longer than a cell, and with the middle of personal numbers hidden (domain.md 5.6).
    """
    return masked(_NO_XML.sub("", text))[:MOST_CHARACTERS]


def across(sheet: Worksheet, row: int, first: int, last: int, content: Content, font: Font = BODY) -> Cell:
    """Write one cell over several columns, boxed all round."""
    for column in range(first, last + 1):
        sheet.cell(row, column).border = _BOX
    cell = put(sheet, row, first, content)
    cell.font = font
    if last > first:
        sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)
    return cell


def title(sheet: Worksheet, row: int, width: int, text: str) -> None:
    """The large line over the whole table."""
    cell = across(sheet, row, 1, width, text, TITLE)
    cell.alignment = _MIDDLE
    sheet.row_dimensions[row].height = 36
    _open(sheet, row, width)


def subtitle(sheet: Worksheet, row: int, width: int, left: str, right: str) -> None:
    """The line between title and table: who, and as of when."""
    half = width // 2
    across(sheet, row, 1, half, left).alignment = _LEFT
    across(sheet, row, half + 1, width, right).alignment = _RIGHT
    _open(sheet, row, width)


def note(sheet: Worksheet, row: int, width: int, text: str) -> None:
    """A line below the table."""
    across(sheet, row, 1, width, text).alignment = _LEFT
    _open(sheet, row, width)


def _open(sheet: Worksheet, row: int, width: int) -> None:
    for column in range(1, width + 1):
        sheet.cell(row, column).border = Border()


def heads(sheet: Worksheet, row: int, texts: Sequence[str]) -> None:
    """The titles of the columns."""
    for column, text in enumerate(texts, start=1):
        cell = put(sheet, row, column, text)
        cell.font, cell.fill, cell.alignment = HEAD, _GREY, _MIDDLE


def section(sheet: Worksheet, row: int, width: int, text: str) -> None:
    """A line over the whole table that names the rows below it."""
    across(sheet, row, 1, width, text, HEAD).alignment = _LEFT


def emphasize(sheet: Worksheet, row: int, width: int) -> None:
    """Show a row of sums as such."""
    for column in range(1, width + 1):
        sheet.cell(row, column).font = HEAD
        sheet.cell(row, column).fill = _GREY


def paper(sheet: Worksheet, widths: Sequence[float], head_row: int, fixed_columns: int = 0) -> None:
    """A4 across, as wide as the page, everything down to `head_row` on top of every page and of the screen.

    Columns have the `widths` (in characters) or what their numbers need, rows the height that their text needs: not
    every program finds that by itself. A row that has a height keeps it.
    """
    fitting = [max(width, _number_width(sheet, n, head_row)) for n, width in enumerate(widths, start=1)]
    for column, width in enumerate(fitting, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, height in _heights(sheet, fitting):
        if sheet.row_dimensions[row].height is None:
            sheet.row_dimensions[row].height = height
    sheet.freeze_panes = sheet.cell(head_row + 1, fixed_columns + 1).coordinate
    sheet.print_title_rows = f"1:{head_row}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.7, 0.3
    foot = sheet.oddFooter
    if foot is not None and foot.center is not None:  # openpyxl gives every sheet both, empty ones being false
        foot.center.text = "第 &P 页，共 &N 页"


def _number_width(sheet: Worksheet, column: int, head_row: int) -> float:
    """What the widest number of a column needs: one that is wider than its column is shown as ####."""
    needs: list[float] = [0]
    for (cell,) in sheet.iter_rows(min_row=head_row + 1, min_col=column, max_col=column):
        if isinstance(cell.value, int | float):
            needs.append(len(f"{cell.value:,}") + (2 if '"' in cell.number_format else 0) + 2)
    return max(needs)


def _heights(sheet: Worksheet, widths: Sequence[float]) -> Iterator[tuple[int, float]]:
    """(row, points) of every row, from the text of its cells; a cell over several rows takes its share of each."""
    spans = {(r.min_row, r.min_col): (r.max_row - r.min_row + 1, r.max_col) for r in sheet.merged_cells.ranges}
    needs: dict[int, float] = {}
    for row, contents in enumerate(sheet.iter_rows(values_only=True), start=1):
        for column, content in enumerate(contents, start=1):
            rows, last = spans.get((row, column), (1, column))
            room = sum(widths[column - 1 : last])
            need = max(LEAST, (LINE * lines_of(content, room) + 6) / rows)
            for covered in range(row, row + rows):
                needs[covered] = max(needs.get(covered, 0), need)
    for row, need in needs.items():
        yield row, min(MOST, need)


def lines_of(content: object, room: float) -> int:
    """How many lines a text takes in a column of so many characters, of which a Chinese one counts twice."""
    if not isinstance(content, str):
        return 1
    return sum(max(1, math.ceil(_text_width(part) / max(1, room - 0.9))) for part in content.split("\n"))


def _text_width(text: str) -> int:
    return sum(1 if unicodedata.east_asian_width(c) in ("H", "Na", "N") else 2 for c in text)


def saved(book: Workbook) -> bytes:
    """The workbook as a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
