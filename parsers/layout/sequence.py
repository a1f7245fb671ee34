"""Chooses one reading for each line of an area, so that each fits its line and all fit each other.

The certain rules speak first, in their order; where none does, all weighing rules speak. Of all sequences of their
readings the best one is found as in a hidden Markov model: the scores of the readings and of each step from one to the
next are added up, and the best sum is kept for each state. This takes one pass.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from parsers.layout.claims import Claim, Reading, State
from parsers.layout.model import Evidence
from parsers.layout.rules import CERTAIN, WEIGHED, OfLine, Rule
from parsers.layout.views import View

_START = "start"
_ASIDE = frozenset(("blank", "note", "block"))
"""Lines in these states change nothing for what follows: a list goes on behind a blank line."""
_LAST: Mapping[str, float] = {"head": -2.5, "section": -1.0, "title": -1.0}
_THEN: Mapping[str, Mapping[State, float]] = {
    _START: {
        "title": 0.7, "head": 1.0, "pairs": 0.5, "data": -1.5, "section": -3.0, "nested": -3.0, "inner head": -3.0,
    },
    "title": {
        "title": -0.2, "head": 0.8, "pairs": 0.5, "data": -1.0, "section": -1.5, "nested": -1.0, "inner head": -2.0,
    },
    "head": {
        "title": -2.5, "head": -1.5, "pairs": -1.5, "data": 0.5, "section": 0.0, "nested": 0.3, "inner head": 0.5,
    },
    "data": {
        "title": -2.0, "head": -2.0, "pairs": -1.2, "data": 0.5, "section": 0.0, "nested": -0.3, "inner head": -1.5,
    },
    "nested": {
        "title": -2.0, "head": -1.5, "pairs": -1.0, "data": -0.3, "section": -0.3, "nested": 0.8, "inner head": -1.5,
    },
    "inner head": {
        "title": -3.0, "head": -2.0, "pairs": -1.0, "data": 0.3, "section": -1.0, "nested": 0.5, "inner head": -3.0,
    },
    "pairs": {
        "title": -0.3, "head": -1.0, "pairs": 0.5, "data": -4.0, "section": -0.2, "nested": -1.5, "inner head": -2.0,
    },
    "section": {
        "title": -2.0, "head": 0.5, "pairs": 0.3, "data": 0.3, "section": -0.5, "nested": 0.0, "inner head": -1.0,
    },
}  # fmt: skip
"""How well a state follows another; 0 for what is not here."""


_UNDER_ITS_LABEL = 6.0
"""Beside a label that still reaches down, what divides the wide labels above is their next level."""


@dataclass(frozen=True, slots=True)
class _Trail:
    """What is said of a line and of those before it."""

    rule: Rule[OfLine]
    claim: Claim
    before: "_Trail | None"


@dataclass(frozen=True, slots=True)
class _Best:
    """The best sequence of readings that ends in a state."""

    score: float
    state: str
    trail: _Trail | None = None


def readings(views: Sequence[View]) -> tuple[Reading, ...]:
    """The reading of every line, in order."""
    best = {_START: _Best(0.0, _START)}
    for view in views:
        following: dict[str, _Best] = {}
        for rule, claim in _claims(view):
            for longer in _longer(best, view, rule, claim):
                if longer.state not in following or longer.score > following[longer.state].score:
                    following[longer.state] = longer
        best = following
    last = max(best.values(), key=lambda one: one.score + _LAST.get(one.state, 0.0))
    return tuple(reversed([*_traced(last.trail, views)]))


def _traced(trail: _Trail | None, views: Sequence[View]) -> Iterator[Reading]:
    for view in reversed(views):
        if trail is not None:
            yield Reading(view, trail.claim, trail.claim.role, Evidence(trail.rule.name, trail.rule.says))
            trail = trail.before


def _claims(view: View) -> Sequence[tuple[Rule[OfLine], Claim]]:
    for rule in CERTAIN:
        if claim := rule.speak(view):
            return [(rule, claim)]
    return [(rule, claim) for rule in WEIGHED if (claim := rule.speak(view))]


def _longer(best: Mapping[str, _Best], view: View, rule: Rule[OfLine], claim: Claim) -> Sequence[_Best]:
    """The best sequences with a claim at their end: one, or one for each state that a line aside leaves as it is."""
    if claim.state in _ASIDE:
        return [_Best(one.score + claim.score, one.state, _Trail(rule, claim, one.trail)) for one in best.values()]
    score, before = max(
        ((one.score + _step(one.state, claim, view), one) for one in best.values()), key=lambda scored: scored[0]
    )
    return [_Best(score + claim.score, claim.state, _Trail(rule, claim, before.trail))]


def _step(before: str, claim: Claim, view: View) -> float:
    """How well a claim follows the one before: by their states, and by whether they have the same columns."""
    score = _THEN[before].get(claim.state, 0.0)
    match before, claim.state:
        case "head", "head":
            score += _next_level(view)
        case "head", _ if view.carried and view.is_level:
            score -= _UNDER_ITS_LABEL
        case "head", "data":
            score += min(3.0, 0.3 * len(view.filled)) * view.same_above
        case ("data", "data") | ("pairs", "pairs") | ("nested", "nested"):
            score += min(2.0, 0.25 * len(view.filled)) * view.same_above
        case ("head", "inner head") | ("inner head", "head"):
            score -= 2.5 * view.same_above
        case (("head" | "data"), "pairs"):
            score -= 3.0 * view.same_above
        case (("data" | "nested"), "head"):
            score += 1.5 if claim.again else 0.5 - 2.5 * view.same_above
        case "pairs", "head":
            score -= 2.5 * max(view.same_above, view.carried)
    return score


def _next_level(view: View) -> float:
    """How well a heading goes on in the next row: it divides the wide labels above, or has other columns."""
    if view.is_level:
        return min(6.0, 1.5 + 0.8 * view.dividing)
    if view.dividing:
        return -1.0
    beside_tall = view.above is not None and any(box.is_tall for box in view.above.filled) and not view.carried
    return 0.7 * beside_tall - 2.0 * view.same_above
