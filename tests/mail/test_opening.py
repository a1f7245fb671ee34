"""Opening a message: attachments, files in archives and tables pasted into the text all become documents."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.cli.demo.tables import Activity, Filled, workbook
from mailbot.mail.documents import Document
from mailbot.mail.message import LARGEST
from mailbot.mail.opening import Opened, open_mail
from parsers.child.isolate import Isolated
from parsers.forms.form import load
from parsers.reading import Period
from support import mails
from support.paths import GOLDEN_LETTERS

FORMS = (load("activities"),)
PERIOD = Period(date(2021, 5, 1), date(2021, 9, 30), date(2021, 9, 24))
QUIZ = Activity("网络安全知识竞赛", "2021年6月15日", "文化中心", "知识竞赛", "宣传网络安全", (2, 10, 3, 120, 5000))
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(60)

ROWS = (
    ("序号", "活动名称", "活动时间", "活动地点", "活动形式", "接触职工人数", "覆盖职工网民数"),
    ("1", "网络安全知识竞赛", "2021年6月15日", "文化中心", "知识竞赛", "120", "5000"),
    ("2", "好网民主题演讲", "2021年7月2日", "职工之家", "主题演讲", "80", "900"),
)
HEAD = "填报单位：新河街道总工会    填报人：林晓雨    联系电话：65300001"
LETTERS = sorted(GOLDEN_LETTERS.glob("*.html"))
QUOTED = "在 2021年9月20日，office@example.com 写道："


def table(title: str = QUIZ.title) -> bytes:
    return workbook(Filled("新河街道总工会", "林晓雨", "65300001", date(2021, 9, 1), (replace(QUIZ, title=title),)))


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def html(*rows: tuple[str, ...], above: str = "<p>您好，统计表如下。</p>") -> str:
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows or ROWS)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<html><body>{above}<p>{HEAD}</p><table>{body}</table></body></html>"


def aligned(*rows: tuple[str, ...], gap: str = "   ") -> str:
    return "\n".join(["您好，统计表如下。", HEAD, *(gap.join(row) for row in rows or ROWS), "请查收。"])


def opened(raw: bytes) -> Opened:
    return open_mail(raw, FORMS, PERIOD)


def with_file(name: str, content: bytes) -> Opened:
    return opened(mails.mail(attachments=[(name, content)]))


def places(of: Opened) -> list[tuple[str, str]]:
    return [(document.path, document.name) for document in of.documents]


def only(of: Opened) -> Document:
    (document,) = of.documents
    return document


def titles(of: Opened) -> list[object]:
    return [record.values["title"].content for _, reading in of.readings for record in reading.records]


def faults(of: Opened) -> list[str | None]:
    return [document.fault.code if document.fault else None for document in of.documents]


# ---------------------------------------------------------------- containers


def test_the_files_of_an_archive_are_documents_and_the_archive_is_none() -> None:
    mail = with_file("报送.zip", zipped({"新河街/附件1.xlsx": table(), "活动照片.png": PICTURE}))
    assert places(mail) == [("2/新河街/附件1.xlsx", "新河街/附件1.xlsx"), ("2/活动照片.png", "活动照片.png")]
    assert titles(mail) == [QUIZ.title]


def test_an_archive_in_an_archive_is_opened() -> None:
    mail = with_file("a.zip", zipped({"b.zip": zipped({"附件1.xlsx": table()})}))
    assert places(mail) == [("2/b.zip/附件1.xlsx", "附件1.xlsx")]
    assert titles(mail) == [QUIZ.title]


def test_an_archive_in_an_archive_in_an_archive_is_reported_and_not_opened() -> None:
    mail = with_file("a.zip", zipped({"b.zip": zipped({"c.zip": zipped({"附件1.xlsx": table()})})}))
    assert (places(mail), faults(mail)) == ([("2/b.zip/c.zip", "c.zip")], ["archive"])


def test_an_archive_with_a_fault_is_a_document_with_its_fault() -> None:
    mail = with_file("报送.zip", zipped({"附件1.xlsx": table()})[:400])
    assert (places(mail), faults(mail)) == ([("2", "报送.zip")], ["truncated"])
    assert "压缩包不完整" in (only(mail).fault.text if only(mail).fault else "")


def test_names_in_an_archive_are_shown_without_the_way_out_of_it() -> None:
    mail = with_file("a.zip", zipped({"..\\..\\C:\\x\u202efdp.xlsx": table(), "/etc/../y.png": PICTURE}))
    assert [document.name for document in mail.documents] == ["C:/xfdp.xlsx", "etc/y.png"]


def test_of_a_name_that_is_too_long_the_file_remains() -> None:
    mail = with_file("a.zip", zipped({f"{'很长' * 60}/附件1.xlsx": table()}))
    assert only(mail).name == "附件1.xlsx"


def test_all_archives_of_a_mail_share_one_budget() -> None:
    many = zipped({f"{n}.txt": b"x" for n in range(150)})
    mail = opened(mails.mail(attachments=[("a.zip", many), ("b.zip", many)]))
    assert len(mail.documents) == 151
    assert faults(mail)[-1] == "too-large"


def test_a_mail_in_an_archive_is_opened_as_a_mail() -> None:
    inner = mails.mail(
        text="转来新港街的表", attachments=[("附件1.xlsx", table()), ("a.zip", zipped({"b.png": PICTURE}))]
    )
    mail = with_file("a.zip", zipped({"转发.eml": inner}))
    assert places(mail) == [("2/转发.eml/2", "附件1.xlsx"), ("2/转发.eml/3/b.png", "b.png")]
    assert "转来新港街的表" in mail.words
    assert titles(mail) == [QUIZ.title]


def test_a_file_that_is_only_called_a_mail_stays_a_file() -> None:
    assert places(with_file("a.zip", zipped({"不是邮件.eml": table()}))) == [("2/不是邮件.eml", "不是邮件.eml")]


def test_an_archive_in_a_forwarded_mail_keeps_its_place() -> None:
    inner = mails.mail(attachments=[("报送.zip", zipped({"附件1.xlsx": table()}))])
    assert places(opened(mails.mail(forwarded=[inner]))) == [("2/2/附件1.xlsx", "附件1.xlsx")]


def test_workbooks_are_zips_and_no_containers() -> None:
    assert places(with_file("附件1.xlsx", table())) == [("2", "附件1.xlsx")]


# ---------------------------------------------------------------- tables in the mail itself


def test_a_table_in_the_html_of_a_mail_is_a_document() -> None:
    mail = opened(mails.mail(html=html()))
    assert places(mail) == [("TEXT", "邮件正文")]
    assert titles(mail) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert mail.readings[0][1].header["unit_raw"].content == "新河街道总工会"


def test_a_table_in_the_text_of_a_mail_is_a_document() -> None:
    mail = opened(mails.mail(text=aligned(gap="\t")))
    assert places(mail) == [("TEXT", "邮件正文")]
    assert titles(mail) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert not any(finding.code == "aligned-text" for finding in mail.readings[0][1].findings)


def test_columns_that_are_told_by_blanks_alone_are_read_with_a_warning() -> None:
    mail = opened(mails.mail(text=aligned()))
    assert titles(mail) == ["网络安全知识竞赛", "好网民主题演讲"]
    assert any(finding.code == "aligned-text" for finding in mail.readings[0][1].findings)


def test_columns_that_are_told_by_blanks_are_not_read_where_a_cell_is_blank() -> None:
    short = (*ROWS[2][:5], ROWS[2][6])
    assert opened(mails.mail(text=aligned(*ROWS[:2], short, ROWS[2]))).documents == ()


def test_the_table_of_a_forwarded_mail_has_its_place() -> None:
    assert places(opened(mails.mail(forwarded=[mails.mail(html=html())]))) == [("2/TEXT", "邮件正文")]


def test_the_text_is_not_asked_where_the_html_has_the_table() -> None:
    assert len(opened(mails.mail(text=aligned(gap="\t"), html=html())).documents) == 1


def test_a_table_that_is_attached_as_well_counts_as_the_attachment() -> None:
    same = html(*ROWS[:2])
    both = opened(mails.mail(html=same, attachments=[("附件1.html", same.encode())]))
    assert [document.name for document in both.documents] == ["附件1.html"]


def test_another_table_than_the_attached_one_stays() -> None:
    both = opened(mails.mail(html=html(), attachments=[("附件1.xlsx", table())]))
    assert [document.name for document in both.documents] == ["附件1.xlsx", "邮件正文"]


@pytest.mark.parametrize(
    "body",
    [
        "<p>您好</p><table><tr><td>姓名</td><td>电话</td></tr><tr><td>林晓雨</td><td>65300001</td></tr></table>",
        "<table><tr><td><img src='cid:logo'></td></tr></table>",
        "<table>",
    ],
)
def test_a_body_without_a_table_of_a_form_adds_nothing(body: str) -> None:
    assert opened(mails.mail(html=body)).documents == ()


def test_a_quoted_table_was_counted_when_it_came() -> None:
    answer = html(above=f"<p>收到，谢谢。</p><p>{QUOTED}</p>")
    assert opened(mails.mail(subject="回复：统计表", html=answer)).documents == ()
    answer = "\n".join(["收到", QUOTED, aligned(gap="\t")])
    assert opened(mails.mail(subject="回复：统计表", text=answer)).documents == ()


def test_a_table_above_a_quoted_mail_is_the_writers_own() -> None:
    answer = html() + f"<p>{QUOTED}</p><blockquote>请补正。</blockquote>"
    assert len(opened(mails.mail(subject="回复：请补正", html=answer)).readings) == 1


def test_a_mail_that_was_sent_on_means_the_table_in_it() -> None:
    sent_on = html(above="<p>-----原始邮件-----</p><p>发件人：新河街</p>")
    assert len(opened(mails.mail(subject="转发：统计表", html=sent_on)).readings) == 1


@pytest.mark.parametrize("subject", ["回复：【已收到】统计表", "转发：【已收到】统计表", "转发", "统计表"])
@pytest.mark.parametrize("quote", ["{}", "<blockquote>{}</blockquote>", f"<p>{QUOTED}</p>{{}}"])
@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.stem)
def test_our_own_letters_are_no_tables_however_they_come_back(letter: Path, quote: str, subject: str) -> None:
    body = f"<p>收到，谢谢。</p>{quote.format(letter.read_text(encoding='utf-8'))}"
    text = f"收到，谢谢。\n{letter.with_suffix('.txt').read_text(encoding='utf-8')}"
    assert opened(mails.mail(subject=subject, html=body, text=text)).documents == ()


def test_our_own_letters_are_no_tables_as_files_either() -> None:
    letter = mails.mail(html=html(), headers={"X-Mailbot-Letter": "receipt"})
    assert opened(mails.mail(subject="转发", forwarded=[letter])).documents == ()


# ---------------------------------------------------------------- beside a table


def test_pictures_and_news_beside_a_table_leave_it_as_it_is() -> None:
    beside = [("盖章件.png", PICTURE), ("附件1.xlsx", table()), ("信息.txt", "本街道开展了活动。".encode())]
    mail = opened(mails.mail(attachments=beside))
    assert titles(mail) == [QUIZ.title]
    assert faults(mail) == ["picture", None, "unknown-type"]


@given(st.binary(max_size=400))
def test_any_attachment_gives_documents(content: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\x78\x9f\x3e\x22\0\0", b"\x1f\x8b\x08", b"Rar!\x1a\x07\0"):
        assert len(with_file("a", start + content).documents) <= 1 + len(content)


def test_the_name_of_an_archive_is_a_name_of_what_lies_in_it() -> None:
    raw = mails.mail(attachments=[("新河街.zip", zipped({"附件1.xlsx": table()}))])
    (document,) = opened(raw).documents
    assert (document.name, document.names) == ("附件1.xlsx", "新河街.zip 附件1.xlsx")


def test_a_mail_that_is_not_read_to_its_end_says_so_beside_the_table_that_was_read() -> None:
    files = [("附件1.xlsx", table()), *((f"{n}.png", PICTURE) for n in range(1_000))]
    opened = open_mail(mails.mail(attachments=files), FORMS, PERIOD)
    assert len(opened.readings) == 1
    (whole,) = (document for document in opened.documents if not document.path)
    assert whole.fault is not None
    assert whole.fault.code == "too-large"


def test_as_much_as_providers_take_is_read_in_the_limited_child() -> None:
    photo = b"\xff\xd8\xff" + bytes(range(256)) * 4096 * 49
    raw = mails.mail(attachments=[("照片.jpg", photo), ("附件1.xlsx", table())])
    assert 68_000_000 < len(raw) < LARGEST
    with Isolated() as child:
        opened = child.call(open_mail, raw, FORMS, PERIOD, timeout=60)
    assert [document.name for document, _ in opened.readings] == ["附件1.xlsx"]


PAGE = "<table>" + "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in ROWS) + "</table>"
WORDS = mails.part(b"Content-Type: text/plain; charset=utf-8", "见附表".encode())


def codes(kind: str, *parts: bytes, final: bool) -> list[str]:
    """The findings of the one table in a mail of those parts; `final`: with the boundary that ends it."""
    raw = mails.raw(b"From: <xinhe@example.org>", b"Subject: =?", mails.multipart(kind, [WORDS, *parts], final=final))
    ((_, reading),) = open_mail(raw, FORMS, PERIOD).readings
    return [finding.code for finding in reading.findings]


@pytest.mark.parametrize("final", [True, False], ids=["whole", "cut"])
def test_a_table_without_an_end_of_its_own_may_have_lost_it_on_the_way(final: bool) -> None:
    sheet = mails.file("统计表.csv", "\n".join(",".join(row) for row in ROWS).encode("gb18030"))
    page = mails.file("统计表.xls", f"<html><body>{PAGE}</body></html>".encode())
    words = mails.part(b"Content-Type: text/html; charset=utf-8", PAGE.encode())
    for found in (codes("mixed", sheet, final=final), codes("mixed", page, final=final)):
        assert ("cut-off" in found) is not final
    assert ("cut-off" in codes("alternative", words, final=final)) is not final


def test_what_base64_lost_at_its_end_is_told() -> None:
    whole = mails.file("统计表.csv", "\n".join(",".join(row) for row in ROWS).encode("gb18030")).rstrip(b"\r\n=")
    assert "cut-off" in codes("mixed", whole[:-3], WORDS, final=True)


def test_a_whole_workbook_in_a_mail_without_its_last_boundary_is_whole() -> None:
    assert "cut-off" not in codes("mixed", mails.file("附件1.xlsx", table()), final=False)


def test_what_the_limited_child_reads_besides_code_can_be_read_there() -> None:
    """Vocabularies lie beside the code; a report of undelivered mail and a table need all of them."""
    returned = mails.mail(
        sender="MAILER-DAEMON@mx.example.com",
        subject="Undelivered Mail Returned to Sender",
        text="<nobody@example.net>: 550 5.1.1 User unknown",
        attachments=[("附件1.xlsx", table())],
    )
    with Isolated() as child:
        assert child.call(open_mail, returned, FORMS, PERIOD, timeout=60) == open_mail(returned, FORMS, PERIOD)
