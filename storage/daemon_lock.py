"""Lets only one daemon at a time work on a database."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import NullPool, create_engine, make_url, text

from mailbot.domain.errors import StoreBusy, StoreError
from storage.disk import make_folder
from storage.driver_errors import as_sentences
from storage.engine import shown, sqlite_path

DAEMON_KEY = 0x6D61_696C_0002
"""The advisory lock of PostgreSQL that the one daemon holds; another than `storage.engine.WRITER_KEY`."""


@contextmanager
def lock(url: str) -> Iterator[None]:
    """Be the one daemon of this database; the lock ends with the process, however it ends.

    Raises StoreBusy where another daemon has it.
    """
    path = sqlite_path(url)
    with _file_lock(path) if path else _server_lock(url):
        yield


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    beside = path.with_name(path.name + ".lock")
    try:
        make_folder(beside.parent)
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.fchmod(descriptor, 0o600)
    except OSError as error:
        raise StoreError(
            f"the lock {beside} cannot be made: {error.strerror}; check the rights of its folder"
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _busy(str(path)) from error
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _server_lock(url: str) -> Iterator[None]:
    engine = create_engine(make_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True)
    with as_sentences(shown(engine)):
        connection = engine.connect()
    with connection:
        with as_sentences(shown(engine)):
            free = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": DAEMON_KEY})
        if not free:
            raise _busy(shown(engine))
        yield


def _busy(database: str) -> StoreBusy:
    return StoreBusy(f"another daemon works on {database}; stop it first, or use its configuration")
