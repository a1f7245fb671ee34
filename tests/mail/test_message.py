"""Reading messages as real mail programs write them, and any bytes at all."""

import base64
import time
import tracemalloc
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail import headers, message
from mailbot.mail.cloud_links import cloud_links
from mailbot.mail.message import Mail
from mailbot.mail.mime import read
from mailbot.mail.quoting import own_words
from support import mails

WORKBOOK = b"PK\x03\x04 a workbook \x00\xff" * 20
NAME = "附件1：2021年“好网民”统计表（新河街）镕.xlsx"
FOLDED = "附件1：2021年好网民统计表（新河街）.xlsx"
HTML = '<html><body><p>您好</p><img src="cid:seal@example"></body></html>'


def only(mail: Mail) -> message.Attachment:
    (attachment,) = mail.attachments
    return attachment


# ---------------------------------------------------------------- the tree


def test_an_ordinary_mail_is_read_whole() -> None:
    mail = read(mails.mail(subject="报送统计表", attachments=[("统计表.xlsx", WORKBOOK)], message_id="<a@example.org>"))
    assert mail.head.subject == "报送统计表"
    assert mail.head.sender is not None
    assert (mail.head.sender.address, mail.head.sender.name) == ("xinhe@example.org", "新河街道总工会")
    assert mail.head.message_id == "<a@example.org>"
    assert [a.address for a in mail.head.recipients] == ["union@example.com"]
    assert mail.head.date is not None
    assert mail.head.date.isoformat() == "2021-09-24T15:02:11+08:00"
    assert mail.text.rstrip() == mails.WORDS
    assert only(mail) == message.Attachment("2", "统计表.xlsx", "application/octet-stream", WORKBOOK)
    assert mail.doubts == ()


def test_both_alternatives_are_kept() -> None:
    mail = read(mails.mail(text="明文", html="<p>网页</p>", attachments=[("a.xlsx", WORKBOOK)]))
    assert (mail.text, mail.html) == ("明文", "<p>网页</p>")
    assert mail.head.content_type == "multipart/mixed"


@pytest.mark.parametrize("encoding", ["base64", "8bit"])
def test_a_forwarded_mail_keeps_its_own_head_words_and_files(encoding: str) -> None:
    inner = mails.mail(sender="内层 <inner@example.net>", subject="内层主题", attachments=[("表.xlsx", WORKBOOK)])
    outer = mails.mail(forwarded=[inner]) if encoding == "8bit" else mails.mail(attachments=[("原件.eml", inner)])
    mail = read(outer)
    assert mail.attachments == ()
    (child,) = mail.forwarded
    assert child.head.subject == "内层主题"
    assert child.head.sender is not None
    assert child.head.sender.address == "inner@example.net"
    assert (only(child).path, only(child).content) == ("2/2", WORKBOOK)
    assert list(mail.mails()) == [mail, child]


def test_a_forwarded_mail_encoded_in_base64_is_read_although_no_standard_allows_it() -> None:
    fields = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64"
    inner = mails.part(fields, base64.encodebytes(mails.mail(subject="内层")))
    mail = read(mails.raw(b"Subject: outer", mails.multipart("mixed", [inner])))
    assert [child.head.subject for child in mail.forwarded] == ["内层"]


def test_a_mail_without_name_and_type_is_recognised_by_how_it_begins() -> None:
    inner = mails.part(b"Content-Type: application/octet-stream", mails.mail(subject="内层"))
    assert [child.head.subject for child in read(mails.raw(mails.multipart("mixed", [inner]))).forwarded] == ["内层"]


def test_a_web_archive_that_looks_like_a_mail_stays_a_file() -> None:
    archive = b"From: <Saved by a browser>\r\nSubject: sheet\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>"
    assert only(read(mails.mail(attachments=[("表.xls", archive)]))).content == archive


