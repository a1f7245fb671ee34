"""What a sheet is, as frozen values: its regions, their headings and lines, and why each is taken for what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from parsers.grid import Position, Range

Shape = Literal["list", "matrix", "pairs", "transposed", "other"]
LineRole = Literal[
    "title",
    "block",
    "header",
    "header again",
    "numbering",
    "measure",
    "data",
    "total",
    "subtotal",
    "part",
    "section",
    "example",
    "note",
    "signature",
    "blank",
]
CellRole = Literal[
    "title",
    "column-header",
    "row-header",
    "data",
    "total",
    "section",
    "note",
    "block-label",
    "block-value",
    "numbering",
]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why something is taken for what it is: the rule that spoke, and what it saw, in words for staff."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Heading:
    """The levels over a column, or before a row, from the outermost; `cells` are where they stand, in the same order.

    A merged cell is told once. A level that is missing is missing: no level is made up.
    """

    path: tuple[str, ...] = ()
    cells: tuple[Position, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a region, or several that one heading stands over and that nothing divides."""

    left: int
    right: int
    heading: Heading


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet inside a region. `heading` is what stands before it: its section and its own labels."""

    number: int
    role: LineRole
    heading: Heading
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value. Both may stand in one cell (填报单位：甲); `value` is None where there is no cell for it."""

    label: str
    label_cell: Position
    value: str
    value_cell: Position | None


@dataclass(frozen=True, slots=True)
class Mark:
    """What one cell is, and why."""

    role: CellRole
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Region:
    """One table with what belongs to it. `range` is all of it; `body` is the table without title, block and notes.

    `columns` has the headings from the left, `rows` every line that holds something, top down. `block` has the pairs
    around the table; `pairs` has those that are the table itself. `cells` names the role of every cell that holds
    something.
    """

    range: Range
    body: Range
    shape: Shape
    columns: tuple[Column, ...]
    rows: tuple[Line, ...]
    title: str
    block: tuple[Pair, ...]
    pairs: tuple[Pair, ...]
    cells: Mapping[Position, Mark]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Text:
    """A cell that belongs to no region."""

    position: Position
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """What a sheet is."""

    sheet: str
    regions: tuple[Region, ...] = ()
    texts: tuple[Text, ...] = field(default=())
