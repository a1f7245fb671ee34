"""When reminders, the weekly digest and milestones of a campaign are due. Times are local to the campaign."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailbot.config import Campaign, DigestConfig, Reminders, Weekday
from mailbot.domain.campaign import Milestone

WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEAR = timedelta(days=14)
"""How far ahead the end of a milestone is spoken of."""
YEAR_IS_PUBLISHED_FROM = 11
"""The month in which the State Council publishes the holidays of the next year (domain.md 5.4)."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One reminder: `days` working days before the deadline (negative: after it), on `day` at `due`."""

    days: int
    day: date
    due: datetime

    @property
    def name(self) -> str:
        """As it stands in keys: "-5d", "+1d", "0d"."""
        return f"{-self.days:+d}d" if self.days else "0d"


def stages(campaign: Campaign, reminders: Reminders, zone_now: datetime, deadline: date | None = None) -> list[Stage]:
    """Every reminder of the campaign, in order of time; `deadline`: of a unit that has one of its own.

    A deadline on a day of rest stays where it is; the steps before it count back from it (domain.md 4.3, 5.4). No
    overdue step falls on the last working day before a holiday, none of any kind after the campaign's end.
    """
    found = (
        Stage(days, day, datetime.combine(day, reminders.send_at, zone_now.tzinfo))
        for days, day in _steps(campaign, reminders, deadline or campaign.deadline)
        if day <= campaign.ends_on
    )
    return sorted(found, key=lambda stage: (stage.day, -stage.days))


def _steps(campaign: Campaign, reminders: Reminders, deadline: date) -> Iterator[tuple[int, date]]:
    calendar = campaign.calendar
    for days in reminders.working_days_before:
        yield days, calendar.working_day(deadline, -days)
    for days in reminders.working_days_after:
        day = calendar.working_day(deadline, days)
        while calendar.is_last_before_holiday(day):
            day = calendar.working_day(day, 1)
        yield -days, day


def stage_due(campaign: Campaign, reminders: Reminders, now: datetime, deadline: date | None = None) -> Stage | None:
    """The step whose hour has come today. One whose day has passed is never made up; of two on a day the later counts.

    None in the quiet hours.
    """
    if reminders.is_quiet(now.time()):
        return None
    all_of_them = stages(campaign, reminders, now, deadline)
    due = [stage for stage in all_of_them if stage.day == now.date() and stage.due <= now]
    return due[-1] if due else None


def digest_time(week_of: date, campaign: Campaign, digest: DigestConfig, zone_now: datetime) -> datetime | None:
    """When the digest of the ISO week that holds `week_of` goes out; None where it has no working day of the campaign.

    The configured weekday, else the next working day of the week, else the last one before (domain.md 5.4).
    """
    monday = week_of - timedelta(days=week_of.weekday())
    days = [monday + timedelta(days=n) for n in range(7)]
    worked = [d for d in days if campaign.starts_on <= d <= campaign.ends_on and campaign.calendar.is_working_day(d)]
    if not worked:
        return None
    day = next((d for d in worked if d >= days[WEEKDAYS.index(digest.weekday)]), worked[-1])
    return datetime.combine(day, digest.send_at, zone_now.tzinfo)


def digest_due(campaign: Campaign, digest: DigestConfig, now: datetime) -> str | None:
    """The ISO week ("2021-W39") whose digest should have gone out by now, else None."""
    due = digest_time(now.date(), campaign, digest, now)
    return iso_week(now.date()) if due and due <= now and now.date() <= campaign.ends_on else None


def iso_week(day: date) -> str:
    """2021-09-30 → "2021-W39"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def milestones_ending(campaign: Campaign, day: date) -> tuple[Milestone, ...]:
    """Those that end on that day or within two weeks after it, in the order of the configuration."""
    return tuple(m for m in campaign.milestones if day <= m.last <= day + NEAR)


def unpublished_years(campaign: Campaign, today: date) -> list[int]:
    """The years that matter from today on whose holidays are not known, so that Monday to Friday count as worked.

    The next one matters from November on, and before where the campaign goes on in it.
    """
    soon = today.year + (today.month >= YEAR_IS_PUBLISHED_FROM)
    years = range(today.year, max(soon, campaign.ends_on.year) + 1)
    return [year for year in years if not campaign.calendar.is_published(year)]
