"""Replay: all records are rebuilt from the archive alone, and nothing is sent."""

import json
from pathlib import Path

import pytest

from mailbot.cli.commands.replay import canonical
from mailbot.domain.errors import ArchiveError
from mailbot.domain.letter import LetterState
from mailbot.flows.deliver import deliver_next
from mailbot.flows.judge import judge_next
from support.mails import mail
from support.replay import again
from support.review import a_correction_by_a_stranger, a_table_of_nobody, answer, arrive, decide, table_of
from support.world import World, activity


def a_lively_campaign(world: World) -> None:
    """Mail of every kind, decisions of every kind, some of them taken back."""
    arrive(world, attachments=table_of("新河街道总工会", activity("甲", people=120)))
    arrive(
        world,
        sender="someone@example.net",
        subject="更正",
        attachments=table_of("新河街道总工会", activity("甲", people=130)),
    )
    answer(world, "1")
    a_table_of_nobody(world)
    case = world.export["submissions"][-1]["case"]
    decide(world, "assign", case, unit="XG")
    decide(world, "undo", case)
    decide(world, "reject", case, reason="请写明单位")
    arrive(world, sender="port@example.org", subject="补报", attachments=table_of("云海港集团工会", activity("乙")))
    arrive(world, sender="port@example.org", subject="信息", text="活动照片", attachments=[("a.jpg", b"\xff\xd8\xff")])
    arrive(world, sender="port@example.org", attachments=[("坏.xlsx", b"PK\x03\x04broken")])
    arrive(world, subject="自动回复：您好", text="我在休假", attachments=())
    arrive(world, sender="xinhe@example.org", subject="统计表", text="统计表上周已报。", attachments=())
    deadly = mail(message_id="<deadly@example.org>", attachments=table_of("新河街道总工会"))
    world.reader.deadly.append(deadly)
    world.deliver(deadly)
    world.round()
    arrive(world, sender="staff@example.org", subject="状态", text="", attachments=())
    answer(world, "延期 新港街道 10月8日", world.sent("transcript")[-1])


def test_a_replay_gives_the_same_records_relations_and_decisions(url: str, tmp_path: Path) -> None:
    world = World(tmp_path, database={"url": url})
    a_lively_campaign(world)
    app = again(world, tmp_path)
    assert canonical(app) == canonical(world.app)
    document = json.loads(canonical(app))
    assert {m["disposition"] for m in document["messages"]} >= {"submission", "command", "unreadable", "automatic"}
    assert len(document["decisions"]) == 5


def test_extensions_and_decisions_that_were_overtaken_are_replayed_as_they_ended(world: World, tmp_path: Path) -> None:
    a_correction_by_a_stranger(world)
    stale = world.sent("case")[-1]
    arrive(world, subject="更正", attachments=table_of("新河街道总工会", activity(people=140)))
    arrive(world, text="申请延期至10月8日报送统计表。", subject="延期申请", attachments=())
    answer(world, "1", stale)
    case = next(letter for letter in reversed(world.sent("case")) if "HWM21-0002" in letter["Subject"])
    answer(world, "1\nHWM21-0004 延期 10月8日", case)
    app = again(world, tmp_path)
    assert canonical(app) == canonical(world.app)
    document = json.loads(canonical(app))
    assert [(one["action"], one["case"]) for one in document["decisions"]] == [
        ("replace", "HWM21-0002"),
        ("extend", "HWM21-0004"),
    ]


def test_a_replay_sends_nothing_and_knows_what_had_left(world: World, tmp_path: Path) -> None:
    a_lively_campaign(world)
    before = len(world.post.sent)
    app = again(world, tmp_path)
    assert deliver_next(app) is None
    assert len(world.post.sent) == before
    with app.store.transaction() as tx:
        states = {letter.key: letter.state for letter in tx.letters()}
    sent = {letter.key for letter in world.letters if letter.state is LetterState.SENT}
    assert {key for key, state in states.items() if state is LetterState.SENT} == sent


def test_letters_that_had_not_left_are_held(tmp_path: Path) -> None:
    world = World(tmp_path, sending={"mode": "hold"})
    arrive(world, attachments=table_of("新河街道总工会"))
    app = again(world, tmp_path)
    with app.store.transaction() as tx:
        assert {letter.state for letter in tx.letters()} == {LetterState.HELD}


def test_what_was_not_judged_waits_for_the_daemon(world: World, tmp_path: Path) -> None:
    arrive(world, attachments=table_of("新河街道总工会"))
    world.deliver(mail(sender="port@example.org", attachments=table_of("云海港集团工会")))
    world.collect()
    app = again(world, tmp_path)
    assert canonical(app) == canonical(world.app)
    assert judge_next(app)
    assert not judge_next(app)


def test_the_order_of_judgement_is_that_of_the_journal(world: World, tmp_path: Path) -> None:
    """Two tables that arrive at once are related by who was judged first, not by who arrived first."""
    a_correction_by_a_stranger(world)
    early = mail(
        message_id="<early@example.org>", attachments=table_of("新河街道总工会", activity("丙")), subject="补报"
    )
    world.deliver(early, world.clock.now.replace(hour=1))
    world.round()
    assert canonical(again(world, tmp_path)) == canonical(world.app)


def test_a_line_that_a_crash_cut_off_is_left_out(world: World, tmp_path: Path) -> None:
    arrive(world, attachments=table_of("新河街道总工会"))
    journal = world.config.archive.path / "journal.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"judged": "abc')
    arrive(world, sender="port@example.org", attachments=table_of("云海港集团工会"))
    assert canonical(again(world, tmp_path)) == canonical(world.app)


def test_a_decision_that_the_database_did_not_take_is_not_carried_out(world: World, tmp_path: Path) -> None:
    """The journal is written first: a crash may leave a line there of something that then happened otherwise."""
    a_table_of_nobody(world)
    decide(world, "assign", "HWM21-0001", unit="XG")
    journal = world.config.archive.path / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    made = next(line for line in lines if b'"decided"' in line)
    lost = made.replace(b'"assign"', b'"ignore"').replace(b'"XG"', b"null")
    journal.write_bytes(b"".join(lines).replace(made, lost + made))
    assert canonical(again(world, tmp_path)) == canonical(world.app)


def test_a_message_that_is_gone_from_the_archive_is_said(world: World, tmp_path: Path) -> None:
    arrive(world, attachments=table_of("新河街道总工会"))
    for file in world.config.archive.path.glob("??/*"):
        file.unlink()
    with pytest.raises(ArchiveError, match="was judged, and the archive does not say where it arrived"):
        again(world, tmp_path)
