"""The weekly letter to staff: who has reported, who has not, what waits, and whether the sums are right."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import accumulate

from mailbot.campaigns.calendar import digest_due, digest_time, iso_week, unpublished_years
from mailbot.campaigns.roster import CATEGORIES, Roster
from mailbot.config import Campaign, Config
from mailbot.decide import uncertain_letters
from mailbot.decide.cases import cases, choices
from mailbot.decide.reminders import coming, unreachable
from mailbot.decide.standing import Standing, counted_records, figure, standings
from mailbot.domain.letter import Letter, LetterKind, LetterState, StoredLetter
from mailbot.domain.letter_contents import Digest, Figure, Line, Progress
from mailbot.domain.mail import Disposition, StoredMessage
from mailbot.domain.submission import Relation, StoredSubmission
from mailbot.mail import bounces
from parsers.forms.form import Column, Form
from parsers.reading import Finding, Severity

OUTCOMES: Mapping[Disposition | None, str] = {
    Disposition.SUBMISSION: "统计表",
    Disposition.INFORMATION: "活动信息",
    Disposition.UNREADABLE: "无法读取",
    Disposition.MISDIRECTED: "误投",
    Disposition.REVIEW: "待人工判断",
    Disposition.AUTOMATIC: "自动回复、退信等",
    Disposition.DUPLICATE: "重复来件",
    Disposition.COMMAND: "工作人员指令",
    Disposition.UNRELATED: "与活动无关",
    None: "尚未处理",
}
"""Every outcome in words, in the order of the ledger."""


@dataclass(frozen=True, slots=True)
class Account:
    """All that a digest tells of; `roster` has the units of the day, those that owe nothing included."""

    roster: Roster
    standings: tuple[Standing, ...]
    messages: tuple[StoredMessage, ...]
    submissions: tuple[StoredSubmission, ...]
    letters: tuple[StoredLetter, ...]
    dead: frozenset[str] = frozenset()
    """Addresses at which no letter arrives any more, in lower case."""
    deferred: int = 0
    """Messages that wait because their senders have had their share of the reading."""


def digests_due(config: Config, now: datetime) -> Mapping[str, str]:
    """Key and address of each digest that should have gone out by now: one for each ISO week and address."""
    if not digest_due(config.campaign, config.digest, now):
        return {}
    return {_key(config.campaign, now, address): address for address in config.staff.digest_to}


def _key(campaign: Campaign, now: datetime, to: str) -> str:
    return f"digest:{campaign.id}:{iso_week(now.date())}:{to}"


def digest(account: Account, config: Config, forms: Mapping[str, Form], now: datetime, to: str) -> Letter:
    """The digest as it stands now, for one address."""
    content = _content(account, config, forms, now)
    first, last = content.from_day, content.to_day
    span = f"{first.month}月{first.day}日—{f'{last.month}月' if last.month != first.month else ''}{last.day}日"
    return Letter(
        key=_key(config.campaign, now, to),
        kind=LetterKind.DIGEST,
        to=to,
        subject=f"统计表报送周报（{span}）：应报 {content.owed} 家，已报 {len(content.reported)} 家",
        template="digest",
        content=content,
    )


def is_first_after_deadline(config: Config, now: datetime) -> bool:
    """Whether the digest of now is the first that knows who was late; staff get the draft circular with it."""
    return _digest_before(config, now).date() <= config.campaign.deadline < now.date()


def _content(account: Account, config: Config, forms: Mapping[str, Form], now: datetime) -> Digest:
    campaign, since = config.campaign, _digest_before(config, now)
    mine = account.standings
    monday = now.date() - timedelta(days=now.date().weekday())
    reported = [s for s in mine if s.reported]
    counted = _counted_fields(campaign, forms)
    first = [(s, s.reported_at) for s in reported if s.reported_at]
    return Digest(
        week=iso_week(monday - timedelta(days=1)),
        from_day=monday - timedelta(days=7),
        to_day=monday - timedelta(days=1),
        as_of=now,
        since=since,
        starts_on=campaign.starts_on,
        deadline=campaign.deadline,
        owed=len(mine),
        reported=tuple(_line(s, _reported(s)) for s in reported),
        missing=tuple(_line(s, _why_missing(s)) for s in mine if not s.reported),
        below_quota=tuple(_line(s, f"{s.activities}/{s.quota} 场") for s in reported if s.below_quota),
        news_only=tuple(_line(s, f"信息 {s.news} 条") for s in mine if s.news and not s.reported),
        table_only=tuple(_line(s) for s in reported if not s.news),
        to_correct=tuple(_line(s, text) for s in mine for text in s.open_errors),
        corrected=tuple(_line(s, text) for s in reported for text in _corrections(s, since)),
        waiting=tuple(waiting(account)),
        doubtful=tuple(_line(s, f.text) for s in mine for f in _warnings(s) if _is_doubt(f, counted)),
        unclear=tuple(_line(s, f.text) for s in mine for f in _warnings(s) if not _is_doubt(f, counted)),
        new=tuple(_line(s, _reported(s)) for s, at in first if at > since),
        progress=tuple(_progress(mine)),
        figures=tuple(_figures(mine, _standings_at(account, campaign, since), campaign, forms)),
        recounted=tuple(c.title for name in campaign.forms for c in _counts(forms[name]) if c.sums == "notice"),
        timeline=tuple(_timeline((at for _, at in first), now)),
        received=len(account.messages),
        ledger=ledger(account.messages),
        new_messages=sum(m.received_at > since for m in account.messages),
        letters=tuple(_letters(account, since)),
        coming=coming(mine, campaign, config.reminders, now.date(), now.date() + timedelta(days=7), account.dead),
        milestones=campaign.milestones,
        trouble=tuple(_trouble(account, campaign, now)),
    )


def _digest_before(config: Config, now: datetime) -> datetime:
    """When the digest before this one was due; before the first one, the beginning of the campaign."""
    start = datetime.combine(config.campaign.starts_on, time(), now.tzinfo)
    day = now.date() - timedelta(days=7)
    while day >= config.campaign.starts_on:
        if due := digest_time(day, config.campaign, config.digest, now):
            return max(due, start)
        day -= timedelta(days=7)
    return start


def ledger(messages: Sequence[StoredMessage]) -> tuple[tuple[str, int], ...]:
    """How many messages ended in which outcome; the numbers sum to all that were received."""
    numbers = Counter(message.disposition for message in messages)
    return tuple((word, numbers[outcome]) for outcome, word in OUTCOMES.items() if numbers[outcome])


def _line(standing: Standing, text: str = "") -> Line:
    return Line(standing.unit.name, standing.unit.category, text)


def _why_missing(standing: Standing) -> str:
    if standing.waiting:
        return "来表待人工核对"
    return "已报信息" if standing.news else ""


def _corrections(standing: Standing, since: datetime) -> Iterator[str]:
    """Which of the tables that count replaced an earlier one, and when it came."""
    for stored in standing.counting:
        if stored.submission.relation is Relation.REPLACES:
            day = stored.received_at.astimezone(since.tzinfo)
            new = "，上期以来新收" if day > since else ""
            yield f"{day.month}月{day.day}日更正，现为第{stored.version}版{new}"


def waiting(account: Account) -> Iterator[Line]:
    """What a person must decide, oldest first: why, and the ways to settle it."""
    for case in cases(account.messages, account.submissions):
        names = "、".join(stored.submission.attachment or "邮件正文" for stored in case.tables)
        ways = "；".join(choice.text for choice in choices(case, account.roster))
        unit = account.roster.get(case.message.unit or next((s.submission.unit for s in case.tables), None))
        about = unit.name if unit else "单位待定" if case.tables else case.message.sender
        yield Line(about, "", f"{case.name}{f' {names}' if names else ''}：{case.why}。可选：{ways}")


def _reported(standing: Standing) -> str:
    """How many activities, and whether somebody reported them from an address that is not the unit's own."""
    codes = {finding.code for stored in standing.counting for finding in stored.submission.findings}
    return f"{standing.activities} 场" + ("，有未登记邮箱报送" if "new-sender" in codes else "")


