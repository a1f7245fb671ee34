"""A unit that was dissolved during a campaign: mail in its name belongs to its successor from the next day on."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from mailbot.campaigns.roster import Roster
from support.mails import mail
from support.world import SHANGHAI, World, table


@pytest.mark.parametrize(
    ("arrived", "unit"),
    [(datetime(2021, 8, 31, 23, 59, tzinfo=SHANGHAI), "XHE"), (datetime(2021, 9, 1, 0, 1, tzinfo=SHANGHAI), "XG")],
)
def test_the_day_of_arrival_says_which_unit_a_name_means(tmp_path: Path, arrived: datetime, unit: str) -> None:
    world = World(tmp_path)
    old, *others = world.app.roster.units
    ended = replace(old, valid_to=date(2021, 8, 31), successor="XG")
    world.app = replace(world.app, roster=Roster((ended, *others)))
    world.deliver(mail(sender="someone@example.net", attachments=[("附件1.xlsx", table(old.name))]), arrived)
    world.round()
    (stored,) = world.submissions
    assert (stored.submission.unit, stored.submission.current) == (unit, True)
