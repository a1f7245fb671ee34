"""Which lines make one table: where a new one begins, and what stands around it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from parsers.layout.claims import Reading
from parsers.layout.model import Evidence
from parsers.layout.rules import BLOCK_ABOVE, PLACED
from parsers.layout.table import BODY, Table

_Phase = Literal["top", "head", "list", "pairs"]


def tables(lines: Sequence[Reading], left: int, right: int) -> tuple[Table, ...]:
    """The tables of an area, top down. A line that belongs to none of them goes with the one above."""
    found: list[list[Reading]] = [[]]
    phase: _Phase = "top"
    for line in lines:
        placed = _placed(line, found[-1])
        begins = _begins(placed, phase)
        if begins and phase == "pairs" and placed.claim.state == "head" and BLOCK_ABOVE.speak(found[-1]):
            found[-1] = [_as_block(other) for other in found[-1]]
        elif begins:
            found.append(_belonging_below(found[-1], placed))
        found[-1].append(placed)
        phase = _next(placed, "top" if begins else phase)
    whole = [table for table in found if table]
    return tuple(Table(tuple(table), left, right, alone=len(lines) == len(table) < 4) for table in whole)


def _placed(line: Reading, table: Sequence[Reading]) -> Reading:
    for rule in PLACED:
        if role := rule.speak(line, table):
            return replace(line, role=role, evidence=Evidence(rule.name, rule.says))
    return line


def _begins(line: Reading, phase: _Phase) -> bool:
    """Whether the line begins another table than the one that is under way."""
    if line.role in ("header again", "signature", "numbering", "measure"):
        return False
    state = line.claim.state
    if state == "title":
        return phase != "top"
    if state == "head":
        return phase in ("list", "pairs")
    if state == "pairs":
        return phase == "list"
    return state in BODY and phase == "pairs"


def _next(line: Reading, phase: _Phase) -> _Phase:
    if line.role in ("header again", "signature"):
        return phase
    state = line.claim.state
    if state == "head":
        return "head" if phase in ("top", "head") else phase
    if state == "pairs":
        return "pairs"
    return "list" if state in BODY else phase


def _belonging_below(above: list[Reading], line: Reading) -> list[Reading]:
    """Takes from the table above the last lines that name or describe the one that begins: its title, its block."""
    taken: list[Reading] = []
    while above and line.claim.state != "title" and _describes(above[-1]):
        last = above.pop()
        taken.insert(0, replace(last, role="title") if last.role == "section" else replace(last, role=last.claim.role))
    return taken


def _describes(line: Reading) -> bool:
    if line.role == "blank":
        return False
    return line.claim.state in ("section", "title") or (line.claim.state == "block" and line.claim.role == "block")


def _as_block(line: Reading) -> Reading:
    if line.claim.state != "pairs":
        return line
    return replace(line, role="block", evidence=Evidence(BLOCK_ABOVE.name, BLOCK_ABOVE.says))