# ---------------------------------------------------------------- what is doubtful


def _warnings(standing: Standing) -> Iterator[Finding]:
    for stored in standing.counting:
        for finding in stored.submission.findings:
            if finding.severity is Severity.WARNING:
                yield finding


def _is_doubt(finding: Finding, counted: Collection[str]) -> bool:
    """Whether it is about a number that is summed."""
    return finding.field in counted


def _counted_fields(campaign: Campaign, forms: Mapping[str, Form]) -> frozenset[str]:
    return frozenset(c.field for name in campaign.forms for c in forms[name].column if c.kind == "count")


# ---------------------------------------------------------------- progress


def _progress(units: Sequence[Standing]) -> Iterator[Progress]:
    categories = dict.fromkeys((*CATEGORIES, *(s.unit.category for s in units)))
    for category in categories:
        mine = [s for s in units if s.unit.category == category]
        if mine:
            yield Progress(
                category=category or "其他",
                owed=len(mine),
                reported=sum(s.reported for s in mine),
                to_correct=sum(bool(s.open_errors) for s in mine),
                activities=sum(s.activities for s in mine),
                quota=sum(s.quota for s in mine),
            )


def _figures(
    units: Sequence[Standing], before: Sequence[Standing], campaign: Campaign, forms: Mapping[str, Form]
) -> Iterator[Figure]:
    """The activities, and every count column of the forms. A target for the activities bears a summary's field."""
    targets = dict(campaign.targets)
    held = sum(s.activities for s in units)
    yield Figure(
        "线下活动", held, "场", held - sum(s.activities for s in before), target=targets.get("activities_count")
    )
    for form in (forms[name] for name in campaign.forms):
        for column in _counts(form):
            now, then = (_total(which, form, column) for which in (units, before))
            rough = any(_is_rough(s, column.field) for s in units)
            yield Figure(column.title, now, column.unit, now - then, rough, targets.get(column.field))


