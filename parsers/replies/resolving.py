"""Holds what was said against the table in question: which row, column and value each sentence means, or why none."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from parsers.forms.form import Form
from parsers.grid import Cell
from parsers.marks import quoted
from parsers.reading import Value
from parsers.replies.agreeing import DOUBTING, agreed, withheld
from parsers.replies.columns import column_meant, is_asked_about, is_now, total_meant
from parsers.replies.model import (
    Acknowledge,
    Ask,
    Change,
    Confirm,
    Contact,
    Delete,
    Extend,
    Inquire,
    Kind,
    Numbered,
    Object,
    Refused,
    Resolved,
    Row,
    Said,
    Table,
    Target,
    ToPerson,
    Withdraw,
    Zero,
)
from parsers.replies.placing import Spoken, Unclear, spoken_of, with_context
from parsers.replies.valuing import doubts_of, kind_fits, place_in_words, taken
from parsers.values.dates import days

_WHY = {"asked": "来信提问，请工作人员答复", "conditional": "来信附有条件，请工作人员与单位核实"}
_UNREAD = "来信内容需工作人员阅处"


def resolve(said: Sequence[Said], table: Table, form: Form, findings: Sequence[Numbered] = ()) -> tuple[Resolved, ...]:
    """What each thing that was said means for a table, in order; nothing for what has no effect. Total.

    `table` is the sender's table as it counts now (without rows where nothing is registered), `form` its form,
    `findings` what the answered letter listed under numbers. A `Change`, `Delete` or `Withdraw` stands only where one
    reading is possible and the value is one that a cell of the column may hold; where two statements contradict each
    other, neither takes effect and one `Ask` names them. Whoever applies the outcome decides whether the sender may.
    """
    outcomes: list[Resolved] = []
    for each in said:
        try:
            found, failed = list(_resolved(each, table, form, findings)), False
        except Unclear as unclear:
            found, failed = [Ask(unclear.why, unclear.choices, each.sentence)], True
        if each.kind is Kind.UNCLEAR or failed or each.words in DOUBTING:
            outcomes = withheld(outcomes, each, _rows_named(each, table, form, findings))
        outcomes.extend(found)
    return agreed(outcomes, findings)


def _rows_named(said: Said, table: Table, form: Form, findings: Sequence[Numbered]) -> frozenset[int]:
    """The rows that a sentence names itself, as far as its words tell."""
    for target in (said.target, Target(said.target.refs)):
        try:
            rows = spoken_of(target, table, form, findings).rows
        except Unclear:
            continue
        if rows:
            return frozenset(row.row for row in rows)
    return frozenset()


def _resolved(said: Said, table: Table, form: Form, findings: Sequence[Numbered]) -> Iterator[Resolved]:
    sentence = said.sentence
    match said.kind:
        case Kind.SET:
            yield from _set(said, table, form, findings)
        case Kind.NUMBERED:
            yield _numbered(said, table, form, findings)
        case Kind.DELETE:
            yield from _deleted(said, table, form, findings)
        case Kind.WITHDRAW:
            yield Withdraw(sentence) if table.rows else Ask("系统中没有贵单位已登记的统计表可以撤回", (), sentence)
        case Kind.ZERO:
            yield _zero(said, table)
        case Kind.CONFIRM:
            yield _confirmed(said, table, form, findings)
        case Kind.ACKNOWLEDGE:
            yield Acknowledge(sentence)
        case Kind.STATUS | Kind.BLANK | Kind.REGISTERED:
            yield Inquire(str(said.kind), sentence)  # type: ignore[arg-type]
        case Kind.EXTEND:
            yield Extend(_day(said.words, table), sentence)
        case Kind.CONTACT:
            yield Contact(sentence)
        case Kind.OBJECT:
            yield Object(sentence)
        case Kind.QUESTION:
            yield ToPerson(_WHY.get(said.words, _UNREAD), sentence)
        case Kind.UNCLEAR:
            yield _unclear(said, table, form, findings)


def _unclear(said: Said, table: Table, form: Form, findings: Sequence[Numbered]) -> Resolved:
    if said.words in ("withdraw", "taken-back"):
        return Ask("未能确定撤回的是哪一部分内容，请写明", (), said.sentence)
    if said.target:
        spoken_of(said.target, table, form, findings)
        return Ask("未写明应改为什么，请写明更正后的内容", (), said.sentence)
    return ToPerson(_UNREAD, said.sentence)


def _zero(said: Said, table: Table) -> Resolved:
    if not table.rows:
        return Zero(said.words, said.sentence)
    why = f"系统中已登记贵单位{len(table.rows)}场活动，请确认是撤回已登记的统计表、改报零报告，还是保留原登记"
    return Ask(why, ("撤回已登记的统计表，改报零报告", "保留原登记"), said.sentence)


def _day(words: str, table: Table) -> date | None:
    return days(Cell(words, "text", words), table.period.deadline.year).start if words else None


def _confirmed(said: Said, table: Table, form: Form, findings: Sequence[Numbered]) -> Confirm:
    """Everything that was doubted, or that of the rows or the number named."""
    doubts = [finding for finding in findings if finding.doubt]
    if said.target:
        spoken = spoken_of(said.target, table, form, findings)
        rows = {row.row for row in spoken.rows or ()}
        doubts = [f for f in doubts if f.row in rows and (not spoken.fields or f.field in spoken.fields)]
    elif said.number is not None and any(finding.number == said.number for finding in findings):
        doubts = [finding for finding in doubts if finding.number == said.number]
    return Confirm(tuple(finding.number for finding in doubts), said.sentence)


def _deleted(said: Said, table: Table, form: Form, findings: Sequence[Numbered]) -> Iterator[Resolved]:
    spoken = spoken_of(said.target if said.target else said.context, table, form, findings)
    rows = spoken.rows
    if rows is None and said.number is not None:
        finding = next((each for each in findings if each.number == said.number), None)
        rows = tuple(row for row in table.rows if finding and row.row == finding.row) or None
    if spoken.fields or spoken.total or spoken.header:
        raise Unclear("未能确定删除的是整行还是其中一格，请写明应改为什么")
    if not rows:
        raise Unclear("未写明删除哪一场活动", tuple(f"删除第{row.row}行" for row in table.rows[:12]))
    if len(rows) > 1 and not (said.target and spoken.each):
        raise Unclear("所写的活动不止一场，未能确定删除哪一场", tuple(f"删除第{row.row}行" for row in rows))
    yield from (Delete(row.row, said.sentence) for row in rows)


def _numbered(said: Said, table: Table, form: Form, findings: Sequence[Numbered]) -> Resolved:
    """1. 120, held against the finding of that number."""
    finding = next((each for each in findings if each.number == said.number), None)
    words = said.values[0]
    if finding is None or finding.field is None:
        if not findings and not kind_fits(words, "participants", form):
            return ToPerson(_UNREAD, said.sentence)
        raise Unclear(f"未能确定“{said.number}”指哪一条，请写明行号或活动名称和更正后的内容")
    if said.tight and sum(each.number == said.number for each in findings) != 1:
        raise Unclear(f"未能确定{quoted(said.sentence)}的意思")
    row = next((each for each in table.rows if each.row == finding.row), None)
    if finding.row is not None and row is None:
        raise Unclear(f"第{said.number}条所指的行已不在表中")
    return _changed(said, row, finding.field, words, "row" if row else "header", table, form, findings)


def _set(said: Said, table: Table, form: Form, findings: Sequence[Numbered]) -> Sequence[Resolved]:
    """By the one way to divide the clause that gives a sense; where two give different ones, the sender is asked."""
    ways = [said, *(replace(said, target=r.target, values=r.values, old=r.old or said.old) for r in said.otherwise)]
    senses: list[Sequence[Resolved]] = []
    failed: Sequence[Resolved] | Unclear | None = None
    for way in ways:
        try:
            outcomes = list(_set_so(way, table, form, findings))
        except Unclear as unclear:
            failed = unclear if failed is None else failed
            continue
        if any(isinstance(each, Ask | Refused) for each in outcomes):
            if way is said:
                return outcomes
            failed = outcomes if failed is None or isinstance(failed, Unclear) else failed
        elif outcomes not in senses:
            senses.append(outcomes)
    if len(senses) > 1:
        raise Unclear(f"{quoted(said.sentence)}可以有不同的理解，请写明行号、列名和更正后的内容")
    if senses:
        return senses[0]
    if isinstance(failed, Unclear):
        raise failed
    return failed or ()


def _set_so(said: Said, table: Table, form: Form, findings: Sequence[Numbered]) -> Iterator[Resolved]:
    spoken, before = with_context(said, table, form, findings)
    words = said.values[0]
    if spoken.header:
        if spoken.header == "phone" and not is_asked_about(None, spoken.header, findings):
            yield Contact(said.sentence)
            return
        if re.search("[,，]", said.sentence) or not re.search("[:：是为改填补]", said.sentence):
            raise Unclear(f"{quoted(said.sentence)}如为补填表内的内容，请单独写明")
        yield _changed(said, None, spoken.header, words, "header", table, form, findings)
        return
    if spoken.total:
        yield _changed(said, None, total_meant(spoken, words, table, form), words, "total", table, form, findings)
        return
    rows = spoken.rows
    if rows is None and said.number is not None:
        rows = _by_finding(said, spoken, table, findings)
    if rows is None and len(table.rows) == 1:
        rows = table.rows
    if rows is None and (kept := _known_already(said, spoken, table, form, findings)):
        yield kept
        return
    if rows is None and len(findings) == 1 and not spoken.fields:
        rows = tuple(row for row in table.rows if row.row == findings[0].row) or None
    if rows is None:
        places = [place_in_words(row.row, f, table, form) for row in table.rows[:12] for f in (spoken.fields or ())[:1]]
        raise Unclear("未写明更正的是哪一场活动，请写明行号或活动名称", places)
    if len(said.values) == len(rows) > 1 and spoken.each:
        pairs = list(zip(rows, said.values, strict=True))
    elif len(rows) > 1 and not (said.each and spoken.each):
        raise Unclear("所写的活动不止一场，未能确定更正哪一场", tuple(f"第{row.row}行" for row in rows))
    elif len(said.values) > 1:
        raise Unclear("所写的值与活动的场数不一致，请逐场写明")
    else:
        pairs = [(row, words) for row in rows]
    for row, value in pairs:
        field = column_meant(said, row, spoken, before, value, table, form, findings)
        yield _changed(said, row, field, value, "row", table, form, findings)


def _by_finding(said: Said, spoken: Spoken, table: Table, findings: Sequence[Numbered]) -> tuple[Row, ...] | None:
    """The row of the finding under whose number a value stands, where the column that is named is the finding's."""
    finding = next((each for each in findings if each.number == said.number), None)
    if finding is None or (spoken.fields and finding.field not in spoken.fields):
        return None
    return tuple(row for row in table.rows if row.row == finding.row) or None


