"""What a submission is to those the same unit sent before. Nothing is overwritten; what is unclear waits."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.decide.correction_words import Asked, asked, removed
from mailbot.decide.display import shown
from mailbot.domain.submission import Earlier, Relation, Status
from parsers.reading import Content, Layout, Reading

Row = Mapping[str, Content]
Key = tuple[str, str]
UNKNOWN: Key = ("", "")
"""Of a row that has neither title nor day, as in a summary."""


@dataclass(frozen=True, slots=True)
class Related:
    """The outcome: what it is, whether it counts, and which stored submissions stop counting.

    `gone`: the activities, in words, that stop counting with these and are not in the new table.
    """

    relation: Relation
    counts: bool
    replaces: tuple[int, ...] = ()
    why: str = ""
    """For staff, where a person must decide; for everybody, where it counts in another table already."""
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """How a submission came: its words (subject, file name, body; without quoted mail), sender and date."""

    words: str
    sender: str
    registered: bool
    """The sender's address is one of the unit's own."""
    date: datetime | None


def relate(reading: Reading, sent: Sent, earlier: Sequence[Earlier]) -> Related:
    """Place a submission among the unit's earlier ones of the same form, oldest first.

    It replaces them where its sender says so, or where every earlier activity is there again; yet nothing that counts
    is dropped by a table that is blank, by one that says itself to be a part, or by a word that is not said of the
    whole table. It adds to them where its sender says so and nothing in it contradicts. Else a person decides.
    """
    rows = contents(reading)
    counting = [e for e in earlier if e.current and e.status is not Status.REVIEW]
    if is_known(reading, counting):
        return Related(Relation.DUPLICATE, counts=False)
    if not counting:
        return Related(Relation.NEW, counts=True)
    known = _rows_of(counting)
    if known and not reading.zero_report and not any(_says_anything(row, reading.layout) for row in rows):
        return unclear("本表中没有可登记的内容，此前报送的继续有效")
    if any(e.layout != reading.layout and e.records for e in counting) and same_figures(rows, known):
        return _of_the_same(reading.layout)
    words = asked(sent.words)
    again = _each_is_there_again(known, rows) and all(e.layout == reading.layout or not e.records for e in counting)
    if words.replaces and words.adds and not again:
        return unclear("来件中既有更正、又有补报的表述")
    if words.replaces or (again and not words.adds):
        return _replacement(reading, sent, words, counting)
    if words.adds:
        return _supplement(rows, known)
    return unclear("与此前报送的活动只有部分相同或完全不同，且未注明“更正”或“补报”")


def is_known(reading: Reading, earlier: Iterable[Earlier]) -> bool:
    """Whether one of these says the same, row by row; that there was no activity is more than a form left blank."""
    rows = contents(reading)
    told = [e for e in earlier if not (reading.zero_report and e.status is Status.NEEDS_CORRECTION)]
    return any(same_rows(rows, e.records) and e.layout == reading.layout for e in told)


def contents(reading: Reading) -> list[Row]:
    """The rows of a table, without their cells."""
    return [{name: value.content for name, value in record.values.items()} for record in reading.records]


def _rows_of(submissions: Sequence[Earlier]) -> list[Row]:
    """The rows that count, each once."""
    return [submissions[place].records[position] for place, position in distinct_rows(e.records for e in submissions)]


def unclear(why: str) -> Related:
    return Related(Relation.UNCLEAR, counts=False, why=why)


def _says_anything(row: Row, layout: Layout) -> bool:
    """Whether an activity has a name or a day, or a row for the whole unit a figure."""
    return key(row) != UNKNOWN if layout == "rows" else bool(squeezed(row))


# ---------------------------------------------------------------- replacing


def _replacement(reading: Reading, sent: Sent, words: Asked, counting: Sequence[Earlier]) -> Related:
    """Figures are replaced only by who may, by what was sent later, and as far as the sender speaks of them."""
    if not (sent.registered or any(e.sender.lower() == sent.sender.lower() for e in counting)):
        return unclear("更正来自未登记的邮箱，且不是此前报送的邮箱")
    if sent.date and any(sent.date < e.received_at and _older(sent.date, e) for e in counting):
        return unclear("邮件的发送时间早于此前已登记的报送")
    known, rows = _rows_of(counting), contents(reading)
    gone = [row for row in _missing(known, rows) if not removed(sent.words, key(row)[0])]
    other_layout = any(e.layout != reading.layout and e.records for e in counting)
    is_smaller = other_layout or (bool(gone) and len(rows) < len(known))
    if (words.part and gone) or (is_smaller and (words.part or not words.whole)):
        return unclear(f"更正表中没有此前登记的{'、'.join(map(_named, gone)) or '逐场内容'}，无法确定是否不再计入")
    phrases = tuple(map(_named, gone)) if not other_layout else ()
    return Related(Relation.REPLACES, counts=True, replaces=tuple(e.id for e in counting), gone=phrases)


def _missing(known: Sequence[Row], rows: Sequence[Row]) -> list[Row]:
    """The rows of before that are not among the new ones: neither by name and day, nor one of them changed."""
    again = {key(row) for row in rows if all(key(row))}
    left = [row for row in known if key(row) not in again]
    was = {key(row) for row in known}
    more = [row for row in rows if key(row) not in was]
    for alike in (_same_key, _same_title, _same_day):
        for row in list(more):
            found = next((old for old in left if alike(old, row)), None)
            if found is not None:
                left.remove(found)
                more.remove(row)
    unknown = [row for row in left if key(row) == UNKNOWN]  # nobody can tell which of the new ones these became
    for row in unknown[: len(more)]:
        left.remove(row)
    return left


def _same_title(old: Row, new: Row) -> bool:
    return bool(key(old)[0]) and key(old)[0] == key(new)[0]


def _same_day(old: Row, new: Row) -> bool:
    return bool(key(old)[1]) and key(old)[1] == key(new)[1]


def _named(row: Row) -> str:
    """“乙竞赛”（2021年6月2日）."""
    title, day = str(row.get("title") or "").strip(), key(row)[1]
    return (f"“{title}”" if title else "一行内容") + (f"（{shown(day)}）" if day else "")


def _older(date: datetime, known: Earlier) -> bool:
    # a Date header is the sender's clock: a mail that left within the same hour is not taken for an older one
    return (known.received_at - date).total_seconds() > 3600


# ---------------------------------------------------------------- adding


def _supplement(rows: Sequence[Row], known: Sequence[Row]) -> Related:
    for row in rows:
        same = [k for k in known if _same_key(k, row)]
        if same and not any(squeezed(k) == squeezed(row) for k in same):
            return unclear("注明为补报，但其中有与此前报送同名同日而内容不同的活动")
    return Related(Relation.SUPPLEMENTS, counts=True)


def distinct_rows(submissions: Iterable[Sequence[Row]]) -> Iterator[tuple[int, int]]:
    """(submission, row) of every row that counts: one repeated in a later submission counts once."""
    seen: set[tuple[tuple[str, str], ...]] = set()
    for place, rows in enumerate(submissions):
        mine = set()
        for position, row in enumerate(rows):
            content = tuple(sorted((name, repr(value)) for name, value in squeezed(row).items()))
            if row.get("title") and content in seen:
                continue
            mine.add(content)
            yield place, position
        seen |= mine


def _of_the_same(layout: Layout) -> Related:
    """A table of figures whose sums an earlier list adds up to, or the list of an earlier table of figures."""
    if layout == "summary":
        return Related(
            Relation.DUPLICATE, counts=False, why="表中数字与已登记的各场活动合计一致，系同一内容，不重复计入"
        )
    return unclear("各场活动合计与此前报送的汇总数字一致，系同一内容的明细")


def same_figures(rows: Sequence[Row], others: Sequence[Row]) -> bool:
    """Whether two tables have the same sum in every column of numbers that both have throughout, and there is one."""
    common = set(_sums(rows)) & set(_sums(others))
    return any(_sums(rows)[name] for name in common) and all(
        _sums(rows)[name] == _sums(others)[name] for name in common
    )


def _sums(rows: Sequence[Row]) -> dict[str, int]:
    names = {name for row in rows for name in row}
    columns = {name: [row.get(name) for row in rows] for name in names}
    return {
        name: sum(n for n in numbers if isinstance(n, int))
        for name, numbers in columns.items()
        if all(isinstance(n, int) for n in numbers)
    }


def _each_is_there_again(known: Sequence[Row], rows: Sequence[Row]) -> bool:
    """By name and day; of rows that have neither, as many more as there were, where all other rows have one.

    Figures for the whole unit are never known again: those of July look like June's corrected.
    """
    unknown = sum(key(old) == UNKNOWN for old in known)
    if unknown == len(known):
        return not known
    left = list(rows)
    for old in sorted((row for row in known if key(row) != UNKNOWN), key=lambda row: not all(key(row))):
        found = next((row for row in left if _same_key(old, row)), None)
        if found is None:
            return False
        left.remove(found)
    return len(left) >= unknown


def _same_key(old: Row, new: Row) -> bool:
    """Title without blanks and first day. A part that was missing or not understood before agrees with anything."""
    title, day = key(old)
    new_title, new_day = key(new)
    return key(old) != UNKNOWN and (not title or title == new_title) and (not day or day == new_day)


def key(row: Row) -> Key:
    """What a row is known by: its title without blanks, and its first day ("" where there is none)."""
    return re.sub(r"\s+", "", str(row.get("title") or "")), str(row.get("date_start") or "")


def same_rows(rows: Sequence[Row], others: Sequence[Row]) -> bool:
    return len(rows) == len(others) and all(
        squeezed(row) == squeezed(other) for row, other in zip(rows, others, strict=True)
    )


def squeezed(row: Row) -> dict[str, Content]:
    """What is there of a row, blanks dropped."""
    return {
        name: re.sub(r"\s+", "", value) if isinstance(value, str) else value
        for name, value in row.items()
        if value not in (None, "", ())
    }
