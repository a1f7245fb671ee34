"""One table, read: its rows, its sums, and what concerns it as a whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from parsers.forms.form import Form
from parsers.forms.labels import keys
from parsers.forms.vocabulary import Vocabulary
from parsers.marks import quoted
from parsers.reading import Finding, Period, Severity, Value, block, columns
from parsers.reading.findings import Place, finding
from parsers.reading.parts import Part
from parsers.reading.records import Reader, Row, Sums
from parsers.reading.row_traits import WIDE, Role
from parsers.reading.title_years import years_named

_FEWEST_LEFT, _MOST_NAMED = 3, 5
_TOLD: Mapping[Role, str] = {
    "stray": "stray-cell",
    "example": "example-row",
    "marked": "marked-example",
    "part": "part-row",
    "foreign": "other-table",
    "zero": "zero-row",
}
"""The rows that are no activities and of which the sender hears, with the codes of what is said."""


@dataclass(frozen=True, slots=True)
class Table:
    """The same as a value."""

    part: Part
    reader: Reader
    rows: tuple[Row, ...]
    totals: Sums
    findings: tuple[Finding, ...]

    def is_sound(self) -> bool:
        """Whether nothing in its rows must be corrected."""
        return not any(found.severity is Severity.ERROR for row in self.rows for found in row.findings)


def read(part: Part, form: Form, words: Vocabulary, period: Period, several: bool) -> Table:
    """The table as it stands; `several`: its sheet is named wherever one of its rows is."""
    numbers = part.body.of("row")
    chosen = columns.resolve(part, form, words, period, numbers)
    reader = Reader(part, chosen, form, period, f"{quoted(part.page.name)}表" if several else "")
    totals = _totals(part, reader)
    remarks = (*chosen.findings, *totals.findings, *_remarks(part, reader, form, words, period))
    rows = tuple(_with_hidden(row, part, form) for row in reader.rows(numbers))
    return Table(part, reader, rows, totals, remarks)


def _with_hidden(row: Row, part: Part, form: Form) -> Row:
    """A row that its sender's program does not show counts, and says so."""
    source = part.page.source
    if source is None or not part.is_upright or row.number not in source.hidden_rows:
        return row
    column, cell = next(iter(part.sheet.rows[row.number].items()))
    named = next((value.raw for value in row.record.values.values() if value.raw), cell.shown)
    place = Place("", None, 0, part.page.name, part.page.address(row.number, column))
    told = finding(form, "hidden-row", place, line=row.line, said=named)
    return replace(row, findings=(*row.findings, *((told,) if told else ())))


def _totals(part: Part, reader: Reader) -> Sums:
    """The row of sums over the whole table: the 合计 that is not smaller than another one, else the only 小计.

    A 合计 of the blank form that was left empty says nothing beside one that the sender wrote.
    """
    totals, subtotals = part.body.of("total"), part.body.of("subtotal")
    sums = [reader.totals(number) for number in totals or (subtotals if len(subtotals) == 1 else ())]
    filled = [one for one in sums if any(value.raw.strip() for value in one.values.values())]
    whole = [one for one in filled if all(_covers(one.values, other.values) for other in filled)]
    return whole[-1] if whole else Sums()


def _covers(sums: Mapping[str, Value], others: Mapping[str, Value]) -> bool:
    """Whether no figure of the one is smaller than that of the other."""
    pairs = ((sums[field].content, others[field].content) for field in sums.keys() & others.keys())
    return all(one >= other for one, other in pairs if isinstance(one, int) and isinstance(other, int))


