"""Collecting mail: what a server withholds or refuses is tried again, and delays no other message."""

import hashlib
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot.daemon import backoff, daemon
from mailbot.daemon.daemon import LOGIN_SECONDS, LOGIN_TRIES, Daemon
from mailbot.domain.errors import LoginRefused, MailboxError, MessageRefused
from mailbot.domain.letter import LetterKind
from mailbot.domain.mail import Disposition, Place, Sighting
from mailbot.flows.deliver import deliver_next
from mailbot.flows.remind import remind
from mailbot.flows.watch import Known, watch
from mailbot.servers.imap import Listing, Mailbox
from support.doubles import MemoryMailbox
from support.mails import mail
from support.scripted_imap import ScriptedImap
from support.world import NOON, Crash, World, table, words


class Withholding(MemoryMailbox):
    """A server that does not describe some messages (`hidden`), does not hand them out (`refused`), breaks off over
    them (`broken`) or counts them without their names (`unnamed`); or from which they are removed when it has just
    listed them (`vanishing`) or is asked for them (`moving`); or that lets nobody in any more then (`locked`).
    `deadly`: the process dies when a piece of a mail has come."""

    def __init__(self, name: str = "office") -> None:
        super().__init__(name)
        self.hidden, self.refused, self.broken = set[int](), set[int](), set[int]()
        self.vanishing, self.described, self.asked = set[int](), list[int](), list[int]()
        self.locked, self.unnamed, self.moving, self.deadly = False, set[int](), set[int](), False

    def listing(self) -> Listing:
        whole = super().listing()
        named = tuple(uid for uid in whole.uids if uid not in self.unnamed)
        return replace(whole, uids=named, unnamed=len(whole.uids) - len(named))

    def sightings(self, listing: Listing, uids: Collection[int]) -> tuple[Sighting, ...]:
        self.described += sorted(uids)
        while self.vanishing:
            self.remove(self.vanishing.pop())
        return super().sightings(listing, set(uids) - self.hidden)

    def fetch(self, place: Place, size: int = 0) -> Iterator[bytes]:
        self.asked.append(place.uid)
        if place.uid in self.moving:
            self.moving.remove(place.uid)
            self.remove(place.uid)
        if self.deadly:
            return self._cut(place)
        if self.locked:
            raise LoginRefused("wrong password")
        if place.uid in self.refused:
            raise MessageRefused(f"message {place.uid} is not handed out")
        if place.uid in self.broken:
            raise MailboxError(f"the server broke off over {place.uid}")
        return super().fetch(place, size)

    def _cut(self, place: Place) -> Iterator[bytes]:
        yield next(super().fetch(place))[:1000]
        raise Crash


class Office(World):
    """A world with such a mailbox, and others."""

    def __init__(self, folder: Path, *others: MemoryMailbox) -> None:
        super().__init__(folder)
        self.inbox: Withholding = Withholding()
        (mailbox,) = self.config.mailbox
        inboxes = (self.inbox, *others)
        named = tuple((mailbox.model_copy(update={"name": inbox.name}), inbox) for inbox in inboxes)
        self.app = replace(self.app, mailboxes=named)


@pytest.fixture
def world(tmp_path: Path) -> Office:
    return Office(tmp_path)


def letters(number: int) -> list[bytes]:
    return [mail(subject=f"信件{n}", sender="friend@example.net") for n in range(number)]


def report(**more: Any) -> bytes:
    return mail(**{"sender": "李晓 <xinhe@example.org>", "attachments": [("附件1.xlsx", table())], **more})


def known(world: Office) -> int:
    return len(list(world.app.archive.messages()))


def last_poll(world: Office) -> object:
    with world.app.store.transaction() as tx:
        return tx.last_complete_poll("office", world.inbox.folder)


def test_messages_that_are_not_handed_out_keep_back_no_other_and_the_round_is_not_complete(world: Office) -> None:
    for raw in letters(8):
        world.deliver(raw)
    world.inbox.refused = {1, 2, 3, 4, 5}
    with pytest.raises(MessageRefused, match="message 1 is not handed out; not taken in are messages 1, 2, 3, 4, 5"):
        world.collect()
    assert known(world) == 3
    assert last_poll(world) is None
    world.inbox.refused.clear()
    world.collect()
    assert known(world) == 8
    assert last_poll(world) == NOON


