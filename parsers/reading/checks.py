"""Rules across cells and rows (domain.md section 1.4): pure functions of what was read, of a form and of a period."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from parsers.forms.form import Form, Need
from parsers.forms.labels import key
from parsers.marks import one_title, quoted
from parsers.reading import Content, Finding, Period, Record, Value
from parsers.reading.findings import Place, called, finding


@dataclass(frozen=True, slots=True)
class Table:
    """What the rules look at. `lines` are the words for each record (第6行), `titles` those of the columns.

    `hold` and `totals_hold` say of cells that display something else what they hold, for each record and for the sums.
    """

    records: Sequence[Record]
    totals: Mapping[str, Value]
    lines: Sequence[str]
    titles: Mapping[str, str]
    form: Form
    period: Period
    hold: Sequence[Mapping[str, str]] = ()
    totals_hold: Mapping[str, str] = field(default_factory=dict)

    def said(self, record: int, field: str) -> dict[str, object]:
        """The words for a record's cell: what it displays, and what it holds."""
        holds = self.hold[record].get(field, "") if self.hold else ""
        return {"said": self.records[record].values[field].raw, "holds": holds}

    def said_of_sum(self, field: str) -> dict[str, object]:
        """The same for a sum."""
        return {"said": self.totals[field].raw, "holds": self.totals_hold.get(field, "")}

    def title(self, field: str) -> str:
        """What the sender's own table calls a field."""
        known = self.form.find(field)
        return self.titles.get(field) or (one_title(known.title) if known else field)

    def place(self, record: int, field: str) -> Place:
        """Where a record's field stands."""
        value = self.records[record].values.get(field)
        where = (value.sheet, value.cell) if value else (None, None)
        return Place(
            f"{self.lines[record]}{self._called(record, field)}{quoted(self.title(field))}", field, record, *where
        )

    def _called(self, record: int, field: str) -> str:
        """“读书会”的, before what a row has in any other column than that of its name; "" where it has no name."""
        name = self.form.name
        told = self.records[record].values.get(name.field) if name and name.field != field else None
        return f"{called(str(told.content))}的" if told and told.content else ""


def run(table: Table) -> tuple[Finding, ...]:
    """Everything that the rules find, those of the form and those of reason."""
    rules = (_dates, _reversed, _unlikely, _below, _online, _repeated, _totals)
    return tuple(found for rule in rules for found in rule(table) if found)


def _dates(table: Table) -> Iterator[Finding | None]:
    """Days outside the campaign, and days that had not come when the table arrived."""
    field, period, form = table.form.checks.dated, table.period, table.form
    column = next((c for c in form.column if c.field == field), None)
    for index, record in enumerate(table.records):
        first = _day(_content(record, field))
        last = _day(_content(record, column.end) if column and column.end else None) or first
        if first is None or last is None:
            continue
        words = {
            **table.said(index, field),
            "starts": _chinese(period.starts_on),
            "ends": _chinese(period.deadline),
        }
        if last > period.arrived_on:
            yield finding(form, "date-after-arrival", table.place(index, field), **words)
        if first < period.starts_on or last > period.deadline:
            yield finding(form, "date-outside", table.place(index, field), **words)


def _reversed(table: Table) -> Iterator[Finding | None]:
    """Last days that lie before the first."""
    for column in table.form.column:
        for index, record in enumerate(table.records if column.end else ()):
            first, last = _day(_content(record, column.field)), _day(_content(record, column.end))
            if first and last and last < first:
                words = {**table.said(index, column.end), "other": table.title(column.field)}
                yield finding(table.form, "end-before-start", table.place(index, column.end), **words)


def _unlikely(table: Table) -> Iterator[Finding | None]:
    """Figures so large that the measure is probably a slip."""
    for rule in table.form.checks.unlikely:
        column = next((c for c in table.form.column if c.field == rule.field), None)
        for index, record in enumerate(table.records):
            content = _content(record, rule.field)
            if isinstance(content, int) and content > rule.above:
                words = {**table.said(index, rule.field), "unit": column.unit if column else ""}
                yield finding(table.form, "unlikely-size", table.place(index, rule.field), **words)


