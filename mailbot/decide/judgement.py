"""What a message is, and what counts of it: the one verdict that every message ends in."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign
from mailbot.decide.display import number_of_activities
from mailbot.decide.doubts import HOLDING, OTHER_SUBJECT, doubts
from mailbot.decide.identity import NOT_LISTED, identify, signature
from mailbot.decide.relation import Related, Sent, is_known, relate, unclear
from mailbot.decide.same_mail import among
from mailbot.decide.subprojects import works
from mailbot.domain.campaign import Subproject, Unit
from mailbot.domain.decision import StoredDecision
from mailbot.domain.mail import Disposition, Head
from mailbot.domain.submission import Earlier, Facts, Identity, Relation, Status, Submission, Verdict
from mailbot.mail import bounces, screen
from mailbot.mail.opened import Opened
from parsers.formats.sniff import FileKind
from parsers.forms.form import Form
from parsers.reading import Finding, Reading, Severity

MOST_DEATHS = 3
"""How often a message may kill its reader before it is set aside (contract, disposition)."""
DEATH_COUNTS = 3
"""Attempts. A beginning counts one: where the whole process died it may have been for another reason."""
MOST_ATTEMPTS = MOST_DEATHS * DEATH_COUNTS

TABLE_NAMES = re.compile(r"统计表|报表|汇总表|登记表|附表|盖章|扫描件|附件\s*[1一](?!\d)")
TABLE_SENT = re.compile(
    r"(?:统计表|报表|汇总表|登记表).{0,8}(?:见附件|附后|如下|请查收|已附)|附件(?:为|是).{0,12}统计表|盖章(?:件|扫描件)"
)
"""In a subject or a file's name the table's name is enough; in running text it must be said to be there."""

NEWS = re.compile(r"信息(?!表|化|员|网络|技术|安全)|简报|动态|快讯|新闻|通讯稿|报道|纪实|侧记")
ASKS = re.compile(r"[？?]|请问|请教|咨询")
SHORTEST_NEWS = 80
"""Characters; what is shorter announces news or asks about it."""

SPREADSHEETS = frozenset({FileKind.XLSX, FileKind.XLSB, FileKind.XLS, FileKind.ODS, FileKind.SPREADSHEETML})
SOFT_FAULTS = frozenset({"picture", "pdf", "scan", "word", "text", "mail", "unknown-type", "no-table"})
"""Faults of files that need not hold a table at all: news, photos, a letter."""

FILE_UNREAD = "file-unread"
"""The finding on a table beside which something could not be read."""
CLOUD_WORDS = re.compile(r"网盘|云盘|云附件|超大附件|中转站|链接|下载|提取码|\(\s*[\d.]+\s*[KMG]B?\s*\)", re.IGNORECASE)
PICTURE_WORDS = re.compile(r"照片|图片|视频|影像|相册|录像|\.(?:jpe?g|png|mp4|mov|avi)", re.IGNORECASE)
MAYBE_TABLE = re.compile(r"表|汇总|数据|\.(?:xls|et|csv|ods|docx?|wps|pdf|zip|rar|7z)", re.IGNORECASE)

WITHOUT_CONSEQUENCE = frozenset({Disposition.AUTOMATIC, Disposition.DUPLICATE, Disposition.UNRELATED})
"""Outcomes with which nothing counts and nobody is answered, whoever wrote."""
FORGED = "发件人未通过域名验证（DMARC），可能系冒用他人邮箱，由工作人员核实后登记和答复"
BY_PROGRAM = "所附统计表由系统发送或群发（邮件头或发件地址表明），由工作人员核实后登记和答复"


@dataclass(frozen=True, slots=True)
class Judged:
    """A message with its outcome: all that the letters about it are made from. `received_at` is local time."""

    opened: Opened
    verdict: Verdict
    earlier: tuple[Earlier, ...]
    """What the verdict was made of."""
    case: str
    sha256: str
    received_at: datetime
    forged: bool = False
    """Its sender's domain disowns it: nobody is answered until a person has decided."""
    settled: StoredDecision | None = None
    """The decision of a person that it is answered after."""


