"""Which lines make one table: where a new one begins, and what stands around it."""

from collections.abc import Sequence
from dataclasses import replace

from parsers.layout.claims import Claim, Reading
from parsers.layout.marking import key_width
from parsers.layout.model import Evidence
from parsers.layout.placing import Above, Phase
from parsers.layout.rules import BLOCK_ABOVE, PLACED, UNHEADED
from parsers.layout.table import BODY, Table

_DEEPEST = 8
"""No heading has more levels than this."""
_FEW = 4
"""An area of fewer lines may be one line under a heading."""


def tables(lines: Sequence[Reading], left: int, right: int) -> tuple[Table, ...]:
    """The tables of an area, top down. A line that belongs to none of them goes with the one above."""
    found: list[list[Reading]] = [[]]
    above = Above()
    for line in lines:
        placed = _placed(line, above)
        if _begins(placed, above.phase):
            above = Above()
            if placed.claim.state == "head" and BLOCK_ABOVE.speak(Table(tuple(found[-1]), left, right)):
                found[-1] = [_as_block(other) for other in found[-1]]
            else:
                found.append(_belonging_below(found[-1], placed))
        found[-1].append(placed)
        above = _with(above, placed)
    alone = len(lines) < _FEW
    return tuple(_with_labels(Table(tuple(table), left, right, alone)) for table in found if table)


def _placed(line: Reading, above: Above) -> Reading:
    for rule in PLACED:
        if role := rule.speak(line, above):
            claim = Claim("head", role) if role == "header" else line.claim
            return replace(line, claim=claim, role=role, evidence=Evidence(rule.name, rule.says))
    return line


def _begins(line: Reading, phase: Phase) -> bool:
    """Whether the line begins another table than the one that is under way."""
    if line.role in ("header again", "signature", "numbering", "measure"):
        return False
    match line.claim.state:
        case "title":
            return phase != "top"
        case "head":
            return phase in ("list", "pairs")
        case "pairs":
            return phase == "list"
        case state:
            return state in BODY and phase == "pairs"


def _with(above: Above, line: Reading) -> Above:
    """What stands above the next line."""
    if line.role == "header":
        cells = {(box.span, box.text) for box in line.view.filled} if above.levels < _DEEPEST else set()
        return Above("head", above.heading | cells, above.levels + 1)
    if line.claim.state == "pairs" and line.role == "data":
        return replace(above, phase="pairs")
    return replace(above, phase="list") if line.claim.state in BODY else above


def _belonging_below(above: list[Reading], line: Reading) -> list[Reading]:
    """Takes from the table above the last lines that name or describe the one that begins: its title, its block."""
    taken: list[Reading] = []
    while above and line.claim.state != "title" and _describes(above[-1]):
        last = above.pop()
        taken.insert(0, replace(last, role="title" if last.role == "section" else last.claim.role))
    return taken


def _describes(line: Reading) -> bool:
    block = line.claim.state == "block" and line.claim.role == "block"
    return block or line.claim.state in ("section", "title")


def _as_block(line: Reading) -> Reading:
    if line.claim.state != "pairs":
        return line
    return replace(line, role="block", evidence=Evidence(BLOCK_ABOVE.name, BLOCK_ABOVE.says))


def _with_labels(table: Table) -> Table:
    """A table without a heading as what it is: labels before values."""
    if not UNHEADED.speak(table):
        return table
    width, evidence = key_width(table), Evidence(UNHEADED.name, UNHEADED.says)
    lines = []
    for line in table.lines:
        if line.role == "data":
            labels = tuple(box.right <= width for box in line.view.row.boxes)
            line = replace(line, claim=Claim("pairs", "data", labels=labels), evidence=evidence)
        lines.append(line)
    return replace(table, lines=tuple(lines))