def _below(table: Table) -> Iterator[Finding | None]:
    """Figures that are smaller than one they should contain."""
    for rule in table.form.checks.below:
        for index, record in enumerate(table.records):
            smaller, larger = _content(record, rule.field), _content(record, rule.than)
            if (
                isinstance(smaller, int)
                and isinstance(larger, int)
                and smaller < larger
                and record.values[rule.field].cell
            ):
                words = {**table.said(index, rule.field), "other": table.title(rule.than)}
                yield finding(table.form, "reached-below", table.place(index, rule.field), **words)


def _online(table: Table) -> Iterator[Finding | None]:
    """Activities that by their place were not on site."""
    for rule in table.form.checks.online:
        for index, record in enumerate(table.records):
            said = str(_content(record, rule.field) or "")
            if any(word in said for word in rule.words) and not any(word in said for word in rule.unless):
                yield finding(table.form, "venue-online", table.place(index, rule.field), said=said)


def _repeated(table: Table) -> Iterator[Finding | None]:
    """Rows that are the same activity as one above."""
    fields = table.form.checks.repeated
    seen: dict[tuple[str, ...], int] = {}
    for index, record in enumerate(table.records):
        same = tuple(key(str(_content(record, field) or "")) for field in fields)
        if not fields or not all(same):
            continue
        if same in seen:
            words = {"said": _content(record, fields[0]), "other": table.lines[seen[same]] or "前面一场"}
            yield finding(table.form, "repeated-row", table.place(index, fields[0]), **words)
        seen.setdefault(same, index)


def _totals(table: Table) -> Iterator[Finding | None]:
    """Sums that the unit wrote and its rows do not give; nothing is compared where a row is not understood."""
    for column in table.form.column:
        total = table.totals.get(column.field)
        if column.sums is None or total is None or not isinstance(total.content, int) or not table.records:
            continue
        contents = [_content(record, column.field) for record in table.records]
        known = [content for content in contents if isinstance(content, int)]
        unread = any(c is None and _raw(r, column.field) for c, r in zip(contents, table.records, strict=True))
        is_column = any(column.field in record.values for record in table.records)
        if is_column and not unread and sum(known) != total.content:
            place = Place(field=column.field, sheet=total.sheet, cell=total.cell)
            words = {**table.said_of_sum(column.field), "title": table.title(column.field), "sum": sum(known)}
            weight: Need = "must" if column.sums == "warning" else "may"
            yield finding(table.form, "total-mismatch", place, weight, **words)


def sums(table: Table) -> tuple[Finding, ...]:
    """What a table of figures for the unit says otherwise than the list of its activities, or says alone.

    `totals` are its figures, `records` the activities. A count that no list can have is the number of activities.
    """
    return tuple(found for rule in (_totals, _number, _alone) for found in rule(table) if found)


def _number(table: Table) -> Iterator[Finding | None]:
    """A number of activities that is not that of the rows."""
    fields = [column.field for column in table.form.column if column.kind == "count" and column.layout == "summary"]
    total = table.totals.get(fields[0]) if len(fields) == 1 else None
    if total and total.content != len(table.records):
        place = Place(field=fields[0], sheet=total.sheet, cell=total.cell)
        words = {**table.said_of_sum(fields[0]), "title": table.title(fields[0]), "number": len(table.records)}
        yield finding(table.form, "number-mismatch", place, **words)


def _alone(table: Table) -> Iterator[Finding | None]:
    """Sums of figures that may be added up and are in no row: they count nowhere."""
    for column in table.form.column:
        total = table.totals.get(column.field)
        is_column = any(column.field in record.values for record in table.records)
        if total and total.content and column.sums == "warning" and column.layout == "any" and not is_column:
            place = Place(field=column.field, sheet=total.sheet, cell=total.cell)
            words = {**table.said_of_sum(column.field), "title": table.title(column.field)}
            yield finding(table.form, "sum-alone", place, **words)


def _content(record: Record, field: str) -> Content:
    value = record.values.get(field)
    return value.content if value else None


def _raw(record: Record, field: str) -> str:
    value = record.values.get(field)
    return value.raw.strip() if value else ""


def _day(content: Content) -> date | None:
    return date.fromisoformat(content) if isinstance(content, str) else None


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
