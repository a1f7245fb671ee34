"""Which column of a table is which field of a form, by what stands over it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from parsers.child import work
from parsers.forms.form import Column, Form, HeaderField
from parsers.forms.labels import keys, likeness
from parsers.forms.vocabulary import BY_PATTERN, Vocabulary
from parsers.grid import Position
from parsers.marks import one_title
from parsers.reading.model import Layout

_FEWEST = 3
_ALIKE = 0.6


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
        return one_title(self.parts[-1])

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


_LABEL = 500.0
"""Units of work of comparing a label with all of a form's."""


def find(
    segments: Sequence[Sequence[Named]], form: Form, words: Vocabulary, top: int, bottom: int, *, turned: bool = False
) -> Header | None:
    """The header that these columns are, or None where they are too few of the form's.

    `segments` are the columns in groups that an empty column parts; a group that goes on with the form's columns
    belongs to the table.
    """
    everything = [named for segment in segments for named in segment]
    if not everything:
        return None
    headers = [_header(segment, everything, words, top, bottom, turned=turned) for segment in segments]
    main = max(headers, key=lambda h: len(h.columns) + len(h.rivals))
    header = main
    if len(segments) > 1:
        joined = [n for segment, h in zip(segments, headers, strict=True) if _goes_on(main, h) for n in segment]
        header = _header(joined, everything, words, top, bottom, turned=turned)
    return header if _is_enough(form, {*header.columns, *header.rivals}) else None


def similar(header: Header, form: Form, words: Vocabulary) -> Mapping[str, tuple[Named, ...]]:
    """Missing fields, and the columns with unknown labels that resemble them and no other field more."""
    candidates: dict[str, list[Named]] = {}
    wanted = [c for c in form.column if c.kind != "number" and c.field not in {*header.columns, *header.rivals}]
    layout = header.layout(form)
    known = dict[tuple[str, ...], dict[str, float]]()
    """The scores of a label, which may stand over many columns."""
    for named in header.unknown:
        label = tuple(named.parts)
        if label not in known:
            work.spend(_LABEL)
            known[label] = {c.field: _score(named, (c.title, *c.synonyms)) for c in form.column if _counts(c, layout)}
        scores = known[label]
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
    first, last = min(placed), max(placed)
    entries = {field: n for field, n in entries.items() if first <= n.column <= last}
    return Header(
        top,
        bottom,
        first,
        last,
        columns,
        entries,
        rivals,
        tuple((column, n) for column, n in apart if len(again) > 1 or column.field not in {*columns, *rivals}),
        tuple(n for n in segment if n.column not in used and first <= n.column <= last),
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
