"""The figures of a digest: progress by category, sums with their change since the digest before, reports over time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import accumulate

from mailbot.config import Campaign
from mailbot.decide.standing import Standing, counted_records, figure, standings
from mailbot.domain.letter_contents import Figure, Progress
from mailbot.letters.digest_account import Account
from parsers.forms.form import Column, Form
from parsers.marks import one_title


def progress(units: Sequence[Standing], categories: Sequence[str]) -> Iterator[Progress]:
    """A line for each category that owes anything, in the campaign's order of categories."""
    named = dict.fromkeys((*categories, *(s.unit.category for s in units)))
    for category in named:
        mine = [s for s in units if s.unit.category == category]
        if mine:
            yield Progress(
                category=category or "其他",
                owed=len(mine),
                reported=sum(s.reported for s in mine),
                to_correct=sum(bool(s.open_errors) for s in mine),
                activities=sum(s.activities for s in mine),
                quota=sum(s.quota for s in mine),
            )


def figures(
    units: Sequence[Standing], before: Sequence[Standing], campaign: Campaign, forms: Mapping[str, Form]
) -> Iterator[Figure]:
    """The activities, and every count column of the forms. A target for the activities bears a summary's field."""
    targets = dict(campaign.targets)
    held = sum(s.activities for s in units)
    yield Figure(
        "线下活动", held, "场", held - sum(s.activities for s in before), target=targets.get("activities_count")
    )
    for form in (forms[name] for name in campaign.forms):
        for column in form.counts:
            now, then = (_total(which, form, column) for which in (units, before))
            rough = any(_is_rough(s, column.field) for s in units)
            yield Figure(one_title(column.title), now, column.unit, now - then, rough, targets.get(column.field))


def _total(units: Sequence[Standing], form: Form, column: Column) -> int:
    return sum(number for s in units if (number := figure(s, form, column.field)) is not None)


def _is_rough(standing: Standing, field: str) -> bool:
    records = [record.values for _, record in counted_records(standing.counting)]
    return any(field in values and values[field].precision in ("approximate", "at_least") for values in records)


def standings_at(account: Account, campaign: Campaign, moment: datetime) -> tuple[Standing, ...]:
    """How things stood then: by what had come, and what had been replaced, until that moment."""
    undone = {i for s in account.submissions if s.received_at > moment for i in s.submission.replaces}
    submissions = [
        replace(s, submission=replace(s.submission, current=True)) if s.id in undone else s
        for s in account.submissions
        if s.received_at <= moment
    ]
    messages = [m for m in account.messages if m.received_at <= moment]
    return standings(account.roster, campaign, submissions, messages)


def timeline(first: Iterable[datetime], now: datetime) -> Iterator[tuple[date, int]]:
    """How many units had reported by the end of each day on which one did; `first` is when each did so first."""
    days = Counter(moment.astimezone(now.tzinfo).date() for moment in first)
    return zip(sorted(days), accumulate(days[day] for day in sorted(days)), strict=True)
