"""Tells working days from days of rest: the State Council's yearly notice (调休), and the office's own list."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar

HOLIDAY = 3
"""Days of rest in a row that make a holiday; a week-end has two."""


@dataclass(frozen=True, slots=True)
class Workdays:
    """The days as the program knows them, except those that the office lists itself, which win.

    A year that nobody has published yet has Monday to Friday.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    source: Path | None = field(default=None, compare=False)
    """The office's own list, where there is one."""
    fault: str = field(default="", compare=False)
    """Why that file cannot be used as it is now, in a sentence; these days are then those of before."""

    def is_published(self, year: int) -> bool:
        """Whether the holidays of that year are known, to this program or from the office's list."""
        return (
            any(day.year == year for day in self.holidays | self.workdays) or _by_notice(date(year, 6, 1)) is not None
        )

    def is_working_day(self, day: date) -> bool:
        """Whether it is worked, make-up days included."""
        if day in self.holidays or day in self.workdays:
            return day in self.workdays
        by_notice = _by_notice(day)
        return day.weekday() < 5 if by_notice is None else by_notice

    def working_day(self, start: date, distance: int) -> date:
        """The working day that lies `distance` working days after `start` (before it where negative).

        Distance 0 is `start` itself, or the working day before it where it is a day of rest.
        """
        step = timedelta(days=1 if distance > 0 else -1)
        day = start
        while distance == 0 and not self.is_working_day(day):
            day += step
        for _ in range(abs(distance)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; negative where `end` is before `start`."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def is_last_before_holiday(self, day: date) -> bool:
        """Whether a holiday begins on the day after."""
        return not any(self.is_working_day(day + timedelta(days=n)) for n in range(1, HOLIDAY + 1))


@cache
def _by_notice(day: date) -> bool | None:
    """What the State Council's notices say of a day; None for a year that the package does not have."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
