"""An address that a letter came back from for good gets no more reminders; the other contacts are written to."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from rich.console import Console

from mailbot.campaigns.roster import Roster
from mailbot.cli.commands.replay import canonical
from mailbot.cli.commands.status import show
from mailbot.domain.letter import LetterState
from mailbot.flows.replay import replay
from mailbot.flows.unit_accounts import account_of, dead_now
from storage.archive import Archive
from support.mails import mail
from support.review import decide
from support.world import SHANGHAI, World, activity, opened, table, words

FIRST_STEP = datetime(2021, 9, 16, 9, 30, tzinfo=SHANGHAI)
NEXT_STEP = datetime(2021, 9, 24, 9, 30, tzinfo=SHANGHAI)
UNIT = "xinhe@example.org"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """All units have been reminded once."""
    world = World(tmp_path)
    world.clock.now = FIRST_STEP
    world.round()
    assert UNIT in recipients(world)
    return world


def recipients(world: World) -> list[str]:
    return [letter.to for letter in world.letters if letter.kind == "reminder" and letter.state is LetterState.SENT]


def returned(world: World, *, failed: str = UNIT, status: str = "5.1.1", letter: str | None = None) -> bytes:
    """A report that holds the head of the reminder to the unit, as mail servers send it."""
    original = letter or next(m["Message-ID"] for m in world.sent("reminder") if m["To"] == UNIT)
    lines = f"""From: MAILER-DAEMON@example.net
To: office@example.com
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

The letter came back.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {failed}
Action: failed
Status: {status}

--b
Content-Type: text/rfc822-headers

From: office@example.com
Message-ID: {original}

