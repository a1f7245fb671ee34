"""What answers of IMAP servers mean, with unrelated lines between them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.errors import LoginRefused
from mailbot.servers.connection import one_line
from mailbot.servers.imap_answers import by_uid, internal_date
from mailbot.servers.imap_login import refusal


def test_a_body_is_named_by_the_uid_in_its_own_answer_wherever_that_stands() -> None:
    before, after = (b"1 (UID 5 BODY[] {3}", b"one"), (b"2 (BODY[] {3}", b"two")
    found = by_uid([before, b")", after, b" UID 6)"])
    assert {uid: a["BODY[]"] for uid, a in found.items()} == {5: b"one", 6: b"two"}


def test_flags_changed_by_somebody_else_make_no_message_and_change_no_body() -> None:
    unsolicited = b"7 (FLAGS (\\Seen))"
    found = by_uid([unsolicited, (b"1 (UID 5 BODY[] {3}", b"one"), b" FLAGS (\\Seen UID 9))", unsolicited])
    assert found == {5: {"UID": b"5", "BODY[]": b"one"}}


def test_two_answers_about_one_message_add_up() -> None:
    found = by_uid([b"1 (UID 5 RFC822.SIZE 12)", b'1 (UID 5 FLAGS () INTERNALDATE " 1-Sep-2021 08:00:00 +0800")'])
    assert found[5]["RFC822.SIZE"] == b"12"
    assert found[5]["INTERNALDATE"] == b" 1-Sep-2021 08:00:00 +0800"


def test_what_a_body_says_is_not_taken_for_an_answer() -> None:
    assert by_uid([(b"1 (BODY[] {8}", b" UID 99)"), b" UID 5)"]).keys() == {5}
    assert by_uid([b'1 (BODY[] "a \\" UID 99" UID 5)'])[5]["BODY[]"] == b'a " UID 99'


def test_a_missing_body_is_not_an_empty_one() -> None:
    assert "BODY[]" not in by_uid([b"1 (UID 5 BODY[] NIL)"])[5]
    assert by_uid([b'1 (UID 5 BODY[] "")'])[5]["BODY[]"] == b""


def test_an_empty_answer_holds_no_message() -> None:
    assert by_uid([None]) == {}


@given(st.lists(st.none() | st.binary() | st.tuples(st.binary(), st.binary())))
def test_any_answer_at_all_is_read_without_a_complaint(lines: list[bytes | tuple[bytes, bytes] | None]) -> None:
    assert all(uid > 0 for uid in by_uid(lines))


@given(st.integers(1, 2**32 - 1), st.binary(), st.booleans())
def test_every_body_comes_back_as_it_was(uid: int, body: bytes, first: bool) -> None:
    named = b"UID %d" % uid
    text, rest = (b"1 (%s BODY[] {%d}" % (named, len(body)), b")") if first else (b"1 (BODY[] {9}", b" %s)" % named)
    assert by_uid([(text, body), rest])[uid]["BODY[]"] == body


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        (b"24-Sep-2021 15:02:11 +0800", datetime(2021, 9, 24, 7, 2, 11, tzinfo=UTC)),
        (b" 4-sep-2021 15:02:11 -0330", datetime(2021, 9, 4, 18, 32, 11, tzinfo=UTC)),
        (b"31-Dec-2021 23:59:59 +0000", datetime(2021, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_of_arrival_keeps_its_zone(text: bytes, utc: datetime) -> None:
    found = internal_date(text)
    assert found == utc
    assert found.utcoffset() is not None


def test_a_time_of_arrival_is_read_with_the_zone_the_server_wrote() -> None:
    found = internal_date(b"24-Sep-2021 15:02:11 +0800")
    assert found is not None
    assert found.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    "text", [b"", b"00-Jan-0000 00:00:00 +0000", b"31-Foo-2021 00:00:00 +0000", b"1-Jan-2021 00:00:00 +9999"]
)
def test_text_that_is_not_a_time_of_arrival_gives_none(text: bytes) -> None:
    assert internal_date(text) is None


@given(st.binary(max_size=40))
def test_any_bytes_at_all_are_a_time_or_none(text: bytes) -> None:
    internal_date(text)


@pytest.mark.parametrize(
    "said",
    [
        "[AUTHENTICATIONFAILED] Authentication failed.",
        "LOGIN Login error password error",
        "Invalid user or password",
        "账号或密码错误",
    ],
)
def test_a_wrong_password_asks_for_the_authorization_code(said: str) -> None:
    error = refusal("imap.example.org", "office@example.org", said)
    assert isinstance(error, LoginRefused)
    assert "客户端授权码" in str(error)
    assert said in str(error)


@pytest.mark.parametrize(
    "said",
    [
        "[UNAVAILABLE] Maximum number of connections from user+IP exceeded",
        "[ALERT] Too many simultaneous connections. (Failure)",
        "Server Unavailable. 15",
        "[INUSE] mailbox is locked",
        "登录过于频繁，请稍后再试",
    ],
)
def test_a_server_that_is_busy_has_not_refused_the_password(said: str) -> None:
    assert not isinstance(refusal("imap.example.org", "office@example.org", said), LoginRefused)


@pytest.mark.parametrize("said", ["IMAP service is not open", "IMAP access is disabled", "请先开启IMAP服务"])
def test_a_service_that_is_off_is_to_be_switched_on(said: str) -> None:
    error = refusal("imap.example.org", "office@example.org", said)
    assert isinstance(error, LoginRefused)
    assert "switch IMAP on" in str(error)


@pytest.mark.parametrize(
    "said", ["Basic authentication is disabled.", "BasicAuthBlocked", "[ALERT] Application-specific password required"]
)
def test_a_provider_that_takes_no_passwords_asks_for_a_token(said: str) -> None:
    error = refusal("imap.example.org", "office@example.org", said)
    assert isinstance(error, LoginRefused)
    assert 'auth = "xoauth2"' in str(error)


def test_a_token_that_is_refused_is_not_taken_for_a_password() -> None:
    error = refusal("imap.example.org", "office@example.org", "[AUTHENTICATIONFAILED] Invalid token", with_token=True)
    assert isinstance(error, LoginRefused)
    assert "access token" in str(error)
    assert "授权码" not in str(error)


@given(st.binary() | st.text())
def test_what_a_server_says_is_one_short_printable_line(said: bytes | str) -> None:
    text = one_line(said)
    assert text.isprintable()
    assert len(text) <= 300


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_chinese_is_read_in_either_charset_and_the_secret_left_out(charset: str) -> None:
    assert one_line("密码 abc123 错误\r\n".encode(charset), "abc123") == "密码 *** 错误"