def test_a_file_without_name_and_disposition_is_kept() -> None:
    body = mails.multipart("mixed", [mails.part(b"Content-Type: application/vnd.ms-excel", WORKBOOK)])
    attachment = only(read(mails.raw(body)))
    assert (attachment.name, attachment.content) == (None, WORKBOOK)


def test_a_workbook_declared_as_text_is_kept_as_a_file() -> None:
    assert only(read(mails.part(b"Content-Type: text/plain", WORKBOOK))).path == "1"


def test_a_text_with_a_file_name_is_a_file_and_no_words() -> None:
    mail = read(mails.mail(text="请查收", attachments=[("表.csv", "姓名,人数".encode())]))
    assert mail.text == "请查收"
    assert only(mail).content == "姓名,人数".encode()


def test_an_empty_file_with_a_name_is_kept_so_that_its_sender_hears_of_it() -> None:
    assert only(read(mails.mail(attachments=[("附件1.xls", b"")]))).content == b""


def test_the_parts_of_a_report_are_kept() -> None:
    parts = [
        mails.part(b"Content-Type: text/plain", b"failed"),
        mails.part(b"Content-Type: message/delivery-status", b"Action: failed\r\n"),
        mails.part(b"Content-Type: text/rfc822-headers", b"Message-ID: <ours@example.com>\r\n"),
    ]
    mail = read(mails.raw(b"From: postmaster@example.net", mails.multipart("report", parts)))
    assert mail.head.content_type == "multipart/report"
    assert [a.type for a in mail.attachments] == ["message/delivery-status", "text/rfc822-headers"]


def test_a_missing_final_boundary_loses_nothing_and_is_told() -> None:
    body = mails.multipart("mixed", [mails.file("a.xlsx", WORKBOOK)], final=False)
    mail = read(mails.raw(b"Subject: x", body))
    assert only(mail).content == WORKBOOK
    assert mail.doubts == ("邮件缺少结束的分界线，可能在传送中被截断",)


def test_parts_behind_the_final_boundary_are_read_too() -> None:
    body = mails.multipart("mixed", [mails.file("a.xlsx", b"A")], boundary="b")
    late = b"--b\r\n" + mails.file("b.xlsx", b"B") + b"\r\n--b--\r\n"
    assert [a.content for a in read(mails.raw(body + late)).attachments] == [b"A", b"B"]


def test_a_boundary_that_is_not_the_one_declared_is_found() -> None:
    body = mails.multipart("mixed", [mails.file("a.xlsx", WORKBOOK)], boundary="real").replace(b'"real"', b'"other"')
    mail = read(mails.raw(body))
    assert only(mail).content == WORKBOOK
    assert mail.doubts


def test_a_boundary_that_begins_another_is_not_mistaken_for_it() -> None:
    inner = mails.multipart("alternative", [mails.part(b"Content-Type: text/plain", b"in")], boundary="b-1")
    mail = read(mails.raw(mails.multipart("mixed", [inner, mails.file("a.xlsx", WORKBOOK)], boundary="b")))
    assert (mail.text, only(mail).path) == ("in", "2")


def test_a_multipart_without_any_boundary_is_read_as_text() -> None:
    mail = read(b"Content-Type: multipart/mixed\r\n\r\nhello")
    assert mail.text == "hello"
    assert mail.doubts


def test_a_picture_counts_as_inline_only_where_the_text_shows_it() -> None:
    def picture(number: bytes) -> bytes:
        return mails.part(b"Content-Type: image/png\r\nContent-ID: <" + number + b">", b"\x89PNG")

    html = mails.part(b"Content-Type: text/html; charset=utf-8", HTML.encode())
    related = mails.multipart("related", [html, picture(b"seal@example"), picture(b"scan@example")])
    assert [a.inline for a in read(mails.raw(related)).attachments] == [True, False]


# ---------------------------------------------------------------- charsets and encodings


