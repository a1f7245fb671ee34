"""The daemon's periodic duties, and how one that hangs or fails is noticed.

Time here is monotonic: setting the clock does not change it.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from mailbot.domain.errors import MailbotError

log = logging.getLogger(__name__)

HUNG_SECONDS = 15 * 60
"""A tick that has not got on for so long hangs: longer than the ten minutes in which a server may answer a letter."""
LATE_PERIODS, HUNG_PERIODS = 3, 10
TOLD_AGAIN_SECONDS = 60 * 60
"""After so long the log says once more that a duty still fails for the same reason."""
_current = threading.local()


def report_progress() -> None:
    """Say, from inside a tick, that it has finished one thing more."""
    tick: Tick | None = getattr(_current, "tick", None)
    if tick is not None:
        tick.moved()


class Tick:
    """One duty, every so many seconds. A failure is one line in the log, repeated each hour while it lasts; the next
    time tries again."""

    def __init__(self, name: str, seconds: float, work: Callable[[], object], hung_seconds: float) -> None:
        self.name, self.seconds, self.hung_seconds = name, seconds, hung_seconds
        self.failure: str | None = None
        self.runs = False
        self._work, self._moved, self._failing_since, self._told_at = work, time.monotonic(), 0.0, 0.0

    def __call__(self) -> None:
        """Do it once."""
        _current.tick, self.runs = self, True
        self.moved()
        try:
            self._work()
        except MailbotError as error:
            self._failed(str(error), error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other duties go on; it is told
            self._failed(f"{type(error).__name__}: {error}", error)
        else:
            if self.failure:
                log.info("%s works again", self.name)
            self.failure = None
        finally:
            self.moved()
            self.runs = False

    def moved(self) -> None:
        """It has got on."""
        self._moved = time.monotonic()

    @property
    def quiet(self) -> float:
        """Seconds since it last began, got on or ended."""
        return time.monotonic() - self._moved

    @property
    def failing(self) -> float:
        """Seconds since which every run has failed; 0 where the last one did not."""
        return time.monotonic() - self._failing_since if self.failure else 0.0

    @property
    def hangs(self) -> bool:
        """Whether only a new process helps. A poll may wait for its whole period."""
        resting = max(self.hung_seconds, HUNG_PERIODS * self.seconds)
        return self.quiet > (self.hung_seconds + self.seconds if self.runs else resting)

    @property
    def is_late(self) -> bool:
        """Whether it should have been woken again, and was not."""
        return not self.runs and self.quiet > LATE_PERIODS * self.seconds

    def _failed(self, sentence: str, error: Exception) -> None:
        now = time.monotonic()
        self._failing_since = self._failing_since if self.failure else now
        if sentence != self.failure or now - self._told_at >= TOLD_AGAIN_SECONDS:
            self._told_at = now
            log.warning("%s: %s", self.name, sentence)
            log.debug("%s failed", self.name, exc_info=error)
        self.failure = sentence


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 has no type hints
    """So many seconds after now. An interval of APScheduler counts up all that a clock set forward has skipped."""

    def __init__(self, seconds: float) -> None:
        self._period = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """APScheduler asks by this name."""
        return now + self._period


def timetable(ticks: list[Tick]) -> BackgroundScheduler:
    """A scheduler that wakes each tick at once and then by its period, each in a thread of its own.

    It counts in UTC, where no hour comes twice, and keeps nothing: a tick that is missed, late or doubled neither
    loses nor doubles anything, since every one asks what is due by now.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={tick.name: ThreadPoolExecutor(1) for tick in ticks},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for tick in ticks:
        scheduler.add_job(
            tick, Every(tick.seconds), id=tick.name, name=tick.name, executor=tick.name, next_run_time=datetime.now(UTC)
        )
    return scheduler


def wake(scheduler: BackgroundScheduler, tick: Tick) -> None:
    """Let a tick run now, whatever time the scheduler believes it is due at."""
    scheduler.modify_job(tick.name, next_run_time=datetime.now(UTC))
