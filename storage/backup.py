"""Copies an SQLite database that is in use: consistently, checked, and never over an existing file.

VACUUM INTO reads one moment of the database (sqlite.org/lang_vacuum.html); a plain copy of the file would not be one.
"""

import contextlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from mailbot.domain.errors import StoreError
from storage.disk import sync_folder
from storage.driver_errors import as_sentences
from storage.engine import WAIT_SECONDS, damage


def back_up(database: Path, target: Path) -> int:
    """Copy the database to a new file, for this user alone; its size in bytes.

    The file has its name only when it is whole, checked and on the disk. Raises StoreError where there is something of
    that name, or the copy cannot be made.
    """
    if not database.is_file():
        raise StoreError(f"there is no database {database} to copy; `mailbot run` or `mailbot once` makes it")
    part = target.with_name(target.name + ".part")
    try:
        _refuse_existing(target)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        raise StoreError(f"{part} is there: another backup is being made, or was cut off; remove it then") from None
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}; choose another place") from error
    try:
        _copy(database, part)
        if fault := damage(f"sqlite:///{part}"):
            raise StoreError(f"the copy is no good, and was removed: {fault}")
        _refuse_existing(target)
        os.replace(part, target)
        sync_folder(target.parent)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}; choose another place") from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
    return target.stat().st_size


def note_backup(archive: Path) -> None:
    """Leave the time of a backup in the folder of the archive, for `last_backup`. Raises OSError."""
    (archive / "last-backup").touch(mode=0o600)


def last_backup(archive: Path) -> datetime | None:
    """When the last backup was made; None where none was, or by other means."""
    try:
        return datetime.fromtimestamp((archive / "last-backup").stat().st_mtime, UTC)
    except OSError:
        return None


def _refuse_existing(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise StoreError(f"{target} is there already and is not overwritten; choose another name")


def _copy(database: Path, part: Path) -> None:
    with (
        as_sentences(str(database)),
        contextlib.closing(sqlite3.connect(database, timeout=WAIT_SECONDS, isolation_level=None)) as connection,
    ):
        connection.execute("VACUUM INTO ?", (str(part),))
    with part.open("rb") as file:  # VACUUM INTO leaves that to others
        os.fsync(file.fileno())
