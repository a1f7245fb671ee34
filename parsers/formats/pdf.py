"""Tables in PDF files, as far as lines are ruled around their cells and their text is text.

A PDF has no cells, only characters and strokes at places. Whatever lets two readers of a page disagree (text that runs
over a line, lies on other text, was put on top as a remark, or cannot be mapped to Unicode) makes the whole file
`pdf`, which asks for the electronic table: a wrong value would be worse than none.
"""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn
from unicodedata import normalize

from parsers.formats import document, faults
from parsers.formats.document import Block, Table
from parsers.formats.sheets import text_cell
from parsers.grid import Grid, Range
from parsers.reading import Unreadable
from parsers.sniff import FileKind

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from pypdfium2 import PdfDocument, PdfPage

KINDS = frozenset({FileKind.PDF})

MOST_BYTES, MOST_PAGES = 20 << 20, 30
MOST_OBJECTS = 20_000
"""Strokes, texts and pictures of a page; drawings with more take minutes."""

_INVISIBLE = 3
"""Text rendering mode, ISO 32000-1 section 9.3.6: what stands under a scan is what a machine guessed."""
_HARMLESS = {"Link", "Popup", "Stamp"}
"""Annotations that change nothing of a table's text; a stamp is the unit's seal."""
_PAGE_MARK = re.compile(
    r"[-—–－\s]*(?:第?\s*\d+\s*页?|第?\s*\d+\s*页?\s*[,，/／]?\s*共?\s*\d+\s*页?|Page \d+.*)[-—–－\s]*"
)
_SUM = re.compile(r"[合总小累]\s*计")
_UNIT = re.compile(r"[（(《“【\[]*(?:[A-Za-z0-9.,]+|.)[）)》”】\]，。、；：！？,.;:!?]*")
"""What stays together at the end of a line: a word or one Chinese character, with its punctuation."""


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """One sheet for each table, with the lines of text above it; a table that runs over pages is one. All is text.

    Addresses count in the sheet: each line of text and each row of the table is a row. Raises Unreadable: `scan`
    (pictures of pages), `pdf` (no ruled table, or one that cannot be read for certain), `password`, `truncated`,
    `too-large`, `broken`.
    """
    import pdfplumber  # heavy, and seldom needed

    if len(content) > MOST_BYTES:
        raise faults.too_large(f"超过 {MOST_BYTES >> 20} MB")
    if b"%%EOF" not in content[-2048:]:
        raise faults.truncated()
    surveyed = _survey(content)
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        pages = [_page(page.dedupe_chars(), text) for page, text in zip(pdf.pages, surveyed, strict=True)]
    blocks = list(_joined(pages))
    if not any(isinstance(block, Table) for block in blocks):
        raise _unsure()
    return document.grids(blocks)


def _unsure() -> Unreadable:
    return Unreadable(
        "pdf",
        "所附文件为 PDF，系统不能可靠地读取其中的表格。请另附可编辑的电子表（.xlsx 或 .xls）；"
        "盖章扫描件可一并保留作为附件。",
    )


def _scan() -> Unreadable:
    return Unreadable(
        "scan",
        "所附 PDF 是扫描件或图片，其中没有可读取的文字。请另附可编辑的电子表（.xlsx 或 .xls）；"
        "盖章扫描件可一并保留作为附件。",
    )


# ---------------------------------------------------------------- what kind of file it is


def _survey(content: bytes) -> list[str]:
    """The text of each page as another library reads it. Raises Unreadable where there is no point in going on."""
    from pypdfium2 import PdfDocument, PdfiumError, raw

    try:
        pdf = PdfDocument(content)
    except PdfiumError as error:
        raise faults.password() if error.err_code == raw.FPDF_ERR_PASSWORD else faults.broken() from error
    try:
        if len(pdf) > MOST_PAGES:
            raise faults.too_large(f"超过 {MOST_PAGES} 页")
        return _texts(pdf)
    finally:
        pdf.close()


def _texts(pdf: "PdfDocument") -> list[str]:
    texts = []
    for page in pdf:
        _check_objects(page)
        texts.append(page.get_textpage().get_text_bounded())
        page.close()
    if not any(_characters(text) for text in texts):
        raise _scan()
    return texts


