"""Whether a table is that of another year: its title says so, or all its days lie outside of the campaign."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mailbot.config import Campaign
from parsers.forms.form import Form
from parsers.reading import Finding, Reading, Record, Severity
from parsers.reading.title_years import years_named

OTHER_YEAR = "other-year"
"""Code of the finding with which such a table waits."""
SAID_WITH_IT = frozenset({"old-template"})
"""Codes of the reading's own findings that say part of the same."""
_OLDEST = 5
"""Years: nobody has an older table at hand, so the only day of a table that is so far away is a slip."""


@dataclass(frozen=True, slots=True)
class _Span:
    first: date
    last: date


def other_year(reading: Reading, form: Form, campaign: Campaign) -> Finding | None:
    """The finding with which a table of another year waits; None for one of the campaign, and for a blank one.

    A single day outside among others in the campaign is no sign: it is asked about where it stands.
    """
    if not (reading.records or reading.zero_report):
        return None
    years = sorted(years_named(reading.title)) if not _is_this_year(reading, campaign) else []
    spans = list(_spans(reading, form))
    outside = spans if not any(_is_inside(span, campaign) for span in spans) else []
    if not years and (not outside or _is_a_slip(reading, outside, campaign)):
        return None
    return Finding(Severity.ERROR, OTHER_YEAR, _sentence(years, outside, campaign), sheet=reading.sheet)


def _is_this_year(reading: Reading, campaign: Campaign) -> bool:
    """Whether its title names a year of the campaign, or none."""
    named = years_named(reading.title)
    return not named or bool(named & set(range(campaign.starts_on.year, campaign.deadline.year + 1)))


def _spans(reading: Reading, form: Form) -> Iterator[_Span]:
    """First and last day of every activity that has a day."""
    column = next((c for c in form.column if c.field == form.checks.dated), None)
    for record in reading.records if column else ():
        assert column is not None
        first = _day(record, column.field)
        if first:
            yield _Span(first, max(first, _day(record, column.end) or first))


def _day(record: Record, field: str) -> date | None:
    value = record.values.get(field)
    return date.fromisoformat(value.content) if value and isinstance(value.content, str) else None


def _is_inside(span: _Span, campaign: Campaign) -> bool:
    """Whether a part of it lies in the campaign."""
    return span.first <= campaign.deadline and span.last >= campaign.starts_on


def _is_a_slip(reading: Reading, spans: list[_Span], campaign: Campaign) -> bool:
    """Whether the year of the table's only day is a slip: 2012 for 2021, under a title that names no other year."""
    return len(reading.records) == 1 and abs(spans[0].first.year - campaign.starts_on.year) > _OLDEST


def _sentence(years: list[int], outside: list[_Span], campaign: Campaign) -> str:
    starts, ends = _words(campaign.starts_on), _words(campaign.deadline)
    title = f"表格标题为{'、'.join(map(str, years))}年，本期为{campaign.starts_on.year}年"
    days = ""
    if outside:
        first, last = min(span.first for span in outside), max(span.last for span in outside)
        span = _words(first) if first == last else f"{_words(first)}至{_words(last)}"
        days = f"活动时间（{span}）都不在活动期（{starts}至{ends}）内"
    if years and outside:
        asked = "请改报本期的统计表，如确为本期活动，请改正标题和活动时间后重新报送"
        return f"{title}；{days}。看来不是本期的表，暂不计入；{asked}"
    if years:
        return f"{title}，暂不计入；如误用了往年的表，请改报本期的统计表，如只是标题没有改，请改正标题后重新报送"
    return f"{days}，暂不计入；如报错了表，请改报本期的统计表，如活动时间填写有误，请改正后重新报送"


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
