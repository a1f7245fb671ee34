"""The lines of one table, and what cells and shapes are told from."""

from collections.abc import Iterator
from dataclasses import dataclass

from parsers.layout.boxes import Box
from parsers.layout.claims import Reading

BODY = frozenset(("data", "nested", "inner head"))
"""The states of lines that hold what a heading is about."""


@dataclass(frozen=True, slots=True)
class Table:
    """Lines that belong together, top down. `alone` says that nothing else stands in their area."""

    lines: tuple[Reading, ...]
    left: int
    right: int
    alone: bool = True

    @property
    def heads(self) -> tuple[Reading, ...]:
        """The lines of the heading, without numbers of columns and without headings again."""
        return tuple(line for line in self.lines if line.role == "header")

    @property
    def measures(self) -> tuple[Reading, ...]:
        """The lines that say what the columns are counted in."""
        return tuple(line for line in self.lines if line.role == "measure")

    @property
    def body(self) -> tuple[Reading, ...]:
        """The lines under the heading that hold data, sums and the like."""
        return tuple(line for line in self.lines if line.claim.state in BODY)

    @property
    def records(self) -> tuple[Reading, ...]:
        """The lines of the body that have the columns of the heading, with or without a label beside a tall cell."""
        return tuple(line for line in self.lines if line.claim.state == "data" or _is_named(line))

    @property
    def with_pairs(self) -> tuple[Reading, ...]:
        """The lines of the body that have pairs under one label of the heading."""
        return tuple(line for line in self.lines if line.claim.state == "nested" and not _is_named(line))

    @property
    def pairs(self) -> tuple[Reading, ...]:
        """The lines of labels and values that are the table itself."""
        return tuple(line for line in self.lines if line.claim.state == "pairs" and line.role == "data")

    def boxes(self) -> Iterator[tuple[Reading, Box]]:
        """Every box that holds something, with its line."""
        for line in self.lines:
            for box in line.view.filled:
                yield line, box


def _is_named(line: Reading) -> bool:
    """Whether a nested line is one of the heading's columns all the same: none of its labels spans its boxes."""
    return line.claim.state == "nested" and not all(line.view.inside[line.claim.outside :])
