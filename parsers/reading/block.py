"""The block around a table: who reports, when, under which number (domain.md section 1.4).

Entries are written as `label：value` in one cell, often several in one merged cell, or as a cell with the label and a
cell with the value beside or below it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from parsers.forms.form import Form
from parsers.forms.labels import keys
from parsers.forms.sheet import Sheet
from parsers.forms.vocabulary import BY_PATTERN, Vocabulary
from parsers.grid import Position
from parsers.reading.measures import is_measure

_COLON = re.compile(r"[:：]")
_LONGEST_LABEL = 14
_WIDE = 3
"""Cells; a row with as many is one of a table."""
_BRACKET = r"[(（【\[][^()（）【】\[\]]*[)）】\]]"
_UNKNOWN_LABEL = re.compile(r"(?:^|(?<=\s))[\u4e00-\u9fff]{2,8}\s*$")
_DAY = re.compile(
    r"(?:[12]\d{3}|\d{2}|[〇○0OＯo零一二三四五六七八九]{4})\s*年\s*[\d一二三四五六七八九十]{1,2}\s*月\s*[\d一二三四五六七八九十]{1,3}\s*[日号]"
    r"|(?<!\d)[12]\d{3}([-./])\d{1,2}\1\d{1,2}(?!\d)"
)
_SHORT_DAY = re.compile(r"(?<=\s)(?:1[0-2]|0?[1-9])\s*月\s*\d{1,2}\s*[日号](?=\s|$)")
"""A day without its year behind a name: 制表：某某 8月2日."""
_UNFILLED = re.compile(r"[_＿]+|[(（]?\s*年\s+月\s+日\s*[)）]?\s*$|(?<=\s)年\s*月\s*日\s*$")
_PHONE = re.compile(r"[+(（]?\d[\d\-－—() （）转+]{5,}\d")
_AND = re.compile(r"\s*[及和与、/／]\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the block says about one field, and the cell that says it. `text` None: the whole cell is the value."""

    field: str
    position: Position
    text: str | None


@dataclass(frozen=True, slots=True)
class Block:
    """The entries found, the first for each field, and the cells that hold none of them."""

    entries: Mapping[str, Entry]
    rest: tuple[Position, ...]


def read(
    sheet: Sheet, form: Form, words: Vocabulary, rows: Iterable[int], apart: AbstractSet[Position] = frozenset()
) -> Block:
    """Everything that these rows say, top down, but for the cells in `apart`."""
    found: dict[str, Entry] = {}
    rest: list[Position] = []
    taken = set(apart)
    for row in rows:
        for column in sheet.rows[row]:
            position = (row, column)
            if position in taken:
                continue
            cell = sheet.cell(*position)
            if cell and cell.struck and cell.value is None:
                continue
            is_note = words.note.match(sheet.text(*position)) is not None
            told = () if is_note else _entries(sheet, words, position)
            entries = tuple(entry for entry in told if not _is_measure(sheet, words, entry))
            for entry in entries:
                found.setdefault(entry.field, entry)
                taken.add(entry.position)
            if not entries:
                rest.append(position)
    found |= _signatures(sheet, words, found, rest)
    found |= _unlabelled_phone(form, found)
    found |= _undated(sheet, form, found, rest)
    own = {entry.position for entry in found.values()}
    return Block(found, tuple(position for position in rest if position not in own))


def _is_measure(sheet: Sheet, words: Vocabulary, entry: Entry) -> bool:
    """Whether what stands behind 单位 is what figures are counted in, and names nobody."""
    text = sheet.text(*entry.position) if entry.text is None else entry.text
    return bool(text) and _kind(entry.field, words) == "text" and is_measure(text, words)


def signature(sheet: Sheet, words: Vocabulary, position: Position) -> tuple[str, str] | None:
    """(field, value) where a cell signs the table without a label: over or beside a day, or stamped."""
    text = sheet.text(*position)
    value = _without_stamp(_DAY.sub("", text).strip(), words)
    field = next((field for field, shape in words.signed.items() if shape.fullmatch("".join(value.split()))), None)
    is_signed = value != text or _is_dated(sheet, position[0])
    return (field, value) if field and is_signed else None


def _is_dated(sheet: Sheet, row: int) -> bool:
    """Whether a day stands beside what is in the row, or alone in the row below."""
    beside, below = sheet.rows[row].values(), sheet.rows.get(row + 1, {}).values()
    days = [*(beside if len(beside) < _WIDE else ()), *(below if len(below) == 1 else ())]
    return any(cell.kind == "date" or _DAY.fullmatch(cell.shown.strip()) for cell in days)


