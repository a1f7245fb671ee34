"""Reading a roster of 20,000 units, and how that grows from 5,000."""

import contextlib
from collections.abc import Iterator
from functools import partial

from bench.harness import Cases, Figures, Group, Place, Row, figure
from bench.inputs import roster_csv, roster_xlsx
from bench.worker import Worker

SMALL, LARGE = 5_000, 20_000


class Files:
    """Rosters as files."""

    def load(self, units: int, kind: str) -> int:
        """Read one; how many units it has."""
        from mailbot.campaigns import roster_file

        content = roster_csv(units) if kind == "csv" else roster_xlsx(units)
        self._content = content
        return len(roster_file.read(content, f"units.{kind}").units)

    def prepare(self, units: int, kind: str) -> int:
        """Make the file, which is not measured."""
        return len(roster_csv(units) if kind == "csv" else roster_xlsx(units))


@contextlib.contextmanager
def cases(place: Place) -> Iterator[Cases]:
    """Each size and kind."""
    with Worker("roster", "Files") as worker:
        worker.ask("load", 60, "csv")
        sizes = ((SMALL, "csv"), (LARGE, "csv"), (LARGE, "xlsx"))
        for size in sizes:
            worker.ask("prepare", *size)
        yield {f"{units} {kind}": partial(_cost, worker, units, kind) for units, kind in sizes}


def _cost(worker: Worker, units: int, kind: str) -> Figures:
    cost = worker.ask("load", units, kind)
    assert cost["result"] == units
    return {"cpu": cost["cpu"], "seconds": cost["seconds"]}


GROUP = Group(
    "roster",
    cases,
    (
        Row("roster of 20,000 units (.csv), load, CPU", figure(f"{LARGE} csv", "cpu"), 1.5, " s"),
        Row("roster of 20,000 units (.xlsx), load, CPU", figure(f"{LARGE} xlsx", "cpu"), None, " s"),
        Row(
            "roster, load of a unit, 20,000 ÷ 5,000",
            lambda found: found[f"{LARGE} csv"]["cpu"] / found[f"{SMALL} csv"]["cpu"] * SMALL / LARGE,
            1.2,
            "×",
        ),
    ),
    rounds=(1, 3),
)