def rounds(world: Office, number: int) -> None:
    """So many rounds that are not complete."""
    for _ in range(number):
        with pytest.raises(MailboxError, match="broke off over"):
            world.collect()


def forget(world: Office) -> None:
    """As where each round is a process of its own."""
    world.app.withheld.clear()


@pytest.mark.parametrize("broken", [{1, 2, 3}, {1, 2, 3, 8, 9, 10}, {1, 2, 3, 4, 5, 6, 9, 10}])
@pytest.mark.parametrize("between", [forget, lambda world: None], ids=["one round a process", "daemon"])
def test_messages_that_break_the_connection_keep_back_no_other_for_ever(
    world: Office, broken: set[int], between: Callable[[Office], None]
) -> None:
    for raw in letters(10):
        world.deliver(raw)
    world.inbox.broken = broken
    for _ in range(100):
        rounds(world, 1)
        between(world)
        if known(world) == 10 - len(broken):
            break
    assert known(world) == 10 - len(broken)
    assert last_poll(world) is None
    world.inbox.broken = set()
    world.collect()
    assert known(world) == 10
    assert last_poll(world) == NOON
    assert world.app.withheld == {"office": {}}


def test_staff_are_told_which_messages_are_not_handed_out_and_what_to_do(world: Office) -> None:
    world.collect()
    for raw in letters(4):
        world.deliver(raw)
    world.inbox.broken, world.inbox.refused, world.inbox.hidden = {1}, {3}, {4}
    world.clock.forward(minutes=20)
    rounds(world, 1)
    watch(world.app, Known())
    while deliver_next(world.app):
        pass
    (alert,) = world.sent("alert")
    assert alert["Subject"] == "【系统告警】邮箱 office 长时间未能完整收取"
    text = words(alert)
    assert "服务器列出了 3 封邮件，但未能取下：" in text
    assert "编号（UID）1，09月14日 12:00 到达，约 1 KB：the server broke off over 1" in text
    assert "编号（UID）3，09月14日 12:00 到达，约 1 KB：message 3 is not handed out" in text
    assert "编号（UID）4，到达时间未知：mailbox office: the server lists 4 in INBOX" in text
    assert "请在网页邮箱中按到达时间查看上列邮件：需要其内容的，请来件人重新发送，再将该邮件移到其他文件夹。" in text


def test_what_broke_the_connection_comes_last_in_the_next_round(world: Office) -> None:
    for raw in letters(3):
        world.deliver(raw)
    world.inbox.broken = {1, 2, 3}
    rounds(world, 1)
    for raw in letters(5)[3:]:
        world.deliver(raw)
    rounds(world, 1)
    assert world.inbox.asked[3:5] == [4, 5]
    assert set(world.inbox.asked[5:]) == {1, 2, 3}


def test_a_server_that_breaks_off_over_everything_is_left_after_the_third_time(world: Office) -> None:
    for raw in letters(8):
        world.deliver(raw)
    world.inbox.broken = set(range(1, 9))
    with pytest.raises(MailboxError, match=r"broke off over (\d) \(over message \1 in INBOX\)"):
        world.collect()
    assert len(world.inbox.asked) == 3


def test_a_log_in_that_is_refused_between_two_messages_is_not_tried_again_for_the_next(world: Office) -> None:
    for raw in letters(8):
        world.deliver(raw)
    world.inbox.locked = True
    with pytest.raises(LoginRefused):
        world.collect()
    assert len(world.inbox.asked) == 1


def test_a_message_that_is_listed_and_not_described_makes_the_round_incomplete(world: Office) -> None:
    for raw in letters(3):
        world.deliver(raw)
    world.inbox.hidden = {2}
    with pytest.raises(MailboxError, match=r"the server lists 2 in INBOX and does not hand it out"):
        world.collect()
    assert known(world) == 2
    assert last_poll(world) is None
    world.inbox.hidden.clear()
    world.collect()
    assert known(world) == 3


