"""Mail, decisions and erasures in any order: what counts is left by each erasure, and a replay gives the same."""

import os
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot.cli.commands.replay import canonical
from mailbot.decide.retention import limits_before
from mailbot.domain.erasing import person_called
from mailbot.domain.errors import ActRefused
from mailbot.flows.erase import Order, erase, mails
from mailbot.flows.find_person import find_person, open_cases_of
from mailbot.flows.open_cases import waiting_cases
from mailbot.flows.purge import purge
from support.replay import again
from support.review import arrive, decide, table_of
from support.world import World, activity

SENDERS = ("xinhe@example.org", "xingang@example.org", "port@example.org", "someone@example.net", "other@example.net")
UNITS = ("新河街道总工会", "新港街道总工会", "云海港集团工会", "")
TITLES = ("甲", "乙", "欧阳明珠讲座", "联系13800138000的讲座")
KEPT = ("case", "unit", "status", "relation", "current", "version")
STEPS = 14
SEEDS = 60 if os.environ.get("MAILBOT_FAULTS") == "full" else 4


def figures(world: World) -> object:
    """Each table with its standing and figures, each mail with its outcome, each decision."""
    with world.app.store.transaction() as tx:
        decisions = [(d.number, d.act.kind, d.act.target.case, d.act.target.unit, d.undone) for d in tx.decisions()]
    mails = [(m["sha256"], m["disposition"], m["case"]) for m in world.export["messages"]]
    return mails, decisions, [(*(s[name] for name in KEPT), counts(s["records"])) for s in world.export["submissions"]]


def counts(records: list[Any]) -> list[dict[str, int]]:
    """The figures of rows."""
    return [{name: v for name, v in record["values"].items() if isinstance(v, int)} for record in records]


def something(world: World, chance: random.Random) -> None:
    """A mail, or a decision about a case that waits, or one that is taken back."""
    with world.app.store.transaction() as tx:
        waiting = [case.name for case in waiting_cases(world.app, tx)]
        decided = [one.act.target.case for one in tx.decisions() if not one.undone and one.act.target.case]
    kind = chance.random()
    try:
        if waiting and kind < 0.35:
            unit = chance.choice(["XHE", "XG", "PORT"])
            action = chance.choice(["accept", "assign", "replace", "append", "reject", "ignore"])
            decide(
                world, action, chance.choice(waiting), **({"unit": unit} if action == "assign" else {}), reason="原因"
            )
            return
        if decided and kind < 0.45:
            decide(world, "undo", chance.choice(decided))
            return
    except ActRefused:
        return
    rows = [activity(title, people=chance.choice([50, 60])) for title in chance.sample(TITLES, chance.randint(1, 3))]
    arrive(
        world,
        sender=chance.choice(SENDERS),
        subject=chance.choice(["统计表", "更正", "补报"]),
        attachments=table_of(chance.choice(UNITS), *rows),
    )


def something_goes(world: World, chance: random.Random) -> None:
    """A person, or all that is older than a moment; what waits for a person stays."""
    if chance.random() < 0.4:
        purge(world.app, limits_before(world.clock() - timedelta(minutes=chance.randint(0, 6))))
        return
    found = find_person(world.app, person_called(chance.choice([*SENDERS, "欧阳明珠", "13800138000"])))
    with world.app.store.transaction() as tx:
        waiting = open_cases_of(tx, found.messages)
    if not waiting:
        own, naming = ([one.sha256 for one in some] for some in (found.own, found.naming))
        erase(world.app, Order(world.clock(), messages=mails(own, naming), person=found.person))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_an_erasure_changes_no_figure_and_a_replay_is_equal(tmp_path: Path, seed: int) -> None:
    world, chance = World(tmp_path), random.Random(seed)
    for step in range(STEPS):
        something(world, chance)
        if chance.random() < 0.2 or step == STEPS - 2:
            before = figures(world)
            something_goes(world, chance)
            assert figures(world) == before
    assert canonical(again(world, tmp_path)) == canonical(world.app)
