"""Which form fills a sheet, and how the sheet is to be read for it: as it stands, turned, or label by label."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from parsers.forms import cards, fields
from parsers.forms.fields import Header, Named
from parsers.forms.form import Form
from parsers.forms.page import Page
from parsers.forms.sheet import Sheet, turned
from parsers.forms.vocabulary import Vocabulary
from parsers.grid import Position
from parsers.layout.model import Column, Region

_LONGEST_FORM = 200
"""Rows; a longer sheet is no form with its labels down the side."""
_WIDE = 3
"""Cells; a row with as many is one of a table."""
_MOST_LABEL_COLUMNS = 3
_ASIDE = frozenset(("title", "signature", "block"))


@dataclass(frozen=True, slots=True)
class Match:
    """A sheet that a form fills. `sheet` is how its rows are looked at; `headers` are those of its tables, top down.

    `labels` are where the known labels stand, in a sheet that is read label by label.
    """

    page: Page
    sheet: Sheet
    headers: tuple[Header, ...]
    labels: AbstractSet[Position] = frozenset()

    @property
    def known(self) -> int:
        """How many fields of the form its best table has."""
        return max(header.known for header in self.headers)

    @property
    def used(self) -> AbstractSet[Position]:
        """Where the known labels and their values stand, in a sheet that is read label by label."""
        return self.labels | frozenset((self.sheet.origins or {}).values())


def match(page: Page, form: Form, words: Vocabulary) -> Match | None:
    """The way of reading a sheet that shows most fields of a form; None where it fills none."""
    headers = tuple(_upright_headers(page, form, words))
    first = Match(page, page.sheet, headers) if headers else None
    if (first and _is_plain(headers[0], form)) or len(page.sheet.rows) > _LONGEST_FORM:
        return first
    others = (_turned(page, form, words), match_cards(page, form, words))
    found = [way for way in (first, *others) if way]
    return max(found, key=lambda way: _shows(way, form), default=None)


def _is_plain(header: Header, form: Form) -> bool:
    """Whether there is no point in looking at the sheet in another way."""
    return not header.unknown and {column.field for column in form.column if column.need == "must"} <= (
        header.columns.keys()
    )


def _shows(way: Match, form: Form) -> float:
    """How much a way of reading shows; what every row must have counts twice.

    What stands there a second time and is left out counts against it. Label by label, one more label counts only where
    every cell among them is a label or stands beside one.
    """
    header = way.headers[0]
    must = {column.field for column in form.column if column.need == "must"}
    left_out = sum(column.field in header.columns for column, _ in header.apart)
    return header.known + len(must & header.columns.keys()) - left_out - _price(way)


def _price(way: Match) -> float:
    if way.sheet.origins is None:
        return 0
    page, used = way.page.sheet, way.used
    rows = {row for row, _ in used}
    loose = any((row, column) not in used for row in rows for column in page.rows.get(row, {}))
    passed_over = sum(len(page.rows[row]) >= _WIDE for row in page.between(max(rows) + 1, page.last))
    unlabelled = rows - {row for row, _ in way.labels}
    return (1.5 if loose or unlabelled else 0.5) + passed_over


# ---------------------------------------------------------------- as it stands


def _upright_headers(page: Page, form: Form, words: Vocabulary) -> Iterator[Header]:
    """The headers of the regions that the form fills; regions side by side under one heading are one table."""
    for regions in _side_by_side(page.layout.regions):
        segments = [segment for region in regions for segment in _segments(region)]
        header = fields.find(segments, form, words, regions[0].header_top, regions[0].header_bottom)
        if header is None:
            continue
        yield header
        again = [line.number for line in regions[0].rows if line.role == "header again"]
        for first, last in _runs(again):
            yield replace(header, top=first, bottom=last)


def _side_by_side(regions: Sequence[Region]) -> Iterator[list[Region]]:
    """Regions with columns, in groups that begin in the same row."""
    found: dict[int, list[Region]] = {}
    for region in regions:
        if any(column.heading.path for column in region.columns):
            found.setdefault(region.header_top, []).append(region)
    for _, group in sorted(found.items()):
        yield sorted(group, key=lambda region: region.range.left)


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = None
    for place, row in enumerate(rows):
        first = row if first is None else first
        if place + 1 == len(rows) or rows[place + 1] != row + 1:
            yield first, row
            first = None


def _segments(region: Region) -> list[list[Named]]:
    """The columns under labels, in groups that an empty column parts; a column without a label parts none."""
    groups: list[list[Named]] = [[]]
    end = region.range.left - 1
    for column in region.columns:
        if column.left > end + 1:
            groups.append([])
        end = column.right
        if column.heading.path:
            position = column.heading.cells[-1]
            groups[-1] += [Named(number, _labels(column), position) for number in range(column.left, end + 1)]
    return [group for group in groups if group]


def _labels(column: Column) -> tuple[str, ...]:
    *above, last = column.heading.path
    measure = f"（{column.measure.strip('()（） ')}）" if column.measure else ""
    return (*above, last + measure)


# ---------------------------------------------------------------- turned


def _turned(page: Page, form: Form, words: Vocabulary) -> Match | None:
    """The sheet with rows and columns exchanged, where the labels before its lines are the form's."""
    sheet = turned(page.grid)
    stacks = _stacked(page.layout.regions)
    headers = [header for stack in stacks if (header := _turned_header(sheet, stack, form, words))]
    best = max(headers, key=lambda header: header.known, default=None)
    return Match(page, sheet, (best,)) if best else None


