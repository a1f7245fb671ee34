"""A mail above the size limit stays on its server and is answered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailbot.cli.commands.replay import canonical
from mailbot.domain.mail import Place
from mailbot.flows import collect
from support.mails import mail
from support.replay import again
from support.world import World, table, words

MIB = 2**20


class Announced(World):
    """A world in which a mail counts as too large from a megabyte on; `fetched`: how many came as a whole."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(folder)
        monkeypatch.setattr(collect, "LARGEST", MIB)
        self.fetched = 0
        real = self.inbox.fetch

        def fetch(place: Place, size: int = 0) -> Iterator[bytes]:
            self.fetched += 1
            return real(place, size)

        monkeypatch.setattr(self.inbox, "fetch", fetch)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Announced:
    return Announced(tmp_path, monkeypatch)


def large(**more: Any) -> bytes:
    """A table among photos."""
    files = [("附件1.xlsx", table()), ("照片.jpg", b"\xff\xd8\xff" + bytes(2 * MIB))]
    return mail(**{"sender": "李晓 <xinhe@example.org>", "subject": "统计表和照片", "attachments": files, **more})


def test_it_is_answered_without_being_fetched(world: Announced) -> None:
    world.deliver(large())
    world.round()
    (receipt,) = world.sent()
    assert world.fetched == 0
    assert receipt["Subject"] == "【请重新发送】新河街道总工会 附件无法读取（受理号 HWM21-0001）"
    text = words(receipt)
    assert "邮件约 3 MB，超过系统可接收的 100 MB，其内容未予读取。" in text
    assert "请将统计表（.xlsx 或 .xls）单独作为附件重新发送" in text
    (message,) = world.messages
    assert (message.disposition, message.code, message.reason) == ("unreadable", "too-large", "邮件无法读取")
    assert message.unit == "XHE"


def test_it_is_answered_once_wherever_it_lies_and_a_smaller_one_is_read(world: Announced) -> None:
    for _ in range(2):
        world.deliver(large())
        world.round()
    assert len(world.sent()) == 1
    world.deliver(mail(sender="李晓 <xinhe@example.org>", subject="统计表", attachments=[("附件1.xlsx", table())]))
    world.round()
    assert len(world.sent()) == 2
    assert [s.submission.unit for s in world.submissions] == ["XHE"]


def test_a_robots_large_mail_is_not_answered(world: Announced) -> None:
    world.deliver(large(headers={"Auto-Submitted": "auto-replied"}))
    world.round()
    assert [m.disposition for m in world.messages] == ["automatic"]
    assert world.sent() == []


def test_it_is_the_same_after_a_replay(world: Announced, tmp_path: Path) -> None:
    world.deliver(large())
    world.round()
    assert canonical(again(world, tmp_path)) == canonical(world.app)