def identities(opened: Opened, roster: Roster) -> tuple[Identity, ...]:
    """Whose each table of the mail is, in the order of `opened.readings`."""
    return tuple(
        identify(reading, document.names, opened.head, opened.words, roster) for document, reading in opened.readings
    )


def judge(
    opened: Opened,
    whose: Sequence[Identity],
    facts: Facts,
    roster: Roster,
    campaign: Campaign,
    forms: Mapping[str, Form],
    own: Collection[str],
    *,
    believed: bool = False,
) -> Verdict:
    """The one outcome of a message. `whose` are `identities(opened, roster)`; `own` our own addresses.

    `believed`: a person has decided that its sender is one to hear, though the mail was sent by a program.
    """
    reason = screen.automatic(opened.head, own, opened.words, opened.part_types)
    tabled = any(reading.records or reading.zero_report for _, reading in opened.readings)
    by_program = bool(reason) and tabled and screen.may_be_a_units(opened.head, own)
    if reason and not by_program:
        returned = [bounce for bounce in opened.bounces if bounce.address.lower() not in own]
        return Verdict(Disposition.AUTOMATIC, bounces.sentence(returned) or reason)
    if facts.same_mail_known:
        return Verdict(Disposition.DUPLICATE, "与此前收到的一封邮件相同（邮件编号、发件人和内容一致）")
    if opened.readings:
        verdict = _submission(opened, whose, facts, campaign, forms)
        return held_back(verdict, BY_PROGRAM) if by_program and not believed else verdict
    return _without_table(opened, roster, campaign, forms, own)


def held_back(verdict: Verdict, why: str = FORGED) -> Verdict:
    """The outcome of a message whose sender is in doubt (its domain disowns it, say): all waits for a person."""
    if verdict.disposition in WITHOUT_CONSEQUENCE or verdict.code == "quarantined":
        return verdict
    finding = Finding(Severity.NOTICE, "sender-unverified", why)
    waiting = (
        replace(s, status=Status.REVIEW, current=False, replaces=(), findings=(finding, *s.findings))
        for s in verdict.submissions
    )
    return Verdict(Disposition.REVIEW, why, unit=verdict.unit, submissions=tuple(waiting))


def quarantined() -> Verdict:
    """The outcome of a message that killed its reader too often."""
    return Verdict(Disposition.UNREADABLE, "读取该邮件时程序连续多次异常中止，已隔离，请人工查看", "quarantined")


# ---------------------------------------------------------------- mails with tables


def _submission(
    opened: Opened, whose: Sequence[Identity], facts: Facts, campaign: Campaign, forms: Mapping[str, Form]
) -> Verdict:
    findings = [
        (*_unread_findings(opened), *doubts(opened, document, reading, forms[reading.form], campaign, identity.unit))
        for (document, reading), identity in zip(opened.readings, whose, strict=True)
    ]
    submissions: list[Submission] = []
    related = _placed(opened, whose, facts, [_is_held(found) for found in findings])
    for place, (document, reading) in enumerate(opened.readings):
        own = (*_without_unit_findings(reading, whose[place]), *findings[place])
        said = replace(reading, findings=own)
        submissions.append(submitted(document.name, said, whose[place], related[place], facts, submissions, campaign))
    units = "、".join(dict.fromkeys(s.unit_name or "单位待定" for s in submissions))
    if all(any(finding.code == NOT_LISTED for finding in s.findings) for s in submissions):
        # a name of its own that is nobody's on the roster: perhaps not one of ours at all
        return Verdict(Disposition.REVIEW, "填报单位不在名录中，待人工核对", submissions=tuple(submissions))
    if all(any(finding.code == OTHER_SUBJECT for finding in s.findings) for s in submissions):
        return Verdict(
            Disposition.REVIEW, "所附表格看来不是本次活动的统计表，待人工核对", submissions=tuple(submissions)
        )
    waiting = [s for s in submissions if s.status is Status.REVIEW]
    reason = f"{units}的统计表" + ("，待人工核对" if waiting else "")
    return Verdict(Disposition.SUBMISSION, reason, submissions=tuple(submissions))


def _is_held(findings: Sequence[Finding]) -> bool:
    return any(finding.code in HOLDING for finding in findings)


