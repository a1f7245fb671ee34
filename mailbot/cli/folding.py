"""Folds lines that say the same of many units, rows or mailboxes into one."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

MOST = 3
"""So many lines that say the same are shown one by one; of more the first, and who else it is true of."""


class Line(NamedTuple):
    """A line of an answer: how grave it is (`WRONG`, `note`, `ok`), whom or what it is about, and what it says."""

    mark: str
    about: str
    text: str

    def __str__(self) -> str:
        return f"{self.mark:6} {self.about}: {self.text}" if self.about else f"{self.mark:6} {self.text}"


def folded(lines: Iterable[Line], names: Collection[str] = ()) -> Iterator[str]:
    """The lines in their order; of many that say the same one, at the place of the first.

    Two say the same where they differ in numbers and in one of these names alone.
    """
    own = re.compile("|".join([*map(re.escape, sorted(filter(None, names), key=len, reverse=True)), r"\d+"]))
    groups: dict[tuple[str, str], list[Line]] = {}
    placed = [(line, groups.setdefault((line.mark, own.sub("…", line.text)), [])) for line in lines]
    for line, group in placed:
        group.append(line)
    for line, group in placed:
        if len(group) <= MOST:
            yield str(line)
        elif line is group[0]:
            yield f"{group[0]}; the same for {_listed([line.about for line in group[1:]])}"


def _listed(abouts: list[str]) -> str:
    """The first few that differ, by their last words, and how many more lines there are."""
    different = [about for about in dict.fromkeys(abouts) if about][:MOST]
    left = len(abouts) - sum(abouts.count(about) for about in different)
    different = [about.rpartition(" ")[2] for about in different]
    more = f"{left} more" if left else ""
    return " and ".join(filter(None, (", ".join(different), more)))
