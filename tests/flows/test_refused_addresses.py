"""An address that our own server refuses for good is treated like one that a letter came back from."""

from dataclasses import replace
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from mailbot.campaigns.roster import Roster
from mailbot.cli.commands.replay import canonical
from mailbot.cli.commands.status import show
from mailbot.domain.errors import Meaning, SendError
from mailbot.domain.letter import LetterState
from mailbot.flows.replay import replay
from mailbot.flows.unit_accounts import account_of, dead_now
from storage.archive import Archive
from support.mails import mail
from support.review import decide
from support.world import SHANGHAI, World, opened, table, words

FIRST_STEP = datetime(2021, 9, 16, 9, 30, tzinfo=SHANGHAI)
NEXT_STEP = datetime(2021, 9, 24, 9, 30, tzinfo=SHANGHAI)
UNIT, SECOND = "xinhe@example.org", "second@example.org"


def refusal(meaning: Meaning = Meaning.UNKNOWN_ADDRESS, answer: str = "550 5.1.1 User unknown") -> SendError:
    return SendError(f"mailbox office refuses the recipient ({answer})", meaning, answer)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The server knows no such address as that of one unit."""
    world = World(tmp_path)
    world.clock.now = FIRST_STEP
    world.post.refusals[UNIT] = refusal()
    return world


def with_a_second_address(world: World) -> World:
    units = (replace(u, emails=(*u.emails, SECOND)) if u.code == "XHE" else u for u in world.app.roster.units)
    world.app = replace(world.app, roster=Roster(tuple(units)))
    return world


def tried(world: World, to: str) -> int:
    """How many reminders to an address were handed over or refused."""
    of = (LetterState.SENT, LetterState.REFUSED)
    return sum(x.kind == "reminder" and x.to == to and x.state in of for x in world.letters)


def dead(world: World) -> dict[str, tuple[str, datetime]]:
    with world.app.store.transaction() as tx:
        return {address: (one.why, one.since) for address, one in dead_now(world.app.roster, tx).items()}


def test_a_refused_address_is_dead_at_once_and_gets_no_further_reminder(world: World) -> None:
    world.round()
    assert dead(world) == {UNIT: ("地址不存在", FIRST_STEP)}
    world.clock.now = NEXT_STEP
    world.round()
    assert (tried(world, UNIT), tried(world, "port@example.org")) == (1, 2)


@pytest.mark.parametrize(
    "error",
    [
        refusal(Meaning.LATER, "450 4.1.1 User unknown"),
        refusal(Meaning.FULL, "552 5.2.2 mailbox full"),
        refusal(Meaning.CONTENT, "554 DT:SPM"),
        refusal(Meaning.REFUSED, "554 5.7.1 Relay access denied"),
        refusal(Meaning.UNKNOWN_ADDRESS, "550 5.7.1 mailbox unavailable by policy"),
        refusal(Meaning.SENDER, "553 sender mismatch"),
    ],
    ids=lambda error: str(error.answer),
)
def test_a_refusal_for_another_reason_silences_nobody(world: World, error: SendError) -> None:
    world.post.refusals[UNIT] = error
    world.round()
    assert dead(world) == {}
    world.post.refusals.clear()
    world.clock.now = NEXT_STEP
    world.round()
    assert tried(world, UNIT) >= 1


def test_a_refused_reminder_goes_once_to_the_other_contact_and_so_do_the_next_ones(world: World) -> None:
    with_a_second_address(world)
    for _ in range(3):
        world.round()
        world.clock.forward(minutes=1)
    assert (tried(world, UNIT), tried(world, SECOND)) == (1, 1)
    assert not [letter for letter in world.sent("alert") if "已无可用的联系邮箱" in words(letter)]
    world.clock.now = NEXT_STEP
    for _ in range(2):
        world.round()
    assert (tried(world, UNIT), tried(world, SECOND)) == (1, 2)


def test_a_refused_receipt_is_told_to_the_other_contacts_once(world: World) -> None:
    with_a_second_address(world).deliver(mail(sender=UNIT, attachments=[("附件1.xlsx", table())]))
    for _ in range(3):
        world.round()
        world.clock.forward(minutes=1)
    (notice,) = [letter for letter in world.sent("notice") if "【转寄】" in letter["Subject"]]
    assert notice["To"] == SECOND
    assert f"发往贵单位邮箱 {UNIT} 的信件" in words(notice)
    assert "地址不存在" in words(notice)
    assert "网络安全知识竞赛" in words(notice)


def test_staff_are_told_at_once_of_a_unit_that_has_no_other_contact(world: World) -> None:
    for _ in range(2):
        world.round()
    (alert,) = [letter for letter in world.sent("alert") if "新河街道总工会 已无可用的联系邮箱" in words(letter)]
    assert alert["To"] == "staff@example.org"


def test_an_address_that_writes_again_is_alive(world: World) -> None:
    world.round()
    world.post.refusals.clear()
    world.clock.forward(days=1)
    world.deliver(mail(sender=UNIT, subject="信息", text="新邮箱已恢复，统计表随后报送。"))
    world.round()
    assert dead(world) == {}
    decide(world, "ignore", "HWM21-0001")  # while a mail of the unit waits for a person, nothing is asked of it
    world.clock.now = NEXT_STEP
    world.round()
    assert tried(world, UNIT) == 2


def test_digest_and_status_say_which_contact_is_dead_and_who_is_written_to(world: World) -> None:
    with_a_second_address(world).round()
    world.clock.now = datetime(2021, 9, 22, 9, 0, tzinfo=SHANGHAI)
    world.round()
    line = (
        f"{UNIT}（地址不存在），自9月16日起，退回的信件：【报送提醒】线下活动统计表将于 9月30日 截止；现寄往 {SECOND}"
    )
    assert line in words(world.sent("digest")[-1])
    with world.app.store.transaction() as tx:
        account = account_of(world.app, tx, world.clock.now)
    console = Console(record=True, width=300, file=StringIO())
    show(account, world.config, console, world.clock.now)
    assert f"联系邮箱失效：新河街道总工会：{line}" in console.export_text()


def test_a_rehearsal_writes_to_no_unit_of_an_address_that_is_refused(tmp_path: Path) -> None:
    rehearsal = "rehearsal@example.org"
    world = World(tmp_path, sending={"mode": "redirect", "redirect_to": rehearsal})
    world.clock.now = FIRST_STEP
    world.post.refusals[rehearsal] = refusal()
    for _ in range(2):
        world.round()
    assert set(dead(world)) == {rehearsal}
    assert {letter.kind for letter in world.letters} == {"reminder", "digest"}


def test_a_replay_sends_nothing_twice_and_learns_of_the_address_when_the_letter_is_tried_again(
    world: World, tmp_path: Path
) -> None:
    with_a_second_address(world).deliver(mail(sender=UNIT, attachments=[("附件1.xlsx", table())]))
    for _ in range(2):
        world.round()
        world.clock.forward(minutes=1)
    store = opened(f"sqlite:///{tmp_path / 'again.db'}")
    again = replace(world.app, store=store, archive=Archive(world.config.archive.path, silent=True))
    for _ in replay(again):
        pass
    assert canonical(again) == canonical(world.app)
    sent = len(world.post.sent)
    with store.transaction() as tx:
        tx.release(None, world.clock.now)
    before, world.app = world.app, replace(again, archive=world.app.archive)
    for _ in range(2):
        world.round()
    assert set(dead(world)) == {UNIT}
    assert len(world.post.sent) == sent
    before.store.close()