def submitted(
    attachment: str,
    reading: Reading,
    identity: Identity,
    related: Related,
    facts: Facts,
    siblings: Sequence[Submission],
    campaign: Campaign,
) -> Submission:
    """One table as it is stored, once it is known whose it is and what it is to earlier ones.

    `siblings` are those before it in the same mail; the findings are the reading's own, then what follows here.
    """
    findings = (
        *reading.findings,
        *identity.findings,
        *_relation_findings(related),
        *_quota_findings(reading, related, identity.unit, facts, siblings, campaign),
    )
    if identity.unit is None or related.relation is Relation.UNCLEAR or _is_held(findings):
        status = Status.REVIEW
    elif any(finding.severity is Severity.ERROR for finding in findings):
        status = Status.NEEDS_CORRECTION
    else:
        status = Status.ACCEPTED
    counts = related.counts and status is not Status.REVIEW
    return Submission(
        attachment=attachment,
        reading=replace(reading, findings=()),
        unit=identity.unit.code if identity.unit else None,
        unit_name=identity.unit.name if identity.unit else None,
        evidence=identity.evidence,
        status=status,
        relation=related.relation,
        current=counts,
        findings=findings,
        replaces=related.replaces if counts else (),
        candidates=tuple(unit.code for unit in identity.candidates),
    )


def _placed(opened: Opened, whose: Sequence[Identity], facts: Facts, held: Sequence[bool]) -> list[Related]:
    """What each table is to others of its unit and form, in the mail and before; `held`: a person looks first.

    Those tables of a mail that stand for themselves are one report: together they replace, add to, or repeat.
    """
    related = [Related(Relation.NEW, counts=False)] * len(whose)
    groups: dict[tuple[str, str], list[int]] = {}
    for place, ((_, reading), identity) in enumerate(zip(opened.readings, whose, strict=True)):
        if identity.unit:
            groups.setdefault((identity.unit.code, reading.form), []).append(place)
    for (unit, form), places in groups.items():
        earlier = [e for e in facts.earlier if (e.unit, e.form) == (unit, form)]
        sent = sent_as(opened, " ".join(opened.readings[p][0].names for p in places), whose[places[0]].unit)
        tables = [(opened.readings[p][0].name, opened.readings[p][1]) for p in places]
        for place, one in zip(places, _report(tables, sent, earlier, [held[p] for p in places]), strict=True):
            related[place] = one
    return related


def _report(
    tables: Sequence[tuple[str, Reading]], sent: Sent, earlier: Sequence[Earlier], held: Sequence[bool]
) -> list[Related]:
    beside = among(tables)
    standing = [place for place, related in enumerate(beside) if related is None]
    if not standing:
        return [related for related in beside if related]
    first = tables[standing[0]][1]
    together = replace(first, records=tuple(record for place in standing for record in tables[place][1].records))
    whole = relate(together, sent, earlier)
    waits = any(held) or any(related and related.relation is Relation.UNCLEAR for related in beside)
    if waits and whole.relation in (Relation.REPLACES, Relation.SUPPLEMENTS):
        whole = unclear("" if any(held) else "同一邮件中的另一份表待核对，一并核定")
    return [
        related or _one_of(whole, tables[place][1], place == standing[0], earlier)
        for place, related in enumerate(beside)
    ]


def _one_of(whole: Related, reading: Reading, is_first: bool, earlier: Sequence[Earlier]) -> Related:
    """What one of the tables of a report is, given what the report is."""
    counting = [e for e in earlier if e.current and e.status is not Status.REVIEW]
    if whole.relation is not Relation.REPLACES and is_known(reading, counting):
        return Related(Relation.DUPLICATE, counts=False)
    if is_first or whole.relation is Relation.UNCLEAR:
        return whole
    return Related(Relation.SUPPLEMENTS, counts=True)


def sent_as(opened: Opened, file_names: str, unit: Unit | None) -> Sent:
    """How a table of a unit came."""
    sender = opened.head.sender.address if opened.head.sender else ""
    return Sent(
        words="\n".join((screen.without_ours(opened.head.subject), file_names, opened.words)),
        sender=sender,
        registered=unit is not None and sender.lower() in (email.lower() for email in unit.emails),
        date=opened.head.date,
    )


