"""The tables of a form in a sheet: each with its header, its rows by what they are, and the block around it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from parsers.forms.fields import Header
from parsers.forms.form import Form
from parsers.forms.labels import key
from parsers.forms.match import Match, match_cards
from parsers.forms.sheet import Sheet
from parsers.forms.vocabulary import Vocabulary
from parsers.reading import block as blocks
from parsers.reading import row_roles
from parsers.reading.block import Block
from parsers.reading.measures import scaled
from parsers.reading.model import Layout
from parsers.reading.row_roles import Body

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


def find(matches: Sequence[Match], form: Form, words: Vocabulary) -> tuple[Part, ...]:
    """Every table of the form in the sheets that it fills."""
    found = [part for match in matches for part in _parts(match, form, words)]
    return tuple(_without_blanks(found))


def _without_blanks(parts: Sequence[Part]) -> Sequence[Part]:
    """Beside tables with rows, empty copies of the form say nothing."""
    return [part for part in parts if _has_rows(part)] or parts[:1]


def _has_rows(part: Part) -> bool:
    return any(role in ("row", "zero", "stray", "total") for role in part.body.roles.values())


def _parts(match: Match, form: Form, words: Vocabulary) -> list[Part]:
    """The tables of one sheet, top down."""
    page, sheet, headers = match.page.sheet, match.sheet, match.headers
    if sheet is not page:
        return [_single(match, form, words)]
    ends = [*(h.top - 1 for h in headers[1:]), sheet.last]
    lines = {line.number: line.role for region in match.page.layout.regions for line in region.rows}
    bodies = [
        row_roles.sort(sheet, h, form, words, sheet.between(h.bottom + 1, end), lines)
        for h, end in zip(headers, ends, strict=True)
    ]
    for index, following in enumerate(headers[1:]):
        bodies[index] = _without_title(sheet, bodies[index], following, words)
    cards = _cards_above(match, form, words)
    parts = [_single(cards, form, words)] if cards else []
    carried = {row for row, _ in cards.used} if cards else set()
    above = [row for row in sheet.between(1, headers[0].top - 1) if row not in carried]
    for index, (one, body) in enumerate(zip(headers, bodies, strict=True)):
        tail = _tail(body)
        following_block = index + 1 < len(headers) and _opens_a_table(page, form, words, tail)
        below = [] if following_block else _until_note(tail, body)
        block = blocks.read(page, form, words, [*above, *below])
        title, measure = _title(page, form, block, above), _measure(page, words, [*above, *below])
        parts.append(Part(page, sheet, one, one.layout(form), body, block, title, measure))
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


def _cards_above(match: Match, form: Form, words: Vocabulary) -> Match | None:
    """The form of single cells that stands in a sheet above its table."""
    page = match.page
    rows = {row: page.sheet.rows[row] for row in page.sheet.between(1, match.headers[0].top - 1)}
    return match_cards(replace(page, sheet=replace(page.sheet, rows=rows)), form, words)


def _single(match: Match, form: Form, words: Vocabulary) -> Part:
    """The one table of a sheet that is looked at in another way."""
    page, sheet, one = match.page.sheet, match.sheet, match.headers[0]
    body = row_roles.sort(sheet, one, form, words, sheet.between(one.bottom + 1, sheet.last))
    if sheet.turned:
        rows = [*page.between(1, one.left - 1), *page.between(one.right + 1, page.last)]
        block, above = blocks.read(page, form, words, rows), rows
    else:
        rows = list(page.rows)
        block = blocks.read(page, form, words, rows, match.used)
        above = [*page.between(1, min((row for row, _ in match.used), default=1) - 1)]
    title, measure = _title(page, form, block, above), _measure(page, words, rows)
    return Part(page, sheet, one, one.layout(form), body, block, title, measure)


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
    return any(map(form.names, texts)) or bool(divides & set(blocks.read(page, form, words, rows).entries))


def _title(page: Sheet, form: Form, block: Block, rows: Iterable[int]) -> str:
    """The title of the form above a table; where there is none, all words there that are not entries of its block."""
    above = set(rows)
    texts = [" ".join(page.text(*position).split()) for position in block.rest if position[0] in above]
    titles = [text for text in texts if form.names(text)] or texts
    return " ".join(text for text in titles if len(text) <= _LONGEST_TITLE)
