"""The units of a campaign, its sub-projects and its milestones."""

from dataclasses import dataclass
from datetime import date

CATEGORIES = ("开发区", "街镇", "系统", "直属", "驻区")
"""Of units, in the order of every list, where a campaign names no others (contract, Config)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One organisation of the roster. `quota` None: the campaign's own applies."""

    code: str
    name: str
    short_name: str = ""
    category: str = ""
    aliases: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    quota: int | None = None
    required: bool = True
    sort_no: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Subproject:
    """A part of the campaign that collects works or cases on a platform of its own.

    `words`: what senders call it, as no other sub-project is called.
    """

    name: str
    host: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A span of the campaign that people plan by; both days are included."""

    name: str
    first: date
    last: date
