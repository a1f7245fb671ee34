"""A row that a unit reports twice counts once, after new mail and after decisions of staff."""

import sqlite3
from pathlib import Path

from mailbot.decide.standing import figure
from mailbot.domain.act import Act, ActKind, Actor, Target
from mailbot.flows.begin import begin
from mailbot.flows.settle import settle
from mailbot.flows.unit_accounts import account_of
from support.mails import mail
from support.world import World, activity, table

FIRST, COMMON, LATER = activity("知识竞赛", people=100), activity("主题演讲", people=20), activity("座谈会", people=3)


def summed(world: World) -> int:
    """What the view says, which is what the unit's own figure says."""
    path = world.config.database.path
    assert path is not None
    with sqlite3.connect(path) as connection:
        ((total,),) = connection.execute("SELECT SUM(participants) FROM activities WHERE unit = 'XHE'")
    with world.app.store.transaction() as tx:
        account = account_of(world.app, tx, world.clock.now)
    (standing,) = (s for s in account.standings if s.unit.code == "XHE")
    assert total == figure(standing, world.app.forms["activities"], "participants")
    return int(total)


def arrive(world: World, subject: str, *rows: object, sender: str = "xinhe@example.org") -> str:
    content = table("新河街道总工会", *rows)  # type: ignore[arg-type]
    world.clock.forward(hours=1)
    world.deliver(mail(sender=sender, subject=subject, attachments=[("附件1.xlsx", content)]))
    world.round()
    return world.submissions[-1].case


def decide(world: World, action: ActKind, case: str) -> None:
    settle(world.app, Act(action, Actor("lin"), Target(case), world.clock()))


def test_a_row_of_two_tables_is_summed_once_whatever_is_decided(tmp_path: Path) -> None:
    world = World(tmp_path)
    begin(world.app)
    arrive(world, "统计表", FIRST, COMMON)
    assert summed(world) == 120
    arrive(world, "补报", COMMON, LATER)
    assert summed(world) == 123
    case = arrive(world, "更正", COMMON, sender="someone@example.net")  # waits, as the sender is unknown
    assert summed(world) == 123
    decide(world, ActKind.APPEND, case)
    assert summed(world) == 123
    decide(world, ActKind.UNDO, case)
    decide(world, ActKind.REPLACE, case)
    assert summed(world) == 20  # it repeats nothing that counts any more
    decide(world, ActKind.UNDO, case)
    assert summed(world) == 123
