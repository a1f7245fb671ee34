"""All rules about lines, in the order in which they speak."""

from collections.abc import Callable
from dataclasses import dataclass

from parsers.layout import certain, heading, weighed
from parsers.layout.claims import Claim
from parsers.layout.views import View


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    reason: str
    speak: Callable[[View], Claim | None]


CERTAIN = tuple(Rule(f.__name__, f.__doc__ or "", f) for f in (certain.blank, certain.note, certain.numbering, certain.measure, certain.labelled_texts, certain.total, certain.subtotal, certain.part, certain.example))
WEIGHED = tuple(Rule(f.__name__, f.__doc__ or "", f) for f in (weighed.title, weighed.section, weighed.long_note, heading.heading, weighed.pairs, weighed.nested, weighed.inner_heading, weighed.data))
