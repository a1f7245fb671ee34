"""Finds the rows and columns that a sentence may mean, and says why where that is not one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from parsers.forms.form import Form
from parsers.marks import quoted
from parsers.replies.model import Numbered, Ref, Row, Said, Table, Target
from parsers.replies.naming import Meant, meant, name_of
from parsers.replies.targets import number_of
from parsers.replies.vocabulary import trimmed
from parsers.values import folded


class Unclear(Exception):
    """What keeps a sentence from meaning one thing; `why` in Chinese, `choices` clear answers."""

    def __init__(self, why: str, choices: Sequence[str] = ()) -> None:
        super().__init__(why)
        self.why, self.choices = why, tuple(choices)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What words speak of. `rows`: None where they name none; `total`: the sums; `fields`: None where none is named.

    `header`: an entry of the block above the table.
    """

    rows: tuple[Row, ...] | None = None
    fields: tuple[str, ...] | None = None
    total: bool = False
    header: str | None = None
    each: bool = False
    """Whether every row was named by itself, so that several are meant."""


def spoken_of(target: Target, table: Table, form: Form, findings: Sequence[Numbered]) -> Spoken:
    """The rows and columns that a target names. Raises Unclear for words that nobody knows and rows that are none."""
    known = [_without_joints(meant(piece, table, form), piece, table, form) for piece in target.words]
    left = [each.left for each in known if each.left]
    if left:
        raise Unclear(f"未能确定{quoted(left[0])}指表中哪一场活动或哪一项内容", _row_choices(table, form))
    total = any(ref.kind == "total" for ref in target.refs)
    rows: tuple[Row, ...] | None = None
    for each in known:
        if each.rows is not None:
            rows = _both(rows, each.rows, form)
    refs = [ref for ref in target.refs if ref.kind != "total"]
    fields = next((each.fields for each in known if each.fields), None)
    cell_field: str | None = None
    if refs:
        by_ref: list[Row] = []
        for ref in refs:
            row, field = _row_of(ref, table, form, findings)
            cell_field = field or cell_field
            if row not in by_ref:
                by_ref.append(row)
        rows = tuple(by_ref) if rows is None else _both(rows, tuple(by_ref), form)
    several = {each.fields for each in known if each.fields}
    if len(several) > 1:
        raise Unclear("一句话中提到多项内容，未能确定改的是哪一项")
    if cell_field:
        fields = (cell_field,)
    header = fields[0].removeprefix("header.") if fields and fields[0].startswith("header.") else None
    if header and rows:
        raise Unclear(f"未能确定{quoted('、'.join(target.words))}指哪一格")
    if total and rows:
        raise Unclear("未能确定改的是合计还是其中一场活动")
    named = max(len(refs), sum(len(m.rows or ()) for m in known if m.each))
    return Spoken(rows, None if header else fields, total, header, len(rows or ()) <= named)


def _without_joints(found: Meant, piece: str, table: Table, form: Form) -> Meant:
    """读书会和演讲 names two."""
    if not found.left:
        return found
    parts = [part for part in re.split("以及|[和、与]", piece) if trimmed("filler", part)]
    each = [meant(part, table, form) for part in parts]
    if len(parts) < 2 or any(m.left or not m.rows or len(m.rows) > 1 for m in each):
        return found
    fields = next((m.fields for m in reversed(each) if m.fields), None)
    return Meant(rows=tuple(m.rows[0] for m in each if m.rows), fields=fields, each=True)


def _both(one: tuple[Row, ...] | None, two: tuple[Row, ...], form: Form) -> tuple[Row, ...]:
    if one is None:
        return two
    same = tuple(row for row in two if row in one)
    if not same:
        raise Unclear(f"所写的行与活动不是同一处：第{two[0].row}行是{quoted(name_of(two[0], form))}")
    return same


def _row_of(ref: Ref, table: Table, form: Form, findings: Sequence[Numbered]) -> tuple[Row, str | None]:
    """The row that a word names, and the column where it names a cell. Raises Unclear."""
    if ref.kind == "row":
        return _by_row(ref.number, table, form), None
    if ref.kind == "number":
        return _by_number(ref.number, table, form), None
    if ref.kind == "last" and table.rows:
        return table.rows[-1], None
    if ref.kind == "cell":
        for row in table.rows:
            for field, value in row.values.items():
                if value.cell == ref.word and field in table.titles:
                    return row, field
        raise Unclear(f"表中{ref.word}格不是活动的内容", _row_choices(table, form))
    return _by_item(ref.number, ref.word, table, form, findings)


def _by_row(number: int, table: Table, form: Form) -> Row:
    for row in table.rows:
        if row.row == number:
            return row
    what = "是合计行" if number == table.total_row else "不是活动所在的行"
    raise Unclear(f"表格第{number}行{what}，请写明是哪一场活动", _row_choices(table, form))


def _by_number(number: int, table: Table, form: Form) -> Row:
    """By the activity's own number; by the order where the table has none."""
    told = [_own_number(row) for row in table.rows]
    if any(n is not None for n in told):
        found = [row for row, own in zip(table.rows, told, strict=True) if own == number]
        if len(found) == 1:
            return found[0]
    elif 1 <= number <= len(table.rows):
        return table.rows[number - 1]
    raise Unclear(f"表中没有唯一的第{number}场活动", _row_choices(table, form))


def _own_number(row: Row) -> int | None:
    value = row.values.get("seq")
    text = folded(str(value.content)) if value and value.content is not None else ""
    return number_of(text.rstrip(".、 "))


def _by_item(number: int, word: str, table: Table, form: Form, findings: Sequence[Numbered]) -> tuple[Row, str | None]:
    """第2条: the finding of that number; 第2项: that or the activity, where both are there they must be one row."""
    finding = next((each for each in findings if each.number == number), None)
    by_finding = next((row for row in table.rows if finding and row.row == finding.row), None)
    try:
        by_number: Row | None = _by_number(number, table, form)
    except Unclear:
        by_number = None
    is_finding = bool(by_finding) and bool(re.search("条|点|问题", word))
    if by_finding and by_number and by_finding != by_number and not is_finding:
        raise Unclear(f"“第{number}条”可能指回执所列的第{number}条，也可能指第{number}场活动，请写明行号或活动名称")
    row = by_finding or by_number
    if row is None:
        raise Unclear(f"没有第{number}条", _row_choices(table, form))
    return row, finding.field if by_finding and finding else None


def _row_choices(table: Table, form: Form) -> tuple[str, ...]:
    return tuple(f"第{row.row}行（{name_of(row, form) or '未填名称'}）" for row in table.rows[:12])


def with_context(
    said: Said, table: Table, form: Form, findings: Sequence[Numbered]
) -> tuple[Spoken, tuple[str, ...] | None]:
    """What a sentence speaks of, with the rows of what was spoken of before where it names none itself.

    The second value is the column that only the words before named.
    """
    own = spoken_of(said.target, table, form, findings)
    if not said.context:
        return own, None
    before = spoken_of(said.context, table, form, findings)
    if own.rows is None and not own.total and own.header is None:
        if own.fields is None and said.open_context:
            return before, None
        fields = own.fields
        if before.header and fields is None:
            return own, None
        return replace(before, fields=fields, header=None), None if fields else before.fields
    if own.fields is None and not own.header:
        if own.rows and said.open_context and before.rows is None:
            return replace(own, fields=before.fields), None
        return own, before.fields
    if own.rows and said.open_context and before.rows and own.rows != before.rows:
        return own, None
    return own, None
