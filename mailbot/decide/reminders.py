"""Who is reminded today, and in which words."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from mailbot.campaigns.calendar import Stage, milestones_ending, stage_due
from mailbot.config import Campaign, Reminders
from mailbot.decide.dead_contacts import living_addresses
from mailbot.decide.display import number_of_activities
from mailbot.decide.standing import Standing
from mailbot.domain.letter import Letter, LetterKind, LetterState, StoredLetter
from mailbot.domain.letter_contents import Line, Owed, Reminder
from mailbot.domain.submission import Status
from parsers.marks import quoted

LATE_DAYS = 2
"""Working days after an overdue letter until which the table is asked for."""


def owes(standing: Standing) -> Owed | None:
    """What a unit still owes ("nothing" came, "table", "quota", "correction"), or None.

    A unit of which something waits, for a person of ours or to be read, owes nothing until that is settled; who reports
    that there was no activity owes none.
    """
    if standing.is_open:
        return None
    if not standing.reported:
        return "table" if standing.news else "nothing"
    if standing.open_errors:
        return "correction"
    return "quota" if standing.below_quota else None


def reminders(
    standings: Sequence[Standing],
    campaign: Campaign,
    rules: Reminders,
    now: datetime,
    complete_until: datetime | None,
    dead: Collection[str] = (),
    letters: Iterable[StoredLetter] = (),
) -> Iterator[Letter]:
    """The reminders that should be out by now; their keys make each of them happen once.

    None before the mailbox was read to its end after the hour of the step (`complete_until`, the time of the last
    complete poll): who has reported must not be reminded. None to a unit to which another went out today, by the
    `letters` of the outbox.
    """
    stages = {deadline: stage_due(campaign, rules, now, deadline) for deadline in {s.deadline for s in standings}}
    today = _reminded_on(now, letters)
    for standing in standings:
        stage, addresses = stages[standing.deadline], living_addresses(standing.unit, dead)
        if stage is None or not addresses or complete_until is None or complete_until < stage.due:
            continue
        letter = reminder(standing, stage, addresses[0], campaign, now)
        if letter and today[standing.unit.code] <= {letter.key}:
            yield letter


def _reminded_on(now: datetime, letters: Iterable[StoredLetter]) -> Mapping[str | None, set[str]]:
    """Unit → keys of its reminders of that day; one that was given up has not gone out."""
    keys = defaultdict(set)
    for letter in letters:
        made = letter.queued_at.astimezone(now.tzinfo).date()
        if letter.kind is LetterKind.REMINDER and letter.state is not LetterState.DROPPED and made == now.date():
            keys[letter.unit].add(letter.key)
    return keys


def reminder(
    standing: Standing, stage: Stage, to: str, campaign: Campaign, now: datetime, key: str = ""
) -> Letter | None:
    """The reminder of one step to one unit, or None where it owes nothing; `key`: another than its own."""
    missing = owes(standing)
    if missing is None:
        return None
    unit, deadline, calendar = standing.unit, standing.deadline, campaign.calendar
    late = min(calendar.working_day(now.date(), LATE_DAYS), campaign.ends_on)
    return Letter(
        key=key or key_of(standing, stage, campaign),
        kind=LetterKind.REMINDER,
        to=to,
        subject=_subject(stage, deadline),
        template="reminder",
        content=Reminder(
            unit_name=unit.name,
            owes=missing,
            days=calendar.working_days_between(now.date(), deadline) if stage.days >= 0 else stage.days,
            deadline=deadline,
            asked_by=deadline if stage.days >= 0 else late,
            as_of=now,
            activities=standing.activities,
            quota=standing.quota,
            open_errors=standing.open_errors,
            come=tuple(_come(standing, now)),
            rests=not calendar.is_working_day(deadline),
            # what ends with the deadline is said with it
            ending=tuple(
                m for m in milestones_ending(campaign, now.date()) if m.last not in (deadline, campaign.deadline)
            ),
        ),
        unit=unit.code,
    )


def _come(standing: Standing, now: datetime) -> Iterator[str]:
    """What has come from a unit and counts: which table, when, with how many activities, and whether it is in order."""
    for stored in standing.counting:
        submission, day = stored.submission, stored.received_at.astimezone(now.tzinfo)
        name = f"附件{quoted(submission.attachment)}" if submission.attachment else "邮件正文中的表格"
        number = number_of_activities(submission.reading)
        held = "" if number is None else f"，活动 {number} 场"
        state = "，尚待补正" if submission.status is Status.NEEDS_CORRECTION else ""
        yield f"{day.month}月{day.day}日来件（受理号 {stored.case}）{name}：已登记{held}{state}"


def key_of(standing: Standing, stage: Stage, campaign: Campaign) -> str:
    """The key of a reminder: one letter for ever for each unit and step.

    A deadline of its own begins the steps anew, told by their day.
    """
    key = f"reminder:{campaign.id}:{standing.unit.code}:{stage.name}"
    return key if standing.deadline == campaign.deadline else f"{key}:{stage.day}"


def _subject(stage: Stage, deadline: date) -> str:
    day = f"{deadline.month}月{deadline.day}日"
    if stage.days < 0:
        return f"【报送提醒】线下活动统计表已于 {day} 截止，请报送"
    return f"【报送提醒】线下活动统计表将于 {day} 截止"


def unreachable(standings: Sequence[Standing], dead: Collection[str] = ()) -> tuple[Line, ...]:
    """Units that owe something and cannot be reminded: staff must call them."""
    return tuple(
        Line(
            s.unit.name,
            s.unit.category,
            "名录所列邮箱均被退信，无法提醒" if s.unit.emails else "名录中没有邮箱，无法提醒",
        )
        for s in standings
        if owes(s) and not living_addresses(s.unit, dead)
    )


def upcoming(
    standings: Sequence[Standing],
    campaign: Campaign,
    rules: Reminders,
    today: date,
    until: date,
    dead: Collection[str] = (),
) -> tuple[Line, ...]:
    """The reminders that would go out from tomorrow until a day, as things stand now."""
    in_debt = Counter(s.deadline for s in standings if owes(s) and living_addresses(s.unit, dead))
    lines = []
    for offset in range(1, (until - today).days + 1):
        day = today + timedelta(days=offset)
        for deadline, number in sorted(in_debt.items()):
            if stage_due(campaign, rules, datetime.combine(day, rules.send_at), deadline):
                distance = _distance(day, deadline, campaign)
                lines.append(Line(f"{day.month}月{day.day}日", "", f"报送提醒，{number} 个单位（{distance}）"))
    return tuple(lines)


def _distance(day: date, deadline: date, campaign: Campaign) -> str:
    left = campaign.calendar.working_days_between(day, deadline)
    if left < 0:
        return f"逾期 {-left} 个工作日"
    return f"距截止 {left} 个工作日" if left else "截止当日" if day == deadline else "截止前最后一个工作日"
