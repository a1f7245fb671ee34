"""Rows of figures that are no activities of their own: they add up others, or are parts of one."""

import re
from collections.abc import Mapping, Sequence

from parsers.reading.row_traits import Role, RowTraits

_WORDED = re.compile(r"[^\W\d_一二三四五六七八九十]{2}")


def sums(traits: RowTraits, roles: Mapping[int, Role]) -> dict[int, Role]:
    """What the rows with nothing but figures are: the sum of all rows, of those of their section, or none.

    One that is no sum is asked about where words for sums, or others in the place of a number, name it; without a name
    it is an activity that lacks everything else.
    """
    bare = [row for row, role in roles.items() if role == "row" and _is_bare(traits, row)]
    if not bare or traits.header.layout(traits.form) != "rows":
        return {}
    own = [row for row, role in roles.items() if role == "row" and row not in bare]
    edges = [row for row, role in roles.items() if row in bare or role in ("section", "subtotal", "total")]
    return {row: _role(traits, row, own, edges) for row in bare}


def _role(traits: RowTraits, row: int, own: Sequence[int], edges: Sequence[int]) -> Role:
    if _adds_up(traits, row, own):
        return "total"
    first = max((edge for edge in edges if edge < row), default=0)
    last = min((edge for edge in edges if edge > row), default=max(own, default=0) + 1)
    sections = [r for r in own if row < r < last], [r for r in own if first < r < row]
    if any(_adds_up(traits, row, section) for section in sections):
        return "subtotal"
    names = traits.names(row)
    told = any(traits.words.is_like_a_sum(text) or (not names and _WORDED.search(text)) for text in _texts(traits, row))
    return "stray" if told else "row"


def _is_bare(traits: RowTraits, row: int) -> bool:
    """Whether a row has figures, at most one word before them that may stand for sums, and nothing else."""
    figures = {traits.header.columns[field].column for field in traits.fields(row, "count")}
    others = [column for column in traits.cells(row) if column not in figures]
    if not figures or len(others) > 1 or traits.number(row) is not None:
        return False
    numbers = {n.column for f, n in traits.header.columns.items() if traits.columns[f].kind == "number"}
    named = {*(n.column for n in traits.header.entries.values()), *_columns(traits, row)}
    words = traits.words
    sections = (words.section.match(text) or words.is_like_a_sum(text) for text in _texts(traits, row))
    return not others or others[0] in numbers or (others[0] in named and any(sections))


def _columns(traits: RowTraits, row: int) -> set[int]:
    return {traits.header.columns[field].column for field in traits.names(row)}


def _texts(traits: RowTraits, row: int) -> list[str]:
    figures = {traits.header.columns[field].column for field in traits.fields(row, "count")}
    return [cell.shown.strip() for column, cell in traits.cells(row).items() if column not in figures]


def _adds_up(traits: RowTraits, row: int, rows: Sequence[int]) -> bool:
    """Whether the figures of a row are the sums of those that others have. Heads that may be the same need not be."""
    own, others = traits.figures(row), [traits.figures(other) for other in rows]
    common = {field for figures in others for field in figures} & own.keys()
    added = {field for field in common if traits.columns[field].sums == "warning"} or common
    totals = {field: sum(figures.get(field) or 0 for figures in others) for field in added}
    return any(totals.values()) and all(own[field] == totals[field] for field in added)


def parts(traits: RowTraits, roles: Mapping[int, Role]) -> dict[int, Role]:
    """The rows behind 其中, which say again what the row above them says, up to its figures."""
    found: dict[int, Role] = {}
    whole, left = 0, list[int]()
    for row in (row for row, role in roles.items() if role == "row"):
        if whole and traits.number(row) is None and any(map(traits.words.part.match, traits.leading(row))):
            found[row] = "part"
            left.append(row)
        elif left and traits.number(row) is None and _adds_up(traits, whole, [*left, row]):
            found[row] = "part"
            left = []
        else:
            whole, left = row, []
    return found