def _check_objects(page: "PdfPage") -> None:
    """Raises Unreadable for a page that is a picture, or too much of a drawing."""
    from pypdfium2 import raw

    area = page.get_width() * page.get_height()
    for number, thing in enumerate(page.get_objects(), 1):
        if number > MOST_OBJECTS:
            raise _unsure()
        if thing.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = thing.get_bounds()
            if (right - left) * (top - bottom) > area / 2:
                raise _scan()
        elif thing.type == raw.FPDF_PAGEOBJ_TEXT and raw.FPDFTextObj_GetTextRenderMode(thing.raw) == _INVISIBLE:
            raise _scan()


def _characters(text: str) -> Counter[str]:
    """The letters and digits of a text, whatever their order."""
    return Counter(character for character in normalize("NFKC", text) if character.isalnum())


# ---------------------------------------------------------------- a page


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle; y counts downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, character: "_Char") -> bool:
        """Whether the middle of a character is in it."""
        return self.left <= character.x < self.right and self.top <= character.y < self.bottom

    def overlaps(self, other: "_Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class _Char:
    """A character and the rectangle that it takes."""

    text: str
    box: _Box

    @property
    def x(self) -> float:
        return (self.box.left + self.box.right) / 2

    @property
    def y(self) -> float:
        return (self.box.top + self.box.bottom) / 2

    @property
    def width(self) -> float:
        return self.box.right - self.box.left

    @property
    def height(self) -> float:
        return self.box.bottom - self.box.top


@dataclass(slots=True)
class _Ruled(Table):
    """A table with the places of its columns' edges, and where it begins on its page."""

    edges: tuple[float, ...] = ()
    top: float = 0.0
    rows: dict[int, list[str]] = field(default_factory=dict)
    """Row → the texts of its cells, blank ones too."""


def _page(page: "Page", text: str) -> list[str | _Ruled]:
    """The lines and the tables of a page, top down."""
    if any(_name(annotation) not in _HARMLESS for annotation in page.annots):
        raise _unsure()
    characters = [_char(item) for item in page.chars]
    if not all(item["upright"] for item in page.chars) or _characters(
        "".join(character.text for character in characters)
    ) != _characters(text):
        raise _unsure()
    found: list[tuple[float, str | _Ruled]] = []
    for boxes in _tables(page):
        inside = [character for character in characters if _bounds(boxes).holds(character)]
        characters = [character for character in characters if not _bounds(boxes).holds(character)]
        table = _table(boxes, inside)
        found.append((table.top, table))
    found += [(line[0].y, _said(line)) for line in _lines(characters)]
    return [block for _, block in sorted(found, key=lambda one: one[0])]


def _name(annotation: dict[str, Any]) -> str:
    """What an annotation is; a field of a form only where it is a signature."""
    kind, form = (getattr(annotation["data"].get(key), "name", "") for key in ("Subtype", "FT"))
    return "Stamp" if (kind, form) == ("Widget", "Sig") else str(kind)


def _char(item: dict[str, Any]) -> _Char:
    if re.match(r"\(cid:\d+\)|[\ufffd\ue000-\uf8ff]", item["text"]):
        raise _unsure()
    # fonts of PDF printers often map 工 and its like to the radicals that look the same
    text = re.sub("[\u2e80-\u2fdf]", lambda match: normalize("NFKC", match[0]), item["text"])
    return _Char(text, _Box(item["x0"], item["top"], item["x1"], item["bottom"]))


def _tables(page: "Page") -> list[list[_Box]]:
    """The cells of every table; a frame around text is none."""
    tables = [[_Box(*cell) for cell in table.cells] for table in page.find_tables()]
    tables = [cells for cells in tables if len(cells) > 1]
    if any(_bounds(one).overlaps(_bounds(other)) for index, one in enumerate(tables) for other in tables[:index]):
        raise _unsure()
    return tables


def _bounds(boxes: Sequence[_Box]) -> _Box:
    return _Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


# ---------------------------------------------------------------- a table


def _table(boxes: Sequence[_Box], characters: Iterable[_Char]) -> _Ruled:
    """Raises Unreadable where a character does not clearly belong to one cell."""
    columns = _edges(x for box in boxes for x in (box.left, box.right))
    rows = _edges(y for box in boxes for y in (box.top, box.bottom))
    owned: dict[_Box, list[_Char]] = {box: [] for box in boxes}
    for character in characters:
        box = next((box for box in boxes if box.holds(character)), None)
        if box is None or _sticks_out(character, box):
            raise _unsure()
        owned[box].append(character)
    lines = {box: list(_lines(own)) for box, own in owned.items()}
    _check_borders(lines)
    table = _Ruled(height=len(rows) - 1, edges=columns, top=rows[0])
    for box in sorted(boxes, key=lambda one: (one.top, one.left)):
        place = Range(
            _at(box.top, rows) + 1, _at(box.left, columns) + 1, _at(box.bottom, rows), _at(box.right, columns)
        )
        text = _wrapped(lines[box], box)
        table.cells.append((place, text_cell(text) if text else None))
        table.rows.setdefault(place.top, []).append(text)
    return table


def _edges(places: Iterable[float]) -> tuple[float, ...]:
    """The places in order, those within a stroke's width as one."""
    edges: list[float] = []
    for place in sorted(places):
        if not edges or place - edges[-1] > 1.0:
            edges.append(place)
    return tuple(edges)


def _at(place: float, edges: Sequence[float]) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - place))


