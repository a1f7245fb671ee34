"""Reports in the forms in which the providers of the field, and a few others, write them; the words are our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.mail import Head
from mailbot.mail.bounces import Bounce, bounces
from mailbot.mail.mime import read
from mailbot.mail.screening import automatic

TO, OURS = "gone@example.org", "<0123456789abcdef0123456789abcdef@example.com>"


def report(
    sender: str, subject: str, text: str, *, kind: str = "text/plain", charset: str = "utf-8", more: str = ""
) -> bytes:
    """A report in words, then the letter that it returns."""
    lines = f"""From: {sender}
To: office@example.com
Subject: {subject}
{more}MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: {kind}; charset={charset}
Content-Transfer-Encoding: 8bit

{text}
--b
Content-Type: message/rfc822

From: office@example.com
To: {TO}
Message-ID: {OURS}
Subject: reminder

Please report.
--b--
"""
    return lines.replace("\n", "\r\n").encode(charset)


def with_fields(fields: str, text: str = "Not delivered.", kind: str = "message/delivery-status") -> bytes:
    """A report with a delivery status."""
    lines = f"""From: MAILER-DAEMON@mx.example.net
To: office@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

{text}
--b
Content-Type: {kind}

Reporting-MTA: dns; mx.example.net

{fields}

--b
Content-Type: text/rfc822-headers

