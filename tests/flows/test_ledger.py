"""Every received message is accounted for in the ledger; otherwise no digest is sent."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from mailbot.cli.commands.init import command as init
from mailbot.cli.commands.status import command as status
from mailbot.flows.deliver import deliver_next
from mailbot.flows.judge import judge_next
from mailbot.flows.report import report
from mailbot.flows.unit_accounts import account_of, ledger_fault
from support.mails import mail
from support.world import World, table, words

SENTENCE = "来件台账不符：邮箱共收到 2 封来件，各类结果合计 3 封，相差 1 封"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three messages, one of them seen twice and one without a verdict yet."""
    world = World(tmp_path)
    raw = mail(attachments=[("附件1.xlsx", table())])
    for content in (raw, mail(subject="代开发票", text="优惠", sender="ad@example.net"), raw):
        world.deliver(content)
    world.collect()
    while judge_next(world.app):
        pass
    world.deliver(mail(subject="活动信息", text="照片随后"))
    world.collect()
    return world


def lose(world: World) -> None:
    """As if a hand or a fault had taken a place out of the database."""
    world.execute(text("DELETE FROM place WHERE message = 2"))


def restore(world: World) -> None:
    world.execute(
        text(
            "INSERT INTO place (mailbox, folder, uidvalidity, uid, message, seen_at) "
            "VALUES ('office', 'INBOX', 1, 99, 2, '2021-09-14T04:00:00.000000Z')"
        )
    )


def fault(world: World) -> str | None:
    with world.app.store.transaction() as tx:
        return ledger_fault(world.app, tx, account_of(world.app, tx, world.clock.now))


def test_a_message_counts_once_wherever_and_whenever_it_was_seen(world: World) -> None:
    assert fault(world) is None
    lose(world)
    assert fault(world) == SENTENCE


def test_no_digest_leaves_while_the_ledger_is_wrong_and_staff_get_one_alert(world: World) -> None:
    lose(world)
    for _ in range(3):
        report(world.app)
        while deliver_next(world.app):
            pass
    assert world.sent("digest") == []
    (alert,) = world.sent("alert")
    assert SENTENCE in words(alert)
    restore(world)
    report(world.app)
    while deliver_next(world.app):
        pass
    assert len(world.sent("digest")) == 1
    assert len(world.sent("alert")) == 1


def test_status_says_so_and_fails(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(init, [str(tmp_path / "office")]).exit_code == 0
    arguments = ["--config", str(tmp_path / "office" / "config.toml")]
    monkeypatch.setattr("mailbot.cli.commands.status.build_beside", lambda config: world.app)
    assert CliRunner().invoke(status, arguments).exit_code == 0
    lose(world)
    for more in ([], ["--json"]):
        result = CliRunner().invoke(status, arguments + more)
        assert result.exit_code == 1
        assert result.stderr == SENTENCE + "\n"