def _sticks_out(character: _Char, box: _Box) -> bool:
    """Whether a character crosses a ruling line, as text does that is longer than its cell."""
    sideways = max(box.left - character.box.left, character.box.right - box.right)
    upwards = max(box.top - character.box.top, character.box.bottom - box.bottom)
    return bool(character.text.strip()) and (
        sideways > max(1.0, 0.3 * character.width) or upwards > max(1.5, 0.3 * character.height)
    )


def _check_borders(lines: dict[_Box, list[list[_Char]]]) -> None:
    """Raises Unreadable where a line of text goes on in the next cell as if there were no border."""
    for box, own in lines.items():
        neighbours = [other for other in lines if abs(other.left - box.right) <= 1.0]
        for last in (line[-1] for line in own):
            starts = (line[0] for other in neighbours for line in lines[other])
            if any(_touch(last, first) for first in starts):
                raise _unsure()


def _touch(one: _Char, other: _Char) -> bool:
    return abs(one.y - other.y) < 0.3 * one.height and abs(other.box.left - one.box.right) < 0.1 * one.height


# ---------------------------------------------------------------- text


def _lines(characters: Iterable[_Char]) -> Iterator[list[_Char]]:
    """The characters by lines, top down, each from left to right; blank ones at the ends are left out.

    Raises Unreadable where two characters lie on each other.
    """
    lines: list[list[_Char]] = []
    for character in sorted(characters, key=lambda one: one.y):
        if lines and character.y - lines[-1][-1].y < 0.35 * character.height:
            lines[-1].append(character)
        else:
            lines.append([character])
    for line in lines:
        filled = sorted((one for one in line if one.text.strip()), key=lambda one: one.x)
        if any(right.x - left.x < 0.4 * min(left.width, right.width) for left, right in pairwise(filled)):
            raise _unsure()
        if filled:
            inside = _Box(filled[0].box.left, 0, filled[-1].box.right, 0)
            yield sorted((one for one in line if inside.left <= one.x <= inside.right), key=lambda one: one.x)


def _said(line: Sequence[_Char]) -> str:
    """The text of a line, with a blank for each gap in which another character could stand."""
    text = line[0].text
    for left, right in pairwise(line):
        gap = right.box.left - left.box.right > 0.3 * left.height
        text += (" " if gap and left.text.strip() and right.text.strip() else "") + right.text
    return text


def _wrapped(lines: Sequence[list[_Char]], box: _Box) -> str:
    """The text of a cell. A line that is full goes on in the next, as programs wrap it; other breaks are its writer's.

    Two digits are never joined over a break: the sender may have meant two numbers.
    """
    if not lines:
        return ""
    margin = min(max(min(line[0].box.left for line in lines) - box.left, 0.0), 6.0)
    text = _said(lines[0])
    for above, below in pairwise(lines):
        unit = _UNIT.match("".join(one.text[:1] for one in below))
        width = below[unit.end() - 1].box.right - below[0].box.left if unit else 0.0
        room = box.right - box.left - 2 * margin - (above[-1].box.right - above[0].box.left)
        text += _between(text[-1], _said(below)[0], full=room < 1.1 * width) + _said(below)
    return text