def _counts(form: Form) -> Iterator[Column]:
    return (column for column in form.column if column.kind == "count" and column.layout == "any")


def _total(units: Sequence[Standing], form: Form, column: Column) -> int:
    return sum(number for s in units if (number := figure(s, form, column.field)) is not None)


def _is_rough(standing: Standing, field: str) -> bool:
    records = [record.values for _, record in counted_records(standing.counting)]
    return any(field in values and values[field].precision in ("approximate", "at_least") for values in records)


def _standings_at(account: Account, campaign: Campaign, moment: datetime) -> tuple[Standing, ...]:
    """How things stood then: by what had come, and what had been replaced, until that moment."""
    undone = {i for s in account.submissions if s.received_at > moment for i in s.submission.replaces}
    submissions = [
        replace(s, submission=replace(s.submission, current=True)) if s.id in undone else s
        for s in account.submissions
        if s.received_at <= moment
    ]
    messages = [m for m in account.messages if m.received_at <= moment]
    return standings(account.roster, campaign, submissions, messages)


def _timeline(first: Iterable[datetime], now: datetime) -> Iterator[tuple[date, int]]:
    days = Counter(moment.astimezone(now.tzinfo).date() for moment in first)
    return zip(sorted(days), accumulate(days[day] for day in sorted(days)), strict=True)


# ---------------------------------------------------------------- the system itself


MOST_NAMED = 3
"""Letters of unknown outcome that a digest names."""
_STATES: Mapping[LetterState, str] = {
    LetterState.SENT: "已发出",
    LetterState.QUEUED: "待发送",
    LetterState.SENDING: "发送中",
    LetterState.HELD: "待放行",
    LetterState.REFUSED: "被拒收",
    LetterState.UNCERTAIN: "结果不明",
    LetterState.DROPPED: "不再需要，未发",
}


def _letters(account: Account, since: datetime) -> Iterator[tuple[str, int]]:
    lately = [letter for letter in account.letters if letter.queued_at > since]
    numbers = Counter(letter.state for letter in lately)
    yield from ((word, numbers[state]) for state, word in _STATES.items() if numbers[state])
    if extra := uncertain_letters.surplus(lately):
        yield "可能重复寄出（至多）", extra


def _trouble(account: Account, campaign: Campaign, now: datetime) -> Iterator[str]:
    """What the system cannot mend by itself."""
    states = Counter(letter.state for letter in account.letters)
    if states[LetterState.REFUSED]:
        yield f"{states[LetterState.REFUSED]} 封信件被对方服务器拒收"
    yield from _unknown(account, now)
    if states[LetterState.HELD]:
        yield f"{states[LetterState.HELD]} 封信件待放行（mailbot release）"
    yield from dict.fromkeys(message.reason for message in account.messages if bounces.is_bounce_reason(message.reason))
    if account.deferred:
        yield f"{account.deferred} 封来件因同一发件人来件过多暂缓读取"
    quarantined = sum(message.code == "quarantined" for message in account.messages)
    if quarantined:
        yield f"{quarantined} 封来件读取异常，已隔离"
    for line in unreachable(account.standings, account.dead):
        yield f"{line.unit_name}：{line.text}"
    for year in unpublished_years(campaign, now.date()):
        yield f"{year}年放假调休安排未录入，暂按周一至周五计算工作日"


def _unknown(account: Account, now: datetime) -> Iterator[str]:
    """How many letters may not have arrived, and which; of many the first few."""
    letters = uncertain_letters.unknown(account.letters)
    if letters:
        yield f"{len(letters)} 封信件发送结果不明（对方可能未收到）"
    for letter in letters[:MOST_NAMED]:
        unit = account.roster.get(letter.unit)
        day = letter.queued_at.astimezone(now.tzinfo)
        yield f"结果不明：{unit.name if unit else letter.to}，{letter.subject}（{day.month}月{day.day}日）"
    if len(letters) > MOST_NAMED:
        yield f"结果不明的其余 {len(letters) - MOST_NAMED} 封见 mailbot status"
