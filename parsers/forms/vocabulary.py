"""A form's words under the keys that labels are brought to, made once for each reading."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from parsers.forms.form import Column, Form, HeaderField
from parsers.forms.labels import key, keys

F = TypeVar("F", Column, HeaderField)


BY_PATTERN = 99
"""The rank of a title that is none of the written ones but of the shape that a field's titles have."""
_LONGEST_TITLE = 20
_MOST_LABELS = 4096
"""Labels whose field is remembered."""
_BEHIND = r"[)）\]】:：、,，.．]"
_MARK = "[此本该]行|删|供参考|勿填"


class Titles(Generic[F]):
    """Which field a title names: one that is written for it, else one that the pattern of one field alone fits."""

    def __init__(self, fields: Sequence[F]) -> None:
        self._written: Mapping[str, tuple[F, int]] = _by_key(fields)
        self._patterns: list[tuple[re.Pattern[str], F]] = [
            (re.compile(field.pattern), field) for field in fields if field.pattern
        ]
        self._found: dict[str, tuple[F, int] | None] = {}

    def find(self, label: str) -> tuple[F, int] | None:
        """The field and the rank of the title."""
        if label not in self._found:
            if len(self._found) >= _MOST_LABELS:
                self._found.clear()
            shapes = keys(label)
            written = next((self._written[shape] for shape in shapes if shape in self._written), None)
            self._found[label] = written or next(filter(None, map(self._shaped, shapes)), None)
        return self._found[label]

    def _shaped(self, shape: str) -> tuple[F, int] | None:
        if len(shape) > _LONGEST_TITLE:
            return None
        fits = [field for pattern, field in self._patterns if pattern.fullmatch(shape)]
        return (fits[0], BY_PATTERN) if len(fits) == 1 else None

    def fields(self) -> Iterable[F]:
        """Every field that has a title."""
        return {field.field: field for field, _ in self._written.values()}.values()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a form calls things. `rank` 0 is the form's own title, 1 and on the synonyms in their order, then BY_PATTERN
    for a title that only a pattern knows."""

    columns: "Titles[Column]"
    header: "Titles[HeaderField]"
    total: frozenset[str]
    subtotal: frozenset[str]
    measures: frozenset[str]
    zero: frozenset[str]
    stamp: frozenset[str]
    example: re.Pattern[str]
    perhaps: re.Pattern[str]
    """What looks like an example and may be the name of an activity."""
    marked: re.Pattern[str]
    """A remark that says that its row is an example."""
    part: re.Pattern[str]
    """What begins the name of a row that is part of the one above."""
    note: re.Pattern[str]
    remark: re.Pattern[str]
    """What begins a remark on the table."""
    section: re.Pattern[str]
    signed: Mapping[str, re.Pattern[str]]
    options: frozenset[str]
    """What may be chosen in columns of choices."""

    def column(self, label: str) -> tuple[Column, int] | None:
        """The column that a label names."""
        return self.columns.find(label)

    def entry(self, label: str) -> tuple[HeaderField, int] | None:
        """The entry of the header block that a label names."""
        return self.header.find(label)

    def is_total(self, label: str) -> bool:
        """Whether a label stands before a row of sums."""
        return _without_count(label) in self.total

    def is_subtotal(self, label: str) -> bool:
        """Whether a label stands before a row of sums over some of the rows."""
        return _without_count(label) in self.subtotal

    def is_like_a_sum(self, label: str) -> bool:
        """Whether a label begins or ends with a word for sums: 上半年累计, 共计开展."""
        bare = _without_count(label)
        words = [word for word in (*self.total, *self.subtotal) if len(word) > 1]
        return any(bare.startswith(word) or bare.endswith(word) for word in words)


@lru_cache(maxsize=32)
def vocabulary(form: Form) -> Vocabulary:
    """All words of a form, looked up by key; made once for a form."""
    rows = form.rows
    return Vocabulary(
        columns=Titles(form.column),
        header=Titles(form.header),
        total=frozenset(map(key, rows.total)),
        subtotal=frozenset(map(key, rows.subtotal)),
        measures=frozenset(column.unit for column in form.column if column.unit),
        zero=frozenset(map(key, rows.zero)),
        stamp=frozenset(map(key, rows.stamp)),
        example=_example(rows.example),
        perhaps=_example(rows.perhaps, alone=False),
        marked=re.compile(rf"(?=.*(?:{_MARK})).*{_any(word for word in rows.example if len(word) > 1)}", re.DOTALL),
        part=re.compile(rf"\s*[(（]?{_any(rows.part)}"),
        note=re.compile(rf"\s*[(（\[【*※]?\s*{_any(rows.note)}\s*\d*\s*(?:[)）\]】:：、.．]|$)|\s*※"),
        remark=_any_of(rows.remark),
        section=_any_of(rows.section),
        options=frozenset(key(o.title) for _, several in form.choices for o in several),
        signed={entry.field: re.compile(entry.signed) for entry in form.header if entry.signed},
    )


def _example(words: Sequence[str], *, alone: bool = True) -> re.Pattern[str]:
    """One of the words in front of a text, in brackets anywhere, or `alone`: 例：…, （示例）…, …（范例）, 示例."""
    end = rf"(?:{_BEHIND}|$)" if alone else rf"{_BEHIND}\s*\w"
    before = "" if alone else r"\w"
    return re.compile(rf"\s*[(（\[【]?\s*{_any(words)}\s*\d*\s*{end}|.*{before}[(（]{_any(words)}[)）]")


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)")


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
    return re.sub(r"\d+[个场次项家人]*$", "", shapes[1] if len(shapes) > 1 else shapes[0]) if shapes else ""
