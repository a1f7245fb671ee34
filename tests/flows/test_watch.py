"""Self-monitoring: a full disk, an unreachable mailbox, a hanging task, a clock that is set."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import update

from mailbot.cli import options
from mailbot.cli.commands import backup, health
from mailbot.cli.commands.once import one_pass
from mailbot.cli.options import progress
from mailbot.daemon import daemon as daemons
from mailbot.daemon import heartbeat
from mailbot.daemon.daemon import Daemon
from mailbot.domain.errors import (
    ArchiveError,
    DiskNearlyFull,
    MailboxError,
    Meaning,
    MessageLost,
    SendError,
    StoreError,
)
from mailbot.domain.letter import Envelope, LetterState, Rest
from mailbot.domain.mail import Disposition, Place
from mailbot.flows import watch
from mailbot.flows.begin import begin
from mailbot.flows.deliver import deliver_next
from mailbot.flows.judge import judge_next
from mailbot.flows.watch import Known
from mailbot.servers.smtp import Post
from storage import tables
from storage.store import Transaction
from support.daemons import running
from support.doubles import MemoryMailbox, MemoryPost, MemorySent
from support.loopback import SilentServer, mailbox_config
from support.mails import mail
from support.world import NOON, SHANGHAI, World, table, words

MIB = 2**20


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The free bytes of the disk, to be set."""
    found = [10_000 * MIB]
    monkeypatch.setattr(watch, "free_bytes", lambda _: found[0])
    return found


def report() -> bytes:
    return mail(sender="李晓 <xinhe@example.org>", attachments=[("附件1.xlsx", table())])


def judge_all(world: World) -> None:
    """Judge all that waits."""
    while judge_next(world.app):
        pass


def send_all(world: World) -> None:
    """Deliver all that is due."""
    while deliver_next(world.app):
        pass


def look(world: World) -> None:
    """One look, and what follows of it sent."""
    watch.watch(world.app, Known(since=NOON - timedelta(days=9)))
    send_all(world)


def alerts(world: World) -> list[str]:
    return [str(letter["Subject"]) for letter in world.sent("alert")]


# ---------------------------------------------------------------- the disk


def test_a_nearly_full_disk_stops_intake_and_nothing_else_and_says_so(world: World, free: list[int]) -> None:
    world.deliver(report())
    world.collect()
    free[0] = 100 * MIB
    world.deliver(mail(sender="新港 <xingang@example.org>", attachments=[("a.xlsx", table("新港街道总工会"))]))
    with pytest.raises(DiskNearlyFull, match="100 MiB of the disk are free and 512 MiB are kept free"):
        world.collect()
    judge_all(world)
    look(world)
    assert [m.disposition for m in world.messages] == [Disposition.SUBMISSION]
    assert len(world.sent()) == 1
    assert alerts(world) == ["【系统告警】磁盘空间不足，已暂停收件"]
    assert "来件留在邮箱中，不会丢失" in words(world.sent("alert")[0])
    look(world)
    assert len(alerts(world)) == 1
    free[0] = 1000 * MIB
    world.clock.forward(minutes=1)
    world.round()
    look(world)
    assert len(world.messages) == 2
    assert alerts(world)[1:] == ["【系统恢复】磁盘空间已恢复，继续收件"]


def test_a_mail_that_is_too_large_for_what_is_left_waits(world: World, free: list[int]) -> None:
    free[0] = 600 * MIB
    watch.check_room(world.config, 300 * MIB)
    with pytest.raises(DiskNearlyFull, match="602 MiB are kept free"):
        watch.check_room(world.config, 301 * MIB)


