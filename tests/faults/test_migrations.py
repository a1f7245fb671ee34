"""A migration that is killed at any system call or statement loses no row, and the next start completes it."""

import shutil
import sqlite3
from pathlib import Path

import life
import psycopg
import pytest
from alembic import command
from alembic.config import Config
from life import WRITES, Nursery, configuration, traced
from sqlalchemy import text

from storage.engine import open_engine
from storage.migrations import HERE, newest
from support.loopback import mailbox_config

ROWS = {"message": 30, "place": 30, "letter": 30}


def fill(url: str) -> None:
    """Make a database of the first schema with some rows that point to each other."""
    engine = open_engine(url)
    config = Config()
    config.set_main_option("script_location", str(HERE))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for n in range(1, 31):
            at = "'2021-09-24T04:00:00.000000Z'"
            connection.exec_driver_sql(
                "INSERT INTO message (id, campaign, mailbox, sha256, size, received_at, accepted_at, attempts, state, "
                f"reason, sender, subject, content_digest) VALUES ({n}, 'c', 'office', 's{n}', 1, {at}, {at}, 0, "
                "'waiting', '', '', '', '')"
            )
            connection.exec_driver_sql(
                "INSERT INTO place (mailbox, folder, uidvalidity, uid, message, seen_at) "
                f"VALUES ('office', 'INBOX', 7, {n}, {n}, {at})"
            )
            connection.execute(
                text(
                    "INSERT INTO letter (key, kind, recipient, subject, message_id, content, state, attempts, "
                    "queued_at, due_at) "
                    "VALUES (:key, 'receipt', 'a@example.org', 's', 'm', :content, 'queued', 0, :at, :at)"
                ),
                {"key": f"receipt:{n}", "content": b"x", "at": at.strip("'")},
            )
    engine.dispose()


@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("strace")
def test_a_migration_that_is_killed_loses_no_row_and_ends_at_the_next_start(tmp_path: Path, nursery: Nursery) -> None:
    config = configuration(tmp_path, mailbox_config(), mailbox_config())
    first, database = tmp_path / "first.db", tmp_path / "data/mailbot.db"
    fill(f"sqlite:///{first}")
    database.parent.mkdir()

    def migrated(expression: str) -> Path:
        for journal in database.parent.iterdir():
            journal.unlink()
        shutil.copyfile(first, database)
        return traced(nursery, config, expression, "open")

    calls = migrated(f"trace={WRITES}").read_text().count("(")
    points = range(1, calls + 1, 1 if life.FULL else calls // 3)
    for point in points:
        migrated(f"inject={WRITES}:signal=SIGKILL:when={point}")
        assert nursery.live("open", config) == 0, (tmp_path / "log").read_text()[-3000:]
        with sqlite3.connect(database) as found:
            assert {table: found.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ROWS} == ROWS
            assert found.execute("SELECT name FROM sqlite_master WHERE name LIKE '_alembic_tmp%'").fetchall() == []
            assert found.execute("PRAGMA foreign_key_check").fetchall() == []
            assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found.close()
    print(f"{len(points)} of {calls} system calls of the migrations")


@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("strace")
def test_a_migration_on_postgresql_that_is_killed_at_any_statement_loses_no_row_and_ends_at_the_next_start(
    tmp_path: Path, nursery: Nursery, postgresql_server: str
) -> None:
    admin = psycopg.connect(postgresql_server.format(name="postgres"), autocommit=True)
    url = postgresql_server.replace("postgresql://", "postgresql+psycopg://", 1)
    config = configuration(tmp_path, mailbox_config(), mailbox_config(), url=url.format(name="migrated"))
    admin.execute("CREATE DATABASE filled")
    fill(url.format(name="filled"))

    def migrated(expression: str) -> Path:
        admin.execute("DROP DATABASE IF EXISTS migrated WITH (FORCE)")
        admin.execute("CREATE DATABASE migrated TEMPLATE filled")
        return traced(nursery, config, expression, "open")

    statements = migrated("trace=sendto").read_text().count("sendto(")
    points = range(1, statements + 1, 1 if life.FULL else statements // 2)
    for point in points:
        migrated(f"inject=sendto:signal=SIGKILL:when={point}")
        assert nursery.live("open", config) == 0, (tmp_path / "log").read_text()[-3000:]
        with psycopg.connect(postgresql_server.format(name="migrated")) as found:
            counts = {table: found.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ROWS}
            assert counts == {table: (number,) for table, number in ROWS.items()}
            assert found.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest(),)]
            assert found.execute("SELECT relname FROM pg_class WHERE relname LIKE '_alembic_tmp%'").fetchall() == []
    admin.close()
    print(f"{len(points)} of {statements} statements of the migrations")
