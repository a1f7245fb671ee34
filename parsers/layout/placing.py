"""Rules that know a line by its place among the lines of its table."""

from dataclasses import dataclass
from typing import Literal

from parsers.layout.claims import Reading
from parsers.layout.labels import is_block_word, is_signature_word, split
from parsers.layout.marking import key_width
from parsers.layout.model import LineRole
from parsers.layout.table import Table

Phase = Literal["top", "head", "list", "pairs"]
"""How far a table has come."""
_MOST_BLOCK_LINES = 3
_LONGEST_LABEL = 8


@dataclass(frozen=True, slots=True)
class Above:
    """What stands above a line in its table."""

    phase: Phase = "top"
    heading: frozenset[tuple[tuple[int, int], str]] = frozenset()
    """The columns and texts of the heading's cells."""
    levels: int = 0
    """How many lines the heading has."""


def header_again(line: Reading, above: Above) -> LineRole | None:
    """A line under data repeats the table's heading, as at the top of a printed page."""
    if above.phase != "list" or line.role != "header":
        return None
    return "header again" if all((box.span, box.text) in above.heading for box in line.view.filled) else None


def lower_level(line: Reading, above: Above) -> LineRole | None:
    """In a sheet without merges, right under a heading: short texts, fewer than the heading has and none below its
    first label, some of them under no label. They divide labels above."""
    filled = line.view.filled
    if above.phase != "head" or line.role != "data" or not 1 < len(filled) < len(above.heading):
        return None
    if any(box.kind != "text" or box.is_wide or box.is_tall or len(box.text) > _LONGEST_LABEL for box in filled):
        return None
    spans = {span for span, _ in above.heading}
    beside = any(box.span not in spans for box in filled)
    return "header" if beside and filled[0].left > min(left for left, _ in spans) else None


def signature(line: Reading, above: Above) -> LineRole | None:
    """Labels of those who answer for the table stand under it."""
    if above.phase not in ("list", "pairs"):
        return None
    if line.claim.state == "block":
        return "signature"
    if line.claim.state != "pairs" or above.phase != "list":
        return None
    marked = zip(line.view.row.boxes, line.claim.labels, strict=True)
    labels = [box.text for box, label in marked if label]
    return "signature" if labels and all(map(is_signature_word, labels)) else None


def block_above(table: Table) -> bool:
    """A few lines of labels and values right above a heading say who filled the table in, and when."""
    lines = table.pairs
    if not lines or len(lines) > _MOST_BLOCK_LINES:
        return False
    labels = [
        box.text for line in lines for box, label in zip(line.view.row.boxes, line.claim.labels, strict=True) if label
    ]
    return sum(is_block_word((split(label) or (label,))[0]) for label in labels) * 2 >= len(labels)


def unheaded(table: Table) -> bool:
    """Under no heading, each line begins with a text: it is the label of what follows."""
    body = table.body
    if not body or table.heads or any(line.claim.state != "data" for line in body):
        return False
    return key_width(table) > 0 and any(len(line.view.filled) > 1 for line in body)
