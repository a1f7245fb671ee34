"""A database in which very many units have reported: one real judgement, copied row by row for each unit.

Every table's rows of the one mail are read, and written again for each further unit with its own ids, keys and names.
"""

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

TABLES = ("message", "place", "attachment", "submission", "record", "value", "finding", "letter")


def fill(database: Path, units: int, names: Any, *, every: int = 1) -> None:
    """Let each further unit have reported as the first has, or one of `every`."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.executescript("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN")
    steps = {name: connection.execute(f"SELECT max(id) FROM {name}").fetchone()[0] or 0 for name in TABLES}
    for table in TABLES:
        rows = [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
        owners = {row["from"]: row["table"] for row in connection.execute(f"PRAGMA foreign_key_list({table})")}
        if not rows:
            continue
        columns = list(rows[0])
        words = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        copies = (
            [_changed(table, name, value, n, steps, owners, names) for name, value in row.items()]
            for n in range(1, units)
            if n % every == 0
            for row in rows
        )
        connection.executemany(words, copies)
    connection.execute("COMMIT")
    connection.close()


def _changed(
    table: str, name: str, value: Any, n: int, steps: dict[str, int], owners: dict[str, str], names: Any
) -> Any:
    """The value of a column in the copy for the unit of that number."""
    if name == "id":
        return value + n * steps[table]
    if value is None:
        return None
    if name in owners and owners[name] in TABLES:
        return value + n * steps[owners[name]]
    code, unit, address = names(n)
    match name:
        case "sha256" if table == "message":
            return hashlib.sha256(f"{value}{n}".encode()).hexdigest()
        case "unit":
            return code
        case "unit_name":
            return unit
        case "sender" | "recipient":
            return address
        case "uid" | "case_number":
            return value + n
        case "case_name":
            return f"{value.rpartition('-')[0]}-{n + 1:05}"
        case "key" | "message_id":
            return f"{value}.{n}"
        case "content" if table == "letter":
            return b"Subject: receipt\r\n\r\n"
        case _:
            return value
