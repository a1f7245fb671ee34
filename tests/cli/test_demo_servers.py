"""The demo's own mail servers, used with the clients of the standard library."""

import imaplib
import smtplib
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage

import pytest

from mailbot.cli.demo.servers import EmbeddedImap, EmbeddedSmtp

CHINA = timezone(timedelta(hours=8))
MAIL = "Subject: 统计表\r\nFrom: a@example.org\r\n\r\n见附件\r\n.\r\n".encode()


def logged_in(server: EmbeddedImap) -> imaplib.IMAP4:
    client = imaplib.IMAP4(server.host, server.port, timeout=5)
    client.login(server.user, server.password)
    return client


def test_the_inbox_is_empty_at_first() -> None:
    with EmbeddedImap() as server, logged_in(server) as client:
        assert client.select("INBOX") == ("OK", [b"0"])


def test_a_delivered_mail_keeps_its_bytes_and_its_date_of_arrival() -> None:
    arrived = datetime(2026, 9, 21, 15, 2, 11, tzinfo=CHINA)
    with EmbeddedImap() as server:
        server.deliver(MAIL, arrived)
        with logged_in(server) as client:
            client.select("INBOX")
            _, [(head, raw), _] = client.uid("FETCH", "1:*", "(INTERNALDATE BODY.PEEK[])")
            stamp = imaplib.Internaldate2tuple(head)
    assert raw == MAIL
    assert stamp is not None
    assert datetime.fromtimestamp(time.mktime(stamp), tz=UTC) == arrived


def test_mails_lie_in_the_order_of_their_delivery_whatever_their_date() -> None:
    day = datetime(2026, 9, 21, tzinfo=UTC)
    with EmbeddedImap() as server:
        for n in range(3):
            server.deliver(b"Subject: %d\r\n\r\n" % n, day - timedelta(days=n))
        with logged_in(server) as client:
            client.select("INBOX")
            _, answers = client.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    assert [a[1].strip() for a in answers if isinstance(a, tuple)] == [b"Subject: 0", b"Subject: 1", b"Subject: 2"]


def test_a_wrong_password_is_refused() -> None:
    with EmbeddedImap(password="right") as server:
        client = imaplib.IMAP4(server.host, server.port, timeout=5)
        with pytest.raises(imaplib.IMAP4.error):
            client.login(server.user, "wrong")
        client.shutdown()


def test_the_smtp_server_keeps_what_it_gets_and_accepts_a_login() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "已收到", "demo@example.com", "a@example.org"
    mail.set_content("来件收悉。")
    with EmbeddedSmtp() as server:
        with smtplib.SMTP(server.host, server.port, timeout=5) as client:
            client.login("demo@example.com", "demo")
            client.send_message(mail, to_addrs=["a@example.org", "b@example.net"])
        [kept] = server.mails
    assert kept.sender == "demo@example.com"
    assert kept.recipients == ("a@example.org", "b@example.net")
    assert b"Subject: =?utf-8?" in kept.content
    assert kept.content.endswith(b"\r\n")


@pytest.mark.parametrize("kind", [EmbeddedImap, EmbeddedSmtp])
def test_a_server_starts_and_stops_within_a_second_and_leaves_nothing_behind(
    kind: type[EmbeddedImap] | type[EmbeddedSmtp], capfd: pytest.CaptureFixture[str]
) -> None:
    before = set(threading.enumerate())
    began = time.perf_counter()
    with kind() as server:
        client = socket.create_connection((server.host, server.port), timeout=5)
        greeting = client.recv(100)
    assert time.perf_counter() - began < 1
    assert greeting
    assert set(threading.enumerate()) == before
    client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port), timeout=5)
    server.stop()  # a second time does no harm
    assert capfd.readouterr() == ("", "")


def test_two_servers_of_a_kind_do_not_know_each_other() -> None:
    with EmbeddedImap() as one, EmbeddedImap() as other:
        one.deliver(MAIL, datetime(2026, 9, 21, tzinfo=UTC))
        with logged_in(other) as client:
            assert client.select("INBOX") == ("OK", [b"0"])


def test_without_the_optional_packages_a_sentence_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['pymap.imap'] = None\n"
        "from mailbot.domain.errors import MailbotError\n"
        "try:\n    import mailbot.cli.demo.servers\n"
        "except MailbotError as error:\n    print(error)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert "pip install 'mailbot[demo]'" in said.stdout