def _remarks(part: Part, reader: Reader, form: Form, words: Vocabulary, period: Period) -> Iterator[Finding]:
    """What the sender should know of rows that are no activities, of an old form, and of what is hidden."""
    found: list[Finding | None] = []
    numbers = part.body.of("row")
    for number, role in part.body.roles.items():
        if role in _TOLD and (role != "zero" or numbers):
            column, cell = next(iter(part.sheet.rows[number].items()))
            texts = [c.shown.strip() for c in part.sheet.rows[number].values() if c.kind == "text"]
            place = Place(sheet=part.page.name, cell=part.sheet.address(number, column))
            said = "、".join(texts) if role == "foreign" else texts[0] if texts else cell.shown
            found.append(finding(form, _TOLD[role], place, line=reader.line(number), said=said))
    if left := _left_over(part):
        said = "、".join(reader.line(number) for number in left[:_MOST_NAMED])
        more = "等" if len(left) > _MOST_NAMED else ""
        found.append(finding(form, "rows-left-over", Place(sheet=part.page.name), said=said + more, number=len(left)))
    for line, place, said in (*_loose_cells(part), *_other_names(part, reader, form, words)):
        found.append(finding(form, "stray-cell", place, line=line, said=said))
    years = years_named(part.title)
    if years and not years & set(range(period.starts_on.year, period.deadline.year + 1)):
        said = "、".join(map(str, sorted(years)))
        found.append(finding(form, "old-template", Place(sheet=part.page.name), said=said, year=period.starts_on.year))
    if part.page.source and part.page.source.partial:
        found.append(finding(form, "partial-grid", Place(sheet=part.page.name)))
    if _is_hidden(part):
        found.append(finding(form, "hidden-rows", Place(sheet=part.page.name)))
    yield from (one for one in found if one)


def _left_over(part: Part) -> list[int]:
    """The full rows that were not read, where they are as many as those that were: then the table is not understood."""
    rows = part.sheet.rows
    left = sorted(n for n in (*part.body.of("stray"), *part.body.of("note")) if len(rows[n]) >= WIDE)
    return left if len(left) >= max(_FEWEST_LEFT, len(part.body.of("row"))) else []


def _loose_cells(part: Part) -> Iterator[tuple[str, Place, str]]:
    """In a form with a label for each value, the cells between them that are neither, and wide rows below."""
    used = [row for row, _ in (part.sheet.origins or {}).values()]
    rest: dict[int, list[int]] = {}
    for row, column in part.block.rest if used else ():
        if any(map(str.isalnum, part.page.text(row, column))):
            rest.setdefault(row, []).append(column)
    for row, places in rest.items():
        if min(used) <= row <= max(used):
            for column in places:
                yield "", Place(sheet=part.page.name, cell=part.page.address(row, column)), part.page.text(row, column)
        elif row > max(used) and len(places) >= WIDE:
            texts = "、".join(part.page.text(row, column) for column in places)
            yield part.page.line(row), Place(sheet=part.page.name, cell=part.page.address(row, places[0])), texts


def _other_names(part: Part, reader: Reader, form: Form, words: Vocabulary) -> Iterator[tuple[str, Place, str]]:
    """Names beside a day, where activities are named, that the block does not have as those who report."""
    known = part.header.columns
    named = {known[c.field].column for c in form.column if c.field in known and c.need == "must" and c.kind == "text"}
    for row in part.body.of("block"):
        for column in named & part.sheet.rows[row].keys():
            field, value = block.signature(part.sheet, words, (row, column)) or ("", "")
            entry = part.block.entries.get(field)
            if entry and entry.position != (row, column) and not _alike(value, entry.text or ""):
                place = Place(sheet=part.page.name, cell=part.page.address(row, column))
                yield reader.line(row), place, part.page.text(row, column)


def _alike(one: str, other: str) -> bool:
    """Whether one name is part of the other."""
    shapes = keys(one)[-1:], keys(other)[-1:]
    return any(a in b or b in a for a in shapes[0] for b in shapes[1])


def _is_hidden(part: Part) -> bool:
    source = part.page.source
    if source is None:
        return False
    filled = {column for row in part.page.rows.values() for column in row}
    return source.hidden or bool(source.hidden_rows & part.page.rows.keys() or source.hidden_columns & filled)
