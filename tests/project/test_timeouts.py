"""Every call that may wait for another machine or program has a timeout."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from support.paths import PROJECT

WAITS = {
    "SMTP",
    "SMTP_SSL",
    "_Plain",
    "_Tls",
    "IMAP4",
    "IMAP4_SSL",
    "MailBox",
    "MailBoxStartTls",
    "MailBoxUnencrypted",
    "create_connection",
    "urlopen",
    "subprocess.run",
    "sqlite3.connect",
}
"""Calls that open a connection or wait for a program; `_Plain` and `_Tls` are the project's own connections."""
FILES = [
    path
    for package in ("mailbot", "parsers", "storage")
    for path in sorted((PROJECT / package).rglob("*.py"))
    if "demo" not in path.parts
]


@cache
def waiting() -> tuple[tuple[Path, ast.Call], ...]:
    """The calls that may wait, with their files."""
    return tuple((path, call) for path in FILES for call in _calls(path.read_text(encoding="utf-8")))


def _calls(source: str) -> Iterator[ast.Call]:
    if not any(f"{name}(" in source for name in WAITS):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in WAITS or name.rpartition(".")[2] in WAITS:
                yield node


def test_every_connection_has_a_timeout() -> None:
    endless = [
        f"{path.relative_to(PROJECT)}:{call.lineno}"
        for path, call in waiting()
        if not any(keyword.arg == "timeout" for keyword in call.keywords)
    ]
    assert endless == []


def test_the_search_sees_the_connections_that_there_are() -> None:
    seen = {path.name for path, _ in waiting()}
    assert {"smtp.py", "imap_login.py", "mail_servers.py", "engine.py", "backup.py"} <= seen


@pytest.mark.parametrize("word", ["requests", "http.client", "urllib.request", "ftplib", "asyncio", "aiohttp", "httpx"])
def test_no_other_way_to_a_network_is_taken(word: str) -> None:
    assert [path.name for path in FILES if f"import {word}" in path.read_text(encoding="utf-8")] == []
