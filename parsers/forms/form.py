"""The model of a form: its columns, what they are called, and what must hold between its cells.

A form is data in a TOML file; those that come with the program lie beside this one (domain.md section 1.4 is the source
of the first). Nothing of a single form stands in Python.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from parsers import toml
from parsers.reading import Severity
from parsers.values import Option

ColumnKind = Literal["number", "count", "days", "text", "choices"]
HeaderKind = Literal["text", "day", "phone"]
Need = Literal["must", "should", "may"]
"""What a blank cell is: an error, a warning, or nothing."""

_STRICT = ConfigDict(extra="forbid")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
"""Of a form and its fields: they name a view of the database and its columns."""


class FormError(Exception):
    """A form that cannot be used; `faults` holds one sentence for each thing that is wrong."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table. A column of layout "summary" counts only in tables of one row for the whole unit.

    `pattern` is a regular expression for the keys (`parsers.forms.labels`) of whole families of titles, weaker than a
    synonym. `end` names the field that takes the last day of a `days` column; `online` the one that takes the second
    figure of a cell with one figure on site and one online; `sums` how a 合计 is taken that is not the column's sum.
    """

    field: str
    title: str
    kind: ColumnKind
    need: Need = "may"
    synonyms: tuple[str, ...] = ()
    pattern: str = ""
    unit: str = ""
    end: str = ""
    online: str = ""
    sums: Literal["warning", "notice"] | None = None
    layout: Literal["any", "summary"] = "any"

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One entry of the block around the table. `divides`: as a column of one of these names, it splits the rows.

    `signed` is a regular expression for what stands for it without a label: over the day, or with a place for a stamp.
    """

    field: str
    title: str
    kind: HeaderKind
    need: Need = "may"
    synonyms: tuple[str, ...] = ()
    pattern: str = ""
    signed: str = ""
    divides: tuple[str, ...] = ()

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Summary:
    """When a table is one of figures for the whole unit: none of `without`, at least `least` of `indicators`.

    `indicators` are what a campaign adds up, so that every table is expected to have a column for each.
    """

    indicators: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    least: int = 3

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class RowWords:
    """The words that mark a row as no activity; `section` holds regular expressions, and so does `remark`, for the
    beginning of what is said of the table without a word of `note`.

    `perhaps` are words of `example` that names of activities begin or end with, too; `part` begins the names of rows
    that say again what the row above them says.
    """

    total: tuple[str, ...] = ()
    subtotal: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    example: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    remark: tuple[str, ...] = ()
    stamp: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()
    section: tuple[str, ...] = ()

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Unlikely:
    """A figure above this is probably a slip of the measure."""

    field: str
    above: int

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Below:
    """`field` should not be smaller than `than`."""

    field: str
    than: str

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Online:
    """A text with one of `words` and none of `unless` says that it did not happen on site."""

    field: str
    words: tuple[str, ...]
    unless: tuple[str, ...] = ()

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Checks:
    """The rules across cells and rows."""

    repeated: tuple[str, ...] = ()
    dated: str = ""
    unlikely: tuple[Unlikely, ...] = ()
    below: tuple[Below, ...] = ()
    online: tuple[Online, ...] = ()

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of table that units send."""

    id: str
    title: str
    column: tuple[Column, ...]
    header: tuple[HeaderField, ...] = ()
    title_words: tuple[tuple[str, ...], ...] = ()
    choices: tuple[tuple[str, tuple[Option, ...]], ...] = ()
    summary: Summary = Summary()
    rows: RowWords = RowWords()
    checks: Checks = Checks()
    severity: tuple[tuple[str, Severity], ...] = ()

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    @property
    def counts(self) -> tuple[Column, ...]:
        """The columns of numbers of something, but for those of tables of one row for the whole unit alone."""
        return tuple(column for column in self.column if column.kind == "count" and column.layout == "any")

    @property
    def name(self) -> Column | None:
        """The column by which people call a row: the first text that must be filled."""
        return next((column for column in self.column if column.kind == "text" and column.need == "must"), None)

    def find(self, field: str) -> Column | HeaderField | None:
        """The column or entry of the block with that field name."""
        fields: tuple[Column | HeaderField, ...] = (*self.column, *self.header)
        return next((known for known in fields if known.field == field), None)

    def options(self, field: str) -> tuple[Option, ...]:
        """What may be chosen in a column of choices."""
        return dict(self.choices).get(field, ())

    def names(self, title: str) -> bool:
        """Whether a title above a table is this form's."""
        return any(all(word in title for word in group) for group in self.title_words)


