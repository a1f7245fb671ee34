"""A one-time word holds for the cases that its letter names, for three days, from mail that somebody vouches for."""

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from support.mails import mail
from support.review import STAFF, a_correction_by_a_stranger, a_table_of_nobody, answer, arrive
from support.world import World, words

OWN = "mx.example.com"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def is_waiting(world: World, case: str) -> bool:
    return any(s["case"] == case and s["status"] == "review" for s in world.export["submissions"])


def test_a_word_is_not_for_a_case_that_its_letter_does_not_name(world: World) -> None:
    a_correction_by_a_stranger(world)
    first = world.sent("case")[-1]
    a_table_of_nobody(world)
    refusal = answer(world, "HWM21-0003 归属 新港街道总工会", first)
    assert "口令不适用于受理号 HWM21-0003" in words(refusal)
    assert is_waiting(world, "HWM21-0003")
    assert "已办理" in answer(world, "HWM21-0003 归属 新港街道总工会", refusal)["Subject"]


def test_a_word_holds_for_three_days(world: World) -> None:
    a_correction_by_a_stranger(world)
    letter = world.sent("case")[-1]
    world.clock.forward(hours=72, minutes=1)
    refusal = answer(world, "1", letter)
    assert "口令已过期" in words(refusal)
    assert is_waiting(world, "HWM21-0002")
    assert "已办理" in answer(world, "HWM21-0002 1", refusal)["Subject"]


def as_staff(world: World, letter: EmailMessage, results: str) -> EmailMessage:
    world.deliver(
        mail(
            sender=STAFF,
            subject=f"Re: {letter['Subject']}",
            text="1",
            message_id=f"<{results.count('pass')}.{world.clock.now:%H%M%S%f}@example.org>",
            headers={"Authentication-Results": f"{OWN}; {results}", "In-Reply-To": str(letter["Message-ID"])},
        )
    )
    world.round()
    return world.sent("transcript")[-1]


def test_where_the_provider_writes_results_only_a_pass_is_obeyed(world: World) -> None:
    a_correction_by_a_stranger(world)
    mailbox, inbox = world.app.mailboxes[0]
    world.app = replace(world.app, mailboxes=((mailbox.model_copy(update={"authserv": (OWN,)}), inbox),))
    letter = world.sent("case")[-1]
    refusal = as_staff(world, letter, "spf=none")
    assert "发件人未通过邮箱服务商的身份验证" in words(refusal)
    assert is_waiting(world, "HWM21-0002")
    assert "已办理" in as_staff(world, letter, "dmarc=pass header.from=example.org")["Subject"]
    assert not is_waiting(world, "HWM21-0002")


def test_who_forges_staff_fills_nobody_s_mailbox_with_answers(world: World) -> None:
    for number in range(30):
        world.deliver(mail(sender=STAFF, subject="帮助", text="", message_id=f"<{number}@example.net>"))
    world.round()
    assert len(world.sent("transcript")) == 10


def test_an_order_from_an_address_that_is_not_listed_is_not_carried_out_and_says_why(world: World) -> None:
    a_correction_by_a_stranger(world)
    before = len(world.export["messages"])
    for text in ("状态", "1"):
        refusal = answer(world, text, world.sent("case")[-1], sender="private@example.net")
    assert "未登记为工作人员邮箱" in words(refusal)
    assert [secret for secret in ("新河街道", "HWM21", "口令", "应报") if secret in words(refusal)] == []
    messages = world.export["messages"][before:]
    assert [(m["disposition"], m["case"]) for m in messages] == [("command", None)] * 2
    assert is_waiting(world, "HWM21-0002")
    told = [str(letter["To"]) for letter in (*world.sent("transcript"), *world.sent("receipt"))]
    assert told.count("private@example.net") == 1


def test_who_is_told_so_has_no_letter_to_give_orders_with(world: World) -> None:
    a_correction_by_a_stranger(world)
    refusal = answer(world, "1", world.sent("case")[-1], sender="private@example.net")
    world.clock.forward(hours=1)
    assert "请回复待核定来件的来信" in words(answer(world, "HWM21-0002 1", refusal))
    assert is_waiting(world, "HWM21-0002")


def test_other_words_in_answer_to_a_letter_to_staff_are_looked_at_and_name_no_unit(world: World) -> None:
    a_correction_by_a_stranger(world)
    case = world.sent("case")[-1]
    assert "新河街道" in case["Subject"]
    arrive(
        world,
        sender="private@example.net",
        subject=f"Re: {case['Subject']}",
        text="这件事我明天再看一下，先放一放。",
        headers={"In-Reply-To": case["Message-ID"]},
    )
    with world.app.store.transaction() as tx:
        message = tx.messages(world.app.config.campaign.id)[-1]
    assert (message.disposition, message.unit) == ("review", None)
