"""The content of each kind of letter, as values that its template is filled with.

Everything that a unit wrote is in here as plain text; templates escape it. Times are local to the campaign.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from mailbot.domain.campaign import Milestone, Subproject

Outcome = Literal[
    "complete",
    "check",
    "correct",
    "partial",
    "waiting",
    "zero",
    "duplicate",
    "rejected",
    "withdrawn",
    "information",
    "unreadable",
    "misdirected",
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
    status: Literal["accepted", "needs_correction", "review", "rejected", "withdrawn"]
    zero_report: bool
    zero_reason: str
    """Why there was no activity, in its sender's words."""
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

    `outcome` chooses the wording: complete (nothing to correct), check (warnings only), correct (errors), partial
    (something beside the tables could not be read and may hold another), waiting (a person decides first), zero (no
    activity reported), duplicate, rejected (a person decided that it does not count, for the `reason`), withdrawn (it
    was registered and was taken out again), information, unreadable, misdirected.
    `faults` are sentences about files that could not be read, each with the step that helps; `other_files` the
    names of what was kept besides the tables. `reply_by` is the day until which a correction is asked for.
    `late` are the units of its tables that by this report first report after their deadline, as the workbook has them;
    `is_over`: it came after the deadline. `totals`: what is registered in all for a unit whose table was added, as
    (title, text). `subprojects` are those that misdirected works belong to, where they are known.
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
    late: tuple[str, ...]
    is_over: bool
    totals: tuple[tuple[str, str], ...] = ()
    subprojects: tuple[Subproject, ...] = ()
    unlisted: tuple[str, ...] = ()
    """The units that the tables name, where none of them is on the roster or is called like one that is."""
    reason: str = ""
    identity_numbers: bool = False
    """The mail holds identity numbers, and no notice about a table says so."""


@dataclass(frozen=True, slots=True)
class Notice:
    """To a contact of a unit or a former sender: what was registered for the unit by a mail that others sent.

    `registered` is one line for each table that counts, `changes` what differs from before. `is_correction`: tables
    took the place of earlier ones. `is_known`: the mail bears an address that the unit is known by, which alone is no
    proof.
    """

    unit_name: str
    sender: str
    case: str
    received_at: datetime
    registered: tuple[str, ...]
    changes: tuple[str, ...] = ()
    is_correction: bool = False
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Objected:
    """To who says that what was registered under the case `about` is not the unit's own; `case` is the answer's."""

    unit_name: str
    case: str
    about: str


