"""A file's sheets become readings of a form: one for each unit that the tables name (domain.md sections 1.3 to 2.1)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from parsers import checks
from parsers.findings import Place, finding, once
from parsers.form import Form, HeaderField
from parsers.grid import Cell, Grid
from parsers.reading import Finding, Layout, Period, Reading, Severity, Value
from parsers.table import cells, columns, headblock, parts
from parsers.table.labels import keys
from parsers.table.parts import Part
from parsers.table.rows import Reader, Row
from parsers.table.vocabulary import Vocabulary, vocabulary

_YEAR = re.compile(r"(?<!\d)20\d\d(?=\s*年)")


@dataclass(frozen=True, slots=True)
class _Table:
    """One table, read: its rows, its sums, and what concerns it as a whole."""

    part: Part
    reader: Reader
    rows: tuple[Row, ...]
    totals: Mapping[str, Value]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Share:
    """The rows of a table that belong to one unit."""

    table: _Table
    unit: Value | None
    rows: tuple[Row, ...]
    is_whole: bool


def read(grids: Sequence[Grid], form: Form, period: Period) -> tuple[Reading, ...]:
    """What the sheets of one file say, by unit; empty where no table of the form is in them.

    Every row of every table counts to the unit that its own 单位 column names, else the block around its table.
    """
    words = vocabulary(form)
    found = parts.find(grids, form, words)
    several = len({part.page.name for part in found}) > 1
    tables = _credible([_table(part, form, words, period, several) for part in found])
    shares = [share for table in tables for share in _shares(table)]
    return tuple(_reading(group, form, period) for group in _by_unit(shares))


def _credible(tables: list[_Table]) -> list[_Table]:
    """Beside upright tables, turned ones count only where nothing in them is wrong: instructions look like them."""
    upright = [table for table in tables if table.part.sheet is table.part.page and table.rows]
    return [table for table in tables if not upright or table in upright or _is_sound(table)]


def _is_sound(table: _Table) -> bool:
    faults = (found for row in table.rows for found in row.findings)
    return table.part.sheet is table.part.page or not any(found.severity is Severity.ERROR for found in faults)


def _table(part: Part, form: Form, words: Vocabulary, period: Period, several: bool) -> _Table:
    numbers = part.body.of("row")
    chosen = columns.resolve(part, form, words, period, numbers)
    reader = Reader(part, chosen, form, period, f"“{part.page.name}”表" if several else "")
    totals, doubts = _totals(part, reader)
    remarks = (*chosen.findings, *doubts, *_remarks(part, reader, form, words, period))
    return _Table(part, reader, reader.rows(numbers), totals, remarks)


def _totals(part: Part, reader: Reader) -> tuple[Mapping[str, Value], tuple[Finding, ...]]:
    """The row of sums over the whole table: the 合计 that is not smaller than another one, else the only 小计."""
    totals, subtotals = part.body.of("total"), part.body.of("subtotal")
    sums = [reader.totals(number) for number in totals or (subtotals if len(subtotals) == 1 else ())]
    whole = [one for one in sums if all(_covers(one[0], other[0]) for other in sums)]
    return whole[-1] if whole else ({}, ())


def _covers(sums: Mapping[str, Value], others: Mapping[str, Value]) -> bool:
    """Whether no figure of the one is smaller than that of the other."""
    pairs = ((sums[field].content, others[field].content) for field in sums.keys() & others.keys())
    return all(one >= other for one, other in pairs if isinstance(one, int) and isinstance(other, int))


def _remarks(part: Part, reader: Reader, form: Form, words: Vocabulary, period: Period) -> Iterator[Finding]:
    """What the sender should know of rows that are no activities, of an old form, and of what is hidden."""
    found: list[Finding | None] = []
    numbers = part.body.of("row")
    for role, code in (("stray", "stray-cell"), ("example", "example-row"), ("zero", "zero-row")):
        for number in part.body.roles if role != "zero" or numbers else ():
            if part.body.roles[number] == role:
                column, cell = next(iter(part.sheet.rows[number].items()))
                texts = [c.shown.strip() for c in part.sheet.rows[number].values() if c.kind == "text"]
                place = Place(sheet=part.page.name, cell=part.sheet.address(number, column))
                said = texts[0] if texts else cell.shown
                found.append(finding(form, code, place, line=reader.line(number), said=said))
    for line, place, said in (*_loose_cells(part), *_other_names(part, reader, form, words)):
        found.append(finding(form, "stray-cell", place, line=line, said=said))
    years = {int(year) for year in _YEAR.findall(part.title)}
    if years and not years & {period.starts_on.year, period.deadline.year}:
        said = "、".join(map(str, sorted(years)))
        found.append(finding(form, "old-template", Place(sheet=part.page.name), said=said, year=period.starts_on.year))
    if part.page.source and part.page.source.partial:
        found.append(finding(form, "partial-grid", Place(sheet=part.page.name)))
    if _is_hidden(part):
        found.append(finding(form, "hidden-rows", Place(sheet=part.page.name)))
    yield from (one for one in found if one)


def _loose_cells(part: Part) -> Iterator[tuple[str, Place, str]]:
    """In a form with a label for each value, the cells between them that are neither."""
    used = [row for row, _ in (part.sheet.origins or {}).values()]
    for row, column in part.block.rest if used else ():
        text = part.page.text(row, column)
        if min(used) <= row <= max(used) and any(map(str.isalnum, text)):
            yield "", Place(sheet=part.page.name, cell=part.page.address(row, column)), text


def _other_names(part: Part, reader: Reader, form: Form, words: Vocabulary) -> Iterator[tuple[str, Place, str]]:
    """Names beside a day, where activities are named, that the block does not have as those who report."""
    known = part.header.columns
    named = {known[c.field].column for c in form.column if c.field in known and c.need == "must" and c.kind == "text"}
    for row in part.body.of("block"):
        for column in named & part.sheet.rows[row].keys():
            field, value = headblock.signature(part.sheet, words, (row, column)) or ("", "")
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


# ---------------------------------------------------------------- whose rows they are


def _shares(table: _Table) -> Iterator[_Share]:
    """The table's rows by the units that they name; all of them for the block's unit where they name none."""
    block = _unit_of_block(table)
    named: dict[str, list[Row]] = {}
    for row in table.rows:
        named.setdefault(_key(row.unit or block), []).append(row)
    if not named:
        yield _Share(table, block, (), is_whole=True)
    for rows in named.values():
        yield _Share(table, rows[0].unit or block, tuple(rows), is_whole=len(named) == 1)


def _unit_of_block(table: _Table) -> Value | None:
    """The unit that the block around the table names."""
    form, period = table.reader.form, table.reader.period
    for field in form.header:
        entry = _entry(table, field, ()) if field.divides else None
        if entry and entry.cell:
            return entry.value(cells.read(entry.cell, field, form, period))
    return None


def _key(unit: Value | None) -> str:
    return keys(str(unit.content))[-1] if unit and unit.content and keys(str(unit.content)) else ""


def _by_unit(shares: Sequence[_Share]) -> list[list[_Share]]:
    """Shares of one unit and layout together; those without a unit belong to the only one that is named."""
    units = {_key(share.unit) for share in shares} - {""}
    only = next(iter(units)) if len(units) == 1 else ""
    groups: dict[tuple[Layout, str], list[_Share]] = {}
    for share in shares:
        groups.setdefault((share.table.part.layout, _key(share.unit) or only), []).append(share)
    return list(groups.values())


# ---------------------------------------------------------------- one reading


def _reading(group: Sequence[_Share], form: Form, period: Period) -> Reading:
    first = group[0].table.part
    rows = [row for share in group for row in share.rows]
    records = tuple(row.record for row in rows)
    totals = group[0].table.totals if len(group) == 1 and group[0].is_whole else {}
    zero = not rows and any(share.table.part.body.of("zero") for share in group)
    header, doubts = _header(group, form, period)
    found = [
        *(found for share in group for found in share.table.findings),
        *doubts,
        *_emptiness(group, form, zero=zero),
        *(replace(found, record=index) for index, row in enumerate(rows) for found in row.findings),
        *_checked(group, rows, totals, form, period),
    ]
    return Reading(form.id, first.page.name, first.layout, first.title, header, records, totals, once(found), zero)


def _checked(
    group: Sequence[_Share], rows: Sequence[Row], totals: Mapping[str, Value], form: Form, period: Period
) -> tuple[Finding, ...]:
    titles = {f: named.title for share in group for f, named in share.table.reader.columns.read.items()}
    lines = [row.line for row in rows]
    return checks.run(checks.Table([row.record for row in rows], totals, lines, titles, form, period))


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
        place = Place(f"“{field.title}”", field.field, None, sheet, entry.address if entry else None)
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


def _entry(table: _Table, field: HeaderField, rows: Sequence[Row]) -> _Entry | None:
    """The entry of the block, else the first one in a column of the table for these rows."""
    page, told = table.part.page, table.part.block.entries.get(field.field)
    if told and told.text != "":
        whole = page.cell(*told.position)
        cell = whole if told.text is None else Cell(told.text, "text", told.text)
        return _Entry(cell, page.text(*told.position), page.name, page.address(*told.position))
    if column := table.reader.entry(field.field, [row.number for row in rows]):
        return _Entry(column[0], column[0].shown, page.name, table.part.sheet.address(*column[1]))
    return _Entry(None, "", page.name, page.address(*told.position)) if told else None
