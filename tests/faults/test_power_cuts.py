"""A power cut keeps only what was flushed: receipts that had left by then speak of what is still there.

The disk is a file with a file system of its own, mounted as a loop device. What a program has written and not flushed
is in memory only; what the file holds at one moment is what a disk holds when the power goes at that moment.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import life
import pytest
from life import wait_for

SIZE = 32 << 20
WORKER = """
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from mailbot.domain import Envelope, LetterKind, Place, Sighting
from storage import engine
from storage.archive import Archive
from storage.store import Store

journal, synchronous, disk = sys.argv[1], sys.argv[2], Path(sys.argv[3])
ours = engine._set_up

def set_up(connection, record):
    ours(connection, record)
    connection.execute(f"PRAGMA journal_mode = {journal}").close()
    connection.execute(f"PRAGMA synchronous = {synchronous}").close()

engine._set_up = set_up
store, archive = Store.open(f"sqlite:///{disk}/data/mailbot.db"), Archive(disk / "archive")
now = datetime.now(UTC)
for n in range(10_000):
    raw = b"report %d\\r\\n" % n * 200
    sha = archive.keep([raw])
    place = Place("office", "INBOX", 1, n + 1)
    archive.note_arrival(sha, place, now)
    with store.transaction() as tx:
        tx.accept(Sighting(place, now, len(raw)), sha, "c", now)
        letter = Envelope(f"receipt:{sha}", LetterKind.RECEIPT, "unit@example.org", "s", "m", b"x" * 5000)
        tx.enqueue(letter, now, now, False)
    print(sha, flush=True)  # from here on it is accepted, and its receipt may be on its way
"""


@contextmanager
def mounted(image: Path, where: Path) -> Iterator[Path]:
    """An image as a folder; skips the test where this may not be done."""
    where.mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-o", "loop", image, where], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no loop mount here, so no power cut can be simulated: {done.stderr.strip()}")
    try:
        yield where
    finally:
        subprocess.run(["umount", where], check=True, capture_output=True)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        pytest.skip(
            "a power cut is simulated by mounting a file system of the test's own: that takes root and mkfs.ext4"
        )
    path = tmp_path / "disk.img"
    with path.open("wb") as file:
        file.truncate(SIZE)
    subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", path], check=True)
    return path


def cuts(image: Path, folder: Path, journal: str, synchronous: str, number: int) -> list[tuple[int, int]]:
    """Of each cut: how many reports had been accepted before the power went, and how many of them are lost after it."""
    found, chance = [], random.Random(3)
    with mounted(image, folder / "disk") as disk, _at_work(journal, synchronous, disk, folder / "told") as worker:
        for _ in range(number):
            worker.send_signal(signal.SIGCONT)
            time.sleep(chance.uniform(0.02, 0.15))
            worker.send_signal(signal.SIGSTOP)
            wait_for(lambda: _stands_still(worker.pid))
            told = [line.strip() for line in (folder / "told").open() if line.endswith("\n")]
            shutil.copyfile(image, folder / "after.img")
            with mounted(folder / "after.img", folder / "recovered") as after:
                found.append((len(told), _lost(told, after)))
    return found


@contextmanager
def _at_work(journal: str, synchronous: str, disk: Path, told: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that accepts one report after the other, and says so of each in a file elsewhere."""
    with told.open("wb") as out:
        worker = subprocess.Popen([sys.executable, "-c", WORKER, journal, synchronous, str(disk)], stdout=out)
    try:
        wait_for(lambda: told.stat().st_size)
        yield worker
    finally:
        worker.kill()
        worker.wait()


def _stands_still(pid: int) -> bool:
    states = [(task / "stat").read_text().rpartition(")")[2].split()[0] for task in Path(f"/proc/{pid}/task").iterdir()]
    return set(states) == {"T"}


def _lost(told: list[str], disk: Path) -> int:
    from mailbot.errors import ArchiveError, StoreError
    from storage.archive import Archive
    from storage.store import Store

    try:
        store, archive = Store.open(f"sqlite:///{disk}/data/mailbot.db"), Archive(disk / "archive")
    except (StoreError, ArchiveError):
        return len(told)
    lost = 0
    with store.transaction() as tx:
        letters = {letter.key for letter in tx.letters()}
        for sha in told:
            try:
                archive.open(sha)
            except ArchiveError:
                lost += 1
            else:
                lost += not (tx.known_sha(sha) and f"receipt:{sha}" in letters)
    damage = store.damage()
    store.close()
    assert damage is None
    return lost


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("journal", "synchronous"), [("DELETE", "EXTRA"), ("WAL", "FULL")])
def test_a_power_cut_loses_nothing_that_was_accepted(
    image: Path, tmp_path: Path, journal: str, synchronous: str
) -> None:
    found = cuts(image, tmp_path, journal, synchronous, 60 if life.FULL else 2)
    assert [lost for _, lost in found if lost] == []
    print(f"{journal}/{synchronous}: {len(found)} cuts, {found[-1][0]} reports accepted, none lost")


@pytest.mark.timeout(600)
def test_without_its_flushes_the_same_cuts_do_lose_reports(image: Path, tmp_path: Path) -> None:
    """The control: it shows that the test above would see a loss."""
    found = cuts(image, tmp_path, "WAL", "NORMAL", 20 if life.FULL else 2)
    assert sum(lost for _, lost in found) > 0
    print(f"WAL/NORMAL: {sum(bool(lost) for _, lost in found)} of {len(found)} cuts lost something")
