"""What a correction changed: figures and dates of activities, and how many were added and removed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.decide.changes import OTHER_LAYOUT, UNCHANGED, changes
from mailbot.domain.submission import Earlier, Relation, Status
from parsers.forms.form import load
from parsers.reading import Content, Layout, Reading, Record, Value

FORM = load("activities")
Row = dict[str, Content]


def row(
    title: str | None = "知识竞赛", day: str | None = "2021-06-15", people: int | None = 120, **more: Content
) -> Row:
    return {"title": title, "date_start": day, "date_end": day, "participants": people, **more}


def before(*rows: Row, layout: Layout = "rows") -> Earlier:
    arrived = datetime(2021, 9, 1, tzinfo=UTC)
    return Earlier(1, "XHE", FORM.id, layout, Status.ACCEPTED, Relation.NEW, True, 1, "unit@example.org", arrived, rows)


def after(*rows: Row, layout: Layout = "rows") -> Reading:
    records = tuple(Record(n, {name: Value(c, str(c)) for name, c in r.items()}) for n, r in enumerate(rows))
    return Reading(FORM.id, "Sheet1", layout, "", {}, records)


def changed(old: list[Row], new: list[Row]) -> tuple[str, ...]:
    return changes([before(*old)], [after(*new)], FORM)


TALK = row("主题演讲", "2021-07-01")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ([row()], [row(people=1300)], ["接触职工人数 120→1,300（知识竞赛）"]),
        ([row()], [row(people=None)], ["接触职工人数 120→（空）（知识竞赛）"]),
        ([row(people=None)], [row()], ["接触职工人数 （空）→120（知识竞赛）"]),
        ([row("知识 竞赛")], [row(people=130)], ["接触职工人数 120→130（知识竞赛）"]),
        ([row()], [row(enterprises=3)], ["走进企业数 （空）→3（知识竞赛）"]),
        ([row()], [row(day="2021-06-16")], ["活动时间 2021年6月15日→2021年6月16日（知识竞赛）"]),
        ([row(day=None)], [row()], ["活动时间 （空）→2021年6月15日（知识竞赛）"]),
        ([row()], [row(date_end="2021-06-17")], ["活动时间 2021年6月15日→2021年6月15日至2021年6月17日（知识竞赛）"]),
        ([row()], [TALK, row()], ["新增 1 场"]),
        ([row(), TALK], [row()], ["减少 1 场"]),
        ([], [row(), TALK], ["新增 2 场"]),
        ([row()], [], ["减少 1 场"]),
        ([row()], [TALK], ["新增 1 场", "减少 1 场"]),
        ([TALK, row()], [row(), TALK], [UNCHANGED]),
        ([row(venue="文化中心")], [row(venue="体育馆")], [UNCHANGED]),
        ([row(None, None)], [row(None, None, 130)], ["新增 1 场", "减少 1 场"]),
    ],
)
def test_figures_and_days_are_compared_activity_by_activity(old: list[Row], new: list[Row], said: list[str]) -> None:
    assert list(changed(old, new)) == said


def test_where_several_rows_could_be_meant_none_is_compared() -> None:
    twice = [row(people=100), row(people=200)]
    assert changed(twice, [row(people=200)]) == ("减少 1 场",)
    assert changed(twice, [row(people=300), row(people=200)]) == ("接触职工人数 100→300（知识竞赛）",)
    assert changed(twice, [row(people=300), row(people=400)]) == ("新增 2 场", "减少 2 场")


def test_all_that_is_replaced_is_compared_with_all_tables_that_take_its_place() -> None:
    said = changes([before(row()), before(row(), TALK)], [after(row(people=130)), after(TALK)], FORM)
    assert said == ("接触职工人数 120→130（知识竞赛）",)


def test_figures_for_the_whole_unit_are_compared_as_one_row() -> None:
    old = [before({"activities_count": 2, "participants": 100}, layout="summary")] * 2
    new = [after({"activities_count": 5, "participants": 200}, layout="summary")]
    assert changes(old, new, FORM) == ("开展线下活动场数 4→5",)


def test_a_table_by_activity_and_one_of_figures_are_not_compared() -> None:
    new = after({"activities_count": 5}, layout="summary")
    assert changes([before(row())], [new], FORM) == (OTHER_LAYOUT,)
    assert changes([before()], [new], FORM) == ("开展线下活动场数 （空）→5",)


ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from([None, "知识竞赛", "主题演讲"]),
        st.sampled_from([None, "2021-06-15", "2021-07-01"]),
        st.sampled_from([None, 1, 2]),
    ),
    max_size=5,
)


@given(ROWS)
def test_a_table_does_not_differ_from_itself_in_another_order(rows: list[Row]) -> None:
    assert changed(rows, rows[::-1]) == (UNCHANGED,)


@given(ROWS, ROWS)
def test_what_is_said_to_have_come_and_gone_is_the_difference_in_number(old: list[Row], new: list[Row]) -> None:
    came = gone = 0
    for phrase in changed(old, new):
        came += int(phrase.split()[1]) if phrase.startswith("新增") else 0
        gone += int(phrase.split()[1]) if phrase.startswith("减少") else 0
    assert came - gone == len(new) - len(old)
