"""No letter is lost and none doubled: lost answers, used-up quotas, refused log-ins, limits, several mailboxes."""

import time
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from doubles import MemoryMailbox, MemoryPost, MemorySent
from mails import mail
from world import NOON, World, table

from mailbot import delivering, flows
from mailbot.daemon import Daemon
from mailbot.domain import Envelope, LetterKind, LetterState, StoredLetter
from mailbot.errors import Meaning, SendError


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def report(**changes: object) -> bytes:
    fields: dict[str, object] = {"sender": "李晓 <xinhe@example.org>", "attachments": [("附件1.xlsx", table())]}
    return mail(**{**fields, **changes})  # type: ignore[arg-type]  # a builder: the fields are mail's own


def put(world: World, *keys: str, kind: LetterKind = LetterKind.RECEIPT, to: str = "unit@example.org") -> None:
    """Letters in the outbox, due now."""
    now = world.clock()
    with world.app.store.transaction() as tx:
        for key in keys:
            content = f"Subject: {key}\r\n\r\nbody\r\n".encode()
            tx.enqueue(
                Envelope(key, kind, to, key, f"<{key}@example.com>", content, None, "office"), now, now, held=False
            )


def deliver(world: World) -> None:
    while flows.deliver_next(world.app):
        pass


def only(world: World) -> StoredLetter:
    (letter,) = world.letters
    return letter


# ---------------------------------------------------------------- the answer was lost


def test_a_letter_found_among_the_sent_mail_was_sent_and_does_not_go_again(world: World) -> None:
    world.sent_folder.keeps, world.post.lose = True, 1
    put(world, "receipt:1")
    deliver(world)
    assert only(world).state is LetterState.QUEUED
    assert world.sent_folder.asked == []
    world.clock.forward(minutes=15)
    deliver(world)
    assert only(world).state is LetterState.SENT
    assert len(world.post.sent) == 1


def test_a_letter_not_found_there_goes_again_as_the_same_one(world: World) -> None:
    world.sent_folder.keeps, world.post.vanish = True, 1
    put(world, "receipt:1")
    deliver(world)
    world.clock.forward(minutes=15)
    deliver(world)
    assert only(world).state is LetterState.SENT
    assert [envelope.message_id for envelope in world.post.sent] == ["<receipt:1@example.com>"]


def test_where_nobody_can_know_a_receipt_goes_thrice_at_most_and_says_so(world: World) -> None:
    world.post.lose = 9
    put(world, "receipt:1")
    for minutes in (0, 15, 120, 120, 9999):
        world.clock.forward(minutes=minutes)
        deliver(world)
    assert only(world).state is LetterState.UNCERTAIN
    letters = [message_from_bytes(envelope.content) for envelope in world.post.sent]
    assert [letter["X-Possible-Duplicate"] for letter in letters] == [None, "yes", "yes"]
    assert len({envelope.message_id for envelope in world.post.sent}) == 1


@pytest.mark.parametrize(("keeps", "state"), [(True, LetterState.SENT), (False, LetterState.UNCERTAIN)])
@pytest.mark.parametrize("kind", [LetterKind.REMINDER, LetterKind.ALERT])
def test_a_reminder_or_alert_whose_answer_was_lost_never_goes_again(
    world: World, keeps: bool, state: LetterState, kind: LetterKind
) -> None:
    world.sent_folder.keeps, world.post.lose = keeps, 1
    world.clock.now = NOON.replace(day=16, hour=9, minute=1)
    if kind is LetterKind.REMINDER:
        world.collect()
        flows.remind(world.app)
        world.post.refusals = {to: SendError("", Meaning.REFUSED) for to in ("xingang@example.org", "port@example.org")}
    else:
        put(world, "alert:1", kind=kind)
    for minutes in (0, 15, 9999):
        world.clock.forward(minutes=minutes)
        deliver(world)
    assert len(world.post.sent) == 1
    assert state in {letter.state for letter in world.letters}
    assert not {letter.state for letter in world.letters} & {LetterState.QUEUED, LetterState.SENDING}


def test_a_letter_whose_sender_was_killed_is_looked_up_first(world: World) -> None:
    world.sent_folder.keeps = True
    put(world, "receipt:1", "receipt:2")
    with world.app.store.transaction() as tx:
        killed = tx.claim(world.clock(), delivering.LEASE, "daemon", "office")
    assert killed
    world.post.send(killed.envelope)
    world.restart()
    world.clock.forward(minutes=15)
    deliver(world)
    assert Counter(envelope.key for envelope in world.post.sent) == {"receipt:1": 1, "receipt:2": 1}
    assert {letter.state for letter in world.letters} == {LetterState.SENT}


# ---------------------------------------------------------------- the account


def test_a_day_whose_quota_is_used_up_ends_at_midnight_also_for_letters_made_meanwhile_and_after_a_restart(
    world: World,
) -> None:
    world.clock.now = NOON.replace(hour=14)
    world.post.trouble = SendError("554 MI:STC", Meaning.DAY)
    put(world, "receipt:1", "receipt:2")
    deliver(world)
    world.post.trouble = None
    world.restart()
    put(world, "receipt:3")
    for hour in (15, 23):
        world.clock.now = NOON.replace(hour=hour)
        deliver(world)
    assert world.post.sent == []
    world.clock.now = NOON.replace(hour=0, minute=10) + timedelta(days=1)
    deliver(world)
    assert sorted(e.key for e in world.post.sent if e.kind is LetterKind.RECEIPT) == [f"receipt:{n}" for n in (1, 2, 3)]


