"""Several tables of one unit in one mail: equal ones count once, contradictory ones wait for a person."""

from mailbot.decide.same_mail import relate_tables
from mailbot.domain.submission import Relation
from parsers.reading import Content, Reading, Record, Value

Row = dict[str, Content]


def listed(*rows: Row, title: str = "", zero: bool = False) -> Reading:
    records = tuple(Record(n, {k: Value(v, str(v)) for k, v in r.items()}) for n, r in enumerate(rows))
    return Reading("activities", "Sheet1", "rows", title, {}, records, zero_report=zero)


def summed(**figures: int) -> Reading:
    values = {name: Value(number, str(number)) for name, number in figures.items()}
    return Reading("activities", "Sheet1", "summary", "", {}, (Record(4, values),))


def row(title: str, people: int, day: str = "2021-06-15") -> Row:
    return {"title": title, "date_start": day, "participants": people}


A, B, C = row("读书会", 40), row("健步走", 65), row("演讲", 20, "2021-07-02")


def relations(*tables: Reading, names: tuple[str, ...] = ("一.xlsx", "二.xlsx", "三.xlsx")) -> list[Relation | None]:
    return [related and related.relation for related in relate_tables(list(zip(names, tables, strict=False)))]


def test_lists_of_different_activities_stand_for_themselves() -> None:
    assert relations(listed(A, B), listed(C)) == [None, None]


def test_the_same_rows_again_count_once() -> None:
    assert relations(listed(A, B), listed(A, B)) == [None, Relation.DUPLICATE]


def test_a_list_and_its_sums_count_once_in_either_order() -> None:
    assert relations(listed(A, B), summed(participants=105, activities_count=2)) == [None, Relation.DUPLICATE]
    assert relations(summed(participants=105), listed(A, B)) == [Relation.DUPLICATE, None]


def test_the_sums_of_two_lists_together_are_known() -> None:
    assert relations(listed(A, B), listed(C), summed(participants=125)) == [None, None, Relation.DUPLICATE]


def test_whose_sums_a_table_holds_is_told() -> None:
    (_, sums) = relate_tables([("明细表.xlsx", listed(A, B)), ("总表.xlsx", summed(participants=105))])
    assert sums
    assert "“明细表.xlsx”" in sums.why


def test_figures_that_are_no_lists_sums_wait() -> None:
    assert relations(listed(A, B), summed(participants=300)) == [None, Relation.UNCLEAR]
    assert relations(listed(A, B), summed(participants=105, activities_count=3)) == [None, Relation.UNCLEAR]


def test_two_tables_of_figures_wait_unless_they_are_of_different_months() -> None:
    two = summed(participants=50), summed(participants=60)
    assert relations(*two) == [Relation.UNCLEAR, Relation.UNCLEAR]
    assert relations(*two, names=("6月.xlsx", "7月份.xlsx")) == [None, None]
    assert relations(*two, names=("一季度.xlsx", "第二季度.xlsx")) == [None, None]
    assert relations(*two, names=("6月.xlsx", "6月（2）.xlsx")) == [Relation.UNCLEAR, Relation.UNCLEAR]


def test_an_activity_that_two_lists_give_differently_makes_both_wait() -> None:
    changed = {**A, "participants": 44}
    assert relations(listed(A, B), listed(changed), listed(C)) == [Relation.UNCLEAR, Relation.UNCLEAR, None]
    assert relations(listed(A), listed({**changed, "date_start": None})) == [Relation.UNCLEAR, Relation.UNCLEAR]


def test_an_activity_that_is_held_twice_on_different_days_is_two() -> None:
    assert relations(listed(A), listed(row("读书会", 30, "2021-06-22"))) == [None, None]


def test_no_activity_is_not_the_same_as_a_form_left_blank() -> None:
    assert relations(listed(), listed(zero=True)) == [None, None]
