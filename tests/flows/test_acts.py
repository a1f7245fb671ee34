"""Whatever changes what counts is an act, with who, by what proof, where and about what; nothing else writes it."""

import ast
import json

import pytest
from sqlalchemy import create_engine, text

from mailbot.domain.act import Act, ActKind, Actor, Source, StoredAct, Target, Via
from mailbot.domain.errors import ActRefused
from mailbot.domain.proof import Proof
from mailbot.flows.settle import settle
from support.command_line import ARRIVED, Office
from support.dovecot import Account
from support.mails import mail
from support.paths import PROJECT
from support.review import STAFF, a_correction_by_a_stranger, answer, arrive, decide, table_of
from support.world import NOON, World, activity

CASE = "HWM21-0001"


def test_a_report_is_an_act_of_its_sender(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity()))
    (act,) = acts(world)
    (message,) = world.messages
    assert act.number is None
    assert act.act.kind is ActKind.REPORT
    assert act.act.actor == Actor("xinhe@example.org", Via.MAIL, Proof.UNTOLD)
    assert act.act.source == Source(message.sha256)
    assert act.act.target == Target(CASE, "XHE")


def test_a_decision_by_mail_keeps_its_actor_its_line_and_the_version_that_it_was_about(world: World) -> None:
    a_correction_by_a_stranger(world)
    answer(world, "替换")
    act = acts(world)[-1].act
    assert (act.kind, act.actor.name, act.actor.via) == (ActKind.REPLACE, STAFF, Via.MAIL)
    assert (act.source.line, bool(act.source.message), bool(act.source.token)) == ("替换", True, True)
    assert act.target == Target("HWM21-0002", None, 2)


def test_each_table_names_the_act_that_made_it_what_it_is(world: World) -> None:
    a_correction_by_a_stranger(world)
    assert last_acts(world) == {"HWM21-0001": "report", "HWM21-0002": "report"}
    decide(world, "replace", "HWM21-0002")
    assert last_acts(world) == {"HWM21-0001": "replace", "HWM21-0002": "replace"}
    decide(world, "undo", "HWM21-0002")
    assert last_acts(world) == {"HWM21-0001": "undo", "HWM21-0002": "undo"}


def test_the_acts_about_a_unit_tell_its_whole_story(world: World) -> None:
    a_correction_by_a_stranger(world)
    decide(world, "replace", "HWM21-0002")
    arrive(world, sender="port@example.org", attachments=table_of("云海港集团工会", activity()))
    with world.app.store.transaction() as tx:
        assert [one.act.kind for one in tx.acts(unit="XHE")] == ["report", "report", "replace"]
        assert [one.act.kind for one in tx.acts(unit="PORT")] == ["report"]


def test_an_act_about_another_version_than_the_present_one_is_refused(world: World) -> None:
    a_correction_by_a_stranger(world)
    act = Act(ActKind.REPLACE, Actor("lin"), Target("HWM21-0002", version=7), NOON)
    with pytest.raises(ActRefused, match="已不是第 7 版"):
        settle(world.app, act)
    with world.app.store.transaction() as tx:
        assert tx.decisions() == ()


def test_what_is_written_without_an_act_is_noticed(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity()))
    engine = create_engine(f"sqlite:///{world.config.database.path}")
    with pytest.raises(AssertionError, match="written by no act"), engine.begin() as connection:
        connection.execute(text("UPDATE submission SET current = 0"))
    engine.dispose()


def test_one_flow_alone_performs_acts_and_one_module_alone_writes_figures() -> None:
    assert callers("apply") == {"mailbot/flows/perform.py"}
    users = {
        str(file.relative_to(PROJECT))
        for room in ("mailbot", "storage")
        for file in (PROJECT / room).rglob("*.py")
        if "storage.figures" in file.read_text(encoding="utf-8")
    }
    assert users == {"storage/acts.py"}


def test_the_log_of_a_unit_shows_its_reports_too(office: Office, dovecot: Account) -> None:
    raw = mail(sender="xinhe@example.org", attachments=table_of("新河街道总工会", activity()))
    dovecot.deliver(raw, when=ARRIVED)
    assert office.ask("once").returncode == 0
    shown = office.ask_plainly("review", "log", "--unit", "新河街道总工会", "--json", "--config", str(office.config))
    assert [(one["number"], one["action"], one["by"]) for one in json.loads(shown.stdout)] == [
        (None, "report", "xinhe@example.org")
    ]
    assert json.loads(office.ask_plainly("review", "log", "--json", "--config", str(office.config)).stdout) == []


def callers(method: str) -> set[str]:
    """The files of the product that call this method of a transaction."""
    return {
        str(file.relative_to(PROJECT))
        for file in (PROJECT / "mailbot").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == method
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "tx"
    }


def acts(world: World) -> tuple[StoredAct, ...]:
    with world.app.store.transaction() as tx:
        return tx.acts()


def last_acts(world: World) -> dict[str, str]:
    """The kind of the act that each table names, by its case."""
    engine = create_engine(f"sqlite:///{world.config.database.path}")
    with engine.connect() as connection:
        query = "SELECT submission.case_name, kind FROM submission JOIN act ON act.id = submission.act"
        found = dict(tuple(row) for row in connection.execute(text(query)))
    engine.dispose()
    return found
