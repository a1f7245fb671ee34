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


def state_in_words(standing: Standing) -> str:
    """Where a unit stands, in the words of domain.md 5.3: the same in the digest, the status, the workbook and the
    circular."""
    if not standing.reported:
        return f"{'待人工核对' if standing.is_open else '未报'}{granted_in_words(standing, '（{}）')}"
    owes_more = standing.open_errors or standing.below_quota
    told = _reported_in_words(standing) + (granted_in_words(standing, "，{}") if owes_more else "")
    return f"{told}；另有来件待人工核对" if standing.is_open else told


def _reported_in_words(standing: Standing) -> str:
    if standing.is_zero_report:
        return zero_report_in_words(standing) + ("，待补正" if standing.open_errors else "")
    if standing.open_errors:
        return "已收（待补正）"
    if standing.below_quota:
        return "已收（场次不足）"
    named = {Relation.REPLACES: "已更正", Relation.SUPPLEMENTS: "已补报"}
    whole = "已收（有待核对内容）" if standing.open_warnings else "已收（齐全）"
    return named.get(standing.counting[-1].submission.relation, whole)


def zero_report_in_words(standing: Standing) -> str:
    """零报告（受疫情影响）: that there was no activity, with the reason that the unit gave."""
    return "零报告" + (f"（{standing.zero_reason}）" if standing.zero_reason else "")


def granted_in_words(standing: Standing, shape: str = "{}") -> str:
    """延期至10月8日; "" where the unit has no more time than the others."""
    day = standing.granted
    return shape.format(f"延期至{day.month}月{day.day}日") if day else ""


def reported(standings: Sequence[Standing]) -> int:
    """How many of them have reported."""
    return sum(standing.reported for standing in standings)


def percent(part: int, whole: int) -> float | None:
    """With one digit; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def day_words(day: date) -> str:
    """2021年9月3日, as official letters write it."""
    return f"{day.year}年{day.month}月{day.day}日"
