"""What a rule says about a line: what kind it is, how well it fits, and which of its boxes are labels."""

from dataclasses import dataclass
from typing import Literal

from parsers.layout.model import LineRole

State = Literal["blank", "note", "block", "title", "section", "head", "pairs", "nested", "inner head", "data"]
"""How a line stands among its neighbours; each role of a line belongs to one of these."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One rule's reading of a line. `labels` says of each box of the row whether it is a label, where that is known."""

    state: State
    role: LineRole
    score: float
    labels: tuple[bool, ...] = ()
    inner: int = 0
    """In a nested line, how many of its boxes belong to the list outside."""
    again: bool = False
    """Whether a heading repeats the one at the top."""
    reason: str = ""
