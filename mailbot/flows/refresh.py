"""Refreshing: the roster is read again when its file has changed, without a restart.

A file is looked at again and again; it is read when it has not changed between two looks, so that no half of one is
taken. One that cannot be used leaves the roster of before in force. Staff hear of it when it stays so: an editor may
be about to write the rest.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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


def refresh(app: App, edits: Edits, now: float) -> App:
    """The program with the roster as it is to be from now on; the same where nothing has changed. Raises ArchiveError.

    A first look that finds the file as it was at the start reads nothing but once.
    """
    path = app.config.campaign.units
    found = signature(path)
    if found != edits.pending or not edits.looked:
        edits.pending, edits.looked = found, True
        return app
    if found == edits.taken and edits.unusable_since is None:
        return app
    content, read = read_content(path)
    if signature(path) != found:
        return app
    campaign = app.config.campaign.id
    if read.roster is None:
        edits.unusable_since = now if edits.unusable_since is None else edits.unusable_since
        patience = WHILE_OPEN if is_open(path) else PATIENCE
        if now - edits.unusable_since < patience:
            return app
        edits.taken = found
        return _refused(app, InForce(app.roster, app.roster_version, app.roster_faults, read.faults))
    edits.taken, edits.unusable_since = found, None
    before = app.archive.versions.read(app.roster_version) if app.roster_version else None
    if content == before:
        return with_roster(app, InForce(app.roster, app.roster_version, read.faults))
    version = app.archive.versions.add(campaign, KIND, content, path.suffix)
    taken = InForce(read.roster, version, read.faults)
    log.info("%s: is in force as it is now, with %s units", path, len(read.roster.units))
    for sentence in sentences(app.config.campaign, taken):
        log.warning("%s", sentence)
    return with_roster(app, taken)


def _refused(app: App, found: InForce) -> App:
    after = with_roster(app, found)
    if after.roster_refused != app.roster_refused:
        for sentence in sentences(app.config.campaign, found):
            log.warning("%s", sentence)
    return after


def signature(path: Path) -> Signature:
    """What changes with a file whenever somebody writes it."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def is_open(path: Path) -> bool:
    """Whether a spreadsheet program says that it has the file open: by a file of its own beside it."""
    return any(lock.exists() for lock in _locks(path))


def _locks(path: Path) -> Iterator[Path]:
    """Excel and WPS leave out the first two letters of a name that has more than eight."""
    for prefix in ("~$", ".~"):
        yield path.with_name(prefix + path.name)
        yield path.with_name(prefix + path.name[2:])
    yield path.with_name(f".~lock.{path.name}#")
