"""Files and mails that try to hurt their reader: each ends in its verdict, within its limits, and the child lives on.

`make test-hostile` reads all of them and prints what each cost; `make test` reads every ninth.
"""

import os
from collections.abc import Iterator
from datetime import date

import hostile_archives
import hostile_documents
import hostile_mails
import hostile_ods
import hostile_old_workbooks
import hostile_pages
import hostile_pdfs
import hostile_reading
import hostile_texts
import hostile_wrappings
import hostile_xlsx
import hostile_xlsx_parts
import pytest
from hostile_cases import CASES, Case
from hostile_packages import HEADER, row, sheet, table, xlsx

from parsers.child.isolate import Died, Isolated
from parsers.child.work import SMALL
from parsers.forms.form import load
from parsers.reading import Period
from support import mails

MAKERS = (
    hostile_archives,
    hostile_documents,
    hostile_mails,
    hostile_ods,
    hostile_old_workbooks,
    hostile_pages,
    hostile_pdfs,
    hostile_texts,
    hostile_wrappings,
    hostile_xlsx,
    hostile_xlsx_parts,
)
FORMS = (load("activities"),)
PERIOD = Period(date(2021, 5, 1), date(2021, 9, 30), date(2021, 9, 24))
GOOD = mails.mail(attachments=[("统计表.xlsx", xlsx([sheet(table(5))]))])
IS_FULL = os.environ.get("MAILBOT_HOSTILE") == "full"
CHOSEN = tuple(CASES.values())[:: 1 if IS_FULL else 9]
SECONDS, SECONDS_OF_LARGE, MEGABYTES = 2.0, 15.0, 512
WORN = 300
"""Megabytes that a child may have had, before another takes its place so that the next one's peak can be seen."""


@pytest.fixture(scope="module")
def child() -> Iterator[Isolated]:
    with Isolated() as isolated:
        yield isolated


def read(child: Isolated, raw: bytes) -> hostile_reading.Cost:
    return child.call(hostile_reading.opened, raw, FORMS, PERIOD, timeout=25.0)


@pytest.mark.timeout(600)
def test_a_large_honest_table_is_read(child: Isolated) -> None:
    """Three thousand rows of twelve columns in a small file, and twenty thousand, more than any unit has."""
    for rows in (3_000, 20_000) if IS_FULL else (3_000,):
        names = (*HEADER, "备注", "负责人", "联系电话", "主办单位", "协办单位")
        lines = (
            row(
                n,
                f"普法宣传活动第{n}场",
                "2021年6月15日",
                f"文化中心{n % 50}号厅",
                "知识竞赛",
                n % 90,
                n % 400,
                *"无张一甲乙",
            )
            for n in range(1, rows + 1)
        )
        content = xlsx([sheet(row(*names) + "".join(lines))])
        cost = child.call(
            hostile_reading.opened, mails.mail(attachments=[("统计表.xlsx", content)]), FORMS, PERIOD, timeout=100.0
        )
        assert (cost.verdict, cost.readings) == ("read", 1)
        assert cost.work < 0.9


def test_there_are_many_kinds() -> None:
    assert len(CASES) >= 150
    assert {case.build.__module__ for case in CASES.values()} <= {"hostile_cases", *(m.__name__ for m in MAKERS)}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("case", CHOSEN, ids=lambda case: case.name)
def test_each_ends_in_its_verdict_within_its_limits(child: Isolated, case: Case) -> None:
    assert read(child, GOOD).readings == 1  # the child is there, and has loaded what it needs
    content = case.build()
    try:
        cost = read(child, case.mail(content))
    except Died as death:
        pytest.fail(f"{case.name} ended the child: {death}")
    good = read(child, GOOD)
    kilobytes = len(content) // 1000
    print(
        f"| {case.name} | {kilobytes} | {cost.verdict} | {cost.work:.2f} | {cost.seconds:.2f} | {cost.megabytes:.0f} |"
    )
    is_small = len(content) <= SMALL
    assert cost.seconds <= (SECONDS if is_small else SECONDS_OF_LARGE)
    assert cost.megabytes <= MEGABYTES or not is_small
    assert cost.verdict in case.verdicts
    assert (good.readings, good.verdict) == (1, "read")
    assert good.seconds < SECONDS / 4
    if cost.megabytes > WORN:
        child.close()
