"""Servers that tests share. Where Dovecot is missing its tests are skipped, unless MAILBOT_REQUIRE_SERVERS=1."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import servers
from hypothesis import HealthCheck, settings

# how long something takes is for the benches to say; and a machine that checks what others wrote draws no new examples
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("check", settings.get_profile("ours"), derandomize=True)
settings.load_profile("check" if os.environ.get("CI") else "ours")


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(servers.PASSWORD_ENV, servers.PASSWORD)


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[servers.Dovecot]:
    """One Dovecot for the whole run."""
    if servers.DOVECOT is None:
        missing = "Dovecot is not installed: apt-get install dovecot-imapd"
        pytest.fail(missing) if os.environ.get("MAILBOT_REQUIRE_SERVERS") == "1" else pytest.skip(missing)
    server = servers.Dovecot()
    yield server
    server.stop()


@pytest.fixture
def dovecot(dovecot_server: servers.Dovecot) -> servers.Account:
    """A fresh account with an empty INBOX on a real IMAP server."""
    return dovecot_server.account()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for this machine, and its key."""
    return servers.certificate(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def smtp_sink() -> Iterator[Callable[..., servers.SmtpSink]]:
    """Starts SMTP servers, each set up as a test wants it."""
    started: list[servers.SmtpSink] = []

    def start(**settings: Any) -> servers.SmtpSink:
        started.append(servers.SmtpSink(**settings).start())
        return started[-1]

    yield start
    for sink in started:
        sink.stop()


@pytest.fixture
def smtp_server(smtp_sink: Callable[..., servers.SmtpSink]) -> servers.SmtpSink:
    """A plain SMTP server with AUTH that takes every letter."""
    return smtp_sink()


@pytest.fixture
def scripted_imap() -> Iterator[Callable[..., servers.ScriptedImap]]:
    """Starts IMAP servers that say what a test wants."""
    started: list[servers.ScriptedImap] = []

    def start(*script: Any, **more: Any) -> servers.ScriptedImap:
        started.append(servers.ScriptedImap(*script, **more))
        return started[-1]

    yield start
    for server in started:
        server.stop()
