"""Working days with make-up days, and when reminders and digests are due (domain.md 5.4)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot import calendar
from mailbot.config import Campaign, DigestConfig, Reminders

SHANGHAI = ZoneInfo("Asia/Shanghai")


def campaign(deadline: date = date(2021, 9, 30)) -> Campaign:
    return Campaign.model_validate(
        {
            "id": "c",
            "title": "活动",
            "starts_on": date(deadline.year, 5, 1),
            "deadline": deadline,
            "case_prefix": "C",
        }
    )


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


@pytest.mark.parametrize(
    ("distance", "day"),
    [
        (-1, date(2021, 9, 29)),
        (-3, date(2021, 9, 27)),
        (-4, date(2021, 9, 26)),  # a Sunday that is worked
        (-5, date(2021, 9, 24)),
        (-8, date(2021, 9, 18)),  # a Saturday that is worked
        (-10, date(2021, 9, 16)),
        (1, date(2021, 10, 8)),  # after the week of holidays
        (2, date(2021, 10, 9)),  # a Saturday that is worked
    ],
)
def test_working_days_around_the_deadline_of_2021(distance: int, day: date) -> None:
    assert calendar.working_day(date(2021, 9, 30), distance) == day


def test_a_deadline_on_a_saturday_is_reminded_of_before_it() -> None:
    days = [s.day for s in calendar.stages(campaign(date(2023, 8, 5)), Reminders(), at(date(2023, 8, 1), 9))]
    assert days[:4] == [date(2023, 7, 24), date(2023, 7, 31), date(2023, 8, 3), date(2023, 8, 4)]


def test_the_first_overdue_letter_of_2021_goes_after_the_holidays() -> None:
    days = [s.day for s in calendar.stages(campaign(), Reminders(), at(date(2021, 10, 1), 9)) if s.days < 0]
    assert days == [date(2021, 10, 8), date(2021, 10, 13)]


def test_no_overdue_letter_on_the_last_working_day_before_a_holiday() -> None:
    # 2021-09-29 + 1 working day is 09-30, the day before the holidays
    days = [
        s.day for s in calendar.stages(campaign(date(2021, 9, 29)), Reminders(), at(date(2021, 9, 1), 9)) if s.days < 0
    ]
    assert days[0] == date(2021, 10, 8)


@pytest.mark.parametrize(("hour", "due"), [(8, False), (9, True), (17, True), (18, False), (23, False)])
def test_a_reminder_is_due_on_its_day_between_its_hour_and_the_evening(hour: int, due: bool) -> None:
    stage = calendar.stage_due(campaign(), Reminders(), at(date(2021, 9, 24), hour, 1))
    assert (stage is not None) is due
    assert stage is None or stage.name == "-5d"


def test_a_reminder_whose_day_has_passed_is_not_made_up() -> None:
    assert calendar.stage_due(campaign(), Reminders(), at(date(2021, 9, 25), 10)) is None


def test_reminders_of_a_campaign_fall_on_working_days_and_have_a_name_each() -> None:
    stages = list(calendar.stages(campaign(), Reminders(), at(date(2021, 9, 1), 9)))
    assert all(calendar.is_working_day(stage.day) for stage in stages)
    assert [stage.name for stage in stages] == ["-10d", "-5d", "-2d", "0d", "+1d", "+5d"]


def test_a_digest_on_a_holiday_goes_on_the_next_working_day_of_its_week() -> None:
    due = calendar.digest_time(date(2021, 9, 22), DigestConfig(), at(date(2021, 9, 22), 9))
    assert due == at(date(2021, 9, 22), 8, 30)  # Monday and Tuesday were holidays


def test_a_week_of_holidays_that_ends_with_a_worked_day_has_its_digest_there() -> None:
    due = calendar.digest_time(date(2021, 10, 4), DigestConfig(), at(date(2021, 10, 4), 9))
    assert due == at(date(2021, 10, 8), 8, 30)


def test_a_digest_is_due_from_its_hour_to_the_end_of_its_week() -> None:
    rules = DigestConfig()
    assert calendar.digest_due(campaign(), rules, at(date(2021, 9, 27), 8, 29)) is None
    assert calendar.digest_due(campaign(), rules, at(date(2021, 9, 27), 8, 30)) == "2021-W39"
    assert calendar.digest_due(campaign(), rules, at(date(2021, 10, 3), 23)) == "2021-W39"


def test_no_digest_before_the_campaign_and_none_after_its_end() -> None:
    assert calendar.digest_due(campaign(), DigestConfig(), at(date(2021, 4, 27), 9)) is None
    assert calendar.digest_due(campaign(), DigestConfig(), at(date(2021, 11, 2), 9)) is None


def test_a_year_has_one_digest_for_each_week_with_a_working_day() -> None:
    year = campaign(date(2021, 12, 1))
    due = {
        calendar.digest_due(year, DigestConfig(), at(date(2021, 5, 1) + timedelta(days=n), 12)) for n in range(240)
    } - {None}
    weeks = {
        calendar.iso_week(day)
        for n in range(240)
        if calendar.is_working_day(day := date(2021, 5, 1) + timedelta(days=n)) and day <= year.ends_on
    }
    assert due == weeks


def test_iso_weeks_at_the_turn_of_the_year() -> None:
    assert calendar.iso_week(date(2026, 12, 31)) == "2026-W53"
    assert calendar.iso_week(date(2027, 1, 3)) == "2026-W53"
    assert calendar.iso_week(date(2027, 1, 4)) == "2027-W01"


def test_years_that_are_not_published_count_monday_to_friday() -> None:
    assert not calendar.published(2099)
    assert calendar.is_working_day(date(2099, 1, 1)) == (date(2099, 1, 1).weekday() < 5)