def _known_already(
    said: Said, spoken: Spoken, table: Table, form: Form, findings: Sequence[Numbered]
) -> Resolved | None:
    """A figure that a doubt of the letter is about, repeated: it is confirmed."""
    for finding in findings:
        row = next((each for each in table.rows if each.row == finding.row), None)
        if not finding.doubt or finding.field is None or row is None:
            continue
        if spoken.fields and finding.field not in spoken.fields and not _is_general(said):
            continue
        value = taken(said.values[0], finding.field, said.sentence, table, form, "").values.get(finding.field)
        old = row.values.get(finding.field)
        if value and old and value.content is not None and value.content == old.content:
            return Confirm((finding.number,), said.sentence)
    return None


def _is_general(said: Said) -> bool:
    return any(word.endswith(("人数", "数", "数字", "数据")) for word in said.target.words)


def _changed(
    said: Said,
    row: Row | None,
    field: str,
    words: str,
    place: str,
    table: Table,
    form: Form,
    findings: Sequence[Numbered],
) -> Resolved:
    """The change, or why it is none: refused, another value than is registered, or the same as it."""
    at = row.row if row else None
    where = ("合计行" if place == "total" else "") + place_in_words(at, field, table, form)
    read = taken(words, field, said.sentence, table, form, where)
    if read.why:
        if read.unsure:
            return Ask(read.why, (), said.sentence)
        return Refused(read.why, said.sentence)
    now: Mapping[str, Value] = row.values if row else table.totals if place == "total" else table.header
    if said.old and row and not is_now(row, field, said.old, table, form):
        registered = now[field].raw or "未填" if field in now else "未填"
        raise Unclear(f"{where}登记的是{quoted(registered)}，不是{quoted(said.old)}，请核对")
    old = {name: now.get(name) for name in read.values}
    if all(_same(before, read.values[name]) for name, before in old.items()):
        numbers = (f.number for f in findings if f.doubt and f.field == field and f.row == (row.row if row else None))
        return Confirm(tuple(numbers), said.sentence)
    doubts = doubts_of(row, read.values, table, form) if row else ()
    return Change(place, row.row if row else None, field, read.values, old, said.sentence, doubts)  # type: ignore[arg-type]


def _same(before: Value | None, after: Value) -> bool:
    if before is None or before.content != after.content:
        return False
    # a day is as exact without its year
    rough = ("approximate", "at_least")
    return before.precision == after.precision or not ({before.precision, after.precision} & set(rough))
