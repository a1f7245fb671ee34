"""How several tables of one unit and form in one mail relate: repeats, sums of each other, contradictions."""

import re
from collections.abc import Sequence
from itertools import combinations

from mailbot.decide.display import number_of_activities
from mailbot.decide.relation import Related, reports, unclear
from mailbot.decide.row_comparison import Row, contents, key, normalized, same_figures, same_rows
from mailbot.domain.submission import Identity, Relation
from mailbot.mail.opening import Opened
from parsers.marks import quoted
from parsers.reading import Reading

Table = tuple[str, Reading]
"""A table with what its sender called its file."""

_NUMBERS = "0123456789一二三四五六七八九十"
_SPANS = re.compile(rf"(?<![{_NUMBERS}])1?[{_NUMBERS}]{{1,2}}(?=月)|第?[1-4一二三四](?=季度)|[上下](?=半年)")
"""The months, quarters and halves of a year that a name speaks of."""


def compare_tables(opened: Opened, whose: Sequence[Identity]) -> tuple[Related | None, ...]:
    """What each table is to those of its unit and form in the mail; None: nothing, it stands for itself."""
    outcome: list[Related | None] = [None] * len(whose)
    for places in reports(opened, whose).values():
        tables = [(opened.readings[p][0].name, opened.readings[p][1]) for p in places]
        for place, related in zip(places, relate_tables(tables), strict=True):
            outcome[place] = related
    return tuple(outcome)


def relate_tables(tables: Sequence[Table]) -> tuple[Related | None, ...]:
    """What each table is to those beside it; None: nothing, it stands for itself.

    The same rows again count once, and so do a list and the table of its sums: the list counts. Two that give one
    activity differently contradict each other: a person decides about both. So it is with figures for the whole unit
    that are not a list's sums, unless the names of two such tables speak of different months.
    """
    outcome: list[Related | None] = [None] * len(tables)
    for later, earlier in ((j, i) for i, j in combinations(range(len(tables)), 2)):
        if outcome[earlier] is None and _say_the_same(tables[earlier][1], tables[later][1]):
            outcome[later] = Related(Relation.DUPLICATE, counts=False)
    lists = [i for i, (_, reading) in enumerate(tables) if outcome[i] is None and reading.layout == "rows"]
    sums = [i for i, (_, reading) in enumerate(tables) if outcome[i] is None and reading.layout == "summary"]
    for place in sums:
        outcome[place] = _to_lists(tables[place], [tables[i] for i in lists if tables[i][1].records])
    for one, other in combinations([i for i in sums if outcome[i] is None], 2):
        if not _apart(tables[one], tables[other]):
            outcome[one] = outcome[other] = unclear("同一邮件中有多份汇总数字不同的表，无法确定以哪份为准")
    for one, other in combinations(lists, 2):
        if title := _contradicted(contents(tables[one][1]), contents(tables[other][1])):
            outcome[one] = outcome[other] = unclear(
                f"同一邮件中的两份表对{quoted(title)}填报的内容不同，无法确定以哪份为准"
            )
    return tuple(outcome)


def _say_the_same(one: Reading, other: Reading) -> bool:
    alike = (one.layout, one.zero_report) == (other.layout, other.zero_report)
    return alike and same_rows(contents(one), contents(other))


def _to_lists(table: Table, lists: Sequence[Table]) -> Related | None:
    """What a table of figures is to the lists beside it."""
    if not lists:
        return None
    for candidates in (*([one] for one in lists), list(lists)):
        if _adds_up(table[1], [reading for _, reading in candidates]):
            names = "、".join(dict.fromkeys(quoted(name) for name, _ in candidates if name)) or "同一邮件中的明细表"
            why = f"表中数字与{names}逐场填报的合计一致，系其汇总，不重复计入"
            return Related(Relation.DUPLICATE, counts=False, why=why)
    return unclear("表中的汇总数字与同一邮件中逐场填报的表合计不一致，无法确定是否为同一批活动")


def _adds_up(figures: Reading, lists: Sequence[Reading]) -> bool:
    rows = [row for reading in lists for row in contents(reading)]
    number = number_of_activities(figures)
    return number in (None, len(rows)) and same_figures(contents(figures), rows)


def _apart(one: Table, other: Table) -> bool:
    """Whether the names of two tables speak of different spans of time."""
    spans = [set(_SPANS.findall(f"{name} {reading.title}")) for name, reading in (one, other)]
    return bool(spans[0] and spans[1]) and not spans[0] & spans[1]


def _contradicted(rows: Sequence[Row], others: Sequence[Row]) -> str:
    """The name of an activity that both have, on no other day, and that differs; "" where there is none."""
    named: dict[str, list[Row]] = {}
    for other in others:
        named.setdefault(key(other)[0], []).append(other)
    for row in rows:
        again = [other for other in named.get(key(row)[0], ()) if _is_again(row, other)]
        if again and not any(normalized(other) == normalized(row) for other in again):
            return str(row.get("title"))
    return ""


def _is_again(row: Row, other: Row) -> bool:
    (title, day), (other_title, other_day) = key(row), key(other)
    return bool(title) and title == other_title and (day == other_day or not (day and other_day))
