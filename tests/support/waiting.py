"""Waits until something has happened in another process or thread."""

import time
from collections.abc import Callable


def wait_for(true: Callable[[], object], seconds: float = 20) -> None:
    """Fails where it does not become true in time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
