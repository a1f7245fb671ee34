"""Where each unit stands: what it has reported, what it owes, what is still open."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign
from mailbot.decide import open_mail
from mailbot.decide.display import number_of_activities
from mailbot.decide.row_comparison import distinct_rows
from mailbot.domain.campaign import Unit
from mailbot.domain.mail import Disposition, StoredMessage
from mailbot.domain.submission import Status, StoredSubmission
from parsers.forms.form import Form
from parsers.reading import Content, Record, Severity
from parsers.reading.zero_reports import REASON


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit's account. `counting`: its current submissions, oldest first; `waiting`: those that a person settles,
    among them such as may be its own; `unsettled`: the other mail of its that is still open (`decide.open_mail`).

    `deadline`: the campaign's, or the later one that staff `granted` it.
    """

    unit: Unit
    quota: int
    deadline: date
    activities: int
    counting: tuple[StoredSubmission, ...]
    waiting: tuple[StoredSubmission, ...]
    news: int
    """How many mails of activity news came."""
    reported_at: datetime | None
    """When it first reported: with a table that counts, or with one that such a table has replaced since."""
    unsettled: tuple[StoredMessage, ...] = ()
    granted: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether something of it waits, for a person or to be read: nobody may say yet what it owes."""
        return bool(self.waiting or self.unsettled)

    @property
    def is_zero_report(self) -> bool:
        """Whether it reports that it had no activity."""
        return self.reported and all(stored.submission.reading.zero_report for stored in self.counting)

    @property
    def zero_reason(self) -> str:
        """Why it had none, in its own words; "" where it does not say."""
        entries = (s.submission.reading.header.get(REASON) for s in reversed(self.counting))
        return next((str(entry.content) for entry in entries if entry and self.is_zero_report), "")

    @property
    def reported(self) -> bool:
        """Whether a table counts for it; a report of no activity is a report."""
        return bool(self.counting)

    @property
    def below_quota(self) -> bool:
        """Whether it reported fewer activities than it owes; not where a table of its does not tell their number, nor
        where it says that there was none."""
        told = all(number_of_activities(s.submission.reading) is not None for s in self.counting)
        return self.reported and told and self.activities < self.quota and not self.is_zero_report

    @property
    def open_errors(self) -> tuple[str, ...]:
        """The sentences of what it still has to correct."""
        return self._found(Severity.ERROR)

    @property
    def open_warnings(self) -> tuple[str, ...]:
        """The sentences of what it should still check."""
        return self._found(Severity.WARNING)

    def _found(self, severity: Severity) -> tuple[str, ...]:
        findings = (finding for stored in self.counting for finding in stored.submission.findings)
        return tuple(finding.text for finding in findings if finding.severity is severity)


def standings(
    roster: Roster,
    campaign: Campaign,
    submissions: Sequence[StoredSubmission],
    messages: Sequence[StoredMessage],
    extensions: Mapping[str, date] = MappingProxyType({}),
) -> tuple[Standing, ...]:
    """Every unit of the roster that owes a report, in roster order.

    `extensions`: the last day, included, that staff granted to the unit of that code.
    """
    tables, mails = open_mail.tables_by_unit(submissions), open_mail.messages_by_unit(messages)
    return tuple(
        _standing(unit, campaign, extensions.get(unit.code), tables.of(unit), mails.of(unit))
        for unit in roster.units
        if unit.required
    )


def _standing(
    unit: Unit,
    campaign: Campaign,
    granted: date | None,
    submissions: Sequence[StoredSubmission],
    messages: Sequence[StoredMessage],
) -> Standing:
    counting = tuple(s for s in submissions if s.submission.current and s.submission.status is not Status.REVIEW)
    granted = granted if granted and granted > campaign.deadline else None
    return Standing(
        unit=unit,
        quota=unit.quota if unit.quota is not None else campaign.quota,
        deadline=granted or campaign.deadline,
        activities=sum(_activities(s, record) for s, record in counted_records(counting)),
        counting=counting,
        waiting=tuple(s for s in submissions if s.submission.status is Status.REVIEW),
        news=sum(m.unit == unit.code and m.disposition is Disposition.INFORMATION for m in messages),
        reported_at=min((s.received_at for s in _with_replaced(counting, submissions)), default=None),
        unsettled=open_mail.unsettled(messages, submissions),
        granted=granted,
    )


def _with_replaced(
    counting: Sequence[StoredSubmission], submissions: Sequence[StoredSubmission]
) -> Iterator[StoredSubmission]:
    """What counts and what that replaced, step by step: a correction after the deadline makes no late report."""
    by_id = {stored.id: stored for stored in submissions}
    ids = [stored.id for stored in counting]
    for id in ids:
        if id in by_id:
            yield by_id[id]
            ids += [replaced for replaced in by_id[id].submission.replaces if replaced not in ids]


def counted_records(counting: Sequence[StoredSubmission]) -> Iterator[tuple[StoredSubmission, Record]]:
    """Every row that counts, once: one that a later submission repeats is left out there."""
    rows = [[_contents(record) for record in s.submission.reading.records] for s in counting]
    for place, position in distinct_rows(rows):
        yield counting[place], counting[place].submission.reading.records[position]


def _contents(record: Record) -> Mapping[str, Content]:
    return {name: value.content for name, value in record.values.items()}


def _activities(stored: StoredSubmission, record: Record) -> int:
    if stored.submission.reading.layout == "rows":
        return 1
    number = record.values.get("activities_count")
    return number.content if number and isinstance(number.content, int) else 0


def figure(standing: Standing, form: Form, field: str) -> int | None:
    """The unit's sum of one count column.

    Where heads may repeat from one activity to the next, the unit's own total is taken if its table has one
    (domain.md 1.4). None where no table has the column.
    """
    column = next(c for c in form.column if c.field == field)
    if column.sums == "notice":
        totals, numbers = totals_and_rows(standing, field)
    else:
        totals, numbers = [], _numbers((record for _, record in counted_records(standing.counting)), field)
    return sum(totals) + sum(numbers) if totals or numbers else None


def totals_and_rows(standing: Standing, field: str) -> tuple[list[int], list[int]]:
    """What a column of heads adds up from: the unit's own totals, and the rows that none of these stands for.

    The total of a table that has every earlier row again stands for them too; of one that has some of them it cannot
    be told what it holds, so its other rows are added.
    """
    totals: list[int] = []
    numbers: list[int] = []
    counted = list(counted_records(standing.counting))
    for place, stored in enumerate(standing.counting):
        reading = stored.submission.reading
        own, mine = reading.totals.get(field), [record for s, record in counted if s is stored]
        if own is None or not isinstance(own.content, int):
            numbers += _numbers(mine, field)
        elif _has_all_again(standing.counting[: place + 1]):
            totals, numbers = [own.content], []
        elif len(mine) == len(reading.records):
            totals.append(own.content)
        else:
            numbers += _numbers(mine, field)
    return totals, numbers


def _has_all_again(counting: Sequence[StoredSubmission]) -> bool:
    """Whether the last has every row of those before it; the first has."""
    rows = [[_contents(record) for record in s.submission.reading.records] for s in reversed(counting)]
    return all(place == 0 for place, _ in distinct_rows(rows))


def _numbers(records: Iterable[Record], field: str) -> list[int]:
    contents = (record.values[field].content for record in records if field in record.values)
    return [content for content in contents if isinstance(content, int)]
