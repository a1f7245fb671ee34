"""Compares what an answer was taken for with what it means, written as in `sentences.txt`."""

from collections.abc import Iterator, Sequence

from parsers.reading import Content
from parsers.replies import (
    Acknowledge,
    Ask,
    Change,
    Confirm,
    Contact,
    Delete,
    Extend,
    Inquire,
    Object,
    Refused,
    Resolved,
    ToPerson,
    Withdraw,
    Zero,
)

_MARKS = {"exact": "=", "inferred": "=", "approximate": "~", "at_least": ">"}
QUIET = {"nothing", "ask", "refused", "person"}
"""Meanings that change nothing; which of them is told how is a matter of words."""


def effects(outcomes: Sequence[Resolved]) -> set[str]:
    """All that changes what counts."""
    return set(_effects(outcomes))


def _effects(outcomes: Sequence[Resolved]) -> Iterator[str]:
    for each in outcomes:
        match each:
            case Change(place=place, row=row, values=values):
                where = str(row) if place == "row" else place
                yield from (f"{where}.{f}{_MARKS[v.precision]}{_written(v.content)}" for f, v in values.items())
            case Delete(row=row):
                yield f"-{row}"
            case Withdraw():
                yield "withdraw"
            case Zero():
                yield "zero"


def _written(content: Content) -> str:
    return "+".join(content) if isinstance(content, tuple) else str(content)


def others(outcomes: Sequence[Resolved]) -> set[str]:
    """What else an answer is."""
    return set(_others(outcomes))


def _others(outcomes: Sequence[Resolved]) -> Iterator[str]:
    for each in outcomes:
        match each:
            case Confirm():
                yield "confirm"
            case Acknowledge():
                yield "ack"
            case Inquire(about=about):
                yield about
            case Extend(until=until):
                yield "extend"
                if until:
                    yield f"extend={until}"
            case Contact():
                yield "contact"
            case Object():
                yield "object"
            case ToPerson():
                yield "person"
            case Ask():
                yield "ask"
            case Refused():
                yield "refused"


def wrong_effects(meant: str, outcomes: Sequence[Resolved]) -> set[str]:
    """What would change and is not meant to."""
    return effects(outcomes) - set(meant.split(","))


def is_met(meant: str, outcomes: Sequence[Resolved]) -> bool:
    """Whether an answer was taken for what it means."""
    wanted = {part for part in meant.split(",") if part not in QUIET}
    told = others(outcomes)
    if wrong_effects(meant, outcomes) or not wanted <= effects(outcomes) | told:
        return False
    match meant:
        case "nothing":
            return True
        case "ask" | "refused":
            return bool(told & {"ask", "refused", "person"})
        case "person":
            return bool(told & {"person", "ask"})
    return True
