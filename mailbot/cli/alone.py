"""What the commands share that delete: they have the database to themselves, and say what is left elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from mailbot.app import build
from mailbot.cli.options import log_to_stderr
from mailbot.config import Config
from mailbot.domain.erasing import Person
from mailbot.flows.ports import App
from storage.backup import last_backup
from storage.daemon_lock import lock


@contextmanager
def app_alone(config: Config) -> Iterator[App]:
    """The program with the lock of the daemon. Raises StoreBusy where one runs."""
    log_to_stderr(config.log.level or "warning")
    with lock(config.database.url):
        app = build(config, alone=True)
        try:
            yield app
        finally:
            app.close()


def kept_elsewhere(config: Config, person: Person | None = None) -> list[str]:
    """What this program cannot erase, one sentence each."""
    made = last_backup(config.archive.path)
    day = f" (the last was made on {made.astimezone(config.organisation.zone):%Y-%m-%d})" if made else ""
    found = [
        f"backups that were made before still hold it{day}: delete them, or erase again after a restore",
        "the mails still lie in the mailbox on its server, unless somebody has deleted them there",
        "files that `mailbot export` has written, and logs of the service manager, are not touched",
    ]
    if person is not None:
        found += _in_files(config, person)
    return found


def _in_files(config: Config, person: Person) -> Iterator[str]:
    units = config.campaign.units
    try:
        content = units.read_bytes()
    except OSError:
        content = b""
    if any(person.finds(content.decode(encoding, "replace")) for encoding in ("utf-8", "gb18030")):
        yield f"{units} names the person: take it out there, or it is kept again as the roster in force"
    if any(map(person.finds, config.staff.everyone)):
        yield "[staff] of the configuration names the person: take it out there"
