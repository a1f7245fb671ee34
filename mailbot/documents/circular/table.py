"""The table of all units at the end of the circular: who has reported, when, and how it stands."""

from collections.abc import Sequence
from datetime import datetime

from docx.document import Document as DocxDocument
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row

from mailbot.decide.standing import Standing
from mailbot.decide.unit_state import is_late, reported, sections, state_in_words
from mailbot.documents.circular.layout import BODY, HEADING, SIZE_2, SIZE_5, TITLE, add_line, element, set_page, write
from mailbot.documents.circular.text import NUMERALS, moment_words, rate_words

COLUMNS = (("序号", 12), ("单位", 47), ("应报", 12), ("已报", 12), ("报送时间", 31), ("是否逾期", 12), ("状态", 30))
"""Of the table, with their widths in millimetres; together those of the type area (156)."""


def add_table(document: DocxDocument, standings: Sequence[Standing], now: datetime) -> None:
    """The table of all units on pages of its own, its titles on each of them."""
    set_page(document.add_section(WD_SECTION.NEW_PAGE))
    add_line(document, "附件", font=HEADING, indent=0)
    title = document.add_paragraph(style="Title")
    write(title, "统计表报送情况表", TITLE, SIZE_2)
    table = document.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, (_, width) in zip(table.columns, COLUMNS, strict=True):
        column.width = Mm(width)
    _fill_row(table.rows[0], [text for text, _ in COLUMNS], HEADING)
    table.rows[0]._tr.get_or_add_trPr().append(element("w:tblHeader"))  # the titles stand on every page
    number = 0
    for numeral, (text, mine) in zip(NUMERALS, sections(standings), strict=False):
        _add_sums(table, mine, f"（{numeral}）{text}")
        for standing in mine:
            number += 1
            _add_row(table, [str(number), standing.unit.name, *_status_cells(standing, now)])
    _add_sums(table, standings, "合计")


def _status_cells(standing: Standing, now: datetime) -> list[str]:
    at = standing.reported_at
    when = moment_words(at.astimezone(now.tzinfo)).partition("年")[2] if at else ""
    late = ("是" if is_late(standing, now) else "否") if standing.reported else ""
    return ["是", "是" if standing.reported else "否", when, late, state_in_words(standing)]


def _add_sums(table: Table, mine: Sequence[Standing], text: str) -> None:
    cells = _add_row(table, ["", "", str(len(mine)), str(reported(mine)), "", "", ""], HEADING)
    for first, last, words in ((0, 1, text), (4, 6, rate_words(mine))):
        merged = cells[first].merge(cells[last])
        for paragraph in merged.paragraphs[1:]:
            paragraph._element.getparent().remove(paragraph._element)
        _fill_cell(merged, words, HEADING)


def _add_row(table: Table, texts: Sequence[str], font: str = BODY) -> list[_Cell]:
    """Add a row, which stays on one page."""
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]  # python-docx leaves it bare
    row._tr.get_or_add_trPr().append(element("w:cantSplit"))
    return _fill_row(row, texts, font)


def _fill_row(row: _Row, texts: Sequence[str], font: str) -> list[_Cell]:
    cells = list(row.cells)
    for cell, text, (_, width) in zip(cells, texts, COLUMNS, strict=True):
        cell.width, cell.vertical_alignment = Mm(width), WD_CELL_VERTICAL_ALIGNMENT.CENTER
        _fill_cell(cell, text, font)
    return cells


def _fill_cell(cell: _Cell, text: str, font: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.line_spacing = Pt(16)
    if text:
        write(paragraph, text, font, SIZE_5)
