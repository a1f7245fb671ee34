"""The sums in the workbook equal those of the SQL view."""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.campaigns import roster_file
from mailbot.cli.demo.tables import Activity, Filled, workbook
from mailbot.documents.workbook import consolidated
from mailbot.domain.submission import Relation, Status
from mailbot.flows.begin import begin
from parsers.forms.form import load
from support.mails import mail
from support.world import NOON, World, activity, table

FORM = load("activities")
COUNTS = tuple(column for column in FORM.column if column.kind == "count" and column.layout == "any")
UNITS = """code,name,short_name,category,aliases,emails,quota,required,sort_no
KF,北岸开发区总工会,北岸开发区,开发区,,kaifa@example.org,2,1,1
XHE,新河街道总工会,新河街,街镇,新河,xinhe@example.org,,1,1
XG,新港街道总工会,新港街,街镇,新港,xingang@example.org,,1,2
YH,云海镇总工会,云海镇,街镇,,yunhai@example.org,,1,3
JY,教育系统工会,教育系统,系统,,jiaoyu@example.org,,1,1
JT,公交集团工会,公交集团,直属,,gongjiao@example.org,,1,1
SW,水务集团工会,水务集团,直属,,shuiwu@example.org,,1,2
PORT,云海港集团工会,云海港,驻区,,port@example.org,2,1,3
"""
SECTIONS = {"开发区": ("KF",), "街镇": ("XHE", "XG", "YH"), "系统及直属": ("JY", "JT", "SW"), "驻区": ("PORT",)}

COUNTING = """
WITH every AS (
  SELECT record.id, record.submission, submission.unit, submission.layout,
    (SELECT group_concat(field || '=' || coalesce(number, text), '|') FROM
      (SELECT * FROM value WHERE value.record = record.id AND kind <> 'empty' ORDER BY field)) AS content
  FROM record JOIN submission ON submission.id = record.submission
  WHERE submission.current = 1 AND submission.status <> 'review'
), row AS (
  SELECT * FROM every WHERE NOT EXISTS (
    SELECT 1 FROM every AS earlier
    WHERE earlier.unit = every.unit AND earlier.submission < every.submission AND earlier.content = every.content)
)
"""
ACTIVITIES = f"""{COUNTING}
SELECT unit, SUM(CASE layout WHEN 'rows' THEN 1 ELSE
  (SELECT number FROM value WHERE value.record = row.id AND field = 'activities_count') END)
FROM row GROUP BY unit
"""
ADDED = f"""{COUNTING}
SELECT unit, SUM(value.number) FROM row JOIN value ON value.record = row.id WHERE field = :field GROUP BY unit
"""
OWN_TOTALS_FIRST = f"""{COUNTING}
SELECT unit, SUM(coalesce(
  (SELECT number FROM value WHERE submission = one.id AND part = 'total' AND field = :field),
  (SELECT SUM(number) FROM row JOIN value ON value.record = row.id WHERE row.submission = one.id AND field = :field)))
FROM submission AS one WHERE current = 1 AND status <> 'review' GROUP BY unit
"""
REPORTED = "SELECT unit, 1 FROM submission WHERE current = 1 AND status <> 'review' GROUP BY unit"
NEWS = "SELECT unit, COUNT(*) FROM message WHERE disposition = 'information' GROUP BY unit"


def filled(unit: str, *rows: Activity, totals: tuple[int, ...] = ()) -> bytes:
    return workbook(Filled(unit, "李晓", "65300000", date(2021, 9, 1), rows, totals))


