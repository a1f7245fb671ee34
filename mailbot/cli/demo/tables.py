"""Fills in tables as units do, for the demo: workbooks and text files, the same bytes on every run."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

Cell = str | int | date | None

TITLE = "贯彻落实“12351+”计划目标任务开展线下活动统计表"
COLUMNS = (
    "序号",
    "活动名称",
    "活动时间",
    "活动地点",
    "活动形式",
    "活动内容",
    "组织动员基层工会数（个）",
    "职工好网民宣传员人数（人）",
    "走进企业数（家）",
    "接触职工人数（人）",
    "覆盖职工网民数（人次）",
    "线上宣传情况",
    "备注",
)
COUNTED = range(6, 11)
"""The positions in COLUMNS that hold counts."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One row, cell by cell as its unit writes it; `counts` are the five columns of COUNTED."""

    title: str
    held_on: Cell
    venue: str
    form: str
    content: str
    counts: tuple[Cell, Cell, Cell, Cell, Cell]
    promotion: str | None = None
    remark: str | None = None

    def cells(self) -> tuple[Cell, ...]:
        """The row's cells after the running number."""
        words = (self.title, self.held_on, self.venue, self.form, self.content)
        return (*words, *self.counts, self.promotion, self.remark)


@dataclass(frozen=True, slots=True)
class Filled:
    """A table that a unit has filled in. `totals` are the figures of its 合计 row; () for a table without one."""

    unit: str
    reporter: str
    phone: str
    filled_on: date
    activities: tuple[Activity, ...] = ()
    totals: tuple[int, ...] = ()
    words: str = ""
    """Written across the first row instead of an activity."""

    def body(self) -> list[list[Cell]]:
        """The rows below the column titles, each as wide as COLUMNS."""
        blank: list[Cell] = [None] * len(COLUMNS)
        rows = [[n, *activity.cells()] for n, activity in enumerate(self.activities, start=1)]
        rows += [[1, self.words, *blank[2:]]] if self.words else []
        if self.totals:
            rows.append(["合计", *blank[1 : COUNTED.start], *self.totals, *blank[COUNTED.stop :]])
        return rows


def workbook(table: Filled, *, head_in_one_cell: bool = False) -> bytes:
    """An .xlsx: 附件1, the title merged over all columns, the head block (in one merged cell or in many), the rows."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Sheet1"
    sheet["A1"], sheet["A2"] = "附件1", TITLE
    sheet["A2"].font, sheet["A2"].alignment = Font(name="宋体", size=16, bold=True), Alignment(horizontal="center")
    width = len(COLUMNS)
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=width)
    head = (
        ("填报单位（盖章）：", table.unit),
        ("填报人：", table.reporter),
        ("联系电话：", table.phone),
        ("填报日期：", f"{table.filled_on.year}年{table.filled_on.month}月{table.filled_on.day}日"),
    )
    if head_in_one_cell:
        sheet["A3"] = "    ".join(label + text for label, text in head)
        sheet.merge_cells(start_row=3, start_column=1, end_row=3, end_column=width)
    else:
        for n, (label, text) in enumerate(head):
            sheet.cell(3, 3 * n + 1, label)
            sheet.cell(3, 3 * n + 2, text)
    for row in (COLUMNS, *table.body()):
        sheet.append(list(row))
    return _saved(book)


def text_file(table: Filled, charset: str) -> bytes:
    """A .csv as a Chinese spreadsheet program saves it; a date is written as 2026/9/3."""
    head = [
        "填报单位：",
        table.unit,
        "填报人：",
        table.reporter,
        "联系电话：",
        table.phone,
        "填报日期：",
        _day(table.filled_on),
    ]
    out = io.StringIO(newline="")
    rows: list[Sequence[Cell]] = [[TITLE], head, COLUMNS, *table.body()]
    csv.writer(out).writerows([_day(c) if isinstance(c, date) else c for c in row] for row in rows)
    return out.getvalue().encode(charset)


def _day(day: date) -> str:
    return f"{day.year}/{day.month}/{day.day}"


def _saved(book: Workbook) -> bytes:
    """The workbook's bytes without the moment of saving, which openpyxl writes into the archive and its properties."""
    saved, settled = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(settled, "w") as new:
        for name in old.namelist():
            content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2000-01-01T00:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return settled.getvalue()
