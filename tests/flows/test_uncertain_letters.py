"""Staff see which letters may not have arrived, and how many surplus copies may have been sent."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailbot.cli.commands import status
from mailbot.cli.main import cli
from mailbot.flows.deliver import deliver_next
from mailbot.flows.judge import judge_next
from mailbot.flows.report import report
from support.mails import mail
from support.world import World, table, words


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One receipt of which three copies left without an answer, and one of which two did and the last was answered."""
    world = World(tmp_path)
    for sender, unit, lost in (("xinhe", "新河街道总工会", 3), ("xingang", "新港街道总工会", 1)):
        world.post.lose = lost
        world.deliver(mail(sender=f"{sender}@example.org", attachments=[("附件1.xlsx", table(unit))]))
        world.collect()
        judge_next(world.app)
        for hours in (1, 3, 3, 3):
            while deliver_next(world.app):
                pass
            world.clock.forward(hours=hours)
    return world


def told(world: World, monkeypatch: pytest.MonkeyPatch, *options: str) -> str:
    """What `mailbot status` says."""
    monkeypatch.setattr(status, "build_beside", lambda config: world.app)
    monkeypatch.setattr("mailbot.cli.options.load", lambda path, **more: world.config)
    return CliRunner().invoke(cli, ["status", "--config", str(Path(__file__)), *options]).output


def test_status_names_every_letter_of_unknown_outcome(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    said = told(world, monkeypatch).replace("\n", "")
    assert "1 封信件发送结果不明" in said
    assert "结果不明：新河街道总工会" in said
    assert "结果不明：新港街道总工会" not in said
    assert "可能重复寄出的副本：至多 3 份" in said


def test_status_tells_it_to_programs_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    document = json.loads(told(world, monkeypatch, "--json"))
    (letter,) = document["unknown_letters"]
    assert (letter["unit"], letter["to"], letter["state"]) == ("XHE", "xinhe@example.org", "uncertain")
    assert letter["copies"] == 3
    assert document["extra_copies"] == 3
    assert len(world.post.sent) == 5  # three and two: three beyond the first of each


def test_the_digest_tells_it(world: World) -> None:
    world.clock.forward(days=7, hours=2)
    report(world.app)
    while deliver_next(world.app):
        pass
    text = words(world.sent("digest")[-1]).replace("\n", "")
    assert "1 封信件发送结果不明" in text
    assert "结果不明：新河街道总工会" in text
    assert "可能重复寄出（至多）" in text
