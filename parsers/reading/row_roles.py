"""Which rows under a header are activities, and which are sums, examples, notes and so on (domain.md section 2.1)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from parsers.forms.fields import Header
from parsers.forms.form import Form
from parsers.forms.labels import key, keys
from parsers.forms.sheet import Sheet
from parsers.forms.vocabulary import Vocabulary
from parsers.grid import Cell
from parsers.layout.model import LineRole
from parsers.reading import block, sum_rows
from parsers.reading.row_traits import WIDE, Role, RowTraits

_LONGEST_TITLE = 80
_PLACEHOLDER = re.compile(r"某|[Xx×✕*○〇]{2,}|[Ｘｘ＊]{2,}")
_NUMBERED = re.compile(r"\s*[（(]?\d{1,2}\s*(?:[)）、．]|\.(?!\d))")
_NOTHING = frozenset(("", "0", "00", "无", "0人", "0个", "0家", "0场", "请选择"))


@dataclass(frozen=True, slots=True)
class Body:
    """The rows under a header, by what they are."""

    roles: Mapping[int, Role]
    perhaps: frozenset[int] = frozenset()
    """The rows that count, and yet may be examples."""

    def of(self, role: Role) -> tuple[int, ...]:
        """The rows that are of one kind, top down."""
        return tuple(row for row, known in self.roles.items() if known == role)


def sort(
    sheet: Sheet,
    header: Header,
    form: Form,
    words: Vocabulary,
    rows: Iterable[int],
    lines: Mapping[int, LineRole] = MappingProxyType({}),
) -> Body:
    """What each row is: by `lines`, what the layout takes it for, and by what it holds in the columns of the form.

    After a note or the block, only a row that says as much as an activity is one.
    """
    traits = RowTraits(sheet, header, words, {c.field: c for c in form.column}, form)
    roles = {row: _by_layout(traits, row, lines.get(row)) or _role(traits, row) for row in rows}
    roles |= _begun(traits, roles)
    roles |= _of_another_table(traits, roles)
    roles |= _behind_notes(traits, roles)
    roles |= _numbered_remarks(traits, roles)
    roles |= sum_rows.parts(traits, roles)
    roles |= sum_rows.sums(traits, roles)
    rows_ = (row for row, role in roles.items() if role == "row")
    return Body(roles, frozenset(row for row in rows_ if any(map(words.example.match, traits.leading(row)))))


def _by_layout(traits: RowTraits, row: int, line: LineRole | None) -> Role | None:
    """What the layout says for certain of a row that has no figure or day of the form; None where it leaves it open."""
    if line in ("numbering", "measure", "header again"):
        return "empty"
    if line == "note" and len(traits.cells(row)) < WIDE and not traits.fits(row):
        return "note"
    return None


def _last(traits: RowTraits, roles: Mapping[int, Role]) -> int:
    """The last row that is an activity beyond doubt; 0 where there is none."""
    return max((row for row, role in roles.items() if role == "row" and len(traits.held(row)) >= WIDE), default=0)


def _begun(traits: RowTraits, roles: Mapping[int, Role]) -> dict[int, Role]:
    """The rows that are begun activities, by what else the list has.

    A day above an activity is no signature, with a name or alone, and a numbered name among numbered names no section.
    """
    last = _last(traits, roles)
    numbered = any(_is_numbered(traits, row) for row, role in roles.items() if role == "row")
    found: dict[int, Role] = {}
    for row, role in roles.items():
        if role == "block" and row < last and traits.is_dated(row) and not _is_labelled(traits, row):
            if len(traits.cells(row)) > 1:
                found[row] = "row"
            elif traits.header.left not in traits.cells(row):
                found[row] = "stray"
        elif role == "section" and numbered and _is_numbered(traits, row):
            found[row] = "row"
    return found


def _is_labelled(traits: RowTraits, row: int) -> bool:
    first = next(iter(traits.cells(row).values())).shown
    return traits.words.entry(first) is not None or any(True for _ in block.pairs(first, traits.words))


def _behind_notes(traits: RowTraits, roles: Mapping[int, Role]) -> dict[int, Role]:
    """What is no activity behind a note or the block: more of the note, where no figure, day or activity follows."""
    found: dict[int, Role] = {}
    ended, above, last = False, 0, _last(traits, roles)
    for row, role in roles.items():
        if ended and role in ("row", "stray") and not traits.goes_on(row, above):
            found[row] = "stray" if row < last or traits.fits(row) else "note"
        ended = ended or role in ("note", "block")
        above = row if found.get(row, role) == "row" else above
    return found


def _numbered_remarks(traits: RowTraits, roles: Mapping[int, Role]) -> dict[int, Role]:
    """Numbered sentences in the place of names, without a day, below activities that have numbers of their own."""
    rows = [row for row, role in roles.items() if role == "row"]
    own = [row for row in rows if traits.number(row) is not None]
    if not own or any(_begins_with_number(traits, row) for row in own):
        return {}
    left = (row for row in rows if row > own[-1] and not traits.fields(row, "days"))
    return {row: "stray" for row in left if _begins_with_number(traits, row)}


def _begins_with_number(traits: RowTraits, row: int) -> bool:
    return any(_NUMBERED.match(cell.shown) for cell in traits.names(row).values())


def _is_numbered(traits: RowTraits, row: int) -> bool:
    return any(traits.words.section.match(cell.shown.strip()) for cell in traits.names(row).values())


def _role(traits: RowTraits, row: int) -> Role:
    cells, words = traits.cells(row), traits.words
    leading = traits.leading(row)
    first = next((cell.shown.strip() for cell in cells.values()), "")
    few = len(cells) <= WIDE - 1
    if not cells and _is_block_beside(traits, row):
        return "block"
    if not cells or _is_numbering(cells) or all(cell.shown.strip() in words.measures for cell in cells.values()):
        return "empty"
    if any(map(words.is_total, leading)):
        return "total"
    if any(map(words.is_subtotal, leading)):
        return "subtotal"
    if any(map(words.example.match, leading)) and not _is_perhaps(traits, row):
        return "example"
    if traits.is_full(row) and any(cell.kind == "text" and words.marked.match(cell.shown) for cell in cells.values()):
        return "marked"
    if _is_note(traits, row, leading):
        return "stray" if traits.fits(row) else "note"
    is_part = block.is_part([cell.shown.strip() for cell in cells.values()], words)
    if (is_part and not traits.is_sound(row)) or _is_signature(traits, row):
        return "block"
    if _is_zero(traits, row, leading):
        return "zero"
    if traits.held(row) and _is_empty(traits, row):
        return "empty"
    if len(cells) == 1 and _says_something(first):
        return _lone(traits, row, first)
    if not traits.held(row):
        return "empty"
    if not traits.fields(row, "count", "days") and few and words.section.match(first):
        return "stray"
    return "row"


def _of_another_table(traits: RowTraits, roles: Mapping[int, Role]) -> dict[int, Role]:
    """The labels of a table of another kind below this one, such as a list of names, and its rows."""
    found: dict[int, Role] = {}
    for row, role in roles.items():
        if role == "row" and _is_header(traits, row) and not traits.fits(row):
            found[row] = "foreign"
        elif found and role in ("row", "stray", "section", "empty") and not traits.fits(row):
            found[row] = "other"
    return found


def _is_header(traits: RowTraits, row: int) -> bool:
    """Whether a row holds labels, and labels that stand where the table has something else."""
    held = traits.cells(row).values()
    if len(held) < WIDE or any(cell.kind != "text" or any(map(str.isdigit, cell.shown)) for cell in held):
        return False
    texts = [cell.shown.strip() for cell in held]
    told = [text for text in texts if key(text) not in traits.words.options]
    known = [text for text in told if traits.words.column(text) or traits.words.entry(text)]
    return len(known) > 1 and 2 * len(known) >= len(texts)


def _is_perhaps(traits: RowTraits, row: int) -> bool:
    """Whether what looks like an example is filled in like an activity, and has no sign of the form's own example.

    Such signs are a word that is used for nothing else, a placeholder for a name, and numbers that begin again below.
    """
    names = [cell.shown for cell in traits.names(row).values()]
    told = [text for text in traits.leading(row) if traits.words.example.match(text)]
    below = next((other for other in traits.sheet.rows if other > row), row)
    own, following = traits.number(row), traits.number(below)
    anew = own is not None and below > row and following is not None and following <= own
    doubtful = all(text in map(str.strip, names) and traits.words.perhaps.match(text) for text in told)
    return doubtful and traits.is_full(row) and not anew and not any(map(_PLACEHOLDER.search, names))


def _is_block_beside(traits: RowTraits, row: int) -> bool:
    """Whether what stands to the right of the table is part of the block under it, such as its day."""
    texts = [cell.shown.strip() for cell in traits.sheet.rows[row].values()]
    signed = any(block.signature(traits.sheet, traits.words, (row, column)) for column in traits.sheet.rows[row])
    return not traits.sheet.turned and (block.is_part(texts, traits.words) or signed)


def _is_signature(traits: RowTraits, row: int) -> bool:
    """Whether the row only says who signs the table, beside or above the day."""
    if traits.sheet.turned or len(traits.cells(row)) >= WIDE:
        return False
    signed = [block.signature(traits.sheet, traits.words, (row, column)) for column in traits.cells(row)]
    return any(signed)


def _lone(traits: RowTraits, row: int, text: str) -> Role:
    """The role of a row with a single cell: a section, an unfinished row where it is a title, else none we know.

    A section with the name of somebody may say whose the rows under it are; its sender must hear of it.
    """
    (column,) = traits.cells(row)
    merge = traits.sheet.merged.get((row, column))
    if traits.words.section.match(text) or traits.form.names(text):
        named = keys(text)[-1]
        return "stray" if any(shape.fullmatch(named) for shape in traits.words.signed.values()) else "section"
    if merge and merge.right - merge.left + 1 >= WIDE:
        return "stray"
    title = next((n.column for f, n in traits.header.columns.items() if traits.columns[f].need == "must"), None)
    return "row" if column == title and len(text) <= _LONGEST_TITLE else "stray"


def _is_numbering(cells: Mapping[int, Cell]) -> bool:
    """A row that numbers the columns: 1 2 3 4 …, or 甲 乙 1 2 …"""
    texts = [cell.shown.strip("（）() ") for cell in cells.values()]
    figures = [int(text) for text in texts if text.isdecimal() and len(text) <= 2]
    others = [text for text in texts if not text.isdecimal()]
    in_order = len(figures) > WIDE and figures == list(range(figures[0], figures[0] + len(figures)))
    return in_order and all(text in "甲乙丙丁戊己庚辛" for text in others)


def _is_empty(traits: RowTraits, row: int) -> bool:
    """Whether nothing was entered: blanks, zeros, and formulas that copies of the form bring along."""
    figures = traits.fields(row, "count")
    left = [cell for field, cell in traits.held(row).items() if not (field in figures and _is_without_result(cell))]
    return all(key(cell.shown) in _NOTHING and cell.kind != "error" for cell in left)


def _is_without_result(cell: Cell) -> bool:
    return cell.kind == "error" and cell.value is None


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text)) and not text.isdecimal()


def _is_note(traits: RowTraits, row: int, leading: Iterable[str]) -> bool:
    """Whether the row says something of the table, in one cell or in several, perhaps with a figure: 注：估计数 | 1200.

    An activity may be called so, too: one that has all it must have is one.
    """
    words = traits.words
    if traits.is_full(row):
        return False
    return any(words.note.match(text) or words.remark.match(text) for text in leading)


def _is_zero(traits: RowTraits, row: int, leading: Iterable[str]) -> bool:
    """The sender says in words that there was nothing, and no figure or day contradicts."""
    held = traits.fields(row, "count", "days")
    if any(key(cell.shown) not in _NOTHING and not _says_zero(cell.shown, traits.words) for cell in held.values()):
        return False
    return any(_says_zero(text, traits.words) for text in leading)


def _says_zero(text: str, words: Vocabulary) -> bool:
    said = key(re.sub(r"[（(].*?[)）]", "", text))
    return said in words.zero or any(len(word) > WIDE - 1 and word in said for word in words.zero)
