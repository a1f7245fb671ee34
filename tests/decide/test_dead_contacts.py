"""Which addresses are dead, and what brings them back to life."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.campaigns.roster import Roster
from mailbot.decide.dead_contacts import (
    contact_remarks,
    dead_contacts,
    living_addresses,
    reason_of_refusal,
    roster_row,
)
from mailbot.domain.campaign import Unit
from mailbot.domain.errors import SendError
from mailbot.domain.letter import LetterKind, ReturnedLetter
from mailbot.servers.smtp import refusal

NOON = datetime(2021, 9, 14, 4, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST, SECOND = "first@example.org", "second@example.org"
UNIT = Unit("XHE", "新河街道总工会", emails=("First@example.org", SECOND))
ROSTER = Roster((UNIT,))


def came_back(why: str = "地址不存在", at: datetime = NOON, to: str = FIRST, row: str | None = None) -> ReturnedLetter:
    return ReturnedLetter(1, "reminder:c:XHE:-9d", LetterKind.REMINDER, "提醒", "XHE", "office", to, why, at, row)


@pytest.mark.parametrize("why", ["地址不存在", "域名不存在", "邮箱已停用"])
def test_an_address_is_dead_for_a_reason_that_lasts(why: str) -> None:
    (contact,) = dead_contacts([came_back(why), came_back(why, NOON + DAY)], {}, ROSTER).values()
    assert (contact.address, contact.why, contact.since, contact.subject) == (FIRST, why, NOON, "提醒")


@pytest.mark.parametrize(
    "why", ["暂时无法送达", "被对方拒收（疑为垃圾邮件）", "被对方服务器拒收", "邮件过大", "原因不明"]
)
def test_no_other_reason_kills_however_often(why: str) -> None:
    assert dead_contacts([came_back(why, NOON + n * DAY) for n in range(9)], {}, ROSTER) == {}


@pytest.mark.parametrize(("days", "is_dead"), [((0, 1), False), ((0, 1, 2), False), ((0, 1, 3), True), ((0, 9), False)])
def test_a_full_mailbox_is_dead_after_three_letters_over_three_days(days: tuple[int, ...], is_dead: bool) -> None:
    found = dead_contacts([came_back("邮箱已满", NOON + n * DAY) for n in days], {}, ROSTER)
    assert bool(found) is is_dead


def test_a_mail_from_the_address_brings_it_back_to_life_until_the_next_letter_comes_back() -> None:
    assert dead_contacts([came_back()], {FIRST: NOON - DAY}, ROSTER)
    assert dead_contacts([came_back()], {FIRST: NOON + DAY}, ROSTER) == {}
    (contact,) = dead_contacts([came_back(), came_back(at=NOON + 2 * DAY)], {FIRST: NOON + DAY}, ROSTER).values()
    assert contact.since == NOON + 2 * DAY


def test_a_change_of_the_row_brings_it_back_to_life() -> None:
    letter = came_back(row=roster_row(ROSTER, FIRST))
    assert dead_contacts([letter], {}, ROSTER)
    assert dead_contacts([letter], {}, Roster((UNIT, Unit("XG", "新港街道总工会"))))
    assert dead_contacts([letter], {}, Roster((replace(UNIT, emails=(FIRST,)),))) == {}
    assert dead_contacts([letter], {}, Roster((replace(UNIT, emails=(SECOND,)),))) == {}


def test_a_unit_keeps_its_other_addresses_and_the_lists_say_which_are_dead() -> None:
    dead = dead_contacts([came_back()], {}, ROSTER)
    assert living_addresses(UNIT, dead) == (SECOND,)
    assert list(contact_remarks(UNIT, dead)) == ["邮箱失效：First@example.org（地址不存在）"]
    both = dead_contacts([came_back(), came_back(to=SECOND)], {}, ROSTER)
    assert list(contact_remarks(UNIT, both))[-1] == "无可用邮箱，请电话联系"
    assert list(contact_remarks(Unit("A", "甲"), both)) == []


# ---------------------------------------------------------------- addresses that a server refuses at once


REFUSED = {
    "550 5.1.1 The email account that you tried to reach does not exist.": "地址不存在",
    "550 mailbox unavailable": "地址不存在",
    "550 User not found: unit@example.org": "地址不存在",
    "554 mail address invalid": "地址不存在",
    "559 invalid rcptto": "地址不存在",
    "550 5.1.2 Host or domain name not found": "域名不存在",
    "550 5.1.6 recipient has moved": "地址不存在",
}
"""What servers say at RCPT of an address that they will never take."""
OTHERWISE = (
    "450 4.1.1 User unknown in local recipient table",
    "451 4.3.0 mailbox unavailable",
    "550 5.7.1 Requested action not taken: mailbox unavailable by policy",
    "550 5.7.1 recipient not found; sender is on a black list",
    "550 5.7.1 mailbox unavailable, blocked by policy",
    "554 5.7.1 Relay access denied",
    "550 mailbox unavailable: message rejected as spam",
    "550 5.1.8 sender domain unknown",
    "552 5.2.2 mailbox full",
    "550 5.1.1 recipient rejected; too many messages to unknown users",
    "550 refused",
)
"""Refusals for now, and those for good that are about policy, content or room."""


def refused(answer: str) -> SendError:
    code, _, said = answer.partition(" ")
    return refusal("mailbox office: smtp.example.org:465", "RCPT", int(code), said.encode())


@pytest.mark.parametrize("answer", REFUSED)
def test_a_server_that_refuses_an_address_for_good_says_why(answer: str) -> None:
    assert reason_of_refusal(refused(answer)) == REFUSED[answer]


@pytest.mark.parametrize("answer", OTHERWISE)
def test_what_else_a_server_refuses_says_nothing_of_the_address(answer: str) -> None:
    assert reason_of_refusal(refused(answer)) is None
