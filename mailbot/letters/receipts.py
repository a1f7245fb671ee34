"""The receipt, which answers a message: what was read, what to correct, what to do next."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign
from mailbot.decide.changes import changes
from mailbot.decide.display import number_of_activities, sums
from mailbot.decide.judgement import Judged
from mailbot.decide.screening import QUARANTINED as CODE_OF_QUARANTINE
from mailbot.decide.settling import WITHDRAWN
from mailbot.decide.standing import Standing, figure
from mailbot.decide.unit_state import is_late
from mailbot.decide.unread_files import FILE_UNREAD, SOFT_FAULTS, may_lead_to_a_table
from mailbot.decide.whose import NOT_LISTED
from mailbot.domain.act import ActKind, StoredAct
from mailbot.domain.identifiers import is_address, is_message_id
from mailbot.domain.letter import Letter, LetterKind
from mailbot.domain.letter_contents import Outcome, ReadTable, Receipt
from mailbot.domain.mail import Disposition, Head
from mailbot.domain.outcome_codes import BY_PROGRAM
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Relation, Status, Submission, Verdict
from mailbot.letters import rows_as_read
from mailbot.letters.strangers import is_stranger, without_their_words
from mailbot.mail.documents import Document
from mailbot.mail.opening import Opened
from mailbot.mail.screening import takes_no_answer
from parsers.forms.form import Form
from parsers.marks import one_title, quoted
from parsers.reading import Reading, Severity
from parsers.reading.zero_reports import REASON

ANSWERED = frozenset(
    {
        Disposition.SUBMISSION,
        Disposition.INFORMATION,
        Disposition.UNREADABLE,
        Disposition.MISDIRECTED,
        Disposition.REVIEW,
        Disposition.CORRECTION,
    }
)
"""Contract, Mail that goes out."""

DAYS_TO_CORRECT = 3
"""Working days that a unit is given, within the deadline where it has not passed."""

MOST_REFERENCES = 10

SUBJECTS: Mapping[Outcome, str] = {
    "complete": "【已收到】{who}统计表（受理号 {case}）",
    "check": "【请核对】{who}统计表（受理号 {case}）",
    "correct": "【请补正】{who}统计表（受理号 {case}）",
    "partial": "【请重新发送】{who}统计表已收到，部分附件无法读取（受理号 {case}）",
    "waiting": "【待核对】{who}来件（受理号 {case}）",
    "zero": "【已收到】{who}零报告（受理号 {case}）",
    "duplicate": "【已收到】{who}统计表，与此前报送相同（受理号 {case}）",
    "information": "【已收到】{who}活动信息（受理号 {case}）",
    "unreadable": "【请重新发送】{who}附件无法读取（受理号 {case}）",
    "rejected": "【未予登记】{who}来件（受理号 {case}）",
    "withdrawn": "【已撤回登记】{who}统计表（受理号 {case}）",
    "misdirected": "【请改投】{who}来件（受理号 {case}）",
}

SHORT_SUBJECT = "【已收到】来件（受理号 {case}）"

CLOUD_LINK = (
    "邮件中只有网盘或超大附件的链接，系统不下载链接中的文件。"
    "请将统计表作为普通附件添加到邮件中重新发送（统计表一般不足 1 MB，无需使用超大附件）。"
)
CLOUD_LINK_BESIDE = (
    "邮件中另有网盘或超大附件的链接，系统不下载链接中的文件，其中如有统计表，尚未登记。"
    "请将该统计表作为普通附件添加到邮件中发送（统计表一般不足 1 MB，无需使用超大附件）。"
)
NO_TABLE = (
    "附件可以打开，但未找到统计表的列名（如“活动名称”“活动时间”“接触职工人数”）。"
    "请使用通知所附的统计表模板填写后重新发送。"
)
QUARANTINED = "附件在读取时出现异常，已转工作人员查看。请将统计表另存为 .xlsx 格式后重新发送一次。"


def receipt_key(sha256: str, settled: StoredAct | None = None) -> str:
    """The key of the receipt for a message, or of the one after a decision about it."""
    return f"receipt:{sha256}:{settled.number}" if settled else f"receipt:{sha256}"


def short_receipts(day: date) -> str:
    """What the keys of the short receipts for mail of a day begin with."""
    return f"receipt:short:{day.isoformat()}:"


def receipt(
    judged: Judged,
    campaign: Campaign,
    roster: Roster,
    forms: Mapping[str, Form],
    accounts: Collection[Standing] = (),
    staff: Collection[str] = (),
) -> Letter | None:
    """The receipt for a judged message, or None where none is due or no address can be answered.

    `accounts`: where the units of its tables stand with them.

    The subject is ours: it holds a name of the roster and the case, nothing of the mail. To an address that nobody
    knows (`staff` are known, too) it holds no word of the mail, either; where that brought no table, it is short, and
    its key is the same for all mails of a day.
    """
    head, verdict, case = judged.opened.head, judged.verdict, judged.case
    to = answerable(head)
    unanswered = judged.proof is Proof.DISOWNED or verdict.code == BY_PROGRAM
    if unanswered or verdict.disposition not in ANSWERED or to is None:
        return None
    content = _content(judged, campaign, roster, forms, accounts)
    answers, thread = answer_headers(head)
    unknown = to.lower() not in staff and is_stranger(to, judged, roster)
    if unknown:
        content = without_their_words(content, judged, forms)
    letter = Letter(
        key=receipt_key(judged.sha256, judged.settled),
        kind=LetterKind.RECEIPT,
        to=to,
        subject=SUBJECTS[content.outcome].format(who=f"{content.unit_name} " if content.unit_name else "", case=case),
        template="receipt",
        content=content,
        unit=verdict.unit or next((s.unit for s in verdict.submissions), None),
        answers=answers,
        thread=thread,
        yields=unknown or (not verdict.submissions and judged.proof is not Proof.AUTHENTICATED),
    )
    if not unknown or verdict.submissions or judged.settled:
        return letter
    return replace(
        letter,
        key=f"{short_receipts(judged.received_at.date())}{to.lower()}",
        subject=SHORT_SUBJECT.format(case=case),
        template="short-receipt",
    )


def answer_headers(head: Head) -> tuple[str | None, tuple[str, ...]]:
    """The Message-ID that an answer names, where it has the form of one, and the thread before it."""
    answers = head.message_id if head.message_id and is_message_id(head.message_id) else None
    return answers, tuple(filter(is_message_id, head.references))[-MOST_REFERENCES:]


def answerable(head: Head) -> str | None:
    """The one address that an answer may go to, or None where it is no plain mail address or takes no answers."""
    address = head.answer_to()
    return address if address and is_address(address) and not takes_no_answer(address) else None


def _content(
    judged: Judged,
    campaign: Campaign,
    roster: Roster,
    forms: Mapping[str, Form],
    accounts: Collection[Standing],
) -> Receipt:
    opened, verdict, received_at = judged.opened, judged.verdict, judged.received_at
    units = {s.unit_name for s in verdict.submissions if s.unit_name}
    known = roster.get(verdict.unit)
    refused = judged.settled is not None and judged.settled.act.kind is ActKind.REJECT
    reason = judged.settled.act.reason if judged.settled and refused and not verdict.submissions else ""
    unlisted = tuple(dict.fromkeys(_unlisted(opened.head, verdict.submissions, roster)))
    told = {FILE_UNREAD, NOT_LISTED} if unlisted else {FILE_UNREAD}
    return Receipt(
        outcome="rejected" if reason else _outcome(verdict),
        reason=reason,
        case=judged.case,
        received_at=received_at,
        unit_name=next(iter(units)) if len(units) == 1 else (known.name if known and not units else None),
        tables=tuple(_table(s, judged, forms[s.reading.form], told) for s in verdict.submissions),
        faults=tuple(_faults(opened, verdict)),
        other_files=tuple(_other_files(opened, verdict)),
        deadline=campaign.deadline,
        reply_by=_reply_by(received_at.date(), campaign),
        late=tuple(_late(verdict, accounts, received_at)),
        is_over=received_at.date() > campaign.deadline,
        totals=tuple(_totals(verdict, accounts, forms)),
        subprojects=verdict.subprojects,
        unlisted=unlisted,
        identity_numbers=opened.identity_numbers and not _is_told(verdict.submissions),
    )


def _is_told(submissions: Sequence[Submission]) -> bool:
    return any(finding.code == "identity-number" for s in submissions for finding in s.findings)


def _late(verdict: Verdict, accounts: Collection[Standing], received_at: datetime) -> Iterator[str]:
    """The units that first report too late, and do so with what counts of this mail."""
    counted = {s.unit for s in verdict.submissions if s.current}
    yield from (s.unit.name for s in accounts if s.unit.code in counted and is_late(s, received_at))


def _totals(verdict: Verdict, accounts: Collection[Standing], forms: Mapping[str, Form]) -> Iterator[tuple[str, str]]:
    """What is registered in all for each unit to whose report a table was added: its activities and its sums."""
    added = {s.unit: s.reading.form for s in verdict.submissions if s.current and s.relation is Relation.SUPPLEMENTS}
    units = {s.unit for s in verdict.submissions}
    for account in accounts:
        if account.unit.code not in added:
            continue
        of_whom = f"{account.unit.name} " if len(units) > 1 else ""
        yield f"{of_whom}活动场次", f"{account.activities:,} 场"
        form = forms[added[account.unit.code]]
        for column in form.counts:
            if (total := figure(account, form, column.field)) is not None:
                yield f"{of_whom}{one_title(column.title)}", f"{total:,} {column.unit}".rstrip()


def _unlisted(head: Head, submissions: Sequence[Submission], roster: Roster) -> Iterator[str]:
    """The units that the tables name, unless one of the tables may be of a unit of ours after all."""
    ours = head.sender and roster.registered(head.sender.address)
    if not ours and all(_is_of_a_stranger(submission) for submission in submissions):
        yield from (str(submission.reading.header["unit_raw"].content) for submission in submissions)


def _is_of_a_stranger(submission: Submission) -> bool:
    return not submission.candidates and any(finding.code == NOT_LISTED for finding in submission.findings)


def _outcome(verdict: Verdict) -> Outcome:
    match verdict.disposition:
        case Disposition.SUBMISSION:
            return _outcome_of_tables(verdict.submissions)
        case Disposition.INFORMATION:
            return "information"
        case Disposition.UNREADABLE:
            return "unreadable"
        case Disposition.MISDIRECTED:
            return "misdirected"
        case _:
            return "waiting"


def _outcome_of_tables(submissions: tuple[Submission, ...]) -> Outcome:
    statuses = {s.status for s in submissions}
    if Status.REVIEW in statuses:
        return "waiting"
    if statuses == {Status.REJECTED}:
        return "rejected"
    if statuses == {Status.WITHDRAWN}:
        return "withdrawn"
    codes = {finding.code for s in submissions for finding in s.findings}
    if all(s.relation is Relation.DUPLICATE for s in submissions) and FILE_UNREAD not in codes:
        return "duplicate"
    if Status.NEEDS_CORRECTION in statuses:
        return "correct"
    if FILE_UNREAD in codes:
        return "partial"
    if all(s.reading.zero_report for s in submissions):
        return "zero"
    warned = any(f.severity is Severity.WARNING for s in submissions for f in s.findings)
    return "check" if warned else "complete"


def _faults(opened: Opened, verdict: Verdict) -> Iterator[str]:
    """What could not be read, each once, with the step that helps."""
    if verdict.code == CODE_OF_QUARANTINE:
        yield QUARANTINED
    if verdict.code == "cloud-link":
        yield CLOUD_LINK
    if verdict.submissions and may_lead_to_a_table(opened):
        yield CLOUD_LINK_BESIDE
    if verdict.code == "no-table":
        yield NO_TABLE
    for document in opened.documents:
        if document.fault and _is_missed(document, verdict):
            yield f"{quoted(document.name)}：{document.fault.text}" if document.name else document.fault.text


def _is_missed(document: Document, verdict: Verdict) -> bool:
    """Whether a file that could not be read may have held a table: photos and news beside a table did not."""
    if document.fault is None or verdict.disposition in (Disposition.INFORMATION, Disposition.MISDIRECTED):
        return False
    return not (document.fault.code in SOFT_FAULTS and verdict.submissions)


def _other_files(opened: Opened, verdict: Verdict) -> Iterator[str]:
    """The names of what was kept besides the tables and what is named among the faults."""
    for document in opened.documents:
        if document.name and not document.readings and not _is_missed(document, verdict):
            yield document.name


def _reply_by(today: date, campaign: Campaign) -> date:
    soon = campaign.calendar.working_day(today, DAYS_TO_CORRECT)
    return soon if today > campaign.deadline else min(soon, campaign.deadline)


def _table(submission: Submission, judged: Judged, form: Form, told: Collection[str]) -> ReadTable:
    """`told`: codes of findings that stand elsewhere in the letter."""
    reading = submission.reading
    replaced = [earlier for earlier in judged.earlier if earlier.id in submission.replaces]
    shown = rows_as_read.for_sender(reading, form)
    return ReadTable(
        attachment=submission.attachment,
        sheet=reading.sheet,
        unit_name=submission.unit_name,
        relation=submission.relation.value,
        status=submission.status.value,
        zero_report=reading.zero_report,
        zero_reason=str(reading.header[REASON].content) if reading.zero_report and REASON in reading.header else "",
        activities=number_of_activities(reading),
        columns=rows_as_read.titles(shown),
        rows=rows_as_read.rows(reading, shown, form),
        figures=tuple(sums(reading, form)),
        replaced_version=max((earlier.version for earlier in replaced), default=None),
        changes=changes(replaced, _replacing(submission, judged.verdict), form) if replaced else (),
        errors=_sentences(submission, Severity.ERROR, told),
        warnings=_sentences(submission, Severity.WARNING, told),
        notices=_sentences(submission, Severity.NOTICE, told),
    )


def _sentences(submission: Submission, severity: Severity, told: Collection[str]) -> tuple[str, ...]:
    said = [f for f in submission.findings if f.severity is severity and f.code not in told]
    if submission.status is Status.WITHDRAWN:  # what was to be corrected in it is nobody's task any more
        said = [f for f in said if f.code == WITHDRAWN]
    found = (f.text for f in said)
    return tuple(dict.fromkeys(found))


def _replacing(submission: Submission, verdict: Verdict) -> list[Reading]:
    """The tables of a mail that stand together for what one of them replaces."""
    return [
        other.reading
        for other in verdict.submissions
        if other.current and (other.unit, other.reading.form) == (submission.unit, submission.reading.form)
    ]
