"""`mailbot doctor`: checks that everything is as it should be; one line for each thing, with what to do."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import click

from mailbot.app import forms_of, local_clock
from mailbot.cli.folding import Line, folded
from mailbot.cli.options import progress, with_config
from mailbot.cli.python_risks import Version, sentences
from mailbot.config import Config, MailboxConfig
from mailbot.domain.errors import MailbotError, StoreOutdated
from mailbot.flows.roster_in_force import read_content
from mailbot.letters.rendering import charts
from mailbot.letters.rendering.mime import one_line
from mailbot.letters.rendering.renderer import Renderer
from mailbot.servers.imap import Mailbox
from mailbot.servers.smtp import Post
from parsers.child import sandbox, walls
from parsers.containers import archives, unar
from parsers.formats import libreoffice
from parsers.reading import Severity
from storage.archive import Archive
from storage.disk import free_bytes
from storage.engine import wal_is_safe
from storage.store import Store

BEFORE_THIS_PROGRAM = 2024
MOST_FAULTS = 5
"""Of the roster; a command of its own lists all."""

Check = Callable[[], Iterator[str]]
MARKS = ("WRONG", "note", "ok")
"""In the order in which they are shown."""


class Note(str):
    """A sentence about something that is no fault, and that somebody should know."""


class Wrong(Exception):
    """Something is not as it should be; the text says what to do."""


@click.command()
@with_config
def command(config: Config) -> None:
    """Check configuration, database, disk, clock, log-ins, folders and calendar; say what to do."""
    checks: list[tuple[str, Check]] = [
        ("roster", lambda: _roster(config)),
        ("forms", lambda: _forms(config)),
        ("letters", lambda: _letters(config)),
        ("pictures", _pictures),
        ("database", lambda: _database(config)),
        ("archive", lambda: _archive(config)),
        ("disk", lambda: _disk(config)),
        ("clock", lambda: _clock(config)),
        ("calendar", lambda: _calendar(config)),
        ("campaign", lambda: _campaign(config)),
        ("libarchive", _libarchive),
        ("unar", _unar),
        ("libreoffice", _libreoffice),
        ("walls", _walls),
        ("python", _python),
    ]
    for mailbox in config.mailbox:
        checks.append((f"imap {mailbox.name}", lambda m=mailbox: _imap(m)))  # type: ignore[misc]  # m has a default
        checks.append((f"smtp {mailbox.name}", lambda m=mailbox: _smtp(m)))  # type: ignore[misc]
    lines = [Line("ok", "config", "every key is known and has a sound value")]
    with progress() as bar:
        task = bar.add_task("checking", total=len(checks))
        for name, check in checks:
            bar.update(task, description=f"checking {name}")
            lines += _run(name, check)
            bar.advance(task)
    lines.sort(key=lambda line: MARKS.index(line.mark))
    for text in folded(lines, [mailbox.name for mailbox in config.mailbox]):
        click.echo(text)
    wrong = len({line.about for line in lines if line.mark == "WRONG"})
    if wrong:
        click.echo(f"{wrong} of {len(checks) + 1} checks failed", err=True)
        sys.exit(1)


def _run(name: str, check: Check) -> list[Line]:
    lines: list[Line] = []
    try:
        lines.extend(Line("note" if isinstance(said, Note) else "ok", name, said) for said in check())
    except (Wrong, MailbotError) as error:
        lines += [Line("WRONG", name, text) for text in str(error).splitlines()]
    except Exception as error:  # noqa: BLE001 - one check that breaks leaves the others standing
        lines.append(Line("WRONG", name, f"cannot be checked: {type(error).__name__}: {one_line(str(error))}"))
    return lines


def _roster(config: Config) -> Iterator[str]:
    source, (_, found) = config.campaign.units, read_content(config.campaign)
    faults = [fault.sentence(str(source)) for fault in found.faults if fault.severity is Severity.ERROR]
    if found.roster:
        units = found.roster.units
        without = sum(not unit.emails for unit in units)
        yield f"{len(units)} units, {without} of them without an address for reminders"
    if len(faults) > MOST_FAULTS:
        faults[MOST_FAULTS:] = [f"{len(faults) - MOST_FAULTS} faults more; `mailbot roster check` lists them"]
    if faults:
        raise Wrong("\n".join(faults))


def _forms(config: Config) -> Iterator[str]:
    yield f"{', '.join(form.title for form in forms_of(config.campaign).values())}"


def _letters(config: Config) -> Iterator[str]:
    Renderer(config.organisation, config.mailbox[0], config.campaign, config.templates)
    yield f"templates can be read; sending mode is {config.sending.mode}"
    if not config.staff.digest_to:
        raise Wrong("[staff] digest_to is empty, so nobody gets the weekly digest; write an address there")


def _pictures() -> Iterator[str]:
    found = charts.font()
    if found is None:
        yield Note(
            "no font with Chinese characters, so the digest comes without pictures; install fonts-noto-cjk for them"
        )
    else:
        yield f"the digest's are drawn with {found}"


def _database(config: Config) -> Iterator[str]:
    try:
        Store.open(config.database.url).close()
    except StoreOutdated as older:
        yield Note(older)
        return
    yield f"{config.database.url} can be used ({_version() if config.database.path else 'PostgreSQL'})"


def _version() -> str:
    safe = wal_is_safe(sqlite3.sqlite_version_info[:3])
    journal = "write-ahead log" if safe else "rollback journal: its write-ahead log has a bug in this version"
    return f"SQLite {sqlite3.sqlite_version}, {journal}"


def _archive(config: Config) -> Iterator[str]:
    Archive(config.archive.path)
    _private(config.archive.path)
    yield f"{config.archive.path} can be written"


def _private(folder: Path) -> None:
    if folder.stat().st_mode & 0o077:
        raise Wrong(f"others may read {folder}; say chmod 700 {folder}")


def _disk(config: Config) -> Iterator[str]:
    free, reserve = free_bytes(config.places), config.disk.reserve
    if free < reserve:
        raise Wrong(
            f"only {free // 2**20} MiB free, so no mail is taken in; make room for at least {reserve // 2**20} MiB"
        )
    yield f"{free // 2**20} MiB free"


def _clock(config: Config) -> Iterator[str]:
    now: datetime = local_clock(config)()
    if now.year < BEFORE_THIS_PROGRAM:
        raise Wrong(f"the clock says {now:%Y-%m-%d %H:%M}; set it (timedatectl set-ntp true)")
    yield f"it is {now:%Y-%m-%d %H:%M} in {config.organisation.timezone}"


def _calendar(config: Config) -> Iterator[str]:
    if fault := config.campaign.calendar.fault:
        raise Wrong(f"{fault}; the calendar of before stays in force until then")
    years = range(config.campaign.starts_on.year, config.campaign.ends_on.year + 1)
    unknown = [year for year in years if not config.campaign.calendar.is_published(year)]
    if unknown:
        raise Wrong(
            f"holidays of {unknown[0]} are not known, so Monday to Friday count as working days; "
            "update the package chinesecalendar, or list the days yourself (campaign.calendar)"
        )
    yield f"holidays and make-up days of {years[0]}–{years[-1]} are known"


def _campaign(config: Config) -> Iterator[str]:
    campaign, today = config.campaign, local_clock(config)().date()
    name = f"{campaign.id} ({campaign.starts_on} to {campaign.deadline})"
    if today > campaign.ends_on:
        days = (today - campaign.ends_on).days
        yield Note(
            f"{name} is over: its last day was {campaign.ends_on}, {days} days ago, and no reminder or digest is sent "
            "any more; for a new campaign write its id, title and days into [campaign]"
        )
    elif today > campaign.deadline:
        yield Note(f"the deadline of {name} is past; late reports are taken until {campaign.ends_on}")
    elif today < campaign.starts_on:
        yield f"{name} has not begun"
    else:
        yield f"{name}, {(campaign.deadline - today).days} days to the deadline"


def _libarchive() -> Iterator[str]:
    if archives.is_installed():
        yield "7z and RAR archives are opened"
    else:
        yield Note(
            "not installed; who sends a 7z or RAR archive is asked for the table itself (apt install libarchive13)"
        )


def _unar() -> Iterator[str]:
    if unar.is_installed():
        yield "RAR archives packed as one block, and others that libarchive cannot open, are opened"
    else:
        yield Note(
            "not installed; who sends a RAR archive packed as one block is asked for the table (apt install unar)"
        )


def _libreoffice() -> Iterator[str]:
    if libreoffice.is_installed():
        yield ".doc, .wps and .rtf are read"
    else:
        yield Note(
            "not installed; who sends .doc, .wps or .rtf is asked for .docx or .xlsx (apt install libreoffice-writer)"
        )


def _python() -> Iterator[str]:
    version = Version(*sys.version_info[:3])
    found = tuple(map(Note, sentences(version)))
    yield from found or (f"{version} has none of the faults in zipfile, email and tempfile that are known so far",)


def _walls() -> Iterator[str]:
    offered = walls.offered()
    if offered.are_all:
        yield "what reads mail sees no network, no other file and no other process (seccomp, Landlock)"
        return
    missing = [name for name, there in (("seccomp", offered.calls), ("Landlock", offered.files)) if not there]
    without = f"this kernel has no {' and no '.join(missing)}, so what reads mail has limits and fewer walls"
    if sandbox.has_bubblewrap():
        yield Note(f"{without}; LibreOffice and unar run within bubblewrap")
    else:
        yield Note(
            f"{without}; LibreOffice and unar are not started, so senders of .doc, .wps and .rtf are asked for another "
            "format (apt install bubblewrap, or a kernel of 5.13 or newer)"
        )


def _imap(mailbox: MailboxConfig) -> Iterator[str]:
    inbox = Mailbox(mailbox, timeout=20)
    try:
        yield from inbox.check()
    finally:
        inbox.close()


def _smtp(mailbox: MailboxConfig) -> Iterator[str]:
    post = Post(mailbox)
    try:
        yield from post.check()
    finally:
        post.close()