@pytest.mark.parametrize("label", ["gb2312", "GBK", "x-gbk", "cp936", "ms936", "gb_2312-80", "gb18030"])
@pytest.mark.parametrize("words", ["朱镕基 〇", "㙍喆 €", "①②③ “引号”—"])
def test_every_label_of_the_gb_family_is_read_as_gb18030(label: str, words: str) -> None:
    fields = f"Subject: =?{label}?B?{base64.b64encode(words.encode('gb18030')).decode()}?=\r\n"
    fields += f"Content-Type: text/plain; charset={label}\r\nContent-Transfer-Encoding: 8bit"
    mail = read(mails.part(fields.encode(), words.encode("gb18030")))
    assert (mail.head.subject, mail.text, mail.doubts) == (words, words, ())


@pytest.mark.parametrize("label", ["", "x-unknown", "utf-8", "us-ascii", "iso-8859-1", "idna", "unicode_escape", '""'])
@pytest.mark.parametrize("true", ["gb18030", "utf-8"])
def test_a_missing_unknown_or_wrong_label_falls_back_and_is_told(label: str, true: str) -> None:
    words = "统计表请查收，谢谢"
    mail = read(mails.part(f"Content-Type: text/plain; charset={label}".encode(), words.encode(true)))
    assert mail.text == words
    assert bool(mail.doubts) is (label != true)


def test_utf8_labelled_as_gb_is_no_mojibake() -> None:
    mail = read(mails.part(b"Content-Type: text/plain; charset=gb2312", "统计表请查收".encode()))
    assert mail.text == "统计表请查收"
    assert mail.doubts


def test_western_names_under_their_own_label_stay_as_they_are() -> None:
    mail = read(mails.part(b"Content-Type: text/plain; charset=iso-8859-1", "café Zoë".encode("latin-1")))
    assert (mail.text, mail.doubts) == ("café Zoë", ())


def test_big5_and_utf16_and_hz_are_read_by_their_labels() -> None:
    for label, words in (("big5", "統計表"), ("utf-16", "统计表"), ("hz-gb-2312", "统计表")):
        content = base64.encodebytes(words.encode("hz" if label.startswith("hz") else label))
        fields = f"Content-Type: text/plain; charset={label}\r\nContent-Transfer-Encoding: base64".encode()
        assert read(mails.part(fields, content)).text == words


def test_a_text_cut_inside_a_character_keeps_all_the_others() -> None:
    words = "统计表请查收，谢谢。" * 10
    mail = read(mails.part(b"Content-Type: text/plain; charset=gbk", words.encode("gbk")[:-1]))
    assert mail.text.startswith(words[:-1])
    assert mail.text.endswith("\\xa1")
    assert mail.doubts


def test_the_charset_of_a_page_without_label_is_the_one_it_names_itself() -> None:
    page = '<html><meta charset="big5"><p>統計表</p>'
    mail = read(mails.part(b"Content-Type: text/html", page.encode("big5")))
    assert (mail.html, mail.doubts) == (page, ())


@pytest.mark.parametrize(
    ("encoded", "content"),
    [
        (b"6KGo5qC8\r\n", "表格".encode()),
        (b"6KGo5qC8", "表格".encode()),
        (b"6KGo5qC85Q", "表格".encode() + b"\xe5"),
        (b"6KGo\r\n5qC8\r\n\r\n", "表格".encode()),
        (b"YQ==YQ==", b"aa"),
    ],
)
def test_base64_is_read_however_it_ends(encoded: bytes, content: bytes) -> None:
    fields = b"Content-Type: application/x\r\nContent-Transfer-Encoding: Base64"
    assert only(read(mails.part(fields, encoded))).content == content


def test_truncated_base64_gives_what_arrived_and_a_doubt() -> None:
    fields = b"Content-Type: application/x\r\nContent-Transfer-Encoding: base64"
    mail = read(mails.part(fields, base64.b64encode(WORKBOOK)[:101]))
    assert only(mail).content == WORKBOOK[:75]
    assert mail.doubts == ("base64内容不完整，可能在传送中被截断",)