Message-ID: {OURS}
--b--
"""
    return lines.replace("\n", "\r\n").encode()


SINA = f"信件没有送到以下地址，对方服务器没有接受。\n\n<{TO}>:\n\n--- 附件中的内容是原邮件的一份拷贝"
REPORTS = {
    "sina": (report("MAILER-DAEMON@sina.com", "邮件发送失败！", SINA, charset="gb2312"), "原因不明"),
    "sina, another domain": (
        report("mailer-daemon@vip.sina.com", "邮件发送失败", f"<{TO}>:\n550 User unknown\n"),
        "地址不存在",
    ),
    "qq": (
        report(
            "PostMaster@qq.com",
            "来自 mx.qq.com 的退信",
            f"被退回邮件\n主 题：统计表\n无法发送到 {TO}\n退信原因\t收件人邮件地址（{TO}）不存在\n"
            "550 Mailbox not found.",
        ),
        "地址不存在",
    ),
    "qq, as a page": (
        report(
            "postmaster@qq.com",
            "系统退信",
            f"<table><tr><td>退信原因</td><td>收件人（{TO}）的邮箱空间不足</td></tr></table>",
            kind="text/html",
        ),
        "邮箱已满",
    ),
    "netease": (
        report(
            "Postmaster@163.com",
            "系统退信",
            f"您的邮件没有送到。\n原邮件信息：\n  时 间： 2021-09-16\n  收件人： {TO}\n"
            f"退信原因：\n  对方没有这个用户\n英文说明:550 User not found: {TO}",
            charset="gbk",
        ),
        "地址不存在",
    ),
    "netease, in two languages": (
        report(
            "postmaster@126.com",
            "系统退信/The email is returned",
            f"收件人/To :\t{TO}\n退信原因/Bounce reason :\n对方认为这是垃圾邮件\n554 DT:SPM 126 smtp3",
        ),
        "被对方拒收（疑为垃圾邮件）",
    ),
    "exmail": (
        report(
            "postmaster@exmail.qq.com",
            "退信通知",
            f"邮件无法发送到 {TO}\nhost mx.example.org said: 552 5.2.2 Over quota",
        ),
        "邮箱已满",
    ),
    "aliyun": (
        report("postmaster@aliyun.com", "退信", f"收件地址：{TO}\n退信代码：550 5.1.2\n域名无法解析"),
        "域名不存在",
    ),
    "139": (report("postmaster@139.com", "系统退信", f"投递失败\n收信人：<{TO}>\n原因：邮箱已停用"), "邮箱已停用"),
    "189": (report("MAILER-DAEMON@189.cn", "退信通知", f"{TO}\n附件过大，对方没有接收"), "邮件过大"),
    "coremail": (
        report("postmaster@mail.example.cn", "系统退信", f"收 件 人：{TO}\n退信提示：550 invalid user"),
        "地址不存在",
    ),
    "amazon workmail": (
        with_fields(
            f"Final-Recipient: RFC822; {TO}\nAction: failed\nStatus: 5.2.1\nDiagnostic-Code: smtp; 550 5.2.1 disabled"
        ),
        "邮箱已停用",
    ),
    "postfix": (
        with_fields(f"Final-Recipient: rfc822; {TO}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no"),
        "地址不存在",
    ),
    "opensmtpd": (with_fields(f"Final-Recipient: rfc822; {TO}\nAction: error\nStatus: 5.4.1"), "对方服务器无法联系"),
    "a server that gave up": (
        with_fields(f"Final-Recipient: rfc822; {TO}\nAction: failed\nStatus: 4.4.7"),
        "暂时无法送达",
    ),
    "fields in the words": (
        report(
            "postmaster@example.net", "Failed mail", f"Final-Recipient: rfc822; {TO}\nAction: failed\nStatus: 5.1.1"
        ),
        "地址不存在",
    ),
    "exim": (
        report(
            "Mailer-Daemon@mx.example.net",
            "Mail delivery failed",
            f"The following address failed:\n\n  {TO}\n    host mx.example.org: 550 No such user here",
            more=f"X-Failed-Recipients: {TO}\n",
        ),
        "地址不存在",
    ),
    "post_master": (
        report("post_master@example.net", "Re: reminder", f"550 - no such user here\n  RCPT TO: {TO}"),
        "地址不存在",
    ),
}


@pytest.mark.parametrize("ends", [b"\r\n", b"\n", b"\r"], ids=["CRLF", "LF", "CR"])
@pytest.mark.parametrize("name", REPORTS)
def test_every_form_names_the_address_the_reason_and_our_letter(name: str, ends: bytes) -> None:
    raw, why = REPORTS[name]
    raw = raw.replace(b"\r\n", ends)
    mail = read(raw)
    (bounce,) = bounces(mail, raw)
    assert (bounce.address, bounce.why, bounce.letters[0]) == (TO, why, OURS)
    assert automatic(mail.head, (), mail.text, [part.type for part in mail.attachments])


DELAYS = {
    "RFC 3464": with_fields(f"Final-Recipient: rfc822; {TO}\nAction: delayed\nStatus: 4.4.1"),
    "delivered": with_fields(f"Final-Recipient: rfc822; {TO}\nAction: delivered\nStatus: 2.0.0"),
    "a warning": report(
        "MAILER-DAEMON@example.net",
        "Delayed Mail (still being retried)",
        f"THIS IS A WARNING ONLY. YOU DO NOT NEED TO RESEND.\n\n<{TO}>: No route to host",
    ),
    "sendmail": report(
        "MAILER-DAEMON@example.net",
        "Warning: could not send message for past 4 hours",
        f"The following addresses had delivery errors:\n{TO}",
    ),
    "will be retried": report(
        "postmaster@example.net", "Mail delivery", f"<{TO}>:\nThe message will be retried for 4 days."
    ),
    "Chinese": report(
        "postmaster@example.cn", "退信通知", f"收件人：{TO}\n暂时没有送到，系统将继续尝试投递，无需重发。"
    ),
}


@pytest.mark.parametrize("name", DELAYS)
def test_a_letter_that_is_still_on_its_way_has_not_come_back(name: str) -> None:
    assert bounces(read(DELAYS[name]), DELAYS[name]) == ()


def test_neither_who_reports_nor_a_server_nor_a_message_id_is_a_failed_address() -> None:
    text = f"<{TO}>: 550 User unknown\n<postmaster@example.net>: ask here\n{OURS}\n"
    raw = report("postmaster@example.net", "failure notice", text)
    assert [bounce.address for bounce in bounces(read(raw), raw)] == [TO]


def test_a_holiday_reply_is_no_report_though_its_return_path_is_empty() -> None:
    raw = report("zhang@example.org", "自动回复：统计表", f"外出，请发送到 {TO}", more="Return-Path: <>\n")
    assert bounces(read(raw), raw) == ()


def test_our_message_id_is_found_wherever_a_report_quotes_it() -> None:
    fields = f"Final-Recipient: rfc822; {TO}\nAction: failed\nStatus: 5.1.1\nX-Queue-Note: id={OURS.strip('<>')}"
    raw = with_fields(fields).replace(f"Message-ID: {OURS}".encode(), b"Subject: x")
    assert bounces(read(raw), raw) == (Bounce(TO, "地址不存在", (OURS,)),)


@pytest.mark.parametrize(
    ("head", "text"),
    [
        (Head(subject="complaint about message from 192.0.2.22"), ""),
        (Head(), "Feedback-Type: abuse\nUser-Agent: Reporter/1.0\nVersion: 1"),
    ],
)
def test_a_complaint_is_no_mail_of_a_person(head: Head, text: str) -> None:
    assert automatic(head, (), text) is not None


def test_a_person_who_speaks_of_a_feedback_type_is_one() -> None:
    assert automatic(Head(subject="统计表"), (), "Feedback-Type: abuse 是什么意思？") is None


@given(st.binary())
def test_any_bytes_are_read_without_an_error(raw: bytes) -> None:
    whole = b"From: mailer-daemon@example.net\r\nSubject: failure notice\r\n\r\n" + raw
    assert all("@" in bounce.address for bounce in bounces(read(whole), whole))
