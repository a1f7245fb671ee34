"""The timetable: what wakes the flows, and how the daemon stops. When something is due is decided elsewhere."""

import logging
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from mailbot import flows
from mailbot.config import MailboxConfig
from mailbot.errors import MailbotError, MailboxError
from mailbot.ports import App, Inbox

log = logging.getLogger(__name__)

JUDGE_SECONDS, SEND_SECONDS, PLAN_SECONDS = 2, 2, 30
STOP_SECONDS = 45
"""After this long a stop is enforced; whatever is cut off then is found again at the next start."""
SHORTEST_WAIT = 1.0


PATIENCE = (5, 60, 120, 240, 480, 900)
"""Seconds to leave a server alone after the first, second … failure in a row: providers lock accounts that insist."""


@dataclass
class Patience:
    """How long a server that failed is left alone."""

    failures: int = 0
    until: float = 0.0

    def over(self) -> bool:
        """Whether it may be tried again."""
        return time.monotonic() >= self.until

    def failed(self) -> None:
        """Leave it alone, longer each time in a row."""
        self.until = time.monotonic() + PATIENCE[min(self.failures, len(PATIENCE) - 1)]
        self.failures += 1

    def succeeded(self) -> None:
        """It answers again."""
        self.failures, self.until = 0, 0.0


@dataclass
class Daemon:
    """Runs an app until it is told to stop."""

    app: App
    stopping: threading.Event = field(default_factory=threading.Event)
    patience: defaultdict[str, Patience] = field(default_factory=lambda: defaultdict(Patience))
    """With each mailbox, by its name, and with the way out ("")."""

    def run(self) -> None:
        """Wake the flows by the timetable until SIGTERM or SIGINT; returns after a clean stop.

        APScheduler keeps nothing: every tick asks what is due by now and has not been done, so one that is missed,
        late or doubled neither loses nor doubles anything.
        """
        flows.begin(self.app)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        scheduler = self._timetable()
        scheduler.start()
        try:
            self.stopping.wait()
        finally:
            threading.Thread(target=_enforce_stop, daemon=True).start()
            for _, inbox in self.app.mailboxes:
                inbox.close()
            scheduler.shutdown(wait=True)
            self.app.close()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        log.info("stopping on %s", signal.Signals(number).name)
        self.stopping.set()

    def _timetable(self) -> BackgroundScheduler:
        ticks: list[tuple[str, float, Callable[[], object]]] = [
            (f"poll {mailbox.name}", mailbox.poll_seconds, partial(self.poll, mailbox, inbox))
            for mailbox, inbox in self.app.mailboxes
        ]
        ticks += [
            ("judge", JUDGE_SECONDS, self.judge),
            ("judge slowly", JUDGE_SECONDS, partial(self.judge, slowly=True)),
            ("plan", PLAN_SECONDS, self.plan),
            ("send", SEND_SECONDS, self.send),
        ]
        # a pool for each duty, so that none waits for another's
        scheduler = BackgroundScheduler(
            timezone=self.app.config.organisation.zone,
            executors={name: ThreadPoolExecutor(1) for name, _, _ in ticks},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for name, seconds, tick in ticks:
            scheduler.add_job(
                _reported(name, tick),
                "interval",
                seconds=seconds,
                id=name,
                name=name,
                executor=name,
                next_run_time=datetime.now(self.app.config.organisation.zone),
            )
        return scheduler

    def poll(self, mailbox: MailboxConfig, inbox: Inbox) -> None:
        """One interval of watching a mailbox: read it to its end, and again at each hint until the next tick."""
        patience, until = self.patience[mailbox.name], time.monotonic() + mailbox.poll_seconds - SHORTEST_WAIT
        while patience.over() and not self.stopping.is_set():
            try:
                self._collect(mailbox, inbox)
            except MailboxError:
                patience.failed()
                raise
            patience.succeeded()
            left = until - time.monotonic()
            if left < SHORTEST_WAIT:
                return
            inbox.wait(left)
            # a server that hints without end must not make this a busy loop
            self.stopping.wait(SHORTEST_WAIT)

    def _collect(self, mailbox: MailboxConfig, inbox: Inbox) -> None:
        for _ in flows.collect(self.app, mailbox, inbox):
            if self.stopping.is_set():
                return

    def judge(self, *, slowly: bool = False) -> None:
        """Judge what was accepted, or what of it takes long."""
        while not self.stopping.is_set() and flows.judge_next(self.app, slowly=slowly):
            pass

    def plan(self) -> None:
        """Queue what is due by the calendar."""
        flows.remind(self.app)
        flows.report(self.app)

    def send(self) -> None:
        """Deliver what is due."""
        patience = self.patience[""]
        while patience.over() and not self.stopping.is_set() and (delivery := flows.deliver_next(self.app)):
            if delivery.failure:
                log.warning("%s: %s", delivery.key, delivery.failure)
            if delivery.blocked:
                patience.failed()
            else:
                patience.succeeded()


def _reported(name: str, tick: Callable[[], object]) -> Callable[[], None]:
    """A tick whose failure is one line in the log; the next tick tries again."""

    def run() -> None:
        try:
            tick()
        except MailbotError as error:
            log.warning("%s: %s", name, error)
        except Exception:
            log.exception("%s failed", name)

    return run


def _enforce_stop() -> None:
    time.sleep(STOP_SECONDS)
    log.error("did not stop within %s s; leaving at once", STOP_SECONDS)
    os._exit(1)