def _stacked(regions: Sequence[Region]) -> list[list[Region]]:
    """Regions right below each other: kinds of lines part a list of records that stand beside each other."""
    stacks: list[list[Region]] = []
    for region in regions:
        above = stacks[-1][-1].range if stacks else None
        if above is None or above.bottom + 1 != region.range.top or above.left != region.range.left:
            stacks.append([])
        stacks[-1].append(region)
    return stacks


def _turned_header(sheet: Sheet, stack: Sequence[Region], form: Form, words: Vocabulary) -> Header | None:
    columns = _label_columns(stack[0])
    lines = [line.number for region in stack for line in region.rows if line.role not in _ASIDE]
    named = [one for number in lines if (one := _before(sheet, number, columns))]
    segments = _contiguous(named)
    return fields.find(segments, form, words, columns[0], columns[-1], turned=True)


def _label_columns(region: Region) -> list[int]:
    """The first column, and those behind it that hold labels of lines."""
    marks: dict[int, list[bool]] = {}
    for (_, column), mark in region.cells.items():
        if mark.role in ("row-header", "block-label", "column-header", "data", "block-value"):
            marks.setdefault(column, []).append(mark.role not in ("data", "block-value"))
    columns = sorted(marks) or [region.range.left]
    found = columns[:1]
    for column in columns[1:_MOST_LABEL_COLUMNS]:
        if 2 * sum(marks[column]) <= len(marks[column]):
            break
        found.append(column)
    return found


def _before(sheet: Sheet, number: int, columns: Sequence[int]) -> Named | None:
    """The labels before a line: in the turned sheet, those over a column."""
    parts: dict[Position, str] = {}
    for column in columns:
        position, text = sheet.spread(column, number)
        if text:
            parts[position] = text
    return Named(number, tuple(dict.fromkeys(parts.values())), list(parts)[-1]) if parts else None


def _contiguous(named: Sequence[Named]) -> list[list[Named]]:
    groups: list[list[Named]] = []
    for one in named:
        if not groups or groups[-1][-1].column + 1 != one.column:
            groups.append([])
        groups[-1].append(one)
    return groups


# ---------------------------------------------------------------- label by label


def match_cards(page: Page, form: Form, words: Vocabulary) -> Match | None:
    """The records of a page in which every value has a label of its own; a part of a page may have fewer rows."""
    labels = [label for label in cards.labels_of(page.layout, page.sheet) if page.sheet.cell(*label[0])]
    sheet = cards.arranged(page.sheet, labels, words)
    if sheet is None:
        return None
    known = frozenset(label for label, _, _ in cards.known_labels(page.sheet, labels, words))
    named = [Named(column, (cell.shown.strip(),), (1, column)) for column, cell in sheet.rows[1].items()]
    header = fields.find([named], form, words, 1, 1)
    return Match(page, sheet, (header,), known) if header else None
