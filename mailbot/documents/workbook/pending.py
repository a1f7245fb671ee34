"""Fills the sheet 待核事项: what a person still has to look at before the sums are final."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.decide.cases import WHY
from mailbot.decide.standing import Standing
from mailbot.documents.workbook import sheets
from mailbot.documents.workbook.collected import MOMENT, Collected, top
from mailbot.domain.mail import Disposition, StoredMessage
from mailbot.domain.submission import Status, StoredSubmission
from parsers.reading import Finding, Severity

TITLES = ("序号", "单位", "事项", "受理号", "收到时间", "附件", "工作表", "单元格", "说明", "处理情况")
KINDS = {Severity.ERROR: "待补正", Severity.WARNING: "请核对"}


@dataclass(frozen=True, slots=True)
class Matter:
    """One line: whose, what kind, in which mail, where in its table, and what about it."""

    unit: str
    kind: str
    case: str | None
    received_at: datetime
    text: str
    attachment: str = ""
    sheet: str | None = None
    cell: str | None = None


def pending(sheet: Worksheet, collected: Collected) -> None:
    """Fill the sheet: what waits for a person first, then each finding of what counts, in roster order."""
    top(sheet, collected, len(TITLES), "统计表待核事项")
    sheets.heads(sheet, 3, TITLES)
    row = 3
    for row, matter in enumerate(matters(collected), start=4):
        what = (row - 3, matter.unit, matter.kind, matter.case, collected.local(matter.received_at))
        sheets.line(sheet, row, (*what, matter.attachment, matter.sheet, matter.cell, matter.text, None))
        sheet.cell(row, 5).number_format = MOMENT
    if row == 3:
        sheets.note(sheet, 4, len(TITLES), "无待核事项。")
    sheets.paper(sheet, [5, 20, 11, 13, 16.5, 16, 9, 7, 42, 12], 3, 2)


def matters(collected: Collected) -> Iterator[Matter]:
    """Everything that is open; what waits does not count yet."""
    undecided = [s for s in collected.submissions if s.submission.status is Status.REVIEW]
    for stored in undecided:
        yield _undecided(stored)
    of_tables = {stored.message for stored in undecided}
    for message in collected.messages:
        if message.disposition is Disposition.REVIEW and not message.settled and message.id not in of_tables:
            yield _message(message, message.sender, "待人工判断")
    for standing in collected.standings:
        yield from _of(standing, collected)


def _undecided(stored: StoredSubmission) -> Matter:
    submission = stored.submission
    why = "；".join(f.text for f in submission.findings if f.severity is not Severity.NOTICE or f.code in WHY)
    unit = submission.unit_name or "单位待定"
    return Matter(
        unit, "待人工核对", stored.case, stored.received_at, why, submission.attachment, submission.reading.sheet
    )


def _message(message: StoredMessage, unit: str, kind: str) -> Matter:
    return Matter(unit, kind, message.case, message.received_at, message.reason)


def _of(standing: Standing, collected: Collected) -> Iterator[Matter]:
    """What is open with one unit: a mail that nobody could read and no table after it, and findings."""
    if not standing.reported:
        for message in collected.messages:
            if message.unit == standing.unit.code and message.disposition is Disposition.UNREADABLE:
                yield _message(message, standing.unit.name, "无法读取")
    for stored in standing.counting:
        for finding in stored.submission.findings:
            if finding.severity in KINDS:
                yield _finding(standing, stored, finding)


def _finding(standing: Standing, stored: StoredSubmission, finding: Finding) -> Matter:
    kind, attachment = KINDS[finding.severity], stored.submission.attachment
    mail = (stored.case, stored.received_at)
    return Matter(standing.unit.name, kind, *mail, finding.text, attachment, finding.sheet, finding.cell)
