"""What each letter says, before it has a shape: the values that templates are filled with.

Everything that a unit wrote is in here as plain text; templates escape it. Times are local to the campaign.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from mailbot.domain import Subproject

Outcome = Literal[
    "complete", "check", "correct", "waiting", "zero", "duplicate", "information", "unreadable", "misdirected"
]
Owed = Literal["nothing", "table", "quota", "correction"]


@dataclass(frozen=True, slots=True)
class ReadTable:
    """One table as it was read, for the sender to check at a glance.

    `columns` are the table's own titles of what is shown, `rows` the cells as texts after the row number in the
    sender's sheet (so each is one longer than `columns`), `figures` the sums as (title, text with its measure).
    `changes` says in phrases what differs from what it replaces, the newest of which was `replaced_version`.
    """

    attachment: str
    sheet: str
    unit_name: str | None
    relation: Literal["new", "replaces", "supplements", "duplicate", "unclear"]
    status: Literal["accepted", "needs_correction", "review"]
    zero_report: bool
    activities: int | None
    """None: a table of figures for the whole unit that does not say."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[tuple[str, str], ...]
    replaced_version: int | None
    changes: tuple[str, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to one message.

    `outcome` chooses the wording: complete (nothing to correct), check (warnings only), correct (errors), waiting (a
    person decides first), zero (no activity reported), duplicate, information, unreadable, misdirected.
    `faults` are sentences about files that could not be read, each with the step that helps; `other_files` the
    names of what was kept besides the tables. `reply_by` is the day until which a correction is asked for.
    `subprojects` are those that misdirected works belong to, where they are known.
    """

    outcome: Outcome
    case: str
    received_at: datetime
    unit_name: str | None
    tables: tuple[ReadTable, ...]
    faults: tuple[str, ...]
    other_files: tuple[str, ...]
    deadline: date
    reply_by: date
    late: bool
    subprojects: tuple[Subproject, ...] = ()
    unlisted: tuple[str, ...] = ()
    """The units that the tables name, where none of them is on the roster or is called like one that is."""


@dataclass(frozen=True, slots=True)
class Notice:
    """To a contact of a unit: somebody else reported for it. `registered` is one line for each table that counts."""

    unit_name: str
    sender: str
    case: str
    received_at: datetime
    registered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reminder:
    """To one unit that owes something. `days` to the deadline in working days, negative when it has passed.

    `owes`: nothing (no mail at all), table (news came, no table), quota (fewer activities than due), correction (errors
    still open).
    """

    unit_name: str
    owes: Owed
    days: int
    deadline: date
    asked_by: date
    """The day until which the table is asked for: the deadline, or after it the day until which late ones are taken."""
    as_of: datetime
    activities: int
    quota: int
    open_errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One unit in a list for staff."""

    unit_name: str
    category: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many units of one category have reported."""

    category: str
    owed: int
    reported: int


@dataclass(frozen=True, slots=True)
class Digest:
    """The weekly letter to staff on the ISO week `week`, from `from_day` to `to_day`.

    `ledger` is (outcome, number), and its sum is `received`.
    """

    week: str
    from_day: date
    to_day: date
    as_of: datetime
    deadline: date
    owed: int
    reported: tuple[Line, ...]
    missing: tuple[Line, ...]
    below_quota: tuple[Line, ...]
    to_correct: tuple[Line, ...]
    waiting: tuple[Line, ...]
    doubtful: tuple[Line, ...]
    progress: tuple[Progress, ...]
    figures: tuple[tuple[str, str], ...]
    received: int
    ledger: tuple[tuple[str, int], ...]
    new_messages: int
    coming: tuple[Line, ...]
    trouble: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """To staff, when the program itself needs a person: what is wrong, and line by line what is known and helps."""

    title: str
    lines: tuple[str, ...]
