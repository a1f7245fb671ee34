"""Migrates the database from any earlier schema to the present one, with Alembic driven from code."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from mailbot.domain.errors import StoreOutdated
from storage.driver_errors import as_sentences
from storage.engine import shown

HERE = Path(__file__).parent


def migrate(engine: Engine, *, alone: bool = True) -> None:
    """Bring the schema to the present revision, one revision in one transaction.

    Whoever comes second waits for the first and finds nothing left to do. Who is not `alone` with the database makes
    the tables of a new one, and changes none that a daemon of an older version may be working with. Raises
    StoreOutdated there, StoreError where the schema is newer than this program, or a revision leaves a row that points
    nowhere.
    """
    with as_sentences(shown(engine)), engine.connect() as connection:
        present = _revision(connection)
        if present == newest():
            return
        if not alone:
            _refuse_older(present, engine)
        # imported only where it is needed: Alembic takes a sixth of the start of every command
        from storage.migrations.steps import upgrade

        upgrade(connection)


def check_not_older(engine: Engine) -> None:
    """Raises StoreOutdated where the schema is older than this program."""
    with as_sentences(shown(engine)), engine.connect() as connection:
        _refuse_older(_revision(connection), engine)


def newest() -> str | None:
    """The revision that this program ends with, by the name of its file: `v0001_first.py` is 0001."""
    return max((path.stem[1:5] for path in HERE.glob("versions/v*.py")), default=None)


def _refuse_older(present: str | None, engine: Engine) -> None:
    last = newest()
    if present is not None and last is not None and present < last:
        raise StoreOutdated(
            f"the database {shown(engine)} is of an older version of mailbot (schema {present}, now {last}); stop the "
            "daemon of that version and start `mailbot run` or `mailbot once` of this one, which bring it up to date"
        )


def _revision(connection: Connection) -> str | None:
    """None for a database without our tables."""
    with connection.begin():
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
