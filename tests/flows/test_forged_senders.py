"""A mail that fails DMARC waits for a person: nothing of it counts, and nobody is answered."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.domain.mail import Disposition
from mailbot.flows.unit_accounts import account_of
from mailbot.letters.digests import waiting
from support.mails import mail
from support.world import World, activity, table, words

OWN = "mx.example.com"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    mailbox, inbox = world.app.mailboxes[0]
    world.app = replace(world.app, mailboxes=((mailbox.model_copy(update={"authserv": (OWN,)}), inbox),))
    return world


def report(result: str = "fail", host: str = OWN, sender: str = "xinhe@example.org", **changes: object) -> bytes:
    """A unit's mail with its table, as our provider hands it over."""
    fields: dict[str, object] = {
        "sender": sender,
        "attachments": [("附件1.xlsx", table())],
        "headers": {"Authentication-Results": f"{host}; spf=pass; dmarc={result} header.from=example.org"},
    }
    return mail(**{**fields, **changes})  # type: ignore[arg-type]  # a builder: the fields are mail's own


def shown_to_staff(world: World) -> list[str]:
    with world.app.store.transaction() as tx:
        return [f"{line.unit_name} {line.text}" for line in waiting(account_of(world.app, tx, world.clock()))]


def test_a_table_from_a_forged_sender_is_stored_waits_and_is_answered_to_nobody(world: World) -> None:
    world.deliver(report())
    world.round()
    (message,), (submission,) = world.export["messages"], world.export["submissions"]
    assert (message["disposition"], message["code"]) == ("review", None)
    assert "DMARC" in message["reason"]
    assert (submission["unit"], submission["status"], submission["current"]) == ("XHE", "review", False)
    assert submission["records"][0]["values"]["participants"] == 120
    assert world.sent("receipt") == world.sent("notice") == []
    (line,) = shown_to_staff(world)
    assert "新河街道总工会" in line
    assert "DMARC" in line
    assert "DMARC" in words(world.sent("digest")[0])


def test_a_forged_correction_replaces_nothing(world: World) -> None:
    world.deliver(report("pass"))
    changed = table("新河街道总工会", activity(people=999))
    world.deliver(report(subject="更正", attachments=[("附件1.xlsx", changed)]))
    world.round()
    assert [s["current"] for s in world.export["submissions"]] == [True, False]
    assert len(world.sent("receipt")) == 1


def test_a_forged_mail_without_a_table_waits_too(world: World) -> None:
    world.deliver(report(attachments=[("附件1.xlsx", b"")]))
    world.round()
    assert [m.disposition for m in world.messages] == [Disposition.REVIEW]
    assert world.sent("receipt") == []
    (line,) = shown_to_staff(world)
    assert "DMARC" in line


@pytest.mark.parametrize(
    ("result", "host"), [("pass", OWN), ("none", OWN), ("temperror", OWN), ("fail", "mx.example.net")]
)
def test_what_our_own_provider_does_not_call_forged_counts(world: World, result: str, host: str) -> None:
    world.deliver(report(result, host))
    world.round()
    assert [s["current"] for s in world.export["submissions"]] == [True]
    assert len(world.sent("receipt")) == 1


def test_without_the_providers_name_in_the_configuration_nothing_is_taken_for_forged(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.deliver(report())
    world.round()
    assert [s["current"] for s in world.export["submissions"]] == [True]


def test_forged_advertising_is_no_work_for_staff(world: World) -> None:
    world.deliver(report(subject="代开发票", text="量大从优", attachments=[], sender="ad@example.net"))
    world.round()
    assert [m.disposition for m in world.messages] == [Disposition.UNRELATED]
    assert shown_to_staff(world) == []
