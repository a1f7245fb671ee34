"""One cell read as what its column holds: the contents of its fields, and what is doubtful as findings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from parsers.forms.form import Column, Form, HeaderField
from parsers.forms.labels import key
from parsers.grid import Cell
from parsers.marks import quoted
from parsers.reading import Content, Finding, Period, Precision
from parsers.reading.findings import Place, finding, options_in_words
from parsers.values import Days, Doubt, Measure
from parsers.values.choices import choose
from parsers.values.counts import count
from parsers.values.dates import days
from parsers.values.measures import measure_of
from parsers.values.stored import stored
from parsers.values.texts import phone, text

_OPEN = re.compile("(?<!数)量$|次数?$")
_WORDS = ("text", "number", "choices", "phone")
_NOTHING: tuple[Content, Precision] = (None, "exact")


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell says: field → content and precision; `online` is a second figure for those who took part online.

    `holds` is what the cell holds where its display says something else, "" where they are the same.
    """

    contents: Mapping[str, tuple[Content, Precision]]
    doubts: tuple[Doubt, ...] = ()
    online: int | None = None
    holds: str = ""


def read(cell: Cell | None, field: Column | HeaderField, form: Form, period: Period, label: str = "") -> Said:
    """What a cell under that label says. `label` is the column's whole title, which may give a measure (万人)."""
    measure = measure_of(label) or _own_measure(field, label) if field.kind == "count" else None
    said = _read(cell, field, form, period, measure)
    if cell is not None and cell.adrift:
        return Said(
            said.contents if field.kind in _WORDS else dict.fromkeys(said.contents, _NOTHING), (Doubt("adrift"),)
        )
    if cell is None or cell.value is None:
        return said
    if holds := stored(cell):
        silent = field.kind == "count" and not said.doubts
        said = replace(said, holds=holds, doubts=(*said.doubts, *((Doubt("shown-otherwise"),) if silent else ())))
    return replace(said, doubts=(*said.doubts, Doubt("struck-part", {"struck": cell.struck}))) if cell.struck else said


def unshown(cell: Cell, field: Column | HeaderField) -> Said | None:
    """What is said of a cell that displays nothing and holds something; None for a zero that may as well be blank."""
    if cell.value in (None, "", 0) and field.need != "must":
        return None
    ends = (field.end,) if isinstance(field, Column) and field.end else ()
    contents = dict.fromkeys((field.field, *ends), _NOTHING)
    holds = stored(cell)
    return Said(contents, (Doubt("not-shown"),), holds=holds) if holds else None


def _read(cell: Cell | None, field: Column | HeaderField, form: Form, period: Period, measure: Measure | None) -> Said:
    if field.kind in ("days", "day"):
        return _days(cell, field, period)
    match field.kind:
        case "count":
            understood = count(cell, measure)
        case "choices":
            understood = choose(cell, form.options(field.field))
        case "phone":
            understood = phone(cell)
        case _:
            understood = text(cell)
    contents = {field.field: (understood.content, understood.precision)}
    return Said(contents, understood.doubts, understood.extra.get("online"))


def _own_measure(field: Column | HeaderField, label: str) -> Measure | None:
    """What the form counts in a column whose title names no unit; a title such as 阅读量 counts what it likes."""
    unit = field.unit if isinstance(field, Column) and not _OPEN.search(key(label)) else ""
    return Measure(unit, 1) if unit else None


def _days(cell: Cell | None, field: Column | HeaderField, period: Period) -> Said:
    read = days(cell, period.starts_on.year)
    if read.start and read.start < period.starts_on and read.precision == "inferred":
        read = _in_campaign(read, days(cell, period.deadline.year), period)
    first, last = _iso(read.start), _iso(read.end)
    contents: dict[str, tuple[Content, Precision]] = {field.field: (first, read.precision)}
    if isinstance(field, Column) and field.end:
        contents[field.end] = (last, read.precision)
    return Said(contents, read.doubts)


def _in_campaign(first: Days, second: Days, period: Period) -> Days:
    """Of two readings of a day without a year, the one that lies in a campaign over the turn of a year."""
    return second if second.start and period.starts_on <= second.start <= period.deadline else first


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def findings(said: Said, cell: Cell | None, place: Place, field: Column | HeaderField, form: Form) -> list[Finding]:
    """The doubts of a cell as sentences. A missing entry of the header block has a sentence of its own."""
    found = []
    for doubt in said.doubts:
        code = "missing-header" if doubt.code == "missing-value" and isinstance(field, HeaderField) else doubt.code
        words = {
            "title": field.title,
            "said": cell.shown.strip() if cell else "",
            "holds": said.holds,
            "taken": taken(said),
            "struck": doubt.detail.get("struck", ""),
            "unit": doubt.detail.get("measure", ""),
            "which": _which(doubt.detail),
            "options": options_in_words([option.title for option in form.options(field.field)]),
            "what": {"count": "数字", "days": "日期", "day": "日期"}.get(field.kind, "内容"),
        }
        found.append(finding(form, code, place, field.need, **words))
    return [one for one in found if one]


def _which(detail: Mapping[str, str]) -> str:
    """What of a cell is no choice, where that is not all of it."""
    unknown = detail.get("unknown", "")
    return "" if unknown == detail.get("shown") else f"其中{quoted(unknown)}"


def taken(said: Said) -> str:
    """What is stored, as its reader writes it: 300, or 2021年6月1日至6月30日."""
    contents = [content for content, _ in said.contents.values() if content is not None]
    if not contents:
        return "未填"
    return "至".join(
        dict.fromkeys(_day(c) if isinstance(c, str) else str(c) for c in contents if not isinstance(c, tuple))
    )


def _day(content: str) -> str:
    try:
        day = date.fromisoformat(content)
    except ValueError:
        return content
    return f"{day.year}年{day.month}月{day.day}日"
