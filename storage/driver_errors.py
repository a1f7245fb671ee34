"""Turns the errors of database drivers into sentences that a person can act on."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mailbot.domain.errors import StoreError

RESTORE = "stop mailbot, keep the file, and restore the last backup or rebuild with `mailbot replay`"

LOCKED = "stayed locked by another program; close what has it open and try again"
UNFINISHED = (
    "was being written when its program was killed, and cannot be read until that is undone; "
    "the next start of `mailbot run` or `mailbot once` does that"
)
BUSY = "was kept busy by another part of this program for too long; it is tried again"

SQLITE = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_FULL: "cannot grow because the disk is full; free some space, nothing that was accepted is lost",
    sqlite3.SQLITE_IOERR: "cannot be read or written because the disk reports an error; check the disk and its space",
    sqlite3.SQLITE_CORRUPT: f"is damaged; {RESTORE}",
    sqlite3.SQLITE_NOTADB: f"is not an SQLite database; check the path in database.url, or {RESTORE}",
    sqlite3.SQLITE_READONLY: "may not be written; give this user the right to write the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check that the path exists and this user may read and write it",
    sqlite3.SQLITE_PERM: "cannot be opened; check that the path exists and this user may read and write it",
    sqlite3.SQLITE_READONLY_RECOVERY: UNFINISHED,
    sqlite3.SQLITE_READONLY_ROLLBACK: UNFINISHED,
}
"""By result code, the primary one where the extended one is not there (sqlite.org/rescode.html)."""

POSTGRESQL = {
    "55P03": LOCKED,
    "53100": "cannot grow because the server's disk is full; free some space, nothing that was accepted is lost",
    "53300": "has no connection left; raise max_connections of the server or stop other programs",
    "42501": "may not be written; give this user the right to create tables in it",
    "08": "cannot be reached or refuses us; check host, user, password and name in database.url, and the server",
    "57P": "was shut down or restarted by its server; it is tried again",
    "25P03": "ended a transaction that took too long; it is tried again",
    "25006": "may not be written: the server is read-only",
    "XX": f"is damaged; {RESTORE}",
}
"""By SQLSTATE or the longest known beginning of it (PostgreSQL manual, appendix A)."""


@contextmanager
def as_sentences(database: str) -> Iterator[None]:
    """Turn what the driver raises inside into StoreError, naming the database."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreError(f"the database {database} {_sentence(error)}") from error


def _sentence(error: Exception) -> str:
    cause: BaseException | None = error.orig if isinstance(error, StatementError) else error
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0)
        known = SQLITE.get(code, SQLITE.get(code & 0xFF))
    elif isinstance(error, DBAPIError):
        known = _of_postgresql(getattr(cause, "sqlstate", None))
    else:
        known = BUSY if isinstance(error, PoolTimeout) else None
    first_line = str(cause).strip().partition("\n")[0]
    return f"{known} ({first_line})" if known else f"refused what was asked of it: {first_line}"


def _of_postgresql(state: str | None) -> str | None:
    if state is None:  # the server was never reached or the connection broke: no code comes with that
        return POSTGRESQL["08"]
    return next((POSTGRESQL[state[:n]] for n in range(len(state), 1, -1) if state[:n] in POSTGRESQL), None)
