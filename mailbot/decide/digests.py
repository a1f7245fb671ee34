"""The weekly letter to staff: who has reported, who has not, what waits, and whether the sums are right."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailbot import bounces
from mailbot.calendar import digest_due, iso_week, published
from mailbot.config import Campaign, Config
from mailbot.contents import Digest, Line, Progress
from mailbot.decide.reminders import coming, unreachable
from mailbot.decide.standing import Standing, figure
from mailbot.domain import (
    Disposition,
    Letter,
    LetterKind,
    LetterState,
    Status,
    StoredLetter,
    StoredMessage,
    StoredSubmission,
)
from mailbot.roster import CATEGORIES
from parsers.form import Form
from parsers.reading import Severity

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
    """All that a digest tells of."""

    standings: tuple[Standing, ...]
    messages: tuple[StoredMessage, ...]
    submissions: tuple[StoredSubmission, ...]
    letters: tuple[StoredLetter, ...]


def digests_due(config: Config, now: datetime) -> Mapping[str, str]:
    """Key and address of each digest that should have gone out by now: one for each ISO week and address."""
    if not digest_due(config.campaign, config.digest, now):
        return {}
    return {_key(config.campaign, now, address): address for address in config.staff.digest_to}


def _key(campaign: Campaign, now: datetime, to: str) -> str:
    return f"digest:{campaign.id}:{iso_week(now.date())}:{to}"


def digest(account: Account, config: Config, forms: Mapping[str, Form], now: datetime, to: str) -> Letter:
    """The digest as it stands now, for one address."""
    monday = now.date() - timedelta(days=now.date().weekday())
    return Letter(
        key=_key(config.campaign, now, to),
        kind=LetterKind.DIGEST,
        to=to,
        subject=f"活动报送周报（{monday.month}月{monday.day}日当周）",
        template="digest",
        content=_content(account, config, forms, now, monday),
    )


def _content(account: Account, config: Config, forms: Mapping[str, Form], now: datetime, monday: date) -> Digest:
    standings, campaign = account.standings, config.campaign
    return Digest(
        week=iso_week(monday - timedelta(days=1)),
        from_day=monday - timedelta(days=7),
        to_day=monday - timedelta(days=1),
        as_of=now,
        deadline=campaign.deadline,
        owed=len(standings),
        reported=tuple(_line(s, f"{s.activities} 场") for s in standings if s.reported),
        missing=tuple(_line(s, "已报信息，未报统计表" if s.news else "") for s in standings if not s.reported),
        below_quota=tuple(_line(s, f"{s.activities}/{s.quota} 场") for s in standings if s.below_quota),
        to_correct=tuple(_line(s, "；".join(s.open_errors)) for s in standings if s.open_errors),
        waiting=tuple(waiting(account)),
        doubtful=tuple(_line(s, text) for s in standings for text in _warnings(s)),
        progress=tuple(_progress(standings)),
        figures=tuple(_figures(standings, campaign, forms)),
        received=len(account.messages),
        ledger=ledger(account.messages),
        new_messages=sum(now - m.received_at <= timedelta(days=7) for m in account.messages),
        coming=coming(standings, campaign, config.reminders, now.date(), now.date() + timedelta(days=7)),
        trouble=tuple(_trouble(account, now)),
    )


def ledger(messages: Sequence[StoredMessage]) -> tuple[tuple[str, int], ...]:
    """How many messages ended in which outcome; the numbers sum to all that were received."""
    numbers = Counter(message.disposition for message in messages)
    return tuple((word, numbers[outcome]) for outcome, word in OUTCOMES.items() if numbers[outcome])


def _line(standing: Standing, text: str) -> Line:
    return Line(standing.unit.name, standing.unit.category, text)


_OPEN = ("sender-unverified", "relation-unclear", "unit-unknown", "unit-not-listed")
"""The findings that say why a table waits for a person."""


def waiting(account: Account) -> Iterator[Line]:
    """What a person must decide, oldest first."""
    undecided = [s for s in account.submissions if s.submission.status is Status.REVIEW]
    for stored in undecided:
        submission = stored.submission
        why = next((f.text for f in submission.findings if f.code in _OPEN), "")
        yield Line(submission.unit_name or "单位待定", "", f"{stored.case} {submission.attachment}：{why}")
    with_tables = {stored.message for stored in undecided}
    for message in account.messages:
        if message.disposition is Disposition.REVIEW and message.id not in with_tables:
            yield Line(message.sender, "", f"{message.case} {message.reason}")


def _warnings(standing: Standing) -> Iterator[str]:
    for stored in standing.counting:
        for finding in stored.submission.findings:
            if finding.severity is Severity.WARNING:
                yield finding.text


def _progress(standings: Sequence[Standing]) -> Iterator[Progress]:
    categories = dict.fromkeys((*CATEGORIES, *(s.unit.category for s in standings)))
    for category in categories:
        mine = [s for s in standings if s.unit.category == category]
        if mine:
            yield Progress(category or "其他", len(mine), sum(s.reported for s in mine))


def _figures(standings: Sequence[Standing], campaign: Campaign, forms: Mapping[str, Form]) -> Iterator[tuple[str, str]]:
    yield "线下活动", f"{sum(s.activities for s in standings):,} 场"
    for name in campaign.forms:
        for column in forms[name].column:
            if column.kind == "count" and column.layout == "any":
                numbers = [figure(s, forms[name], column.field) for s in standings]
                total = sum(number for number in numbers if number is not None)
                yield column.title, f"{total:,} {column.unit}".rstrip()


def _trouble(account: Account, now: datetime) -> Iterator[str]:
    """What the system cannot mend by itself."""
    states = Counter(letter.state for letter in account.letters)
    if states[LetterState.REFUSED]:
        yield f"{states[LetterState.REFUSED]} 封信件被对方服务器拒收"
    if states[LetterState.UNCERTAIN]:
        yield f"{states[LetterState.UNCERTAIN]} 封信件发送结果不明"
    if states[LetterState.HELD]:
        yield f"{states[LetterState.HELD]} 封信件待放行（mailbot release）"
    yield from dict.fromkeys(message.reason for message in account.messages if bounces.says_so(message.reason))
    quarantined = sum(message.code == "quarantined" for message in account.messages)
    if quarantined:
        yield f"{quarantined} 封来件读取异常，已隔离"
    for line in unreachable(account.standings):
        yield f"{line.unit_name}：{line.text}"
    if not published(now.year + 1) and now.month == 12:
        yield f"{now.year + 1}年调休安排未录入，暂按周一至周五计算工作日"
