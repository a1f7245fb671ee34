"""Migrations end in exactly the tables that the models describe, all of them or none."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from mailbot.domain.errors import StoreError, StoreOutdated
from storage.engine import open_engine
from storage.migrations import HERE, migrate, newest
from storage.store import Store

TABLES = sorted(SQLModel.metadata.tables)


@pytest.fixture
def engine(empty_url: str) -> Engine:
    return open_engine(empty_url)


def constraints(engine: Engine) -> dict[str, Any]:
    """What Alembic does not compare: checks, keys, foreign keys and the order of columns."""
    inspector = inspect(engine)
    return {
        table: {
            "columns": [column["name"] for column in inspector.get_columns(table)],
            "checks": sorted((c["name"], c["sqltext"]) for c in inspector.get_check_constraints(table)),
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted(
                (f["constrained_columns"], f["referred_table"]) for f in inspector.get_foreign_keys(table)
            ),
            "unique": sorted(u["column_names"] for u in inspector.get_unique_constraints(table)),
        }
        for table in TABLES
    }


def test_the_migrated_schema_is_that_of_the_models(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    migrated = constraints(engine)
    with engine.begin() as connection:
        SQLModel.metadata.drop_all(connection)
        SQLModel.metadata.create_all(connection)
    assert constraints(engine) == migrated
    assert migrated["letter"]["checks"]
    engine.dispose()


def test_migrating_again_changes_nothing(empty_url: str) -> None:
    for _ in range(2):
        Store.open(empty_url).close()


def test_messages_of_the_first_schema_wait_in_the_fast_lane(engine: Engine, empty_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO message (campaign, mailbox, sha256, size, received_at, accepted_at, attempts, state, reason, "
            "sender, subject, content_digest) VALUES ('c', 'office', 's', 1, '2021-09-24T04:00:00.000000Z', "
            "'2021-09-24T04:00:00.000000Z', 0, 'waiting', '', '', '', '')"
        )
        connection.exec_driver_sql(
            "INSERT INTO place (mailbox, folder, uidvalidity, uid, message, seen_at) "
            "SELECT 'office', 'INBOX', 7, 1, id, accepted_at FROM message"
        )
    engine.dispose()
    store, now = Store.open(empty_url, alone=True), datetime.now(UTC)
    with store.transaction() as tx:
        assert tx.next_waiting(now) is not None
        assert tx.next_waiting(now, slow=True) is None
    store.close()


def test_the_newest_file_is_the_last_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    assert newest() == ScriptDirectory.from_config(config).get_current_head()


def test_submissions_of_before_stay_and_may_be_settled_by_a_person(engine: Engine, empty_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.exec_driver_sql(
            "INSERT INTO message (id, campaign, mailbox, sha256, size, received_at, accepted_at, attempts, state, "
            "reason, sender, subject, content_digest) VALUES (1, 'c', 'm', 's', 1, 'x', 'x', 0, 'waiting', '', '', "
            "'', '')"
        )
        connection.exec_driver_sql("UPDATE message SET state = 'judged', judged_at = 'x', disposition = 'submission'")
        connection.exec_driver_sql(
            "INSERT INTO submission (id, message, case_name, attachment, form, layout, title, sheet, evidence, status, "
            "relation, current, version, zero_report, candidates) "
            "VALUES (1, 1, 'A-1', '', 'f', 'rows', '', '', 'sender', 'review', 'new', 0, 1, 0, '[]')"
        )
        connection.exec_driver_sql("INSERT INTO record (submission, position, row) VALUES (1, 0, 5)")
        connection.exec_driver_sql("CREATE VIEW f AS SELECT case_name FROM submission")
    engine.dispose()
    Store.open(empty_url, alone=True).close()
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE submission SET status = 'rejected', evidence = 'decision'")
        kept = connection.exec_driver_sql(
            "SELECT submission.case_name, record.row, repeated, act.kind, act.source FROM submission "
            "JOIN record ON record.submission = submission.id JOIN act ON act.id = submission.act"
        ).all()
    assert [tuple(row) for row in kept] == [("A-1", 5, 0, "report", "s")]
    with pytest.raises(IntegrityError, match="status_known"), engine.begin() as connection:
        connection.exec_driver_sql("UPDATE submission SET status = 'lost'")
    engine.dispose()


def test_only_who_is_alone_with_a_database_of_before_brings_it_up_to_date(engine: Engine, empty_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    for look in (Store.open, Store.open_for_reading):
        with pytest.raises(StoreOutdated, match=r"of an older version of mailbot \(schema 0003, now .*mailbot run"):
            look(empty_url)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0003"
    engine.dispose()
    Store.open(empty_url, alone=True).close()
    Store.open(empty_url).close()
    Store.open_for_reading(empty_url).close()


def test_a_newer_schema_is_refused_in_a_sentence(engine: Engine, empty_url: str) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="schema 9999, which is newer than this program knows"):
        Store.open(empty_url)


def test_migrations_that_cannot_be_read_are_not_taken_for_none(
    engine: Engine, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.dispose()
    monkeypatch.setattr(ScriptDirectory, "get_current_head", lambda _: None)
    with pytest.raises(StoreError, match="the migrations of this program cannot be read"):
        Store.open(empty_url)


def test_a_migration_that_fails_leaves_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = command.upgrade

    def upgrade_and_fail(*arguments: Any) -> None:
        upgrade(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "upgrade", upgrade_and_fail)
    with pytest.raises(KeyboardInterrupt):
        migrate(engine)
    assert inspect(engine).get_table_names() == []
    monkeypatch.undo()
    migrate(engine)
    assert set(TABLES) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_a_row_that_points_nowhere_stops_a_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Foreign keys are off while SQLite migrates, so they are checked before the commit."""
    engine = open_engine(f"sqlite:///{tmp_path / 'mailbot.db'}")
    upgrade = command.upgrade

    def upgrade_and_lose(config: Any, revision: str) -> None:
        upgrade(config, revision)
        orphan = "INSERT INTO record (submission, position, row) VALUES (7, 0, 5)"
        config.attributes["connection"].execute(text(orphan))

    monkeypatch.setattr(command, "upgrade", upgrade_and_lose)
    with pytest.raises(StoreError, match="a row of record points to a row of submission that does not exist"):
        migrate(engine)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_foreign_keys_are_on_again_after_a_migration(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'mailbot.db'}")
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()


