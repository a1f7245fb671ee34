"""Two daemons that send mail to each other: every exchange ends by itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from mailbot.campaigns import roster_file
from mailbot.domain.mail import Disposition
from support.mails import mail
from support.world import MAILBOX, World, table

OTHER = "reports@example.net"
DAYS = 30
FACED = """code,name,short_name,category,aliases,emails
XHE,新河街道总工会,新河街,街镇,新河,{other}
XG,新港街道总工会,新港街,街镇,新港,{other}
"""

STARTS: Sequence[Mapping[str, Any]] = (
    {"attachments": [("附件1.xlsx", table())]},
    {
        "sender": "someone@example.org",
        "headers": {"Reply-To": OTHER},
        "attachments": [("a.xlsx", table("新港街道总工会"))],
    },
    {"subject": "统计表（更正）", "attachments": [("附件1.xlsx", table("星河街道总工会"))]},
    {"subject": "请教", "text": "您好，统计表里的人数怎么填？"},
    {"subject": "新河街道总工会活动信息", "attachments": [("照片.jpg", b"\xff\xd8\xff\xe0" + b"x" * 400)]},
    {"subject": "作品征集报名表", "text": "现报送参赛作品，请查收。"},
    {"subject": "统计表", "attachments": [("统计表.xlsx", b"PK\x03\x04broken")]},
)
"""Mails of people, whose answers go to the other daemon's mailbox."""


class Pair:
    """Two offices, each with the other's mailbox as the address of its units and of its staff."""

    def __init__(self, folder: Path) -> None:
        self.left = self._office(folder / "left", MAILBOX, OTHER)
        self.right = self._office(folder / "right", OTHER, MAILBOX)
        self.carried: list[EmailMessage] = []

    def _office(self, folder: Path, own: str, other: str) -> World:
        world = World(folder, staff={"digest_to": [other], "alerts_to": [other]})
        mailbox = world.config.mailbox[0].model_copy(update={"address": own})
        world.config = world.config.model_copy(update={"mailbox": (mailbox,)})
        world.restart()
        world.app = replace(world.app, roster=roster_file.read(FACED.format(other=other).encode(), "units.csv"))
        return world

    def live(self, days: int) -> None:
        """A round a day on both sides; what one sends to the other's mailbox arrives there."""
        done = {OTHER: 0, MAILBOX: 0}
        for _ in range(days):
            for world, to, at in ((self.left, OTHER, self.right), (self.right, MAILBOX, self.left)):
                world.round()
                for envelope in world.post.sent[done[to] :]:
                    if envelope.to == to:
                        self.carried.append(cast(EmailMessage, message_from_bytes(envelope.content)))
                        at.deliver(envelope.content)
                done[to] = len(world.post.sent)
                world.clock.forward(days=1)


def test_every_mail_is_answered_once_and_no_letter_of_a_daemon_is_answered(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    for number, start in enumerate(STARTS):
        pair.left.deliver(mail(**{"sender": OTHER, "to": MAILBOX, "message_id": f"<{number}@example.net>", **start}))
    pair.live(DAYS)
    answered = Counter(letter["In-Reply-To"] for letter in pair.carried if letter["In-Reply-To"])
    assert answered == {f"<{number}@example.net>": 1 for number in range(len(STARTS))}
    kinds = {letter["X-Mailbot-Letter"] for letter in pair.carried}
    assert {"receipt", "reminder", "digest"} <= kinds
    from_people = [message for message in pair.left.messages if message.disposition is not Disposition.AUTOMATIC]
    assert len(from_people) == len(STARTS)
    assert {message.disposition for message in pair.right.messages} == {Disposition.AUTOMATIC}


def test_a_robot_that_hides_what_it_is_gets_no_more_answers_than_its_share(tmp_path: Path) -> None:
    world = World(tmp_path, intake={"per_sender_per_hour": 3, "per_sender_per_day": 5})
    answered = 0
    for number in range(40):
        world.deliver(mail(sender="xinhe@example.org", subject=f"回复：统计表 {number}", text="您的统计表来信已收到。"))
        world.round()
        answered = len(world.sent())
        world.clock.forward(minutes=15)
    assert answered == 5  # in ten hours
    assert len(world.messages) == 40