def _between(left: str, right: str, *, full: bool) -> str:
    """What stands for the break between two lines of a cell."""
    if not full or (left.isdigit() and right.isdigit()):
        return "\n"
    return " " if (left + right).isascii() and (left + right).isalnum() else ""


# ---------------------------------------------------------------- pages


def _joined(pages: Sequence[list[str | _Ruled]]) -> Iterator[Block]:
    """All blocks in order, without what only belongs to the pages; a table that goes on is joined to its beginning."""
    blocks: list[str | _Ruled] = []
    for number, page in enumerate(pages):
        own = _without_marks(page)
        if number:
            own = _without_repeated(own, pages[0])
        if not (number and _goes_on(blocks, own)):
            blocks += own
    yield from blocks


def _without_marks(page: list[str | _Ruled]) -> list[str | _Ruled]:
    """Without the numbers of pages at its head and foot."""
    own = page[1:] if page and _is(page[0], _PAGE_MARK.fullmatch) else page
    return own[:-1] if own and _is(own[-1], _PAGE_MARK.fullmatch) else own


def _is(block: str | _Ruled, matches: Callable[[str], object]) -> bool:
    return isinstance(block, str) and bool(matches(block))


def _without_repeated(page: list[str | _Ruled], first: list[str | _Ruled]) -> list[str | _Ruled]:
    """Without the lines at its head that the first page has as well, as printed titles are repeated."""
    known = {block for block in first if isinstance(block, str)}
    start = next((n for n, block in enumerate(page) if not (isinstance(block, str) and block in known)), len(page))
    return page[start:]


def _goes_on(blocks: list[str | _Ruled], page: list[str | _Ruled]) -> bool:
    """Whether the page's first table is the rest of the last one; it is then joined to it, what is between follows.

    Raises Unreadable where that is so and yet the columns are others, or where a row was torn by the page's end.
    """
    above, below = (next((b for b in side if isinstance(b, _Ruled)), None) for side in (reversed(blocks), page))
    if above is None or below is None:
        return False
    at, start = blocks.index(above), page.index(below)
    between = [*blocks[at + 1 :], *page[:start]]
    if not _same_columns(above, below):
        return False if between else _give_up()
    if between and _repeats_header(above, below):
        return False
    if _is_torn(above.rows[max(above.rows)], below.rows[min(below.rows)]):
        _give_up()
    _append(above, below)
    blocks[at + 1 :] = [*between, *page[start + 1 :]]
    return True


def _give_up() -> NoReturn:
    raise _unsure()


def _same_columns(above: _Ruled, below: _Ruled) -> bool:
    """Whether every edge of the second is one of the first, the outer ones included."""
    outer = all(abs(above.edges[end] - below.edges[end]) <= 3.0 for end in (0, -1))
    return outer and all(abs(above.edges[_at(edge, above.edges)] - edge) <= 3.0 for edge in below.edges)


def _repeats_header(above: _Ruled, below: _Ruled) -> bool:
    headers = [texts for _, texts in sorted(above.rows.items())[:5] if len(texts) > 2]
    return any(texts in headers for _, texts in sorted(below.rows.items())[:5])


def _is_torn(last: Sequence[str], first: Sequence[str]) -> bool:
    """Whether the first row of a page looks like the rest of the row before: it fills few of its cells."""
    filled = [text for text in first if text]
    if len(first) < 3 or (filled and _SUM.match(filled[0])):
        return False
    return 2 * len(filled) < sum(map(bool, last)) or (bool(last[0]) and not first[0])


def _append(above: _Ruled, below: _Ruled) -> None:
    for place, cell in below.cells:
        left = _at(below.edges[place.left - 1], above.edges) + 1
        right = _at(below.edges[place.right], above.edges)
        above.cells.append((Range(above.height + place.top, left, above.height + place.bottom, right), cell))
    above.rows |= {above.height + row: texts for row, texts in below.rows.items()}
    above.height += below.height
