"""Chooses one reading for each line of an area, so that each fits its line and all fit each other.

The certain rules speak first, in their order; where none does, all weighing rules speak. Of all sequences of their
readings the best one is found as in a hidden Markov model: the scores of the readings and of each step from one to the
next are added up, and the best sum is kept for each state. This takes one pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parsers.layout.claims import Claim, State
from parsers.layout.rules import CERTAIN, WEIGHED, Rule
from parsers.layout.views import View

_START: Mapping[State, float] = {"title": 0.7, "head": 1.0, "pairs": 0.5, "data": -1.5, "section": -3.0, "nested": -3.0, "note": -2.0}
_STEPS: Mapping[tuple[State, State], float] = {
    ("title", "title"): -0.2, ("title", "head"): 0.8, ("title", "pairs"): 0.5, ("title", "data"): -1.0,
    ("title", "section"): -1.5, ("title", "nested"): -1.0,
    ("head", "head"): -1.5, ("head", "data"): 0.5, ("head", "pairs"): -1.5, ("head", "nested"): 0.3,
    ("head", "section"): 0.0, ("head", "title"): -2.5,
    ("data", "data"): 0.5, ("data", "head"): -2.0, ("data", "pairs"): -1.2, ("data", "nested"): -0.3,
    ("data", "section"): 0.0, ("data", "title"): -2.0,
    ("nested", "nested"): 0.8, ("nested", "data"): -0.3, ("nested", "head"): -1.5, ("nested", "pairs"): -1.0,
    ("nested", "section"): -0.3, ("nested", "title"): -2.0,
    ("pairs", "pairs"): 0.5, ("pairs", "head"): -1.0, ("pairs", "data"): -4.0, ("pairs", "section"): -0.2,
    ("pairs", "title"): -0.3, ("pairs", "nested"): -1.5,
    ("section", "data"): 0.3, ("section", "head"): 0.5, ("section", "pairs"): 0.3, ("section", "section"): -0.5,
    ("head", "inner head"): 0.5, ("inner head", "inner head"): -3.0, ("inner head", "nested"): 0.5,
    ("inner head", "data"): 0.3, ("inner head", "head"): -2.0, ("inner head", "pairs"): -1.0,
    ("nested", "inner head"): -1.5, ("data", "inner head"): -1.5, ("pairs", "inner head"): -2.0,
    ("section", "inner head"): -1.0, ("title", "inner head"): -2.0, ("inner head", "section"): -1.0,
    ("inner head", "title"): -3.0,
    ("section", "title"): -2.0, ("section", "nested"): 0.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """A line and the rule that is believed about it."""

    view: View
    rule: Rule
    claim: Claim


@dataclass(frozen=True, slots=True)
class _Best:
    score: float
    rule: Rule
    claim: Claim
    before: "_Best | None"


def readings(views: Sequence[View]) -> tuple[Reading, ...]:
    """The reading of every line."""
    states: dict[State, _Best] = {}
    for view in views:
        spoken = _spoken(view)
        new: dict[State, _Best] = {}
        for rule, claim in spoken:
            best = _continued(states, view, rule, claim)
            if claim.state not in new or best.score > new[claim.state].score:
                new[claim.state] = best
        states = new
    found: list[Reading] = []
    best: _Best | None = max(states.values(), key=lambda one: one.score + _end(one.claim.state)) if states else None
    for view in reversed(views):
        assert best is not None
        found.append(Reading(view, best.rule, best.claim))
        best = best.before
    return tuple(reversed(found))


def _spoken(view: View) -> list[tuple[Rule, Claim]]:
    for rule in CERTAIN:
        if claim := rule.speak(view):
            return [(rule, claim)]
    return [(rule, claim) for rule in WEIGHED if (claim := rule.speak(view))]


def _continued(states: Mapping[State, _Best], view: View, rule: Rule, claim: Claim) -> _Best:
    if not states:
        return _Best(claim.score + _START.get(claim.state, 0.0), rule, claim, None)
    best = max(states.values(), key=lambda one: one.score + _step(one.claim, claim, view))
    return _Best(best.score + _step(best.claim, claim, view) + claim.score, rule, claim, best)


def _step(before: Claim, claim: Claim, view: View) -> float:
    score = _STEPS.get((before.state, claim.state), 0.0)
    if before.state == "head" and claim.state == "head":
        score += _next_level(view)
    elif before.state == "head" and view.carried:
        score -= 3.0 * view.is_level
    elif claim.state == before.state and claim.state in ("data", "pairs", "nested"):
        score += min(2.0, 0.25 * len(view.filled)) * view.same_above
    elif before.state == "head" and claim.state == "data":
        score += min(3.0, 0.3 * len(view.filled)) * view.same_above
    elif before.state in ("head", "data") and claim.state == "pairs":
        score -= 3.0 * view.same_above
    elif claim.state == "head" and before.state in ("data", "nested"):
        score += 1.5 if claim.again else 0.5 - 2.5 * view.same_above
    elif claim.state == "head" and before.state == "pairs":
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


def _end(state: State) -> float:
    return {"head": -2.5, "section": -1.0, "title": -1.0}.get(state, 0.0)
