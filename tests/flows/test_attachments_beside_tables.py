"""Other contents of a mail with a table: seals, photos and logos are ignored, archives and pasted tables are read."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from support.mails import mail
from support.world import World, activity, table, words

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(60)
NEWS = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>新河街道总工会开展网络安全宣传活动。</w:t></w:r></w:p></w:body></w:document>"
)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Override PartName="/word/document.xml" ContentType="{WORD}"/></Types>'
)
LEADS_TO = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{LEADS_TO}" Target="word/document.xml"/></Relationships>'
)


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def report(*attachments: tuple[str, bytes], **fields: str) -> bytes:
    return mail(sender="李晓 <xinhe@example.org>", attachments=attachments, **fields)  # type: ignore[arg-type]


def test_seals_photos_logos_and_news_beside_a_table_do_no_harm(world: World) -> None:
    news = zipped({"[Content_Types].xml": TYPES, "_rels/.rels": RELATIONS, "word/document.xml": NEWS})
    beside = {"盖章件.png": PICTURE, "信息.docx": news, "说明.txt": "活动圆满结束。".encode(), "logo.png": PICTURE}
    world.deliver(report(("附件1.xlsx", table()), *beside.items()))
    world.round()
    (submission,) = world.export["submissions"]
    assert (submission["unit"], submission["status"], submission["current"]) == ("XHE", "accepted", True)
    (receipt,) = world.sent()
    assert "【已收到】" in receipt["Subject"]
    assert "未能读取的文件" not in words(receipt)
    assert all(name in words(receipt) for name in beside)


def test_a_table_in_an_archive_counts_like_one_that_is_attached(world: World) -> None:
    world.deliver(report(("报送材料.zip", zipped({"附件1.xlsx": table(), "照片.png": PICTURE}))))
    world.round()
    (submission,) = world.export["submissions"]
    assert (submission["attachment"], submission["status"]) == ("附件1.xlsx", "accepted")


def test_an_archive_that_cannot_be_opened_is_answered_with_the_step_that_helps(world: World) -> None:
    world.deliver(report(("统计表.zip", zipped({"附件1.xlsx": table()})[:500])))
    world.round()
    assert [message.disposition for message in world.messages] == ["unreadable"]
    (receipt,) = world.sent()
    assert "“统计表.zip”：压缩包不完整" in words(receipt)


def test_a_unit_that_answers_our_receipt_and_quotes_it_reports_nothing_again(world: World) -> None:
    world.deliver(report(("附件1.xlsx", table())))
    world.round()
    (receipt,) = world.sent()
    part = receipt.get_body(("html",))
    assert part is not None
    quoted = f"<p>收到，谢谢。</p><blockquote>{part.get_content()}</blockquote>"
    world.deliver(report(subject=f"回复：{receipt['Subject']}", text=words(receipt), html=quoted))
    world.round()
    assert len(world.export["submissions"]) == 1


# ---------------------------------------------------------------- what beside a table could not be read


def test_a_second_table_that_cannot_be_read_is_told_in_the_heading_and_as_a_finding(world: World) -> None:
    world.deliver(report(("6月.xlsx", table()), ("7月.xlsx", table()[:700])))
    world.round()
    (submission,) = world.export["submissions"]
    assert (submission["status"], submission["current"]) == ("accepted", True)
    assert "file-unread" in [finding["code"] for finding in submission["findings"]]
    (receipt,) = world.sent()
    assert "部分附件无法读取" in receipt["Subject"]
    assert "内容齐全" not in words(receipt)
    assert "“7月.xlsx”：" in words(receipt)


@pytest.mark.parametrize(("text", "counts"), [("补报7月的表。", True), ("重新附上。", False)])
def test_an_answer_to_that_receipt_never_drops_what_was_read(world: World, text: str, counts: bool) -> None:
    july = table("新河街道总工会", activity("主题演讲", "2021-07-05"))
    world.deliver(report(("6月.xlsx", table()), ("7月.xlsx", july[:700])))
    world.round()
    subject = f"回复：{world.sent()[0]['Subject']}"
    world.deliver(report(("7月.xlsx", july), subject=subject, text=text, message_id="<2@example.org>"))
    world.round()
    assert [s["current"] for s in world.export["submissions"]] == [True, counts]


LINK = "从QQ邮箱发来的超大附件\n{file} (52.30M)\n进入下载页面：https://mail.qq.com/cgi-bin/ftnExs_download?k=1"


@pytest.mark.parametrize(("file", "told"), [("8月统计表.xlsx", True), ("材料.zip", True), ("活动照片.jpg", False)])
def test_a_table_behind_a_link_is_asked_for_and_pictures_are_not(world: World, file: str, told: bool) -> None:
    world.deliver(report(("6月.xlsx", table()), text=f"统计表见附件。\n{LINK.format(file=file)}"))
    world.round()
    (submission,) = world.export["submissions"]
    assert ("file-unread" in [finding["code"] for finding in submission["findings"]]) is told
    (receipt,) = world.sent()
    assert ("部分附件无法读取" in receipt["Subject"]) is told
    assert ("网盘或超大附件的链接" in words(receipt)) is told


# ---------------------------------------------------------------- several tables of one unit


def test_two_versions_of_one_activity_in_a_mail_wait_both(world: World) -> None:
    older, newer = table("新河街道总工会", activity(people=100)), table("新河街道总工会", activity(people=110))
    world.deliver(report(("统计表（旧）.xlsx", older), ("统计表（新）.xlsx", newer)))
    world.round()
    assert [(s["status"], s["current"]) for s in world.export["submissions"]] == [("review", False)] * 2
    (receipt,) = world.sent()
    assert "无法确定以哪份为准" in words(receipt)
    assert "注明为补报" not in words(receipt)


def test_the_tables_of_a_correction_take_the_place_of_earlier_ones_together(world: World) -> None:
    first, second = activity("甲", people=10), activity("乙", people=20)
    world.deliver(report(("统计表.xlsx", table("新河街道总工会", first, second))))
    world.round()
    changed = (
        ("6月.xlsx", table("新河街道总工会", activity("甲", people=11))),
        ("7月.xlsx", table("新河街道总工会", second)),
    )
    world.deliver(report(*changed, subject="更正", message_id="<2@example.org>"))
    world.round()
    assert [(s["relation"], s["current"]) for s in world.export["submissions"]] == [
        ("new", False),
        ("replaces", True),
        ("supplements", True),
    ]


def test_of_a_report_in_several_tables_none_counts_while_its_relation_is_unclear(world: World) -> None:
    world.deliver(report(("统计表.xlsx", table("新河街道总工会", activity("甲")))))
    world.round()
    more = (("a.xlsx", table("新河街道总工会", activity("丙"))), ("b.xlsx", table("新河街道总工会", activity("丁"))))
    world.deliver(report(*more, message_id="<2@example.org>"))
    world.round()
    assert [s["current"] for s in world.export["submissions"]] == [True, False, False]


def test_activities_that_a_correction_drops_are_named_to_its_sender(world: World) -> None:
    world.deliver(report(("统计表.xlsx", table("新河街道总工会", activity("甲"), activity("乙", "2021-07-01")))))
    world.deliver(
        report(
            ("统计表.xlsx", table("新河街道总工会", activity("甲"))),
            subject="更正，以此为准",
            message_id="<2@example.org>",
        )
    )
    world.round()
    assert [s["relation"] for s in world.export["submissions"]] == ["new", "replaces"]
    assert "此前登记的“乙”（2021年7月1日）不在本次的表中，已不再计入" in words(world.sent()[-1])