def _without_unit_findings(reading: Reading, identity: Identity) -> Iterator[Finding]:
    """The reading's own findings; that the unit is missing in the table is said once, by the identity."""
    said = any(finding.field == "unit_raw" for finding in identity.findings)
    return (f for f in reading.findings if not (said and f.field == "unit_raw" and f.code == "missing-value"))


def _relation_findings(related: Related) -> Iterator[Finding]:
    if related.relation is Relation.UNCLEAR and related.why:
        yield Finding(Severity.NOTICE, "relation-unclear", f"{related.why}，由工作人员核对后登记")
    elif related.why:
        yield Finding(Severity.NOTICE, "counted-elsewhere", related.why)
    if related.gone:
        text = f"此前登记的{'、'.join(related.gone)}不在本次的表中，已不再计入；如仍应计入，请连同本表内容重新报送"
        yield Finding(Severity.WARNING, "activities-gone", text)


def _unread_findings(opened: Opened) -> Iterator[Finding]:
    """That a table may be incomplete since something beside it could not be read."""
    for name in unread(opened):
        text = f"同一邮件中的{name}未能读取，其中如有统计内容，尚未登记"
        yield Finding(Severity.WARNING, FILE_UNREAD, text)


def unread(opened: Opened) -> Iterator[str]:
    """What of a mail with a table could not be read and may hold another: files by their names, and cloud links."""
    for document in opened.documents:
        if document.fault and document.fault.code not in SOFT_FAULTS:
            yield f"“{document.name}”" if document.name else "部分内容"
    if may_lead_to_a_table(opened):
        yield "网盘或超大附件链接"


def may_lead_to_a_table(opened: Opened) -> bool:
    """Whether a mail has cloud links of which it does not say that they hold pictures or films, and nothing else."""
    said = [clause for clause in re.split(r"[。；;！!，,\n]", opened.words) if CLOUD_WORDS.search(clause)]
    pictures_alone = any(map(PICTURE_WORDS.search, said)) and not any(map(MAYBE_TABLE.search, said))
    return bool(opened.cloud_links) and not pictures_alone


def _quota_findings(
    reading: Reading,
    related: Related,
    unit: Unit | None,
    facts: Facts,
    siblings: Sequence[Submission],
    campaign: Campaign,
) -> Iterator[Finding]:
    """That the unit owes more activities than it has reported with this table; not where their number is not told."""
    if unit is None or not related.counts:
        return
    quota = campaign.quota if unit.quota is None else unit.quota
    numbers = [number_of_activities(reading)]
    if related.relation is Relation.SUPPLEMENTS:
        numbers += [number_of_activities(s.reading) for s in siblings if s.unit == unit.code and s.current]
        numbers += [len(e.records) for e in facts.earlier if e.unit == unit.code and e.current and e.layout == "rows"]
    known = [number for number in numbers if number is not None]
    if len(known) == len(numbers) and sum(known) < quota:
        text = f"目前共登记线下活动{sum(known)}场，本期应开展不少于{quota}场"
        yield Finding(Severity.NOTICE, "quota-unmet", text)


# ---------------------------------------------------------------- mails without a table


