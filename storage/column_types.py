"""The column types of the tables, stored alike on SQLite (STRICT) and PostgreSQL."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field

STRICT = {"sqlite_strict": True}

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""What PostgreSQL (U+0000) or UTF-8 (lone surrogates) cannot hold."""


class Words(TypeDecorator[str]):
    """Text. A character that no database can hold becomes U+FFFD, so that no mail can make its own storing fail."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Python → database."""
        return None if value is None else UNSTORABLE.sub("\ufffd", str(value))


class Whole(TypeDecorator[int]):
    """A whole number of 64 bits."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """STRICT tables of SQLite know INTEGER alone, which has 64 bits there."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class Flag(TypeDecorator[bool]):
    """True or false as 1 or 0; goes with the check `flag` makes."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        """Python → database."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        """Database → Python."""
        return None if value is None else bool(value)


class Moment(TypeDecorator[datetime]):
    """An aware datetime as UTC text of fixed width (`2021-09-24T07:02:11.000000Z`), which sorts by time.

    A naive datetime raises ValueError: nobody knows when that is.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Python → database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the time {value} has no time zone; give one that has")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Database → Python, in UTC."""
        return None if value is None else datetime.fromisoformat(value)


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """A check that a column holds one of these words, or nothing where it may be null."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def flag(column: str) -> CheckConstraint:
    """A check that a column holds 0 or 1."""
    return CheckConstraint(f"{column} IN (0, 1)", name=f"{column}_is_flag")


def identity() -> Any:
    """The number of a row, given by the database."""
    return Field(default=None, sa_type=Whole, primary_key=True)


def reference(table: str, **options: Any) -> Any:
    """A reference to a row of another table."""
    return Field(sa_type=Whole, foreign_key=f"{table}.id", **options)