def test_a_log_in_that_is_refused_for_days_loses_no_letter_and_staff_hear_once_a_day(world: World) -> None:
    world.post.trouble = SendError("535 请使用授权码登录", Meaning.LOGIN)
    put(world, "receipt:1")
    for _ in range(7 * 8):
        world.clock.forward(hours=3)
        deliver(world)
    alerts = [letter for letter in world.letters if letter.kind is LetterKind.ALERT]
    assert len(alerts) == len({letter.queued_at.astimezone(NOON.tzinfo).date() for letter in alerts}) == 8
    world.post.trouble = None
    world.clock.forward(hours=1)
    deliver(world)
    assert {letter.state for letter in world.letters} == {LetterState.SENT}


def test_a_mailbox_whose_server_is_left_alone_keeps_its_letters(world: World) -> None:
    put(world, "receipt:1")
    assert flows.deliver_next(world.app, {"office"}) is None
    assert only(world).attempts == 0


def test_a_daemon_that_is_not_let_in_insists_only_after_an_hour_or_a_restart(world: World) -> None:
    world.post.trouble = SendError("535 请使用授权码登录", Meaning.LOGIN)
    put(world, "receipt:1", "receipt:2")
    daemon = Daemon(world.app)
    for _ in range(3):
        daemon.send()
    assert sum(letter.attempts for letter in world.letters) == 1
    assert 3590 < daemon.patience["office out"].until - time.monotonic() < 2 * 3600
    Daemon(world.app).send()
    assert sum(letter.attempts for letter in world.letters) == 2


# ---------------------------------------------------------------- how many


def test_a_backlog_of_five_hundred_keeps_to_the_limits_and_receipts_leave_first(tmp_path: Path) -> None:
    world = World(tmp_path, sending={"mode": "live", "per_minute": 6, "per_day": 80, "per_address_per_hour": 0})
    put(world, *(f"digest:{n}" for n in range(250)), kind=LetterKind.DIGEST)
    put(world, *(f"receipt:{n}" for n in range(250)))
    left: list[tuple[datetime, str]] = []
    for _ in range(9):  # days, in each some minutes
        for _ in range(16):
            before = len(world.post.sent)
            deliver(world)
            left += [(world.clock(), envelope.kind) for envelope in world.post.sent[before:]]
            world.clock.forward(seconds=61)
        world.clock.forward(hours=24)
    assert len(left) == 500
    for window, most in ((timedelta(minutes=1), 6), (timedelta(days=1), 80)):
        assert max(sum(at <= one < at + window for one, _ in left) for at, _ in left) <= most
    kinds = [kind for _, kind in left]
    assert kinds == sorted(kinds, key=[LetterKind.RECEIPT, LetterKind.DIGEST].index)


def test_an_address_gets_so_many_letters_an_hour_and_the_others_do_not_wait_for_it(tmp_path: Path) -> None:
    world = World(tmp_path, sending={"mode": "live", "per_minute": 0, "per_day": 0, "per_address_per_hour": 5})
    put(world, *(f"receipt:{n}" for n in range(12)), to="rude@example.net")
    put(world, "receipt:other")
    counts = []
    for _ in range(4):
        deliver(world)
        counts.append(Counter(envelope.to for envelope in world.post.sent)["rude@example.net"])
        world.clock.forward(minutes=61)
    assert counts == [5, 10, 12, 12]
    assert world.post.sent[5].key == "receipt:other"


# ---------------------------------------------------------------- several mailboxes


def test_a_receipt_leaves_from_the_mailbox_that_the_mail_came_to(world: World) -> None:
    first = world.config.mailbox[0]
    second = first.model_copy(update={"name": "second", "address": "second@example.net"})
    inbox, post = MemoryMailbox("second"), MemoryPost()
    world.app = replace(
        world.app,
        mailboxes=((first, world.inbox), (second, inbox)),
        posts={"office": world.post, "second": post},
        sent={"office": world.sent_folder, "second": MemorySent(post)},
    )
    inbox.deliver(report(), NOON)
    world.deliver(report(sender="xingang@example.org", attachments=[("a.xlsx", table("新港街道总工会"))]))
    world.round()
    (receipt,) = [envelope for envelope in post.sent if envelope.kind is LetterKind.RECEIPT]
    assert receipt.to == "xinhe@example.org"
    assert message_from_bytes(receipt.content)["From"].endswith("<second@example.net>")
    assert receipt.message_id.endswith("@example.net>")
    assert [one["To"] for one in world.sent()] == ["xingang@example.org"]


def test_a_mailbox_that_cannot_send_does_not_hold_up_another(world: World) -> None:
    first = world.config.mailbox[0]
    second = first.model_copy(update={"name": "second"})
    post = MemoryPost()
    world.app = replace(
        world.app,
        mailboxes=((first, world.inbox), (second, MemoryMailbox("second"))),
        posts={"office": world.post, "second": post},
        sent={"office": world.sent_folder, "second": MemorySent(post)},
    )
    world.post.trouble = SendError("451 MI:SFQ", Meaning.MINUTES)
    put(world, "receipt:1", "receipt:2")
    with world.app.store.transaction() as tx:
        envelope = Envelope(
            "receipt:3", LetterKind.RECEIPT, "unit@example.org", "s", "<3@example.com>", b"", None, "second"
        )
        tx.enqueue(envelope, NOON, NOON, held=False)
    deliver(world)
    assert [envelope.key for envelope in post.sent] == ["receipt:3"]
    assert world.post.sent == []
