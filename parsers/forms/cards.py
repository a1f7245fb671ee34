"""Forms in which every value has a label of its own beside or above it: one activity, or several one after another."""

from parsers.grid import Cell, Position
from parsers.reading import block
from parsers.forms.labels import key
from parsers.forms.sheet import Sheet
from parsers.forms.vocabulary import Vocabulary


def arranged(sheet: Sheet, words: Vocabulary) -> Sheet | None:
    """The same as a table: labels in row 1, the values of one activity in each row below; None without labels.

    A label that comes again begins another activity.
    """
    columns: dict[str, int] = {}
    titles: dict[int, Cell] = {}
    records: list[dict[int, Cell]] = []
    origins: dict[Position, Position] = {}
    seen: set[str] = set()
    for position, field in labels(sheet, words):
        if field in seen or not records:
            records.append({})
            seen = set()
        seen.add(field)
        column = columns.setdefault(field, len(columns) + 1)
        if column not in titles:
            titles[column], origins[1, column] = sheet.rows[position[0]][position[1]], position
        place = _value(sheet, words, position)
        origins[len(records) + 1, column] = place
        if cell := sheet.cell(*place):
            records[-1][column] = cell
    if not titles:
        return None
    rows = {1: titles} | {number: record for number, record in enumerate(records, start=2) if record}
    return Sheet(sheet.name, {n: dict(sorted(row.items())) for n, row in rows.items()}, (), origins=origins)


def labels(sheet: Sheet, words: Vocabulary) -> list[tuple[Position, str]]:
    """Every cell that is the title of a column of the form, with its field."""
    found = []
    for row, cells in sheet.rows.items():
        for column, cell in cells.items():
            known = words.column(cell.shown) if cell.kind == "text" and len(cell.shown) <= 30 else None
            if known and not _is_chosen(sheet, words, (row, column)):
                found.append(((row, column), known[0].field))
    return found


def _is_chosen(sheet: Sheet, words: Vocabulary, position: Position) -> bool:
    """Whether a cell is what was chosen for the label on its left: 其他 is a choice there and no label."""
    row, column = position
    beside = [words.column(sheet.text(row, other)) for other in sheet.rows.get(row, {}) if other < column][-1:]
    is_option = key(sheet.text(row, column)) in words.options
    return is_option and any(known is not None and known[0].kind == "choices" for known in beside)


def _value(sheet: Sheet, words: Vocabulary, position: Position) -> Position:
    """The cell beside a label, behind its merged range; the one below where another label stands beside it."""
    row, column = position
    merge = sheet.merged.get(position)
    beside = (row, (merge.right if merge else column) + 1)
    below = ((merge.bottom if merge else row) + 1, column)
    if _is_label(sheet, words, beside) or (sheet.cell(*beside) is None and not _is_apart(sheet, words, below)):
        return below if sheet.cell(*below) else beside
    return beside


def _is_apart(sheet: Sheet, words: Vocabulary, position: Position) -> bool:
    """Whether a cell belongs to another label, to the block around the form, or to the notes under it."""
    text = sheet.text(*position)
    in_block = any(True for _ in block.pairs(text, words))
    return _is_label(sheet, words, position) or in_block or words.note.match(text) is not None


def _is_label(sheet: Sheet, words: Vocabulary, position: Position) -> bool:
    text = sheet.text(*position)
    if _is_chosen(sheet, words, position):
        return False
    return bool(text) and (words.column(text) is not None or words.entry(text) is not None)
