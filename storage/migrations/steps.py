"""Runs the Alembic revisions that are pending, each in a transaction of its own."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from mailbot.domain.errors import StoreError
from storage.engine import shown
from storage.migrations import HERE


def upgrade(connection: Connection) -> None:
    """Take every step that is left, one revision in one transaction. Raises StoreError as `migrate` does."""
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    _suspend_foreign_keys(connection)
    while _one_revision(connection, config):
        pass


def _one_revision(connection: Connection, config: Config) -> bool:
    """Take one step up, if there is one."""
    with connection.begin():
        if not _is_behind(connection, config):
            return False
        config.attributes["connection"] = connection
        command.upgrade(config, "+1")
        _check_foreign_keys(connection)
    return True


def _is_behind(connection: Connection, config: Config) -> bool:
    script = ScriptDirectory.from_config(config)
    head = script.get_current_head()
    if head is None:  # Alembic takes a folder that cannot be read for an empty one
        raise StoreError(f"the migrations of this program cannot be read from {HERE}; try again, or install it anew")
    present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in _known(script):
        raise StoreError(
            f"the database {shown(connection.engine)} has schema {present}, which is newer than this program knows "
            f"({head}); install the newer mailbot, or restore the backup from before its first start"
        )
    return present != head


def _known(script: ScriptDirectory) -> set[str]:
    try:
        return {revision.revision for revision in script.walk_revisions()}
    except CommandError as error:
        raise StoreError(f"the migrations of this program cannot be read: {error}; install it anew") from error


def _suspend_foreign_keys(connection: Connection) -> None:
    """SQLite rebuilds a table by dropping it, which with foreign keys on deletes what points to it.

    The pragma does nothing inside a transaction, so it goes to the driver before one begins; the connection then
    leaves the pool, so that nobody else works without foreign keys.
    """
    if connection.dialect.name == "sqlite":
        connection.detach()
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.cursor().execute("PRAGMA foreign_keys = OFF")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and (lost := connection.execute(text("PRAGMA foreign_key_check")).first()):
        raise StoreError(
            f"the database {shown(connection.engine)} was not migrated: a row of {lost[0]} points to a row of "
            f"{lost[2]} that does not exist; restore the last backup"
        )
