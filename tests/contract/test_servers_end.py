"""The servers that tests start end with them, even where the tests are killed."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.loopback import listens
from support.paths import PROJECT, TESTS
from support.unpacked import required
from support.waiting import wait_for

TESTS_THAT_ARE_KILLED = """
import time
from support.{module} import {name}
server = {name}()
print(server.port, flush=True)
time.sleep(600)
"""


@pytest.fixture
def left() -> Iterator[str]:
    """Where a server that is killed leaves its files; the folder of pytest is too deep for its sockets."""
    with tempfile.TemporaryDirectory(prefix="mailbot-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield folder


@pytest.mark.parametrize(
    ("name", "tree"),
    [("Dovecot", ""), ("Courier", "courier"), ("Exim", "courier"), ("Cyrus", "cyrus"), ("Postfix", "cyrus")],
)
def test_a_server_ends_with_the_tests_even_where_they_are_killed(name: str, tree: str, left: str) -> None:
    if tree:
        required(tree)
    if name == "Postfix" and os.getuid():
        pytest.skip("Postfix runs as root alone")
    script = TESTS_THAT_ARE_KILLED.format(module=name.lower(), name=name)
    path = os.pathsep.join((str(PROJECT), str(TESTS)))
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path, "TMPDIR": left}
    ) as tests:
        assert tests.stdout is not None
        port = int(tests.stdout.readline())
        assert listens(port)
        os.kill(tests.pid, signal.SIGKILL)
    wait_for(lambda: not listens(port))
