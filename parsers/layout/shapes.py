"""Rules that know the shape of a table: the first that speaks is believed."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from parsers.layout.marking import is_figure_or_measure, key_width
from parsers.layout.model import Shape
from parsers.layout.table import Table

_CLEARLY = 0.15
_FIGURES = 0.8
_LEAST_CELLS = 4


def one_value_a_line(table: Table) -> Shape | None:
    """Every line is a label with the same number of values, two or more: each record is a column."""
    lines = table.pairs
    spans = {tuple(box.span for box in line.view.row.boxes) for line in lines}
    if len(lines) < 2 or len(spans) != 1 or len(next(iter(spans))) < 3:
        return None
    return "transposed" if all(line.claim.labels[0] and not any(line.claim.labels[1:]) for line in lines) else None


def label_before_value(table: Table) -> Shape | None:
    """Labels stand before their values, in the next cell or in the same."""
    alone = not table.heads and not table.body and any(line.role == "block" for line in table.lines)
    return "pairs" if table.pairs or alone else None


def alike_along_lines(table: Table) -> Shape | None:
    """What stands in one line is of one kind, what stands in one column is not: each record is a column."""
    width = key_width(table)
    lines: list[list[str]] = []
    stacks: dict[int, list[str]] = defaultdict(list)
    for line in table.records:
        filled = [box for box in line.view.filled if box.left > max(width, table.left)]
        lines.append([box.kind for box in filled])
        for box in filled:
            stacks[box.left].append(box.kind)
    cells = sum(map(len, lines))
    if not width or cells < _LEAST_CELLS or len(stacks) < 2 or len(lines) < 2:
        return None
    return "transposed" if _alike(lines) > _alike(stacks.values()) + _CLEARLY * cells else None


def named_lines_of_figures(table: Table) -> Shape | None:
    """Text names each line, and all else are figures under several labels: fixed lines by fixed columns."""
    width = key_width(table)
    rest = [box for line in table.records for box in line.view.filled if box.left > width]
    columns = {box.left for box in rest}
    if not width or not table.heads or len(columns) < 2:
        return None
    return "matrix" if sum(map(is_figure_or_measure, rest)) >= _FIGURES * len(rest) else None


def lines_under_labels(table: Table) -> Shape | None:
    """Lines of the same columns stand under labels."""
    return "list" if table.heads and table.body else None


def anything_else(table: Table) -> Shape | None:
    """The table is none of these."""
    return "other"


def _alike(groups: Iterable[list[str]]) -> int:
    return sum(max(Counter(group).values(), default=0) for group in groups)
