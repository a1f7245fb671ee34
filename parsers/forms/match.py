"""The tables of a form in a file's sheets, each with its header, its rows sorted, and the block around it."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from parsers.forms.form import Form
from parsers.grid import Grid, Position
from parsers.reading import Layout
from parsers.reading import row_roles, block
from parsers.forms import fields, cards
from parsers.reading.row_roles import Body
from parsers.reading.block import Block
from parsers.forms.fields import Header
from parsers.forms.labels import key
from parsers.reading.measures import scaled
from parsers.forms.sheet import Sheet, turned, upright
from parsers.forms.vocabulary import Vocabulary

_LONGEST_FORM = 200
"""Rows; a longer sheet is no form with its labels down the side."""
_WIDE = 3
"""Cells; a row with as many is one of a table."""
_LONGEST_TITLE = 80
"""Characters; a longer text above a table explains something."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table. `sheet` is how its rows are looked at; `page` the same sheet as the sender sees it."""

    page: Sheet
    sheet: Sheet
    header: Header
    layout: Layout
    body: Body
    block: Block
    title: str
    measure: str = ""
    """What the sheet says that figures are counted in, where it is not single ones: 单位：万人."""

    @property
    def is_upright(self) -> bool:
        """Whether it is looked at as the sender sees it."""
        return self.sheet is self.page

    @property
    def is_hidden(self) -> bool:
        """Whether the sender sees nothing of it."""
        return self.page.source is not None and self.page.source.hidden

    @property
    def matched(self) -> int:
        """How many fields of the form it has as columns."""
        return self.header.known


def find(grids: Sequence[Grid], form: Form, words: Vocabulary) -> tuple[Part, ...]:
    """Every table of the form: upright ones, turned ones and forms of single cells."""
    pages = [upright(grid) for grid in grids]
    looks = [_best_look(page, grid, form, words) for page, grid in zip(pages, grids, strict=True)]
    found = [part for page, look in zip(pages, looks, strict=True) if look for part in _parts(page, look, form, words)]
    return tuple(_without_blanks(found))


def _without_blanks(parts: Sequence[Part]) -> Sequence[Part]:
    """Beside tables with rows, empty copies of the form say nothing."""
    return [part for part in parts if _has_rows(part)] or parts[:1]


def _has_rows(part: Part) -> bool:
    return any(role in ("row", "zero", "stray", "total") for role in part.body.roles.values())


def _best_look(page: Sheet, grid: Grid, form: Form, words: Vocabulary) -> tuple[Sheet, Header] | None:
    """The way of looking at a sheet that shows most fields: as it is, turned, or label by label."""
    first = fields.find(page, form, words)
    if first and (_is_plain(first, form) or len(page.rows) > _LONGEST_FORM):
        return page, first
    others = [turned(grid), cards.arranged(page, words)] if len(page.rows) <= _LONGEST_FORM else []
    found = [(look, known) for look in others if look and (known := fields.find(look, form, words))]
    return max(
        [(page, first), *found] if first else found,
        key=lambda one: _shows(page, one[0], one[1], form, words),
        default=None,
    )


def _shows(page: Sheet, look: Sheet, one: Header, form: Form, words: Vocabulary) -> float:
    """How much a way of looking shows; what every row must have counts twice.

    What stands there a second time and is left out counts against it. Label by label, one more label counts only where
    every cell among them is a label or stands beside one.
    """
    must = {column.field for column in form.column if column.need == "must"}
    left_out = sum(column.field in one.columns for column, _ in one.apart)
    return one.known + len(must & one.columns.keys()) - left_out - _price(page, look, words)


def _price(page: Sheet, look: Sheet, words: Vocabulary) -> float:
    if look.origins is None:
        return 0
    used = _used(page, look, words)
    labelled = {position[0] for position, _ in cards.labels(page, words)}
    rows = {row for row, _ in used}
    loose = any((row, column) not in used for row in rows for column in page.rows.get(row, {}))
    passed_over = sum(len(page.rows[row]) >= _WIDE for row in page.between(max(rows) + 1, page.last))
    return (1.5 if loose or rows - labelled else 0.5) + passed_over


def _used(page: Sheet, look: Sheet, words: Vocabulary) -> AbstractSet[Position]:
    """The labels and the values of a sheet that is read label by label."""
    labels = (position for position, _ in cards.labels(page, words))
    return frozenset({*(look.origins or {}).values(), *labels})


def _is_plain(one: Header, form: Form) -> bool:
    """Whether there is no point in looking at the sheet in another way."""
    return not one.unknown and {column.field for column in form.column if column.need == "must"} <= one.columns.keys()


