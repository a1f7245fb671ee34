"""Tables that do not count beside the others of a file, for the sender does not show or mean them as a report."""

from collections.abc import Iterator, Mapping, Sequence

from parsers.forms.form import Form
from parsers.forms.match import Page
from parsers.forms.vocabulary import Vocabulary
from parsers.reading import Finding
from parsers.reading.findings import Place, finding
from parsers.reading.row_traits import RowTraits
from parsers.reading.table import Table

_HIDDEN = "在隐藏的工作表中"
_NAMED = "像是示例或填表说明"
_UNLABELLED = "没有列名"
_UNREAD = "无法按活动读取"


def doubts(tables: Sequence[Table], words: Vocabulary) -> list[str]:
    """Why each table does not count, "" where it does. A table counts in any case where no other one is left."""
    found = [_doubt(table, words) for table in tables]
    main = [table for table, doubt in zip(tables, found, strict=True) if not doubt and table.rows]
    if any(table.part.is_upright for table in main):
        found = [
            doubt or ("" if _is_understood(table) else _UNREAD) for table, doubt in zip(tables, found, strict=True)
        ]
    return [doubt if main else "" for doubt in found]


def told(table: Table, doubt: str, form: Form) -> Iterator[Finding]:
    """What the sender hears of it; nothing of instructions, in which no figure or day is written."""
    if doubt == _NAMED and not any(_shares(table)):
        return
    name = table.part.page.name
    text = "、".join(str(value.raw) for row in table.rows if (value := next(iter(row.record.values.values()), None)))
    found = finding(form, "table-aside", Place(sheet=name), sheet=name, why=doubt, number=len(table.rows), said=text)
    yield from (found,) if found else ()


def unlabelled(pages: Sequence[Page], tables: Sequence[Table], form: Form, words: Vocabulary) -> Iterator[Finding]:
    """What the sender hears of sheets without labels that go on with the first table: Word divides long ones so."""
    first = next((table.part for table in tables if table.part.is_upright and table.rows), None)
    for page in pages if first else ():
        if first is None:
            continue
        traits = RowTraits(page.sheet, first.header, words, {c.field: c for c in form.column}, form)
        names = [traits.names(row) for row in traits.sheet.rows if traits.is_sound(row)]
        said = "、".join(cell.shown.strip() for cells in names for cell in cells.values())
        name = page.sheet.name
        found = finding(
            form, "table-aside", Place(sheet=name), sheet=name, why=_UNLABELLED, number=len(names), said=said
        )
        yield from (found,) if found and names else ()


def _doubt(table: Table, words: Vocabulary) -> str:
    if not table.rows:
        return ""
    if table.part.is_hidden:
        return _HIDDEN
    name = table.part.page.name
    return _NAMED if words.example.match(name) or words.note.match(name) else ""


def _is_understood(table: Table) -> bool:
    """Whether most figures and days say something: instructions for each field traits like a turned table."""
    return (
        table.part.is_upright
        or not table.rows
        or table.is_sound()
        or 2 * sum(shares := [*_shares(table)]) > len(shares)
    )


def _shares(table: Table) -> Iterator[bool]:
    """For each figure and day that is written, whether it was understood."""
    kinds: Mapping[str, str] = {column.field: column.kind for column in table.reader.form.column}
    for row in table.rows:
        for field, value in row.record.values.items():
            if kinds.get(field) in ("count", "days") and value.raw.strip():
                yield value.content is not None
