"""Reads the words of a value as a cell of its column is read, and says why where the form does not allow it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parsers.forms.form import Column, Form, HeaderField
from parsers.grid import Cell
from parsers.marks import one_title, quoted
from parsers.reading import Finding, Record, Severity, Value, cells, checks
from parsers.reading.findings import Place
from parsers.replies.model import Row, Table
from parsers.replies.setting import is_value
from parsers.replies.vocabulary import is_all
from parsers.values.measures import measure_of

_UNSURE = frozenset(
    [
        "ambiguous-date",
        "unclear-date",
        "coarse-date",
        "several-dates",
        "reversed-range",
        "serial-date",
        "range",
        "per-session",
        "two-figures",
        "sum-in-cell",
        "of-which",
        "measure-conflict",
        "measure-unclear",
        "not-a-choice",
        "odd-phone",
    ]
)
"""Doubts under which a cell is taken and asked about; words are asked about first."""
_LONGEST_TEXT = 100
_UNTOUCHED = frozenset(("seq", "unit_raw"))
"""Fields that no sentence changes."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What words are as a value of a column: `values` by field, or `why` they are none; `unsure` if they may be meant
    otherwise."""

    values: Mapping[str, Value]
    why: str = ""
    unsure: bool = False


def taken(words: str, field: str, sentence: str, table: Table, form: Form, place: str) -> Taken:
    """The words of a value as the reader of its column takes them; `place` names the cell in a sentence. Total."""
    known = form.find(field)
    if known is None or field in _UNTOUCHED:
        return Taken({}, f"{place}不能以回复的方式更正，请更正后重新附表", True)
    label = table.titles.get(field, "")
    if known.kind == "text" and (len(words) > _LONGEST_TEXT or is_all("no_text", words)):
        return Taken({}, f"{place}请写明具体内容", True)
    cell = Cell(words, "text", words)
    read = cells.read(cell, known, form, table.period, label)
    codes = {doubt.code for doubt in read.doubts}
    content = read.contents.get(field, (None, "exact"))[0]
    if content is None or "none-declared" in codes:
        return Taken({}, _refusal(read, cell, known, form, place))
    measure = measure_of(label) if known.kind == "count" else None
    if measure and measure.factor > 1 and (codes & _UNSURE or words.replace(".", "").replace(",", "").isdecimal()):
        return Taken({}, f"{place}以“{measure.word}”计，请写明{quoted(words)}是多少人", True)
    if codes & _UNSURE:
        return Taken({}, _refusal(read, cell, known, form, place), True)
    values = {name: Value(c, sentence, None, None, precision) for name, (c, precision) in read.contents.items()}
    return Taken(values)


def _refusal(read: cells.Said, cell: Cell, known: Column | HeaderField, form: Form, place: str) -> str:
    found = cells.findings(read, cell, Place(place, known.field), known, form)
    return found[0].text if found else f"{place}为{quoted(cell.shown)}，无法识别，请重新填写"


def kind_fits(words: str, field: str, form: Form) -> bool:
    """Whether words may be meant for a column that nobody named: a figure for one of figures, a day for one of days."""
    known = form.find(field)
    return known is not None and known.kind in ("count", "days") and is_value(words)


def doubts_of(row: Row, values: Mapping[str, Value], table: Table, form: Form) -> tuple[Finding, ...]:
    """What the rules across the cells of a row say of its new values, and did not say of those before."""
    before = _checked(row.row, row.values, table, form)
    after = _checked(row.row, {**row.values, **values}, table, form)
    said = {found.text for found in before}
    return tuple(found for found in after if found.text not in said and found.severity is not Severity.NOTICE)


def _checked(at: int, values: Mapping[str, Value], table: Table, form: Form) -> Sequence[Finding]:
    record = Record(at, values)
    return checks.run(checks.Table((record,), {}, (f"第{at}行",), table.titles, form, table.period))


def place_in_words(row: int | None, field: str, table: Table, form: Form) -> str:
    """第5行“参加人数”; the title alone where no row is meant."""
    known = form.find(field)
    title = table.titles.get(field) or (known.title if known else field)
    return f"{f'第{row}行' if row else ''}{quoted(one_title(title))}"
