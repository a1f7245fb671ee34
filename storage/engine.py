"""Opens SQLite or PostgreSQL with one writer at a time and durable commits.

A transaction begins by becoming the only writer (BEGIN IMMEDIATE on SQLite, an advisory lock on PostgreSQL), so what it
has read is still true when it writes. The transactions are a few milliseconds long and never wait for a mail server.
"""

import logging
import os
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text

from mailbot.domain.errors import StoreError
from storage.disk import make_folder, network_file_system
from storage.driver_errors import RESTORE, as_sentences

log = logging.getLogger(__name__)

MOUNTS = Path("/proc/self/mounts")
"""Not /proc/mounts, which a service does not see that sees of /proc only processes (systemd's ProcSubset=pid)."""
WAIT_SECONDS = 20
"""How long a transaction waits for the writer before it."""
WRITER_KEY = 0x6D61_696C_0001
"""The advisory lock of PostgreSQL that the one writer holds."""


def open_engine(url: str) -> Engine:
    """The engine of an SQLite file, made where it is missing, or of a PostgreSQL database.

    Raises StoreError where it cannot be opened, is damaged, or lies on a network file system.
    """
    path = sqlite_path(url)
    engine = _postgresql(url) if path is None else _sqlite(path)
    with as_sentences(shown(engine)):
        _check(engine)
    return engine


def open_for_reading(url: str) -> Engine:
    """An engine that can change nothing and keeps nobody waiting. Raises StoreError where there is nothing to read."""
    path = sqlite_path(url)
    if path is None:
        return _postgresql(url, read_only=True)
    if not path.exists():
        raise StoreError(f"there is no database {path}; `mailbot run` or `mailbot once` makes it")
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        creator=partial(_reading, path),
        poolclass=NullPool,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def damage(url: str) -> str | None:
    """What is wrong inside an SQLite file, as one sentence; None where all is well. Reads every page.

    PostgreSQL looks after its own pages (initdb --data-checksums).
    """
    path = sqlite_path(url)
    if path is None:
        return None
    with as_sentences(str(path)), closing(_reading(path)) as connection:
        faults = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
        lost = connection.execute("PRAGMA foreign_key_check").fetchone()
    if faults != ["ok"]:
        return f"the database {path} is damaged; {RESTORE} ({faults[0]})"
    return f"the database {path} is damaged: a row of {lost[0]} points nowhere; {RESTORE}" if lost else None


def shown(engine: Engine) -> str:
    """The database as people know it: a path, or a URL without its password."""
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return name or engine.url.render_as_string(hide_password=True)


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite is free of the WAL-reset bug (sqlite.org/wal.html): 3.51.3, 3.50.7, 3.44.6 and their line."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite database; None for another database."""
    return Path(url.removeprefix("sqlite:///")).resolve() if url.startswith("sqlite:///") else None


def _sqlite(path: Path) -> Engine:
    _refuse_network(path)
    _make_private(path)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        pool_size=1,  # there is one writer anyway; so threads queue up for it instead of polling the file's lock
        max_overflow=0,
        pool_timeout=3 * WAIT_SECONDS,  # the one before may itself wait for another program
        connect_args={"timeout": WAIT_SECONDS},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # a transaction begins where `begin` says so, never by the driver itself
    if wal_is_safe(sqlite3.sqlite_version_info[:3]):
        durable = ("journal_mode = WAL", "synchronous = FULL")
    else:
        durable = ("journal_mode = DELETE", "synchronous = EXTRA")
    for pragma in (*durable, "foreign_keys = ON", "trusted_schema = OFF", "cell_size_check = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _reading(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=ro",
        uri=True,
        timeout=WAIT_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA trusted_schema = OFF").close()
    return connection


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _refuse_network(path: Path) -> None:
    try:
        mounts = MOUNTS.read_text(errors="surrogateescape")
    except OSError as error:
        log.warning("whether %s lies on a network disk is not known: %s: %s", path, MOUNTS, error.strerror)
        return
    if kind := network_file_system(path, mounts):
        raise StoreError(
            f"the database {path} lies on a network file system ({kind}), where locks do not hold; "
            "put it on a local disk or use PostgreSQL"
        )


def _make_private(path: Path) -> None:
    """The journal files take their rights from the database file.

    A file that exists is not opened here: closing it would end the locks of this process's other connections.
    """
    if path.is_dir():
        raise StoreError(f"the database {path} is a folder; write the path of a file in database.url")
    try:
        make_folder(path.parent)
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        if path.stat().st_mode & 0o777 != 0o600:
            path.chmod(0o600)
    except OSError as error:
        raise StoreError(
            f"the database {path} cannot be made: {error.strerror}; check the path in database.url and its rights"
        ) from error


def _postgresql(url: str, *, read_only: bool = False) -> Engine:
    waits = f"-c lock_timeout={WAIT_SECONDS}s -c idle_in_transaction_session_timeout=60s"
    try:
        engine = create_engine(
            make_url(url),
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "connect_timeout": WAIT_SECONDS,
                "options": f"{waits} -c default_transaction_read_only=on" if read_only else waits,
            },
        )
    except ModuleNotFoundError as error:
        raise StoreError("PostgreSQL needs its driver; install it with: pip install 'mailbot[postgres]'") from error
    if not read_only:
        event.listen(engine, "begin", _become_writer)
    return engine


def _become_writer(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_KEY})


def _check(engine: Engine) -> None:
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            connection.execute(text("SELECT 1"))
            return
        faults = connection.scalars(text("PRAGMA quick_check(1)")).all()
    if faults != ["ok"]:
        raise StoreError(f"the database {shown(engine)} is damaged; {RESTORE} ({faults[0]})")
