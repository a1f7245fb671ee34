"""Receipts agree with the workbook on what is late, and say what an addition makes in all."""

import io
from datetime import date

from openpyxl import load_workbook

from mailbot.documents import workbook
from mailbot.flows.unit_accounts import account_of
from support.review import arrive, decide, table_of
from support.world import NOON, World, activity, table, words

LATE = NOON.replace(month=10, day=8)


def is_late_in_the_workbook(world: World) -> str | None:
    """What stands in the column 是否逾期 of 新河街道总工会."""
    with world.app.store.transaction() as tx:
        account = account_of(world.app, tx, world.clock())
    content = workbook.consolidated(
        world.app.roster, world.config.campaign, account.submissions, account.messages, world.app.forms["activities"],
        organisation_name="云海新区总工会", as_of=world.clock(),
        extensions={s.unit.code: s.deadline for s in account.standings if s.granted},
    )  # fmt: skip
    rows = load_workbook(io.BytesIO(content))["报送情况"].iter_rows(values_only=True)
    return next(row[5] for row in rows if row[1] == "新河街道总工会")


def told(world: World) -> str:
    return words(world.sent("receipt")[-1])


def test_a_first_report_after_the_deadline_is_late_in_both(world: World) -> None:
    world.clock.now = LATE
    arrive(world, attachments=table_of("新河街道总工会"))
    assert "本次报送于截止日期（2021年9月30日）之后收到，按逾期报送登记。" in told(world)
    assert is_late_in_the_workbook(world) == "是"


def test_a_correction_after_the_deadline_of_what_came_in_time_is_late_in_neither(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity(people=120)))
    for people in (130, 140):
        world.clock.now = LATE.replace(hour=9 + people // 100, minute=people % 60)
        arrive(world, subject="更正", attachments=table_of("新河街道总工会", activity(people=people)))
        assert "逾期" not in told(world)
    assert is_late_in_the_workbook(world) == "否"


def test_within_an_extension_nothing_is_late_in_either(world: World) -> None:
    decide(world, "extend", unit="XHE", until=date(2021, 10, 8))
    world.clock.now = LATE
    arrive(world, attachments=table_of("新河街道总工会"))
    assert "逾期" not in told(world)
    assert is_late_in_the_workbook(world) == "否"


def test_a_table_that_waits_is_not_called_late_before_it_counts(world: World) -> None:
    world.clock.now = LATE
    arrive(world, sender="someone@example.net", attachments=table_of(""))
    assert "逾期" not in told(world)
    decide(world, "assign", "HWM21-0001", unit="XHE")
    world.round()
    assert "按逾期报送登记" in told(world)
    assert is_late_in_the_workbook(world) == "是"


def test_a_receipt_of_an_addition_says_what_is_registered_in_all(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity("甲", people=120)))
    assert "累计登记" not in told(world)
    arrive(world, subject="补报", attachments=table_of("新河街道总工会", activity("乙", people=30)))
    receipt = told(world).replace("\r\n", "\n")
    assert "登记情况：已登记；本表追加到已登记的内容，一并计入（补报）" in receipt
    assert "补报后累计登记\n　　活动场次：2 场\n" in receipt
    assert "接触职工人数：150 人" in receipt.partition("补报后累计登记")[2]


def test_two_tables_of_one_report_say_in_all_what_they_make_together(world: World) -> None:
    files = [
        *table_of("新河街道总工会", activity("甲", people=120)),
        *table_of("新河街道总工会", activity("乙", people=30)),
    ]
    arrive(world, attachments=[("甲.xlsx", files[0][1]), ("乙.xlsx", files[1][1])])
    assert "接触职工人数：150 人" in told(world).partition("累计登记")[2]


def test_a_zero_report_keeps_its_reason_and_is_not_reminded(world: World) -> None:
    arrive(world, attachments=[("附件1.xlsx", table("新河街道总工会", words="本期无活动，场地维修"))])
    assert "本期未开展活动（场地维修）" in told(world)
    world.clock.now = NOON.replace(day=24, hour=9)
    world.round()
    assert "xinhe@example.org" not in [letter["To"] for letter in world.sent("reminder")]
    world.clock.now = NOON.replace(day=27, hour=9)
    world.round()
    assert "新河街道总工会（场地维修）" in words(world.sent("digest")[-1])
