"""What staff are told of addresses: which no letter reaches any more, and what else came back."""

from collections.abc import Iterator
from datetime import datetime

from mailbot.campaigns.roster import Roster
from mailbot.decide.dead_contacts import DeadContact, living_addresses
from mailbot.domain.campaign import Unit
from mailbot.domain.letter_contents import Line
from mailbot.letters.digest_account import Account

NO_UNIT = "未列入名录的邮箱"


def dead_lines(account: Account, now: datetime) -> Iterator[Line]:
    """One line for each dead address and unit: why, since when, with which letter, and where letters go now."""
    for contact in account.dead.values():
        for unit in units_of(contact.address, contact.unit, account.roster):
            yield _line(unit, f"{told(contact, now)}；{_now_to(unit, account)}")


def returned_lines(account: Account, since: datetime) -> Iterator[Line]:
    """The letters that came back since then from addresses that still count as good."""
    for letter in account.returned:
        if letter.at > since and letter.to not in account.dead:
            for unit in units_of(letter.to, letter.unit, account.roster):
                day = letter.at.astimezone(since.tzinfo)
                text = f"{letter.to}（{letter.why}），{day.month}月{day.day}日退回：{letter.subject}；该邮箱照常寄送"
                yield _line(unit, text)


def told(contact: DeadContact, now: datetime) -> str:
    """xinhe@example.org（地址不存在），自9月16日起，退回的信件：…"""
    day = contact.since.astimezone(now.tzinfo)
    return f"{contact.address}（{contact.why}），自{day.month}月{day.day}日起，退回的信件：{contact.subject}"


def units_of(address: str, code: str | None, roster: Roster) -> tuple[Unit | None, ...]:
    """The units that list an address, else the one that the letter was about; (None,) where there is none."""
    return roster.registered(address) or (roster.get(code),)


def _line(unit: Unit | None, text: str) -> Line:
    return Line(unit.name, unit.category, text) if unit else Line(NO_UNIT, "", text)


def _now_to(unit: Unit | None, account: Account) -> str:
    living = living_addresses(unit, account.dead) if unit else ()
    return f"现寄往 {'、'.join(living)}" if living else "已无其他可用邮箱，请电话联系"
