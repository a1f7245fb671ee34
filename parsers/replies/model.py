"""The values of an answer: what its words say, the table it is held against, and what is meant by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from parsers.reading import Finding, Period, Value


class Kind(StrEnum):
    """What one part of an answer does."""

    CONFIRM = "confirm"
    ACKNOWLEDGE = "acknowledge"
    SET = "set"
    NUMBERED = "numbered"
    """A bare value behind a number: 1. 120."""
    DELETE = "delete"
    WITHDRAW = "withdraw"
    ZERO = "zero"
    STATUS = "status"
    BLANK = "blank"
    REGISTERED = "registered"
    EXTEND = "extend"
    CONTACT = "contact"
    OBJECT = "object"
    QUESTION = "question"
    """To a person: what is asked, or holds only if something else does."""
    ASIDE = "aside"
    """Names something that changes nothing: an intention, a denial, what others say, what is taken back."""
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Ref:
    """A word for a row. `kind`: "row" of the sheet, "number" of the activity, "item" (第2条: a finding's number or an
    activity's), "cell" (J5), "last" activity, "total". `number` counts from 1."""

    kind: Literal["row", "number", "item", "cell", "last", "total"]
    number: int = 0
    word: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What a sentence speaks of: words for rows, and the other words around them in pieces."""

    refs: tuple[Ref, ...] = ()
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.refs or self.words)


NOTHING = Target()


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is said. `sentence` is the writer's own, `start` and `end` its place in the text.

    `target` is what stands in the clause itself, `context` what clauses before it spoke of; `open_context` if that
    clause said nothing of it yet (第5行人数填错了，). `values` are the words of the value; several where they are meant
    for several rows in turn. `old` is what the value is said to be now. `number` is that of a list. `each`: for every
    row named. `words` holds the reason of a zero report, the words for a day of an extension, or why people are asked.
    `tight`: the mark of the number may as well be the point of a decimal.
    """

    kind: Kind
    sentence: str
    start: int
    end: int
    target: Target = NOTHING
    context: Target = NOTHING
    open_context: bool = False
    values: tuple[str, ...] = ()
    old: str = ""
    number: int | None = None
    tight: bool = False
    each: bool = False
    words: str = ""
    otherwise: tuple["Reading", ...] = ()
    """Other ways to divide a clause that sets; resolving shows which is meant."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to divide a clause into what it speaks of and the value."""

    target: Target
    values: tuple[str, ...]
    old: str = ""


# ---------------------------------------------------------------- what the answer is about


@dataclass(frozen=True, slots=True)
class Row:
    """One row that counts: its number in the sender's sheet, and field → value, 序号 among them as `seq`."""

    row: int
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Table:
    """The table in question as it counts now; without rows nothing is registered.

    `titles` are the sender's own titles of the columns that the table has, by field. `total_row` is the row of the
    unit's own sums in the sheet.
    """

    period: Period
    rows: tuple[Row, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[str, Value] = field(default_factory=dict)
    header: Mapping[str, Value] = field(default_factory=dict)
    total_row: int | None = None


@dataclass(frozen=True, slots=True)
class Numbered:
    """A finding of the letter that is answered, with its number there. `row` is that of the sheet; None for the block
    above the table, or where the finding is about the whole. `doubt`: its value counts and may be confirmed."""

    number: int
    field: str | None
    row: int | None
    doubt: bool = False


# ---------------------------------------------------------------- what is meant

Place = Literal["row", "total", "header"]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that changes. `values` is what every field of the column takes on (a day also its end), each with the
    sentence as `raw`; `old` the same before. `findings` are the doubts that the new value brings with it."""

    place: Place
    row: int | None
    field: str
    values: Mapping[str, Value]
    old: Mapping[str, Value | None]
    sentence: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete:
    """A row counts no longer."""

    row: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The whole table counts no longer."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Zero:
    """There was nothing to report, and nothing is registered; `reason` in the writer's words, "" without one."""

    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """Doubts are confirmed: those of these numbers in the letter."""

    numbers: tuple[int, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Thanks, or a note that a letter has come."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Inquire:
    """Asks for what the program can answer."""

    about: Literal["status", "blank", "registered"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Extend:
    """Asks for more time; `until` where a day is named."""

    until: date | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Tells a new contact or address; staff apply it."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Object:
    """The table is not the unit's own."""

    sentence: str


@dataclass(frozen=True, slots=True)
class ToPerson:
    """What only a person can answer. `why` is a Chinese phrase for staff."""

    why: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Nothing changes; the sender is asked. `why` is a Chinese sentence, `choices` answers that would be clear."""

    why: str
    choices: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The value is none that the form allows; `why` is a Chinese sentence."""

    why: str
    sentence: str


Resolved = (
    Change
    | Delete
    | Withdraw
    | Zero
    | Confirm
    | Acknowledge
    | Inquire
    | Extend
    | Contact
    | Object
    | ToPerson
    | Ask
    | Refused
)