def test_where_the_server_counts_more_than_it_names_the_round_is_not_complete(world: Office) -> None:
    for raw in letters(3):
        world.deliver(raw)
    world.inbox.unnamed = {2, 3}
    with pytest.raises(MessageRefused, match=r"the server says that INBOX holds 3 messages and names 1; look in the"):
        world.collect()
    assert known(world) == 1
    assert last_poll(world) is None
    world.inbox.unnamed = set()
    world.collect()
    assert known(world) == 3
    assert last_poll(world) == NOON


def test_a_message_that_vanishes_before_it_is_described_is_nobodys_fault(world: Office) -> None:
    for raw in letters(2):
        world.deliver(raw)
    world.inbox.vanishing = {2}
    world.collect()
    assert last_poll(world) == NOON


def test_after_a_complete_round_only_new_mail_is_looked_at(world: Office) -> None:
    for raw in letters(3):
        world.deliver(raw)
    world.collect()
    assert world.inbox.listing().uids == ()
    world.deliver(mail(subject="neu"))
    world.collect()
    assert world.inbox.described == [1, 2, 3, 4]


def test_a_first_look_at_an_old_mailbox_fetches_and_answers_nothing_of_its_history(world: Office) -> None:
    history = letters(300)
    for raw in history:
        world.deliver(raw, NOON - timedelta(days=200))
    world.deliver(mail(subject="heute"))
    world.collect()
    assert known(world) == 1
    world.inbox.renumber()
    world.collect()
    assert known(world) == 1


def test_several_mailboxes_are_read_each_for_itself(tmp_path: Path) -> None:
    second = MemoryMailbox("second")
    world = Office(tmp_path, second)
    one, two = letters(2)
    world.deliver(one)
    second.deliver(two, NOON)
    second.deliver(one, NOON)
    world.collect()
    assert known(world) == 2
    second.troubles = [MailboxError("unreachable")]
    world.deliver(mail(subject="neu"))
    with pytest.raises(MailboxError):
        world.collect()
    assert known(world) == 3, "the trouble of one is not the other's"


