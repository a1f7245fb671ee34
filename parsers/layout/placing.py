"""Rules that know a line by its place among the lines of its table."""

from collections.abc import Sequence

from parsers.layout.claims import Reading
from parsers.layout.labels import is_block_word, is_signature_word, split
from parsers.layout.model import LineRole

_MOST_BLOCK_LINES = 3


def header_again(line: Reading, table: Sequence[Reading]) -> LineRole | None:
    """A line under data repeats the table's heading, as at the top of a printed page."""
    if line.role != "header" or not any(other.claim.state == "data" for other in table[-1:]) and not _goes_on(table):
        return None
    known = {(box.span, box.text) for other in table if other.role == "header" for box in other.view.filled}
    return "header again" if all((box.span, box.text) in known for box in line.view.filled) else None


def _goes_on(table: Sequence[Reading]) -> bool:
    return bool(table) and table[-1].role in ("header again", "blank", "section", "numbering")


def signature(line: Reading, table: Sequence[Reading]) -> LineRole | None:
    """Labels of those who answer for the table stand under it."""
    if not any(other.claim.state in ("data", "nested", "pairs") for other in table):
        return None
    if line.claim.state == "block":
        return "signature"
    labels = [
        box.text for box, label in zip(line.view.row.boxes, line.claim.labels, strict=False) if label and box.text
    ]
    under_list = any(other.claim.state == "data" for other in table)
    signed = line.claim.state == "pairs" and under_list and labels and all(map(is_signature_word, labels))
    return "signature" if signed else None


def block_above(table: Sequence[Reading]) -> bool:
    """A few lines of labels and values right above a heading say who filled the table in, and when."""
    lines = [line for line in table if line.claim.state == "pairs"]
    if not lines or len(lines) > _MOST_BLOCK_LINES:
        return False
    labels = [box.text for line in lines for box, label in zip(line.view.row.boxes, line.claim.labels, strict=True) if label]
    return sum(is_block_word((split(label) or (label,))[0]) for label in labels) * 2 >= len(labels)
