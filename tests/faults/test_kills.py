"""Killing the process at random and at every system call: nothing is lost and nothing is done twice."""

import os
import random
import shutil
import signal
import time
from pathlib import Path

import life
import pytest
from life import WRITES, Ledger, Nursery, configuration, traced

from mailbot.daemon import heartbeat
from support.dovecot import Account
from support.smtp_sink import SmtpSink


@pytest.mark.timeout(3600)
def test_random_kills_lose_nothing_and_double_nothing_but_letters_in_flight(
    tmp_path: Path, nursery: Nursery, dovecot: Account, smtp_server: SmtpSink
) -> None:
    kills, chance = (500, random.Random(7)) if life.FULL else (6, random.Random())
    config = configuration(tmp_path, dovecot.config(), smtp_server.config())
    ledger = Ledger(tmp_path)
    for number in range(kills):
        if number < life.UNITS and number % 2 == 0:
            raw = life.mail(number)
            ledger.note(number, raw)
            dovecot.deliver(raw)
        elif number % 2:
            ledger.queue_alert(number)
        pid = nursery.start("run", config)
        time.sleep(chance.uniform(0.05, 1.2))
        os.kill(pid, signal.SIGKILL)
        assert nursery.end() == -signal.SIGKILL, (tmp_path / "log").read_text()[-3000:]
        ledger.count_unknown()
    heart = heartbeat.path(tmp_path / "data/archive")
    heart.unlink(missing_ok=True)
    pid = nursery.start("run", config)
    life.wait_for(heart.exists)  # where all is done already, it would be stopped before it can listen
    life.wait_for(ledger.is_quiet, 120)
    os.kill(pid, signal.SIGTERM)
    assert nursery.end() == 0
    extra = ledger.check(smtp_server.mails)
    assert nursery.live("replay", config) == 0, (tmp_path / "log").read_text()[-3000:]
    print(f"{kills} kills, {len(ledger.mails)} mails, {ledger.unknown} unknown outcomes, {extra} extra copies")


@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("strace")
def test_a_kill_at_any_system_call_loses_nothing_and_doubles_nothing_but_letters_in_flight(
    tmp_path: Path, nursery: Nursery, dovecot: Account, smtp_server: SmtpSink
) -> None:
    """A whole pass over two mails, in an empty database, killed at its call number n, then repeated."""
    config = configuration(tmp_path, dovecot.config(), smtp_server.config())
    mails = {number: life.mail(number) for number in range(2)}
    for raw in mails.values():
        dovecot.deliver(raw)
    calls = traced(nursery, config, f"trace={WRITES}").read_text().count("(")
    shutil.rmtree(tmp_path / "data")
    points = range(1, calls + 1) if life.FULL else range(calls // 4, calls, calls // 4)
    extra = 0
    for point in points:
        ledger, before = Ledger(tmp_path), len(smtp_server.mails)
        for number, raw in mails.items():
            ledger.note(number, raw)
        traced(nursery, config, f"inject={WRITES}:signal=SIGKILL:when={point}")
        ledger.count_unknown()
        time.sleep(0.5)  # until the lease of a letter in flight has ended
        assert nursery.live("once", config) == 0, (tmp_path / "log").read_text()[-3000:]
        assert ledger.is_quiet(), f"call {point} of {calls}"
        extra += ledger.check(smtp_server.mails[before:])
        if point % 40 == 1 and life.FULL:
            assert nursery.live("replay", config) == 0, (tmp_path / "log").read_text()[-3000:]
        shutil.rmtree(tmp_path / "data")
    print(f"{len(points)} of {calls} system calls, {extra} extra copies")


def test_a_stop_in_the_middle_of_anything_is_a_clean_one(
    tmp_path: Path, nursery: Nursery, dovecot: Account, smtp_server: SmtpSink
) -> None:
    config, ledger = configuration(tmp_path, dovecot.config(), smtp_server.config()), Ledger(tmp_path)
    heart, chance = heartbeat.path(tmp_path / "data/archive"), random.Random(5)
    for number in range(60 if life.FULL else 4):
        raw = life.mail(number)
        ledger.note(number, raw)
        dovecot.deliver(raw)
        heart.unlink(missing_ok=True)
        pid = nursery.start("run", config)
        life.wait_for(heart.exists)
        time.sleep(chance.uniform(0, 1))
        asked = time.monotonic()
        os.kill(pid, signal.SIGTERM)
        assert nursery.end() == 0, (tmp_path / "log").read_text()[-3000:]
        assert time.monotonic() - asked < 10
    # a letter that the stop took from its sender before it was handed over is due again within seconds
    life.wait_for(lambda: nursery.live("once", config) == 0 and ledger.is_quiet(), 60)
    assert ledger.check(smtp_server.mails) == 0
