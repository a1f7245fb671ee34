"""Checks a roster for what would mislead or block the daemon: ambiguous names, missing addresses, wrong days."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from mailbot.campaigns.name_index import NameIndex
from mailbot.campaigns.roster import Roster
from mailbot.campaigns.unit_names import names_of, normalized
from mailbot.domain.campaign import Unit
from parsers.reading import Severity


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about a unit that somebody should know. An ERROR has to be put right; the others may stay.

    `text` says what is, what follows from it, and what would be right.
    """

    severity: Severity
    unit: str
    """Its code; of several units the first one's."""
    text: str


def remarks(roster: Roster) -> tuple[Remark, ...]:
    """Everything that a person should know of a roster before mail is judged by it, what is wrong first.

    Units that never exist at the same time do not stand in each other's way.
    """
    ends = {unit.valid_to + timedelta(days=1) for unit in roster.units if unit.valid_to and unit.valid_to < date.max}
    starts = {unit.valid_from for unit in roster.units if unit.valid_from}
    states = [roster.on(day) for day in sorted({date.min} | starts | ends)]
    found = [
        *_impossible(roster),
        *(remark for state in states for remark in _ambiguous(state)),
        *_unreachable(roster),
        *(remark for state in states for remark in _shared_addresses(state)),
        *(remark for state in states for remark in _contained(state)),
    ]
    order = list(Severity)
    return tuple(sorted(dict.fromkeys(found), key=lambda remark: order.index(remark.severity)))


def _impossible(roster: Roster) -> Iterator[Remark]:
    for unit in roster.units:
        if unit.valid_from and unit.valid_to and unit.valid_from > unit.valid_to:
            yield Remark(
                Severity.ERROR,
                unit.code,
                f"valid_from {unit.valid_from} is after valid_to {unit.valid_to}, so {unit.name} never exists; "
                "put the earlier day into valid_from",
            )
        if not unit.successor:
            continue
        if roster.get(unit.successor) is None:
            yield Remark(
                Severity.ERROR,
                unit.code,
                f"the successor {unit.successor} is no code of this roster; write the code of the unit that took over, "
                "or nothing",
            )
        elif unit.code in _line(roster, unit):
            yield Remark(
                Severity.ERROR,
                unit.code,
                f"the successor {unit.successor} leads back to {unit.code}; write the code of the unit that exists now",
            )
        elif unit.valid_to is None:
            yield Remark(
                Severity.WARNING,
                unit.code,
                f"has the successor {unit.successor} and no end, so both owe a report; write valid_to",
            )


def _line(roster: Roster, unit: Unit) -> tuple[str, ...]:
    """The codes of those who took over from a unit, one after the other, until one comes again."""
    line: list[str] = []
    while unit.successor and unit.successor not in line and (heir := roster.get(unit.successor)):
        line.append(heir.code)
        unit = heir
    return tuple(line)


def _ambiguous(roster: Roster) -> Iterator[Remark]:
    for name in dict.fromkeys(written for unit in roster.units for written in names_of(unit)):
        units = roster.named(name).units
        if len(units) > 1:
            yield Remark(
                Severity.WARNING,
                units[0].code,
                f"the name {name} may be any of {_listed(units)}: a table with this name alone waits for a person; "
                "leave it with one of them",
            )
        elif len(units := roster.mentioned(name).units) > 1:
            yield Remark(
                Severity.WARNING,
                units[0].code,
                f"the name {name} in a subject or a file's name may be any of {_listed(units)}: where nothing else "
                "tells the unit the mail waits for a person; leave it with one of them",
            )


def _unreachable(roster: Roster) -> Iterator[Remark]:
    for unit in roster.units:
        if unit.required and not unit.emails:
            yield Remark(
                Severity.NOTICE,
                unit.code,
                f"{unit.name} has no address, so it cannot be reminded; write one into emails",
            )


def _shared_addresses(roster: Roster) -> Iterator[Remark]:
    for email in dict.fromkeys(email.lower() for unit in roster.units for email in unit.emails):
        units = roster.registered(email)
        if len(units) > 1:
            yield Remark(
                Severity.NOTICE,
                units[0].code,
                f"{email} is the address of {_listed(units)}: it cannot tell which of them a table is from, "
                "so that has to stand in the table",
            )


def _contained(roster: Roster) -> Iterator[Remark]:
    bearers = {normalized(name): (name, unit) for unit in roster.units for name in names_of(unit)}
    index, longer = NameIndex(bearers), defaultdict[str, set[str]](set)
    for name, (_, bearer) in bearers.items():
        for _, _, short in index.inside(name):
            if bearers[short][1].code != bearer.code:
                longer[short].add(name)
    for short in sorted(longer):
        name, unit = bearers[short]
        others = "、".join(f"{bearers[one][0]} ({bearers[one][1].code})" for one in sorted(longer[short]))
        yield Remark(
            Severity.NOTICE, unit.code, f"the name {name} is part of {others}; where the longer one stands, it counts"
        )


def _listed(units: Iterable[Unit]) -> str:
    return "、".join(f"{unit.name} ({unit.code})" for unit in units)
