"""A file is read as the form that recognises most of its columns."""

from dataclasses import replace

from parsers.document import read_tables
from parsers.forms.form import Column, load
from parsers.grid import Grid
from support.tables import BLOCK, FIRST, FORM, LABELS, PERIOD, grid, titles, whole

COURSES = replace(
    load("activities"),
    id="courses",
    title="培训统计表",
    title_words=(("培训",),),
    column=(
        Column("title", "课程", "text", "must"),
        Column("date_start", "时间", "days", "must", end="date_end"),
        Column("participants", "学员数", "count", "must"),
        Column("venue", "地点", "text"),
        Column("netizens_reached", "学时", "count"),
    ),
)


def courses() -> Grid:
    rows = (("课程", "时间", "学员数", "学时"), ("网络素养", "2021年6月1日", 40, 8))
    return grid(["培训统计表"], [BLOCK], *rows, name="培训")


def test_each_sheet_is_read_as_the_form_that_fits_it() -> None:
    readings = read_tables([whole(FIRST), courses()], [FORM, COURSES], PERIOD)
    assert [(reading.form, titles(reading)) for reading in readings] == [
        ("activities", ["网络安全知识竞赛"]),
        ("courses", ["网络素养"]),
    ]


def test_the_order_of_the_forms_does_not_matter() -> None:
    (reading,) = read_tables([whole(FIRST)], [COURSES, FORM], PERIOD)
    assert reading.form == "activities"


def test_among_equals_the_title_decides() -> None:
    twin = replace(FORM, id="twin", title_words=(("来信",),))
    (reading,) = read_tables([grid(["来信统计"], [BLOCK], LABELS, FIRST)], [FORM, twin], PERIOD)
    assert reading.form == "twin"


def test_a_file_without_a_table_gives_nothing() -> None:
    assert read_tables([grid(["通知"], ["请各单位按时报送"])], [FORM, COURSES], PERIOD) == ()
    assert read_tables([], [FORM], PERIOD) == ()
    assert read_tables([whole(FIRST)], [], PERIOD) == ()
