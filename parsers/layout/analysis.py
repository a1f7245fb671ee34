"""From a grid to its layout: boxes, areas, lines, tables, and what each cell is."""

from collections.abc import Iterable, Mapping

from parsers.grid import Grid, Position, Range
from parsers.layout.areas import areas
from parsers.layout.boxes import Box, rows
from parsers.layout.headings import columns, line_headings
from parsers.layout.model import CellRole, Evidence, Layout, Line, Mark, Region, Shape, Text
from parsers.layout.pairs import pairs
from parsers.layout.rules import CELLS, SHAPES
from parsers.layout.sequence import readings
from parsers.layout.table import BODY, Table
from parsers.layout.tables import tables
from parsers.layout.views import views
from parsers.layout.words import plain, words

_TABLE = BODY | {"head", "pairs"}


def analyse(grid: Grid) -> Layout:
    """What a sheet is. Never raises; takes time in proportion to the sheet's cells and merges."""
    regions: list[Region] = []
    texts: list[Text] = []
    for area in areas(rows(grid)):
        for table in tables(readings(views(area.rows, area.left, area.right)), area.left, area.right):
            if _is_table(table):
                regions.append(_region(table))
            else:
                texts += [Text(box.position, box.text) for _, box in table.boxes()]
    return Layout(grid.name, tuple(regions), tuple(texts))


def _is_table(table: Table) -> bool:
    """Whether lines are more than texts that stand alone."""
    block = sum(line.role == "block" for line in table.lines)
    return block > 1 or any(line.claim.state in _TABLE for line in table.lines)


def _region(table: Table) -> Region:
    marks = _marks(table)
    shape, evidence = _shape(table)
    headings = line_headings(table, marks)
    around = [line for line in table.lines if line.role in ("block", "signature")]
    body = [*table.body, *table.pairs, *(line for line in table.lines if line.role == "section")]
    return Region(
        range=_hull(box for line in table.lines for box in line.view.row.boxes),
        body=_hull(box for line in body for box in line.view.row.boxes) if body else None,
        shape=shape,
        columns=columns(table),
        rows=tuple(
            Line(line.number, line.role, before, line.evidence)
            for line, before in zip(table.lines, headings, strict=True)
        ),
        title=_title(table),
        block=pairs(around),
        pairs=pairs((*table.pairs, *table.with_pairs)),
        cells=marks,
        evidence=evidence,
    )


def _marks(table: Table) -> Mapping[Position, Mark]:
    """What each cell is: the first rule that speaks of it is believed."""
    told: dict[Position, Mark] = {}
    for rule in CELLS:
        evidence = Evidence(rule.name, rule.says)
        marks: dict[CellRole, Mark] = {}
        for box, role in rule.speak(table):
            if box.position not in told:
                told[box.position] = marks.get(role) or marks.setdefault(role, Mark(role, evidence))
    return told


def _shape(table: Table) -> tuple[Shape, Evidence]:
    for rule in SHAPES:
        if shape := rule.speak(table):
            return shape, Evidence(rule.name, rule.says)
    raise AssertionError("the last rule always speaks")


def _title(table: Table) -> str:
    """The title's lines, without a mark such as 附件1 above it."""
    texts = [line.view.first.text for line in table.lines if line.role == "title"]
    named = [text for text in texts if plain(text).rstrip("0123456789:-") not in words().attachment]
    return "\n".join(named or texts)


def _hull(boxes: Iterable[Box]) -> Range:
    found = list(boxes)
    return Range(
        min(box.top for box in found),
        min(box.left for box in found),
        max(box.bottom for box in found),
        max(box.right for box in found),
    )
