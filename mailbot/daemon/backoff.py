"""How long to leave a mail server alone after failures in a row."""

import random
import time
from dataclasses import dataclass

WAITS = (5, 60, 120, 240, 480, 900)
"""Seconds to leave a server alone after the first, second … failure in a row: providers lock accounts that insist."""
JITTER = 0.2
"""By which part such a time is drawn out at random, so that who failed together does not return together."""


@dataclass
class Backoff:
    """How long a server that failed is left alone. `failure`: what was last said, failing since `since`."""

    failures: int = 0
    until: float = 0.0
    failure: str = ""
    since: float = 0.0

    def may_try(self) -> bool:
        """Whether it may be tried again."""
        return time.monotonic() >= self.until

    def failed(self, failure: str, least: float = 0.0) -> None:
        """Leave it alone, longer each time in a row, and for so many seconds at least."""
        self.failure, self.since = failure, self.since if self.failures else time.monotonic()
        seconds = max(least, WAITS[min(self.failures, len(WAITS) - 1)])
        self.until = time.monotonic() + seconds * random.uniform(1, 1 + JITTER)  # noqa: S311 - no secret
        self.failures += 1

    def succeeded(self) -> None:
        """It answers again."""
        self.failures, self.until = 0, 0.0

    @property
    def failing(self) -> float:
        """Seconds since the first failure in a row; 0 where the last try went well."""
        return time.monotonic() - self.since if self.failures else 0.0
