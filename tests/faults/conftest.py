"""Fixtures of the fault tests; what the machine does not allow is skipped with a reason."""

import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from life import Nursery


@pytest.fixture(scope="session")
def nursery_for_all() -> Iterator[Nursery]:
    """One nursery for the whole run."""
    started = Nursery()
    yield started
    started.stop()


@pytest.fixture
def nursery(nursery_for_all: Nursery) -> Nursery:
    """Where processes are started that may die."""
    return nursery_for_all


@pytest.fixture(scope="session")
def strace() -> None:
    """Skips where no process may be watched."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed, so no system call can be made to fail (apt-get install strace)")
    if subprocess.run(["strace", "-o", "/dev/null", sys.executable, "-c", ""], capture_output=True).returncode:
        pytest.skip("this machine does not allow ptrace, so no system call can be made to fail")
