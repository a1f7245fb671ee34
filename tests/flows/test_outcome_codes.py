"""What happens to a mail goes by the code of its outcome, however its sentence is worded."""

from pathlib import Path

import pytest
from sqlmodel import update

from mailbot.decide.screening import DOUBTS
from mailbot.domain.act import ActKind
from mailbot.domain.outcome_codes import (
    AMBIGUOUS,
    ASKS_FOR_TIME,
    BY_PROGRAM,
    FORGED,
    IN_DOUBT,
    OF_SENTENCES,
)
from mailbot.domain.proof import Proof
from mailbot.flows.judge import take_in
from mailbot.flows.open_cases import waiting_cases
from storage import tables
from support.mails import mail
from support.review import arrive, decide
from support.world import World, table

TABLE = [("附件1.xlsx", table())]
MAILS = {
    BY_PROGRAM: mail(attachments=TABLE, headers={"Precedence": "bulk"}),
    AMBIGUOUS: mail(sender="xinhe@example.org, other@example.net", attachments=TABLE),
    FORGED: mail(attachments=TABLE),
    ASKS_FOR_TIME: mail(subject="延期申请", text="因人员调整，我单位申请延期至10月8日报送统计表，请批准。"),
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def judged(world: World, code: str) -> World:
    world.deliver(MAILS[code])
    world.collect()
    (message,) = world.messages
    with world.app.store.transaction() as tx:
        waiting = tx.waiting(message.sha256)
    assert waiting is not None
    take_in(world.app, waiting, proof=Proof.DISOWNED if code == FORGED else Proof.UNTOLD)
    return world


def kinds_of_cases(world: World) -> list[str]:
    with world.app.store.transaction() as tx:
        return [case.kind for case in waiting_cases(world.app, tx)]


@pytest.mark.parametrize("code", sorted(IN_DOUBT))
def test_a_sender_in_doubt_is_asked_about_whatever_the_sentence_says(
    world: World, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DOUBTS, code, "另一种说法")
    judged(world, code)
    assert [(m.code, m.reason) for m in world.messages] == [(code, "另一种说法")]
    assert kinds_of_cases(world) == ["sender"]
    assert world.export["messages"][0]["code"] is None
    world.round()
    assert world.sent("receipt") == [] or code == AMBIGUOUS


@pytest.mark.parametrize("code", sorted(IN_DOUBT))
def test_a_row_that_has_only_the_sentence_waits_as_before(world: World, code: str) -> None:
    judged(world, code)
    world.execute(update(tables.Message).values(code=None))
    assert [m.code for m in world.messages] == [code]
    assert kinds_of_cases(world) == ["sender"]
    decide(world, "accept", world.messages[0].case or "")
    assert [s.submission.current for s in world.submissions] == [True]


@pytest.mark.parametrize(
    "changes", [{"code": None}, {"reason": "另一种说法"}], ids=["only the sentence", "another one"]
)
def test_an_extension_answers_who_asked_for_it(world: World, changes: dict[str, str | None]) -> None:
    judged(world, ASKS_FOR_TIME)
    world.execute(update(tables.Message).values(**changes))
    assert "HWM21-0001 一并答复" in decide(world, "extend", unit="XHE", until=world.config.campaign.ends_on)
    assert kinds_of_cases(world) == []


@pytest.mark.parametrize("kind", [ActKind.REJECT, ActKind.IGNORE])
def test_what_a_person_closed_says_no_more_why_it_waited(world: World, kind: ActKind) -> None:
    judged(world, ASKS_FOR_TIME)
    decide(world, kind, "HWM21-0001", reason="请按期报送")
    assert [m.code for m in world.messages] == [None]


def test_the_export_tells_the_code_of_what_nobody_can_read(world: World) -> None:
    arrive(world, attachments=[("附件1.zip", b"PK\x03\x04 broken")])
    (message,) = world.export["messages"]
    assert (message["disposition"], message["code"]) == ("unreadable", world.messages[0].code)
    assert message["code"]


def test_every_code_has_the_sentence_that_stood_alone_before() -> None:
    assert set(OF_SENTENCES.values()) == {*IN_DOUBT, ASKS_FOR_TIME}
    assert set(DOUBTS) == IN_DOUBT
