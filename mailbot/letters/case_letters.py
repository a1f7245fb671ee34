"""The letters that ask staff to settle a case, each with a one-time word."""

import base64
import hmac
from collections.abc import Iterator, Mapping, Sequence

from mailbot.campaigns.roster import Roster
from mailbot.decide.cases import choices, choices_in_words
from mailbot.decide.changes import changes
from mailbot.decide.display import number_of_activities, sums
from mailbot.domain.decision import Case
from mailbot.domain.letter import Letter, LetterKind
from mailbot.domain.letter_contents import CaseTable, WaitingCase
from mailbot.domain.submission import Earlier, Status, StoredSubmission
from parsers.forms.form import Form

MOST_WORDS = 500
"""Characters of the sender's words that such a letter shows."""


def one_time_word(secret: bytes, key: str) -> str:
    """Eight characters that nobody can guess without the secret; another for each letter."""
    return base64.b32encode(hmac.digest(secret, key.encode(), "sha256")).decode()[:8]


def case_letter(
    case: Case,
    words: str,
    earlier: Sequence[Earlier],
    roster: Roster,
    forms: Mapping[str, Form],
    to: str,
    secret: bytes,
    turn: int,
) -> Letter:
    """The letter that asks one of staff to settle a case. `turn` counts how often the case was settled before."""
    key = f"case:{case.name}:{turn}:{to.lower()}"
    token = one_time_word(secret, key)
    about = next((s.submission.unit_name for s in case.tables), None) or _name(roster, case.message.unit)
    return Letter(
        key=f"{key}:{token}",
        kind=LetterKind.CASE,
        to=to,
        subject=f"【待核对】{about or '单位待定'}来件，请核定（受理号 {case.name}，口令 {token}）",
        template="case",
        content=WaitingCase(
            case=case.name,
            about=about,
            why=case.why,
            sender=case.message.sender or "（无法识别）",
            subject=case.message.subject,
            received_at=case.message.received_at,
            tables=tuple(_table(stored, earlier, forms[stored.submission.reading.form]) for stored in case.tables),
            words="" if case.tables else words[:MOST_WORDS],
            counting=tuple(_counting(case, earlier)),
            choices=tuple(choice.text for choice in choices(case, roster)),
            also=choices_in_words(case),
            token=token,
        ),
    )


def _name(roster: Roster, code: str | None) -> str | None:
    unit = roster.get(code)
    return unit.name if unit else None


def _table(stored: StoredSubmission, earlier: Sequence[Earlier], form: Form) -> CaseTable:
    submission = stored.submission
    cell = submission.reading.header.get("unit_raw")
    number = number_of_activities(submission.reading)
    before = [e for e in _counting_now(earlier) if (e.unit, e.form) == (submission.unit, submission.reading.form)]
    return CaseTable(
        attachment=submission.attachment or "邮件正文",
        unit_raw=str(cell.content) if cell and cell.content else "",
        figures=(*((("活动场次", f"{number:,} 场"),) if number is not None else ()), *sums(submission.reading, form)),
        changes=changes(before, [submission.reading], form) if before else (),
    )


def _counting(case: Case, earlier: Sequence[Earlier]) -> Iterator[str]:
    """第1版，2021年9月20日收到，2 场."""
    units = {stored.submission.unit for stored in case.tables}
    for one in _counting_now(earlier):
        if one.unit in units:
            at = one.received_at
            held = f"，{len(one.records)} 场" if one.layout == "rows" else ""
            yield f"第{one.version}版，{at.year}年{at.month}月{at.day}日收到{held}，发件人 {one.sender}"


def _counting_now(earlier: Sequence[Earlier]) -> list[Earlier]:
    return [e for e in earlier if e.current and e.status is not Status.REVIEW]
