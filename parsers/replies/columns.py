"""Which column of a row a value is meant for: the one that is named, or the only one that it fits."""

from collections.abc import Sequence

from parsers.forms.form import Form
from parsers.marks import quoted
from parsers.replies.model import Numbered, Row, Said, Table
from parsers.replies.naming import titles_of
from parsers.replies.placing import Spoken, Unclear
from parsers.replies.valuing import kind_fits, place_in_words, taken


def total_meant(spoken: Spoken, words: str, table: Table, form: Form) -> str:
    """The one sum that a figure is meant for. Raises Unclear."""
    sums = [field for field in table.totals if kind_fits(words, field, form)]
    if spoken.fields:
        sums = [field for field in sums if field in spoken.fields]
    if len(sums) != 1:
        raise Unclear("未能确定改的是哪一项合计", titles_of(sums, table.titles, form))
    return sums[0]


def is_asked_about(row: Row | None, field: str, findings: Sequence[Numbered]) -> bool:
    """Whether a finding of the letter is about that cell."""
    return any(each.field == field and each.row == (row.row if row else None) for each in findings)


def column_meant(
    said: Said,
    row: Row,
    spoken: Spoken,
    before: tuple[str, ...] | None,
    words: str,
    table: Table,
    form: Form,
    findings: Sequence[Numbered],
) -> str:
    """The one column that is meant. Raises Unclear."""
    fields = spoken.fields
    if fields is None and said.number is not None and not said.target.refs and not said.target.words:
        fields = tuple(f.field for f in findings if f.number == said.number and f.field and f.row == row.row) or None
    if fields and len(fields) == 1:
        return fields[0]
    candidates = tuple(field for field in fields or table.titles if kind_fits(words, field, form))
    fitting = [f for f in candidates if taken(words, f, said.sentence, table, form, "").values]
    if said.old:
        with_old = [f for f in fitting if is_now(row, f, said.old, table, form)]
        if len(with_old) == 1:
            return with_old[0]
    empty = [field for field in fitting if _content(row, field) is None]
    open_ = [field for field in empty if is_asked_about(row, field, findings) or _must(field, form)]
    filled = [field for field in fitting if _content(row, field) is not None]
    chosen = open_ if len(open_) == 1 and not (fields and len(filled) > 0) else filled
    if not chosen and fields and len(empty) == 1:
        chosen = empty
    if before and len(before) == 1 and chosen[:1] != list(before):
        raise Unclear(
            f"第{row.row}行未写明更正哪一项",
            titles_of(dict.fromkeys((*before, *chosen)), table.titles, form),  # type: ignore[arg-type]
        )
    if len(chosen) == 1:
        return chosen[0]
    offered = chosen or (list(fields) if fields else [])
    why = (
        f"第{row.row}行有不止一项可填{quoted(words)}，请写明更正哪一项"
        if len(chosen) > 1
        else f"未写明更正第{row.row}行的哪一项内容"
    )
    raise Unclear(why, tuple(place_in_words(row.row, field, table, form) for field in offered))


def _must(field: str, form: Form) -> bool:
    known = form.find(field)
    return known is not None and known.need == "must"


def _content(row: Row, field: str) -> object:
    value = row.values.get(field)
    return value.content if value else None


def is_now(row: Row, field: str, old: str, table: Table, form: Form) -> bool:
    """Whether words are what is registered in a cell."""
    value = taken(old, field, "", table, form, "").values.get(field)
    return value is not None and value.content == _content(row, field)
