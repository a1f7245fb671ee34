"""Sending: no letter is lost or doubled by lost answers, quotas, refused log-ins, limits or several mailboxes."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from itertools import count
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from mailbot.daemon.daemon import Daemon
from mailbot.decide.delivery import LIMIT_USED_UP, NO_LONGER_DUE, TOO_LATE
from mailbot.decide.uncertain_letters import extra_copies
from mailbot.domain.errors import ArchiveError, ConfigError, Meaning, SendError, StoreError
from mailbot.domain.letter import Envelope, LetterKind, LetterState, StoredLetter
from mailbot.flows import watch
from mailbot.flows.deliver import LEASE, deliver_next
from mailbot.flows.judge import judge_next
from mailbot.flows.remind import remind
from storage.journal import Journal
from storage.store import Store, Transaction
from support.doubles import MemoryMailbox, MemoryPost, MemorySent
from support.mails import mail
from support.world import NOON, Crash, World, crashing, table, words


def report(**changes: object) -> bytes:
    fields: dict[str, object] = {"sender": "李晓 <xinhe@example.org>", "attachments": [("附件1.xlsx", table())]}
    return mail(**{**fields, **changes})  # type: ignore[arg-type]  # a builder: the fields are mail's own


def put(
    world: World,
    *keys: str,
    kind: LetterKind = LetterKind.RECEIPT,
    to: str = "unit@example.org",
    mailbox: str = "office",
) -> None:
    """Letters in the outbox, due now."""
    now = world.clock()
    with world.app.store.transaction() as tx:
        for key in keys:
            content = f"Subject: {key}\r\n\r\nbody\r\n".encode()
            tx.enqueue(
                Envelope(key, kind, to, key, f"<{key}@example.com>", content, None, mailbox), now, now, held=False
            )


@contextmanager
def failing_commit(world: World, number: int) -> Iterator[None]:
    """The transaction of that number fails at its end, as on a full disk."""
    store, begun = world.app.store, count(1)

    class Failing:
        @contextmanager
        def transaction(self) -> Iterator[Transaction]:
            mine = next(begun)
            with store.transaction() as tx:
                yield tx
                if mine == number:
                    raise StoreError("the database cannot be written: the disk is full")

    whole = world.app
    world.app = replace(whole, store=cast(Store, Failing()))
    try:
        yield
    finally:
        world.app = whole


def deliver(world: World) -> None:
    while deliver_next(world.app):
        pass


def files_what_it_takes(world: World) -> None:
    """The provider of the mailbox files every letter; what the double tells of it is for the test to say."""
    mailbox = world.config.mailbox[0].model_copy(update={"provider": "gmail"})
    world.app = replace(world.app, mailboxes=((mailbox, world.inbox),))


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
    assert extra_copies([only(world)]) == 0


def test_a_letter_not_found_there_goes_again_as_the_same_one(world: World) -> None:
    world.sent_folder.keeps, world.post.vanish = True, 1
    put(world, "receipt:1")
    deliver(world)
    world.clock.forward(minutes=15)
    deliver(world)
    assert only(world).state is LetterState.SENT
    assert [envelope.message_id for envelope in world.post.sent] == ["<receipt:1@example.com>"]


def test_where_the_sent_mail_cannot_be_read_for_a_while_no_copy_leaves_before(
    world: World,
) -> None:
    files_what_it_takes(world)
    world.post.lose = 1
    put(world, "receipt:1")
    for minutes in (0, 15, 15, 15):
        world.clock.forward(minutes=minutes)
        deliver(world)
    assert len(world.sent_folder.asked) == 3
    world.sent_folder.keeps = True
    world.clock.forward(minutes=15)
    deliver(world)
    assert (len(world.post.sent), only(world).state) == (1, LetterState.SENT)


def test_where_the_sent_mail_can_never_be_read_a_copy_leaves_after_an_hour(world: World) -> None:
    files_what_it_takes(world)
    world.post.lose = 1
    put(world, "receipt:1")
    left = []
    for _ in range(6):
        deliver(world)
        left.append(len(world.post.sent))
        world.clock.forward(minutes=15)
    assert left == [1, 1, 1, 1, 2, 2]
    assert only(world).state is LetterState.SENT


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
        remind(world.app)
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
        killed = tx.claim(world.clock(), LEASE, "daemon", "office")
    assert killed
    world.post.send(killed.envelope)
    world.restart()
    world.clock.forward(minutes=15)
    deliver(world)
    assert Counter(envelope.key for envelope in world.post.sent) == {"receipt:1": 1, "receipt:2": 1}
    assert {letter.state for letter in world.letters} == {LetterState.SENT}


def test_a_sender_that_is_killed_after_each_answer_makes_three_copies_at_most_and_staff_are_told(world: World) -> None:
    put(world, "receipt:1")
    for _ in range(9):
        with suppress(Crash), crashing(world, at=4):  # as soon as it was sent
            deliver(world)
        world.restart()
        world.clock.forward(minutes=16)
    watch.watch(world.app, watch.Known())
    deliver(world)
    assert Counter(envelope.key for envelope in world.post.sent)["receipt:1"] == 3
    assert world.letters[0].state is LetterState.UNCERTAIN
    (alert,) = world.sent("alert")
    assert alert["Subject"] == "【系统告警】1 封信件发送结果不明，不再重试"
    assert "unit@example.org：receipt:1（可能已送出 3 份）" in words(alert)


# ---------------------------------------------------------------- what became of it cannot be written down


class FullDisk:
    """A journal on a disk without room."""

    def add(self, entry: object) -> None:
        """Fail."""
        raise ArchiveError("the journal cannot be written: No space left on device")


def test_a_letter_whose_departure_cannot_be_written_down_goes_once_and_no_other_before_it_is(world: World) -> None:
    put(world, "receipt:1", "receipt:2", "receipt:3")
    journal, handed_over = world.app.archive.journal, world.clock()
    world.app.archive.journal = cast(Journal, FullDisk())
    for _ in range(40):
        with pytest.raises(ArchiveError):
            deliver(world)
        world.clock.forward(minutes=16)
    assert [envelope.key for envelope in world.post.sent] == ["receipt:1"]
    world.app.archive.journal = journal
    deliver(world)
    assert Counter(envelope.key for envelope in world.post.sent) == {f"receipt:{n}": 1 for n in (1, 2, 3)}
    assert {letter.state for letter in world.letters} == {LetterState.SENT}
    assert world.letters[0].sent_at == handed_over


def test_what_was_handed_over_counts_for_the_limits_though_it_was_written_down_later(tmp_path: Path) -> None:
    world = World(tmp_path, sending={"mode": "live", "per_minute": 2, "per_day": 0, "per_address_per_hour": 0})
    put(world, *(f"receipt:{n}" for n in range(9)))
    journal = world.app.archive.journal
    for _ in range(9):
        world.app.archive.journal = cast(Journal, FullDisk())
        with suppress(ArchiveError):
            deliver_next(world.app)
        world.app.archive.journal = journal
        deliver_next(world.app)
    assert len(world.post.sent) == 2


def test_what_a_server_refused_is_written_down_late_and_counts_as_no_copy(world: World) -> None:
    put(world, "receipt:1")
    world.post.trouble = SendError("451 MI:SFQ", Meaning.MINUTES)
    with pytest.raises(StoreError), failing_commit(world, number=2):
        deliver(world)
    world.post.trouble = None
    world.clock.forward(minutes=20)
    deliver(world)
    assert [envelope.content for envelope in world.post.sent] == [b"Subject: receipt:1\r\n\r\nbody\r\n"]


def test_what_fails_before_a_letter_is_handed_over_is_no_lost_answer(world: World) -> None:
    """A password that is not there, say, however often."""

    class NoPassword(MemoryPost):
        def send(self, envelope: Envelope) -> str:
            raise ConfigError(["the environment variable is empty; put the password there"])

    put(world, "receipt:1")
    post, posts = world.post, world.app.posts
    world.app = replace(world.app, posts={"office": NoPassword()})
    for _ in range(9):
        delivery = deliver_next(world.app)
        assert delivery is None or (delivery.blocked and delivery.failure)
        world.clock.forward(minutes=16)
    assert "邮箱 office：发信登录被拒绝" in [letter.subject[6:] for letter in world.letters if letter.kind == "alert"]
    world.app = replace(world.app, posts=posts)
    deliver(world)
    assert [e.content for e in post.sent if e.kind == "receipt"] == [b"Subject: receipt:1\r\n\r\nbody\r\n"]


def test_lost_answers_count_for_the_limits(tmp_path: Path) -> None:
    world = World(tmp_path, sending={"mode": "live", "per_minute": 0, "per_day": 8, "per_address_per_hour": 5})
    put(world, *(f"receipt:{n}" for n in range(9)))
    put(world, *(f"receipt:{n}" for n in range(10, 19)), to="other@example.org")
    world.post.lose = 99
    deliver(world)
    assert Counter(envelope.to for envelope in world.post.sent) == {"unit@example.org": 5, "other@example.org": 3}


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
    assert deliver_next(world.app, {"office"}) is None
    assert only(world).attempts == 0


def test_a_daemon_that_is_not_let_in_insists_only_after_an_hour_or_a_restart(world: World) -> None:
    world.post.trouble = SendError("535 请使用授权码登录", Meaning.LOGIN)
    put(world, "receipt:1", "receipt:2")
    daemon = Daemon(world.app)
    for _ in range(3):
        daemon.send()
    assert sum(letter.attempts for letter in world.letters) == 1
    assert 3590 < daemon.backoffs["office out"].until - time.monotonic() < 2 * 3600
    Daemon(world.app).send()
    assert sum(letter.attempts for letter in world.letters) == 2


# ---------------------------------------------------------------- how many


def test_a_backlog_of_five_hundred_keeps_to_the_limits_and_the_digest_leaves_first(tmp_path: Path) -> None:
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
    assert kinds == sorted(kinds, key=[LetterKind.DIGEST, LetterKind.RECEIPT].index)


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


def test_reminders_for_which_the_day_had_no_room_left_are_told_of_by_name_and_nobody_says_that_all_went_well(
    tmp_path: Path,
) -> None:
    """Eight letters a day, six of them gone as receipts the evening before: the rest is for receipts."""
    world = World(tmp_path, sending={"mode": "live", "per_minute": 6, "per_day": 8, "per_address_per_hour": 0})
    world.clock.now = NOON.replace(day=15, hour=20)
    put(world, *(f"receipt:{n}" for n in range(6)))
    deliver(world)
    world.clock.now = NOON.replace(day=16, hour=9, minute=1)
    for _ in range(18):  # until six in the evening
        world.round()
        watch.watch(world.app, watch.Known())
        world.clock.forward(minutes=30)
    assert {(x.state, x.last_error) for x in world.letters if x.kind is LetterKind.REMINDER} == {
        (LetterState.QUEUED, None)
    }
    for _ in range(60):
        world.round()
        watch.watch(world.app, watch.Known())
        world.clock.forward(minutes=30)
    assert {(x.state, x.last_error) for x in world.letters if x.kind is LetterKind.REMINDER} == {
        (LetterState.DROPPED, LIMIT_USED_UP)
    }
    (missed,) = [alert for alert in world.sent("alert") if "提醒" in alert["Subject"]]
    assert missed["Subject"] == "【系统告警】3 家单位的提醒未能发出"
    assert "当日发信额度已用完" in words(missed)
    assert "新河街道总工会、新港街道总工会、云海港集团工会" in words(missed)
    (over,) = [alert for alert in world.sent("alert") if "恢复" in alert["Subject"]]
    assert over["Subject"] == "【系统恢复】已无信件长时间等待"
    assert "无需处理" not in words(over)


def test_reminders_that_a_dead_server_kept_back_all_day_are_told_of_and_those_that_a_report_overtook_are_not(
    world: World,
) -> None:
    world.clock.now = NOON.replace(day=16, hour=9, minute=1)
    world.post.trouble = SendError("no route to it", Meaning.UNREACHABLE)
    world.round()
    world.deliver(report())
    world.clock.now = NOON.replace(day=16, hour=18)
    world.collect()
    while judge_next(world.app):
        pass
    world.post.trouble = None
    remind(world.app)
    deliver(world)
    assert {x.unit: x.last_error for x in world.letters if x.kind is LetterKind.REMINDER} == {
        "XHE": NO_LONGER_DUE,
        "XG": TOO_LATE,
        "PORT": TOO_LATE,
    }
    (missed,) = world.sent("alert")
    assert missed["Subject"] == "【系统告警】2 家单位的提醒未能发出"
    assert "新港街道总工会、云海港集团工会" in words(missed)
    assert world.sent("reminder") == []


# ---------------------------------------------------------------- the clock


def test_after_a_clock_that_ran_a_year_ahead_letters_leave_as_soon_as_it_is_right(tmp_path: Path) -> None:
    world = World(tmp_path, sending={"mode": "live", "per_minute": 6, "per_day": 8, "per_address_per_hour": 2})
    right = world.clock.now
    world.clock.now = right + timedelta(days=365)
    put(world, *(f"receipt:{n}" for n in range(6)))
    world.post.refusals = {"full@example.org": SendError("452 full", Meaning.FULL)}
    put(world, "receipt:full", to="full@example.org")
    put(world, "receipt:lost", to="lost@example.org")
    deliver(world)
    world.post.trouble = SendError("554 MI:STC", Meaning.DAY)
    world.clock.forward(minutes=2)
    put(world, "receipt:day", to="day@example.org")
    deliver(world)
    world.post.trouble, world.post.refusals = None, {}
    world.clock.now = right + timedelta(minutes=20)
    put(world, "receipt:new")
    deliver(world)
    keys = [envelope.key for envelope in world.post.sent]
    assert {"receipt:full", "receipt:day", "receipt:new"} <= set(keys)
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("trouble", "tries"), [(Meaning.GREYLISTED, 1), (Meaning.UNCERTAIN, 1), (Meaning.MINUTES, 1)], ids=str
)
def test_in_the_hour_that_comes_twice_nothing_is_tried_again_at_once(
    tmp_path: Path, trouble: Meaning, tries: int
) -> None:
    world = World(tmp_path, organisation={"timezone": "Europe/Berlin"})
    world.clock.now = datetime(2021, 10, 31, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    put(world, "receipt:1")
    world.post.trouble = SendError("not now", trouble)
    deliver(world)
    assert only(world).attempts == tries


# ---------------------------------------------------------------- several mailboxes


def test_a_letter_of_a_mailbox_that_is_gone_leaves_under_no_other_name_and_staff_are_told(world: World) -> None:
    put(world, "receipt:1", "receipt:2", mailbox="second")
    put(world, "receipt:3")
    deliver(world)
    world.clock.forward(hours=5)
    watch.watch(world.app, watch.Known())
    deliver(world)
    assert [envelope.key for envelope in world.post.sent if envelope.kind is LetterKind.RECEIPT] == ["receipt:3"]
    (alert,) = world.sent("alert")
    assert alert["Subject"] == "【系统告警】配置中已没有邮箱 second，它的 2 封信件不能发出"
    second = world.config.mailbox[0].model_copy(update={"name": "second", "address": "second@example.net"})
    inbox, post = MemoryMailbox("second"), MemoryPost()
    world.app = replace(
        world.app,
        mailboxes=(*world.app.mailboxes, (second, inbox)),
        posts={"office": world.post, "second": post},
        sent={"office": world.sent_folder, "second": MemorySent(post)},
    )
    deliver(world)
    assert [envelope.key for envelope in post.sent] == ["receipt:1", "receipt:2"]


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
