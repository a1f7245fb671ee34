"""Nobody changes figures by writing somebody else's address: what is believed, who is told, and how one objects."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.cli.commands.replay import canonical
from support.mails import mail
from support.replay import again
from support.review import decide
from support.world import MAILBOX, World, activity, table, words

UNIT = "xinhe@example.org"
ATTACKER = "attacker@example.net"
OUR_MX = "mx.example.com"
OWN_DOMAIN = MAILBOX.partition("@")[2]


def of_unit(people: int = 120, title: str = "知识竞赛") -> list[tuple[str, bytes]]:
    return [("附件1.xlsx", table("新河街道总工会", activity(title, people=people)))]


def arrive(world: World, sender: str = UNIT, received: str | None = None, **fields: object) -> None:
    """A report as it lies in the mailbox; `received`: the results that our provider writes above its Received field."""
    world.clock.forward(minutes=2)
    number = f"<{world.clock.now.timestamp()}@example.org>"
    content = mail(**{"sender": sender, "message_id": number, "attachments": of_unit(), **fields})  # type: ignore[arg-type]
    if received is not None:
        stamp = f"Authentication-Results: {OUR_MX}; {received}\r\n" if received else ""
        content = f"{stamp}Received: from relay.example.org by {OUR_MX}; now\r\n".encode() + content
    world.deliver(content)
    world.round()


def spoofed_correction(world: World) -> None:
    """From the unit's address, with figures of nobody, and an answer that goes elsewhere."""
    arrive(world)
    arrive(world, subject="更正", attachments=of_unit(1), headers={"Reply-To": ATTACKER})


def people(world: World) -> list[int]:
    """The figure of every row that counts."""
    counting = [s for s in world.export["submissions"] if s["current"] and s["status"] != "review"]
    return [record["values"]["participants"] for s in counting for record in s["records"]]


def answer(world: World, letter: EmailMessage, text: str, sender: str = UNIT) -> None:
    arrive(
        world,
        sender=sender,
        subject=f"回复：{letter['Subject']}",
        text=f"{text}\n\n-------- 原始邮件 --------\n{words(letter)}",
        attachments=[],
        headers={"In-Reply-To": letter["Message-ID"]},
    )


def our_provider_vouches(world: World) -> None:
    """The mailbox has had a mail of itself, with what its provider wrote on it."""
    arrive(world, MAILBOX, received=f"dmarc=pass header.from={OWN_DOMAIN}", attachments=[], text="自检")


# ---------------------------------------------------------------- where the provider tells nothing


def test_a_spoofed_correction_is_told_to_the_unit_with_old_and_new_and_is_taken_back_by_one_word(world: World) -> None:
    spoofed_correction(world)
    assert people(world) == [1]
    (notice,) = world.sent("notice")
    assert notice["To"] == UNIT
    assert "120→1" in words(notice)
    assert "不是我们报的" in words(notice)

    answer(world, notice, "不是我们报的")
    assert people(world) == [120]
    objection = world.export["messages"][-1]
    assert (objection["disposition"], objection["case"]) == ("correction", "HWM21-0003")
    assert [s["status"] for s in world.export["submissions"]] == ["accepted", "review"]
    assert "恢复" in words(world.sent("receipt")[-1])
    (case,) = world.sent("case")
    assert "不是其单位报送" in words(case)
    assert decide(world, "replace", "HWM21-0002")  # a person finds that it was theirs after all
    assert people(world) == [1]


def test_the_unit_objects_by_answering_its_receipt_too(world: World) -> None:
    arrive(world)
    arrive(world, subject="更正", attachments=of_unit(1))
    assert world.sent("notice") == []  # the receipt, with old and new, went to the unit itself
    receipt = world.sent("receipt")[-1]
    assert "120→1" in words(receipt)
    answer(world, receipt, "您好，这不是我们报的。")
    assert people(world) == [120]


def test_an_objection_can_be_undone(world: World) -> None:
    spoofed_correction(world)
    answer(world, world.sent("notice")[0], "不是我们报的")
    decide(world, "undo", "HWM21-0002")
    assert people(world) == [1]


def test_former_senders_and_all_contacts_hear_of_a_correction(world: World) -> None:
    arrive(world, "personal@example.com")
    arrive(world, subject="更正", attachments=of_unit(130))
    assert [letter["To"] for letter in world.sent("notice")] == [UNIT, "personal@example.com"]


def test_a_strangers_addition_counts_and_is_told_to_the_unit_which_can_object(world: World) -> None:
    arrive(world)
    arrive(world, ATTACKER, subject="补报", attachments=of_unit(50, "演讲比赛"))
    assert people(world) == [120, 50]
    (notice,) = world.sent("notice")
    assert notice["To"] == UNIT
    answer(world, notice, "不是我们报的")
    assert people(world) == [120]


