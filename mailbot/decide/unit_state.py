"""The state of each unit, worded and ordered as in an office's summary tables (domain.md 5.2, 5.3)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from mailbot.decide.standing import Standing
from mailbot.domain.submission import Relation

SECTIONS: Mapping[str, str] = {"系统": "系统及直属", "直属": "系统及直属", "": "其他"}
"""Categories that stand under another title; the others under their own."""


def sections(standings: Iterable[Standing]) -> Iterator[tuple[str, list[Standing]]]:
    """The units below the title of their section, both in roster order."""
    found: dict[str, list[Standing]] = {}
    for standing in standings:
        category = standing.unit.category
        found.setdefault(SECTIONS.get(category, category), []).append(standing)
    yield from found.items()


def is_late(standing: Standing, now: datetime) -> bool:
    """Whether the unit first reported after the last day that it had; `now` gives the zone."""
    at = standing.reported_at
    return at is not None and at.astimezone(now.tzinfo).date() > standing.deadline


def is_zero_report(standing: Standing) -> bool:
    """Whether the unit reports that it had no activity."""
    return standing.reported and all(stored.submission.reading.zero_report for stored in standing.counting)


def state_in_words(standing: Standing) -> str:
    """Where a unit stands, in the words of domain.md 5.3."""
    if not standing.reported:
        return "待人工核对" if standing.waiting else "未报"
    if standing.open_errors:
        told = "已收（待补正）"
    elif is_zero_report(standing):
        told = "零报告"
    else:
        named = {Relation.REPLACES: "已更正", Relation.SUPPLEMENTS: "已补报"}
        told = named.get(standing.counting[-1].submission.relation, "已收（齐全）")
    return f"{told}；另有来表待人工核对" if standing.waiting else told


def reported(standings: Sequence[Standing]) -> int:
    """How many of them have reported."""
    return sum(standing.reported for standing in standings)


def percent(part: int, whole: int) -> float | None:
    """With one digit; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def day_words(day: date) -> str:
    """2021年9月3日, as official letters write it."""
    return f"{day.year}年{day.month}月{day.day}日"
