"""How a sheet is written: text that can never become a formula, the faces of an office, paper of A4 across."""

import io
import re
from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

Content = str | int | float | date | None

TITLE = Font(name="宋体", size=16, bold=True)
HEAD = Font(name="宋体", size=11, bold=True)
BODY = Font(name="仿宋", size=11)
SHORT, LONG = "正文居中", "正文居左"
MOST_CHARACTERS = 32_767
"""What one cell holds in every spreadsheet program."""

_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_GREY = PatternFill("solid", fgColor="EDEDED")
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def new_book() -> Workbook:
    """A workbook without a sheet. Cells have named styles: to give each its faces anew takes most of the time."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, alignment in ((SHORT, _MIDDLE), (LONG, _LEFT)):
        book.add_named_style(NamedStyle(name, font=BODY, border=_BOX, alignment=alignment))
    return book


def put(sheet: Worksheet, row: int, column: int, content: Content, form: str = "", note: str = "") -> Cell:
    """Write one boxed cell. A text stays text, whatever it begins with; `form` is a number format, `note` a comment.

    Numbers stand in the middle and so does everything short; long text stands left.
    """
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    cell.style = LONG if isinstance(content, str) and len(content) > 12 else SHORT
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
    """Text as a workbook can hold it: without what XML forbids, and not longer than a cell."""
    return _NO_XML.sub("", text)[:MOST_CHARACTERS]


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
    sheet.row_dimensions[row].height = 30
    for column in range(1, width + 1):
        sheet.cell(row, column).border = Border()


def heads(sheet: Worksheet, row: int, texts: Sequence[str]) -> None:
    """The titles of the columns."""
    for column, text in enumerate(texts, start=1):
        cell = put(sheet, row, column, text)
        cell.font, cell.fill, cell.alignment = HEAD, _GREY, _MIDDLE
    sheet.row_dimensions[row].height = 45


def section(sheet: Worksheet, row: int, width: int, text: str) -> None:
    """A line over the whole table that names the rows below it."""
    across(sheet, row, 1, width, text, HEAD).alignment = _LEFT


def paper(sheet: Worksheet, widths: Sequence[float], head_row: int, fixed_columns: int = 0) -> None:
    """A4 across, as wide as the page, everything down to `head_row` on top of every page and of the screen."""
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = sheet.cell(head_row + 1, fixed_columns + 1).coordinate
    sheet.print_title_rows = f"1:{head_row}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    foot = sheet.oddFooter
    if foot is not None and foot.center is not None:  # openpyxl gives every sheet both, empty ones being false
        foot.center.text = "第 &P 页，共 &N 页"


def saved(book: Workbook) -> bytes:
    """The workbook as a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
