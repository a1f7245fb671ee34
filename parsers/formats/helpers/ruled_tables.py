"""Builds a table from the cell rectangles and placed characters of a page; the rest becomes lines of text.

Raises Unreadable("pdf") wherever it is not certain what stands in which cell.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from parsers.formats.helpers.sheet import printed_cell
from parsers.formats.helpers.tables_in_text import Table
from parsers.grid import Range
from parsers.reading import Unreadable

_UNIT = re.compile(r"[（(《“【\[]*(?:[A-Za-z0-9.,]+|.)[）)》”】\]，。、；：！？,.;:!?]*")
"""What stays together at the end of a line: a word or one Chinese character, with its punctuation."""


def unsure() -> Unreadable:
    return Unreadable(
        "pdf",
        "所附文件为 PDF，系统不能可靠地读取其中的表格。请另附可编辑的电子表（.xlsx 或 .xls）；"
        "盖章扫描件可一并保留作为附件。",
    )


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; y counts downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, character: "Char") -> bool:
        """Whether the middle of a character is in it."""
        return self.left <= character.x < self.right and self.top <= character.y < self.bottom

    def overlaps(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Char:
    """A character and the rectangle that it takes."""

    text: str
    box: Box

    @property
    def x(self) -> float:
        return (self.box.left + self.box.right) / 2

    @property
    def y(self) -> float:
        return (self.box.top + self.box.bottom) / 2

    @property
    def width(self) -> float:
        return self.box.right - self.box.left

    @property
    def height(self) -> float:
        return self.box.bottom - self.box.top


@dataclass(slots=True)
class Ruled(Table):
    """A table with the places of its columns' edges, and where it begins on its page."""

    edges: tuple[float, ...] = ()
    top: float = 0.0
    rows: dict[int, list[str]] = field(default_factory=dict)
    """Row → the texts of its cells, blank ones too."""


def bounds(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


# ---------------------------------------------------------------- a table


def table(boxes: Sequence[Box], characters: Iterable[Char]) -> Ruled:
    """Raises Unreadable where a character does not clearly belong to one cell."""
    columns = _edges(x for box in boxes for x in (box.left, box.right))
    rows = _edges(y for box in boxes for y in (box.top, box.bottom))
    owned: dict[Box, list[Char]] = {box: [] for box in boxes}
    for character in characters:
        box = next((box for box in boxes if box.holds(character)), None)
        if box is None or _sticks_out(character, box):
            raise unsure()
        owned[box].append(character)
    lines = {box: list(in_lines(own)) for box, own in owned.items()}
    _check_borders(lines)
    table = Ruled(height=len(rows) - 1, edges=columns, top=rows[0])
    for box in sorted(boxes, key=lambda one: (one.top, one.left)):
        place = Range(
            nearest(box.top, rows) + 1,
            nearest(box.left, columns) + 1,
            nearest(box.bottom, rows),
            nearest(box.right, columns),
        )
        text = _wrapped(lines[box], box)
        table.cells.append((place, printed_cell(text) if text else None))
        table.rows.setdefault(place.top, []).append(text)
    return table


def _edges(places: Iterable[float]) -> tuple[float, ...]:
    """The places in order, those within a stroke's width as one."""
    edges: list[float] = []
    for place in sorted(places):
        if not edges or place - edges[-1] > 1.0:
            edges.append(place)
    return tuple(edges)


def nearest(place: float, edges: Sequence[float]) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - place))


def _sticks_out(character: Char, box: Box) -> bool:
    """Whether a character crosses a ruling line, as text does that is longer than its cell."""
    sideways = max(box.left - character.box.left, character.box.right - box.right)
    upwards = max(box.top - character.box.top, character.box.bottom - box.bottom)
    return bool(character.text.strip()) and (
        sideways > max(1.0, 0.3 * character.width) or upwards > max(1.5, 0.3 * character.height)
    )


def _check_borders(lines: dict[Box, list[list[Char]]]) -> None:
    """Raises Unreadable where a line of text goes on in the next cell as if there were no border."""
    for box, own in lines.items():
        neighbours = [other for other in lines if abs(other.left - box.right) <= 1.0]
        for last in (line[-1] for line in own):
            starts = (line[0] for other in neighbours for line in lines[other])
            if any(_touch(last, first) for first in starts):
                raise unsure()


def _touch(one: Char, other: Char) -> bool:
    return abs(one.y - other.y) < 0.3 * one.height and abs(other.box.left - one.box.right) < 0.1 * one.height


# ---------------------------------------------------------------- text


def in_lines(characters: Iterable[Char]) -> Iterator[list[Char]]:
    """The characters by lines, top down, each from left to right; blank ones at the ends are left out.

    Raises Unreadable where two characters lie on each other.
    """
    lines: list[list[Char]] = []
    for character in sorted(characters, key=lambda one: one.y):
        if lines and character.y - lines[-1][-1].y < 0.35 * character.height:
            lines[-1].append(character)
        else:
            lines.append([character])
    for line in lines:
        filled = sorted((one for one in line if one.text.strip()), key=lambda one: one.x)
        if any(right.x - left.x < 0.4 * min(left.width, right.width) for left, right in pairwise(filled)):
            raise unsure()
        if filled:
            inside = Box(filled[0].box.left, 0, filled[-1].box.right, 0)
            yield sorted((one for one in line if inside.left <= one.x <= inside.right), key=lambda one: one.x)


def text_of(line: Sequence[Char]) -> str:
    """The text of a line, with a blank for each gap in which another character could stand."""
    text = line[0].text
    for left, right in pairwise(line):
        gap = right.box.left - left.box.right > 0.3 * left.height
        text += (" " if gap and left.text.strip() and right.text.strip() else "") + right.text
    return text


def _wrapped(lines: Sequence[list[Char]], box: Box) -> str:
    """The text of a cell. A line that is full goes on in the next, as programs wrap it; other breaks are its writer's.

    Two digits are never joined over a break: the sender may have meant two numbers.
    """
    if not lines:
        return ""
    margin = min(max(min(line[0].box.left for line in lines) - box.left, 0.0), 6.0)
    text = text_of(lines[0])
    for above, below in pairwise(lines):
        unit = _UNIT.match("".join(one.text[:1] for one in below))
        width = below[unit.end() - 1].box.right - below[0].box.left if unit else 0.0
        room = box.right - box.left - 2 * margin - (above[-1].box.right - above[0].box.left)
        text += _between(text[-1], text_of(below)[0], full=room < 1.1 * width) + text_of(below)
    return text


def _between(left: str, right: str, *, full: bool) -> str:
    """What stands for the break between two lines of a cell."""
    if not full or (left.isdigit() and right.isdigit()):
        return "\n"
    return " " if (left + right).isascii() and (left + right).isalnum() else ""
