"""A form's words under the keys that labels are brought to, made once for each reading."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from parsers.form import Column, Form, HeaderField
from parsers.table.labels import key, keys

F = TypeVar("F", Column, HeaderField)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a form calls things. `rank` 0 is the form's own title, 1 and on the synonyms in their order."""

    columns: Mapping[str, tuple[Column, int]]
    header: Mapping[str, tuple[HeaderField, int]]
    total: frozenset[str]
    subtotal: frozenset[str]
    measures: frozenset[str]
    zero: frozenset[str]
    stamp: frozenset[str]
    example: re.Pattern[str]
    note: re.Pattern[str]
    section: re.Pattern[str]

    def column(self, label: str) -> tuple[Column, int] | None:
        """The column that a label names."""
        return next((self.columns[shape] for shape in keys(label) if shape in self.columns), None)

    def entry(self, label: str) -> tuple[HeaderField, int] | None:
        """The entry of the header block that a label names."""
        return next((self.header[shape] for shape in keys(label) if shape in self.header), None)

    def is_total(self, label: str) -> bool:
        """Whether a label stands before a row of sums."""
        return _without_count(label) in self.total

    def is_subtotal(self, label: str) -> bool:
        """Whether a label stands before a row of sums over some of the rows."""
        return _without_count(label) in self.subtotal


def vocabulary(form: Form) -> Vocabulary:
    """All words of a form, looked up by key."""
    rows = form.rows
    return Vocabulary(
        columns=_by_key(form.column),
        header=_by_key(form.header),
        total=frozenset(map(key, rows.total)),
        subtotal=frozenset(map(key, rows.subtotal)),
        measures=frozenset(column.unit for column in form.column if column.unit),
        zero=frozenset(map(key, rows.zero)),
        stamp=frozenset(map(key, rows.stamp)),
        example=re.compile(
            rf"\s*[(（\[【]?\s*{_any(rows.example)}\s*\d*\s*(?:[)）\]】:：、,，.．]|$)|.*[(（]{_any(rows.example)}[)）]"
        ),
        note=re.compile(rf"\s*[(（\[【*※]?\s*{_any(rows.note)}\s*\d*\s*(?:[)）\]】:：、.．]|$)|\s*※"),
        section=re.compile("|".join(f"(?:{pattern})" for pattern in rows.section) or r"(?!)"),
    )


def _by_key(fields: Sequence[F]) -> Mapping[str, tuple[F, int]]:
    found: dict[str, tuple[F, int]] = {}
    for field in fields:
        for shape in keys(field.title):
            found.setdefault(shape, (field, 0))
    for field in fields:
        for rank, word in enumerate(field.synonyms, start=1):
            for shape in keys(word):
                found.setdefault(shape, (field, rank))
    return found


def _any(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return f"(?:{'|'.join(_spaced(word) for word in longest_first) or '(?!)'})"


def _spaced(word: str) -> str:
    """A word between whose characters people put blanks to fill a cell: 注　意 is 注意."""
    return r"[ \t\u3000]*".join(map(re.escape, word))


def _without_count(label: str) -> str:
    """合计（3场） and 合计3场 are 合计."""
    shapes = keys(label)
    return re.sub(r"\d+[个场次项家人]*$|^共\d+", "", shapes[1] if len(shapes) > 1 else shapes[0]) if shapes else ""