def is_part(texts: Sequence[str], words: Vocabulary) -> bool:
    """Whether a row of texts belongs to the block: it begins with one of its labels, or holds only stamps and days."""
    decorations = (_DAY.fullmatch(text) or _is_stamp(text, words) or not _filled(text) for text in texts)
    return _is_label(texts[0], words) or all(decorations)


def pairs(text: str, words: Vocabulary) -> Iterator[tuple[str, str]]:
    """(field, value) for each label with a colon in a text; a value may be empty."""
    labels: list[tuple[int, int, tuple[str, ...]]] = []
    start = 0
    for colon in _COLON.finditer(text):
        inside = bool(labels) and bool(labels[-1][2])
        begin, fields = _label_before(text[start : colon.start()], words, inside=inside)
        if begin is not None:
            labels.append((start + begin, colon.end(), fields))
            start = colon.end()
    ends = [*(begin for begin, _, _ in labels[1:]), len(text)][: len(labels)]
    for (_, begin, fields), end in zip(labels, ends, strict=True):
        yield from _shared(fields, text[begin:end], words)


def _label_before(text: str, words: Vocabulary, *, inside: bool) -> tuple[int | None, tuple[str, ...]]:
    """Where the label at the end of a text begins, and the fields it names; None where there is no label.

    An unknown label names no field and yet ends the value before it. A written one may follow a value without a blank,
    but not an unknown word: 主管单位 is not 单位, and 某街道总工会 负责人 does not hold 工会负责人.
    """
    bare = text.rstrip()
    for start in range(max(0, len(bare) - _LONGEST_LABEL), len(bare)):
        squeezed = inside and not re.search(r"\s", bare.strip()) and _is_written(bare[start:], words)
        if (_at_boundary(bare, start) or squeezed) and (fields := _fields(bare[start:], words)):
            return start, fields
    unknown = _UNKNOWN_LABEL.search(bare)
    return (unknown.start(), ()) if unknown and not (inside and unknown.start() == 0) else (None, ())


def _is_written(label: str, words: Vocabulary) -> bool:
    entry = words.entry(label)
    return entry is None or entry[1] < BY_PATTERN


def _at_boundary(text: str, start: int) -> bool:
    return start == 0 or not text[start - 1].isalnum()


def _fields(label: str, words: Vocabulary) -> tuple[str, ...]:
    """The fields that a label names; 填报人及电话 names two."""
    if not label[0].isalnum():
        return ()
    if entry := words.entry(label):
        return (entry[0].field,)
    parts = [words.entry(part) for part in _AND.split(label)]
    return tuple(part[0].field for part in parts if part) if len(parts) > 1 and all(parts) else ()


def _shared(fields: tuple[str, ...], value: str, words: Vocabulary) -> Iterator[tuple[str, str]]:
    """The value given to the fields of its label; of several, the one for a phone takes the digits."""
    phones = {field for field in fields if _kind(field, words) == "phone"}
    if len(fields) < 2 or not phones:
        yield from ((field, value.strip()) for field in fields[:1])
        return
    digits = _PHONE.search(value)
    for field in fields:
        rest = value.replace(digits[0], "") if digits else value
        yield field, ((digits[0] if digits else "") if field in phones else rest).strip(" \t\u3000，,、；;")


def _entries(sheet: Sheet, words: Vocabulary, position: Position) -> Iterator[Entry]:
    text = sheet.text(*position)
    found = tuple(pairs(text, words)) or tuple(_by_blanks(text, words))
    for index, (field, value) in enumerate(found):
        if cleaned := _cleaned(value, field, words):
            yield Entry(field, position, cleaned)
        elif index == len(found) - 1 and (beside := _beside(sheet, words, position, field)):
            yield Entry(field, beside, None)
        else:
            yield Entry(field, position, "")
    if not found and (entry := words.entry(text)) and len(text) <= _LONGEST_LABEL:
        field = entry[0].field
        beside = _beside(sheet, words, position, field) or _below(sheet, words, position, field)
        yield Entry(field, beside, None) if beside else Entry(field, position, "")


def _by_blanks(text: str, words: Vocabulary) -> Iterator[tuple[str, str]]:
    """Labels and values in one cell without colons: 填报单位 某街道总工会  填报人 某某."""
    tokens = text.split()
    label, value = "", list[str]()
    for token in [*tokens, ""]:
        entry = words.entry(token) if token else None
        if (entry or not token) and label and value:
            yield label, " ".join(value)
        if entry:
            label, value = entry[0].field, []
        elif label:
            value.append(token)


