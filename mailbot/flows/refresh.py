"""Refreshing: the roster and the calendar are read again when their files have changed, without a restart.

A file is looked at again and again; it is read when it has not changed between two looks, so that no half of one is
taken. One that cannot be used leaves the one of before in force. Staff hear of it when it stays so: an editor may
be about to write the rest.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailbot.flows import calendar_in_force
from mailbot.flows.ports import App
from mailbot.flows.roster_in_force import KIND, InForce, read_content, sentences, with_roster

log = logging.getLogger(__name__)

Signature = tuple[int, int, int] | None
"""Time of the last change, size and number of a file; None where there is none."""
PATIENCE, WHILE_OPEN = 120.0, 900.0
"""Seconds for which a file may be unusable before that is told: in general, and while a program has it open."""


@dataclass
class Edits:
    """What is known of the changes of one file. Times are monotonic seconds."""

    taken: Signature = None
    """Of the file as it was last read; None also before the first look."""
    pending: Signature = None
    looked: bool = False
    unusable_since: float | None = None

    def took(self) -> None:
        """The file as it was at the last look is in force."""
        self.taken, self.unusable_since = self.pending, None


def refresh_roster(app: App, edits: Edits, now: float) -> App:
    """The program with the roster as it is to be from now on, itself where nothing changed. Raises ArchiveError."""
    path, campaign = app.config.campaign.units, app.config.campaign
    if not _is_to_be_read(path, edits):
        return app
    content, read = read_content(campaign)
    if _has_changed(path, edits):
        return app
    if read.roster is None:
        if not _is_unusable_for_long(path, edits, now):
            return app
        return _told(app, InForce(app.roster, app.roster_version, app.roster_faults, read.faults))
    edits.took()
    before = app.archive.versions.read(app.roster_version) if app.roster_version else None
    if content == before:
        return with_roster(app, InForce(app.roster, app.roster_version, read.faults))
    version = app.archive.versions.add(campaign.id, KIND, content, path.suffix)
    log.info("%s: is in force as it is now, with %s units", path, len(read.roster.units))
    return _told(app, InForce(read.roster, version, read.faults))


def _told(app: App, found: InForce) -> App:
    """The program by what was found, with a line in the log for each thing that is newly wrong."""
    after = with_roster(app, found)
    if (after.roster_refused, after.roster_faults) != (app.roster_refused, app.roster_faults):
        for sentence in sentences(app.config.campaign, found):
            log.warning("%s", sentence)
    return after


def refresh_calendar(app: App, edits: Edits, now: float) -> App:
    """The same for the calendar. Raises ArchiveError."""
    campaign = app.config.campaign
    path = campaign.calendar.source
    if path is None or not _is_to_be_read(path, edits):
        return app
    try:
        changed = calendar_in_force.read_anew(campaign)
    except ValueError as error:
        if _has_changed(path, edits) or not _is_unusable_for_long(path, edits, now):
            return app
        if campaign.calendar.fault != str(error):
            log.warning("%s; the calendar of before stays in force", error)
        return calendar_in_force.with_campaign(app, calendar_in_force.refused(campaign, str(error)))
    if _has_changed(path, edits):
        return app
    edits.took()
    if changed == campaign and not campaign.calendar.fault:
        return app
    calendar_in_force.keep(changed, app.archive)
    log.info("%s: is in force as it is now", path)
    return calendar_in_force.with_campaign(app, changed)


# ---------------------------------------------------------------- when a file is read


def _is_to_be_read(path: Path, edits: Edits) -> bool:
    """Whether a file has changed since it was taken, and not since the last look."""
    found, is_first = signature(path), not edits.looked
    is_still = found == edits.pending and not is_first
    edits.pending, edits.looked = found, True
    return is_still and (found != edits.taken or edits.unusable_since is not None)


def _has_changed(path: Path, edits: Edits) -> bool:
    """Whether somebody wrote it while it was read."""
    return signature(path) != edits.pending


def _is_unusable_for_long(path: Path, edits: Edits, now: float) -> bool:
    edits.unusable_since = now if edits.unusable_since is None else edits.unusable_since
    edits.taken = edits.pending
    return now - edits.unusable_since >= (WHILE_OPEN if _is_open(path) else PATIENCE)


def signature(path: Path) -> Signature:
    """What changes with a file whenever somebody writes it."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _is_open(path: Path) -> bool:
    """Whether a spreadsheet program says that it has the file open: by a file of its own beside it."""
    return any(lock.exists() for lock in _locks(path))


def _locks(path: Path) -> Iterator[Path]:
    """Excel and WPS leave out the first two letters of a name that has more than eight."""
    for prefix in ("~$", ".~"):
        yield path.with_name(prefix + path.name)
        yield path.with_name(prefix + path.name[2:])
    yield path.with_name(f".~lock.{path.name}#")
