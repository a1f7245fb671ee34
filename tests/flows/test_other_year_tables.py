"""Last year's table waits, whatever file it comes in: it counts nothing, and its unit is told what was seen."""

import io
from collections.abc import Sequence

import docx
import pytest
from openpyxl import Workbook

from mailbot.domain.act import Act, ActKind, Actor, Target
from mailbot.flows.settle import settle
from support.mails import mail
from support.world import World, words

LABELS = ("序号", "活动名称", "活动时间", "活动地点", "走进企业数", "接触职工人数")
TITLE = "2020年“网聚职工正能量 争做中国好网民”主题活动开展线下活动统计表"
BLOCK = "填报单位：新河街道总工会    填报人：林晓雨    联系电话：65300001"
OLD = ("2020.6.18", "2020.8.1")


def rows(title: str, days: Sequence[str]) -> list[list[object]]:
    body: list[list[object]] = [[n, f"竞赛{n}", day, "礼堂", 3, 150] for n, day in enumerate(days, start=1)]
    return [[title], [BLOCK], list(LABELS), *body]


def workbook(title: str, days: Sequence[str]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows(title, days):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def document(title: str, days: Sequence[str]) -> bytes:
    word = docx.Document()
    word.add_paragraph(title)
    word.add_paragraph(BLOCK)
    body = rows(title, days)[2:]
    table = word.add_table(len(body), len(LABELS))
    for row, texts in zip(table.rows, body, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = str(text)
    content = io.BytesIO()
    word.save(content)
    return content.getvalue()


def page(title: str, days: Sequence[str]) -> str:
    lines = ("".join(f"<td>{text}</td>" for text in row) for row in rows(title, days)[2:])
    return f"<p>{title}</p><p>{BLOCK}</p><table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def arrive(world: World, kind: str, title: str = TITLE, days: Sequence[str] = OLD, subject: str = "统计表") -> None:
    sender = {"sender": "xinhe@example.org", "subject": subject}
    match kind:
        case "body":
            world.deliver(mail(**sender, html=page(title, days), attachments=()))  # type: ignore[arg-type]
        case "html":
            file = ("附件1.html", f"<html><body>{page(title, days)}</body></html>".encode())
            world.deliver(mail(**sender, attachments=[file]))  # type: ignore[arg-type]
        case "docx":
            world.deliver(mail(**sender, attachments=[("附件1.docx", document(title, days))]))  # type: ignore[arg-type]
        case _:
            world.deliver(mail(**sender, attachments=[("附件1.xlsx", workbook(title, days))]))  # type: ignore[arg-type]
    world.round()


@pytest.mark.parametrize("kind", ["xlsx", "docx", "html", "body"])
def test_last_years_table_waits_and_its_unit_hears_what_was_seen(world: World, kind: str) -> None:
    arrive(world, kind)
    (submission,) = world.export["submissions"]
    assert (submission["unit"], submission["status"], submission["current"]) == ("XHE", "review", False)
    (receipt,) = world.sent()
    told = " ".join(words(receipt).split())
    assert "表格标题为2020年，本期为2021年" in told
    assert "2020年6月18日至2020年8月1日" in told
    assert "请改报本期的统计表" in told
    for praise in ("已登记，内容齐全", "登记内容如下", "目前共登记"):
        assert praise not in told
    assert "【待核对】" in receipt["Subject"]
    assert "表格标题为2020年" in words(world.sent("case")[0])
    codes = [finding["code"] for finding in submission["findings"]]
    assert "old-template" not in codes  # said once


def test_it_counts_once_a_person_says_so(world: World) -> None:
    arrive(world, "xlsx")
    (message,) = world.messages
    settle(world.app, Act(ActKind.ACCEPT, Actor("staff"), Target(message.case), world.clock()))
    (submission,) = world.export["submissions"]
    assert (submission["status"], submission["current"]) == ("accepted", True)
    assert "other-year" not in [finding["code"] for finding in submission["findings"]]


def test_the_table_of_this_year_that_its_unit_sends_then_counts(world: World) -> None:
    arrive(world, "xlsx")
    arrive(world, "xlsx", TITLE.replace("2020", "2021"), ("2021.6.18", "2021.8.1"), "更正")
    assert [s["current"] for s in world.export["submissions"]] == [False, True]


def test_it_takes_the_place_of_nothing(world: World) -> None:
    arrive(world, "xlsx", TITLE.replace("2020", "2021"), ("2021.6.18", "2021.8.1"))
    arrive(world, "xlsx", subject="更正")
    assert [s["current"] for s in world.export["submissions"]] == [True, False]
