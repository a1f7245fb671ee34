"""`mailbot doctor`: checks that everything is as it should be; one line for each thing, with what to do."""

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import click

from mailbot.app import forms_of, local_clock, roster_file_of
from mailbot.cli.options import with_config
from mailbot.config import Config, MailboxConfig
from mailbot.domain.errors import MailbotError, StoreOutdated
from mailbot.letters.rendering import charts
from mailbot.letters.rendering.renderer import Renderer
from mailbot.servers.imap import Mailbox
from mailbot.servers.smtp import Post
from parsers.child import sandbox
from parsers.containers import archives, unar
from parsers.formats import libreoffice
from parsers.reading import Severity
from storage.archive import Archive
from storage.disk import free_bytes
from storage.engine import wal_is_safe
from storage.store import Store

BEFORE_THIS_PROGRAM = 2024

Check = Callable[[], Iterator[str]]


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
        ("libarchive", _libarchive),
        ("unar", _unar),
        ("libreoffice", _libreoffice),
        ("bubblewrap", _bubblewrap),
    ]
    for mailbox in config.mailbox:
        checks.append((f"imap {mailbox.name}", lambda m=mailbox: _imap(m)))  # type: ignore[misc]  # m has a default
        checks.append((f"smtp {mailbox.name}", lambda m=mailbox: _smtp(m)))  # type: ignore[misc]
    click.echo("ok     config: every key is known and has a sound value")
    wrong = sum([not _run(name, check) for name, check in checks])
    if wrong:
        click.echo(f"{wrong} of {len(checks) + 1} checks failed", err=True)
        sys.exit(1)


def _run(name: str, check: Check) -> bool:
    try:
        for sentence in check():
            click.echo(f"ok     {name}: {sentence}")
    except (Wrong, MailbotError) as error:
        click.echo(f"WRONG  {name}: {'; '.join(str(error).splitlines())}")
        return False
    return True


def _roster(config: Config) -> Iterator[str]:
    source, found = config.campaign.units, roster_file_of(config)
    faults = [fault.sentence(str(source)) for fault in found.faults if fault.severity is Severity.ERROR]
    if found.roster:
        units = found.roster.units
        without = sum(not unit.emails for unit in units)
        yield f"{len(units)} units, {without} of them without an address for reminders"
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
        yield "no font with Chinese characters, so the digest comes without pictures; install fonts-noto-cjk for them"
    else:
        yield f"the digest's are drawn with {found}"


def _database(config: Config) -> Iterator[str]:
    try:
        Store.open(config.database.url).close()
    except StoreOutdated as older:
        yield str(older)
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
    years = range(config.campaign.starts_on.year, config.campaign.ends_on.year + 1)
    unknown = [year for year in years if not config.campaign.calendar.is_published(year)]
    if unknown:
        raise Wrong(
            f"holidays of {unknown[0]} are not known, so Monday to Friday count as working days; "
            "update the package chinesecalendar, or list the days yourself (campaign.calendar)"
        )
    yield f"holidays and make-up days of {years[0]}–{years[-1]} are known"


def _libarchive() -> Iterator[str]:
    if archives.is_installed():
        yield "7z and RAR archives are opened"
    else:
        yield "not installed; who sends a 7z or RAR archive is asked for the table itself (apt install libarchive13)"


def _unar() -> Iterator[str]:
    if unar.is_installed():
        yield "RAR archives packed as one block, and others that libarchive cannot open, are opened"
    else:
        yield "not installed; who sends a RAR archive packed as one block is asked for the table (apt install unar)"


def _libreoffice() -> Iterator[str]:
    if libreoffice.is_installed():
        yield ".doc, .wps and .rtf are read"
    else:
        yield "not installed; who sends .doc, .wps or .rtf is asked for .docx or .xlsx (apt install libreoffice-writer)"


def _bubblewrap() -> Iterator[str]:
    if sandbox.is_walled():
        yield "LibreOffice and unar see neither network nor this machine's files"
    elif shutil.which("bwrap"):
        yield "the kernel forbids it, so LibreOffice and unar have limits but no walls; senders notice nothing"
    else:
        yield "not installed, so LibreOffice and unar have limits but no walls (apt install bubblewrap); nobody notices"


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
