"""Maps a value and the cell that it came from to database columns and back."""

import json
import re
from typing import Any, cast

from parsers.reading import Content, Precision, Value
from storage import tables
from storage.tables import Kind, Part

DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LARGEST = 2**63 - 1


def columns_of(part: Part, field: str, value: Value, submission: int, record: int | None = None) -> dict[str, Any]:
    """The row of `value` that keeps one cell."""
    kind, number, text = _split(value.content)
    return {
        "submission": submission,
        "record": record,
        "part": part,
        "field": field,
        "kind": kind,
        "number": number,
        "text": text,
        "raw": value.raw,
        "sheet": value.sheet,
        "cell": value.cell,
        "precision": value.precision,
    }


def value_of(row: tables.Value) -> Value:
    """The value that a row keeps."""
    return Value(_joined(row), row.raw, row.sheet, row.cell, cast(Precision, row.precision))


def _split(content: Content) -> tuple[Kind, int | None, str | None]:
    match content:
        case None:
            return Kind.EMPTY, None, None
        case int() if abs(content) <= LARGEST:
            return Kind.NUMBER, content, None
        case int():
            return Kind.NUMBER, None, str(content)
        case str():
            return Kind.DATE if DATE.fullmatch(content) else Kind.TEXT, None, content
        case _:
            return Kind.CHOICES, None, json.dumps(content, ensure_ascii=False)


def _joined(row: tables.Value) -> Content:
    match row.kind:
        case Kind.EMPTY:
            return None
        case Kind.NUMBER:
            return row.number if row.text is None else int(row.text)
        case Kind.CHOICES:
            return tuple(json.loads(row.text or "[]"))
        case _:
            return row.text
