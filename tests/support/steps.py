"""Counts the work of our own code, so that a test can ask how it grows without a clock."""

import sys
from collections.abc import Callable
from types import FrameType

Trace = Callable[[FrameType, str, object], object]


def steps(call: Callable[[], object], folder: str) -> int:
    """How many lines and calls of the code in a folder a call runs."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Trace | None:
        nonlocal count
        if f"/{folder}/" not in frame.f_code.co_filename:
            return None
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count