--b--
"""
    return lines.replace("\n", "\r\n").encode()


def test_no_further_reminder_goes_to_an_address_that_returned_one(world: World) -> None:
    world.deliver(returned(world))
    world.round()
    world.clock.now = NEXT_STEP
    world.round()
    assert recipients(world).count(UNIT) == 1
    assert recipients(world).count("port@example.org") == 2
    dropped = [letter for letter in world.letters if letter.state is LetterState.DROPPED]
    assert all(letter.last_error == "the address returned a letter on 2021-09-16" for letter in dropped)


@pytest.mark.parametrize(
    "report",
    [
        {"status": "5.2.2"},
        {"letter": "<forged@example.com>"},
        {"status": "4.4.7"},
    ],
    ids=["a full mailbox", "a letter that is none of ours", "a server that gave up"],
)
def test_what_proves_no_dead_address_silences_nobody(world: World, report: dict[str, str]) -> None:
    world.deliver(returned(world, **report))
    world.round()
    world.clock.now = NEXT_STEP
    world.round()
    assert recipients(world).count(UNIT) == 2
    assert recipients(world).count("port@example.org") == 2


def test_an_address_that_writes_again_is_alive(world: World) -> None:
    world.deliver(returned(world))
    world.round()
    world.clock.forward(days=1)
    world.deliver(mail(sender=UNIT.title(), subject="信息", text="新邮箱已恢复，统计表随后报送。"))
    world.round()
    decide(world, "ignore", "HWM21-0001")  # while a mail of the unit waits for a person, nothing is asked of it
    world.clock.now = NEXT_STEP
    world.round()
    assert recipients(world).count(UNIT) == 2


def test_a_receipt_goes_out_all_the_same(world: World) -> None:
    raw = mail(sender=UNIT, attachments=[("附件1.xlsx", table())])
    world.deliver(raw)
    world.collect()
    world.clock.forward(minutes=1)
    world.deliver(returned(world))
    world.round()
    assert [letter["To"] for letter in world.sent("receipt")] == [UNIT]


def test_a_report_on_where_the_address_is_forwarded_to_counts_for_the_address(world: World) -> None:
    world.deliver(returned(world, failed="elsewhere@example.net"))
    world.round()
    world.clock.now = NEXT_STEP
    world.round()
    assert recipients(world).count(UNIT) == 1


def test_a_report_that_names_no_letter_counts_by_address_and_day(world: World) -> None:
    text = f"很抱歉，您的邮件被退回。\n收件人邮件地址（{UNIT}）不存在，邮件无法送达。\n550 Mailbox not found"
    world.deliver(mail(sender="postmaster@example.net", subject="系统退信", text=text))
    world.round()
    assert dead(world) == {UNIT: FIRST_STEP}


def test_a_change_of_the_row_makes_the_address_live_again(world: World) -> None:
    world.deliver(returned(world))
    world.round()
    units = (replace(u, quota=5) if u.code == "XHE" else u for u in world.app.roster.units)
    world.app = replace(world.app, roster=Roster(tuple(units)))
    world.clock.now = NEXT_STEP
    world.round()
    assert recipients(world).count(UNIT) == 2


def dead(world: World) -> dict[str, datetime]:
    with world.app.store.transaction() as tx:
        found = dead_now(world.app.roster, tx)
    return {address: contact.since for address, contact in found.items()}


def test_the_addresses_are_dead_from_the_first_report_on(world: World) -> None:
    world.deliver(returned(world))
    world.round()
    assert dead(world) == {UNIT: FIRST_STEP}


# ---------------------------------------------------------------- the unit's other contacts


SECOND = "second@example.org"


def with_a_second_address(world: World) -> World:
    units = (replace(u, emails=(*u.emails, SECOND)) if u.code == "XHE" else u for u in world.app.roster.units)
    world.app = replace(world.app, roster=Roster(tuple(units)))
    return world


def test_a_reminder_that_comes_back_goes_once_to_the_other_contact_and_so_do_the_next_ones(world: World) -> None:
    with_a_second_address(world).deliver(returned(world))
    for _ in range(3):
        world.round()
    assert recipients(world).count(SECOND) == 1
    assert world.sent("alert") == []
    world.clock.now = NEXT_STEP
    for _ in range(2):
        world.round()
    assert (recipients(world).count(UNIT), recipients(world).count(SECOND)) == (1, 2)


def test_a_reminder_that_comes_back_in_the_evening_goes_to_the_other_contact_on_the_next_morning(world: World) -> None:
    with_a_second_address(world)
    world.clock.now = FIRST_STEP.replace(hour=22)
    world.deliver(returned(world))
    world.round()
    assert SECOND not in recipients(world)
    world.clock.now = FIRST_STEP.replace(day=17)
    world.round()
    assert recipients(world).count(SECOND) == 1


def test_a_unit_that_has_reported_meanwhile_is_not_reminded_again(world: World) -> None:
    with_a_second_address(world).deliver(returned(world))
    world.deliver(
        mail(
            sender=SECOND,
            attachments=[("附件1.xlsx", table("新河街道总工会", *[activity(f"活动{n}") for n in range(9)]))],
        )
    )
    world.round()
    assert SECOND not in recipients(world)


def test_a_receipt_that_comes_back_is_told_to_the_other_contacts_once(world: World) -> None:
    with_a_second_address(world).deliver(mail(sender=UNIT, attachments=[("附件1.xlsx", table())]))
    world.round()
    (receipt,) = world.sent("receipt")
    for _ in range(2):
        world.clock.forward(minutes=1)
        world.deliver(returned(world, letter=receipt["Message-ID"]))
        world.round()
    (notice,) = world.sent("notice")
    assert (notice["To"], notice["Subject"]) == (SECOND, f"【转寄】{receipt['Subject']}")
    told = words(notice)
    assert f"发往贵单位邮箱 {UNIT} 的信件" in told
    assert "地址不存在" in told
    assert "网络安全知识竞赛" in told


def test_staff_are_told_at_once_of_a_unit_that_has_no_other_contact(world: World) -> None:
    world.deliver(returned(world))
    for _ in range(2):
        world.round()
    (alert,) = world.sent("alert")
    assert alert["To"] == "staff@example.org"
    assert "新河街道总工会 已无可用的联系邮箱" in words(alert)


def test_digest_status_and_workbook_say_which_contact_is_dead_and_who_is_written_to(world: World) -> None:
    with_a_second_address(world).deliver(returned(world))
    world.round()
    world.clock.now = datetime(2021, 9, 22, 9, 0, tzinfo=SHANGHAI)
    world.round()
    letter = world.sent("digest")[-1]
    line = (
        f"{UNIT}（地址不存在），自9月16日起，退回的信件：【报送提醒】线下活动统计表将于 9月30日 截止；现寄往 {SECOND}"
    )
    assert "【联系邮箱失效】1 项" in words(letter)
    assert line in words(letter)
    book = load_workbook(BytesIO(next(part.get_content() for part in letter.iter_attachments())))
    remarks = [str(cell.value) for row in book["分单位"].iter_rows() for cell in row]
    assert any(f"邮箱失效：{UNIT}（地址不存在）" in remark for remark in remarks)
    with world.app.store.transaction() as tx:
        account = account_of(world.app, tx, world.clock.now)
    console = Console(record=True, width=300, file=StringIO())
    show(account, world.config, console, world.clock.now)
    assert f"联系邮箱失效：新河街道总工会：{line}" in console.export_text()


def test_replay_knows_the_same_dead_contacts(world: World, tmp_path: Path) -> None:
    with_a_second_address(world).deliver(mail(sender=UNIT, attachments=[("附件1.xlsx", table())]))
    world.round()
    world.deliver(returned(world))
    world.deliver(returned(world, letter=world.sent("receipt")[0]["Message-ID"]))
    world.round()
    store = opened(f"sqlite:///{tmp_path / 'again.db'}")
    again = replace(world.app, store=store, archive=Archive(world.config.archive.path, silent=True))
    for _ in replay(again):
        pass
    assert canonical(again) == canonical(world.app)
    with store.transaction() as tx:
        there, letters = dead_now(again.roster, tx), {letter.key for letter in tx.letters() if letter.kind == "notice"}
    with world.app.store.transaction() as tx:
        assert there == dead_now(world.app.roster, tx)
        assert letters == {letter.key for letter in tx.letters() if letter.kind == "notice"}
    assert len(letters) == 1
