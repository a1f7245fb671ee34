"""Tables that do not count beside the others of a file, for the sender does not show or mean them as a report."""

import re
from collections.abc import Iterator, Mapping, Sequence

from parsers.forms.form import Form
from parsers.forms.page import Page
from parsers.forms.vocabulary import Vocabulary
from parsers.marks import quoted
from parsers.reading import Finding
from parsers.reading.findings import Place, finding
from parsers.reading.records import Row
from parsers.reading.row_traits import RowTraits
from parsers.reading.table import Table
from parsers.reading.title_years import years_named

_HIDDEN = "在隐藏的工作表中"
_NAMED = "像是示例或填表说明"
_UNLABELLED = "没有列名"
_UNREAD = "无法按活动读取"
_OTHER = "不是本次统计表"
_OTHER_YEAR = "看来不是本期的表"
_OTHER_SUBJECT = re.compile(
    "计划|预告|方案|安排|预算|照片|图片|影像|视频|签到|名单|花名册|通讯录|联系表|上期|上年|去年|透视|台账|须知"
)
"""What a table of something else is called."""
_EXPLAINS = re.compile("说明|须知|示例|样例|范例|模板|选项|字典|参数|下拉")
"""What a sheet is called that explains the form or holds its choices."""
_SIGNS = 3
"""So many signs tell that a table beside the form is about something else."""
_LEAST_ROWS = 2
"""A sheet with fewer rows of data holds no table that its sender must hear of."""


def doubts(tables: Sequence[Table], form: Form, words: Vocabulary) -> list[str]:
    """Why each table does not count, "" where it does. A table counts in any case where no other one is left."""
    found = [_doubt(table, words) for table in tables]
    main = [table for table, doubt in zip(tables, found, strict=True) if not doubt and table.rows]
    others = [table for table in main if _is_of_another_subject(table, main, form)]
    if len(others) < len(main):
        found = [_OTHER if table in others else doubt for table, doubt in zip(tables, found, strict=True)]
        main = [table for table in main if table not in others]
    earlier = [table for table in main if _is_of_another_year(table)]
    if len(earlier) < len(main):
        found = [_OTHER_YEAR if table in earlier else doubt for table, doubt in zip(tables, found, strict=True)]
        main = [table for table in main if table not in earlier]
    if any(table.part.is_upright for table in main):
        found = [
            doubt or ("" if _is_understood(table) else _UNREAD) for table, doubt in zip(tables, found, strict=True)
        ]
    return [doubt if main else "" for doubt in found]


def told(table: Table, doubt: str, form: Form) -> Iterator[Finding]:
    """What the sender hears of it; nothing of instructions, in which no figure or day is written."""
    if not doubt or doubt == _OTHER or (doubt == _NAMED and not any(_shares(table))):
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


def unread(pages: Sequence[Page], tables: Sequence[Table], form: Form) -> Iterator[Finding]:
    """What the sender hears of sheets without a table of the form of which something could not be read."""
    if any(table.part.page.source and table.part.page.source.partial for table in tables):
        return  # they hear of the whole file
    for page in pages:
        found = finding(form, "sheet-unread", Place(sheet=page.sheet.name), sheet=page.sheet.name)
        yield from (found,) if found and page.grid.partial else ()


def others(pages: Sequence[Page], tables: Sequence[Table], doubts: Sequence[str], form: Form) -> Iterator[Finding]:
    """What the sender hears of tables about something else, beside one that counts: their names, once."""
    if all(doubts) or not any(table.rows for table in tables):
        return
    found = [(t.part.page.name, t.part.title) for t, doubt in zip(tables, doubts, strict=True) if doubt == _OTHER]
    found += [(page.sheet.name, title) for page in pages if (title := _title_of_another(page)) is not None]
    names = "、".join(
        f"{quoted(sheet)}（{title}）" if title and sheet else quoted(sheet or title) for sheet, title in found
    )
    told = finding(form, "other-sheets", Place(), said=names) if names else None
    yield from (told,) if told else ()


def _title_of_another(page: Page) -> str | None:
    """The title of the first table in a sheet, "" for none; None where the sheet holds no table to speak of."""
    if page.grid.hidden:
        return None
    for region in page.layout.regions:
        data = sum(line.role == "data" for line in region.rows)
        is_wide = region.range.right > region.range.left
        if data >= _LEAST_ROWS and is_wide and not _EXPLAINS.search(f"{page.sheet.name} {region.title}"):
            return " ".join(region.title.split())
    return None


def _is_of_another_subject(table: Table, main: Sequence[Table], form: Form) -> bool:
    """Whether a table beside others is about something else: it is called so, or its days or rows tell it, and it
    lacks what the form has or has what the form lacks."""
    part = table.part
    names = f"{part.page.name} {part.title}"
    must = {column.field for column in form.column if column.need == "must"}
    clear = [
        bool(_OTHER_SUBJECT.search(names)) and not form.names(part.title),
        _is_outside(table, form),
        _says_again(table, [other for other in main if other is not table]),
    ]
    weak = [
        bool(part.title) and not form.names(part.title) and any(form.names(other.part.title) for other in main),
        bool(must - part.header.columns.keys() - part.header.rivals.keys()),
        bool(part.header.unknown),
    ]
    return any(clear) and sum(clear) + sum(weak) >= _SIGNS


def _is_outside(table: Table, form: Form) -> bool:
    """Whether every row has a day, and none a day of the campaign."""
    days, period = _days(table, form), table.reader.period
    first, last = period.starts_on.isoformat(), period.deadline.isoformat()
    return all(days) and not any(first <= day <= last for day in days)


def _is_of_another_year(table: Table) -> bool:
    """Whether it is that of another year than the others: by the years of its days, or by its name where they have
    none."""
    period, fields = table.reader.period, _fields_of_days(table.reader.form)
    years = set(range(period.starts_on.year, period.deadline.year + 1))
    values = (value for row in table.rows for field in fields if (value := row.record.values.get(field)))
    written = {int(str(value.content)[:4]) for value in values if value.content and value.precision != "inferred"}
    named = written or years_named(table.part.title) or years_named(table.part.page.name)
    return bool(table.rows and named) and not named & years


def _days(table: Table, form: Form) -> list[str]:
    """The first day of each row, "" where it has none."""
    fields = _fields_of_days(form)
    return [next((day for f in fields if (day := _content(row, f))), "") for row in table.rows]


def _fields_of_days(form: Form) -> list[str]:
    return [column.field for column in form.column if column.kind == "days"]


def _says_again(table: Table, others: Sequence[Table]) -> bool:
    """Whether every row is named in the others as well, on the same day, and tells no figure."""
    form = table.reader.form
    known = [c.field for c in form.column if c.need == "must" and c.kind != "count"]
    counts = [c.field for c in form.column if c.kind == "count"]
    there = {tuple(_content(row, field) for field in known) for other in others for row in other.rows}
    return all(
        tuple(_content(row, field) for field in known) in there and not any(_content(row, field) for field in counts)
        for row in table.rows
    )


def _content(row: Row, field: str) -> str:
    value = row.record.values.get(field)
    return str(value.content) if value and value.content is not None else ""


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
