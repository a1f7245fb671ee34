"""What a parser understood of one table, and what it could not: values with their cells, and findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

Precision = Literal["exact", "approximate", "at_least", "inferred"]
Layout = Literal["rows", "summary"]
Content = int | str | tuple[str, ...] | None
"""A count, a text or a date as YYYY-MM-DD, or the codes of a multiple choice."""


class Severity(StrEnum):
    """How much a finding matters: an error must be corrected, a warning checked, a notice only known."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Period:
    """What a table is judged by: the campaign's first and last day, and the one on which the table arrived.

    `counted` are the fields whose figures the campaign adds up: a table without a column for one is asked about it.
    """

    starts_on: date
    deadline: date
    arrived_on: date
    counted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Value:
    """What one cell says about one field, with the place it came from.

    `raw` is the cell's text as the sender sees it. `inferred` means that part of the value, such as the year, is
    not in the cell.
    """

    content: Content
    raw: str
    sheet: str | None = None
    cell: str | None = None
    precision: Precision = "exact"

    def __reduce__(self) -> tuple[type["Value"], tuple[object, ...]]:
        """Pickled by its fields: a long table hands over hundreds of thousands, and a dataclass's own way is slow."""
        return Value, (self.content, self.raw, self.sheet, self.cell, self.precision)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or remark, with its place. `record` counts from 0; None is the table as a whole.

    `text` is one sentence in Chinese that its reader can act on.
    """

    severity: Severity
    code: str
    text: str
    field: str | None = None
    record: int | None = None
    sheet: str | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One activity (layout "rows") or the unit's figures (layout "summary"). A field the table lacks is absent."""

    row: int
    """The row in the sender's sheet."""
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Reading:
    """One table of a known form, for one unit."""

    form: str
    sheet: str
    layout: Layout
    title: str
    """The words above the table, joined; "" where there are none."""
    header: Mapping[str, Value]
    records: tuple[Record, ...]
    totals: Mapping[str, Value] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    zero_report: bool = False
    """The sender says in words that there was no activity."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file gives no grid. `code` is for machines (`password`, `truncated`, `empty`, `picture`, `unknown-type`,
    `too-large`, `macro-sheet`…); `text` says in Chinese what is wrong and the one step that helps."""

    code: str
    text: str


class Unreadable(Exception):
    """Raised by a format's reader for a file it accepts but cannot read; carries the fault."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code, text)
        self.code, self.text = code, text

    def fault(self) -> Fault:
        """The same as a value."""
        return Fault(self.code, self.text)
