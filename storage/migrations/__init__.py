"""The way from any earlier schema to the present one: Alembic, driven from code."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from storage.engine import shown
from storage.faults import as_sentences

HERE = Path(__file__).parent


def migrate(engine: Engine) -> None:
    """Bring the schema to the present revision, one revision in one transaction.

    Whoever comes second waits for the first and finds nothing left to do. Raises StoreError where the schema is
    newer than this program, or a revision leaves a row that points nowhere.
    """
    with as_sentences(shown(engine)), engine.connect() as connection:
        if _is_present(connection):
            return
        from storage.migrations.steps import climb  # a sixth of the start of every command, and a new release needs it

        climb(connection)


def newest() -> str | None:
    """The revision that this program ends with, by the name of its file: `v0001_first.py` is 0001."""
    return max((path.stem[1:5] for path in HERE.glob("versions/v*.py")), default=None)


def _is_present(connection: Connection) -> bool:
    with connection.begin():
        if not inspect(connection).has_table("alembic_version"):
            return False
        present = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return present is not None and present == newest()
