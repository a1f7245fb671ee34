"""An office with so many units, some of which have reported, as flows find it: real database, doubles for servers."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

from bench.collected import fill
from bench.inputs import DEADLINE, STARTS, form_mail, roster_csv, unit_name
from mailbot.campaigns import roster_file
from support.world import SHANGHAI, World


class Office:
    """A world of its own in a folder. `every`: one unit of so many has reported; 0: none."""

    def __init__(self, folder: str, units: int, every: int, rows: int = 8) -> None:
        Path(folder).mkdir(parents=True)
        campaign = {"starts_on": STARTS, "deadline": DEADLINE, "ends_on": DEADLINE.replace(year=DEADLINE.year + 1)}
        self.world = World(Path(folder), campaign=campaign)
        self.world.clock.now = datetime.combine(STARTS + timedelta(days=90), time(10), SHANGHAI)
        roster = roster_file.read(roster_csv(units), "units.csv")
        self.world.app = replace(self.world.app, roster=roster)
        if every:
            self.world.deliver(form_mail(0, rows=rows))
            self.world.collect()
            from mailbot.flows.deliver import deliver_next
            from mailbot.flows.judge import judge_next

            while judge_next(self.world.app):
                pass
            while deliver_next(self.world.app):
                pass
            self._others(units, every)
        else:
            self.world.collect()

    def _others(self, units: int, every: int) -> None:
        path = self.world.config.database.path
        assert path
        fill(path, units, lambda n: (f"U{n:05}", unit_name(n), f"unit{n}@example.org"), every=every)
