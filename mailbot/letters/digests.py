"""The weekly digest for staff: who has reported, who has not, what waits, and whether the sums are right."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, time, timedelta

from mailbot.campaigns.calendar import digest_due, digest_time, iso_week
from mailbot.config import Campaign, Config
from mailbot.decide import ledger
from mailbot.decide.cases import cases, choices
from mailbot.decide.reminders import upcoming
from mailbot.decide.standing import Standing
from mailbot.decide.unit_state import granted_in_words
from mailbot.domain.letter import Letter, LetterKind
from mailbot.domain.letter_contents import Digest, Line
from mailbot.domain.submission import Relation
from mailbot.letters.digest_account import Account
from mailbot.letters.digest_contacts import dead_lines, returned_lines
from mailbot.letters.digest_figures import figures, progress, standings_at, timeline
from mailbot.letters.digest_system import letters_by_state, trouble
from parsers.forms.form import Form
from parsers.reading import Finding, Severity


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
    campaign, start = config.campaign, _start(config, now)
    is_first = not _has_digest_before(account, config, now)
    since = start if is_first else _digest_before(config, now)
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
        is_first=is_first or since == start,
        starts_on=campaign.starts_on,
        deadline=campaign.deadline,
        owed=len(mine),
        reported=tuple(_line(s, _reported(s)) for s in reported),
        missing=tuple(_line(s, _why_missing(s)) for s in mine if not s.reported),
        below_quota=tuple(_line(s, f"{s.activities}/{s.quota} 场") for s in reported if s.below_quota),
        zero=tuple(_line(s, s.zero_reason) for s in reported if s.is_zero_report),
        extended=tuple(_line(s, granted_in_words(s)) for s in mine if s.granted),
        news_only=tuple(_line(s, f"信息 {s.news} 条") for s in mine if s.news and not s.reported),
        table_only=tuple(_line(s) for s in reported if not s.news),
        to_correct=tuple(_line(s, text) for s in mine for text in s.open_errors),
        corrected=tuple(_line(s, text) for s in reported for text in _corrections(s, since)),
        waiting=tuple(waiting(account)),
        doubtful=tuple(_line(s, f.text) for s in mine for f in _warnings(s) if _is_doubt(f, counted)),
        unclear=tuple(_line(s, f.text) for s in mine for f in _warnings(s) if not _is_doubt(f, counted)),
        new=tuple(_line(s, _reported(s)) for s, at in first if at > since),
        progress=tuple(progress(mine, campaign.categories)),
        figures=tuple(figures(mine, standings_at(account, campaign, since), campaign, forms)),
        recounted=tuple(c.title for name in campaign.forms for c in forms[name].counts if c.sums == "notice"),
        timeline=tuple(timeline((at for _, at in first), now)),
        received=len(account.messages),
        ledger=ledger.outcomes(account.messages),
        new_messages=sum(m.received_at > since for m in account.messages),
        letters=tuple(letters_by_state(account, since)),
        coming=upcoming(mine, campaign, config.reminders, now.date(), now.date() + timedelta(days=7), account.dead),
        milestones=campaign.milestones,
        trouble=tuple(trouble(account, campaign, now)),
        dead=tuple(dead_lines(account, now)),
        returned=tuple(returned_lines(account, since)),
    )


def _start(config: Config, now: datetime) -> datetime:
    return datetime.combine(config.campaign.starts_on, time(), now.tzinfo)


def _has_digest_before(account: Account, config: Config, now: datetime) -> bool:
    """Whether there is a digest of an earlier week: the program may have been set up in the middle of a campaign."""
    this_week = _key(config.campaign, now, "")
    made = (letter.key for letter in account.letters if letter.kind is LetterKind.DIGEST)
    return any(key.startswith(f"digest:{config.campaign.id}:") and not key.startswith(this_week) for key in made)


def _digest_before(config: Config, now: datetime) -> datetime:
    """When the digest before this one was due; before the first one, the beginning of the campaign."""
    start, day = _start(config, now), now.date() - timedelta(days=7)
    while day >= config.campaign.starts_on:
        if due := digest_time(day, config.campaign, config.digest, now):
            return max(due, start)
        day -= timedelta(days=7)
    return start


def _line(standing: Standing, text: str = "") -> Line:
    return Line(standing.unit.name, standing.unit.category, text)


def _why_missing(standing: Standing) -> str:
    why = "来件待人工核对" if standing.is_open else "已报信息" if standing.news else ""
    return "，".join(filter(None, (why, granted_in_words(standing))))


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
    what = "零报告" if standing.is_zero_report else f"{standing.activities} 场"
    return what + ("，有未登记邮箱报送" if "new-sender" in codes else "")


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
