"""The heartbeat: a small file in the archive that tells monitoring whether the daemon runs, and what fails."""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ValidationError

from mailbot.letters import alert_causes
from mailbot.letters.alert_causes import Failing

SECONDS = 10.0
"""Between two beats."""
OLDEST = timedelta(seconds=90)
"""A daemon whose last beat is older does not live."""
PASSES, GRACE = 3, timedelta(hours=1)
"""A scheduler that runs `mailbot once` may leave out passes, such as those of a weekend, and a pass takes some time."""
FIRST_PASS = timedelta(days=1)
"""How often passes are expected while only one is known."""
LONG_SILENCE = timedelta(days=3)
UNTIL_TRUSTED = 3600.0
"""Seconds for which a clock that was set ahead is not believed."""
FAULT_SECONDS = 4 * 60.0
"""Seconds for which a duty may stand still, or a server may fail, before it counts as a fault."""


class Duty(BaseModel):
    """One tick, or sending from one mailbox.

    `quiet`: seconds since it got on; `failing`: since when every run has failed, with the last reason. `remote`: it
    depends on a mail server, which may be away for some minutes; any other has no reason to fail.
    """

    name: str
    seconds: float
    quiet: float
    runs: bool
    failing: float = 0.0
    failure: str | None = None
    remote: bool = False


class Setback(BaseModel):
    """One thing that failed by itself, in Chinese, with the last reason."""

    about: str
    reason: str
    at: AwareDatetime


class Heartbeat(BaseModel):
    """How the daemon fared at one moment. `damage`: what the last look through the whole database found wrong."""

    at: AwareDatetime
    started_at: AwareDatetime
    pid: int
    version: str
    stopped: bool = False
    duties: tuple[Duty, ...] = ()
    checked_at: AwareDatetime | None = None
    damage: str | None = None
    setbacks: tuple[Setback, ...] = ()
    roster: tuple[str, ...] = ()
    """Why the roster's file is not in force as it is now, in sentences."""
    passes: timedelta | None = None
    """Of `mailbot once`: the time between its last two passes, zero where there was one; None: a daemon's beat."""
    doubt: float = 0.0
    """Seconds for which the clock is not believed yet, so that reminders and digests wait."""

    def death(self, now: datetime) -> str | None:
        """Why the daemon does not live, in a sentence; None where it does."""
        if self.passes is not None:
            if now - self.at > self.pause:
                at = f"{self.at:%Y-%m-%d %H:%M:%SZ}"
                return f"the last pass of `mailbot once` was at {at}; the scheduler starts it no more, or it fails"
            return None
        if self.stopped:
            return f"the daemon was stopped at {self.at:%Y-%m-%d %H:%M:%SZ}"
        if abs(now - self.at) > OLDEST:
            return f"the last heartbeat is of {self.at:%Y-%m-%d %H:%M:%SZ}; the daemon does not run, or hangs"
        return None

    @property
    def pause(self) -> timedelta:
        """How long nothing may happen because nothing runs; zero where a daemon runs all the time."""
        if self.passes is None:
            return timedelta()
        return PASSES * self.passes + GRACE if self.passes else FIRST_PASS + GRACE

    def doubt_at(self, start: datetime) -> float:
        """Seconds for which a process that starts now does not believe the clock.

        What the one before did not believe, it does not either, unless the clock was set back meanwhile. After a long
        silence nobody can tell whether time has passed or the clock was set ahead.
        """
        silence = start - self.at
        if silence > LONG_SILENCE:
            return UNTIL_TRUSTED
        return min(self.doubt, UNTIL_TRUSTED) if silence > -OLDEST else 0.0

    def faults(self) -> Iterator[str]:
        """What does not go as it should, in sentences."""
        yield from self.roster
        for duty in self.duties:
            if duty.failing > (FAULT_SECONDS if duty.remote else 0):
                yield f"{duty.name} has failed for {duty.failing:.0f} s: {duty.failure}"
            elif duty.quiet > max(FAULT_SECONDS, 3 * duty.seconds):
                yield f"{duty.name} has not got on for {duty.quiet:.0f} s"


def of_pass(
    before: Heartbeat | None, started_at: datetime, pid: int, version: str, setbacks: tuple[Setback, ...]
) -> Heartbeat:
    """The sign of life of one pass of `mailbot once`; a pass by hand between two others at most halves their time."""
    if before is None or before.passes is None:
        return Heartbeat(
            at=started_at, started_at=started_at, pid=pid, version=version, setbacks=setbacks, passes=timedelta()
        )
    return Heartbeat(
        at=started_at,
        started_at=before.started_at,
        pid=pid,
        version=version,
        setbacks=setbacks,
        passes=max(started_at - before.at, before.passes / 2),
    )


def failing(duties: Iterable[Duty]) -> tuple[Failing, ...]:
    """The duties that fail, those of mail servers aside: what these keep back is told by what waits."""
    return tuple(
        Failing(duty.name, timedelta(seconds=duty.failing), duty.failure or "")
        for duty in duties
        if duty.failing and not duty.remote
    )


def setbacks(beat: Heartbeat) -> tuple[alert_causes.Setback, ...]:
    """What failed by itself, as alerts tell it."""
    return tuple(alert_causes.Setback(one.about, one.reason, one.at) for one in beat.setbacks)


def path(archive: Path) -> Path:
    """Where the heartbeat of the daemon with this archive lies."""
    return archive / "heartbeat.json"


def write(heartbeat: Heartbeat, archive: Path) -> None:
    """Replace the file at once, so that whoever reads it finds a whole one; there is one who writes. Raises OSError."""
    part = path(archive).with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(heartbeat.model_dump_json(indent=1))
    part.replace(path(archive))


def read(archive: Path) -> Heartbeat | None:
    """The last heartbeat; None where there is none."""
    try:
        return Heartbeat.model_validate_json(path(archive).read_bytes())
    except (OSError, ValidationError):
        return None
