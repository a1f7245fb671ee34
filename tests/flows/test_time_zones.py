"""Across changes of daylight saving time and of the year: one digest a week, one reminder a stage."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support.world import World

WEEKS = 2


@pytest.mark.parametrize(
    ("zone", "monday"),
    [
        ("Europe/Berlin", date(2021, 3, 22)),  # the hour from 2 to 3 is left out on 28 March
        ("Europe/Berlin", date(2021, 10, 25)),  # and comes twice on 31 October
        ("America/New_York", date(2021, 3, 8)),
        ("America/New_York", date(2021, 11, 1)),
        ("Asia/Shanghai", date(2020, 12, 28)),  # 2020 has 53 weeks
    ],
)
def test_each_week_has_one_digest_and_each_stage_one_reminder_for_each_unit(
    tmp_path: Path, zone: str, monday: date
) -> None:
    place, last = ZoneInfo(zone), monday + timedelta(days=7 * WEEKS - 1)
    world = World(
        tmp_path,
        organisation={"timezone": zone},
        campaign={"starts_on": monday, "deadline": last, "ends_on": last},
        digest={"send_at": "02:30"},
        reminders={
            "send_at": "02:30",
            "working_days_before": [8, 6, 5, 4, 1],
            "quiet_from": "23:00",
            "quiet_until": "02:00",
        },
    )
    now = datetime.combine(monday, time(), place).astimezone(UTC)
    while (here := now.astimezone(place)).date() <= last:
        if 1 <= here.hour <= 4:
            world.clock.now = here
            world.round()
        now += timedelta(hours=1)
    queued = [(x.kind, x.unit, x.queued_at.astimezone(place)) for x in world.letters]
    weeks = [at.isocalendar()[:2] for kind, _, at in queued if kind == "digest"]
    assert weeks == [(monday + timedelta(days=7 * n)).isocalendar()[:2] for n in range(WEEKS)]
    reminders = Counter((unit, at.date()) for kind, unit, at in queued if kind == "reminder")
    assert reminders
    assert set(reminders.values()) == {1}
