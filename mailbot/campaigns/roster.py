"""The units of a campaign, looked up by code, by address, by exact name, or by a name inside a sentence.

Never by similarity: the district's names differ by one character (domain.md section 0, point 6).
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from mailbot.campaigns.mentions import names_unit
from mailbot.campaigns.name_index import NameIndex
from mailbot.campaigns.unit_names import (
    SHORTEST_BARE,
    names_of,
    normalized,
    short_forms,
    without_affixes,
    without_suffixes,
)
from mailbot.domain.campaign import Unit

MOST_STATES = 16
"""States of a roster that are kept, so that each mail of a day finds the indexes of the one before."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a piece of text says about the unit: one unit, or several that it may mean, or none of the roster."""

    units: tuple[Unit, ...] = ()

    @property
    def unit(self) -> Unit | None:
        """The one unit, else None."""
        return self.units[0] if len(self.units) == 1 else None


@dataclass(frozen=True)
class Roster:
    """The units of a campaign, in the order in which every list names them."""

    units: tuple[Unit, ...]

    def on(self, day: date) -> "Roster":
        """Those that exist on that day; who took over from a unit that has ended bears its names too.

        A name that a living unit bears itself is left to that unit.
        """
        turn = bisect_right(self._turns, day)
        if (state := self._states.get(turn)) is None:
            if len(self._states) >= MOST_STATES:
                self._states.clear()
            state = self._states[turn] = self._state(day)
        return state

    def _state(self, day: date) -> "Roster":
        living = tuple(unit for unit in self.units if _exists(unit, day))
        borne = (
            {normalized(name) for unit in living for name in names_of(unit)} if len(living) < len(self.units) else ()
        )
        inherited = defaultdict[str, list[str]](list)
        for unit in self.units:
            if heir := self._heir(unit, day):
                inherited[heir].extend(name for name in names_of(unit) if normalized(name) not in borne)
        if len(living) == len(self.units) and not inherited:
            return self
        return Roster(tuple(replace(u, aliases=(*u.aliases, *inherited.get(u.code, ()))) for u in living))

    @cached_property
    def _turns(self) -> Sequence[date]:
        """The days on which other units exist than on the day before."""
        begins = {unit.valid_from for unit in self.units if unit.valid_from}
        ends = {unit.valid_to for unit in self.units if unit.valid_to} - {date.max}
        return sorted(begins | {day + timedelta(days=1) for day in ends})

    @cached_property
    def _states(self) -> dict[int, "Roster"]:
        """Those that were asked for, by the number of turns before them."""
        return {}

    def _heir(self, unit: Unit, day: date) -> str | None:
        """The code of who took over from a unit that has ended by that day, over as many steps as it took."""
        passed: set[str] = set()
        heir: Unit | None = unit
        while heir and heir.valid_to and heir.valid_to < day and heir.code not in passed:
            passed.add(heir.code)
            heir = self.get(heir.successor)
        return heir.code if heir and heir is not unit and _exists(heir, day) else None

    def __getitem__(self, code: str) -> Unit:
        return self._by_code[code]

    def get(self, code: str | None) -> Unit | None:
        """The unit of that code, or None."""
        return self._by_code.get(code) if code else None

    def named(self, text: str) -> Match:
        """The units whose name, alias or stripped name equals the text (as in a cell that holds a unit)."""
        searched = normalized(text)
        exact = self._exact.get(searched, ())
        if exact:
            return Match(exact)
        stripped: dict[str, Unit] = {}
        for form in short_forms(searched):
            stripped |= {unit.code: unit for unit in self._stripped.get(form, ())}
        return Match(tuple(stripped.values()))

    def mentioned(self, text: str) -> Match:
        """The units whose name stands in running text: the longest name at each place, never inside a longer one.

        天津港 in 天津港保税区 is no mention of 天津港; a short name that runs on into other words is none either, nor
        is a place that was visited: 走进第一中学, 第一中学专场.
        """
        searched = normalized(text)
        spots = sorted(self._spots(searched), key=lambda spot: (spot[0] - spot[1], spot[0]))
        taken: list[tuple[int, int]] = []
        found: dict[str, Unit] = {}
        for start, end, units in spots:
            if any(s <= start and end <= e for s, e in taken):
                continue
            taken.append((start, end))
            if names_unit(searched, start, end):
                found |= {unit.code: unit for unit in units}
        return Match(tuple(found.values()))

    def alike(self, text: str) -> tuple[Unit, ...]:
        """Units whose names contain the text or lie in it: what a person may choose from, nothing more."""
        core = without_affixes(normalized(text))
        if len(core) < 2:
            return ()
        names = {*self._names.around(core), *(name for _, _, name in self._names.inside(core))}
        found = {unit.code for name in names for unit in self._exact[name]}
        return tuple(self.units[place] for place in sorted(self._places[code] for code in found))

    def registered(self, sender: str) -> tuple[Unit, ...]:
        """The units that list this address."""
        return self._by_email.get(sender.lower(), ())

    def _spots(self, text: str) -> Iterator[tuple[int, int, tuple[Unit, ...]]]:
        for start, end, name in self._names_in_text.inside(text):
            yield start, end, self._in_text[name]

    @cached_property
    def _by_code(self) -> Mapping[str, Unit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {unit.code: place for place, unit in enumerate(self.units)}

    @cached_property
    def _by_email(self) -> Mapping[str, tuple[Unit, ...]]:
        return _index(self.units, lambda unit: (email.lower() for email in unit.emails))

    @cached_property
    def _exact(self) -> Mapping[str, tuple[Unit, ...]]:
        return _index(self.units, lambda unit: map(normalized, names_of(unit)))

    @cached_property
    def _stripped(self) -> Mapping[str, tuple[Unit, ...]]:
        return _index(
            self.units,
            lambda unit: (form for name in names_of(unit) for form in short_forms(normalized(name), SHORTEST_BARE)),
        )

    @cached_property
    def _in_text(self) -> Mapping[str, tuple[Unit, ...]]:
        def names(unit: Unit) -> Iterator[str]:
            for name in map(normalized, names_of(unit)):
                yield name
                yield without_suffixes(name)

        return {name: units for name, units in _index(self.units, names).items() if len(name) >= 2}

    @cached_property
    def _names(self) -> NameIndex:
        return NameIndex(self._exact)

    @cached_property
    def _names_in_text(self) -> NameIndex:
        return NameIndex(self._in_text)


def _exists(unit: Unit, day: date) -> bool:
    return (unit.valid_from is None or unit.valid_from <= day) and (unit.valid_to is None or day <= unit.valid_to)


def _index(units: Iterable[Unit], keys: Callable[[Unit], Iterable[str]]) -> dict[str, tuple[Unit, ...]]:
    index = defaultdict[str, list[Unit]](list)
    for unit in units:
        for key in dict.fromkeys(keys(unit)):
            index[key].append(unit)
    return {key: tuple(found) for key, found in index.items()}