def _beside(sheet: Sheet, words: Vocabulary, position: Position, field: str) -> Position | None:
    """The next cell to the right, merged ones and places for a stamp skipped, unless it is a label itself."""
    row, column = position
    further = (c for c in sheet.rows[row] if c > column and not _is_stamp(sheet.text(row, c), words))
    following = next(further, 0)
    return (row, following) if _suits(sheet, words, (row, following), field) else None


def _below(sheet: Sheet, words: Vocabulary, position: Position, field: str) -> Position | None:
    """The cell under a label that has another label or nothing beside it."""
    row, column = position
    below = (row + 1, column)
    return below if _suits(sheet, words, below, field) and words.column(sheet.text(*below)) is None else None


def _suits(sheet: Sheet, words: Vocabulary, position: Position, field: str) -> bool:
    """Whether a cell may be the value of a field: neither a label, nor a day where none belongs, nor the reverse."""
    cell, text = sheet.cell(*position), sheet.text(*position)
    if cell is None or _is_label(text, words):
        return False
    is_day = cell.kind == "date" or _DAY.fullmatch(text) is not None
    return {"day": any(map(str.isdigit, text)) or is_day, "phone": not is_day, "text": not is_day}[_kind(field, words)]


def _is_label(text: str, words: Vocabulary) -> bool:
    return words.entry(text) is not None or any(True for _ in pairs(text, words))


def _cleaned(value: str, field: str, words: Vocabulary) -> str:
    """The value without rules to write on, a place for the stamp, and a day that belongs to another entry."""
    if _kind(field, words) != "day":
        value = _SHORT_DAY.sub("", _DAY.sub("", value))
    value = _without_stamp(_UNFILLED.sub("", value), words)
    return "" if _is_stamp(value, words) else value.strip(" \t\u3000，,、；;。/／\r\n")


def _without_stamp(value: str, words: Vocabulary) -> str:
    while (tail := re.search(rf"{_BRACKET}\s*$", value)) and _is_stamp(tail[0], words):
        value = value[: tail.start()].rstrip()
    return value


def _kind(field: str, words: Vocabulary) -> str:
    return next(known.kind for known in words.header.fields() if known.field == field)


def _is_stamp(text: str, words: Vocabulary) -> bool:
    return any(shape in words.stamp for shape in keys(text))


def _filled(text: str) -> bool:
    return bool(_UNFILLED.sub("", text).strip(" \t\u3000()（）"))


def _signatures(
    sheet: Sheet, words: Vocabulary, found: Mapping[str, Entry], rest: Iterable[Position]
) -> dict[str, Entry]:
    """The entries that stand without a label as a signature, the last for each field."""
    signed = ((position, signature(sheet, words, position)) for position in rest)
    entries = [Entry(one[0], position, one[1]) for position, one in signed if one]
    return {e.field: e for e in entries if e.field not in found or found[e.field].text == ""}


def _unlabelled_phone(form: Form, found: Mapping[str, Entry]) -> dict[str, Entry]:
    """The number that stands behind a name in the same entry, and the name without it."""
    field = next((h.field for h in form.header if h.kind == "phone"), None)
    if field is None or (field in found and found[field].text != ""):
        return {}
    for entry in found.values():
        if entry.text and (number := re.search(rf"{_PHONE.pattern}\s*$", entry.text)) and number.start():
            name = entry.text[: number.start()].strip(" \t\u3000，,、；;(（/／")
            return {entry.field: replace(entry, text=name), field: Entry(field, entry.position, number[0].strip())}
    return {}


def _undated(sheet: Sheet, form: Form, found: Mapping[str, Entry], rest: list[Position]) -> dict[str, Entry]:
    """The day of the report where it stands in the block without a label."""
    field = next((h.field for h in form.header if h.kind == "day"), None)
    if field is None or (field in found and found[field].text != ""):
        return {}
    places = [*(entry.position for entry in found.values()), *(p for p in rest if len(sheet.text(*p)) <= 40)]
    unlabelled = set(rest)
    for position in places:
        short = _SHORT_DAY.search(sheet.text(*position)) if position not in unlabelled else None
        if day := _DAY.search(sheet.text(*position)) or short:
            return {field: Entry(field, position, day[0])}
        cell = sheet.cell(*position)
        if cell and cell.kind == "date":
            return {field: Entry(field, position, None)}
    return {}
