"""What an address is told that is neither registered nor authenticated: nothing in its own words.

Whoever forges an address makes us write to its owner. Such a letter must carry nothing that the forger chose: of a
table its reader sees our titles, the numbers and days as they were read, and our sentences; of anything else a short
letter that is the same for all.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from mailbot.campaigns.roster import Roster
from mailbot.decide.display import days, in_words, shown, title_of
from mailbot.decide.judgement import Judged
from mailbot.decide.settling import DECIDED, REJECTED
from mailbot.domain.letter_contents import ReadTable, Receipt
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Submission
from mailbot.letters.rows_as_read import MOST_ROWS, titles
from parsers.forms.form import Column, Form
from parsers.reading import Finding, Reading, Record, Severity
from parsers.reading.findings import without_said

_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_OTHER = "表中另有内容需人工核对，结果另行告知"


def is_stranger(to: str, judged: Judged, roster: Roster) -> bool:
    """Whether nobody knows the address that an answer goes to: not the roster, and our provider vouches for none."""
    sender = judged.opened.head.sender
    is_proved = judged.proof is Proof.AUTHENTICATED and sender is not None and sender.address.lower() == to.lower()
    return not is_proved and not roster.registered(to)


def without_their_words(receipt: Receipt, judged: Judged, forms: Mapping[str, Form]) -> Receipt:
    """The receipt without anything that its reader, or who forged him, wrote."""
    submissions = judged.verdict.submissions
    return replace(
        receipt,
        tables=tuple(
            _table(number, table, submission, forms[submission.reading.form])
            for number, (table, submission) in enumerate(zip(receipt.tables, submissions, strict=True), 1)
        ),
        faults=("有附件未能读取",) if receipt.faults else (),
        other_files=(),
        totals=(),
        identity_numbers=judged.opened.identity_numbers,
        unlisted=("…",) if receipt.unlisted else (),
    )


def _table(number: int, table: ReadTable, submission: Submission, form: Form) -> ReadTable:
    reading = submission.reading
    columns = [c for c in form.column if c.kind != "text" and any(c.field in r.values for r in reading.records)]
    columns = columns if reading.layout == "rows" else []
    return replace(
        table,
        attachment=f"统计表{number}",
        sheet="",
        zero_reason="",
        columns=titles(columns),
        rows=tuple(
            (str(record.row), *(_cell(record, column, form) for column in columns))
            for record in (reading.records[:MOST_ROWS] if columns else ())
        ),
        changes=(),
        errors=_sentences(submission, Severity.ERROR, form),
        warnings=_sentences(submission, Severity.WARNING, form),
        notices=tuple(dict.fromkeys(f.text for f in submission.findings if f.code == DECIDED)),
    )


def _cell(record: Record, column: Column, form: Form) -> str:
    """300（J5）: what was read, and the cell that it was read from."""
    value, last = record.values.get(column.field), record.values.get(column.end)
    if value is None or value.content is None:
        return "（空）"
    if column.kind == "choices":
        text = shown(in_words(value.content, column.field, form))
    else:
        text = days(value.content, last.content if last else None)
    return f"{text}（{value.cell}）" if value.cell and _CELL.fullmatch(value.cell) else text


def _sentences(submission: Submission, severity: Severity, form: Form) -> tuple[str, ...]:
    found = (f for f in submission.findings if f.severity is severity)
    return tuple(dict.fromkeys(_sentence(finding, submission.reading, form) for finding in found))


def _sentence(finding: Finding, reading: Reading, form: Form) -> str:
    if finding.code == REJECTED:  # these are words of staff
        return finding.text
    return without_said(finding.code, _place(finding, reading, form)) or _OTHER


def _place(finding: Finding, reading: Reading, form: Form) -> str:
    """第6行“接触职工人数”."""
    row = reading.records[finding.record].row if finding.record is not None else None
    title = f"“{title_of(finding.field, form)}”" if finding.field and form.find(finding.field) else ""
    return f"{f'第{row}行' if row is not None else '表中'}{title}"