def _without_table(
    opened: Opened, roster: Roster, campaign: Campaign, forms: Mapping[str, Form], own: Collection[str]
) -> Verdict:
    head, words = opened.head, "\n".join((opened.head.subject, opened.words))
    unit = _unit_of(opened, roster)
    code = unit.code if unit else None
    hard = [d for d in opened.documents if d.fault and d.fault.code not in SOFT_FAULTS]
    if hard and hard[0].fault:
        what = f"附件“{hard[0].name}”" if hard[0].name else "附件" if hard[0].path else "邮件"
        return Verdict(Disposition.UNREADABLE, f"{what}无法读取", hard[0].fault.code, code)
    names = (opened.head.subject, *(document.names for document in opened.documents))
    sent = works(names, opened.words, campaign.subprojects)
    table_named = any("统计表" in name for name in names)
    if sent is not None and not table_named:  # who sends a table beside works is asked for the table
        return _misdirected(sent, code)
    if opened.cloud_links:
        return Verdict(Disposition.UNREADABLE, f"附件以网盘链接方式发送（{opened.cloud_links[0]}）", "cloud-link", code)
    if any(document.kind in SPREADSHEETS for document in opened.documents):
        return Verdict(Disposition.UNREADABLE, "附件中未找到统计表的表头", "no-table", code)
    answers = any(reference.rpartition("@")[2].rstrip(">") in _hosts(own) for reference in _answered(head))
    if answers and _shows_pictures_alone(opened):
        return Verdict(Disposition.REVIEW, "对我部来信的答复，仅附图片", None, code)
    soft = [d for d in opened.documents if d.fault]
    if soft and soft[0].fault and _should_hold_a_table(opened):
        return Verdict(Disposition.UNREADABLE, f"附件“{soft[0].name}”中没有可读取的表格", soft[0].fault.code, code)
    if opened.documents:
        return Verdict(Disposition.INFORMATION, "活动信息、照片等材料", None, code)
    if answers:
        return Verdict(Disposition.REVIEW, "对我部来信的答复，未附统计表", None, code)
    if _tells_news(opened):
        return Verdict(Disposition.INFORMATION, "活动信息", None, code)
    if code or any(word in words for word in _campaign_words(campaign, forms)):
        return Verdict(Disposition.REVIEW, "提及本次活动，未附统计表，请人工查看", None, code)
    return Verdict(Disposition.UNRELATED, "与本次活动无关")


def _misdirected(subprojects: tuple[Subproject, ...], unit: str | None) -> Verdict:
    names = "、".join(each.name for each in subprojects)
    reason = f"子项目作品或案例{f'（{names}）' if names else ''}，应报送至该子项目平台"
    return Verdict(Disposition.MISDIRECTED, reason, None, unit, subprojects=subprojects)


def _answered(head: Head) -> tuple[str, ...]:
    """The Message-IDs of the letters that a mail answers; some programs write References alone."""
    return (*head.in_reply_to, *head.references)


def _shows_pictures_alone(opened: Opened) -> bool:
    """Whether pictures are all that comes with a mail, such as a logo, and nothing but our own subject says "table"."""
    pictures = bool(opened.documents) and all(document.kind is FileKind.PICTURE for document in opened.documents)
    names = "\n".join(document.names for document in opened.documents)
    return pictures and not TABLE_NAMES.search(names) and not TABLE_SENT.search(opened.words)


def _tells_news(opened: Opened) -> bool:
    """Whether the words of a mail are themselves the news that its subject announces."""
    subject = screen.strip_prefixes(opened.head.subject)
    long_enough = len(opened.words.strip()) >= SHORTEST_NEWS
    return long_enough and bool(NEWS.search(subject)) and not ASKS.search(opened.words)


def _should_hold_a_table(opened: Opened) -> bool:
    names = "\n".join((opened.head.subject, *(document.names for document in opened.documents)))
    return bool(TABLE_NAMES.search(names) or TABLE_SENT.search(opened.words))


def _unit_of(opened: Opened, roster: Roster) -> Unit | None:
    """The unit that a mail without a table comes from, as far as it says so."""
    texts = (opened.head.subject, *(document.names for document in opened.documents))
    matches = [roster.mentioned(text) for text in texts]
    matches.append(signature(opened.words, roster))
    if opened.head.sender:
        matches.extend(roster.named(unit.name) for unit in roster.registered(opened.head.sender.address)[:1])
    return next((match.unit for match in matches if match.units), None)


def _hosts(own: Collection[str]) -> frozenset[str]:
    return frozenset(address.rpartition("@")[2].lower() for address in own)


def _campaign_words(campaign: Campaign, forms: Mapping[str, Form]) -> Iterator[str]:
    """The words by which a mail speaks of the campaign: the parts of its title, and those of its forms."""
    titles = [campaign.title, *(form.title for form in forms.values())]
    yield "统计表"
    for title in titles:
        yield from (word for word in re.findall(r"[\u4e00-\u9fff0-9+]+", title) if len(word) >= 4)
