"""One row of a table as a record, with the unit it names and what is doubtful in its cells."""

import dataclasses
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from parsers.forms.fields import Named
from parsers.forms.form import Column, Form
from parsers.grid import Cell, Position
from parsers.marks import one_title, quoted
from parsers.reading import Finding, Period, Record, Value, cells
from parsers.reading.columns import Columns
from parsers.reading.findings import Place, called, finding
from parsers.reading.parts import Part

_BARE = re.compile(r"[\d.,，\s]*[1-9][\d.,，\s]*")
"""A figure that says nothing of what it counts."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record, how its sender finds it, and the unit that the row itself names. The findings lack their record."""

    number: int
    """The row in the sheet as it is looked at."""
    record: Record
    line: str
    unit: Value | None
    findings: tuple[Finding, ...]
    holds: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Field → what its cell holds, where the cell displays something else."""


@dataclass(frozen=True, slots=True)
class Sums:
    """The figures of a row of sums; `holds` as for a row."""

    values: Mapping[str, Value] = dataclasses.field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    holds: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the rows of one table. `prefix` names the sheet where a file has several tables."""

    part: Part
    columns: Columns
    form: Form
    period: Period
    prefix: str = ""
    _known: dict[tuple[str, Cell | None], cells.Said] = dataclasses.field(
        default_factory=dict, repr=False, compare=False
    )

    def rows(self, numbers: Sequence[int]) -> tuple[Row, ...]:
        """Every row in order; one without a unit takes over the one above, with a warning where units differ."""
        columns = tuple(self._columns("days", "text", "choices", "count"))
        found = [self._row(number, columns, numbers) for number in numbers]
        differ = len({row.unit.content for row in found if row.unit}) > 1
        for index, row in enumerate(found):
            above = found[index - 1].unit if index else None
            if row.unit is None and above:
                found[index] = self._inherited(row, above) if differ else replace(row, unit=above)
        return tuple(found)

    def totals(self, number: int) -> Sums:
        """The figures of a row of sums, and what is doubtful about them."""
        values, found, holds = dict[str, Value](), list[Finding](), dict[str, str]()
        for column, named in self._columns("count"):
            cell = self.part.sheet.cell(number, named.column)
            if cell is None:
                continue
            said = cells.read(cell, column, self.form, self.period, named.label)
            values |= self._values(said, cell, (number, named.column))
            holds |= {column.field: said.holds} if said.holds else {}
            place = self._place((number, named.column), f"合计{quoted(named.title)}", column.field)
            found += cells.findings(said, cell, replace(place, record=None), column, self.form)
        return Sums(values, tuple(found), holds)

    def line(self, number: int) -> str:
        """第6行, with the sheet where it must be told."""
        return self.prefix + self.part.sheet.line(number)

    def entry(self, field: str, numbers: Iterable[int]) -> tuple[Cell, Position] | None:
        """The first cell of a column that belongs to the header block."""
        named = self.part.header.entries.get(field)
        places = ((number, named.column) for number in numbers) if named else iter(())
        return next(((cell, place) for place in places if (cell := self.part.sheet.cell(*place))), None)

    def _row(self, number: int, columns: Sequence[tuple[Column, Named]], numbers: Sequence[int]) -> Row:
        values, found, online = dict[str, Value](), list[Finding](), dict[str, tuple[Value, Place]]()
        holds: dict[str, str] = {}
        line = self.line(number)
        for column, named in columns:
            position = self._position(number, named, column)
            cell = self.part.sheet.cell(*position)
            said = self._said(cell, column, named) if cell else self._unshown(position, column, named)
            values |= self._values(said, cell, position, keep=values)
            holds |= dict.fromkeys(said.contents, said.holds) if said.holds else {}
            remarks = self._remarks(column, named, number, numbers, cell)
            if not said.doubts and not remarks and said.online is None:
                continue
            place = self._place(position, f"{line}{self._called(number, column)}{quoted(named.title)}", column.field)
            found += cells.findings(said, cell, place, column, self.form)
            found += _some(*(finding(self.form, code, place, **told) for code, told in remarks))
            if said.online is not None and column.online and cell:
                value = Value(said.online, cell.shown, place.sheet, place.cell, "exact")
                online[column.online] = value, replace(place, field=column.online)
        for field, (value, place) in online.items():
            if field not in values or not values[field].raw.strip():
                values[field] = value
                found += _some(finding(self.form, "online-figure", place, said=value.raw, taken=value.content))
        found += self._lacking(number)
        found += self._perhaps(number, values)
        record = Record(self.part.sheet.own_row(number), values)
        return Row(number, record, line, self._unit(number), tuple(found), holds)

    def _called(self, number: int, column: Column) -> str:
        """“读书会”的, before what a row has in any other column than that of its name; "" where it has no name."""
        name = self.form.name
        if name is None or name.field not in self.columns.read or name.field == column.field:
            return ""
        told = self.part.sheet.text(*self._position(number, self.columns.read[name.field], name))
        return f"{called(told)}的" if told else ""

    def _said(self, cell: Cell | None, column: Column, named: Named) -> cells.Said:
        """What a cell says. A long column holds the same things again and again, and each is read once."""
        if (said := self._known.get((column.field, cell))) is None:
            said = cells.read(cell, column, self.form, self.period, named.label)
            self._known[column.field, cell] = said
        return said

    def _unshown(self, position: Position, column: Column, named: Named) -> cells.Said:
        """What a cell says that shows nothing: it may hold something all the same."""
        hidden = self.part.sheet.unshown(*position)
        return (cells.unshown(hidden, column) if hidden else None) or self._said(None, column, named)

    def _columns(self, *kinds: str) -> Iterator[tuple[Column, Named]]:
        for column in self.form.column:
            if column.field in self.columns.read and column.kind in kinds:
                yield column, self.columns.read[column.field]

    def _position(self, number: int, named: Named, column: Column) -> Position:
        """Texts that are merged over several rows hold for each of them; figures stand where they are written."""
        position = (number, named.column)
        upper = self.part.sheet.upper(*position)
        return upper if column.kind != "count" and upper[0] > self.part.header.bottom else position

    def _place(self, position: Position, words: str, field: str) -> Place:
        return Place(words, field, 0, self.part.page.name, self.part.sheet.address(*position))

    def _values(
        self, said: cells.Said, cell: Cell | None, position: Position, keep: Mapping[str, Value] | None = None
    ) -> dict[str, Value]:
        sheet, address, raw = self.part.page.name, self.part.sheet.address(*position), cell.shown if cell else ""
        return {
            field: Value(content, raw, sheet, address, precision)
            for field, (content, precision) in said.contents.items()
            if content is not None or keep is None or field not in keep
        }

    def _remarks(
        self, column: Column, named: Named, number: int, numbers: Sequence[int], cell: Cell | None
    ) -> list[tuple[str, dict[str, object]]]:
        """What its column makes doubtful about a cell: the code of the finding, and the words for its sentence."""
        found: list[tuple[str, dict[str, object]]] = []
        if column.field in self.columns.similar:
            found.append(("similar-cell", {"said": named.title}))
        if cell and (share := self.columns.shared.get(column.field)):
            found.append(("beside-share", {"said": cell.shown, "other": share.title}))
        if cell and column.field in self.columns.unmeasured and _BARE.fullmatch(cell.shown):
            found.append(("table-measure", {"said": cell.shown, "measure": self.part.measure}))
        bottom = self.part.sheet.bottom(number, named.column)
        following = bisect_right(numbers, number) if bottom > number and column.kind == "count" and cell else None
        if following is not None and following < len(numbers) and numbers[following] <= bottom:
            found.append(("merged-count", {}))
        return found

    def _lacking(self, number: int) -> list[Finding]:
        titles = {field: known.title for field in self.columns.lacking if (known := self.form.find(field))}
        places = (
            Place(f"{self.line(number)}{quoted(one_title(title))}", field, 0, self.part.page.name)
            for field, title in titles.items()
        )
        return _some(*(finding(self.form, "missing-cell", place) for place in places))

    def _perhaps(self, number: int, values: Mapping[str, Value]) -> list[Finding]:
        if number not in self.part.body.perhaps:
            return []
        first = next(iter(self.part.sheet.rows[number]))
        place = Place("", None, 0, self.part.page.name, self.part.sheet.address(number, first))
        name = next((value.raw for value in values.values() if value.raw), "")
        return _some(finding(self.form, "perhaps-example", place, line=self.line(number), said=name))

    def _unit(self, number: int) -> Value | None:
        """The unit that the row names in a column that divides the table."""
        for field in self.form.header:
            named = self.part.header.entries.get(field.field)
            if not field.divides or named is None or not named.is_called(field.divides):
                continue
            position = self.part.sheet.upper(number, named.column)
            cell = self.part.sheet.cell(*position) if position[0] > self.part.header.bottom else None
            if cell and cell.shown.strip():
                said = cells.read(cell, field, self.form, self.period)
                return self._values(said, cell, position)[field.field]
        return None

    def _inherited(self, row: Row, unit: Value) -> Row:
        field = next(field for field in self.form.header if field.divides)
        named = self.part.header.entries[field.field]
        place = self._place((row.number, named.column), f"{row.line}{quoted(named.title)}", field.field)
        found = _some(finding(self.form, "unit-inferred", place, taken=unit.content))
        return replace(row, unit=unit, findings=(*row.findings, *found))


def _some(*found: Finding | None) -> list[Finding]:
    return [one for one in found if one]