def test_a_folder_that_is_no_longer_configured_holds_nothing_back(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.round()
    (mailbox,) = world.config.mailbox
    world.config = world.config.model_copy(update={"mailbox": (mailbox.model_copy(update={"folder": "统计表"}),)})
    world.inbox = MemoryMailbox(folder="统计表")
    world.restart()
    world.clock.now = NOON.replace(day=16, hour=9, minute=1)  # ten working days before the deadline
    remind(world.app)
    assert LetterKind.REMINDER not in {letter.kind for letter in world.letters}, "the new one is not known yet"
    world.round()
    assert len(world.sent("reminder")) == 3
    watch(world.app, Known())
    assert LetterKind.ALERT not in {letter.kind for letter in world.letters}


def test_mails_of_one_message_id_that_differ_are_both_judged(world: Office) -> None:
    for number in (1, 2):
        world.deliver(mail(text=f"第{number}封", message_id="<same@example.org>"))
    world.round()
    assert len(world.messages) == 2
    assert Disposition.DUPLICATE not in {message.disposition for message in world.messages}


def test_a_mail_without_a_message_id_is_judged_once_wherever_it_is_copied_to(world: Office) -> None:
    raw = mail(message_id=None)
    for _ in range(2):
        world.deliver(raw)
    world.round()
    world.inbox.remove(1)
    world.inbox.renumber()
    world.deliver(raw)
    world.round()
    assert len(world.messages) == 1
    assert len(world.sent()) == 1


def test_an_identical_mail_of_another_message_id_is_a_mail_of_its_own_and_its_figures_count_once(
    world: Office,
) -> None:
    for message_id in ("<one@example.org>", "<two@example.org>"):
        world.deliver(report(message_id=message_id))
        world.round()
    assert len(world.messages) == 2
    assert len(world.sent()) == 2, "who sends again wants an answer"
    assert sum(stored.submission.current for stored in world.submissions) == 1


def test_a_mail_that_is_moved_away_while_it_is_fetched_and_moved_back_is_taken_in_once(world: Office) -> None:
    world.deliver(report())
    world.inbox.moving = {1}
    with pytest.raises(MessageRefused, match="message 1 is no longer in INBOX"):
        world.round()
    world.round()
    assert known(world) == 0
    assert last_poll(world) == NOON, "what is gone holds nothing back"
    for _ in range(2):
        back = world.inbox.deliver(report(), NOON)
        world.round()
        world.inbox.remove(back.uid)
    assert len(world.messages) == 1
    assert len(world.sent()) == 1


def test_a_crash_between_two_pieces_of_a_mail_leaves_nothing_of_it_and_it_comes_whole_the_next_time(
    world: Office,
) -> None:
    world.deliver(report())
    world.inbox.deadly = True
    with pytest.raises(Crash):
        world.collect()
    assert known(world) == 0
    assert world.messages == ()
    world.inbox.deadly = False
    world.restart()
    world.round()
    assert [world.app.archive.open(sha256) for sha256 in world.app.archive.messages()] == [report()]
    assert len(world.sent()) == 1


def test_a_mail_that_is_set_aside_keeps_its_bytes_and_a_reason_and_the_next_is_read(world: Office) -> None:
    world.reader.deadly.append(report())
    world.deliver(report())
    world.deliver(mail(subject="明天的会", text="请带上材料。", sender="friend@example.net"))
    world.round()
    first, second = world.messages
    assert (first.code, second.code) == ("quarantined", None)
    assert first.reason != ""
    assert world.app.archive.open(hashlib.sha256(report()).hexdigest()) == report()


# ---------------------------------------------------------------- backoff


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the daemon leaves a server alone, without what is drawn at random."""
    monkeypatch.setattr(backoff, "JITTER", 0)
    now = [1000.0]
    monkeypatch.setattr(daemon.time, "monotonic", lambda: now[0])
    return now


def failing_polls(world: Office, now: list[float], trouble: MailboxError, number: int) -> list[float]:
    waited, running = [], Daemon(world.app)
    for _ in range(number):
        world.inbox.troubles = [trouble]
        ((mailbox, inbox),) = world.app.mailboxes
        with pytest.raises(MailboxError):
            running.poll(mailbox, inbox)
        waited.append(max(0, running.backoffs["office"].until - now[0]))
        now[0] = max(now[0], running.backoffs["office"].until)
    return waited


def test_a_server_that_fails_is_left_alone_longer_and_longer(world: Office, waits: list[float]) -> None:
    assert failing_polls(world, waits, MailboxError("gone"), 7) == [5, 60, 120, 240, 480, 900, 900]


def test_a_wrong_password_is_not_insisted_on(world: Office, waits: list[float]) -> None:
    seconds = failing_polls(world, waits, LoginRefused("wrong password"), 5)
    assert [s >= LOGIN_SECONDS for s in seconds] == [n >= LOGIN_TRIES for n in range(1, 6)]


def test_a_message_that_is_not_handed_out_makes_the_daemon_wait_no_longer(world: Office, waits: list[float]) -> None:
    assert failing_polls(world, waits, MessageRefused("not this one"), 3) == [0, 0, 0]


@pytest.mark.parametrize(
    ("idle", "opened"),
    [([b"+ idling", b"* BYE maintenance", b""], 3), ([b"+ idling"], 2)],
    ids=["bye-and-opened-anew-once", "never-done"],
)
def test_the_mailbox_is_read_again_within_the_interval_whatever_becomes_of_idle(
    world: Office, scripted_imap: Callable[..., ScriptedImap], idle: list[bytes] | None, opened: int
) -> None:
    empty = [b"* 0 EXISTS", b"* OK [UIDVALIDITY 7] stays", b"OK done"]
    idles = {"CAPABILITY": [b"* CAPABILITY IMAP4rev1 IDLE", b"OK done"], "IDLE": idle, "DONE": None}
    server = scripted_imap({**idles, "EXAMINE": empty})
    inbox = Mailbox(server.config(), timeout=0.2)
    began = time.monotonic()
    Daemon(world.app).poll(server.config().model_copy(update={"poll_seconds": 3}), inbox)
    assert time.monotonic() - began < 3 + daemon.SHORTEST_WAIT
    assert len([command for command in server.log if command.startswith("EXAMINE")]) == opened
    inbox.close()
