"""A full or failing disk: nothing accepted is lost or half stored, and work resumes when there is room."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import life
import pytest
from life import Ledger, Nursery, configuration, traced

from support.dovecot import Account
from support.smtp_sink import SmtpSink

FAULTS = [
    ("fdatasync,fsync", "EIO", 1),
    ("fdatasync,fsync", "EIO", 9),
    ("fdatasync,fsync", "EIO", 25),
    ("fdatasync,fsync", "EIO", 60),
    ("pwrite64", "ENOSPC", 2),
    ("pwrite64", "ENOSPC", 30),
    ("pwrite64", "ENOSPC", 120),
    ("pwrite64", "EIO", 75),
    ("write", "ENOSPC", 1),
    ("write", "EIO", 4),
    ("rename", "ENOSPC", 1),
    ("unlink", "EIO", 6),
    ("openat", "EMFILE", 40),
    ("openat", "ENOMEM", 60),
]
"""System calls, the error that they get, and from which call on: three in a row."""


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize(("calls", "error", "first"), FAULTS if life.FULL else FAULTS[2:7:4])
def test_calls_that_fail_lose_nothing_and_the_next_pass_makes_up_for_them(
    tmp_path: Path, nursery: Nursery, dovecot: Account, smtp_server: SmtpSink, calls: str, error: str, first: int
) -> None:
    config, ledger = configuration(tmp_path, dovecot.config(), smtp_server.config()), Ledger(tmp_path)
    for number in range(2):
        raw = life.mail(number)
        ledger.note(number, raw)
        dovecot.deliver(raw)
    trace = traced(nursery, config, f"inject={calls}:error={error}:when={first}..{first + 2}")
    assert "INJECTED" in trace.read_text(errors="replace")
    ledger.count_unknown()
    time.sleep(0.5)  # until the lease of a letter in flight has ended
    assert nursery.live("once", config) == 0, (tmp_path / "log").read_text()[-3000:]
    assert ledger.is_quiet()
    ledger.check(smtp_server.mails)
    if life.FULL:
        assert nursery.live("replay", config) == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of five megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("to fill a disk, a small one is mounted: this user may not")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)  # a child that read mails may still be leaving


@pytest.mark.timeout(300)
def test_a_disk_that_is_full_to_the_last_byte_loses_nothing(
    small_disk: Path, nursery: Nursery, dovecot: Account, smtp_server: SmtpSink
) -> None:
    """Without any reserve: what is written fails in the middle of anything."""
    config, ledger = configuration(small_disk, dovecot.config(), smtp_server.config()), Ledger(small_disk)
    assert nursery.live("once", config) == 0
    for number in range(6):
        raw = life.mail(number)
        ledger.note(number, raw)
        dovecot.deliver(raw)
    ballast = small_disk / "ballast"
    for left in (40_000, 90_000, 0) if not life.FULL else (*range(0, 400_000, 8_000), 0):
        _fill(ballast, shutil.disk_usage(small_disk).free - left)
        nursery.live("once", config)
        ledger.count_unknown()
        ballast.unlink()
        time.sleep(0.5)
    assert nursery.live("once", config) == 0, (small_disk / "log").read_text()[-3000:]
    assert ledger.is_quiet()
    ledger.check(smtp_server.mails)
    if life.FULL:
        assert nursery.live("replay", config) == 0


def _fill(file: Path, size: int) -> None:
    with file.open("wb") as out:
        out.write(b"x" * max(0, size))


def test_below_the_reserve_mail_waits_on_its_server_while_letters_leave(
    small_disk: Path, nursery: Nursery, dovecot: Account, smtp_server: SmtpSink
) -> None:
    alerts = {"reserve_mib": 2, "alerts_to": ["staff@example.org"]}
    config, ledger = configuration(small_disk, dovecot.config(), smtp_server.config(), **alerts), Ledger(small_disk)
    ballast = small_disk / "ballast"
    _fill(ballast, shutil.disk_usage(small_disk).free - (1 << 20))
    dovecot.deliver(life.mail(0))
    assert nursery.live("once", config) == 1
    assert "the mail waits on its server" in (small_disk / "log").read_text()
    assert [mail.recipients for mail in smtp_server.mails] == [("staff@example.org",)]
    ballast.unlink()
    assert nursery.live("once", config) == 0
    ledger.note(0, life.mail(0))
    assert {mail.recipients[0] for mail in smtp_server.mails} == {"staff@example.org", "unit0@example.org"}
    assert len(smtp_server.mails) == 3  # the alert, the receipt, and the word that it is over
