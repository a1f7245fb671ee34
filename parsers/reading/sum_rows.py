"""Rows of figures that are no activities of their own: they add up others, or are parts of one."""

import re
from collections.abc import Mapping, Sequence

from parsers.reading.row_traits import Look, Role

_WORDED = re.compile(r"[^\W\d_一二三四五六七八九十]{2}")


def sums(look: Look, roles: Mapping[int, Role]) -> dict[int, Role]:
    """What the rows with nothing but figures are: the sum of all rows, of those of their section, or none.

    One that is no sum is asked about where words for sums, or others in the place of a number, name it; without a name
    it is an activity that lacks everything else.
    """
    bare = [row for row, role in roles.items() if role == "row" and _is_bare(look, row)]
    if not bare or look.header.layout(look.form) != "rows":
        return {}
    own = [row for row, role in roles.items() if role == "row" and row not in bare]
    edges = [row for row, role in roles.items() if row in bare or role in ("section", "subtotal", "total")]
    return {row: _role(look, row, own, edges) for row in bare}


def _role(look: Look, row: int, own: Sequence[int], edges: Sequence[int]) -> Role:
    if _adds_up(look, row, own):
        return "total"
    first = max((edge for edge in edges if edge < row), default=0)
    last = min((edge for edge in edges if edge > row), default=max(own, default=0) + 1)
    sections = [r for r in own if row < r < last], [r for r in own if first < r < row]
    if any(_adds_up(look, row, section) for section in sections):
        return "subtotal"
    names = look.names(row)
    told = any(look.words.is_like_a_sum(text) or (not names and _WORDED.search(text)) for text in _texts(look, row))
    return "stray" if told else "row"


def _is_bare(look: Look, row: int) -> bool:
    """Whether a row has figures, at most one word before them that may stand for sums, and nothing else."""
    figures = {look.header.columns[field].column for field in look.fields(row, "count")}
    others = [column for column in look.cells(row) if column not in figures]
    if not figures or len(others) > 1 or look.number(row) is not None:
        return False
    numbers = {n.column for f, n in look.header.columns.items() if look.columns[f].kind == "number"}
    named = {*(n.column for n in look.header.entries.values()), *_columns(look, row)}
    words = look.words
    sections = (words.section.match(text) or words.is_like_a_sum(text) for text in _texts(look, row))
    return not others or others[0] in numbers or (others[0] in named and any(sections))


def _columns(look: Look, row: int) -> set[int]:
    return {look.header.columns[field].column for field in look.names(row)}


def _texts(look: Look, row: int) -> list[str]:
    figures = {look.header.columns[field].column for field in look.fields(row, "count")}
    return [cell.shown.strip() for column, cell in look.cells(row).items() if column not in figures]


def _adds_up(look: Look, row: int, rows: Sequence[int]) -> bool:
    """Whether the figures of a row are the sums of those that others have. Heads that may be the same need not be."""
    own, others = look.figures(row), [look.figures(other) for other in rows]
    common = {field for figures in others for field in figures} & own.keys()
    added = {field for field in common if look.columns[field].sums == "warning"} or common
    totals = {field: sum(figures.get(field) or 0 for figures in others) for field in added}
    return any(totals.values()) and all(own[field] == totals[field] for field in added)


def parts(look: Look, roles: Mapping[int, Role]) -> dict[int, Role]:
    """The rows behind 其中, which say again what the row above them says, up to its figures."""
    found: dict[int, Role] = {}
    whole, left = 0, list[int]()
    for row in (row for row, role in roles.items() if role == "row"):
        if whole and look.number(row) is None and any(map(look.words.part.match, look.leading(row))):
            found[row] = "part"
            left.append(row)
        elif left and look.number(row) is None and _adds_up(look, whole, [*left, row]):
            found[row] = "part"
            left = []
        else:
            whole, left = row, []
    return found
