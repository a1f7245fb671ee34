"""What a rule says about a line, and what is believed about it in the end."""

from dataclasses import dataclass
from typing import Literal

from parsers.layout.model import Evidence, LineRole
from parsers.layout.views import View

State = Literal["blank", "note", "block", "title", "section", "head", "pairs", "nested", "inner head", "data"]
"""How a line stands among its neighbours; each role of a line goes with one of these."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One rule's reading of a line, and how well it fits."""

    state: State
    role: LineRole
    score: float = 0.0
    labels: tuple[bool, ...] = ()
    """Whether each box of the row is a label, where the rule knows it."""
    outside: int = 0
    """In a nested line, how many of its boxes belong to the list around."""
    word: str = ""
    """The text that told a certain rule."""
    again: bool = False
    """Whether a heading repeats the one at the top."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A line with the claim that is believed, and its role in its table, which may differ from the claim's."""

    view: View
    claim: Claim
    role: LineRole
    evidence: Evidence

    @property
    def number(self) -> int:
        return self.view.row.number