def test_a_footer_behind_base64_is_no_part_of_the_file() -> None:
    fields = b"Content-Type: application/x\r\nContent-Transfer-Encoding: base64"
    content = base64.encodebytes(WORKBOOK * 20 + b"!") + b"\r\n---\r\nChecked, no virus.\r\n"
    mail = read(mails.part(fields, content))
    assert only(mail).content == WORKBOOK * 20 + b"!"
    assert mail.doubts


def test_words_that_are_not_the_base64_they_claim_to_be_stay_as_they_are() -> None:
    fields = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64"
    mail = read(mails.part(fields, "您好，请查收".encode()))
    assert mail.text == "您好，请查收"
    assert mail.doubts


# ---------------------------------------------------------------- the digest


def test_another_hop_that_encodes_anew_does_not_change_the_digest() -> None:
    table = [("统计表.xlsx", WORKBOOK)]
    one = read(mails.mail(attachments=table))
    other = read(
        mails.mail(attachments=table, encoding="8bit", charset="gb18030", headers={"Received": "from example.net"})
    )
    assert one.content_digest == other.content_digest


@pytest.mark.parametrize("change", [{"text": "改"}, {"attachments": [("统计表.xlsx", b"other")]}, {"html": "<p>"}])
def test_other_content_is_another_digest(change: dict[str, str]) -> None:
    usual = {"attachments": [("统计表.xlsx", WORKBOOK)]}
    assert read(mails.mail(**usual)).content_digest != read(mails.mail(**(usual | change))).content_digest  # type: ignore[arg-type]


def test_other_content_of_a_forwarded_mail_is_another_digest() -> None:
    one, other = (read(mails.mail(forwarded=[mails.mail(text=text)])) for text in ("甲", "乙"))
    assert one.content_digest != other.content_digest


# ---------------------------------------------------------------- any bytes, and hostile ones


@given(st.binary(max_size=2_000))
def test_any_bytes_give_a_mail(raw: bytes) -> None:
    mail = read(raw)
    assert message.plain(mail).encode() is not None
    assert "\0" not in mail.text + mail.html + mail.head.subject


PIECES = st.sampled_from(
    (
        b"From: |Subject: |To: |Date: 1 Jan 0001|Message-ID: |Content-Type: |multipart/mixed; boundary=b|"
        b"message/rfc822|text/html; charset=|gb2312|utf-7|utf-16|=?gbk?B?|=?utf-8?Q?=0A=C0|?=|"
        b"Content-Transfer-Encoding: |base64|quoted-printable|x-uuencode|begin 644 a|"
        b"; filename*0*=|gbk''%CD%F8|; name=|Content-Disposition: attachment|"
        b"\r\n|\n|\r\n\r\n|--b\r\n|--b--|'|\"|\\|\xcd\xb3|\xe7\xbb\x9f|\0|<a@b>|(|,|:|+2AA-|<p>|\xff\xfe| "
    ).split(b"|")
)


@given(st.lists(PIECES, max_size=40).map(b"".join))
def test_any_pieces_of_mail_give_a_mail_that_can_be_stored(raw: bytes) -> None:
    mail = read(raw)
    for inner in mail.mails():
        shown = [inner.text, inner.html, inner.head.subject, *(a.name or "" for a in inner.attachments)]
        shown += [text for _, text in inner.head.headers] + list(inner.doubts)
        shown += [a.name + a.address for a in inner.head.recipients]
        assert "\0" not in "".join(shown)
        assert "".join(shown).encode() is not None
        assert "\n" not in inner.head.subject
        assert inner.head.date is None or inner.head.date.astimezone() is not None
    own_words(message.plain(mail))


def nested(depth: int) -> bytes:
    begin = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return begin + b"\r\nend"


def nested_mails(depth: int) -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: end\r\n\r\nend"


def deep(open_tag: bytes) -> bytes:
    return mails.part(b"Content-Type: text/html", open_tag * 200_000 + b"end")


