"""A backup is a consistent, checked copy of the database, made during writes, and overwrites no file."""

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.domain.errors import StoreError
from mailbot.domain.mail import Place, Sighting
from storage import backup as backups
from storage.backup import back_up
from storage.store import Store

NOW = datetime(2021, 9, 14, tzinfo=UTC)
WRITER = """
import sys
from datetime import UTC, datetime
from mailbot.domain.mail import Place, Sighting
from storage.store import Store

store, now = Store.open(sys.argv[1]), datetime.now(UTC)
for n in range(1, 100_000):
    with store.transaction() as tx:  # two rows or none
        for uid in (2 * n, 2 * n + 1):
            tx.leave([Place("office", "INBOX", 1, uid)], now)
    print(n, flush=True)
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "mailbot.db"
    store = Store.open(f"sqlite:///{path}")
    with store.transaction() as tx:
        tx.accept(Sighting(Place("office", "INBOX", 1, 1), NOW, 9), "a" * 64, "c-2021", NOW)
    store.close()
    return path


def test_a_backup_can_be_opened_and_holds_what_was_stored(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    size = back_up(database, target)
    assert target.stat().st_size == size
    assert target.stat().st_mode & 0o777 == 0o600
    store = Store.open(f"sqlite:///{target}")
    with store.transaction() as tx:
        assert tx.waiting("a" * 64)
    assert store.damage() is None
    store.close()


def test_backups_under_a_writer_are_each_one_moment_and_keep_nobody_from_writing(
    database: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{database}"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True)
    try:
        assert writer.stdout is not None
        for number in range(12):
            told = int(writer.stdout.readline())
            target = tmp_path / f"{number}.db"
            back_up(database, target)
            with sqlite3.connect(target) as copy:
                (rows,) = copy.execute("SELECT count(*) FROM place WHERE uid > 1").fetchone()
                assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert rows % 2 == 0
            assert rows >= 2 * told
    finally:
        writer.kill()
        writer.wait()
        assert writer.stdout is not None
        writer.stdout.close()


@pytest.mark.parametrize("there", ["copy.db", "copy.db.part"])
def test_nothing_is_overwritten(database: Path, tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")
    with pytest.raises(StoreError, match="is there"):
        back_up(database, tmp_path / "copy.db")
    assert (tmp_path / there).read_text() == "mine"
    assert not (tmp_path / "copy.db").exists() or there == "copy.db"


def test_a_copy_that_is_no_good_is_not_left(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "damage", lambda _: "page 7 is torn")
    with pytest.raises(StoreError, match="page 7 is torn"):
        back_up(database, tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_what_cannot_be_copied_is_a_sentence(tmp_path: Path, database: Path) -> None:
    with pytest.raises(StoreError, match="there is no database"):
        back_up(tmp_path / "none.db", tmp_path / "copy.db")
    with pytest.raises(StoreError, match="cannot be written: No such file"):
        back_up(database, tmp_path / "missing" / "copy.db")


def test_damage_is_found_by_the_look_through_the_whole_file(database: Path) -> None:
    url = f"sqlite:///{database}"
    store = Store.open(url)
    assert store.damage() is None
    store.close()
    with sqlite3.connect(database) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("INSERT INTO record (submission, position, row) VALUES (7, 0, 5)")
    store = Store.open(url)
    assert "a row of record points nowhere" in (store.damage() or "")
    store.close()


def test_a_store_for_reading_changes_nothing_and_waits_for_nobody(database: Path) -> None:
    url = f"sqlite:///{database}"
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # a daemon in the middle of something
    store = Store.open_for_reading(url)
    with store.transaction() as tx:
        assert tx.waiting("a" * 64)
    with pytest.raises(StoreError, match="may not be written"), store.transaction() as tx:
        tx.leave([Place("office", "INBOX", 1, 7)], NOW)
    store.close()
    other.close()
    with pytest.raises(StoreError, match="there is no database"):
        Store.open_for_reading(f"sqlite:///{database.parent / 'none.db'}")
