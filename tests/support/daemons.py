"""Runs a daemon within a test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mailbot.daemon.daemon import Daemon


@contextmanager
def running(daemon: Daemon) -> Iterator[None]:
    """A daemon in a thread of its own."""
    daemon.look_seconds = 0.1
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        yield
    finally:
        daemon.stopping.set()
        thread.join(20)
        assert not thread.is_alive()