HOSTILE = {
    "2,000 multiparts in one another": lambda: nested(2_000),
    "2,000 mails in one another": lambda: nested_mails(2_000),
    "100,000 parts": lambda: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000,
    "100,000 fields": lambda: b"".join(b"X-%d: a\r\n" % n for n in range(100_000)) + b"From: a@example.org\r\n\r\nx",
    "20,000 parameters": lambda: b"Content-Type: text/plain" + b";a=b" * 20_000 + b"\r\n\r\nx",
    "20,000 semicolons": lambda: b"Content-Type: text/plain" + b";" * 20_000 + b"\r\n\r\nx",
    "20,000 open quotes": lambda: b"Content-Type: text/plain" + b';a="' * 20_000 + b"\r\n\r\nx",
    "20,000 blanks": lambda: b"Content-Type: text/plain;" + b" " * 200_000 + b"\r\n\r\nx",
    "a subject of 1 MB of encoded words": lambda: b"Subject: " + b"=?utf-8?B?5qC8?= " * 60_000 + b"\r\n\r\nx",
    "a subject of 1 MB of broken words": lambda: b"Subject: " + b"=?utf-8?B?" * 100_000 + b"\r\n\r\nx",
    "2,000 parentheses": lambda: b"To: " + b"(" * 2_000 + b"\r\n\r\nx",
    "20,000 addresses": lambda: b"To: " + b"a@example.org, " * 20_000 + b"\r\n\r\nx",
    "20,000 angle brackets": lambda: b"To: " + b"<" * 20_000 + b"\r\nReferences: " + b"<a@" * 5_000 + b"\r\n\r\nx",
    "10 MB without an end of the header": lambda: b"X: " + b"a" * 10_000_000,
    "10 MB of line ends": lambda: b"Subject: x\r\n" + b"\r\n" * 5_000_000,
    "a page 200,000 tags deep": lambda: deep(b"<div>"),
    "a page with 200,000 open tables": lambda: deep(b"<table><tr><td>"),
    "a date of 10,000 digits": lambda: b"Date: " + b"9" * 10_000 + b"\r\n\r\nx",
    "punycode": lambda: mails.part(
        b"Content-Type: text/plain; charset=punycode", b"a" * 200_000 + b"-" + b"b" * 200_000
    ),
    "an endless quotation": lambda: mails.part(
        b"Content-Type: text/plain", b"2021 1111" * 100_000 + b"\n> a" * 100_000
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mails_cost_little(name: str) -> None:
    raw = HOSTILE[name]()
    begun = time.process_time()
    mail = read(raw)
    own_words(message.plain(mail))
    cloud_links(mail)
    # of the processor: other programs on the machine do not count
    assert time.process_time() - begun < 5
    assert len(mail.head.headers) <= headers.MOST_FIELDS + 20


@pytest.mark.parametrize(
    "name", ["2,000 multiparts in one another", "a subject of 1 MB of encoded words", "100,000 parts"]
)
def test_hostile_mails_take_little_memory(name: str) -> None:
    raw = HOSTILE[name]()
    tracemalloc.start()
    try:
        read(raw)
        assert tracemalloc.get_traced_memory()[1] < 30 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_what_was_not_read_is_told() -> None:
    for name, told in (
        ("2,000 multiparts in one another", "层层转发过多（超过 20 层）"),
        ("2,000 mails in one another", "层层转发过多（超过 20 层）"),
        ("100,000 parts", "组成部分过多（超过 1000 个）"),
    ):
        faults = [mail.fault for mail in read(HOSTILE[name]()).mails() if mail.fault]
        assert told in faults[-1].text
    assert "邮件头字段 subject 过长，只读取了前面的部分" in read(HOSTILE["a subject of 1 MB of encoded words"]()).doubts


def test_a_sender_below_100_000_fields_is_still_known() -> None:
    sender = read(HOSTILE["100,000 fields"]()).head.sender
    assert sender is not None
    assert sender.address == "a@example.org"


def test_of_a_mail_beyond_the_limit_only_the_head_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message, "LARGEST", 1024 * 1024)
    mail = read(mails.mail(subject="很大", attachments=[("a.xlsx", b"x" * 1024 * 1024)]))
    assert (mail.head.subject, mail.text, mail.attachments) == ("很大", "", ())
    assert mail.fault is not None
    assert mail.fault.code == "too-large"
    assert mail.fault.text.startswith("邮件约 1 MB，超过系统可接收的 1 MB，其内容未予读取。请将统计表")


# ---------------------------------------------------------------- names of files


@pytest.mark.parametrize("form", [form for form in mails.NAME_FORMS if form != "none"])
@pytest.mark.parametrize("name", [FOLDED, "a b 表.xls", "统计表.et"])
def test_a_file_name_is_read_in_every_form(form: str, name: str) -> None:
    body = mails.multipart("mixed", [mails.file(name, WORKBOOK, form=form)])
    assert only(read(mails.raw(body))).name == name


@pytest.mark.parametrize("form", ["rfc2047-whole", "rfc2047-split", "raw-gbk", "rfc2231-of-rfc2047"])
def test_a_file_name_keeps_characters_that_only_gb18030_has(form: str) -> None:
    name = "赵镕〇㙍𠮷.xlsx"
    assert only(read(mails.raw(mails.multipart("mixed", [mails.file(name, WORKBOOK, form=form)])))).name == name


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (b'filename="../../etc/passwd"', "passwd"),
        (b'filename="C:\\dir\\a.xls"', "a.xls"),
        (b'filename="a\0b\tc.xls"', "a\ufffdb c.xls"),
        ('filename="a\u202exslx.exe"'.encode(), "axslx.exe"),
        (b'filename="e\xcc\x81.xls"', "é.xls"),
        (b'filename="a.xls. . "', "a.xls"),
        (b'filename="100%25.xls"', "100%25.xls"),
        (b'filename="50%AB.xls"', "50%AB.xls"),
        (b'filename=""', None),
        (b"filename*", None),
        (b"filename*=", None),
        (b"filename*0*", None),
        (b"filename*=x-none''%CD%B3%BC%C6.xls", "统计.xls"),
        (b"filename*1*=%CD; filename*0*=gbk''%CD%B3%BC; filename*2=.xls", "统纪.xls"),
        (b'filename="a;b.xls"', "a;b.xls"),
        (b'filename="a\\"b.xls"', 'a"b.xls'),
        (b'filename="unclosed.xls', "unclosed.xls"),
        (b"filename=a b c.xls; size=3", "a b c.xls"),
        (b"FileName = x.xls", "x.xls"),
    ],
)
def test_an_odd_file_name_is_made_safe(fields: bytes, name: str | None) -> None:
    body = mails.part(b"Content-Type: application/x\r\nContent-Disposition: attachment; " + fields, WORKBOOK)
    assert only(read(body)).name == name


def test_a_very_long_file_name_keeps_its_extension() -> None:
    name = only(read(mails.mail(attachments=[("长" * 300 + ".xlsx", WORKBOOK)]))).name
    assert name == "长" * 115 + ".xlsx"


# ---------------------------------------------------------------- against the standard library


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60),
    st.binary(max_size=300),
)
def test_what_the_standard_library_writes_is_read_back(words: str, content: bytes) -> None:
    written = EmailMessage()
    written["From"] = "a@example.org"
    written["Subject"] = " ".join(words.split())
    written.set_content("正文\n" + words)
    written.add_attachment(content, maintype="application", subtype="x", filename="表.xlsx")
    mail = read(bytes(written))
    assert mail.head.subject == " ".join(words.split()).strip()
    assert mail.text.rstrip("\n") == ("正文\n" + words).rstrip("\n")
    assert (only(mail).name, only(mail).content) == ("表.xlsx", content)
