"""Notices when somebody sets the clock of this machine."""

import time

SMALLEST_STEP = 5.0


class ClockSteps:
    """Compares the clock with the time since the machine was started; where somebody sets the clock they part."""

    def __init__(self) -> None:
        self._apart = time.time() - _since_start()

    def step(self) -> float:
        """By how many seconds the clock was set since the last call; the small steps of time servers count as none."""
        apart = time.time() - _since_start()
        step, self._apart = apart - self._apart, apart
        return step if abs(step) > SMALLEST_STEP else 0.0


def _since_start() -> float:
    """Seconds since the machine was started; where the system can tell, with those in which it slept."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
