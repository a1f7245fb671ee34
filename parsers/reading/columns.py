"""Which columns of a table are read as which field, and what its sender must hear about the others."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from parsers.forms import fields
from parsers.forms.fields import Named
from parsers.forms.form import Column, Form
from parsers.forms.vocabulary import Vocabulary
from parsers.grid import Cell
from parsers.reading import Finding, Period, cells, outside_columns
from parsers.reading.findings import Place, finding
from parsers.reading.measures import has_measure
from parsers.reading.parts import Part

_SHARE = re.compile(r"(参与|参加|参训|参赛|参会|到场|到会|出席|出勤|覆盖|完成)率")


@dataclass(frozen=True, slots=True)
class Columns:
    """What is read. `lacking` are fields that every row should have and that no column gives for certain.

    `shared` are counts of whom only a share may have taken part, with the column that tells the share. `unmeasured` are
    counts whose titles do not say what is counted, in a sheet that counts in thousands and more.
    """

    read: Mapping[str, Named]
    similar: Mapping[str, Named]
    lacking: tuple[str, ...]
    findings: tuple[Finding, ...]
    unmeasured: frozenset[str]
    shared: Mapping[str, Named]


def resolve(part: Part, form: Form, words: Vocabulary, period: Period, rows: Sequence[int]) -> Columns:
    """The columns of a table. One that only resembles a missing one is taken where its cells fit, with a warning."""
    wanted = {column.field: column for column in form.column if _is_wanted(column, part, form)}
    likely = {f: named for f, named in fields.similar(part.header, form, words).items() if f in wanted}
    similar = {
        field: named[0]
        for field, named in likely.items()
        if len(named) == 1 and _fits(part, named[0], wanted[field], form, period, rows)
    }
    rivals = {f: named for f, named in part.header.rivals.items() if f in wanted}
    rivals |= {field: named for field, named in likely.items() if len(named) > 1}
    columns = {field: named for field, named in part.header.columns.items() if field in wanted}
    rivals |= {field: under for field, named in columns.items() if len(under := _under(part, named, rows)) > 1}
    certain = {field: named for field, named in columns.items() if field not in rivals}
    read = {**certain, **similar}
    used = {named.column for named in (*read.values(), *(n for several in rivals.values() for n in several))}
    whole = {n.parts[0] for n in read.values() if len(n.parts) > 1 and words.is_total(n.parts[-1])}
    others = (n for n in part.header.unknown if n.column not in used and n.parts[0] not in whole)
    unread = [named for named in others if _cells(part, named, rows)]
    figures = [named for named in unread if _is_full_of_numbers(part, named, rows)]
    lacking = [f for f, c in wanted.items() if f not in read and (f in rivals or _may_be_there(c, figures))]
    remarks = [*_remarks(part, form, wanted, certain, similar, rivals), *_unread(part, form, unread, figures)]
    remarks += outside_columns.remarks(part, form, words, rows)
    counts = {f: named for f, named in read.items() if wanted[f].kind == "count" and part.measure}
    unmeasured = frozenset(f for f, named in counts.items() if not has_measure(named.label, words))
    shared = {f: share for f, n in read.items() if wanted[f].kind == "count" and (share := _share(n, unread))}
    return Columns(read, similar, tuple(lacking), tuple(one for one in remarks if one), unmeasured, shared)


def _share(count: Named, unread: Sequence[Named]) -> Named | None:
    """The column beside a count that tells which share took part, where the count does not say that it is those."""
    following = (named for named in unread if named.column == count.column + 1)
    share = next(((named, said[1]) for named in following if (said := _SHARE.search(named.title))), None)
    return share[0] if share and share[1] not in count.label and "实" not in count.label else None


def _under(part: Part, named: Named, rows: Sequence[int]) -> tuple[Named, ...]:
    """The columns under one merged label that hold something of their own, the first in any case."""
    others = (other for other in part.header.unknown if other.origin == named.origin and _cells(part, other, rows))
    return named, *others


def _may_be_there(column: Column, figures: Sequence[Named]) -> bool:
    """Whether rows without the column's field want a word: it must be there, or may hide under an unknown title."""
    return column.need == "must" or (column.kind == "count" and bool(figures))


def _is_wanted(column: Column, part: Part, form: Form) -> bool:
    if column.kind == "number":
        return False
    return column.layout == "any" if part.layout == "rows" else column.field not in form.summary.without


def _remarks(
    part: Part,
    form: Form,
    wanted: Mapping[str, Column],
    certain: Mapping[str, Named],
    similar: Mapping[str, Named],
    rivals: Mapping[str, tuple[Named, ...]],
) -> Iterator[Finding | None]:
    for field, column in wanted.items():
        if field in similar:
            named = similar[field]
            yield finding(form, "similar-column", _place(part, field, named), said=named.title, title=column.title)
        elif field in rivals:
            titles = "、".join(f"“{named.label}”" for named in rivals[field])
            place = _place(part, field, rivals[field][0])
            yield finding(form, "two-columns", place, column.need, columns=titles, title=column.title)
        elif field not in certain and _is_due(column, part, form):
            yield finding(
                form, "missing-column", Place(field=field, sheet=part.page.name), column.need, title=column.title
            )
    for column, named in part.header.apart:
        if column.field in wanted and column.field not in similar:
            yield finding(form, "apart-column", _place(part, column.field, named), said=named.title)


def _unread(part: Part, form: Form, unread: Sequence[Named], figures: Sequence[Named]) -> Iterator[Finding | None]:
    for named in unread:
        code = "unknown-column" if named in figures else "unread-column"
        yield finding(form, code, _place(part, None, named), said=named.title)


def _is_due(column: Column, part: Part, form: Form) -> bool:
    return part.layout == "rows" or column.field in form.summary.indicators


def _place(part: Part, field: str | None, named: Named) -> Place:
    return Place(field=field, sheet=part.page.name, cell=part.sheet.address(*named.origin))


def _cells(part: Part, named: Named, rows: Sequence[int]) -> list[Cell]:
    return [cell for row in rows if (cell := part.sheet.cell(row, named.column))]


def _fits(part: Part, named: Named, column: Column, form: Form, period: Period, rows: Sequence[int]) -> bool:
    """Whether most cells say something that the column can hold."""
    held = _cells(part, named, rows)
    if column.kind == "text":
        return 2 * sum(cell.kind == "text" for cell in held) >= len(held)
    said = [cells.read(cell, column, form, period, named.label).contents[column.field][0] for cell in held]
    return 2 * sum(bool(content) or content == 0 for content in said) >= len(held)


def _is_full_of_numbers(part: Part, named: Named, rows: Sequence[int]) -> bool:
    held = _cells(part, named, rows)
    return (
        bool(held)
        and 2 * len(held) >= len(rows)
        and all(c.kind == "number" or c.shown.strip().isdecimal() for c in held)
    )
