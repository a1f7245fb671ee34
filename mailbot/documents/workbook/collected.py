"""The data that the consolidated workbook shows, and what its sheets share: titles, sums, rough figures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.config import Campaign
from mailbot.decide.dead_contacts import DeadContact
from mailbot.decide.standing import Standing, counted_records, figure
from mailbot.decide.unit_state import day_words
from mailbot.documents.workbook import sheets
from mailbot.domain.mail import StoredMessage
from mailbot.domain.submission import StoredSubmission
from parsers.forms.form import Column, Form
from parsers.reading import Precision, Record, Value
from parsers.values import Option

NUMBER: Mapping[Precision, str] = {
    "exact": "#,##0",
    "inferred": "#,##0",
    "approximate": '"约"#,##0',
    "at_least": '#,##0"余"',
}
"""Number formats: a rough figure is a number to a program and rough to a reader (domain.md 5.2)."""

ROUGH: tuple[Precision, ...] = ("approximate", "at_least")
MOMENT = "yyyy-mm-dd hh:mm"


@dataclass(frozen=True, slots=True)
class Collected:
    """Everything that the workbook shows."""

    standings: tuple[Standing, ...]
    owing: frozenset[str]
    """The codes of the units that owe a report; the others gave one of their own accord."""
    submissions: tuple[StoredSubmission, ...]
    messages: tuple[StoredMessage, ...]
    form: Form
    campaign: Campaign
    organisation: str
    as_of: datetime
    dead: Mapping[str, DeadContact]
    """The addresses at which no letter arrives any more, in lower case."""

    def rows(self) -> Iterator[tuple[Standing, StoredSubmission, Record]]:
        """Every activity that counts, in the order in which 明细 numbers them."""
        for standing in self.standings:
            for stored, record in counted_records(standing.counting):
                yield standing, stored, record

    def local(self, moment: datetime) -> datetime:
        """A time as a workbook holds it: of the campaign's zone, without saying so."""
        return moment.astimezone(self.as_of.tzinfo).replace(tzinfo=None)


def top(sheet: Worksheet, collected: Collected, width: int, text: str) -> None:
    """The title, and below it who reports and as of when."""
    moment = collected.local(collected.as_of)
    sheets.title(sheet, 1, width, collected.campaign.title + text)
    sheets.subtitle(sheet, 2, width, f"填报单位：{collected.organisation}", f"截至 {day_words(moment)} {moment:%H:%M}")


def put_figure(sheet: Worksheet, row: int, n: int, column: Column, form: Form, mine: Sequence[Standing]) -> None:
    """Write the sum of some units' figures; a sum is as rough as the roughest of what it holds."""
    sheets.put(sheet, row, n, figures(mine, form, column), NUMBER[roughness(mine, column)])


def figures(mine: Sequence[Standing], form: Form, column: Column) -> int | None:
    """The sum of some units' figures of a column; None where none has one."""
    found = [number for standing in mine if (number := figure(standing, form, column.field)) is not None]
    return sum(found) if found else None


def roughness(mine: Sequence[Standing], column: Column) -> Precision:
    """The roughest precision of what stands in a column, `exact` where all is."""
    found = {value.precision for standing in mine for value in _summed(standing, column)}
    return next((precision for precision in ROUGH if precision in found), "exact")


def _summed(standing: Standing, column: Column) -> Iterator[Value]:
    records = (record for _, record in counted_records(standing.counting))
    totals = (s.submission.reading.totals for s in standing.counting if column.sums == "notice")
    for values in (*(record.values for record in records), *totals):
        if column.field in values:
            yield values[column.field]


def words(value: Value, options: Sequence[Option]) -> str:
    """A text, or the titles of the choices."""
    if isinstance(value.content, tuple):
        titles = {option.code: option.title for option in options}
        return "、".join(titles.get(code, code) for code in value.content)
    return "" if value.content is None else str(value.content)
