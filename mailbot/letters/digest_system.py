"""What a digest says of the program itself: its letters by state, and what a person has to see to."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from mailbot.campaigns.calendar import unpublished_years
from mailbot.config import Campaign
from mailbot.decide import uncertain_letters
from mailbot.decide.reminders import unreachable
from mailbot.decide.screening import QUARANTINED
from mailbot.domain.letter import LetterState
from mailbot.letters.digest_account import Account

MOST_NAMED = 3
"""Letters of unknown outcome that a digest names."""
_STATES: Mapping[LetterState, str] = {
    LetterState.SENT: "已发出",
    LetterState.QUEUED: "待发送",
    LetterState.SENDING: "发送中",
    LetterState.HELD: "待放行",
    LetterState.REFUSED: "被拒收",
    LetterState.UNCERTAIN: "结果不明",
    LetterState.DROPPED: "不再需要，未发",
}


def letters_by_state(account: Account, since: datetime) -> Iterator[tuple[str, int]]:
    """How many letters of the time since then are in which state, in words."""
    lately = [letter for letter in account.letters if letter.queued_at > since]
    numbers = Counter(letter.state for letter in lately)
    yield from ((word, numbers[state]) for state, word in _STATES.items() if numbers[state])
    if extra := uncertain_letters.extra_copies(lately):
        yield "可能重复寄出（至多）", extra


def trouble(account: Account, campaign: Campaign, now: datetime) -> Iterator[str]:
    """What a person has to see to."""
    states = Counter(letter.state for letter in account.letters)
    if states[LetterState.REFUSED]:
        yield f"{states[LetterState.REFUSED]} 封信件被对方服务器拒收"
    yield from _unknown(account, now)
    if states[LetterState.HELD]:
        yield f"{states[LetterState.HELD]} 封信件待放行（mailbot release）"
    if account.deferred:
        yield f"{account.deferred} 封来件因同一发件人来件过多暂缓读取"
    if account.not_answered:
        yield f"近七日有 {account.not_answered} 封来件超过每日答复限额，未逐封答复"
    quarantined = sum(message.code == QUARANTINED for message in account.messages)
    if quarantined:
        yield f"{quarantined} 封来件读取异常，已隔离"
    for line in unreachable(account.standings, account.dead):
        yield f"{line.unit_name}：{line.text}"
    for year in unpublished_years(campaign, now.date()):
        yield f"{year}年放假调休安排未录入，暂按周一至周五计算工作日"


def _unknown(account: Account, now: datetime) -> Iterator[str]:
    """How many letters may not have arrived, and which; of many the first few."""
    letters = uncertain_letters.of_unknown_outcome(account.letters)
    if letters:
        yield f"{len(letters)} 封信件发送结果不明（对方可能未收到）"
    for letter in letters[:MOST_NAMED]:
        unit = account.roster.get(letter.unit)
        day = letter.queued_at.astimezone(now.tzinfo)
        yield f"结果不明：{unit.name if unit else letter.to}，{letter.subject}（{day.month}月{day.day}日）"
    if len(letters) > MOST_NAMED:
        yield f"结果不明的其余 {len(letters) - MOST_NAMED} 封见 mailbot status"
