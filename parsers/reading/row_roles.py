"""Which rows under a header are activities, and which are sums, examples, notes and so on (domain.md section 2.1)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from parsers.forms.fields import Header
from parsers.forms.form import Form
from parsers.forms.labels import key, keys
from parsers.forms.sheet import Sheet
from parsers.forms.vocabulary import Vocabulary
from parsers.grid import Cell
from parsers.reading import block, sum_rows
from parsers.reading.row_traits import WIDE, Look, Role

_LONGEST_TITLE = 80
_PLACEHOLDER = re.compile(r"某|[Xx×✕*○〇]{2,}|[Ｘｘ＊]{2,}")
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


def sort(sheet: Sheet, header: Header, form: Form, words: Vocabulary, rows: Iterable[int]) -> Body:
    """What each row is. After a note or the block, only a row that says as much as an activity is one."""
    look = Look(sheet, header, words, {c.field: c for c in form.column}, form)
    roles = {row: _role(look, row) for row in rows}
    roles |= _begun(look, roles)
    roles |= _of_another_table(look, roles)
    roles |= _behind_notes(look, roles)
    roles |= sum_rows.parts(look, roles)
    roles |= sum_rows.sums(look, roles)
    rows_ = (row for row, role in roles.items() if role == "row")
    return Body(roles, frozenset(row for row in rows_ if any(map(words.example.match, look.leading(row)))))


def _last(look: Look, roles: Mapping[int, Role]) -> int:
    """The last row that is an activity beyond doubt; 0 where there is none."""
    return max((row for row, role in roles.items() if role == "row" and len(look.held(row)) >= WIDE), default=0)


def _begun(look: Look, roles: Mapping[int, Role]) -> dict[int, Role]:
    """The rows that are begun activities, by what else the list has.

    A day above an activity is no signature, with a name or alone, and a numbered name among numbered names no section.
    """
    last = _last(look, roles)
    numbered = any(_is_numbered(look, row) for row, role in roles.items() if role == "row")
    found: dict[int, Role] = {}
    for row, role in roles.items():
        if role == "block" and row < last and look.is_dated(row) and not _is_labelled(look, row):
            if len(look.cells(row)) > 1:
                found[row] = "row"
            elif look.header.left not in look.cells(row):
                found[row] = "stray"
        elif role == "section" and numbered and _is_numbered(look, row):
            found[row] = "row"
    return found


def _is_labelled(look: Look, row: int) -> bool:
    first = next(iter(look.cells(row).values())).shown
    return look.words.entry(first) is not None or any(True for _ in block.pairs(first, look.words))


def _behind_notes(look: Look, roles: Mapping[int, Role]) -> dict[int, Role]:
    """What is no activity behind a note or the block: more of the note, where no figure, day or activity follows."""
    found: dict[int, Role] = {}
    ended, above, last = False, 0, _last(look, roles)
    for row, role in roles.items():
        if ended and role in ("row", "stray") and not look.goes_on(row, above):
            found[row] = "stray" if row < last or look.fits(row) else "note"
        ended = ended or role in ("note", "block")
        above = row if found.get(row, role) == "row" else above
    return found


def _is_numbered(look: Look, row: int) -> bool:
    return any(look.words.section.match(cell.shown.strip()) for cell in look.names(row).values())


def _role(look: Look, row: int) -> Role:
    cells, words = look.cells(row), look.words
    leading = look.leading(row)
    first = next((cell.shown.strip() for cell in cells.values()), "")
    few = len(cells) <= WIDE - 1
    if not cells and _is_block_beside(look, row):
        return "block"
    if not cells or _is_numbering(cells) or all(cell.shown.strip() in words.measures for cell in cells.values()):
        return "empty"
    if any(map(words.is_total, leading)):
        return "total"
    if any(map(words.is_subtotal, leading)):
        return "subtotal"
    if any(map(words.example.match, leading)) and not _is_perhaps(look, row):
        return "example"
    if look.is_full(row) and any(cell.kind == "text" and words.marked.match(cell.shown) for cell in cells.values()):
        return "marked"
    if few and words.note.match(first) and not look.fits(row):
        return "note"
    is_part = block.is_part([cell.shown.strip() for cell in cells.values()], words)
    if (is_part and not look.is_sound(row)) or _is_signature(look, row):
        return "block"
    if _is_zero(look, row, leading):
        return "zero"
    if look.held(row) and _is_empty(look, row):
        return "empty"
    if len(cells) == 1 and _says_something(first):
        return _lone(look, row, first)
    if not look.held(row):
        return "empty"
    if not look.fields(row, "count", "days") and few and words.section.match(first):
        return "stray"
    return "row"


def _of_another_table(look: Look, roles: Mapping[int, Role]) -> dict[int, Role]:
    """The labels of a table of another kind below this one, such as a list of names, and its rows."""
    found: dict[int, Role] = {}
    for row, role in roles.items():
        if role == "row" and not look.fits(row) and _is_header(look, row):
            found[row] = "foreign"
        elif found and role in ("row", "stray", "section", "empty") and not look.fits(row):
            found[row] = "other"
    return found


def _is_header(look: Look, row: int) -> bool:
    """Whether a row holds labels, and labels that stand where the table has something else."""
    texts = [cell.shown.strip() for cell in look.cells(row).values() if cell.kind == "text"]
    told = [text for text in texts if key(text) not in look.words.options]
    known = [text for text in told if look.words.column(text) or look.words.entry(text)]
    is_plain = len(texts) == len(look.cells(row)) and not any(map(str.isdigit, "".join(texts)))
    return is_plain and len(texts) >= WIDE and len(known) > 1 and 2 * len(known) >= len(texts)


def _is_perhaps(look: Look, row: int) -> bool:
    """Whether what looks like an example is filled in like an activity, and has no sign of the form's own example.

    Such signs are a word that is used for nothing else, a placeholder for a name, and numbers that begin again below.
    """
    names = [cell.shown for cell in look.names(row).values()]
    told = [text for text in look.leading(row) if look.words.example.match(text)]
    below = next((other for other in look.sheet.rows if other > row), row)
    own, following = look.number(row), look.number(below)
    anew = own is not None and below > row and following is not None and following <= own
    doubtful = all(text in map(str.strip, names) and look.words.perhaps.match(text) for text in told)
    return doubtful and look.is_full(row) and not anew and not any(map(_PLACEHOLDER.search, names))


def _is_block_beside(look: Look, row: int) -> bool:
    """Whether what stands to the right of the table is part of the block under it, such as its day."""
    texts = [cell.shown.strip() for cell in look.sheet.rows[row].values()]
    signed = any(block.signature(look.sheet, look.words, (row, column)) for column in look.sheet.rows[row])
    return not look.sheet.turned and (block.is_part(texts, look.words) or signed)


def _is_signature(look: Look, row: int) -> bool:
    """Whether the row only says who signs the table, beside or above the day."""
    if look.sheet.turned:
        return False
    signed = [block.signature(look.sheet, look.words, (row, column)) for column in look.cells(row)]
    return any(signed) and len(signed) < WIDE


def _lone(look: Look, row: int, text: str) -> Role:
    """The role of a row with a single cell: a section, an unfinished row where it is a title, else none we know.

    A section with the name of somebody may say whose the rows under it are; its sender must hear of it.
    """
    (column,) = look.cells(row)
    merge = look.sheet.merged.get((row, column))
    if look.words.section.match(text) or look.form.names(text):
        named = keys(text)[-1]
        return "stray" if any(shape.fullmatch(named) for shape in look.words.signed.values()) else "section"
    if merge and merge.right - merge.left + 1 >= WIDE:
        return "stray"
    title = next((n.column for f, n in look.header.columns.items() if look.columns[f].need == "must"), None)
    return "row" if column == title and len(text) <= _LONGEST_TITLE else "stray"


def _is_numbering(cells: Mapping[int, Cell]) -> bool:
    """A row that numbers the columns: 1 2 3 4 …, or 甲 乙 1 2 …"""
    texts = [cell.shown.strip("（）() ") for cell in cells.values()]
    figures = [int(text) for text in texts if text.isdecimal() and len(text) <= 2]
    others = [text for text in texts if not text.isdecimal()]
    in_order = len(figures) > WIDE and figures == list(range(figures[0], figures[0] + len(figures)))
    return in_order and all(text in "甲乙丙丁戊己庚辛" for text in others)


def _is_empty(look: Look, row: int) -> bool:
    """Whether nothing was entered: blanks, zeros, and formulas that copies of the form bring along."""
    figures = look.fields(row, "count")
    left = [cell for field, cell in look.held(row).items() if not (field in figures and _is_without_result(cell))]
    return all(key(cell.shown) in _NOTHING and cell.kind != "error" for cell in left)


def _is_without_result(cell: Cell) -> bool:
    return cell.kind == "error" and cell.value is None


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text)) and not text.isdecimal()


def _is_zero(look: Look, row: int, leading: Iterable[str]) -> bool:
    """The sender says in words that there was nothing, and no figure or day contradicts."""
    held = look.fields(row, "count", "days")
    if any(key(cell.shown) not in _NOTHING and not _says_zero(cell.shown, look.words) for cell in held.values()):
        return False
    return any(_says_zero(text, look.words) for text in leading)


def _says_zero(text: str, words: Vocabulary) -> bool:
    said = key(re.sub(r"[（(].*?[)）]", "", text))
    return said in words.zero or any(len(word) > WIDE - 1 and word in said for word in words.zero)
