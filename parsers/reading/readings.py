"""A file's sheets become readings of a form: one for each unit that the tables name (domain.md sections 1.3 to 2.1)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from parsers.forms.form import Form, HeaderField
from parsers.forms.labels import keys
from parsers.forms.match import Match
from parsers.forms.page import Page
from parsers.forms.vocabulary import Vocabulary
from parsers.grid import Cell
from parsers.marks import quoted
from parsers.reading import (
    Finding,
    Layout,
    Period,
    Reading,
    Value,
    cells,
    checks,
    parts,
    table,
    uncounted,
    zero_reports,
)
from parsers.reading.findings import Place, finding, once
from parsers.reading.records import Row, Sums
from parsers.reading.table import Table


@dataclass(frozen=True, slots=True)
class _Share:
    """The rows of a table that belong to one unit."""

    table: Table
    unit: Value | None
    rows: tuple[Row, ...]
    is_whole: bool


def read(
    matches: Sequence[Match], rest: Sequence[Page], form: Form, words: Vocabulary, period: Period
) -> tuple[Reading, ...]:
    """What the sheets of one file say that a form fills, by unit; `rest` are the sheets that no form fills.

    Every row of every table counts to the unit that its own 单位 column names, else the block around its table. What is
    set aside beside the tables that count is told to the sender of the first.
    """
    found = parts.find(matches, form, words)
    several = len({part.page.name for part in found}) > 1
    tables = [table.read(part, form, words, period, several) for part in found]
    doubts = uncounted.doubts(tables, form, words)
    shares = [share for table, doubt in zip(tables, doubts, strict=True) if not doubt for share in _shares(table)]
    told = [one for table, doubt in zip(tables, doubts, strict=True) for one in uncounted.told(table, doubt, form)]
    told += uncounted.unlabelled(rest, tables, form, words)
    told += uncounted.unread(rest, tables, form)
    told += uncounted.others(rest, tables, doubts, form)
    readings = [_reading(group, sums, form, words, period) for group, sums in _with_sums(_by_unit(shares))]
    return tuple(replace(one, findings=(*one.findings, *(told if not n else ()))) for n, one in enumerate(readings))


# ---------------------------------------------------------------- whose rows they are


def _shares(table: Table) -> Iterator[_Share]:
    """The table's rows by the units that they name; all of them for the block's unit where they name none."""
    block = _unit_of_block(table)
    named: dict[str, list[Row]] = {}
    for row in table.rows:
        named.setdefault(_key(row.unit or block), []).append(row)
    if not named:
        yield _Share(table, block, (), is_whole=True)
    for rows in named.values():
        yield _Share(table, rows[0].unit or block, tuple(rows), is_whole=len(named) == 1)


def _unit_of_block(table: Table) -> Value | None:
    """The unit that the block around the table names."""
    form, period = table.reader.form, table.reader.period
    for field in form.header:
        entry = _entry(table, field, ()) if field.divides else None
        if entry and entry.cell:
            return entry.value(cells.read(entry.cell, field, form, period))
    return None


def _key(unit: Value | None) -> str:
    return keys(str(unit.content))[-1] if unit and unit.content and keys(str(unit.content)) else ""


def _by_unit(shares: Sequence[_Share]) -> dict[tuple[Layout, str], list[_Share]]:
    """Shares of one unit and layout together; those without a unit belong to the only one that is named."""
    units = {_key(share.unit) for share in shares} - {""}
    only = next(iter(units)) if len(units) == 1 else ""
    groups: dict[tuple[Layout, str], list[_Share]] = {}
    for share in shares:
        groups.setdefault((share.table.part.layout, _key(share.unit) or only), []).append(share)
    return groups


def _with_sums(groups: Mapping[tuple[Layout, str], list[_Share]]) -> Iterator[tuple[list[_Share], list[_Share]]]:
    """Each group; with a list of activities the unit's table of figures, which sums them up and adds nothing."""
    lists = {unit for (layout, unit), group in groups.items() if layout == "rows" and any(s.rows for s in group)}
    for (layout, unit), group in groups.items():
        if layout == "rows" and unit in lists:
            yield group, groups.get(("summary", unit), [])
        elif layout == "rows" or unit not in lists:
            yield group, []


# ---------------------------------------------------------------- one reading


def _reading(group: Sequence[_Share], sums: Sequence[_Share], form: Form, words: Vocabulary, period: Period) -> Reading:
    first = group[0].table.part
    rows = [row for share in group for row in share.rows]
    records = tuple(row.record for row in rows)
    totals = group[0].table.totals if len(group) == 1 and group[0].is_whole else Sums()
    written, figures = _figures(sums)
    zero = not rows and any(share.table.part.body.of("zero") for share in group)
    header, doubts = _header([*group, *sums], form, period)
    if zero and (why := _why_nothing(group, words)):
        header = {**header, zero_reports.REASON: why}
    table = _table(group, rows, totals, form, period)
    found = [
        *(found for share in (*group, *sums) for found in share.table.findings),
        *doubts,
        *_emptiness(group, form, zero=zero),
        *(replace(found, record=index) for index, row in enumerate(rows) for found in row.findings),
        *(replace(found, record=None) for share in sums for row in share.rows for found in row.findings),
        *checks.run(table),
        *(checks.sums(replace(table, totals=figures, totals_hold=_held(sums))) if sums else ()),
    ]
    values = {**written, **totals.values}
    return Reading(form.id, first.page.name, first.layout, first.title, header, records, values, once(found), zero)