def test_every_table_of_ours_is_strict(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'mailbot.db'}")
    migrate(engine)
    with engine.connect() as connection:
        strict = connection.execute(text("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")).all()
    assert {name for name, is_strict in strict if is_strict} == set(TABLES)
    engine.dispose()


@pytest.mark.parametrize(
    "row",
    [
        "INSERT INTO folder VALUES ('office', 'INBOX', '一百二十', 'x')",
        "INSERT INTO record (submission, position, row) VALUES (7, 0, 5)",
        "INSERT INTO letter (key, kind, recipient, subject, message_id, content, state, attempts, queued_at, due_at) "
        "VALUES ('k', 'postcard', 'a@example.org', 's', 'm', '', 'queued', 0, 'x', 'x')",
        "INSERT INTO letter (key, kind, recipient, subject, message_id, content, state, attempts, queued_at, due_at) "
        "VALUES ('k', 'receipt', 'a@example.org', 's', 'm', '', 'sending', 0, 'x', 'x')",
        "INSERT INTO message (campaign, mailbox, sha256, size, received_at, accepted_at, attempts, state, reason, "
        "sender, subject, content_digest) VALUES ('c', 'm', 's', 1, 'x', 'x', 0, 'judged', '', '', '', '')",
    ],
    ids=["text in a number", "record of nothing", "unknown kind", "sending without a lease", "judged without outcome"],
)
def test_the_database_itself_refuses_what_makes_no_sense(empty_url: str, row: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    with pytest.raises(Exception, match=r"(?i)cannot store|constraint|invalid input|violates"), engine.begin() as tx:
        tx.exec_driver_sql(row)
    engine.dispose()


def test_a_flag_is_zero_or_one(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    message = (
        "INSERT INTO message (id, campaign, mailbox, sha256, size, received_at, accepted_at, attempts, state, reason, "
        "sender, subject, content_digest) VALUES (1, 'c', 'm', 's', 1, 'x', 'x', 0, 'waiting', '', '', '', '')"
    )
    submission = (
        "INSERT INTO submission (message, case_name, attachment, form, layout, title, sheet, status, relation, "
        "current, version, zero_report, candidates, act) "
        "VALUES (1, '{0}', '', '', 'rows', '', '', 'accepted', 'new', {0}, 1, 0, '', 1)"
    )
    act = (
        "INSERT INTO act (id, kind, message, actor, via, proof, acted_at, source, line, reason, before, undone) "
        "VALUES (1, 'report', 1, '', 'mail', 'untold', 'x', 's', '', '', '', 0)"
    )
    with engine.begin() as connection:
        for statement in (message, act, submission.format(0), submission.format(1)):
            connection.exec_driver_sql(statement)
    with pytest.raises(IntegrityError, match="current_is_flag"), engine.begin() as connection:
        connection.exec_driver_sql(submission.format(2))
    engine.dispose()
