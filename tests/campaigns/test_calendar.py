"""Working days, with public holidays and make-up days, and when reminders and digests are due."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.campaigns import calendar
from mailbot.config import Campaign, DigestConfig, Reminders
from mailbot.domain.workdays import Workdays

SHANGHAI = ZoneInfo("Asia/Shanghai")
KNOWN = Workdays()


def campaign(deadline: date = date(2021, 9, 30), **changes: Any) -> Campaign:
    usual = {
        "id": "c",
        "title": "活动",
        "starts_on": date(deadline.year, 5, 1),
        "deadline": deadline,
        "case_prefix": "C",
    }
    return Campaign.model_validate(usual | changes)


def days_of_reminding(**changes: Any) -> list[date]:
    return [stage.day for stage in calendar.stages(campaign(**changes), Reminders(), at(date(2021, 1, 1), 9))]


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
    assert KNOWN.working_day(date(2021, 9, 30), distance) == day


def test_the_distance_in_working_days_counts_make_up_days_and_no_holidays() -> None:
    assert KNOWN.working_days_between(date(2021, 9, 24), date(2021, 9, 30)) == 5
    assert KNOWN.working_days_between(date(2021, 9, 30), date(2021, 10, 8)) == 1
    assert KNOWN.working_days_between(date(2021, 10, 8), date(2021, 9, 30)) == -1


def test_the_offices_own_list_wins_over_the_days_that_the_program_knows() -> None:
    own = Workdays(holidays=frozenset({date(2021, 9, 26)}), workdays=frozenset({date(2021, 10, 2)}))
    assert not own.is_working_day(date(2021, 9, 26))
    assert own.is_working_day(date(2021, 10, 2))
    assert own.working_day(date(2021, 9, 30), -4) == date(2021, 9, 24)


def test_a_year_that_nobody_published_is_known_by_the_offices_own_list() -> None:
    own = Workdays(holidays=frozenset({date(2099, 10, 1)}))
    assert not KNOWN.is_published(2099)
    assert own.is_published(2099)
    assert KNOWN.is_working_day(date(2099, 10, 1))
    assert not own.is_working_day(date(2099, 10, 1))


def test_a_deadline_on_a_saturday_is_reminded_of_before_it() -> None:
    days = days_of_reminding(deadline=date(2023, 8, 5))
    assert days[:4] == [date(2023, 7, 24), date(2023, 7, 31), date(2023, 8, 3), date(2023, 8, 4)]


def test_a_deadline_on_a_saturday_stays_there_unless_the_office_wants_it_moved() -> None:
    assert campaign(date(2023, 8, 5)).deadline == date(2023, 8, 5)
    moved = campaign(date(2023, 8, 5), rollover="next_working_day")
    assert moved.deadline == date(2023, 8, 7)
    assert campaign(rollover="next_working_day").deadline == date(2021, 9, 30)
    assert days_of_reminding(deadline=date(2023, 8, 5), rollover="next_working_day")[3] == date(2023, 8, 7)


def test_the_first_overdue_letter_of_2021_goes_after_the_holidays() -> None:
    assert days_of_reminding()[4:] == [date(2021, 10, 8), date(2021, 10, 13)]


def test_no_overdue_letter_on_the_last_working_day_before_a_holiday() -> None:
    # 2021-09-29 + 1 working day is 09-30, the day before the holidays
    assert days_of_reminding(deadline=date(2021, 9, 29))[4] == date(2021, 10, 8)


def test_an_ordinary_friday_is_no_day_before_a_holiday() -> None:
    assert not KNOWN.is_last_before_holiday(date(2021, 9, 10))
    assert KNOWN.is_last_before_holiday(date(2021, 9, 30))
    assert KNOWN.is_last_before_holiday(date(2021, 9, 18))  # a worked Saturday before three days of rest


def test_no_reminding_after_the_last_step_and_none_after_the_campaigns_end() -> None:
    assert days_of_reminding(ends_on=date(2021, 10, 10))[-1] == date(2021, 10, 8)
    assert calendar.stage_due(campaign(), Reminders(), at(date(2021, 10, 14), 10)) is None


def test_a_unit_with_a_later_deadline_of_its_own_is_reminded_by_that() -> None:
    own = date(2021, 10, 15)
    assert calendar.stage_due(campaign(), Reminders(), at(date(2021, 9, 30), 10), own) is None
    stage = calendar.stage_due(campaign(), Reminders(), at(date(2021, 10, 15), 10), own)
    assert stage is not None
    assert stage.name == "0d"


@pytest.mark.parametrize(("hour", "due"), [(8, False), (9, True), (17, True), (18, False), (23, False)])
def test_a_reminder_is_due_on_its_day_between_its_hour_and_the_evening(hour: int, due: bool) -> None:
    stage = calendar.stage_due(campaign(), Reminders(), at(date(2021, 9, 24), hour, 1))
    assert (stage is not None) is due
    assert stage is None or stage.name == "-5d"


def test_the_quiet_hours_are_the_offices_own() -> None:
    rules = Reminders(send_at=time(14), quiet_from=time(16), quiet_until=time(10))
    assert calendar.stage_due(campaign(), rules, at(date(2021, 9, 24), 15)) is not None
    assert calendar.stage_due(campaign(), rules, at(date(2021, 9, 24), 16)) is None


def test_of_two_steps_on_one_day_the_later_one_counts() -> None:
    rules = Reminders(working_days_before=(1, 0))
    stage = calendar.stage_due(campaign(date(2023, 8, 5)), rules, at(date(2023, 8, 4), 10))
    assert stage is not None
    assert stage.name == "0d"


def test_a_reminder_whose_day_has_passed_is_not_made_up() -> None:
    assert calendar.stage_due(campaign(), Reminders(), at(date(2021, 9, 25), 10)) is None


def test_reminders_of_a_campaign_fall_on_working_days_and_have_a_name_each() -> None:
    stages = list(calendar.stages(campaign(), Reminders(), at(date(2021, 9, 1), 9)))
    assert all(KNOWN.is_working_day(stage.day) for stage in stages)
    assert [stage.name for stage in stages] == ["-10d", "-5d", "-2d", "0d", "+1d", "+5d"]


@given(
    deadline=st.dates(date(2004, 2, 1), date(2031, 10, 31)),
    before=st.sets(st.integers(0, 15), max_size=4),
    after=st.sets(st.integers(1, 15), max_size=4),
)
def test_whatever_the_deadline_every_step_is_worked_on_its_side_of_it(
    deadline: date, before: set[int], after: set[int]
) -> None:
    rules = Reminders(working_days_before=tuple(before), working_days_after=tuple(after))
    chosen = campaign(deadline, starts_on=date(2004, 1, 1), ends_on=date(2032, 12, 31))
    steps = calendar.stages(chosen, rules, at(deadline, 9))
    assert sorted(step.days for step in steps) == sorted([*before, *(-days for days in after)])
    for step in steps:
        assert KNOWN.is_working_day(step.day)
        assert step.day <= deadline if step.days >= 0 else step.day > deadline
        assert step.days >= 0 or not KNOWN.is_last_before_holiday(step.day)


def test_a_digest_on_a_holiday_goes_on_the_next_working_day_of_its_week() -> None:
    due = calendar.digest_time(date(2021, 9, 22), campaign(), DigestConfig(), at(date(2021, 9, 22), 9))
    assert due == at(date(2021, 9, 22), 8, 30)  # Monday and Tuesday were holidays


def test_a_week_of_holidays_that_ends_with_a_worked_day_has_its_digest_there() -> None:
    due = calendar.digest_time(date(2021, 10, 4), campaign(), DigestConfig(), at(date(2021, 10, 4), 9))
    assert due == at(date(2021, 10, 8), 8, 30)


def test_a_week_whose_end_is_holidays_has_its_digest_on_its_last_working_day() -> None:
    friday = DigestConfig(weekday="friday")
    assert calendar.digest_time(date(2021, 9, 27), campaign(), friday, at(date(2021, 9, 27), 9)) == at(
        date(2021, 9, 30), 8, 30
    )


def test_a_campaign_that_starts_or_ends_within_a_week_has_a_digest_in_it() -> None:
    short = campaign(starts_on=date(2021, 9, 1), ends_on=date(2021, 10, 19))
    rules = DigestConfig(weekday="wednesday")
    first = calendar.digest_time(date(2021, 9, 1), short, DigestConfig(), at(date(2021, 9, 1), 9))
    assert first == at(date(2021, 9, 1), 8, 30)
    assert calendar.digest_time(date(2021, 10, 18), short, rules, at(date(2021, 10, 18), 9)) == at(
        date(2021, 10, 19), 8, 30
    )


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
        if KNOWN.is_working_day(day := date(2021, 5, 1) + timedelta(days=n)) and day <= year.ends_on
    }
    assert due == weeks


def test_iso_weeks_at_the_turn_of_the_year() -> None:
    assert calendar.iso_week(date(2026, 12, 31)) == "2026-W53"
    assert calendar.iso_week(date(2027, 1, 3)) == "2026-W53"
    assert calendar.iso_week(date(2027, 1, 4)) == "2027-W01"


def test_years_that_are_not_published_count_monday_to_friday() -> None:
    assert all(KNOWN.is_working_day(day) == (day.weekday() < 5) for day in (date(2099, 1, n) for n in range(1, 8)))


@pytest.mark.parametrize(
    ("today", "ends_on", "missing"),
    [
        (date(2098, 10, 31), date(2098, 12, 31), []),
        (date(2098, 11, 1), date(2098, 12, 31), [2099]),
        (date(2098, 9, 1), date(2099, 1, 15), [2099]),
        (date(2099, 1, 5), date(2099, 1, 15), [2099]),
    ],
)
def test_staff_hear_of_a_year_without_holidays_when_it_matters(today: date, ends_on: date, missing: list[int]) -> None:
    own = Workdays(holidays=frozenset({date(2098, 10, 1)}))
    assert calendar.unpublished_years(campaign(date(2098, 9, 30), ends_on=ends_on, calendar=own), today) == missing


def test_milestones_are_spoken_of_when_their_end_is_near() -> None:
    cases = {"name": "案例征集", "first": date(2021, 5, 1), "last": date(2021, 9, 25)}
    chosen = campaign(milestones=[cases, {"name": "全国评选", "first": date(2021, 10, 1), "last": date(2021, 11, 30)}])
    assert [m.name for m in calendar.milestones_ending(chosen, date(2021, 9, 16))] == ["案例征集"]
    assert [m.name for m in calendar.milestones_ending(chosen, date(2021, 9, 25))] == ["案例征集"]
    assert calendar.milestones_ending(chosen, date(2021, 9, 10)) == ()
    assert calendar.milestones_ending(chosen, date(2021, 9, 26)) == ()
