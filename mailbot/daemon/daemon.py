"""The daemon: wakes the flows by a timetable, ends a process that hangs, and stops cleanly."""

import logging
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from mailbot import __version__
from mailbot.config import MailboxConfig
from mailbot.daemon import heartbeat, service_manager
from mailbot.daemon.backoff import Backoff
from mailbot.daemon.clock import ClockSteps
from mailbot.daemon.duties import HUNG_SECONDS, Tick, report_progress, timetable, wake
from mailbot.decide.retention import limits_by
from mailbot.domain.errors import LoginRefused, MailboxError, MessageRefused
from mailbot.flows import watch
from mailbot.flows.begin import begin
from mailbot.flows.collect import collect, file_away
from mailbot.flows.deliver import deliver_next
from mailbot.flows.judge import judge_next
from mailbot.flows.ports import App, Inbox
from mailbot.flows.purge import purge
from mailbot.flows.refresh import Edits, refresh_calendar, refresh_roster
from mailbot.flows.remind import remind
from mailbot.flows.report import report
from mailbot.flows.roster_in_force import refusals

log = logging.getLogger(__name__)

JUDGE_SECONDS, SEND_SECONDS, PLAN_SECONDS, REFRESH_SECONDS, CHECK_SECONDS = 2, 2, 30, 10, 86400
RETAIN_SECONDS = 6 * 60 * 60
POLL = "poll "
LOOK_SECONDS = 5.0
"""Between two looks at the ticks, by the monotonic clock."""
STOP_SECONDS = 45
"""After this long a stop is enforced; whatever is cut off then is found again at the next start."""
SHORTEST_WAIT = 1.0
HUNG = 70
"""The exit status with which the service manager is asked for a new process (sysexits.h: EX_SOFTWARE)."""
FAR_STEP = 300.0
"""A clock set forward by more seconds is not believed by reminders and digests for `heartbeat.UNTIL_TRUSTED`."""
LOGIN_TRIES, LOGIN_SECONDS = 3, 6 * 60 * 60
"""After so many log-ins that were refused in a row the next one waits so long; a restart tries at once."""


