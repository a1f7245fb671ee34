"""Opens the database and gives transactions over all that is stored in it. No SQL is written outside of `storage`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Self

from sqlalchemy import Engine
from sqlmodel import Session

from parsers.forms.form import Form
from storage import views
from storage.acts import Acts
from storage.answered_letters import AnsweredLetters
from storage.bounces import Bounces
from storage.driver_errors import as_sentences
from storage.engine import damage, open_engine, open_for_reading, shown
from storage.intake import Intake
from storage.issuers import Issuers
from storage.judgement_rows import Document
from storage.kept_rows import KeptRows
from storage.migrations import check_not_older, migrate
from storage.outbox import Outbox
from storage.personal_rows import PersonalRows
from storage.repeated_rows import RepeatedRows
from storage.shares import Shares

__all__ = ["Document", "Store", "Transaction"]


class Transaction(
    Intake, Acts, RepeatedRows, Outbox, AnsweredLetters, Bounces, Issuers, Shares, KeptRows, PersonalRows
):
    """All that can be read and written between one BEGIN and one COMMIT. Times are aware; they come back in UTC."""


class Store:
    """A database whose schema is the present one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str, *, alone: bool = False) -> Self:
        """Open a database; make it where there is none.

        Who has its `lock` is `alone` with it and brings its schema up to date. Raises StoreOutdated where that is
        needed and another's, StoreError with a sentence where anything cannot be done.
        """
        engine = open_engine(url)
        migrate(engine, alone=alone)
        return cls(engine)

    @classmethod
    def open_for_reading(cls, url: str) -> Self:
        """Open a database that is there, to look at it beside a running daemon; it cannot be changed by this.

        Raises StoreOutdated, StoreError.
        """
        engine = open_for_reading(url)
        check_not_older(engine)
        return cls(engine)

    def damage(self) -> str | None:
        """What a look through the whole database finds wrong, as one sentence. Takes seconds; blocks no reader."""
        return damage(str(self._engine.url.render_as_string(hide_password=False)))

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Be the one writer, and commit at the end; what raises inside leaves nothing behind.

        What is committed survives a power cut. Keep it short: no network and no parsing inside. Raises StoreError
        where the database fails.
        """
        with as_sentences(shown(self._engine)), Session(self._engine) as session, session.begin():
            yield Transaction(session)

    def publish(self, forms: Iterable[Form]) -> None:
        """Make the view of each form as the form is now (see `storage.views`). Raises StoreError."""
        with as_sentences(shown(self._engine)), self._engine.begin() as connection:
            for form in forms:
                views.create(connection, form)

    def sweep(self) -> None:
        """Leave nothing of what was overwritten or deleted in the file of an SQLite database: it is written anew.

        PostgreSQL does so by itself in time (autovacuum). Raises StoreError.
        """
        if self._engine.dialect.name != "sqlite":
            return
        with as_sentences(shown(self._engine)):
            connection = self._engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.close()
            finally:
                connection.close()

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()
