"""Compares rows: the key of a row, whether two tables hold the same rows, which rows count once."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mailbot.domain.erasing import MASK, contacts_hidden
from parsers.reading import Content, Reading

Row = Mapping[str, Content]
"""Field → content."""
Key = tuple[str, str]
UNKNOWN: Key = ("", "")
"""Of a row that has neither title nor day, as in a summary."""


def contents(reading: Reading) -> list[Row]:
    """The rows of a table, without their cells."""
    return [{name: value.content for name, value in record.values.items()} for record in reading.records]


def key(row: Row) -> Key:
    """What a row is known by: its title without blanks, and its first day ("" where there is none)."""
    return re.sub(r"\s+", "", str(row.get("title") or "")), str(row.get("date_start") or "")


def normalized(row: Row, *, masks: bool = False) -> dict[str, Content]:
    """What is there of a row, blanks dropped; `masks`: with addresses and numbers masked, as in a row that is kept
    after its mail was erased."""
    return {
        name: _plain(value, masks=masks) if isinstance(value, str) else value
        for name, value in row.items()
        if value not in (None, "", ())
    }


def _plain(text: str, *, masks: bool) -> str:
    return re.sub(r"\s+", "", contacts_hidden(text) if masks else text)


def _are_masked(rows: Iterable[Row]) -> bool:
    return any(isinstance(value, str) and MASK in value for row in rows for value in row.values())


def same_rows(rows: Sequence[Row], others: Sequence[Row]) -> bool:
    masks = _are_masked((*rows, *others))
    return len(rows) == len(others) and all(
        normalized(row, masks=masks) == normalized(other, masks=masks) for row, other in zip(rows, others, strict=True)
    )


def distinct_rows(submissions: Iterable[Sequence[Row]]) -> Iterator[tuple[int, int]]:
    """(submission, row) of every row that counts: one repeated in a later submission counts once."""
    submissions = tuple(submissions)
    masks = any(map(_are_masked, submissions))
    seen: set[tuple[tuple[str, str], ...]] = set()
    for place, rows in enumerate(submissions):
        mine = set()
        for position, row in enumerate(rows):
            content = tuple(sorted((name, repr(value)) for name, value in normalized(row, masks=masks).items()))
            if row.get("title") and content in seen:
                continue
            mine.add(content)
            yield place, position
        seen |= mine


def same_figures(rows: Sequence[Row], others: Sequence[Row]) -> bool:
    """Whether two tables have the same sum in every column of numbers that both have throughout, and there is one."""
    common = set(_sums(rows)) & set(_sums(others))
    return any(_sums(rows)[name] for name in common) and all(
        _sums(rows)[name] == _sums(others)[name] for name in common
    )


def _sums(rows: Sequence[Row]) -> dict[str, int]:
    names = {name for row in rows for name in row}
    columns = {name: [row.get(name) for row in rows] for name in names}
    return {
        name: sum(n for n in numbers if isinstance(n, int))
        for name, numbers in columns.items()
        if all(isinstance(n, int) for n in numbers)
    }