@dataclass
class Daemon:
    """Runs an app until it is told to stop."""

    app: App
    stopping: threading.Event = field(default_factory=threading.Event)
    backoffs: defaultdict[str, Backoff] = field(default_factory=lambda: defaultdict(Backoff))
    """Of reading each mailbox, by its name, of sending from it (`_sending_key`) and of filing (`_filing_key`)."""
    hung_seconds: float = HUNG_SECONDS
    look_seconds: float = LOOK_SECONDS
    damage: str | None = None
    """What the last look through the whole database found wrong, at `checked_at`."""
    checked_at: datetime | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    roster_edits: Edits = field(default_factory=Edits)
    calendar_edits: Edits = field(default_factory=Edits)
    trusted_from: float = 0.0
    """From when on, by the monotonic clock, the time of day is believed."""

    def __post_init__(self) -> None:
        self.app = replace(self.app, progressed=report_progress)

    def run(self) -> None:
        """Wake the flows by the timetable until `stop`; returns after a clean stop.

        A tick that hangs ends the process with status 70, so that the service manager starts a new one.
        """
        if last := heartbeat.read(self.app.config.archive.path):
            self.trusted_from = time.monotonic() + last.doubt_at(self.started_at)
        begin(self.app)
        ticks = self.ticks
        scheduler = timetable(ticks)
        scheduler.start()
        self.beat(ticks)
        service_manager.notify("READY=1")
        try:
            self._look_after(ticks, scheduler)
        finally:
            service_manager.notify("STOPPING=1")
            enforcement = threading.Timer(STOP_SECONDS, _enforce_stop)
            enforcement.daemon = True
            enforcement.start()
            for _, inbox in self.app.mailboxes:
                inbox.close()
            for post in self.app.posts.values():
                post.cut()
            scheduler.shutdown(wait=True)
            self.beat(ticks, stopped=True)
            self.app.close()
            enforcement.cancel()

    def stop(self, number: int, frame: FrameType | None = None) -> None:
        """Stop soon, as a handler of a signal; the same signal again ends the process at once."""
        log.info("stopping on %s", signal.Signals(number).name)
        signal.signal(number, signal.SIG_DFL)
        self.stopping.set()

    @cached_property
    def ticks(self) -> list[Tick]:
        """The duties, each with how it gets on."""
        duties: list[tuple[str, float, Callable[[], object]]] = [
            (f"{POLL}{mailbox.name}", mailbox.poll_seconds, partial(self.poll, mailbox, inbox))
            for mailbox, inbox in self.app.mailboxes
        ]
        duties += [
            ("judge", JUDGE_SECONDS, self.judge),
            ("judge slowly", JUDGE_SECONDS, partial(self.judge, slowly=True)),
            ("remind", PLAN_SECONDS, self.remind),
            ("report", PLAN_SECONDS, self.report),
            ("watch", PLAN_SECONDS, self.watch),
            ("refresh", REFRESH_SECONDS, self.refresh),
            ("send", SEND_SECONDS, self.send),
            ("check", CHECK_SECONDS, self.check),
            ("retain", RETAIN_SECONDS, self.retain),
        ]
        return [Tick(*duty, self.hung_seconds) for duty in duties]

    def _look_after(self, ticks: list[Tick], scheduler: BackgroundScheduler) -> None:
        """Until the stop: see that every tick gets on, whatever becomes of the clock, and say so."""
        clock, due = ClockSteps(), 0.0
        while not self.stopping.wait(self.look_seconds):
            step = clock.step()
            if step:
                self.clock_was_set(step)
            for tick in ticks:
                if tick.hangs:
                    log.critical("%s has not got on for %.0f s; leaving, to be started anew", tick.name, tick.quiet)
                    os._exit(HUNG)
                if step or tick.is_late:
                    wake(scheduler, tick)
            service_manager.notify("WATCHDOG=1")
            if time.monotonic() >= due:
                due = time.monotonic() + heartbeat.SECONDS
                self.beat(ticks)

    def clock_was_set(self, step: float) -> None:
        """Doubt the time of day after a large step forward; believe it again after a large step back."""
        log.warning("the clock of this machine was set by %+.0f s", step)
        if step > FAR_STEP:
            self.trusted_from = time.monotonic() + heartbeat.UNTIL_TRUSTED
        elif step < -FAR_STEP:  # most likely the correction of such a step
            self.trusted_from = 0.0

    def beat(self, ticks: list[Tick], *, stopped: bool = False) -> None:
        """Write the heartbeat: how these ticks get on, and whether the daemon has stopped."""
        beat = heartbeat.Heartbeat(
            at=datetime.now(UTC),
            started_at=self.started_at,
            pid=os.getpid(),
            version=__version__,
            stopped=stopped,
            duties=(*map(_duty, ticks), *self._beside_ticks()),
            checked_at=self.checked_at,
            damage=self.damage,
            setbacks=tuple(
                heartbeat.Setback(about=one.about, reason=one.reason, at=one.at)
                for one in tuple(self.app.setbacks.values())
            ),
            roster=tuple(refusals(self.app)),
            doubt=max(0.0, self.trusted_from - time.monotonic()),
        )
        try:
            heartbeat.write(beat, self.app.config.archive.path)
        except OSError as error:  # a full disk: nothing else may suffer from it
            log.warning("the heartbeat cannot be written: %s", error)

    def _beside_ticks(self) -> Iterator[heartbeat.Duty]:
        """Sending and filing as duties of their own: where they fail something waits, and no tick fails."""
        for name in self.app.posts:
            yield _tried(f"sending from {name}", self.backoffs[_sending_key(name)])
        for mailbox, _ in self.app.mailboxes:
            if mailbox.file_to:
                yield _tried(f"filing in {mailbox.name}", self.backoffs[_filing_key(mailbox.name)])

    @property
    def doubts_clock(self) -> bool:
        """Whether reminders and digests wait, because the clock was set far ahead a short while ago."""
        return time.monotonic() < self.trusted_from

    def poll(self, mailbox: MailboxConfig, inbox: Inbox) -> None:
        """One interval of watching a mailbox: read it to its end, and again at each hint until the next tick."""
        backoff, until = self.backoffs[mailbox.name], time.monotonic() + mailbox.poll_seconds - SHORTEST_WAIT
        while backoff.may_try() and not self.stopping.is_set():
            try:
                self._collect(mailbox, inbox)
            except MessageRefused:  # the server is well
                backoff.succeeded()
                raise
            except MailboxError as error:
                insists = isinstance(error, LoginRefused) and backoff.failures + 1 >= LOGIN_TRIES
                backoff.failed(str(error), LOGIN_SECONDS if insists else 0.0)
                raise
            backoff.succeeded()
            left = until - time.monotonic()
            if left < SHORTEST_WAIT:
                return
            inbox.wait(left)
            # a server that hints without end must not make this a busy loop
            self.stopping.wait(SHORTEST_WAIT)

    def _collect(self, mailbox: MailboxConfig, inbox: Inbox) -> None:
        for _ in collect(self.app, mailbox, inbox):
            report_progress()
            if self.stopping.is_set():
                return
        self._file_away(mailbox, inbox)

    def _file_away(self, mailbox: MailboxConfig, inbox: Inbox) -> None:
        """A courtesy: where it fails the mailbox is read and waited for as before, and a reason is logged once."""
        filing = self.backoffs[_filing_key(mailbox.name)]
        if not filing.may_try():
            return
        if not (failure := file_away(self.app, mailbox, inbox)):
            filing.succeeded()
            return
        if not filing.failures or failure != filing.failure:
            log.warning("%s", failure)
        filing.failed(failure)

    def judge(self, *, slowly: bool = False) -> None:
        """Judge what was accepted, or what of it takes long."""
        while not self.stopping.is_set() and judge_next(self.app, slowly=slowly):
            report_progress()

    def remind(self) -> None:
        """Queue the reminders that are due."""
        if not self.doubts_clock:
            remind(self.app)

    def report(self) -> None:
        """Queue the digest that is due."""
        if not self.doubts_clock:
            report(self.app)

    def refresh(self) -> None:
        """Read the roster and the calendar again where their files have changed."""
        self.app = refresh_roster(self.app, self.roster_edits, time.monotonic())
        self.app = refresh_calendar(self.app, self.calendar_edits, time.monotonic())

    def watch(self) -> None:
        """Queue what staff must hear of at once."""
        known = watch.Known(
            since=self.started_at,
            damage=self.damage,
            clock_was_set=self.doubts_clock,
            silent=[name for name in self.app.posts if self.backoffs[_sending_key(name)].failures],
            failing=heartbeat.failing(map(_duty, self.ticks)),
        )
        watch.watch(self.app, known)

    def check(self) -> None:
        """Look through the whole database for damage."""
        self.damage, self.checked_at = self.app.store.damage(), datetime.now(UTC)
        if self.damage:
            log.critical("%s", self.damage)

    def retain(self) -> None:
        """Erase what the configuration keeps no longer, unless the clock may be wrong."""
        limits = limits_by(self.app.config.retention, self.app.config.campaign, self.app.clock())
        if not (limits.is_empty or self.doubts_clock):
            purge(self.app, limits)

    def send(self) -> None:
        """Deliver what is due."""
        while not self.stopping.is_set() and (delivery := deliver_next(self.app, self._shut())):
            report_progress()
            backoff = self.backoffs[_sending_key(delivery.mailbox)]
            if delivery.failure:
                log.warning("%s: %s", delivery.key, delivery.failure)
            if delivery.blocked:
                backoff.failed(delivery.failure or "", delivery.patience.total_seconds())
            else:
                backoff.succeeded()

    def _shut(self) -> set[str]:
        """The mailboxes from which nothing is sent for now."""
        return {name for name in self.app.posts if not self.backoffs[_sending_key(name)].may_try()}


def _sending_key(mailbox: str) -> str:
    return f"{mailbox} out"


def _filing_key(mailbox: str) -> str:
    return f"{mailbox} filing"


def _tried(name: str, tries: Backoff) -> heartbeat.Duty:
    return heartbeat.Duty(
        name=name, seconds=0, quiet=0, runs=False, failing=tries.failing, failure=tries.failure, remote=True
    )


def _duty(tick: Tick) -> heartbeat.Duty:
    return heartbeat.Duty(
        name=tick.name,
        seconds=tick.seconds,
        quiet=tick.quiet,
        runs=tick.runs,
        failing=tick.failing,
        failure=tick.failure,
        remote=tick.name.startswith(POLL),
    )


def _enforce_stop() -> None:
    log.error("did not stop within %s s; leaving at once", STOP_SECONDS)
    os._exit(1)
