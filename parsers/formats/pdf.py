"""Reads tables in PDF files, where lines are ruled around their cells and their text is text.

A PDF has no cells, only characters and strokes at places. Whatever lets two readers of a page disagree (text that runs
over a line, lies on other text, was put on top as a remark, or cannot be mapped to Unicode) makes the whole file
`pdf`, which asks for the electronic table: a wrong value would be worse than none.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults, tables_in_text
from parsers.formats.helpers.pdf_forms import draw_one_another_too_often
from parsers.formats.helpers.pdf_work import has_widths_without_end, spend_for_objects, spend_for_streams
from parsers.formats.helpers.ruled_tables import Box, Char, Ruled, bounds, in_lines, nearest, table, text_of, unsure
from parsers.formats.helpers.tables_in_text import Block, Table
from parsers.grid import Grid, Range
from parsers.reading import Unreadable

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
_LONGEST_HEAD = 5
"""Rows of a table among which its header is."""
_SUM = re.compile(r"[合总小累]\s*计")


@faults.told_as_faults()
def read(content: bytes) -> tuple[Grid, ...]:
    """One sheet for each table, with the lines of text above it; a table that runs over pages is one. All is text.

    Addresses count in the sheet: each line of text and each row of the table is a row, but a header that every page
    repeats is there once. Raises Unreadable: `scan` (pictures of pages), `pdf` (no ruled table, or one that cannot be
    read for certain), `no-table` (blank pages), `password`, `truncated`, `too-large`, `broken`.
    """
    import pdfplumber  # heavy, and seldom needed

    if len(content) > MOST_BYTES:
        raise faults.too_large(f"超过 {MOST_BYTES >> 20} MB")
    if b"%%EOF" not in content[-2048:]:
        raise faults.truncated()
    if draw_one_another_too_often(content):
        raise unsure()
    if has_widths_without_end(content):
        raise faults.broken()
    spend_for_streams(content)
    surveyed = _survey(content)
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        pages = [_page(page.dedupe_chars(), text) for page, text in zip(pdf.pages, surveyed, strict=True)]
    blocks = list(_joined(pages))
    if not any(isinstance(block, Table) for block in blocks):
        raise unsure()
    return tables_in_text.grids(blocks)


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
    texts, kinds = list[str](), set[int]()
    for page in pdf:
        kinds |= _kinds(page)
        spend_for_objects(page)
        texts.append(page.get_textpage().get_text_bounded())
        page.close()
    if not any(_characters(text) for text in texts):
        raise _without_characters(kinds)
    return texts


def _without_characters(kinds: set[int]) -> Unreadable:
    """The fault of pages on which such objects are drawn, and no letter or digit that can be told."""
    from pypdfium2 import raw

    if raw.FPDF_PAGEOBJ_TEXT in kinds and raw.FPDF_PAGEOBJ_IMAGE not in kinds:
        return unsure()
    return _scan() if kinds else faults.no_table()


def _kinds(page: "PdfPage") -> set[int]:
    """Of what is drawn. Raises Unreadable for a page that is a picture, or too much of a drawing."""
    from pypdfium2 import raw

    kinds = set[int]()
    area = page.get_width() * page.get_height()
    for number, thing in enumerate(page.get_objects(), 1):
        if number > MOST_OBJECTS:
            raise unsure()
        kinds.add(thing.type)
        if thing.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = thing.get_bounds()
            if (right - left) * (top - bottom) > area / 2:
                raise _scan()
        elif thing.type == raw.FPDF_PAGEOBJ_TEXT and raw.FPDFTextObj_GetTextRenderMode(thing.raw) == _INVISIBLE:
            raise _scan()
    return kinds


def _characters(text: str) -> Counter[str]:
    """The letters and digits of a text, whatever their order."""
    return Counter(character for character in normalize("NFKC", text) if character.isalnum())


# ---------------------------------------------------------------- a page


def _page(page: "Page", text: str) -> list[str | Ruled]:
    """The lines and the tables of a page, top down; `text` is the same page as the other library reads it."""
    _check_page(page)
    characters = [_char(item) for item in page.chars]
    if _characters("".join(character.text for character in characters)) != _characters(text):
        raise unsure()
    found: list[tuple[float, str | Ruled]] = []
    for boxes in _tables(page):
        frame = bounds(boxes)
        found.append((frame.top, table(boxes, filter(frame.holds, characters))))
        characters = [character for character in characters if not frame.holds(character)]
    found += [(line[0].y, text_of(line)) for line in in_lines(characters)]
    return _closed_up([block for _, block in sorted(found, key=lambda one: one[0])])


def _closed_up(page: list[str | Ruled]) -> list[str | Ruled]:
    """With tables of the same columns as one that stand right under each other: a gap in the lines ends no table."""
    blocks: list[str | Ruled] = []
    for block in page:
        above = blocks[-1] if blocks else None
        if isinstance(above, Ruled) and isinstance(block, Ruled) and _same_columns(above, block):
            _append(above, block, 0)
        else:
            blocks.append(block)
    return blocks


def _check_page(page: "Page") -> None:
    """Raises Unreadable for a page with text that is not its own, or that runs in several directions."""
    if not all(item["upright"] for item in page.chars):
        raise unsure()
    if any(_name(annotation) not in _HARMLESS for annotation in page.annots):
        raise unsure()


def _name(annotation: dict[str, Any]) -> str:
    """What an annotation is; a field of a form only where it is a signature."""
    kind, form = (getattr(annotation["data"].get(key), "name", "") for key in ("Subtype", "FT"))
    return "Stamp" if (kind, form) == ("Widget", "Sig") else str(kind)


def _char(item: dict[str, Any]) -> Char:
    if re.match(r"\(cid:\d+\)|[\ufffd\ue000-\uf8ff]", item["text"]):
        raise unsure()
    # fonts of PDF printers often map 工 and its like to the radicals that look the same
    text = re.sub("[\u2e80-\u2fdf]", lambda match: normalize("NFKC", match[0]), item["text"])
    return Char(text, Box(item["x0"], item["top"], item["x1"], item["bottom"]))


def _tables(page: "Page") -> list[list[Box]]:
    """The cells of every table; a frame around text is none."""
    tables = [[Box(*cell) for cell in found.cells] for found in page.find_tables()]
    tables = [cells for cells in tables if len(cells) > 1]
    if any(bounds(one).overlaps(bounds(other)) for index, one in enumerate(tables) for other in tables[:index]):
        raise unsure()
    return tables


# ---------------------------------------------------------------- pages


def _joined(pages: Sequence[list[str | Ruled]]) -> Iterator[Block]:
    """All blocks in order, without what only belongs to the pages; a table that goes on is joined to its beginning."""
    blocks: list[str | Ruled] = []
    for number, page in enumerate(pages):
        own = _without_marks(page)
        if number:
            own = _without_repeated(own, pages[0])
        if not (number and _goes_on(blocks, own)):
            blocks += own
    yield from blocks


def _without_marks(page: list[str | Ruled]) -> list[str | Ruled]:
    """Without the numbers of pages at its head and foot."""
    own = page[1:] if page and _is_mark(page[0]) else page
    return own[:-1] if own and _is_mark(own[-1]) else own


def _is_mark(block: str | Ruled) -> bool:
    return isinstance(block, str) and _PAGE_MARK.fullmatch(block) is not None


def _without_repeated(page: list[str | Ruled], first: list[str | Ruled]) -> list[str | Ruled]:
    """Without the lines at its head that the first page has as well, as printed titles are repeated."""
    known = {block for block in first if isinstance(block, str)}
    start = next((n for n, block in enumerate(page) if isinstance(block, Ruled) or block not in known), len(page))
    return page[start:]


def _goes_on(blocks: list[str | Ruled], page: list[str | Ruled]) -> bool:
    """Whether the page's first table is the rest of the last one; it is then joined to it, what is between follows.

    Raises Unreadable where that is so and yet the columns are others, or where a row was torn by the page's end.
    """
    above, below = (next((b for b in side if isinstance(b, Ruled)), None) for side in (reversed(blocks), page))
    if above is None or below is None:
        return False
    at, start = blocks.index(above), page.index(below)
    between = [*blocks[at + 1 :], *page[:start]]
    if not _same_columns(above, below):
        if between:
            return False
        raise unsure()
    header = _repeated_header(above, below)
    if between and header:
        return False
    if _is_torn(list(above.rows.values()), [texts for row, texts in below.rows.items() if row > header]):
        raise unsure()
    _append(above, below, header)
    blocks[at + 1 :] = [*between, *page[start + 1 :]]
    return True


def _same_columns(above: Ruled, below: Ruled) -> bool:
    """Whether every edge of the second is one of the first, the outer ones included."""
    outer = all(abs(above.edges[end] - below.edges[end]) <= 3.0 for end in (0, -1))
    return outer and all(abs(above.edges[nearest(edge, above.edges)] - edge) <= 3.0 for edge in below.edges)


def _repeated_header(above: Ruled, below: Ruled) -> int:
    """How many rows at the head of the second table repeat the header of the first; a row with a figure is none."""
    heads = list(above.rows.values())[:_LONGEST_HEAD]
    headers = [texts for texts in heads if len(texts) > 1 and not re.search(r"\d", "".join(texts))]
    first = next((row for row, texts in below.rows.items() if texts not in headers), below.height + 1)
    return first - 1


def _is_torn(above: list[list[str]], below: list[list[str]]) -> bool:
    """Whether a row began on one page and ended on the next: a part lacks what every other row has."""
    if not below or _is_sum(below[0]):
        return False
    rows = [row for row in above + below if len(row) == len(below[0]) and not _is_sum(row)]
    parts = [row for row in (above[-1], below[0]) if len(row) == len(below[0]) > 1]
    others = [row for row in rows if not any(row is part for part in parts)]
    always = [column for column in range(len(below[0])) if all(row[column] for row in others)]
    return any(not part[column] for part in parts for column in always)


def _is_sum(row: list[str]) -> bool:
    return _SUM.match(next((text for text in row if text), "")) is not None


def _append(above: Ruled, below: Ruled, header: int) -> None:
    """Put the second table under the first, without its repeated header."""
    down = above.height - header
    for place, cell in below.cells:
        if place.top > header:
            left = nearest(below.edges[place.left - 1], above.edges) + 1
            right = nearest(below.edges[place.right], above.edges)
            above.cells.append((Range(down + place.top, left, down + place.bottom, right), cell))
    above.rows |= {down + row: texts for row, texts in below.rows.items() if row > header}
    above.height = down + below.height
