"""The weekly digest with the consolidated workbook, for 20,000 units that have each reported a table of two rows."""

import contextlib
from collections.abc import Iterator

from bench.harness import Cases, Figures, Group, Place, Row, figure
from bench.offices import Office
from bench.worker import Worker

UNITS = (2_000, 20_000)


class Digest(Office):
    """An office in which every unit has reported."""

    def __init__(self, folder: str, units: int) -> None:
        super().__init__(folder, units, 1, rows=2)

    def write(self) -> int:
        """The digest, written as it would be queued; its size."""
        from mailbot.flows.enqueue import written
        from mailbot.flows.report import weekly
        from mailbot.flows.unit_accounts import account_of

        app = self.world.app
        now = app.clock()
        with app.store.transaction() as tx:
            account = account_of(app, tx, now)
        assert sum(s.reported for s in account.standings) == len(app.roster.units)
        letter = weekly(app, account, now, "staff@example.org")
        assert letter.enclosures
        assert not app.setbacks, app.setbacks
        envelope = written(app, letter, now)
        assert envelope
        return len(envelope.content)


@contextlib.contextmanager
def cases(place: Place) -> Iterator[Cases]:
    """One digest."""
    runs = iter(range(100))
    yield {"digest": lambda: _cost(place, next(runs))}


def _cost(place: Place, run: int) -> Figures:
    with Worker("digest", "Digest", str(place.folder / f"office{run}"), UNITS[place.full]) as worker:
        before = worker.peak()
        cost = worker.ask("write")
        return {
            "seconds": cost["seconds"],
            "cpu": cost["cpu"],
            "memory": worker.peak(),
            "before": before,
            "size": cost["result"],
        }


GROUP = Group(
    "digest",
    cases,
    (
        Row(
            "digest and workbook for 20,000 units (short run: 2,000)",
            figure("digest"),
            60,
            " s",
            of=lambda found: (
                f"{found['digest']['cpu']:.1f} s of processor time, a letter of {found['digest']['size'] / 1e6:.1f} MB"
            ),
        ),
        Row("the same, memory at its peak", figure("digest", "memory"), 600, " MB"),
    ),
    rounds=(1, 1),
)
