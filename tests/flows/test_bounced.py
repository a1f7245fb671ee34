"""A report about a letter that is none of ours changes nothing, and nobody answers it."""

from datetime import datetime
from pathlib import Path

from mailbot.domain.mail import Disposition
from support.world import SHANGHAI, World, words

REPORT = """From: MAILER-DAEMON@example.net
To: office@example.com
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

{note}
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; xinhe@example.org
Action: failed
Status: 5.1.1

--b--
"""


def returned(note: str) -> bytes:
    return REPORT.format(note=note).replace("\n", "\r\n").encode()


def test_staff_are_not_told_of_letters_that_are_not_ours(tmp_path: Path) -> None:
    world = World(tmp_path)
    for note in ("first", "second"):
        world.deliver(returned(note))
    world.round()
    assert {message.disposition for message in world.messages} == {Disposition.AUTOMATIC}
    world.clock.now = datetime(2021, 9, 20, 9, 0, tzinfo=SHANGHAI)
    world.round()
    assert world.sent() == []
    assert "xinhe@example.org" not in words(world.sent("digest")[-1])
    assert world.export["messages"][0]["reason"] == "发往 xinhe@example.org 的信件被退回（地址不存在）"
