"""Submissions: whose each table is, what counts of it, and how it relates to earlier ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.domain.campaign import Subproject, Unit
from mailbot.domain.mail import Disposition
from parsers.reading import Content, Finding, Layout, Reading


class Status(StrEnum):
    """Where a submission stands."""

    ACCEPTED = "accepted"
    NEEDS_CORRECTION = "needs_correction"
    REVIEW = "review"
    REJECTED = "rejected"
    """A person decided that it does not count."""
    WITHDRAWN = "withdrawn"
    """It was registered and was taken out again."""


class Relation(StrEnum):
    """What a submission is to those the same unit sent before."""

    NEW = "new"
    REPLACES = "replaces"
    SUPPLEMENTS = "supplements"
    DUPLICATE = "duplicate"
    UNCLEAR = "unclear"


class Evidence(StrEnum):
    """What told the unit, strongest first."""

    TABLE = "table"
    FILE_NAME = "file_name"
    SUBJECT = "subject"
    SIGNATURE = "signature"
    SENDER = "sender"
    DECISION = "decision"
    """A person of ours said so."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose table it is: one unit with the evidence that told it, or the candidates and why none was taken."""

    unit: Unit | None
    evidence: Evidence | None = None
    candidates: tuple[Unit, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """One table from one unit, judged. `replaces`: the stored submissions that stop being current with it."""

    attachment: str
    reading: Reading
    unit: str | None
    unit_name: str | None
    evidence: Evidence | None
    status: Status
    relation: Relation
    current: bool
    findings: tuple[Finding, ...]
    replaces: tuple[int, ...] = ()
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message is, why, and what counts of it. `reason` is one Chinese sentence for staff.

    `code` says the same to programs where one goes by it (`mailbot.domain.outcome_codes`), and of an unreadable message
    what is wrong with it; the export tells the latter alone.
    """

    disposition: Disposition
    reason: str
    code: str | None = None
    unit: str | None = None
    """The unit that an information or an unreadable message comes from, where it is known."""
    submissions: tuple[Submission, ...] = ()
    subprojects: tuple[Subproject, ...] = ()
    """Those that a misdirected message belongs to, where it is known."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A stored submission as decisions need it. `records` hold field → content."""

    id: int
    unit: str
    form: str
    layout: Layout
    status: Status
    relation: Relation
    current: bool
    version: int
    """1 for the unit's first submission of that form, and so on."""
    sender: str
    received_at: datetime
    records: tuple[Mapping[str, Content], ...]


@dataclass(frozen=True, slots=True)
class StoredSubmission:
    """A submission as stored."""

    id: int
    message: int
    case: str
    sha256: str
    sender: str
    received_at: datetime
    version: int
    submission: Submission
    """`reading.findings` is empty here; every finding stands in `findings`."""
