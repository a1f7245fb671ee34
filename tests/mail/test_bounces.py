"""Bounces: which address failed and why, in all the forms in which servers report it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.mail import Address, Head
from mailbot.mail.bounces import Bounce, bounce_reason, bounces
from mailbot.mail.message import Attachment, Mail


def report(*blocks: str) -> Mail:
    content = "\r\n\r\n".join(("Reporting-MTA: dns; mx.example.net", *blocks)).encode()
    part = Attachment("2", None, "message/delivery-status", content)
    return Mail(Head(subject="Undelivered Mail", sender=Address("mailer-daemon@example.net")), attachments=(part,))


def told(text: str, subject: str = "系统退信", sender: str = "postmaster@example.net") -> Mail:
    return Mail(Head(subject=subject, sender=Address(sender)), text=text)


def failed(status: str, more: str = "") -> str:
    return f"Final-Recipient: RFC822; gone@example.org\r\nAction: failed\r\nStatus: {status}{more}"


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("5.1.1", "地址不存在"),
        ("5.1.2", "域名不存在"),
        ("5.2.2 (mailbox full)", "邮箱已满"),
        ("5.7.1", "被对方服务器拒收"),
        ("4.2.2", "邮箱已满"),
        ("4.4.7", "暂时无法送达"),
        ("5.0.0", "原因不明"),
    ],
)
def test_a_delivery_report_names_the_address_and_the_reason(status: str, why: str) -> None:
    assert bounces(report(failed(status))) == (Bounce("gone@example.org", why),)


def test_where_the_status_is_silent_the_answer_of_the_server_speaks() -> None:
    answer = "\r\nDiagnostic-Code: smtp; 550\r\n 5.0.0 User unknown"
    assert bounces(report(failed("5.0.0", answer))) == (Bounce("gone@example.org", "地址不存在"),)


def test_a_delay_and_a_success_are_no_failures() -> None:
    delayed = "Final-Recipient: rfc822; slow@example.org\r\nAction: delayed\r\nStatus: 4.4.1"
    arrived = "Final-Recipient: rfc822; fine@example.org\r\nAction: delivered\r\nStatus: 2.0.0"
    assert bounces(report(delayed, arrived, failed("5.1.1"))) == (Bounce("gone@example.org", "地址不存在"),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("很抱歉，您的邮件被退回。\n收件人邮件地址（gone@example.org）不存在，邮件无法送达。", "地址不存在"),
        ("您发送的邮件无法投递。\n收件人：<gone@example.org>\n退信原因：对方邮箱已满", "邮箱已满"),
        ("邮件无法发送到 gone@example.org\n邮件内容被拒绝", "被对方服务器拒收"),
        ("Your message could not be delivered to gone@example.org", "原因不明"),
    ],
)
def test_a_report_in_words_alone_names_them_too(text: str, why: str) -> None:
    assert bounces(told(text)) == (Bounce("gone@example.org", why),)


def test_an_address_in_any_other_mail_did_not_fail() -> None:
    person = "zhang@example.org"
    assert bounces(told("收件人：a@example.org 不存在", "报送统计表", person)) == ()
    assert bounces(told("delivered to c@example.org", "Delivery of your order", person)) == ()
    assert bounces(told("本人外出，请将邮件发送到 b@example.org", "自动回复：统计表", person)) == ()
    assert bounces(told("如有疑问请将邮件发送到 postmaster@example.net")) == ()


def test_what_staff_read_of_a_report() -> None:
    text = bounce_reason(bounces(report(failed("5.1.1"))))
    assert text == "发往 gone@example.org 的信件被退回（地址不存在）"
    assert bounce_reason(()) == ""


@given(st.binary(), st.text())
def test_any_report_is_read_without_an_error(content: bytes, text: str) -> None:
    part = Attachment("1", None, "message/delivery-status", content)
    for found in (bounces(Mail(Head(), attachments=(part,))), bounces(told(text))):
        assert all("@" in bounce.address for bounce in found)


ORIGINAL = "<0123456789abcdef@example.com>"


def test_the_returned_letter_is_known_from_the_mail_in_the_report() -> None:
    mail = replace(report(failed("5.1.1")), forwarded=(Mail(Head(message_id=ORIGINAL)),))
    assert [bounce.letters for bounce in bounces(mail)] == [(ORIGINAL,)]


def test_the_returned_letter_is_known_from_its_head_in_the_report() -> None:
    part = Attachment("3", None, "text/rfc822-headers", f"From: a@example.com\r\nMessage-ID: {ORIGINAL}\r\n".encode())
    mail = report(failed("5.1.1"))
    assert [b.letters for b in bounces(replace(mail, attachments=(*mail.attachments, part)))] == [(ORIGINAL,)]


def test_the_returned_letter_is_known_from_the_words_of_the_report() -> None:
    text = f"收件人：gone@example.org 不存在\n原邮件：\nFrom: office@example.com\nMessage-Id: {ORIGINAL}\n"
    assert bounces(told(text)) == (Bounce("gone@example.org", "地址不存在", (ORIGINAL,)),)


@pytest.mark.parametrize("field", ["in_reply_to", "references"])
def test_the_returned_letter_is_known_from_what_the_report_answers(field: str) -> None:
    mail = told("收件人：gone@example.org 不存在")
    answering = replace(mail, head=replace(mail.head, **{field: ("<other@example.net>", ORIGINAL)}))
    (bounce,) = bounces(answering)
    assert (bounce.address, bounce.why, bounce.letters[0]) == ("gone@example.org", "地址不存在", ORIGINAL)


def test_of_a_forwarded_address_the_one_that_we_wrote_to_is_told() -> None:
    fields = "Original-Recipient: rfc822;asked@example.org\r\nFinal-Recipient: rfc822;real@example.net\r\nStatus: 5.1.1"
    assert [bounce.address for bounce in bounces(report(fields))] == ["asked@example.org"]
