"""Changes which words a column may hold, which SQLite can do only by making the table anew."""

import re
from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

Checks = Mapping[str, tuple[str, str, str]]
"""By constraint: its column, and the words that it knew and knows now, divided by blanks."""
Conditions = Mapping[str, tuple[str, str]]
"""By constraint: what it demanded and demands now, in SQL."""


def change_checks(table: str, checks: Checks) -> None:
    """Let columns hold other words; what is stored stays as it is."""
    known = {
        name: (_condition(column, before), _condition(column, now)) for name, (column, before, now) in checks.items()
    }
    change_conditions(table, known)


def change_conditions(table: str, conditions: Conditions) -> None:
    """Let rows hold what they could not; what is stored stays as it is."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _rebuild(connection, table, conditions)
        return
    for name, (_, now) in conditions.items():
        op.drop_constraint(name, table)
        op.create_check_constraint(name, table, now)


def _rebuild(connection: sa.Connection, table: str, conditions: Conditions) -> None:
    """Make the table anew from its own text, and copy its rows.

    Views would name a table that is gone for a moment; every start makes them again.
    """
    for view in connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'view'")).all():
        connection.execute(sa.text(f'DROP VIEW "{view}"'))
    stored = "SELECT sql FROM sqlite_master WHERE type = :type AND tbl_name = :table AND sql IS NOT NULL"
    indexes = connection.scalars(sa.text(stored), {"type": "index", "table": table}).all()
    definition = connection.scalars(sa.text(stored), {"type": "table", "table": table}).one()
    for name, (before, now) in conditions.items():
        assert before in definition, f"{name} of {table} does not demand what this step expects"
        definition = definition.replace(before, now)
    for statement in (
        # a table that was made anew before has its name in quotation marks
        re.sub(rf'CREATE TABLE "?{table}"?', f"CREATE TABLE {table}_new", definition, count=1),
        f"INSERT INTO {table}_new SELECT * FROM {table}",  # noqa: S608 - names of our own
        f"DROP TABLE {table}",
        f"ALTER TABLE {table}_new RENAME TO {table}",
        *indexes,
    ):
        connection.execute(sa.text(statement))


def _condition(column: str, words: str) -> str:
    listed = ", ".join(f"'{word}'" for word in words.split())
    return f"{column} IN ({listed})"
