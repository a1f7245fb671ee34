"""What waits for a person, the ways to settle it, and the letters that ask staff."""

import base64
import hmac
from collections.abc import Iterator, Mapping, Sequence

from mailbot.campaigns.roster import Roster
from mailbot.decide.changes import changes
from mailbot.decide.display import number_of_activities, sums
from mailbot.decide.doubts import HOLDING
from mailbot.decide.identity import NOT_LISTED
from mailbot.decide.judgement import BY_PROGRAM, FORGED
from mailbot.domain.campaign import Unit
from mailbot.domain.decision import Action, Case, Choice
from mailbot.domain.letter import Letter, LetterKind
from mailbot.domain.letter_contents import CaseTable, WaitingCase
from mailbot.domain.mail import Disposition, StoredMessage
from mailbot.domain.submission import Earlier, Relation, Status, StoredSubmission
from parsers.forms.form import Form

MOST_CHOICES = 6
"""Units that a letter offers by number; any other may be written."""
MOST_WORDS = 500

WHY = HOLDING | {"sender-unverified", "relation-unclear", "unit-unknown", NOT_LISTED}
"""The findings that say why a table waits."""


# ---------------------------------------------------------------- which cases there are


def cases(messages: Sequence[StoredMessage], submissions: Sequence[StoredSubmission]) -> tuple[Case, ...]:
    """All that waits, oldest message first."""
    tables: dict[int, list[StoredSubmission]] = {}
    for stored in submissions:
        if stored.submission.status is Status.REVIEW:
            tables.setdefault(stored.message, []).append(stored)
    found = (case for m in messages for case in _of_message(m, tuple(tables.get(m.id, ()))))
    return tuple(sorted(found, key=lambda case: (case.message.received_at, case.name)))


def _of_message(message: StoredMessage, tables: tuple[StoredSubmission, ...]) -> Iterator[Case]:
    if message.case is None:
        return
    if message.disposition is Disposition.REVIEW and message.reason in (FORGED, BY_PROGRAM):
        yield Case(message.case, "sender", message, tables, message.reason)
    elif tables:
        yield from (_of_table(message, stored) for stored in tables)
    elif message.disposition is Disposition.REVIEW and not message.settled:
        yield Case(message.case, "letter", message, (), message.reason)


def _of_table(message: StoredMessage, stored: StoredSubmission) -> Case:
    why = "；".join(f.text for f in stored.submission.findings if f.code in WHY) or message.reason
    return Case(stored.case, "relation" if stored.submission.unit else "unit", message, (stored,), why)


# ---------------------------------------------------------------- how they may be settled


def choices(case: Case, roster: Roster) -> tuple[Choice, ...]:
    """What a person may answer with a number, in order; what needs words of its own is in `also`."""
    return tuple(_choices(case, roster))


def _choices(case: Case, roster: Roster) -> Iterator[Choice]:
    match case.kind:
        case "unit":
            for unit in _candidates(case, roster)[:MOST_CHOICES]:
                yield Choice(Action.ASSIGN, f"归属 {unit.name}", unit.code)
            yield Choice(Action.IGNORE, "忽略（不予登记，不答复来件）")
        case "relation":
            if all(stored.submission.relation is Relation.NEW for stored in case.tables):
                yield Choice(Action.ACCEPT, "按表中内容登记并答复")
            else:
                yield Choice(Action.REPLACE, "替换此前报送的统计表")
                yield Choice(Action.APPEND, "作为补充，与此前报送的一并登记")
            yield Choice(Action.IGNORE, "忽略（不予登记，不答复来件）")
        case "sender":
            yield Choice(Action.ACCEPT, "采信，按正常来件登记并答复")
            yield Choice(Action.IGNORE, "忽略（不予登记，不答复来件）")
        case "letter":
            if case.message.unit:
                yield Choice(Action.ACCEPT, "登记为活动信息并答复")
            yield Choice(Action.IGNORE, "已阅，不再处理")


def also(case: Case) -> tuple[str, ...]:
    """The words that may be written besides the numbers."""
    match case.kind:
        case "unit":
            return ("归属 单位名称", "退回 原因")
        case "relation":
            return ("归属 单位名称", "退回 原因")
        case "sender":
            return ()
        case "letter":
            return ("归属 单位名称（登记为该单位的活动信息）", "退回 原因")


def _candidates(case: Case, roster: Roster) -> list[Unit]:
    found = [roster.get(code) for stored in case.tables for code in stored.submission.candidates]
    return [unit for unit in found if unit]


# ---------------------------------------------------------------- the letters that ask


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
            also=also(case),
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