def in_one_row(unit: str) -> bytes:
    """A table of figures for the whole unit."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "贯彻落实“12351+”计划目标任务统计表"
    for row in (("单位", "线下活动场数", "走进企业数", "宣传员人数", "接触职工人数"), (unit, 4, 6, 30, 900)):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def mails() -> Iterator[bytes]:
    """What units send: new, replaced, supplemented, repeated, twice, one row, nothing, unclear, rough, unread, news."""

    def sent(who: str, content: bytes, subject: str = "报送统计表") -> bytes:
        return mail(sender=f"{who}@example.org", subject=subject, attachments=[("附件1.xlsx", content)])

    one, two, three = activity("主题演讲", people=70), activity("知识竞赛", people=80), activity("公益活动", people=90)
    yield sent("kaifa", filled("北岸开发区总工会", one, two, totals=(3, 15, 4, 150, 10000)))
    yield sent("xinhe", table("新河街道总工会", activity(people=120)))
    yield sent("xinhe", table("新河街道总工会", activity(people=121), three), "更正：统计表")
    yield sent("xingang", table("新港街道总工会", one))
    yield sent("xingang", table("新港街道总工会", one, two), "补报统计表")
    yield sent("yunhai", table("云海镇总工会", one, three))
    yield sent("yunhai", table("云海镇总工会", one, three), "再次发送统计表")
    yield sent("jiaoyu", in_one_row("教育系统工会"))
    yield sent("gongjiao", table("公交集团工会", one))
    yield sent("gongjiao", table("公交集团工会", three))
    yield sent("shuiwu", table("水务集团工会", words="本期无活动"))
    yield sent("port", table("云海港集团工会", activity(people="300余人"), activity("公益活动", people="数百人")))
    yield sent("someone", table("远山街道总工会", two))
    photo = ("1.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"x" * 99)
    yield mail(sender="port@example.org", subject="活动信息", text="职工参加活动", attachments=[photo])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("sums"))
    world.app = replace(world.app, roster=roster_file.read(UNITS.encode(), "units.csv"))
    for n, raw in enumerate(mails()):
        world.deliver(raw, NOON + timedelta(minutes=n))
    begin(world.app)
    world.round()
    return world


@pytest.fixture(scope="module")
def sheets(world: World) -> dict[str, Worksheet]:
    content = consolidated(
        *(world.app.roster, world.config.campaign, world.submissions, world.messages, FORM),
        organisation_name="云海新区总工会",
        as_of=NOON,
    )
    return {sheet.title: sheet for sheet in load_workbook(io.BytesIO(content))}


def asked(world: World, query: str, **names: str) -> dict[str | None, int]:
    """Unit → number, from the database file."""
    with closing(sqlite3.connect(str(world.config.database.path))) as database:
        return {unit: number or 0 for unit, number in database.execute(query, names)}


def rows(sheet: Worksheet) -> list[dict[str, Any]]:
    titles = [str(cell.value).replace("\n", "") for cell in sheet[3]]
    return [dict(zip(titles, row, strict=True)) for row in sheet.iter_rows(min_row=4, values_only=True)]


def by_name(sheet: Worksheet, place: str = "单位") -> dict[str, dict[str, Any]]:
    return {row[place]: row for row in rows(sheet) if isinstance(row[place], str)}


def title_of(field: str) -> str:
    column = next(column for column in COUNTS if column.field == field)
    return f"{column.title}（{column.unit}）"


QUERIES = {
    "已开展场次": (ACTIVITIES, ""),
    "信息报送（条）": (NEWS, ""),
    **{title_of(c.field): (OWN_TOTALS_FIRST if c.sums == "notice" else ADDED, c.field) for c in COUNTS},
}


def test_the_corpus_of_this_test_holds_every_kind_of_submission(world: World) -> None:
    kinds = [stored.submission for stored in world.submissions]
    assert {kind.relation for kind in kinds} == set(Relation)
    assert {kind.status for kind in kinds} == {Status.ACCEPTED, Status.NEEDS_CORRECTION, Status.REVIEW}
    assert {kind.reading.layout for kind in kinds} == {"rows", "summary"}
    assert any(kind.reading.zero_report for kind in kinds)
    assert any(kind.reading.totals for kind in kinds)
    assert {kind.unit for kind in kinds} >= {None, *asked(world, REPORTED)}


@pytest.mark.parametrize("title", QUERIES)
def test_each_unit_s_figure_and_every_sum_of_them_is_that_of_sql(
    world: World, sheets: dict[str, Worksheet], title: str
) -> None:
    query, field = QUERIES[title]
    truth = asked(world, query, field=field)
    assert any(truth.values())
    units = by_name(sheets["分单位"])
    for unit in world.app.roster.units:
        assert (units[unit.name][title] or 0) == truth.get(unit.code, 0), unit.name
    subtotals = [row[title] or 0 for row in rows(sheets["分单位"]) if row["序号"] == "小计"]
    assert subtotals == [sum(truth.get(code, 0) for code in codes) for codes in SECTIONS.values()]
    assert by_name(sheets["分单位"], "序号")["合计"][title] == sum(subtotals)


@pytest.mark.parametrize("field", [column.field for column in COUNTS])
def test_the_details_add_up_to_the_total_below_them(world: World, sheets: dict[str, Worksheet], field: str) -> None:
    title = title_of(field)
    of_sums = by_name(sheets["明细"])
    shown = [row[title] for row in rows(sheets["明细"]) if isinstance(row["序号"], int)]
    added = sum(number for number in shown if isinstance(number, int))
    assert added == of_sums["各行之和"][title] == sum(asked(world, ADDED, field=field).values())
    assert added + (of_sums["按单位合计行调整"][title] or 0) == of_sums["合计"][title]
    assert of_sums["合计"][title] == by_name(sheets["分单位"], "序号")["合计"][title]


@pytest.mark.parametrize("field", [column.field for column in COUNTS])
def test_the_view_of_the_form_gives_the_sum_of_the_rows(world: World, sheets: dict[str, Worksheet], field: str) -> None:
    truth = asked(world, f"SELECT NULL, SUM({field}) FROM activities")
    assert by_name(sheets["明细"])["各行之和"][title_of(field)] == truth[None]


def test_who_has_reported_is_as_sql_tells_it(world: World, sheets: dict[str, Worksheet]) -> None:
    truth = asked(world, REPORTED)
    told = by_name(sheets["报送情况"])
    assert {unit.code for unit in world.app.roster.units if told[unit.name]["已报"] == "是"} == set(truth)
    assert by_name(sheets["报送情况"], "序号")["合计"]["已报"] == len(truth)


def test_every_cell_of_what_counts_is_among_the_sources_and_none_of_anything_else(
    world: World, sheets: dict[str, Worksheet]
) -> None:
    """The rows that a later table repeats are there too, marked as not counted."""
    listed = list(sheets["数据来源"].iter_rows(min_row=2, values_only=True))
    (number,) = asked(
        world,
        "SELECT NULL, COUNT(*) FROM value JOIN submission ON submission.id = value.submission "
        "WHERE current = 1 AND status <> 'review' AND (kind <> 'empty' OR raw <> '')",
    ).values()
    assert len(listed) == number
    assert "重复未计" in {row[1] for row in listed}
    assert {row[6] for row in listed} == {
        stored.case
        for stored in world.submissions
        if stored.submission.current and stored.submission.status is not Status.REVIEW
    }
