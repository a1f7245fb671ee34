"""Power cuts, which keep only what was flushed: nothing is lost that was accepted or answered.

The disk is a file with a file system of its own, mounted as a loop device. What a program has written and not flushed
is in memory only; what the file holds at one moment is what a disk holds when the power goes at that moment. The
mail servers lie outside of it.
"""

import os
import random
import re
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
from life import Ledger, Nursery, configuration, wait_for

from support.dovecot import Account
from support.smtp_sink import SmtpSink

SIZE = 32 << 20
WORKER = """
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from mailbot.domain.letter import Envelope, LetterKind
from mailbot.domain.mail import Place, Sighting
from sqlalchemy import event
from storage.archive import Archive
from storage.engine import open_engine
from storage.store import Store

journal, synchronous, disk = sys.argv[1], sys.argv[2], Path(sys.argv[3])
url = f"sqlite:///{disk}/data/mailbot.db"

def set_up(connection, record):
    connection.execute(f"PRAGMA journal_mode = {journal}").close()
    connection.execute(f"PRAGMA synchronous = {synchronous}").close()

Store.open(url).close()
engine = open_engine(url)
engine.dispose()
event.listen(engine, "connect", set_up)
store, archive = Store(engine), Archive(disk / "archive")
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
    from mailbot.domain.errors import ArchiveError, StoreError
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
                lost += not (tx.waiting(sha) and f"receipt:{sha}" in letters)
    damage = store.damage()
    store.close()
    assert damage is None
    return lost


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("journal", "synchronous"), [("DELETE", "EXTRA"), ("WAL", "FULL")])
def test_a_power_cut_loses_nothing_that_was_accepted(
    image: Path, tmp_path: Path, journal: str, synchronous: str
) -> None:
    found = cuts(image, tmp_path, journal, synchronous, 60 if life.FULL else 1)
    assert [lost for _, lost in found if lost] == []
    print(f"{journal}/{synchronous}: {len(found)} cuts, {found[-1][0]} reports accepted, none lost")


@pytest.mark.timeout(600)
def test_without_its_flushes_the_same_cuts_do_lose_reports(image: Path, tmp_path: Path) -> None:
    """The control: it shows that the test above would see a loss."""
    found = cuts(image, tmp_path, "WAL", "NORMAL", 20 if life.FULL else 2)
    assert sum(lost for _, lost in found) > 0
    print(f"WAL/NORMAL: {sum(bool(lost) for _, lost in found)} of {len(found)} cuts lost something")


@pytest.mark.timeout(3600)
def test_a_power_cut_at_any_moment_of_the_programs_work_loses_nothing_that_it_had_accepted_or_answered(
    image: Path, tmp_path: Path, nursery: Nursery, dovecot: Account, smtp_server: SmtpSink
) -> None:
    """The daemon reads, judges and answers; the power goes; it goes on from what the disk then holds."""
    number, mails, chance = (100, 3, random.Random(11)) if life.FULL else (2, 1, random.Random())
    config, ledger = configuration(tmp_path, dovecot.config(), smtp_server.config()), Ledger(tmp_path)
    speaks = 0
    for cut in range(number):
        for one in range(mails * cut, mails * cut + mails):
            raw = life.mail(one)
            ledger.note(one, raw)
            dovecot.deliver(raw)
        known = len(_judged(config))
        image = _cut(image, tmp_path / "data", nursery, config, chance)
        answered = {mail.recipients[0] for mail in smtp_server.mails}
        speaks += len(_judged(config)) > known
        with mounted(image, tmp_path / "data"):
            ledger.count_unknown()
            ledger.check_kept(_judged(config), answered)
    with mounted(image, tmp_path / "data"):
        wait_for(lambda: nursery.live("once", config) == 0 and ledger.is_quiet(), 120)
        extra = ledger.check(smtp_server.mails)
        if life.FULL:
            assert nursery.live("replay", config) == 0, (tmp_path / "log").read_text()[-3000:]
    print(
        f"{number} cuts of the whole program, {speaks} just after it had judged a mail; {len(ledger.mails)} mails, "
        f"{ledger.unknown} unknown outcomes, {extra} extra copies, none lost"
    )


def _cut(image: Path, disk: Path, nursery: Nursery, config: Path, chance: random.Random) -> Path:
    """Let the program work on a disk until the power goes, mostly soon after some mail; what the disk then holds."""
    after, known = image.with_name(f"{'odd' if image.stem != 'odd' else 'even'}.img"), len(_judged(config))
    with mounted(image, disk):
        pid = nursery.start("run", config)
        if chance.random() < 0.8:
            wait_for(lambda: len(_judged(config)) > known, 20)
        time.sleep(chance.uniform(0, 0.4))
        os.kill(pid, signal.SIGSTOP)
        wait_for(lambda: _stands_still(pid))
        shutil.copyfile(image, after)
        os.kill(pid, signal.SIGKILL)
        assert nursery.end() == -signal.SIGKILL, config.with_name("log").read_text()[-3000:]
    return after


def _judged(config: Path) -> set[str]:
    """What the program has said that it has judged, ever: the first digits of each sha256."""
    log = config.with_name("log")
    return set(re.findall(r"message ([0-9a-f]{12}): submission", log.read_text()) if log.exists() else ())
