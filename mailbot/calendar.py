"""Working days with make-up days, quiet hours, and when something is due. Times are local to the campaign."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import chinese_calendar

from mailbot.config import Campaign, DigestConfig, Reminders, Weekday

QUIET_FROM, QUIET_UNTIL = time(18, 0), time(8, 30)
"""No reminder leaves between these (domain.md 5.4)."""

WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the reminding: `days` working days to the deadline (negative: after it), on `day` at `due`."""

    days: int
    day: date
    due: datetime

    @property
    def name(self) -> str:
        """As it stands in keys: "-5d", "+1d", "0d"."""
        return f"{-self.days:+d}d" if self.days else "0d"


def published(year: int) -> bool:
    """Whether the State Council's holidays of that year are known to this program."""
    try:
        chinese_calendar.is_workday(date(year, 6, 1))
    except NotImplementedError:
        return False
    return True


def is_working_day(day: date) -> bool:
    """By the State Council's yearly notice, make-up days included; Monday to Friday for years not yet published."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def working_day(start: date, distance: int) -> date:
    """The working day that lies `distance` working days after `start` (before it where negative).

    Distance 0 is `start` itself, or the working day before it where it is a day of rest.
    """
    step = timedelta(days=1 if distance > 0 else -1)
    day = start
    while distance == 0 and not is_working_day(day):
        day += step
    for _ in range(abs(distance)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after `start` up to and including `end`; negative where `end` is before `start`."""
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def last_before_holiday(day: date) -> bool:
    """Whether a holiday of three or more days of rest begins on the day after."""
    return all(not is_working_day(day + timedelta(days=n)) for n in (1, 2, 3))


def stages(campaign: Campaign, reminders: Reminders, zone_now: datetime) -> Iterator[Stage]:
    """Every reminding step of the campaign, in order of time.

    A deadline on a day of rest stays where it is; the steps before it count back from it (domain.md 4.3, 5.4). No
    overdue step falls on the last working day before a holiday.
    """
    for days in sorted(reminders.working_days_before, reverse=True):
        yield _stage(days, working_day(campaign.deadline, -days), reminders, zone_now)
    for days in sorted(reminders.working_days_after):
        day = working_day(campaign.deadline, days)
        while last_before_holiday(day):
            day = working_day(day, 1)
        yield _stage(-days, day, reminders, zone_now)


def _stage(days: int, day: date, reminders: Reminders, zone_now: datetime) -> Stage:
    return Stage(days, day, datetime.combine(day, reminders.send_at, zone_now.tzinfo))


def stage_due(campaign: Campaign, reminders: Reminders, now: datetime) -> Stage | None:
    """The step whose hour has come today. One whose day has passed is never made up."""
    if not QUIET_UNTIL <= now.time() < QUIET_FROM or now.date() > campaign.ends_on:
        return None
    due = [stage for stage in stages(campaign, reminders, now) if stage.day == now.date() and stage.due <= now]
    return due[-1] if due else None


def digest_time(week_of: date, digest: DigestConfig, zone_now: datetime) -> datetime | None:
    """When the digest of the ISO week that holds `week_of` goes out: the configured weekday, or the next working day
    of the same week; None where there is none (domain.md 5.4)."""
    monday = week_of - timedelta(days=week_of.weekday())
    for n in range(WEEKDAYS.index(digest.weekday), 7):
        if is_working_day(monday + timedelta(days=n)):
            return datetime.combine(monday + timedelta(days=n), digest.send_at, zone_now.tzinfo)
    return None


def digest_due(campaign: Campaign, digest: DigestConfig, now: datetime) -> str | None:
    """The ISO week ("2021-W39") whose digest should have gone out by now, else None."""
    due = digest_time(now.date(), digest, now)
    if due is None or not campaign.starts_on <= due.date() <= now.date() <= campaign.ends_on:
        return None
    return iso_week(now.date()) if due <= now else None


def iso_week(day: date) -> str:
    """2021-09-30 → "2021-W39"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
