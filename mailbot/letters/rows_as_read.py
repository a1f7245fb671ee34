"""The rows of a table as they were read, for its reader to check at a glance."""

from collections.abc import Mapping, Sequence

from mailbot.decide.display import days, in_words
from parsers.forms.form import Column, Form
from parsers.marks import one_title
from parsers.reading import Reading, Value

MOST_ROWS = 30
"""Rows of a table that a letter shows."""


def for_sender(reading: Reading, form: Form) -> tuple[Column, ...]:
    """The columns that must be filled; of a table of figures none, since its sums say the same."""
    return tuple(column for column in form.column if column.need == "must") if reading.layout == "rows" else ()


def for_staff(reading: Reading, form: Form) -> tuple[Column, ...]:
    """Every column in which something stands."""
    last_days = {column.end for column in form.column}
    filled = {field for record in reading.records for field, value in record.values.items() if value.raw.strip()}
    return tuple(column for column in form.column if column.field in filled and column.field not in last_days)


def titles(columns: Sequence[Column]) -> tuple[str, ...]:
    """What the columns are called, each on one line."""
    return tuple(one_title(column.title) for column in columns)


def rows(reading: Reading, columns: Sequence[Column], form: Form) -> tuple[tuple[str, ...], ...]:
    """The number of each row in the sender's sheet, then its cells; the first `MOST_ROWS`."""
    shown = reading.records[:MOST_ROWS] if columns else ()
    return tuple((str(record.row), *(cell(record.values, column, form) for column in columns)) for record in shown)


def cell(values: Mapping[str, Value], column: Column, form: Form) -> str:
    """A value as it was understood; beside it what was written, where that is not the same."""
    value = values.get(column.field)
    if value is None:
        return "—"
    if value.content is None:
        return f"（{value.raw}）" if value.raw else "（空）"
    last = values.get(column.end)
    text = days(in_words(value.content, column.field, form), last.content if last else None)
    return text if value.precision == "exact" or not value.raw else f"{text}（原填：{value.raw}）"