def test_only_who_was_told_objects(world: World) -> None:
    arrive(world)
    arrive(world, subject="更正", attachments=of_unit(130))
    arrive(world, ATTACKER, attachments=[], text="受理号 HWM21-0002 的表不是我们报的", subject="声明")
    arrive(world, attachments=[], text="不是我们报的", headers={"In-Reply-To": "<receipt.0@example.com>"})
    assert people(world) == [130]


@pytest.mark.parametrize("text", ["收到，谢谢", "这是不是我们报的？", "人数是我们报的，没有问题"])
def test_a_question_or_thanks_is_no_objection(world: World, text: str) -> None:
    arrive(world)
    arrive(world, subject="更正", attachments=of_unit(130))
    answer(world, world.sent("receipt")[-1], text)
    assert people(world) == [130]


def test_what_was_replaced_since_is_not_brought_back(world: World) -> None:
    spoofed_correction(world)
    arrive(world, subject="更正", attachments=of_unit(125))
    answer(world, world.sent("notice")[0], "不是我们报的")
    assert people(world) == [125]
    assert world.export["messages"][-1]["disposition"] == "review"


# ---------------------------------------------------------------- where the provider tells of senders


@pytest.mark.parametrize(
    "received",
    [
        "",
        "spf=fail smtp.mailfrom=example.org; dkim=fail header.d=example.org",
        "dmarc=none header.from=example.org",
        "dmarc=permerror header.from=example.org",
        "dmarc=pass header.from=example.net",
        "spf=pass smtp.mailfrom=attacker@example.net",
    ],
)
def test_without_an_aligned_pass_nothing_is_changed(world: World, received: str) -> None:
    our_provider_vouches(world)
    arrive(world, received="dmarc=pass header.from=example.org")
    arrive(world, subject="更正", attachments=of_unit(1), received=received)
    assert people(world) == [120]
    assert [s["status"] for s in world.export["submissions"]] == ["accepted", "review"]
    assert "验证" in words(world.sent("case")[0])


def test_with_an_aligned_pass_the_unit_corrects_itself_and_nobody_is_bothered(world: World) -> None:
    our_provider_vouches(world)
    for number, subject in ((120, "统计表"), (130, "更正")):
        arrive(world, subject=subject, attachments=of_unit(number), received="dmarc=pass header.from=example.org")
    assert people(world) == [130]
    assert world.sent("notice") == world.sent("case") == []


def test_a_first_report_counts_without_a_pass(world: World) -> None:
    our_provider_vouches(world)
    arrive(world, received="spf=none")
    assert people(world) == [120]


def test_nobody_teaches_us_a_provider_by_a_field_of_his_own(world: World) -> None:
    received = f"Received: from x by {OUR_MX}; now\r\n"
    forged = f"Authentication-Results: evil.example; dmarc=pass header.from={OWN_DOMAIN}\r\n"
    world.deliver((received + forged).encode() + mail(sender=MAILBOX, text="自检"))
    world.round()
    with world.app.store.transaction() as tx:
        assert tx.issuers(world.app.mailboxes[0][0].name) == frozenset()


def test_the_mailbox_writes_to_itself_once_where_its_provider_writes_results(world: World) -> None:
    for _ in range(2):
        arrive(world, received="spf=none")
    (check,) = [letter for letter in world.sent("alert") if letter["To"] == MAILBOX]
    assert "自检" in check["Subject"]


def test_where_it_writes_none_no_letter_is_sent_for_it(world: World) -> None:
    arrive(world)
    assert world.sent("alert") == []


# ---------------------------------------------------------------- who stands in From


@pytest.mark.parametrize(
    "sender", [f"{UNIT}, {ATTACKER}", f"Contacts: {UNIT};", f"{UNIT} <{ATTACKER}>", f"<{UNIT}> <{ATTACKER}>"]
)
def test_a_mail_with_more_than_one_sender_waits(world: World, sender: str) -> None:
    arrive(world)
    own = mail(attachments=of_unit(1), subject="更正", message_id="<2@example.org>")
    world.deliver(f"From: {sender}\r\n".encode() + own.replace(b"From: ", b"X-Was-From: ", 1))
    world.round()
    assert people(world) == [120]
    assert world.export["messages"][-1]["disposition"] == "review"


# ---------------------------------------------------------------- replay


def test_a_replay_knows_what_was_known_then(world: World, tmp_path: Path) -> None:
    spoofed_correction(world)
    answer(world, world.sent("notice")[0], "不是我们报的")
    our_provider_vouches(world)
    arrive(world, subject="更正", attachments=of_unit(5), received="")
    assert canonical(again(world, tmp_path)) == canonical(world.app)
