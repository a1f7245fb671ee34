"""Who is reminded today, and in which words."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from mailbot.calendar import Stage, is_working_day, stage_due, working_day, working_days_between
from mailbot.config import Campaign, Reminders
from mailbot.contents import Line, Owed, Reminder
from mailbot.decide.standing import Standing
from mailbot.domain import Letter, LetterKind

LATE_DAYS = 2
"""Working days after an overdue letter until which the table is asked for."""


def owes(standing: Standing) -> Owed | None:
    """What a unit still owes ("nothing" came, "table", "quota", "correction"), or None.

    A unit whose table waits for a person of ours owes nothing until that person has decided.
    """
    if standing.waiting:
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
) -> Iterator[Letter]:
    """The reminders that should have gone out by now; their keys make each of them happen once.

    None before the mailbox was read to its end after the hour of the step (`complete_until`, the time of the last
    complete poll): who has reported must not be reminded.
    """
    stage = stage_due(campaign, rules, now)
    if stage is None or complete_until is None or complete_until < stage.due or not is_working_day(now.date()):
        return
    for standing in standings:
        for address in standing.unit.emails[:1]:
            if letter := reminder(standing, stage, address, campaign, now):
                yield letter


def reminder(standing: Standing, stage: Stage, to: str, campaign: Campaign, now: datetime) -> Letter | None:
    """The reminder of one step to one unit, or None where it owes nothing."""
    missing = owes(standing)
    if missing is None:
        return None
    unit = standing.unit
    return Letter(
        key=f"reminder:{campaign.id}:{unit.code}:{stage.name}",
        kind=LetterKind.REMINDER,
        to=to,
        subject=_subject(stage, campaign),
        template="reminder",
        content=Reminder(
            unit_name=unit.name,
            owes=missing,
            days=stage.days,
            deadline=campaign.deadline,
            asked_by=campaign.deadline if stage.days >= 0 else working_day(now.date(), LATE_DAYS),
            as_of=now,
            activities=standing.activities,
            quota=standing.quota,
            open_errors=standing.open_errors,
        ),
        unit=unit.code,
    )


def _subject(stage: Stage, campaign: Campaign) -> str:
    day = f"{campaign.deadline.month}月{campaign.deadline.day}日"
    if stage.days < 0:
        return f"【报送提醒】线下活动统计表已于 {day} 截止，请补报"
    return f"【报送提醒】线下活动统计表将于 {day} 截止"


def unreachable(standings: Sequence[Standing]) -> tuple[Line, ...]:
    """Units that owe something and have no address on the roster: staff must call them."""
    return tuple(
        Line(s.unit.name, s.unit.category, "名录中没有邮箱，无法提醒")
        for s in standings
        if owes(s) and not s.unit.emails
    )


def coming(
    standings: Sequence[Standing], campaign: Campaign, rules: Reminders, today: date, until: date
) -> tuple[Line, ...]:
    """The reminders that would go out from tomorrow until a day, as things stand now."""
    lines = []
    in_debt = sum(owes(s) is not None and bool(s.unit.emails) for s in standings)
    for offset in range(1, (until - today).days + 1):
        day = today + timedelta(days=offset)
        noon = datetime.combine(day, rules.send_at)
        stage = stage_due(campaign, rules, noon)
        if stage and in_debt:
            when = f"{day.month}月{day.day}日"
            left = working_days_between(day, campaign.deadline)
            lines.append(Line(when, "", f"报送提醒，{in_debt} 个单位（距截止 {left} 个工作日）"))
    return tuple(lines)
