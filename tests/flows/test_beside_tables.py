"""What else lies in a mail with a table: seals, photos, logos and news do no harm, archives and pasted tables count."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from mails import mail
from world import World, table, words

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


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


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