def test_a_database_that_cannot_be_written_sets_no_mail_aside(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.deliver(report())
    world.collect()
    save = Transaction.save

    def fail(*arguments: object, **named: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Transaction, "save", fail)
    for _ in range(20):
        with pytest.raises(StoreError):
            judge_all(world)
    monkeypatch.setattr(Transaction, "save", save)
    world.round()
    assert [m.disposition for m in world.messages] == [Disposition.SUBMISSION]


# ---------------------------------------------------------------- a message that the archive has lost


def lose_one(world: World, others: int = 4) -> Path:
    """Accept some mails and damage the first of them; its file in the archive."""
    for number in range(others + 1):
        world.deliver(
            mail(subject=f"报表{number}", sender="李晓 <xinhe@example.org>", attachments=[("a.xlsx", table())])
        )
    world.collect()
    with world.app.store.transaction() as tx:
        first = tx.next_waiting(world.clock())
    assert first is not None
    file = world.config.archive.path / first.sha256[:2] / f"{first.sha256}.eml"
    file.write_bytes(b"bit rot")
    return file


def judge_what_can_be_judged(world: World, tries: int = 10) -> None:
    """As the tick does: a failure ends it, and the next time tries again."""
    for _ in range(tries):
        with suppress(MessageLost):
            judge_all(world)


def unjudged(world: World) -> int:
    return sum(message.disposition is None for message in world.messages)


@pytest.mark.parametrize("harm", [lambda file: None, Path.unlink], ids=["damaged", "missing"])
def test_a_message_that_the_archive_has_lost_stops_no_other_and_staff_hear_its_name(
    world: World, harm: Callable[[Path], object]
) -> None:
    file = lose_one(world)
    world.inbox.remove(1)  # a colleague has cleared it away
    harm(file)
    judge_what_can_be_judged(world)
    look(world)
    assert unjudged(world) == 1
    assert alerts(world) == ["【系统告警】1 封来件的归档原件缺失或损坏，暂时无法读取"]
    assert file.stem in words(world.sent("alert")[0])
    assert "restore it from the last backup" in words(world.sent("alert")[0])
    for _ in range(30):  # nothing of it is an attempt, so it is never set aside
        world.clock.forward(hours=1)
        world.collect()
        judge_what_can_be_judged(world)
    assert unjudged(world) == 1


def test_a_message_that_was_restored_from_a_backup_is_judged_within_the_hour_or_at_the_next_start(world: World) -> None:
    file = lose_one(world, others=0)
    whole = b"".join(world.inbox.fetch(Place("office", "INBOX", 1, 1)))
    world.inbox.remove(1)
    judge_what_can_be_judged(world)
    file.write_bytes(whole)
    judge_what_can_be_judged(world)
    assert unjudged(world) == 1
    world.restart()
    begin(world.app)
    judge_all(world)
    assert [m.disposition for m in world.messages] == [Disposition.SUBMISSION]
    look(world)
    assert alerts(world) == []


def test_a_message_that_the_archive_has_lost_is_fetched_again_where_it_still_lies_on_the_server(world: World) -> None:
    lose_one(world)
    judge_what_can_be_judged(world)
    look(world)
    world.inbox.forget()  # once an hour everything is listed
    world.clock.forward(minutes=5)
    world.collect()
    judge_all(world)
    assert unjudged(world) == 0
    assert len(world.messages) == 5
    look(world)
    assert alerts(world)[1:] == ["【系统恢复】来件的归档原件已恢复并读取"]


def test_a_pass_goes_on_past_what_it_cannot_judge_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    file = lose_one(world)
    with progress() as bar:
        again = one_pass(world.app, bar)
    assert len(world.sent()) == 4
    assert [file.stem in sentence for sentence in again] == [True]

    def full(entry: object) -> None:
        raise ArchiveError("the journal cannot be written: No space left on device")

    world.deliver(mail(sender="新港 <xingang@example.org>", attachments=[("a.xlsx", table("新港街道总工会"))]))
    with monkeypatch.context() as patch, progress() as bar:
        patch.setattr(world.app.archive.journal, "add", full)
        assert "No space left on device" in " ".join(one_pass(world.app, bar))
    world.inbox.forget()
    with progress() as bar:
        assert one_pass(world.app, bar) == []
    assert unjudged(world) == 0


# ---------------------------------------------------------------- the dead-man's switch


def test_a_mailbox_that_stays_shut_is_told_of_by_mail_once_and_its_opening_too(world: World) -> None:
    world.round()
    world.clock.forward(minutes=10)
    look(world)
    assert alerts(world) == []
    world.clock.forward(minutes=10)
    for _ in range(3):
        look(world)
    assert alerts(world) == ["【系统告警】邮箱 office 长时间未能完整收取"]
    world.round()
    look(world)
    assert alerts(world)[1:] == ["【系统恢复】邮箱 office 恢复正常收取"]


def with_another(world: World) -> MemoryPost:
    """A second mailbox; its way out."""
    (office,) = world.config.mailbox
    other = office.model_copy(update={"name": "other", "address": "other@example.com"})
    post = MemoryPost()
    world.app = replace(
        world.app,
        config=world.config.model_copy(update={"mailbox": (office, other)}),
        mailboxes=((office, world.inbox), (other, MemoryMailbox("other"))),
        posts={"office": world.post, "other": post},
        sent={"office": world.sent_folder, "other": MemorySent(post)},
    )
    return post


def subjects(post: MemoryPost) -> list[str]:
    return [envelope.subject for envelope in post.sent if envelope.kind == "alert"]


def test_an_alert_leaves_from_an_account_that_does_not_rest(world: World, free: list[int]) -> None:
    other = with_another(world)
    free[0] = 0
    watch.watch(world.app, Known())
    send_all(world)
    assert (len(subjects(world.post)), len(subjects(other))) == (1, 0)
    world.clock.forward(days=1, minutes=1)
    with world.app.store.transaction() as tx:
        tx.rest(Rest("office", world.clock.now + timedelta(hours=1), "its quota is used up"))
    watch.watch(world.app, Known())
    send_all(world)
    assert (len(subjects(world.post)), len(subjects(other))) == (1, 1)


def test_an_alert_leaves_from_an_account_that_has_not_just_failed(world: World) -> None:
    other = with_another(world)
    world.post.trouble = SendError("there is no connection", Meaning.UNREACHABLE)
    world.deliver(report())
    world.collect()
    judge_all(world)
    daemon = Daemon(world.app)
    for _ in range(9):
        daemon.backoffs["office out"].until = 0.0
        world.clock.forward(minutes=10)
        world.collect()
        daemon.send()
        daemon.watch()
        daemon.send()
    assert subjects(other) == ["【系统告警】1 封信件长时间未能发出"]


def test_a_pass_sends_its_alerts_from_an_account_that_has_not_just_failed(world: World, free: list[int]) -> None:
    other = with_another(world)
    world.post.trouble = SendError("there is no connection", Meaning.UNREACHABLE)
    world.deliver(report())
    world.collect()
    free[0] = 0
    with progress() as bar:
        assert "there is no connection" in " ".join(one_pass(world.app, bar))
    assert subjects(other) == ["【系统告警】磁盘空间不足，已暂停收件"]


def test_that_an_account_is_let_in_again_is_told_once_to_who_heard_that_it_was_not(world: World) -> None:
    other = with_another(world)
    world.post.trouble = SendError("535 authentication failed", Meaning.LOGIN)
    world.deliver(report())
    world.round()
    world.clock.forward(days=1, hours=1)  # told of twice
    world.round()
    assert subjects(other) == 2 * ["【系统告警】邮箱 office：发信登录被拒绝"]
    look(world)
    world.post.trouble = None
    for _ in range(4):
        world.clock.forward(hours=2)
        world.collect()
        send_all(world)
        look(world)
    assert [subject for subject in subjects(world.post) if "恢复发信" in subject] == [
        "【系统恢复】邮箱 office 恢复发信"
    ]


def test_letters_that_do_not_leave_are_told_of_as_soon_as_something_leaves(world: World) -> None:
    world.post.refusals["xinhe@example.org"] = SendError("451 try later")
    world.deliver(report())
    world.round()
    for _ in range(9):
        world.clock.forward(minutes=20)
        world.collect()
        send_all(world)
        look(world)
    assert alerts(world) == ["【系统告警】1 封信件长时间未能发出"]
    assert "451 try later" in words(world.sent("alert")[0])


def test_backups_that_are_made_no_more_are_told_of(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "load", lambda path, **more: world.config)
    watch.watch(world.app, Known())
    done = CliRunner().invoke(backup.command, ["--config", "config.toml", str(world.config.archive.path.parent)])
    assert done.exit_code == 0, done.output
    world.clock.now = datetime.now(SHANGHAI) + timedelta(days=7)
    watch.watch(world.app, Known())
    assert world.letters == ()
    world.clock.forward(days=2)
    watch.watch(world.app, Known())
    assert [letter.subject for letter in world.letters] == ["【系统告警】已有 9 天没有备份"]


# ---------------------------------------------------------------- the daemon


def wait_for(true: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_the_heart_beats_while_the_daemon_runs_and_says_when_it_stops(world: World) -> None:
    archive = world.config.archive.path
    with running(Daemon(world.app)):
        wait_for(lambda: heartbeat.read(archive))
        beat = heartbeat.read(archive)
        assert beat is not None
        assert beat.death(datetime.now(UTC)) is None
        assert {"poll office", "judge", "send", "remind", "report", "watch", "check"} <= {
            duty.name for duty in beat.duties
        }
    beat = heartbeat.read(archive)
    assert beat is not None
    assert beat.stopped


def test_a_stop_is_enforced_where_something_does_not_end_and_only_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, hanging = list[int](), threading.Event()
    monkeypatch.setattr(daemons, "STOP_SECONDS", 1.5)
    monkeypatch.setattr(daemons.os, "_exit", lambda status: (left.append(status), hanging.set()))
    with running(Daemon(world.app)):
        pass
    time.sleep(2)
    assert left == []
    world.restart()
    monkeypatch.setattr(world.inbox, "close", lambda: hanging.wait(20))
    with running(Daemon(world.app)):
        pass
    assert left == [1]


def test_a_stop_does_not_wait_for_a_server_that_says_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    left = list[int]()
    monkeypatch.setattr(daemons.os, "_exit", left.append)
    world.deliver(report())
    world.collect()
    judge_all(world)
    with SilentServer() as server:
        post = Post(mailbox_config(smtp_port=server.port))
        world.app = replace(world.app, posts={"office": post})
        with running(Daemon(world.app)):
            wait_for(lambda: server.called)
            began = time.monotonic()
        assert time.monotonic() - began < 15
    assert left == []
    world.restart()
    assert {letter.state for letter in world.letters} == {LetterState.QUEUED}


def test_a_tick_that_hangs_ends_the_process_with_70_and_the_watchdog_is_not_fed_by_it(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hanging, left, told = threading.Event(), list[int](), list[str]()

    def hang(envelope: Envelope) -> str:
        hanging.wait(20)
        return "250 OK"

    monkeypatch.setattr(world.post, "send", hang)
    monkeypatch.setattr(daemons.service_manager, "notify", told.append)
    daemon = Daemon(world.app, hung_seconds=1)

    def leave(status: int) -> None:
        left.append(status)
        told.append("left")
        daemon.stopping.set()
        hanging.set()

    monkeypatch.setattr(daemons.os, "_exit", leave)
    world.deliver(report())
    world.collect()
    judge_all(world)
    with running(daemon):
        wait_for(lambda: left)
    assert left[0] == 70
    assert "send has not got on for" in caplog.text
    assert told[0] == "READY=1"
    assert "WATCHDOG=1" in told[: told.index("left")]
    assert told[-1] == "STOPPING=1"


def test_a_daemon_whose_ticks_are_young_feeds_the_watchdog(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = list[bytes]()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with running(Daemon(world.app)):
            while heard.count(b"WATCHDOG=1") < 3:
                heard.append(manager.recv(100))
        heard.append(manager.recv(100))
    assert heard[0] == b"READY=1"


def test_a_tick_that_keeps_failing_stands_in_the_heartbeat(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "SECONDS", 0.0)
    world.inbox.troubles = [MailboxError("unreachable")] * 99
    file = heartbeat.path(world.config.archive.path)
    with running(Daemon(world.app)):
        wait_for(lambda: file.exists() and "unreachable" in file.read_text())


def ask_health(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    monkeypatch.setattr(options, "load", lambda path, **more: world.config)
    done = CliRunner().invoke(health.command, ["--config", "config.toml"])
    return done.exit_code, done.output


def test_monitoring_hears_within_five_minutes_that_no_letter_leaves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.post.trouble = SendError("there is no connection with smtp.example.com", Meaning.UNREACHABLE)
    world.deliver(report())
    world.collect()
    judge_all(world)
    now = datetime.now(UTC)  # `health` goes by the clock of this machine
    world.execute(update(tables.Letter).values(queued_at=now, due_at=now))
    world.clock.now = datetime.now(SHANGHAI)
    daemon = Daemon(world.app)
    daemon.send()
    daemon.beat([])
    assert ask_health(world, monkeypatch)[0] == 0
    daemon.backoffs["office out"].since -= 5 * 60 - 20
    daemon.beat([])
    status, said = ask_health(world, monkeypatch)
    assert status == 1
    assert "degraded: sending from office has failed for 28" in said
    assert "there is no connection with smtp.example.com" in said
    world.post.trouble, daemon.backoffs["office out"].until = None, 0.0
    world.clock.forward(minutes=2)
    daemon.send()
    daemon.beat([])
    assert ask_health(world, monkeypatch)[0] == 0


@pytest.mark.parametrize("step", [timedelta(hours=-2), timedelta(days=365)])
def test_the_daemon_goes_on_within_seconds_when_the_clock_is_set(
    world: World, monkeypatch: pytest.MonkeyPatch, step: timedelta
) -> None:
    judged = list[float]()
    monkeypatch.setattr(Daemon, "judge", lambda self, *, slowly=False: judged.append(time.monotonic()))
    with time_machine.travel(datetime.now(UTC), tick=True) as clock, running(Daemon(world.app)):
        wait_for(lambda: judged)
        clock.shift(step)
        judged.clear()
        wait_for(lambda: len(judged) >= 4)  # each lane twice


def test_a_clock_that_jumps_ahead_holds_reminders_and_digests_back_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = Daemon(world.app)
    world.round()
    world.post.sent.clear()
    daemon.clock_was_set(365 * 86400)
    world.clock.now = NOON.replace(day=27)  # a Monday, and past a stage of reminders
    world.collect()
    daemon.remind()
    daemon.report()
    daemon.watch()
    send_all(world)
    assert {letter.kind for letter in world.post.sent} == {"alert"}
    assert "本机时钟被大幅调整，提醒和周报暂缓" in alerts(world)[0]
    daemon.clock_was_set(-365 * 86400)
    daemon.remind()
    daemon.report()
    send_all(world)
    assert "digest" in {letter.kind for letter in world.post.sent}


def test_a_restart_does_not_make_a_clock_believed_that_jumped_ahead(world: World) -> None:
    archive = world.config.archive.path
    before = Daemon(world.app)
    before.clock_was_set(365 * 86400)
    before.beat([])
    world.clock.now = NOON.replace(day=27)
    world.collect()
    daemon = Daemon(world.app)
    with running(daemon):
        wait_for(lambda: (beat := heartbeat.read(archive)) and beat.started_at == daemon.started_at)
        wait_for(lambda: alerts(world))
    assert {letter.kind for letter in world.post.sent} == {"alert"}
    beat = heartbeat.read(archive)
    assert beat is not None
    assert 3000 < beat.doubt < 3600


@pytest.mark.parametrize("step", [10, -10, -7200])
def test_a_small_step_or_one_back_holds_nothing_back(world: World, step: float) -> None:
    daemon = Daemon(world.app)
    daemon.clock_was_set(step)
    assert not daemon.doubts_clock
