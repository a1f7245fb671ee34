"""How the contents of a table are written for people: one value, the days of an activity, sums."""

from collections.abc import Iterator, Mapping
from datetime import date

from parsers.forms.form import Form
from parsers.marks import one_title
from parsers.reading import Content, Precision, Reading

PRECISION: Mapping[Precision, str] = {
    "exact": "确数",
    "approximate": "约数",
    "at_least": "不少于",
    "inferred": "部分推定",
}
"""How certain a value is, as an office says it."""


def shown(content: Content) -> str:
    """One value: 1,200, 2021年6月15日, or its words; （空） where there is none."""
    if content is None:
        return "（空）"
    if isinstance(content, tuple):
        return "、".join(content)
    if isinstance(content, int):
        return f"{content:,}"
    try:
        day = date.fromisoformat(content)
    except ValueError:
        return content
    return f"{day.year}年{day.month}月{day.day}日"


def in_words(content: Content, field: str, form: Form) -> str | int | None:
    """A value as it is, but of a choice the titles of its options: 知识竞赛、集中宣传."""
    if isinstance(content, tuple):
        titles = {option.code: option.title for option in form.options(field)}
        return "、".join(titles.get(code, code) for code in content)
    return content


def title_of(field: str, form: Form) -> str:
    """What a form calls a field."""
    known = form.find(field)
    return known.title if known else field


def days(first: Content, last: Content) -> str:
    """The days of an activity: 2021年7月1日至2021年7月3日, or the one day."""
    return f"{shown(first)}至{shown(last)}" if last and last != first else shown(first)


def number_of_activities(reading: Reading) -> int | None:
    """How many activities a table reports: its rows, or the number that it states for the whole unit.

    None where a table of figures for the whole unit states no number.
    """
    if reading.layout == "rows":
        return len(reading.records)
    values = [record.values.get("activities_count") for record in reading.records]
    numbers = [value.content for value in values if value and isinstance(value.content, int)]
    return sum(numbers) if numbers else None


def sums(reading: Reading, form: Form) -> Iterator[tuple[str, str]]:
    """The sums of the count columns that the table has, as (title, number with its measure)."""
    for column in form.column:
        if column.kind != "count":
            continue
        contents = [r.values[column.field].content for r in reading.records if column.field in r.values]
        numbers = [content for content in contents if isinstance(content, int)]
        if numbers:
            yield one_title(column.title), f"{sum(numbers):,} {column.unit}".rstrip()
