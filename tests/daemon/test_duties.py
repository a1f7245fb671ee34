"""The daemon's timetable: failures are logged, hangs are noticed, and setting the clock neither stops nor floods it."""

import json
import os
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from mailbot.daemon import heartbeat, service_manager
from mailbot.daemon.clock import ClockSteps
from mailbot.daemon.duties import Every, Tick, report_progress, timetable, wake
from mailbot.daemon.heartbeat import Duty, Heartbeat
from mailbot.domain.errors import MailboxError

NOW = datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC)  # a second before Europe's clocks go back


def tick(work: object = None, seconds: float = 10, hung: float = 100) -> Tick:
    return Tick("send", seconds, work or (lambda: None), hung)  # type: ignore[arg-type]


def test_a_failure_is_kept_with_its_age_until_a_run_succeeds() -> None:
    faults = [MailboxError("unreachable"), ValueError("odd"), None]

    def work() -> None:
        if fault := faults.pop(0):
            raise fault

    one = tick(work)
    one()
    assert one.failure == "unreachable"
    one()
    assert one.failure == "ValueError: odd"
    assert one.failing > 0
    one()
    assert (one.failure, one.failing) == (None, 0.0)


def test_a_tick_that_does_not_get_on_hangs_and_one_that_does_does_not() -> None:
    ages: list[tuple[float, bool]] = []

    def work() -> None:
        time.sleep(0.25)
        ages.append((one.quiet, one.hangs))
        report_progress()
        ages.append((one.quiet, one.hangs))

    one = tick(work, seconds=0.001, hung=0.2)
    one()
    (_, before), (_, after) = ages
    assert (before, after) == (True, False)
    report_progress()  # outside a tick it says nothing


def test_the_next_time_is_after_now_whatever_has_passed() -> None:
    every = Every(2)
    assert every.get_next_fire_time(NOW, NOW + timedelta(days=365)) == NOW + timedelta(days=365, seconds=2)
    assert every.get_next_fire_time(NOW, NOW) == NOW + timedelta(seconds=2)


@pytest.mark.parametrize("step", [timedelta(hours=-2), timedelta(days=365)])
def test_ticks_go_on_within_seconds_when_the_clock_is_set(step: timedelta) -> None:
    runs: list[float] = []
    one = Tick("plan", 0.2, lambda: runs.append(time.monotonic()), 100)
    with time_machine.travel(NOW, tick=True) as clock:
        steps, scheduler = ClockSteps(), timetable([one])
        scheduler.start()
        time.sleep(0.5)
        before = len(runs)
        clock.shift(step)
        assert abs(steps.step() - step.total_seconds()) < 1
        assert steps.step() == 0
        wake(scheduler, one)
        time.sleep(0.7)
        scheduler.shutdown()
    assert before >= 2
    assert 2 <= len(runs) - before <= 6


def test_ticks_count_in_a_zone_without_summer_time() -> None:
    one = tick()
    scheduler = timetable([one])
    scheduler.start(paused=True)
    try:
        (job,) = scheduler.get_jobs()
        assert job.trigger.get_next_fire_time(NOW, NOW) - NOW == timedelta(seconds=10)
        assert scheduler.timezone is UTC
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
    finally:
        scheduler.shutdown()


# ---------------------------------------------------------------- the service manager


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_the_service_manager_hears_what_it_is_told(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = str(tmp_path / "notify") if kind == "path" else f"@mailbot-test-{os.getpid()}"
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address.replace("@", "\0", 1))
        service_manager.notify("WATCHDOG=1")
        assert manager.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize("address", ["", "vsock:2:1", "/nowhere/at/all"])
def test_without_a_service_manager_nothing_happens(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    service_manager.notify("READY=1")


# ---------------------------------------------------------------- the heartbeat


def beat(**changes: object) -> Heartbeat:
    well = {"at": NOW, "started_at": NOW, "pid": 7, "version": "1"}
    return Heartbeat.model_validate({**well, **changes})


def duty(**changes: object) -> Duty:
    return Duty.model_validate({"name": "send", "seconds": 2, "quiet": 1, "runs": False, **changes})


def test_a_heartbeat_comes_back_as_it_was_written_and_is_private(tmp_path: Path) -> None:
    assert heartbeat.read(tmp_path) is None
    written = beat(duties=(duty(failing=3, failure="refused"),), damage="torn")
    heartbeat.write(written, tmp_path)
    assert heartbeat.read(tmp_path) == written
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_who_reads_a_heartbeat_never_finds_half_of_one(tmp_path: Path) -> None:
    stop, read = threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            if heartbeat.path(tmp_path).exists():
                read.append(json.loads(heartbeat.path(tmp_path).read_bytes()))

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(300):
        heartbeat.write(beat(pid=number, damage="x" * number), tmp_path)
    stop.set()
    reader.join()
    assert read


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, None),
        ({"at": NOW - timedelta(minutes=5)}, "the daemon does not run, or hangs"),
        ({"at": NOW + timedelta(hours=2)}, "the daemon does not run, or hangs"),
        ({"stopped": True}, "the daemon was stopped"),
    ],
)
def test_a_daemon_lives_while_its_heart_beats(changes: dict[str, object], says: str | None) -> None:
    death = beat(**changes).death(NOW)
    assert death is None if says is None else death is not None and says in death


@pytest.mark.parametrize(
    ("silence", "doubt", "after"),
    [
        (timedelta(seconds=20), 0, 0),
        (timedelta(days=2), 0, 0),
        (timedelta(seconds=20), 1800, 1800),  # started anew in the hour after the clock was set ahead
        (timedelta(days=200), 0, 3600),  # set ahead, or shut down for so long
        (timedelta(days=-200), 1800, 0),  # corrected meanwhile
    ],
)
def test_a_clock_that_was_not_believed_is_not_believed_after_a_restart(
    silence: timedelta, doubt: float, after: float
) -> None:
    assert beat(doubt=doubt).doubt_at(NOW + silence) == after


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"failing": 1, "failure": "damaged"}, ["send has failed for 1 s: damaged"]),
        ({"failing": 100, "failure": "refused", "remote": True}, []),
        ({"failing": 300, "failure": "refused", "remote": True}, ["send has failed for 300 s: refused"]),
        ({"quiet": 300, "runs": True}, ["send has not got on for 300 s"]),
        ({"quiet": 300, "seconds": 3600}, []),
    ],
)
def test_a_duty_that_fails_or_stands_still_is_a_fault(changes: dict[str, object], says: list[str]) -> None:
    assert list(beat(duties=(duty(**changes),)).faults()) == says


def passes(*hours: float) -> Heartbeat:
    """The sign of life after passes of `mailbot once` at these hours."""
    beat = None
    for hour in hours:
        beat = heartbeat.of_pass(beat, NOW + timedelta(hours=hour), 1, "1", ())
    assert beat is not None
    return beat


@pytest.mark.parametrize(
    ("at", "alive", "dead"),
    [((0,), 24, 26), ((0, 24), 24 + 72, 24 + 74), ((0, 1, 2), 5, 7), ((0, 24, 48, 48.1), 48 + 36, 48 + 40)],
)
def test_passes_of_a_scheduler_are_a_sign_of_life_until_too_many_are_missing(
    at: tuple[float, ...], alive: float, dead: float
) -> None:
    beat = passes(*at)
    assert beat.death(NOW + timedelta(hours=alive)) is None
    assert "the scheduler starts it no more" in str(beat.death(NOW + timedelta(hours=dead)))
