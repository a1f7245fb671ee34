"""Reading the headers of a message: addresses, dates, subjects, references."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.mail import Address, Head
from mailbot.mail import encoded_words
from mailbot.mail.mime import read
from support import mails

NAMES = "张三（新河街道总工会）镕"


def head(*lines: bytes) -> Head:
    return read(mails.raw(*lines, b"", b"body")).head


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (mails.word("报送统计表", "gb18030").encode(), "报送统计表"),
        (mails.split_words("关于报送统计表的通知镕", "gb18030").encode(), "关于报送统计表的通知镕"),
        (mails.split_words("关于报送统计表的通知", "utf-8", 4).encode(), "关于报送统计表的通知"),
        (b"=?gb2312?Q?=CD=B3=BC=C6_=B1=ED?=", "统计 表"),
        (b"=?gb2312?Q?=CD=B3=BC?= =?gb2312?Q?=C6?=", "统计"),
        (b"=?gbk?B?zbM=?= =?gb2312?B?vMY=?=", "统计"),
        (b"=?utf-8?B?57uf?=(=?utf-8?B?6K6h?=)", "统(计)"),
        (b"=?utf-8*zh?B?57uf?=", "统"),
        (b"=?utf-8?B?57uf6K6h", "=?utf-8?B?57uf6K6h"),
        (b"=?utf-8?B?!!!?= x", "=?utf-8?B?!!!?= x"),
        (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        (b"=?utf-8?Q?100=25=ZZ?=", "100%=ZZ"),
        (b"=?x-none?B?zbO8xg==?=", "统计"),
        (b"=?gb2312?B?57uf6K6h6KGo?=", "统计表"),
        (b"=?utf-8?B?57uf?=\r\n =?utf-8?B?6K6h?= a", "统计 a"),
        ("报送统计表".encode("gb18030"), "报送统计表"),
        ("报送统计表".encode(), "报送统计表"),
        (b"=?UTF-8?Q?a=0D=0ABcc:_x@example.com?=", "a Bcc: x@example.com"),
        (b"=?utf-8?B??=", ""),
        (b"", ""),
    ],
)
def test_a_subject_is_read_as_its_writer_saw_it(written: bytes, text: str) -> None:
    assert head(b"Subject: " + written).subject == text


def test_raw_bytes_and_broken_words_are_told_as_doubts() -> None:
    assert read(b"Subject: " + "统计表".encode("gbk") + b"\r\n\r\nx").doubts == ("文字未标注编码，按gb18030读出",)
    assert read(b"Subject: =?utf-8?B?!!!?=\r\n\r\nx").doubts == ("邮件头里有一段编码文字残缺，按原样保存",)
    assert read(b"Subject: " + "统计表".encode() + b"\r\n\r\nx").doubts == ()


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1), st.integers(1, 20)
)
def test_a_text_split_anywhere_is_read_back(text: str, size: int) -> None:
    text = text.strip()
    for charset in ("utf-8", "gb18030"):
        assert encoded_words.decode_words(
            mails.split_words(text, charset, size), lambda doubt: None
        ) == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("a@example.org", [("a@example.org", "")]),
        ("<a@example.org>", [("a@example.org", "")]),
        ("张三 <a@example.org>", [("a@example.org", "张三")]),
        ('"Zhang, San (Union)" <a@example.org>', [("a@example.org", "Zhang, San (Union)")]),
        (f'"{mails.word("张三，李四")}" <a@example.org>', [("a@example.org", "张三，李四")]),
        (f"{mails.split_words(NAMES, 'gb18030')} <a@example.org>", [("a@example.org", NAMES)]),
        ("=?gb2312?Q?a,b?= <a@example.org>", [("a@example.org", "a,b")]),
        ("a@example.org (张三)", [("a@example.org", "张三")]),
        ("a@example.org, b@example.org;c@example.org,", [(f"{x}@example.org", "") for x in "abc"]),
        ("各单位: a@example.org, b@example.org;", [("a@example.org", ""), ("b@example.org", "")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example.net:a@example.org>", [("a@example.org", "")]),
        ('"b@example.net" <a@example.org>', [("a@example.org", "b@example.net")]),
        ("MAILER-DAEMON", [("MAILER-DAEMON", "")]),
        ("张三", []),
        ('"', []),
        ("(c):", []),
        ("", []),
        ('"a\\"b" <a@example.org>', [("a@example.org", 'a"b')]),
        ("=?utf-8?Q?a=0ABcc:_x?= <a@example.org>", [("a@example.org", "a Bcc: x")]),
    ],
)
def test_addresses_are_read_with_their_names(written: str, found: list[tuple[str, str]]) -> None:
    expected = tuple(Address(address, name) for address, name in found)
    assert head(b"To: " + written.encode()).recipients == expected


def test_recipients_are_those_of_to_and_cc_and_the_sender_is_the_first_of_from() -> None:
    found = head(
        b"From: a@example.org, b@example.org", b"To: c@example.org", b"Cc: d@example.org", b"Reply-To: e@example.org"
    )
    assert [a.address for a in found.recipients] == ["c@example.org", "d@example.org"]
    assert found.sender == Address("a@example.org")
    assert found.answer_to() == "e@example.org"


def test_the_topmost_of_several_from_fields_counts_and_is_told() -> None:
    mail = read(b"From: a@example.org\r\nFrom: b@example.org\r\n\r\nx")
    assert mail.head.sender == Address("a@example.org")
    assert mail.doubts


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (b"<a@example.org>", "<a@example.org>"),
        (b"junk <a@example.org> <b@example.org>", "<a@example.org>"),
        (b"<[a@example.org]>", "<[a@example.org]>"),
        (b"<no-at>", None),
        (b"<a@b@c>", None),
        (b"<a b@c>", None),
        ("<统@example.org>".encode(), None),
        (b"<" + b"a" * 255 + b"@example.org>", None),
        (b"a@example.org", None),
        (b"<a@x>\r\n <b@y>", "<a@x>"),
    ],
)
def test_a_message_id_counts_only_in_its_strict_form(written: bytes, found: str | None) -> None:
    assert head(b"Message-ID: " + written).message_id == found


def test_a_thread_is_read() -> None:
    found = head(b"In-Reply-To: <a@x>", b"References: <a@x>\r\n\t<b@y> junk <c@z>")
    assert (found.in_reply_to, found.references) == (("<a@x>",), ("<a@x>", "<b@y>", "<c@z>"))


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Fri, 24 Sep 2021 15:02:11 +0800", "2021-09-24T15:02:11+08:00"),
        ("24 Sep 2021 15:02 +0800 (CST)", "2021-09-24T15:02:00+08:00"),
        ("Fri, 24 Sep 2021 07:02:11 -0000", "2021-09-24T07:02:11+00:00"),
        ("Fri, 24 Sep 2021 07:02:11 GMT", "2021-09-24T07:02:11+00:00"),
        ("Fri, 24 Sep 2021 15:02:11", None),
        ("1 Jan 1601 00:00:00 +0800", None),
        ("99 Foo 99999 99:99:99 +9999", None),
        ("2021年9月24日", None),
        ("", None),
    ],
)
def test_a_date_is_aware_or_none(written: str, found: str | None) -> None:
    date = head(b"Date: " + written.encode()).date
    assert (date.isoformat() if date else None) == found


def test_every_field_is_there_topmost_first() -> None:
    found = head(b"Received: one", b"X-Test :  two\r\n three", b"received: four")
    assert found.headers == (("received", "one"), ("x-test", "two three"), ("received", "four"))
    assert found.header("Received") == "one"


def test_a_line_without_a_colon_does_not_end_the_header_while_fields_follow() -> None:
    mail = read(b"Subject: a\r\nbroken fold\r\nContent-Type: text/html\r\n\r\n<p>x</p>")
    assert (mail.head.content_type, mail.html) == ("text/html", "<p>x</p>")
    assert mail.doubts


def test_a_body_without_an_empty_line_before_it_is_not_lost() -> None:
    mail = read(b"Subject: a\r\nhello there\r\nnote: this\r\n\r\nand that")
    assert (mail.head.subject, mail.text) == ("a", "hello there\nnote: this\n\nand that")
    assert mail.doubts


def test_bare_line_feeds_and_a_mailbox_line_on_top_do_no_harm() -> None:
    mail = read(b"From a@example.org Fri Sep 24 15:02:11 2021\nSubject: a\n\nbody\n")
    assert (mail.head.subject, mail.text, mail.doubts) == ("a", "body\n", ())
