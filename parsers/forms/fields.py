"""Finding where a table's columns are named, and which column is which field of the form."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from parsers.forms.form import Column, Form, HeaderField
from parsers.grid import Cell, Position
from parsers.reading import Layout
from parsers.forms.labels import keys, likeness
from parsers.reading.measures import is_measure
from parsers.forms.sheet import Sheet
from parsers.forms.vocabulary import BY_PATTERN, Vocabulary

_TALLEST = 3
_FEWEST = 3
_ALIKE = 0.6
_LONGEST = 40
_PEEK = 6
"""Rows below a header that tell whether a column without a label is really empty."""


@dataclass(frozen=True, slots=True)
class Named:
    """One column of a sheet with its label: the texts over it, from the top, each once."""

    column: int
    parts: tuple[str, ...]
    origin: Position
    """Where the lowest of the texts stands."""

    @property
    def title(self) -> str:
        """What its reader calls it."""
        return " ".join(self.parts[-1].split())

    @property
    def label(self) -> str:
        """All words over the column."""
        return " ".join(self.parts)

    def is_called(self, titles: Iterable[str]) -> bool:
        """Whether the column has one of these titles."""
        shapes = {shape for title in titles for shape in keys(title)}
        return bool(shapes & {*keys(self.parts[-1]), *keys("".join(self.parts))})


@dataclass(frozen=True, slots=True)
class Header:
    """The labels of one table. `columns` and `entries` are certain, `similar` only likely."""

    top: int
    bottom: int
    left: int
    right: int
    columns: Mapping[str, Named]
    entries: Mapping[str, Named]
    """Fields of the header block that this table has as columns."""
    rivals: Mapping[str, tuple[Named, ...]]
    """Fields for which several columns would do."""
    apart: tuple[tuple[Column, Named], ...]
    """Columns of the form that stand beyond an empty one; those of a whole second table beside this one too."""
    unknown: tuple[Named, ...]

    @property
    def known(self) -> int:
        """How many fields of the form it names, even where a column of them is not read."""
        return len({*self.columns, *self.rivals, *(column.field for column, _ in self.apart)})

    def layout(self, form: Form) -> Layout:
        """One activity a row, or one row of figures for the unit."""
        return "summary" if _is_summary(form, {*self.columns, *self.rivals}) else "rows"


@dataclass(frozen=True, slots=True)
class _Match:
    """A column that may be a field; the lower `level`, the surer."""

    level: int
    named: Named
    field: Column | HeaderField


def find(sheet: Sheet, form: Form, words: Vocabulary, after: int = 0) -> Header | None:
    """The first header below row `after`, or None.

    The earliest block of one to three rows wins, in which enough labels are the form's own words.
    """
    rows = [row for row in sheet.rows if row > after]
    for index, row in enumerate(rows):
        if not any(is_label(cell, words) for cell in sheet.rows[row].values()):
            continue
        blocks = (
            _block(sheet, form, words, rows[start], rows[start] + height - 1)
            for start in range(index, min(index + _TALLEST, len(rows)))
            for height in range(1, _TALLEST + 1)
            if _may_be_tall(sheet, rows[start], height)
        )
        if best := max((b for b in blocks if b), key=lambda block: block[0], default=None):
            return best[1]
    return None


def similar(header: Header, form: Form, words: Vocabulary) -> Mapping[str, tuple[Named, ...]]:
    """Missing fields, and the columns with unknown labels that resemble them and no other field more."""
    candidates: dict[str, list[Named]] = {}
    wanted = [c for c in form.column if c.kind != "number" and c.field not in {*header.columns, *header.rivals}]
    layout = header.layout(form)
    for named in header.unknown:
        scores = {c.field: _score(named, (c.title, *c.synonyms)) for c in form.column if _counts(c, layout)}
        best = max(scores.values(), default=0.0)
        nearest = [field for field, score in scores.items() if score == best]
        if best >= _ALIKE and len(nearest) == 1 and nearest[0] in {c.field for c in wanted}:
            candidates.setdefault(nearest[0], []).append(named)
    return {field: tuple(found) for field, found in candidates.items()}


def _counts(column: Column, layout: Layout) -> bool:
    return column.layout in ("any", layout)


def _score(named: Named, synonyms: Sequence[str]) -> float:
    labels = {*keys(named.parts[-1]), *keys("".join(named.parts))}
    words = {word for synonym in synonyms for word in keys(synonym)}
    return max((likeness(label, word) for label in labels for word in words), default=0.0)


# ---------------------------------------------------------------- one block of rows


def is_label(cell: Cell, words: Vocabulary) -> bool:
    """Whether a cell may be the title of a column of the form."""
    return cell.kind == "text" and len(cell.shown) <= _LONGEST and words.column(cell.shown) is not None


def _may_be_tall(sheet: Sheet, top: int, height: int) -> bool:
    """Whether the rows under the first hold labels, not figures or days."""
    below = [sheet.rows.get(row, {}) for row in range(top + 1, top + height)]
    return all(cells and all(cell.kind == "text" for cell in cells.values()) for cells in below)


def _is_cut(sheet: Sheet, words: Vocabulary, top: int, bottom: int) -> bool:
    """Whether a label goes on below the block: then its rows are not all of the header."""
    tall = (m for m in sheet.merged.values() if top <= m.top <= bottom < m.bottom < top + _TALLEST)
    return any(is_label(sheet.rows[m.top][m.left], words) for m in tall) or _is_continued(sheet, words, top, bottom)


def _is_continued(sheet: Sheet, words: Vocabulary, top: int, bottom: int) -> bool:
    """Whether the next row only says what the labels are counted in, or divides some of them: 男 女 合计."""
    above, below = sheet.rows.get(bottom, {}), sheet.rows.get(bottom + 1, {})
    if not above or bottom + 1 >= top + _TALLEST or not _may_be_tall(sheet, bottom, 2):
        return False
    if _is_of_measures(sheet, words, bottom + 1):
        return True
    if sheet.merges:
        return _divides_merged(sheet, bottom)
    return 1 < len(below) < len(above) and min(below) > min(above) and bool(below.keys() - above.keys())


def _divides_merged(sheet: Sheet, bottom: int) -> bool:
    """Whether the row below has several texts under each of some wide labels, and none elsewhere."""
    wide = [m for m in sheet.merged.values() if m.bottom == bottom and m.right > m.left]
    under = [[c for c in sheet.rows[bottom + 1] if m.left <= c <= m.right] for m in wide]
    divided = [columns for columns in under if columns]
    return all(len(columns) > 1 for columns in divided) and sum(map(len, divided)) == len(sheet.rows[bottom + 1])


def _is_of_measures(sheet: Sheet, words: Vocabulary, row: int) -> bool:
    return all(is_measure(cell.shown, words) for cell in sheet.rows.get(row, {}).values())


def _block(
    sheet: Sheet, form: Form, words: Vocabulary, top: int, bottom: int
) -> tuple[tuple[float, int], Header] | None:
    named = tuple(_named(sheet, words, top, bottom))
    if len(named) < _FEWEST or _is_cut(sheet, words, top, bottom):
        return None
    segments = _segments(sheet, named, bottom)
    headers = [_header(segment, named, words, top, bottom, turned=sheet.turned) for segment in segments]
    main = max(headers, key=lambda h: len(h.columns) + len(h.rivals))
    joined = [n for segment, h in zip(segments, headers, strict=True) if _goes_on(main, h) for n in segment]
    header = _header(joined, named, words, top, bottom, turned=sheet.turned)
    fields = {*header.columns, *header.rivals}
    if not _is_enough(form, fields):
        return None
    return (_certainty(header, words), top - bottom), header


def _goes_on(main: Header, part: Header) -> bool:
    """Whether columns beyond an empty one are more of the table: one alone may be a list to choose from."""
    return part is main or (len(part.columns) > 1 and not {*part.columns, *part.rivals} & {*main.columns, *main.rivals})


def _is_enough(form: Form, fields: set[str]) -> bool:
    telling = [c for c in form.column if c.field in fields and c.kind != "number"]
    if all(column.layout == "summary" or column.field in form.summary.indicators for column in telling):
        return _is_summary(form, fields)
    return len(fields) >= _FEWEST and len(telling) >= _FEWEST - 1


def _is_summary(form: Form, fields: set[str]) -> bool:
    summary = form.summary
    return not fields & set(summary.without) and len(fields & set(summary.indicators)) >= summary.least


def _certainty(header: Header, words: Vocabulary) -> float:
    """The number of fields found, a little less where only a part of the label is known."""
    single = sum(words.column(named.label) is not None for named in header.columns.values())
    return len(header.columns) + len(header.rivals) + 0.02 * single + 0.01 * len(header.entries)


def _named(sheet: Sheet, words: Vocabulary, top: int, bottom: int) -> Iterator[Named]:
    """Every column with a label, from the left; a row of measures is read as if each stood behind its label."""
    if bottom > top and _is_of_measures(sheet, words, bottom):
        said = {column: f"（{cell.shown.strip('()（） ')}）" for column, cell in sheet.rows[bottom].items()}
        for one in _named(sheet, words, top, bottom - 1):
            yield replace(one, parts=(*one.parts[:-1], one.parts[-1] + said.get(one.column, "")))
        return
    columns = {column for row in range(top, bottom + 1) for column in sheet.rows.get(row, {})}
    columns |= {column for row, column in sheet.covered if top <= row <= bottom}
    fill = not any(top <= merge.top <= bottom for merge in sheet.merged.values())
    parents: dict[int, str] = {}
    for column in sorted(columns):
        parts: dict[Position, str] = {}
        for row in range(top, bottom + 1):
            position, text = sheet.spread(row, column)
            if text:
                parents[row] = text
            elif fill and row < bottom and sheet.text(bottom, column) and not parts:
                text, position = parents.get(row, ""), (row, 0)
            if text and position[0] >= top:
                parts[position] = text
        if parts:
            yield Named(column, tuple(dict.fromkeys(parts.values())), list(parts)[-1])


def _segments(sheet: Sheet, named: Sequence[Named], bottom: int) -> list[list[Named]]:
    """The columns in groups that an empty column parts."""
    peeked = [row for row in range(bottom + 1, bottom + 1 + _PEEK) if row in sheet.rows]
    groups = [[named[0]]]
    for left, right in pairwise(named):
        between = range(left.column + 1, right.column)
        if any(all(column not in sheet.rows[row] for row in peeked) for column in between):
            groups.append([])
        groups[-1].append(right)
    return groups


def _header(
    segment: Sequence[Named], everything: Sequence[Named], words: Vocabulary, top: int, bottom: int, *, turned: bool
) -> Header:
    matches = [match for named in segment if (match := _match(named, segment, words))]
    columns: dict[str, Named] = {}
    entries: dict[str, Named] = {}
    rivals: dict[str, tuple[Named, ...]] = {}
    for field in dict.fromkeys(match.field.field for match in matches):
        best = _surest([match for match in matches if match.field.field == field])
        if isinstance(best[0].field, HeaderField):
            entries[field] = best[0].named
        elif len(best) == 1 or best[0].field.kind == "number":
            columns[field] = best[0].named
        else:
            rivals[field] = tuple(match.named for match in best)
    used = {n.column for n in (*columns.values(), *entries.values())} | {n.column for r in rivals.values() for n in r}
    apart = _apart(segment, everything, words)
    again = {column.field for column, _ in apart if column.field in {*columns, *rivals} and column.kind != "number"}
    placed = [named.column for named in (segment if not turned else columns.values())] or [0]
    entries = {field: n for field, n in entries.items() if min(placed) <= n.column <= max(placed)}
    return Header(
        top,
        bottom,
        min(placed),
        max(placed),
        columns,
        entries,
        rivals,
        tuple((column, n) for column, n in apart if len(again) > 1 or column.field not in {*columns, *rivals}),
        tuple(n for n in segment if n.column not in used and min(placed) <= n.column <= max(placed)),
    )


def _apart(segment: Sequence[Named], everything: Sequence[Named], words: Vocabulary) -> list[tuple[Column, Named]]:
    """The columns of the form outside a segment."""
    own = {named.column for named in segment}
    others = [named for named in everything if named.column not in own]
    found = [(match.field, named) for named in others if (match := _match(named, others, words))]
    return [(field, named) for field, named in found if isinstance(field, Column)]


def _surest(matches: Sequence[_Match]) -> list[_Match]:
    """The matches of the best level; a label that is merged over several columns counts for the first of them."""
    best = min(match.level for match in matches)
    surest = [match for match in matches if match.level == best]
    return list({match.named.origin: match for match in reversed(surest)}.values())[::-1]


def _match(named: Named, siblings: Sequence[Named], words: Vocabulary) -> _Match | None:
    """Which field a label names: all of it, or its last part, or its first where the last says nothing of its own."""
    first, last = named.parts[0], named.parts[-1]
    tries = ["".join(named.parts), "".join(reversed(named.parts)), last]
    if len(named.parts) > 1 and (words.is_total(last) or _is_measure(last, words) or _only_child(named, siblings)):
        tries.append(first)
    elif _is_split(named, words):
        tries += ["", first]
    for level, label in enumerate(tries):
        if found := words.column(label):
            return _Match(3 * level + (found[1] > 0) + (found[1] == BY_PATTERN), named, found[0])
        if entry := words.entry(label):
            return _Match(100 * level + entry[1], named, entry[0])
    return None


def _is_measure(label: str, words: Vocabulary) -> bool:
    return bool(words.measures & {label.strip("（）() "), *keys(label)})


def _is_split(named: Named, words: Vocabulary) -> bool:
    """Whether a figure of the form is divided under its label, such as 参与人数 into 男 and 女."""
    known = words.column(named.parts[0])
    return len(named.parts) > 1 and known is not None and known[0].kind == "count"


def _only_child(named: Named, siblings: Sequence[Named]) -> bool:
    return sum(sibling.parts[0] == named.parts[0] for sibling in siblings) == 1
