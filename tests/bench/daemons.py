"""The daemon as a process of its own, as the service manager starts it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from support.loopback import PASSWORD, PASSWORD_ENV
from support.paths import PROJECT


@contextlib.contextmanager
def daemon(config: Path) -> Iterator[psutil.Process]:
    """`mailbot run`, until it is no longer needed."""
    with config.with_name("daemon.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "from mailbot.cli.main import main; main()", "run", "--config", str(config)],
            env={**os.environ, PASSWORD_ENV: PASSWORD, "MAILBOT_ALLOW_ROOT": "1", "PYTHONPATH": str(PROJECT)},
            stdout=log,
            stderr=log,
        )
        try:
            yield psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def memory(process: psutil.Process) -> float:
    """What it and its children use, each its share of what they have in common (PSS), in MB."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            total += one.memory_full_info().pss
    return total / 1e6


def until(true: object, seconds: float, step: float = 0.02) -> float:
    """Wait until it is true; after how many seconds. Raises TimeoutError."""
    begun = time.perf_counter()
    while not true():  # type: ignore[operator]
        if time.perf_counter() - begun > seconds:
            raise TimeoutError(f"it did not happen within {seconds:g} seconds")
        time.sleep(step)
    return time.perf_counter() - begun
