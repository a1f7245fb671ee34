"""A table sent by a program, a mailing list or a no-reply address is not answered, and waits for a person."""

import pytest

from mailbot.domain.act import Act, ActKind, Actor, Target
from mailbot.domain.mail import Disposition
from mailbot.flows.settle import settle
from support.mails import mail
from support.world import World, table, words

HEADERS = [{"Precedence": "bulk"}, {"List-Unsubscribe": "<mailto:u@example.net>"}, {"Auto-Submitted": "auto-generated"}]


def arrive(world: World, headers: dict[str, str], sender: str = "xinhe@example.org", content: bytes = b"") -> None:
    files = [("附件1.xlsx", content or table())]
    world.deliver(mail(sender=sender, attachments=files, headers=headers))
    world.round()


@pytest.mark.parametrize("headers", HEADERS)
def test_such_a_table_waits_and_is_answered_to_nobody(world: World, headers: dict[str, str]) -> None:
    arrive(world, headers)
    assert [m.disposition for m in world.messages] == [Disposition.REVIEW]
    (submission,) = world.export["submissions"]
    assert (submission["unit"], submission["status"], submission["current"]) == ("XHE", "review", False)
    assert world.sent("receipt") == world.sent("notice") == []
    assert "系统发送或群发" in words(world.sent("case")[0])


def test_it_counts_and_is_answered_once_a_person_believes_its_sender(world: World) -> None:
    arrive(world, HEADERS[0])
    (message,) = world.messages
    settle(world.app, Act(ActKind.ACCEPT, Actor("staff"), Target(message.case), world.clock()))
    world.round()
    (submission,) = world.export["submissions"]
    assert (submission["status"], submission["current"]) == ("accepted", True)
    assert len(world.sent("receipt")) == 1


def test_an_address_that_takes_no_answers_gets_none_even_then(world: World) -> None:
    arrive(world, {}, "noreply@example.org")
    (message,) = world.messages
    settle(world.app, Act(ActKind.ACCEPT, Actor("staff"), Target(message.case), world.clock()))
    world.round()
    assert [s["current"] for s in world.export["submissions"]] == [True]
    assert world.sent("receipt") == []


@pytest.mark.parametrize("headers", [{"Auto-Submitted": "auto-replied"}, {"Return-Path": "<>"}, {"X-Autoreply": "yes"}])
def test_what_answers_or_returns_a_mail_brings_no_table(world: World, headers: dict[str, str]) -> None:
    arrive(world, headers)
    assert [m.disposition for m in world.messages] == [Disposition.AUTOMATIC]
    assert world.export["submissions"] == []


def test_a_form_left_blank_from_a_list_is_no_work_for_staff(world: World) -> None:
    arrive(world, HEADERS[0], content=table("", words=" "))
    assert [m.disposition for m in world.messages] == [Disposition.AUTOMATIC]
