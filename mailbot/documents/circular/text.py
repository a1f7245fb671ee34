"""Words the circular: numbered parts, each of a heading and paragraphs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.config import Campaign, Organisation
from mailbot.decide.standing import Standing
from mailbot.decide.unit_state import day_words, is_late, percent, reported, sections

DAYS_TO_REPORT = 2
"""Working days until which late tables are asked for, as in an overdue letter."""
NUMERALS = "一二三四五六七八九十"
ADDRESSEES = (
    (("开发区", "街镇"), "各{}总工会"),
    (("系统", "直属"), "各{}单位工会"),
    (("驻区",), "各{}单位工会"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One numbered part of the text."""

    title: str
    lines: tuple[str, ...]


def addressees(standings: Sequence[Standing]) -> str:
    """各开发区、街镇总工会，各系统、直属单位工会: of the categories that are there."""
    there = {standing.unit.category for standing in standings}
    found = [
        pattern.format("、".join(category for category in categories if category in there))
        for categories, pattern in ADDRESSEES
        if there & set(categories)
    ]
    return "，".join(found) or "各单位工会"


def opening(campaign: Campaign, now: datetime) -> str:
    """The sentences before the numbered parts."""
    return (
        f"按照{campaign.title}安排，各单位应于 {day_words(campaign.deadline)} 前报送统计表。"
        f"现将截至 {moment_words(now)} 的报送情况通报如下。"
    )


def moment_words(now: datetime) -> str:
    """2021年9月24日15:02."""
    return f"{day_words(now)}{now.hour}:{now:%M}"


def parts(
    standings: Sequence[Standing], campaign: Campaign, organisation: Organisation, now: datetime
) -> Iterator[Part]:
    """The numbered parts, without those that would have nothing to say.

    A unit of which anything waits is named where that is said, and nowhere else: what it owes is not known yet.
    """
    yield Part("总体情况", tuple(_overall(standings, now)))
    known = [s for s in standings if not s.is_open]
    done = [s for s in known if s.reported and not (s.open_errors or s.below_quota or is_late(s, now))]
    well = [s for s in done if not (s.is_zero_report or s.open_warnings)]
    if well:
        yield Part("报送较好的单位", (f"按期报送、内容齐全且达到场次要求的单位有 {len(well)} 家：{_names(well)}。",))
    to_improve = tuple(_to_improve(known, now))
    if to_improve:
        yield Part("需进一步完善的单位", to_improve)
    missing = [s for s in known if _is_missing(s, now)]
    if missing:
        yield Part("尚未报送的单位", tuple(_missing(missing)))
    asked = tuple(_asked(missing, known, campaign, organisation, now))
    if asked:
        yield Part("有关要求", asked)


def _overall(standings: Sequence[Standing], now: datetime) -> Iterator[str]:
    late = sum(s.reported and is_late(s, now) for s in standings)
    zero = sum(s.is_zero_report for s in standings)
    number = reported(standings)
    kinds = [f"按期报送 {number - late} 家"]
    kinds += [f"逾期报送 {late} 家"] if late else []
    kinds += [f"零报告 {zero} 家"] if zero else []
    text = f"应报单位 {len(standings)} 家，已报 {number} 家，{rate_words(standings)}。其中，{'，'.join(kinds)}。"
    yield text
    silent = [s for s in standings if s.is_zero_report and not s.is_open]
    if silent:
        told = "、".join(s.unit.name + (f"（{s.zero_reason}）" if s.zero_reason else "") for s in silent)
        yield f"零报告的单位有 {len(silent)} 家：{told}。"
    waiting = [s for s in standings if s.is_open]
    if waiting:
        yield f"待核：另有 {len(waiting)} 家单位的来件已收到、正在核对，核对前不作认定：{_names(waiting)}。"
    yield f"各单位应开展活动 {_sum(s.quota for s in standings)} 场，已报送 {_sum(s.activities for s in standings)} 场。"
    shares = (
        f"{title}应报 {len(mine)} 家，已报 {reported(mine)} 家，{rate_words(mine)}"
        for title, mine in sections(standings)
    )
    yield f"分类别看：{'；'.join(shares)}。"


def _sum(numbers: Iterator[int]) -> str:
    return f"{sum(numbers):,}"


def rate_words(standings: Sequence[Standing]) -> str:
    """上报率 87.9%; a dash where nobody owes a report."""
    share = percent(reported(standings), len(standings))
    return "上报率 —" if share is None else f"上报率 {share}%"


def _to_improve(standings: Sequence[Standing], now: datetime) -> Iterator[str]:
    groups = (
        ("内容尚待补正的单位", [s for s in standings if s.reported and s.open_errors], False),
        ("场次未达到要求的单位", [s for s in standings if s.below_quota], True),
        ("逾期报送的单位", [s for s in standings if s.reported and is_late(s, now)], False),
    )
    filled = [group for group in groups if group[1]]
    for numeral, (what, mine, with_numbers) in zip(NUMERALS, filled, strict=False):
        told = "、".join(map(_with_numbers, mine)) if with_numbers else _names(mine)
        yield f"（{numeral}）{what}有 {len(mine)} 家：{told}。"


def _with_numbers(standing: Standing) -> str:
    return f"{standing.unit.name}（应 {standing.quota} 场，已报 {standing.activities} 场）"


def _is_missing(standing: Standing, now: datetime) -> bool:
    """Nothing of it came that counts, and its time is over."""
    return not standing.reported and now.date() > standing.deadline


def _missing(missing: Sequence[Standing]) -> Iterator[str]:
    yield f"截至目前尚未报送统计表的单位有 {len(missing)} 家（按名录顺序）。"
    for title, mine in sections(missing):
        yield f"{title}（{len(mine)} 家）：{_names(mine)}。"
    news = [s for s in missing if s.news]
    if news:
        yield f"其中，已报送活动信息、尚未报送统计表的单位有：{_names(news)}。"


def _asked(
    missing: Sequence[Standing],
    standings: Sequence[Standing],
    campaign: Campaign,
    organisation: Organisation,
    now: datetime,
) -> Iterator[str]:
    """What is asked for, as long as the campaign takes tables."""
    until = campaign.calendar.working_day(now.date(), DAYS_TO_REPORT)
    wanted = ["尚未报送的单位报送统计表"] if missing else []
    wanted += ["内容尚待补正的单位完善后重新报送"] if any(s.reported and s.open_errors for s in standings) else []
    if wanted and until <= campaign.ends_on:
        yield f"请{'，'.join(wanted)}，于 {day_words(until)} 前发送至原报送邮箱。"
    more_time = [s for s in standings if not s.reported and now.date() <= s.deadline]
    if more_time:
        told = "、".join(f"{s.unit.name}（{day_words(s.deadline)} 前）" for s in more_time)
        yield f"以下单位经同意延期报送：{told}。"
    if wanted and organisation.phones:
        yield f"如有特殊情况，请与我部联系，联系电话：{'、'.join(organisation.phones)}。"


def _names(standings: Sequence[Standing]) -> str:
    return "、".join(standing.unit.name for standing in standings)
