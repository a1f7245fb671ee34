"""The letters that ask staff to settle a case, each with a one-time word."""

import base64
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign
from mailbot.decide.cases import choices, choices_in_words
from mailbot.decide.changes import changes
from mailbot.decide.display import number_of_activities, sums
from mailbot.decide.earlier_reports import counted_twice
from mailbot.domain.case import Case
from mailbot.domain.letter import Enclosure, Letter, LetterKind
from mailbot.domain.letter_contents import CaseList, CaseTable, Line, WaitingCase
from mailbot.domain.submission import Earlier, Status, StoredSubmission, Submission
from mailbot.letters import rows_as_read
from mailbot.mail.opening import Opened
from mailbot.mail.original_files import OriginalFile
from parsers.formats.file_kind import FileKind
from parsers.forms.form import Form
from parsers.reading import Severity

MOST_WORDS, MOST_LINES = 500, 20
"""Characters and lines of the sender's words that such a letter shows."""
MOST_OTHERS, MOST_LISTED, MOST_OF_SUBJECT = 20, 100, 40
"""Cases that a letter about one names besides it, those that a letter about many names, and characters of a subject."""
ANY_FILE = "application/octet-stream"
"""The type of what somebody else made, whatever they say that it is."""


def one_time_word(secret: bytes, key: str) -> str:
    """Eight characters that nobody can guess without the secret; another for each letter."""
    return base64.b32encode(hmac.digest(secret, key.encode(), "sha256")).decode()[:8]


@dataclass(frozen=True, slots=True)
class Facing:
    """What a case is shown against: what its units sent besides it, the units of its day, and the forms.

    `secret` makes the one-time words.
    """

    earlier: Sequence[Earlier]
    roster: Roster
    forms: Mapping[str, Form]
    campaign: Campaign
    secret: bytes
    others: Sequence[Case] = ()
    """What waits besides."""


def case_letter(
    case: Case, opened: Opened, files: Sequence[OriginalFile], facing: Facing, to: str, turn: str
) -> Letter:
    """The letter that asks one of staff to settle a case, with the files that it is about.

    `opened` is the mail of the case, `files` what was attached to it; `turn` tells the letters of one case apart.
    """
    key = f"case:{case.name}:{turn}:{to.lower()}"
    token, roster = one_time_word(facing.secret, key), facing.roster
    about = next((s.submission.unit_name for s in case.tables), None) or _name(roster, case.message.unit)
    words, cut = _words(opened.words)
    others = [other for other in facing.others if other.name != case.name][-MOST_OTHERS:]
    concerned = _concerned(case, opened, files)
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
            tables=tuple(_table(s, facing.earlier, facing.forms[s.submission.reading.form]) for s in case.tables),
            words=words,
            cut=cut,
            left_out=tuple(f"{f.name}（{why}）" for f in concerned if (why := _left_out(f, opened))),
            counting=tuple(_counting(case, facing.earlier)),
            choices=tuple(choice.text for choice in choices(case, roster)),
            also=choices_in_words(case, facing.campaign),
            token=token,
            others=tuple(f"{other.name}　{other.why}" for other in others),
        ),
        cases=(case.name, *(other.name for other in others)),
        enclosures=tuple(
            Enclosure(f.name, ANY_FILE, f.content)
            for f in concerned
            if f.content is not None and not _left_out(f, opened)
        ),
    )


def case_list(cases: Sequence[Case], secret: bytes, to: str, at: datetime) -> Letter:
    """The letter that asks one of staff about many cases at once; made at that time."""
    key = f"case:-:{at:%Y%m%d%H%M}:{to.lower()}"
    token, named = one_time_word(secret, key), sorted(cases[:MOST_LISTED], key=lambda case: case.message.sender)
    return Letter(
        key=f"{key}:{token}",
        kind=LetterKind.CASE,
        to=to,
        subject=f"【待核对】来件 {len(cases)} 件，请核定（口令 {token}）",
        template="case-list",
        content=CaseList(
            cases=tuple(
                Line(
                    case.message.sender or "（无法识别）",
                    "",
                    f"{case.name}：{case.why}（主题：{case.message.subject[:MOST_OF_SUBJECT] or '无'}）",
                )
                for case in named
            ),
            more=len(cases) - len(named),
            token=token,
        ),
        cases=tuple(case.name for case in named),
    )


def _words(text: str) -> tuple[tuple[str, ...], bool]:
    """The first lines of what the sender wrote, and whether there is more."""
    lines = tuple(line.strip() for line in text[:MOST_WORDS].splitlines() if line.strip())
    return lines[:MOST_LINES], len(text.strip()) > MOST_WORDS or len(lines) > MOST_LINES


def _concerned(case: Case, opened: Opened, files: Sequence[OriginalFile]) -> list[OriginalFile]:
    """The files that the tables of a case stand in, or the archives around them; all where that is not known."""
    names = {stored.submission.attachment for stored in case.tables}
    paths = [document.path for document in opened.documents if document.name in names]
    found = [f for f in files if any(path == f.path or path.startswith(f"{f.path}/") for path in paths)]
    return found or list(files)


def _left_out(file: OriginalFile, opened: Opened) -> str:
    """Why a file does not go with the letter; "" where it does."""
    inside = [d for d in opened.documents if d.path == file.path or d.path.startswith(f"{file.path}/")]
    if any(document.identity_numbers for document in inside):
        return "含身份证号码"
    if file.tells or any(d.kind is FileKind.PICTURE and d.path != file.path for d in inside):
        return "照片可能含拍摄地点等信息"
    return f"{file.size / 2**20:.1f} MB，超过大小限制" if file.content is None else ""


def _name(roster: Roster, code: str | None) -> str | None:
    unit = roster.get(code)
    return unit.name if unit else None


def _table(stored: StoredSubmission, earlier: Sequence[Earlier], form: Form) -> CaseTable:
    submission = stored.submission
    cell = submission.reading.header.get("unit_raw")
    number, columns = number_of_activities(submission.reading), rows_as_read.for_staff(submission.reading, form)
    before = [e for e in _counting_now(earlier) if (e.unit, e.form) == (submission.unit, submission.reading.form)]
    return CaseTable(
        attachment=submission.attachment or "邮件正文",
        unit_raw=str(cell.content) if cell and cell.content else "",
        columns=rows_as_read.titles(columns),
        rows=rows_as_read.rows(submission.reading, columns, form),
        more=max(0, len(submission.reading.records) - rows_as_read.MOST_ROWS),
        doubts=tuple(_doubts(submission, before)),
        figures=(*((("活动场次", f"{number:,} 场"),) if number is not None else ()), *sums(submission.reading, form)),
        changes=changes(before, [submission.reading], form) if before else (),
    )


def _doubts(submission: Submission, before: Sequence[Earlier]) -> Iterator[str]:
    """What is to be known before a decision: the findings, and what would count twice beside the earlier tables."""
    yield from dict.fromkeys(f.text for f in submission.findings if f.severity is not Severity.NOTICE)
    if twice := counted_twice(submission.reading, before):
        yield f"{'、'.join(twice)}与此前登记的活动同名同日而内容不同，如作为补报一并登记，将重复计入"


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