def load(name_or_path: str | Path) -> Form:
    """The form that comes with the program under that name, or the one in a TOML file.

    Raises FormError with one sentence for each fault.
    """
    where = str(name_or_path)
    try:
        content = toml.read(_content(name_or_path)).data
    except toml.TomlFault as fault:
        raise FormError([f"form {where}, {fault}"]) from fault
    return _form(content, where)


def _content(name_or_path: str | Path) -> bytes:
    bundled = files("parsers") / "forms" / f"{name_or_path}.toml"
    if isinstance(name_or_path, str) and re.fullmatch(r"[\w-]+", name_or_path) and bundled.is_file():
        return bundled.read_bytes()
    try:
        return Path(name_or_path).read_bytes()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise FormError([f"form {name_or_path}: no form of that name, and no such file can be read ({why})"]) from error


def _form(content: dict[str, Any], where: str) -> Form:
    for table in ("choices", "severity"):
        if isinstance(content.get(table), dict):
            content[table] = tuple(content[table].items())
    try:
        form = TypeAdapter(Form).validate_python(content)
    except ValidationError as error:
        raise FormError(
            _sentence(where, fault["loc"], _said(fault["type"], fault["msg"])) for fault in error.errors()
        ) from error
    if faults := tuple(_contradictions(form)):
        raise FormError(f"form {where}: {fault}" for fault in faults)
    return form


def _said(kind: str, message: str) -> str:
    known = {"unexpected_keyword_argument": "is not a known key; remove it", "missing": "is missing; write it"}
    return known.get(kind, message)


def _sentence(where: str, place: Iterable[int | str], message: str) -> str:
    return f"form {where}: {'.'.join(map(str, place))}: {message[:1].lower()}{message[1:]}"


def _contradictions(form: Form) -> Iterable[str]:
    """What is well-formed and yet cannot be meant."""
    fields = [*(c.field for c in form.column), *(h.field for h in form.header)]
    names = [form.id, *fields, *(c.end for c in form.column if c.end)]
    yield from (
        f"{name!r} is no name; write small letters, digits and _" for name in names if not _NAME.fullmatch(name)
    )
    yield from (f"field {field!r} is described twice" for field in sorted(set(fields)) if fields.count(field) > 1)
    known = {*fields, *(c.end for c in form.column)}
    checks = form.checks
    named = [
        *form.summary.indicators,
        *form.summary.without,
        *checks.repeated,
        *((checks.dated,) if checks.dated else ()),
        *(rule.field for rule in checks.unlikely),
        *(rule.field for rule in checks.online),
        *(rule.field for rule in checks.below),
        *(rule.than for rule in checks.below),
        *(c.online for c in form.column if c.online),
    ]
    yield from (f"a rule names the field {field!r}, which no column has" for field in named if field not in known)
    for column in form.column:
        if column.kind == "choices" and not form.options(column.field):
            yield f"the column {column.field!r} is one of choices; write [[choices.{column.field}]]"
    patterns = [("rows.section", pattern) for pattern in form.rows.section]
    patterns += [("rows.remark", pattern) for pattern in form.rows.remark]
    patterns += [(f"the pattern of {column.field!r}", column.pattern) for column in form.column]
    patterns += [(f"the pattern of {entry.field!r}", entry.pattern) for entry in form.header]
    patterns += [(f"signed of {entry.field!r}", entry.signed) for entry in form.header]
    for place, pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"{place}: {pattern!r} is not a regular expression: {error}"
