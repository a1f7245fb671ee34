"""All reminders of one day, decided and sent, where half of the units owe a report: 1,600 units beside 400."""

import contextlib
from collections.abc import Iterator
from datetime import datetime, time
from functools import partial

from bench.harness import Cases, Figures, Group, Place, Row, shown
from bench.inputs import DEADLINE
from bench.offices import Office
from bench.worker import Worker
from support.world import SHANGHAI

FEW, MANY = 400, 1_600


class Reminders(Office):
    """An office on the day of a reminder; every second unit has reported."""

    def __init__(self, folder: str, units: int) -> None:
        super().__init__(folder, units, 2, rows=2)
        campaign = self.world.app.config.campaign
        day = campaign.calendar.working_day(DEADLINE, -5)
        self.world.clock.now = datetime.combine(day, time(9, 5), SHANGHAI)
        self.world.collect()

    def remind(self) -> int:
        """Queue and send all; how many left."""
        from mailbot.flows.deliver import deliver_next
        from mailbot.flows.remind import remind

        before = len(self.world.post.sent)
        remind(self.world.app)
        while deliver_next(self.world.app):
            pass
        return len(self.world.post.sent) - before


@contextlib.contextmanager
def cases(place: Place) -> Iterator[Cases]:
    """Both offices, each time made anew."""
    runs = iter(range(100))
    yield {str(units): partial(_cost, place, units, runs) for units in (FEW, MANY)}


def _cost(place: Place, units: int, runs: Iterator[int]) -> Figures:
    with Worker("reminders", "Reminders", str(place.folder / f"{units}-{next(runs)}"), units) as worker:
        cost = worker.ask("remind")
    assert cost["result"] == units // 2, cost
    return {"cpu": cost["cpu"] / cost["result"]}


GROUP = Group(
    "reminders",
    cases,
    (
        Row(
            "a reminder, decided and sent, 1,600 ÷ 400 units",
            lambda found: found[str(MANY)]["cpu"] / found[str(FEW)]["cpu"],
            1.2,
            "×",
            of=shown(str(FEW), str(MANY)),
        ),
    ),
    rounds=(1, 3),
)
