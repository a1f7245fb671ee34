"""A list folded into halves side by side, each under the same headings: every half becomes a page of its own."""

from collections.abc import Sequence
from dataclasses import replace

from parsers.forms.page import Page
from parsers.layout.model import Column, Region

_FEWEST = 3
"""Columns; two that repeat themselves may be a label and its value."""


def halves(page: Page) -> tuple[Page, ...]:
    """The parts of a page from the left, the first with all that stands above its list; the page alone where its lists
    are not folded."""
    for regions in _beside_each_other(page.layout.regions):
        columns = [column for region in regions for column in region.columns if column.heading.path]
        if period := _period(columns):
            parts = [columns[start : start + period] for start in range(0, len(columns), period)]
            return tuple(_part(page, regions, part, is_first=part is parts[0]) for part in parts)
    return (page,)


def _beside_each_other(regions: Sequence[Region]) -> list[list[Region]]:
    """Regions with columns, in groups that stand in the same rows."""
    groups: list[list[Region]] = []
    for region in sorted(regions, key=lambda region: (region.header_top, region.range.left)):
        if not any(column.heading.path for column in region.columns):
            continue
        if not groups or groups[-1][0].header_top != region.header_top:
            groups.append([])
        groups[-1].append(region)
    return groups


def _period(columns: Sequence[Column]) -> int:
    """After how many columns the headings begin again, to the end; 0 where they do not."""
    labels = [column.heading.path for column in columns]
    return next(
        (
            period
            for period in range(_FEWEST, len(labels) // 2 + 1)
            if len(labels) % period == 0 and labels == labels[:period] * (len(labels) // period)
        ),
        0,
    )


def _part(page: Page, regions: Sequence[Region], columns: Sequence[Column], *, is_first: bool) -> Page:
    top = regions[0].header_top
    left, right = (1 if is_first else columns[0].left), columns[-1].right
    rows = {
        number: {column: cell for column, cell in row.items() if left <= column <= right} if number >= top else row
        for number, row in page.sheet.rows.items()
        if is_first or number >= top
    }
    own = next(region for region in regions if columns[0] in region.columns)
    others = tuple(region for region in page.layout.regions if region not in regions) if is_first else ()
    layout = replace(page.layout, regions=(replace(own, columns=tuple(columns)), *others))
    return replace(page, sheet=replace(page.sheet, rows={n: row for n, row in rows.items() if row}), layout=layout)
