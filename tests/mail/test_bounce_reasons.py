"""Why a letter came back, from codes (RFC 3463, RFC 5321) and the phrases of servers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail.bounce_reasons import TEMPORARY, UNKNOWN, lasting, reason

SPAM = "被对方拒收（疑为垃圾邮件）"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("550 5.1.1 User unknown", "地址不存在"),
        ("550 Mailbox not found", "地址不存在"),
        ("550 5.7.1 <a@example.org>: Recipient address rejected: User unknown", "地址不存在"),
        ("550 5.4.1 Recipient address rejected:\r\n Access denied", "地址不存在"),
        ("smtp; 551 no such user", "地址不存在"),
        ("552 5.2.2 Over quota", "邮箱已满"),
        ("550 5.1.1 mailbox is full", "邮箱已满"),
        ("554 5.4.4 Host or domain name not found", "域名不存在"),
        ("550 5.1.2 bad destination", "域名不存在"),
        ("550 Mailbox is disabled", "邮箱已停用"),
        ("550 5.7.13 user account disabled", "邮箱已停用"),
        ("552 5.3.4 Message too large", "邮件过大"),
        ("554 DT:SPM 126 smtp1", SPAM),
        ("550 Mail content denied", SPAM),
        ("550 5.7.1 Connection from a listed address, see spamhaus", SPAM),
        ("553 5.1.8 Domain of sender address does not exist", "被对方服务器拒收"),
        ("550 5.7.1 relaying denied", "被对方服务器拒收"),
        ("554 something went wrong", "被对方服务器拒收"),
        ("connect to mx.example.net[192.0.2.1]:25: Connection refused", "对方服务器无法联系"),
        ("452 4.2.2 mailbox full", "邮箱已满"),
        ("450 4.1.1 User unknown", TEMPORARY),
        ("421 try again", TEMPORARY),
        ("550 5.1.1 has sent to too many recipients this hour", TEMPORARY),
        ("an answer from 192.0.2.4 that says nothing", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_the_answer_of_a_server_is_told_in_a_few_words(answer: str, why: str) -> None:
    assert reason("", answer) == why


def test_a_temporary_status_counts_more_than_what_was_said() -> None:
    assert reason("4.4.7", "550 5.1.1 User unknown") == TEMPORARY


def test_the_words_of_the_report_tell_where_the_answer_does_not() -> None:
    assert reason("5.0.0", "", "收件人邮箱地址不存在，请核对") == "地址不存在"
    assert reason("5.0.0", "", "对方邮箱空间不足") == "邮箱已满"
    assert reason("", "", "您的邮件被怀疑为垃圾邮件而拒收") == SPAM
    assert reason("", "", "收件人域名无法解析") == "域名不存在"


def test_only_reasons_that_stay_last() -> None:
    assert lasting() == {"地址不存在", "域名不存在", "邮箱已停用"}


@given(st.text(), st.text(), st.text())
def test_anything_has_a_reason(status: str, answer: str, words: str) -> None:
    assert reason(status, answer, words)
