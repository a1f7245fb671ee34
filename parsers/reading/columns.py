"""Which columns of a table are read as which field, and what its sender must hear about the others."""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from parsers.forms import fields
from parsers.forms.fields import Named
from parsers.forms.form import Column, Form, Need
from parsers.forms.vocabulary import Vocabulary
from parsers.grid import Cell
from parsers.marks import one_title, quoted
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
    missing = _missing(part, form, period if rows else None, wanted, {*certain, *similar, *rivals})
    remarks = [*_remarks(part, form, wanted, similar, rivals, missing), *_unread(part, form, unread, figures)]
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
    similar: Mapping[str, Named],
    rivals: Mapping[str, tuple[Named, ...]],
    missing: Mapping[str, Need],
) -> Iterator[Finding | None]:
    for field, column in wanted.items():
        if field in similar:
            named = similar[field]
            yield finding(form, "similar-column", _place(part, field, named), said=named.title, title=column.title)
        elif field in rivals:
            titles = "、".join(quoted(" ".join(map(one_title, named.parts))) for named in rivals[field])
            place = _place(part, field, rivals[field][0])
            yield finding(form, "two-columns", place, column.need, columns=titles, title=column.title)
        elif field in missing:
            alike = [wanted[other].title for other, need in missing.items() if need == missing[field]]
            place = Place(field=field, sheet=part.page.name)
            yield finding(form, "missing-column", place, missing[field], titles=_columns_in_words(alike))
    for column, named in part.header.apart:
        if column.field in wanted and column.field not in similar:
            yield finding(form, "apart-column", _place(part, column.field, named), said=named.title)


def _unread(part: Part, form: Form, unread: Sequence[Named], figures: Sequence[Named]) -> Iterator[Finding | None]:
    for named in unread:
        code = "unknown-column" if named in figures else "unread-column"
        yield finding(form, code, _place(part, None, named), said=named.title)


def _missing(
    part: Part, form: Form, period: Period | None, wanted: Mapping[str, Column], known: AbstractSet[str]
) -> dict[str, Need]:
    """The fields for which the table has no column, by how much that matters.

    One that may be left blank should yet have its column where the campaign adds it up; `period` None: nothing does, as
    the table has no rows.
    """
    due = (c for c in wanted.values() if c.field not in known and _is_due(c, part, form))
    counted = (period.counted if period else frozenset()) - {column.field for column, _ in part.header.apart}
    needs = {c.field: "should" if c.need == "may" and c.field in counted else c.need for c in due}
    return {field: need for field, need in needs.items() if need != "may"}


def _is_due(column: Column, part: Part, form: Form) -> bool:
    return part.layout == "rows" or column.field in form.summary.indicators


def _columns_in_words(titles: Sequence[str]) -> str:
    """“走进企业数”一列, or “走进企业数”“接触职工人数”共2列."""
    named = "".join(quoted(one_title(title)) for title in titles)
    return f"{named}一列" if len(titles) == 1 else f"{named}共{len(titles)}列"


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