@dataclass(frozen=True, slots=True)
class Forwarded:
    """To a contact of a unit: the words of a letter that came back from `address`, line by line."""

    unit_name: str
    address: str
    why: str
    returned_at: datetime
    subject: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extension:
    """To a unit: it may report until the day `until`, not only `before`. `reported`: a table of its counts already.

    `asked_at` and `case` are those of the mail that asked for it, if this answers one.
    """

    unit_name: str
    until: date
    before: date
    reported: bool
    asked_at: datetime | None = None
    case: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """To one unit that owes something. `days` to the deadline in working days, negative when it has passed.

    `owes`: nothing (no mail at all), table (news came, no table), quota (fewer activities than due), correction (errors
    still open). `deadline` is the unit's own; `ending` are milestones of the campaign that end soon, besides it.
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
    come: tuple[str, ...] = ()
    """What counts of the unit's already, a sentence for each table."""
    rests: bool = False
    """Whether the deadline is a day of rest, so that the last letter comes before it."""
    ending: tuple[Milestone, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One unit in a list for staff."""

    unit_name: str
    category: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the units of one category have come.

    `reported` counts those too that still have to correct; `to_correct` these alone.
    """

    category: str
    owed: int
    reported: int
    to_correct: int
    activities: int
    quota: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One sum over all units. `change`: since the digest before; `rough`: it holds approximations."""

    title: str
    total: int
    unit: str
    change: int
    rough: bool = False
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """The weekly letter to staff on the ISO week `week`, from `from_day` to `to_day`. Lists are in roster order.

    `zero` reported that they had no activity, with the reason that they gave; `extended` may report later than the
    others. `news_only` sent activity news and no table, `table_only` a table and no news. `new`: first reported since
    the digest before, which left at `since`. `corrected`: tables that replaced earlier ones. `doubtful` are warnings
    about numbers, `unclear` the others. `timeline` is (day, units that had reported by its end), days with change
    alone. `recounted` are the titles of figures that may count the same heads twice. `ledger` is (outcome, number), and
    its sum is `received`; `letters` is (state, number) of what the program wrote since the digest before. `dead` are
    the contacts that no letter reaches, `returned` the other letters that came back since the digest before.

    Of the first digest of a campaign `since` is the beginning of the campaign, and it `is_first`.
    """

    week: str
    from_day: date
    to_day: date
    as_of: datetime
    since: datetime
    is_first: bool
    starts_on: date
    deadline: date
    owed: int
    reported: tuple[Line, ...]
    missing: tuple[Line, ...]
    below_quota: tuple[Line, ...]
    zero: tuple[Line, ...]
    extended: tuple[Line, ...]
    news_only: tuple[Line, ...]
    table_only: tuple[Line, ...]
    to_correct: tuple[Line, ...]
    corrected: tuple[Line, ...]
    waiting: tuple[Line, ...]
    doubtful: tuple[Line, ...]
    unclear: tuple[Line, ...]
    new: tuple[Line, ...]
    progress: tuple[Progress, ...]
    figures: tuple[Figure, ...]
    recounted: tuple[str, ...]
    timeline: tuple[tuple[date, int], ...]
    received: int
    ledger: tuple[tuple[str, int], ...]
    new_messages: int
    letters: tuple[tuple[str, int], ...]
    coming: tuple[Line, ...]
    milestones: tuple[Milestone, ...]
    trouble: tuple[str, ...]
    dead: tuple[Line, ...] = ()
    returned: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """To staff, when the program itself needs a person: what is wrong, and line by line what is known and helps."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseTable:
    """One table of a waiting case. `changes`: what would differ from what counts now, if it took its place.

    `columns` and `rows` are the table as it was read, as in `ReadTable`; `more` rows are not shown. `doubts` are the
    sentences of what its sender has to correct or check.
    """

    attachment: str
    unit_raw: str
    """The unit as the table names it."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int
    doubts: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """To staff: a case that a person settles. A reply whose first line is a choice's number or words settles it.

    `about` is the unit where it is known; `words` are the lines of the mail's own text, `cut` where they are not all of
    it; `left_out` names the original files that do not go with the letter, and why; `counting` says, a line each, what
    counts for the unit now; `also` lists the words that may be written besides the numbered choices.
    """

    case: str
    about: str | None
    why: str
    sender: str
    subject: str
    received_at: datetime
    tables: tuple[CaseTable, ...]
    words: tuple[str, ...]
    cut: bool
    left_out: tuple[str, ...]
    counting: tuple[str, ...]
    choices: tuple[str, ...]
    also: tuple[str, ...]
    token: str
    others: tuple[str, ...] = ()
    """A line for each other case that waits and may be settled by the same answer."""


@dataclass(frozen=True, slots=True)
class CaseList:
    """To staff: cases of senders who have written very often, by sender, and how many `more` there are."""

    cases: tuple[Line, ...]
    more: int
    token: str


@dataclass(frozen=True, slots=True)
class Carried:
    """One line that staff wrote, and what was done or why not."""

    asked: str
    is_done: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotStaff:
    """To who answers a letter to staff from an address that is not listed as one of staff's: nothing was done."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """To staff, the answer to what they wrote, line by line, and what still waits."""

    carried: tuple[Carried, ...]
    waiting: tuple[str, ...]
    token: str