def _parts(page: Sheet, look: tuple[Sheet, Header], form: Form, words: Vocabulary) -> list[Part]:
    """The tables of one sheet, top down."""
    sheet, first = look
    if sheet is not page:
        return [_single(page, sheet, first, form, words)]
    headers = [first]
    while following := fields.find(sheet, form, words, headers[-1].bottom):
        headers.append(following)
    ends = [*(h.top - 1 for h in headers[1:]), sheet.last]
    bodies = [
        row_roles.sort(sheet, h, form, words, sheet.between(h.bottom + 1, end)) for h, end in zip(headers, ends, strict=True)
    ]
    for index, following in enumerate(headers[1:]):
        bodies[index] = _without_title(sheet, bodies[index], following, words)
    parts = _cards_above(page, first, form, words)
    carried = {row for part in parts for row, _ in _used(part.page, part.sheet, words)}
    above = [row for row in sheet.between(1, first.top - 1) if row not in carried]
    for index, (one, sorted_) in enumerate(zip(headers, bodies, strict=True)):
        tail = _tail(sorted_)
        following_block = index + 1 < len(headers) and _opens_a_table(page, form, words, tail)
        below = [] if following_block else _until_note(tail, sorted_)
        block = block.read(page, form, words, [*above, *below])
        title, measure = _title(page, form, block, above), _measure(page, words, [*above, *below])
        parts.append(Part(page, sheet, one, one.layout(form), sorted_, block, title, measure))
        above = tail if following_block else []
    return parts


def _without_title(sheet: Sheet, above: Body, following: Header, words: Vocabulary) -> Body:
    """The rows of a table without the title over the header of the next; the name of somebody may be whose it is."""
    row = following.top - 1
    texts = [key(cell.shown) for cell in sheet.rows.get(row, {}).values()]
    is_name = any(shape.fullmatch(text) for shape in words.signed.values() for text in texts)
    is_alone = list(sheet.rows.get(row, {})) == [following.left]
    is_title = above.roles.get(row) == "stray" and is_alone and not is_name
    return replace(above, roles={**above.roles, row: "section"}) if is_title else above


def _cards_above(page: Sheet, first: Header, form: Form, words: Vocabulary) -> list[Part]:
    """The form of single cells that stands in a sheet above its table."""
    top = replace(page, rows={row: page.rows[row] for row in page.between(1, first.top - 1)})
    cards = cards.arranged(top, words)
    known = fields.find(cards, form, words) if cards else None
    return [_single(top, cards, known, form, words)] if cards and known else []


def _single(page: Sheet, sheet: Sheet, one: Header, form: Form, words: Vocabulary) -> Part:
    """The one table of a sheet that is looked at in another way."""
    sorted_ = row_roles.sort(sheet, one, form, words, sheet.between(one.bottom + 1, sheet.last))
    if sheet.turned:
        rows = [*page.between(1, one.left - 1), *page.between(one.right + 1, page.last)]
        block = block.read(page, form, words, rows)
        title, measure = _title(page, form, block, rows), _measure(page, words, rows)
        return Part(page, sheet, one, one.layout(form), sorted_, block, title, measure)
    used = _used(page, sheet, words)
    block = block.read(page, form, words, page.rows, used)
    first = min((row for row, _ in used), default=1)
    title, measure = _title(page, form, block, page.between(1, first - 1)), _measure(page, words, page.rows)
    return Part(page, sheet, one, one.layout(form), sorted_, block, title, measure)


def _measure(page: Sheet, words: Vocabulary, rows: Iterable[int]) -> str:
    """What a cell around a table says that its figures are counted in."""
    texts = (cell.shown for row in rows for cell in page.rows[row].values())
    return next(filter(None, (scaled(text, words) for text in texts)), "")


def _tail(sorted_: Body) -> list[int]:
    """The rows behind the last one that belongs to the table itself."""
    rows = list(sorted_.roles)
    own = [
        index for index, row in enumerate(rows) if sorted_.roles[row] in ("row", "total", "subtotal", "zero", "example")
    ]
    return rows[own[-1] + 1 :] if own else rows


def _until_note(rows: Sequence[int], sorted_: Body) -> list[int]:
    """The rows of the block under a table: in front of a note all of them, behind it those that are nothing else."""
    first = next((row for row in rows if sorted_.roles[row] == "note"), None)
    return [row for row in rows if sorted_.roles[row] == "block" or first is None or row < first]


def _opens_a_table(page: Sheet, form: Form, words: Vocabulary, rows: Sequence[int]) -> bool:
    """Whether rows between two tables are the title or the block of the second."""
    divides = {h.field for h in form.header if h.divides}
    texts = (cell.shown for row in rows for cell in page.rows[row].values())
    return any(map(form.names, texts)) or bool(divides & set(block.read(page, form, words, rows).entries))


def _title(page: Sheet, form: Form, block: Block, rows: Iterable[int]) -> str:
    """The title of the form above a table; where there is none, all words there that are not entries of its block."""
    above = set(rows)
    texts = [" ".join(page.text(*position).split()) for position in block.rest if position[0] in above]
    titles = [text for text in texts if form.names(text)] or texts
    return " ".join(text for text in titles if len(text) <= _LONGEST_TITLE)
