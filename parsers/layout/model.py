"""What a sheet is, as frozen values: its regions, their headings and lines, and why each is taken for what it is."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    """A column of a region, or several that one heading stands over and that nothing divides.

    `measure` is what a line of measures under the heading says that it is counted in.
    """

    left: int
    right: int
    heading: Heading
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet inside a region. `heading` is what stands before it: its section and its own labels."""

    number: int
    role: LineRole
    heading: Heading
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Pair:
    """A label, under the labels that stand over or before it, and its value.

    Both may stand in one cell (填报单位：甲). `cell` is where the value stands, or would; None where there is no place.
    """

    heading: Heading
    value: str
    cell: Position | None


@dataclass(frozen=True, slots=True)
class Mark:
    """What one cell is, and why."""

    role: CellRole
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Region:
    """One table with what belongs to it. `range` is all of it; `body` is its data, with sums, sections and the like.

    `columns` are in the order in which they stand, `rows` has every line that holds something or is merged, top down.
    `block` has the pairs around the table; `pairs` has those that are the table, or stand inside its records. `cells`
    names the role of every cell that holds something. `evidence` says why it has its shape.
    """

    range: Range
    body: Range | None
    shape: Shape
    columns: tuple[Column, ...]
    rows: tuple[Line, ...]
    title: str
    block: tuple[Pair, ...]
    pairs: tuple[Pair, ...]
    cells: Mapping[Position, Mark]
    evidence: Evidence

    @property
    def header_top(self) -> int:
        """The first row of the heading; of a region without one its own first row."""
        return min(self._header, default=self.range.top)

    @property
    def header_bottom(self) -> int:
        """The last row of the heading, a row of measures included."""
        return max(self._header, default=self.range.top)

    @property
    def _header(self) -> list[int]:
        return [line.number for line in self.rows if line.role in ("header", "measure")]


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
    texts: tuple[Text, ...] = ()