def _table(group: Sequence[_Share], rows: Sequence[Row], totals: Sums, form: Form, period: Period) -> checks.Table:
    titles = {f: named.title for share in group for f, named in share.table.reader.columns.read.items()}
    return checks.Table(
        [row.record for row in rows],
        totals.values,
        [row.line for row in rows],
        titles,
        form,
        period,
        [row.holds for row in rows],
        totals.holds,
    )


def _held(sums: Sequence[_Share]) -> Mapping[str, str]:
    """What the cells of tables for the whole unit hold where they display something else."""
    found: dict[str, str] = {}
    for share in sums:
        for holds in (share.table.totals.holds if share.is_whole else {}, *(row.holds for row in share.rows)):
            found = {**holds, **found}
    return found


def _figures(sums: Sequence[_Share]) -> tuple[Mapping[str, Value], Mapping[str, Value]]:
    """The figures of tables for the whole unit: as they are written, and those that add up of several rows besides."""
    written, added = dict[str, Value](), dict[str, Value]()
    for share in sums:
        own = share.table.totals.values if share.is_whole else {}
        kept = own or (share.rows[0].record.values if len(share.rows) == 1 else {})
        written |= {f: value for f, value in kept.items() if isinstance(value.content, int) and f not in written}
        fields = {f: value for row in share.rows for f, value in row.record.values.items()}
        for field, value in fields.items() if not kept else ():
            contents = [row.record.values[field].content for row in share.rows if field in row.record.values]
            number = sum(content for content in contents if isinstance(content, int))
            added.setdefault(field, replace(value, content=number, raw=str(number)))
    return written, {**added, **written}


def _why_nothing(group: Sequence[_Share], words: Vocabulary) -> Value | None:
    return next(filter(None, (zero_reports.reason(share.table.part, words) for share in group)), None)


def _emptiness(group: Sequence[_Share], form: Form, *, zero: bool) -> Iterator[Finding]:
    """A table without a row, and a form for one row that has several."""
    number = sum(len(share.rows) for share in group)
    place = Place(sheet=group[0].table.part.page.name)
    found = None
    if not number and not zero:
        untouched = not any(share.table.part.body.of("stray") for share in group)
        found = finding(form, "no-rows", place, what="表格尚未填写" if untouched else "表中没有任何活动")
    elif number > 1 and group[0].table.part.layout == "summary":
        found = finding(form, "several-rows", place, number=number)
    if found:
        yield found


# ---------------------------------------------------------------- the block around it


def _header(group: Sequence[_Share], form: Form, period: Period) -> tuple[Mapping[str, Value], list[Finding]]:
    """The entries of the block, from the first table that has them, and what is doubtful about them."""
    values, found = dict[str, Value](), list[Finding]()
    for field in form.header:
        if field.divides and group[0].unit:
            values[field.field] = group[0].unit
            continue
        entries = [entry for share in group if (entry := _entry(share.table, field, share.rows))]
        entry = next((entry for entry in entries if entry.cell), entries[0] if entries else None)
        said = cells.read(entry.cell if entry else None, field, form, period)
        sheet = entry.sheet if entry else group[0].table.part.page.name
        place = Place(f"{quoted(field.title)}", field.field, None, sheet, entry.address if entry else None)
        found += cells.findings(said, entry.cell if entry else None, place, field, form)
        if entry:
            values[field.field] = entry.value(said)
    return values, found


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a block says about one field: its own text as a cell, and the whole cell that it stands in."""

    cell: Cell | None
    raw: str
    sheet: str
    address: str

    def value(self, said: cells.Said) -> Value:
        """The same as read."""
        ((content, precision),) = said.contents.values()
        return Value(content, self.raw, self.sheet, self.address, precision)


def _entry(table: Table, field: HeaderField, rows: Sequence[Row]) -> _Entry | None:
    """The entry of the block, else the first one in a column of the table for these rows."""
    page, told = table.part.page, table.part.block.entries.get(field.field)
    if told and told.text != "":
        whole = page.cell(*told.position)
        cell = whole if told.text is None else Cell(told.text, "text", told.text)
        return _Entry(cell, page.text(*told.position), page.name, page.address(*told.position))
    if column := table.reader.entry(field.field, [row.number for row in rows]):
        return _Entry(column[0], column[0].shown, page.name, table.part.sheet.address(*column[1]))
    return _Entry(None, "", page.name, page.address(*told.position)) if told else None
