"""A table waits for a person where its sender says not to count it, or where it is a table of another kind."""

import pytest

from mailbot.domain.act import Act, ActKind, Actor, Target
from mailbot.flows.settle import settle
from support.mails import mail
from support.world import World, activity, table, words


def arrive(
    world: World, subject: str = "统计表", text: str = "请查收。", file: str = "附件1.xlsx", people: int = 120
) -> None:
    content = table("新河街道总工会", activity(people=people))
    world.deliver(mail(sender="xinhe@example.org", subject=subject, text=text, attachments=[(file, content)]))
    world.round()


SAID = [
    ("统计表（讨论稿）", ""),
    ("统计表", "先请过目格式，暂不登记，定下来再报。"),
    ("统计表", "表里第3行活动因暴雨取消。"),
    ("统计表", "人数应为90人，以邮件正文为准。"),
    ("测试", ""),
    ("统计表", "请忽略本邮件。"),
    ("统计表", "附件为初稿，正式的统计表领导签字后再报。"),
]


@pytest.mark.parametrize(("subject", "text"), SAID)
def test_a_table_that_its_sender_says_not_to_count_waits_with_the_words(world: World, subject: str, text: str) -> None:
    arrive(world, subject, text)
    (submission,) = world.export["submissions"]
    assert (submission["unit"], submission["status"], submission["current"]) == ("XHE", "review", False)
    (finding,) = (f for f in submission["findings"] if f["code"] == "not-to-count")
    (receipt,) = world.sent()
    assert finding["text"] in words(receipt)
    assert finding["text"] in words(world.sent("case")[0])


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("统计表", "人数由110人更正为120人，已改好。"),
        ("统计表", "如不合要求，请勿登记并告知。"),
        ("统计表", "纸质盖章的正式表另行邮寄。"),
        ("网络安全知识测试活动统计表", "请勿回复本邮件。"),
        ("统计表", "第3届竞赛已完成，未取消任何活动。"),
        ("统计表", "活动时间应为6月15日，已改。"),
        ("统计表", "活动照片仅供参考。"),
    ],
)
def test_other_words_hold_nothing_back(world: World, subject: str, text: str) -> None:
    arrive(world, subject, text)
    (submission,) = world.export["submissions"]
    assert (submission["status"], submission["current"]) == ("accepted", True)


def test_a_held_table_counts_once_a_person_says_so(world: World) -> None:
    arrive(world, "统计表（初稿）")
    (message,) = world.messages
    settle(world.app, Act(ActKind.ACCEPT, Actor("staff"), Target(message.case), world.clock()))
    (submission,) = world.export["submissions"]
    assert (submission["status"], submission["relation"], submission["current"]) == ("accepted", "new", True)
    assert "not-to-count" not in [finding["code"] for finding in submission["findings"]]


def test_a_held_correction_replaces_nothing_before_a_person_says_so(world: World) -> None:
    arrive(world)
    arrive(world, "更正（征求意见稿）", people=130)
    assert [(s["relation"], s["current"]) for s in world.export["submissions"]] == [("new", True), ("unclear", False)]


def other_table(world: World, title: str, file: str, subject: str, *columns: str) -> None:
    import io

    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([title], ["填报单位：新河街道总工会"], ["序号", *columns], [1, "宣讲", "2021-06-15", "礼堂", 30, 5]):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    world.deliver(mail(sender="xinhe@example.org", subject=subject, attachments=[(file, content.getvalue())]))
    world.round()


COLUMNS = ("活动名称", "活动时间", "活动地点", "参加人数")


@pytest.mark.parametrize(
    ("title", "file", "last"),
    [
        ("职工疗休养情况统计表", "疗休养.xlsx", "床位数"),
        ("下半年活动计划表", "计划.xlsx", "备注"),
        ("", "金秋助学登记表.xlsx", "助学金额"),
    ],
)
def test_what_is_plainly_another_table_waits(world: World, title: str, file: str, last: str) -> None:
    other_table(world, title, file, "报送表格", *COLUMNS, last)
    (submission,) = world.export["submissions"]
    assert (submission["status"], submission["current"]) == ("review", False)
    assert "other-subject" in [finding["code"] for finding in submission["findings"]]


@pytest.mark.parametrize(
    ("title", "subject", "last"),
    [
        ("新河街道总工会网络安全宣传活动统计表", "统计表", "备注"),  # its columns are the form's own
        ("法治宣讲统计表", "“好网民”活动统计表", "床位数"),  # the mail speaks of the campaign
        ("新河街道总工会活动开展情况汇总表", "统计表", "床位数"),  # no other subject
        ("贯彻落实“12351+”计划目标任务统计表", "统计表", "床位数"),
    ],
)
def test_a_table_in_words_of_its_own_is_taken(world: World, title: str, subject: str, last: str) -> None:
    other_table(world, title, "附件1.xlsx", subject, *COLUMNS, last)
    (submission,) = world.export["submissions"]
    assert submission["current"]
