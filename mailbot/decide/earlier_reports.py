"""Decides whether a report replaces, adds to or repeats the unit's earlier ones; what is unclear waits."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.decide.correction_words import Asked, asks_to_remove, requested
from mailbot.decide.display import shown
from mailbot.decide.permit import permit
from mailbot.decide.relation import Related, Sent, reports, sent_as, unclear
from mailbot.decide.row_comparison import (
    UNKNOWN,
    Row,
    contents,
    distinct_rows,
    key,
    normalized,
    same_figures,
    same_rows,
)
from mailbot.domain.act import ActKind
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Earlier, Identity, Relation, Status
from mailbot.mail.opening import Opened
from parsers.marks import quoted
from parsers.reading import Layout, Reading


def relate_to_earlier(
    opened: Opened,
    whose: Sequence[Identity],
    beside: Sequence[Related | None],
    earlier: Sequence[Earlier],
    held: Sequence[bool],
    proof: Proof,
) -> list[Related]:
    """What each table of a mail is to earlier ones of its unit and form, in the order of `opened.readings`.

    `beside`: what it is to the others of the mail (`same_mail.compare_tables`); `held`: a person looks at it first;
    `proof`: what is known of the sender, without which nothing is replaced (`permit`).
    Those tables of a mail that stand for themselves are one report: together they replace, add to, or repeat.
    """
    related = [Related(Relation.NEW, counts=False)] * len(whose)
    for (unit, form), places in reports(opened, whose).items():
        sent = sent_as(opened, " ".join(opened.readings[p][0].names for p in places), whose[places[0]].unit, proof)
        known = [e for e in earlier if (e.unit, e.form) == (unit, form)]
        readings = [opened.readings[p][1] for p in places]
        waits = any(held[p] for p in places)
        outcome = _relate_report(readings, [beside[p] for p in places], sent, known, waits)
        for place, one in zip(places, outcome, strict=True):
            related[place] = one
    return related


def _relate_report(
    readings: Sequence[Reading], beside: Sequence[Related | None], sent: Sent, earlier: Sequence[Earlier], held: bool
) -> list[Related]:
    standing = [place for place, related in enumerate(beside) if related is None]
    if not standing:
        return [related for related in beside if related]
    records = tuple(record for place in standing for record in readings[place].records)
    whole = permitted(relate(replace(readings[standing[0]], records=records), sent, earlier), sent, earlier)
    waits = held or any(related and related.relation is Relation.UNCLEAR for related in beside)
    if waits and whole.relation in (Relation.REPLACES, Relation.SUPPLEMENTS):
        whole = unclear("" if held else "同一邮件中的另一份表待核对，一并核定")
    return [
        related or _one_of(whole, readings[place], place == standing[0], earlier)
        for place, related in enumerate(beside)
    ]


def permitted(whole: Related, sent: Sent, earlier: Sequence[Earlier]) -> Related:
    """The report as it is, or waiting for a person where its sender may not do what it asks for."""
    if whole.relation is not Relation.REPLACES:
        return whole
    changed = [one for one in earlier if one.id in whole.replaces]
    permission = permit(ActKind.REPORT, sent.sender, sent.roles(changed), replaces=True)
    return whole if permission.is_given else unclear(permission.why)


def _one_of(whole: Related, reading: Reading, is_first: bool, earlier: Sequence[Earlier]) -> Related:
    """What one of the tables of a report is, given what the report is."""
    counting = [e for e in earlier if e.current and e.status is not Status.REVIEW]
    if whole.relation is not Relation.REPLACES and is_known(reading, counting):
        return Related(Relation.DUPLICATE, counts=False)
    if is_first or whole.relation is Relation.UNCLEAR:
        return whole
    return Related(Relation.SUPPLEMENTS, counts=True)


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
    words = requested(sent.words)
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


def _rows_of(submissions: Sequence[Earlier]) -> list[Row]:
    """The rows that count, each once."""
    return [submissions[place].records[position] for place, position in distinct_rows(e.records for e in submissions)]


def _says_anything(row: Row, layout: Layout) -> bool:
    """Whether an activity has a name or a day, or a row for the whole unit a figure."""
    return key(row) != UNKNOWN if layout == "rows" else bool(normalized(row))


# ---------------------------------------------------------------- replacing


def _replacement(reading: Reading, sent: Sent, words: Asked, counting: Sequence[Earlier]) -> Related:
    """Figures are replaced only by what was sent later, and as far as the sender speaks of them."""
    if sent.date and any(sent.date < e.received_at and _older(sent.date, e) for e in counting):
        return unclear("邮件的发送时间早于此前已登记的报送")
    known, rows = _rows_of(counting), contents(reading)
    gone = [row for row in _missing(known, rows) if not asks_to_remove(sent.words, key(row)[0])]
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
    return (f"{quoted(title)}" if title else "一行内容") + (f"（{shown(day)}）" if day else "")


def _older(date: datetime, known: Earlier) -> bool:
    # a Date header is the sender's clock: a mail that left within the same hour is not taken for an older one
    return (known.received_at - date).total_seconds() > 3600


# ---------------------------------------------------------------- adding


def counted_twice(reading: Reading, earlier: Sequence[Earlier]) -> tuple[str, ...]:
    """The activities of a table, in words, that count already under the same name and day with other contents."""
    known = _rows_of([e for e in earlier if e.current and e.status is not Status.REVIEW])
    return tuple(_named(row) for row in contents(reading) if _is_there_otherwise(row, known))


def _is_there_otherwise(row: Row, known: Sequence[Row]) -> bool:
    same = [k for k in known if _same_key(k, row)]
    return bool(same) and not any(normalized(k) == normalized(row) for k in same)


def _supplement(rows: Sequence[Row], known: Sequence[Row]) -> Related:
    if any(_is_there_otherwise(row, known) for row in rows):
        return unclear("注明为补报，但其中有与此前报送同名同日而内容不同的活动")
    return Related(Relation.SUPPLEMENTS, counts=True)


def _of_the_same(layout: Layout) -> Related:
    """A table of figures whose sums an earlier list adds up to, or the list of an earlier table of figures."""
    if layout == "summary":
        return Related(
            Relation.DUPLICATE, counts=False, why="表中数字与已登记的各场活动合计一致，系同一内容，不重复计入"
        )
    return unclear("各场活动合计与此前报送的汇总数字一致，系同一内容的明细")


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
