"""Opening a database: durable settings, private files, a single daemon, and clear errors."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from mailbot.domain.errors import StoreBusy, StoreError
from storage import engine as engines
from storage.daemon_lock import lock
from storage.disk import network_file_system
from storage.driver_errors import as_sentences
from storage.engine import open_engine, open_for_reading, shown, wal_is_safe


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "data" / "mailbot.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = open_engine(url)
    yield opened
    opened.dispose()


def pragma(engine: Engine, name: str) -> object:
    with engine.connect() as connection:
        return connection.scalar(text(f"PRAGMA {name}"))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_wal_is_used_only_without_its_reset_bug(version: tuple[int, int, int], safe: bool) -> None:
    assert wal_is_safe(version) is safe


def test_every_connection_of_the_pool_is_set_up_alike(engine: Engine) -> None:
    expected = {"foreign_keys": 1, "trusted_schema": 0, "cell_size_check": 1, "busy_timeout": 20_000}
    for _ in range(3):
        assert {name: pragma(engine, name) for name in expected} == expected
        engine.dispose()


def test_the_driver_never_begins_a_transaction_by_itself(engine: Engine) -> None:
    """Its own BEGIN is a deferred one, with which updates get lost."""
    connection = engine.raw_connection()
    connection.cursor().execute("CREATE TABLE t (a TEXT)")
    connection.cursor().execute("INSERT INTO t VALUES ('x')")
    driver = connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    assert not driver.in_transaction
    connection.close()


def test_a_thread_that_keeps_the_database_too_long_is_a_sentence(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.1)
    opened = open_engine(url)
    with opened.begin(), pytest.raises(StoreError, match="kept busy by another part"), as_sentences("x.db"):
        opened.connect()
    opened.dispose()


@pytest.mark.parametrize(("safe", "journal", "synchronous"), [(True, "wal", 2), (False, "delete", 3)])
def test_a_commit_is_on_the_disk_in_either_journal_mode(
    url: str, monkeypatch: pytest.MonkeyPatch, safe: bool, journal: str, synchronous: int
) -> None:
    """2 is FULL, 3 is EXTRA."""
    monkeypatch.setattr(engines, "wal_is_safe", lambda _: safe)
    opened = open_engine(url)
    assert (pragma(opened, "journal_mode"), pragma(opened, "synchronous")) == (journal, synchronous)
    opened.dispose()


def test_a_transaction_is_the_writer_from_its_first_word(engine: Engine, path: Path) -> None:
    other = sqlite3.connect(path, timeout=0)
    with engine.begin() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_transaction_waits_for_the_writer_before_it(engine: Engine, path: Path) -> None:
    other = sqlite3.connect(path, timeout=0, check_same_thread=False, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ending = threading.Timer(0.3, lambda: other.execute("COMMIT"))
    began = time.monotonic()
    ending.start()
    with engine.begin() as connection:
        connection.execute(text("SELECT 1"))
    assert time.monotonic() - began > 0.2
    ending.join()
    other.close()


# ---------------------------------------------------------------- private files


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_nobody_else_may_read_the_database_whatever_the_umask(path: Path, url: str, umask: int) -> None:
    before = os.umask(umask)
    try:
        opened = open_engine(url)
        with lock(url), opened.begin() as connection:
            connection.execute(text("CREATE TABLE t (a TEXT)"))
            found = {file.name: mode(file) for file in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert found[path.name] == 0o600
    assert set(found.values()) == {0o600}
    assert {path.name + ".lock", path.name + "-journal"} <= set(found)
    assert [mode(folder) for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]
    opened.dispose()


def test_a_folder_that_was_there_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    open_engine(f"sqlite:///{tmp_path / 'mailbot.db'}").dispose()
    assert mode(tmp_path) == 0o755


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    odd = tmp_path / "统计 100%?#" / "a&b.db"
    open_engine(f"sqlite:///{odd}").dispose()
    assert odd.exists()


# ---------------------------------------------------------------- what is refused

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /srv nfs4 rw 0 0
/dev/sdb1 /srv/local\\040disk xfs rw 0 0
//box/share /mnt/share cifs rw 0 0
remote /mnt/remote fuse.sshfs rw 0 0
/dev/sdc1 /mnt/stick fuseblk rw 0 0
host /mnt/host 9p rw 0 0
/dev/sdd1 /mnt/twice nfs rw 0 0
/dev/sdd1 /mnt/twice ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/mailbot.db", None),
        ("/srv/mailbot.db", "nfs4"),
        ("/srv", "nfs4"),
        ("/srv2/mailbot.db", None),
        ("/srv/local disk/mailbot.db", None),
        ("/mnt/share/a/b.db", "cifs"),
        ("/mnt/remote/b.db", "fuse.sshfs"),
        ("/mnt/stick/b.db", None),
        ("/mnt/host/b.db", "9p"),
        ("/mnt/twice/b.db", None),
    ],
)
def test_a_network_file_system_is_known_by_its_mount(path: str, kind: str | None) -> None:
    assert network_file_system(Path(path), MOUNTS) == kind


def test_a_database_on_a_network_file_system_is_refused(url: str, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(engines, "network_file_system", lambda *_: "nfs4")
    with pytest.raises(StoreError, match=r"network file system \(nfs4\).*put it on a local disk"):
        open_engine(url)
    assert not path.exists()


def test_the_mounts_are_read_where_the_service_of_the_unit_file_sees_them(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With ProcSubset=pid nothing is left of /proc but the processes (proc(5): subset=pid)."""
    assert engines.MOUNTS.is_relative_to("/proc/self")
    (tmp_path / "mounts").write_text(f"server:/export {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(engines, "MOUNTS", tmp_path / "mounts")
    with pytest.raises(StoreError, match="nfs4"):
        open_engine(url)
    monkeypatch.setattr(engines, "MOUNTS", tmp_path / "none")
    open_engine(url).dispose()
    assert "lies on a network disk is not known" in caplog.text


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(path: Path, url: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"code,name\n" * 500)
    with pytest.raises(StoreError, match="is not an SQLite database; check the path"):
        open_engine(url)
    assert path.read_bytes() == b"code,name\n" * 500


def test_a_damaged_database_is_refused(path: Path, url: str) -> None:
    opened = open_engine(url)
    with opened.begin() as connection:
        connection.execute(text("CREATE TABLE t (a TEXT)"))
        connection.execute(text("CREATE INDEX i ON t (a)"))
        connection.execute(text("INSERT INTO t SELECT hex(randomblob(500)) FROM pragma_function_list LIMIT 100"))
    opened.dispose()
    raw = bytearray(path.read_bytes())
    raw[8192 : 8192 + 4096] = b"\xff" * 4096
    path.write_bytes(raw)
    with pytest.raises(StoreError, match=r"is damaged; stop mailbot, keep the file, and restore the last backup"):
        open_engine(url)


def test_a_folder_in_the_place_of_a_database_is_refused(tmp_path: Path) -> None:
    before = mode(tmp_path)
    with pytest.raises(StoreError, match="is a folder"):
        open_engine(f"sqlite:///{tmp_path}")
    assert mode(tmp_path) == before


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot be made: .*check the path in database\.url"):
        open_engine(f"sqlite:///{tmp_path / 'file' / 'mailbot.db'}")
    with pytest.raises(StoreError, match="cannot be made"), lock(f"sqlite:///{tmp_path / 'file' / 'mailbot.db'}"):
        pass


def test_a_server_that_is_not_there_is_a_sentence_without_the_password() -> None:
    with pytest.raises(StoreError, match="cannot be reached or refuses us") as raised:
        open_engine("postgresql+psycopg://office:s3cret@127.0.0.1:1/mailbot")
    assert "office:***@127.0.0.1" in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_a_full_disk_is_a_sentence_and_nothing_acknowledged_is_lost(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (a BLOB)"))
        connection.execute(text("INSERT INTO t VALUES ('kept')"))
        connection.execute(text("PRAGMA max_page_count = 10"))
    fill = text("INSERT INTO t VALUES (zeroblob(100000))")
    with (
        pytest.raises(StoreError, match="the disk is full; free some space"),
        as_sentences("x.db"),
        engine.begin() as tx,
    ):
        tx.execute(fill)  # the limit is that of one connection, which the pool gives again
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT a FROM t")).all() == ["kept"]


def test_a_database_that_stays_locked_is_a_sentence(url: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.1)
    open_engine(url).dispose()
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="stayed locked by another program"):
        open_engine(url)
    other.close()


def test_what_a_statement_carried_is_not_in_its_error(engine: Engine) -> None:
    with pytest.raises(OperationalError) as raised, engine.begin() as connection:
        connection.execute(text("INSERT INTO missing VALUES (:phone)"), {"phone": "13800000000"})
    assert "13800000000" not in str(raised.value)


KILLED = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in ("PRAGMA journal_mode = DELETE", "PRAGMA cache_size = 1", "BEGIN IMMEDIATE"):
    connection.execute(statement)
connection.execute("INSERT INTO t SELECT zeroblob(900) FROM pragma_function_list LIMIT 100")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_database_whose_writer_was_killed_is_a_sentence_to_who_may_only_read_and_whole_after_the_next_start(
    path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "wal_is_safe", lambda _: False)
    opened = open_engine(url)
    with opened.begin() as connection:
        connection.execute(text("CREATE TABLE t (a BLOB)"))
    opened.dispose()
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert path.with_name(path.name + "-journal").stat().st_size
    reading = open_for_reading(url)
    with (
        pytest.raises(StoreError, match=rf"{path} was being written when its program was killed.*`mailbot run`"),
        as_sentences(shown(reading)),
        reading.begin() as connection,
    ):
        connection.execute(text("SELECT count(*) FROM t"))
    open_engine(url).dispose()
    with reading.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM t")) == 0


# ---------------------------------------------------------------- one daemon

HOLD = """
import sys, time
from storage.daemon_lock import lock
with lock(sys.argv[1]):
    print("locked", flush=True)
    time.sleep(60)
"""


def test_a_second_daemon_is_refused(url: str) -> None:
    with lock(url), pytest.raises(StoreBusy, match="another daemon works on"), lock(url):
        pass
    with lock(url):
        pass


def test_the_lock_of_a_killed_daemon_is_free_at_once(url: str) -> None:
    daemon = subprocess.Popen([sys.executable, "-c", HOLD, url], stdout=subprocess.PIPE)
    assert daemon.stdout is not None
    assert daemon.stdout.readline() == b"locked\n"
    with pytest.raises(StoreBusy), lock(url):
        pass
    daemon.kill()
    daemon.wait()
    daemon.stdout.close()
    with lock(url):
        pass


def test_two_databases_have_two_daemons(tmp_path: Path) -> None:
    with lock(f"sqlite:///{tmp_path / 'a.db'}"), lock(f"sqlite:///{tmp_path / 'b.db'}"):
        pass


def test_another_way_to_the_same_file_is_the_same_lock(path: Path, url: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(path.parent)
    with lock(url), pytest.raises(StoreBusy), lock(f"sqlite:///{tmp_path / 'link' / path.name}"):
        pass


def test_what_goes_wrong_under_the_lock_is_not_its_own_error(url: str) -> None:
    with pytest.raises(OSError, match="elsewhere"), lock(url):
        raise OSError("elsewhere")
