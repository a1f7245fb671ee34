"""What a group of benchmarks is, and how it is measured: rounds of its cases in random order, rows from each round.

A row is worked out from the figures of one round, in which its cases ran one after the other; what is shown is the
median over the rounds. So whatever else the machine does falls on both sides of a ratio alike.
"""

import random
import statistics
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

Figures = Mapping[str, float]
Cases = Mapping[str, Callable[[], Figures]]
Round = Mapping[str, Figures]
"""The figures of each case."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `goal`: at most so much, or, with `at_least`, no less. `reach`: what would be better."""

    name: str
    value: Callable[[Round], float]
    goal: float | None = None
    unit: str = ""
    at_least: bool = False
    reach: float | None = None
    of: Callable[[Round], str] = lambda found: ""
    """What the figure was made of, in words."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a group works. `full`: every row at its full size."""

    folder: Path
    full: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are measured together. `rounds`: of a short run and of a full one; none: left out."""

    name: str
    cases: Callable[[Place], AbstractContextManager[Cases]]
    rows: tuple[Row, ...]
    rounds: tuple[int, int] = (3, 5)

    def number(self, place: Place) -> int:
        """How many rounds a run takes."""
        return self.rounds[place.full]


@dataclass(frozen=True, slots=True)
class Result:
    """A row as it was measured: one value for each round."""

    row: Row
    values: tuple[float, ...]
    of: str

    @property
    def median(self) -> float:
        """Of the rounds."""
        return statistics.median(self.values)

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is; None where there is none."""
        if self.row.goal is None:
            return None
        return self.median >= self.row.goal if self.row.at_least else self.median <= self.row.goal


@dataclass
class Measured:
    """A group's rounds, and its rows."""

    group: Group
    rounds: list[Round] = field(default_factory=list)

    @property
    def results(self) -> list[Result]:
        """Each row; what it is made of is told of the middle round."""
        found = []
        for row in self.group.rows:
            values = [row.value(one) for one in self.rounds]
            middle = sorted(range(len(values)), key=values.__getitem__)[(len(values) - 1) // 2]
            found.append(Result(row, tuple(values), row.of(self.rounds[middle])))
        return found


def measure(group: Group, place: Place, done: Callable[[str], None]) -> Measured:
    """Run the group. `done` is called with the name of each case as it ends."""
    measured = Measured(group)
    with group.cases(place) as cases:
        for _ in range(group.number(place)):
            order = list(cases)
            random.shuffle(order)
            found = {}
            for name in order:
                found[name] = cases[name]()
                done(name)
            measured.rounds.append(found)
    return measured


def ratio(over: str, under: str, figure: str = "cpu") -> Callable[[Round], float]:
    """A figure of one case by that of another."""
    return lambda found: found[over][figure] / found[under][figure]


def figure(case: str, name: str = "seconds") -> Callable[[Round], float]:
    """A figure of one case."""
    return lambda found: found[case][name]


def shown(*cases: str, name: str = "cpu", unit: str = "ms", by: float = 1000) -> Callable[[Round], str]:
    """The figures of some cases, in words."""
    return lambda found: ", ".join(f"{case} {found[case][name] * by:.3g} {unit}" for case in cases)
