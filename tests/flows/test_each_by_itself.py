"""One unit, letter, template, mailbox, case or duty that fails stops no other, and staff hear of it."""

import json
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailbot.cli.commands import health, once, status
from mailbot.cli.commands.once import one_pass
from mailbot.cli.options import progress
from mailbot.daemon import heartbeat
from mailbot.daemon.daemon import Daemon
from mailbot.decide import reminders as who_is_reminded
from mailbot.domain.errors import MailboxError
from mailbot.domain.letter import Envelope, Letter, LetterKind
from mailbot.flows import deliver, open_cases, remind, staff_mail, watch
from mailbot.flows.deliver import deliver_next
from mailbot.flows.ports import App
from mailbot.flows.watch import Known
from mailbot.letters.rendering.renderer import Renderer
from storage.store import Transaction
from support.doubles import MemoryMailbox, MemoryPost
from support.mails import mail
from support.review import a_table_of_nobody, answer, arrive, table_of
from support.world import NOON, SHANGHAI, World, opened, words

REMINDED = ["xinhe@example.org", "xingang@example.org", "port@example.org"]
A_STAGE = datetime(2021, 9, 28, 9, 30, tzinfo=SHANGHAI)
A_MONDAY = datetime(2021, 9, 27, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def due(world: World) -> World:
    """A world in which a reminder is due to each of three units."""
    world.clock.now = A_STAGE
    return world


def reminded(world: World) -> list[str]:
    return sorted(str(letter["To"]) for letter in world.sent("reminder"))


def alerts(world: World) -> str:
    watch.watch(world.app, Known(since=NOON - timedelta(days=9)))
    while deliver_next(world.app):
        pass
    return "\n".join(words(letter) for letter in world.sent("alert"))


def fail_for(monkeypatch: pytest.MonkeyPatch, to: str, kind: LetterKind) -> None:
    """Let every shape of the letters of that kind to one address fail."""
    render = Renderer.render

    def odd(self: Renderer, letter: Letter, now: datetime) -> Envelope:
        if (letter.to, letter.kind) == (to, kind):
            raise KeyError("an odd letter")
        return render(self, letter, now)

    monkeypatch.setattr(Renderer, "render", odd)


# ---------------------------------------------------------------- letters


def test_a_template_that_fails_for_one_unit_gives_way_to_the_programs_own(due: World, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "reminder.txt").write_text(
        "{{ 1 // 0 if content.unit_name == '新河街道总工会' }}按办公室模板", encoding="utf-8"
    )
    config = due.config
    own = Renderer(config.organisation, config.mailbox[0], config.campaign, tmp_path / "templates")
    due.app = replace(due.app, letters=own)
    due.round()
    assert reminded(due) == sorted(REMINDED)
    by_office = {str(letter["To"]) for letter in due.sent("reminder") if "按办公室模板" in words(letter)}
    assert by_office == {"xingang@example.org", "port@example.org"}
    assert "提醒（xinhe@example.org）" in alerts(due)
    assert "reminder.txt cannot be filled" in alerts(due)


def test_a_reminder_that_cannot_be_written_waits_and_the_others_leave(
    due: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        fail_for(patched, "xinhe@example.org", LetterKind.REMINDER)
        due.round()
        assert reminded(due) == sorted(REMINDED[1:])
        assert "提醒（xinhe@example.org）" in alerts(due)
    due.clock.forward(minutes=1)
    due.round()
    assert reminded(due) == sorted(REMINDED)
    assert not due.app.setbacks


def test_a_reminder_that_cannot_be_written_anew_at_the_last_moment_keeps_back_no_other(
    due: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    due.collect()
    remind.remind(due.app)
    fail_for(monkeypatch, "xinhe@example.org", LetterKind.REMINDER)
    while deliver_next(due.app):
        pass
    assert reminded(due) == sorted(REMINDED[1:])


def test_a_unit_that_cannot_be_decided_about_keeps_back_no_other(due: World, monkeypatch: pytest.MonkeyPatch) -> None:
    reminder = who_is_reminded.reminder

    def odd(standing: who_is_reminded.Standing, *more: object) -> Letter | None:
        if standing.unit.code == "XG":
            raise ZeroDivisionError("odd figures")
        return reminder(standing, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(who_is_reminded, "reminder", odd)
    due.round()
    assert reminded(due) == sorted(["xinhe@example.org", "port@example.org"])
    assert "新港街道总工会的提醒：odd figures" in alerts(due)


def test_a_receipt_that_cannot_be_shaped_comes_plainly_and_the_mail_is_registered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_for(monkeypatch, "xinhe@example.org", LetterKind.RECEIPT)
    arrive(world, attachments=table_of("新河街道总工会"))
    arrive(world, sender="port@example.org", attachments=table_of("云海港集团工会"))
    assert [s.submission.current for s in world.submissions] == [True, True]
    plain, other = world.sent("receipt")
    assert "受理号 HWM21-0001" in words(plain)
    assert "详细内容由工作人员另行告知" in words(plain)
    assert (plain["Auto-Submitted"], plain["In-Reply-To"] is not None) == ("auto-replied", True)
    assert "详细内容由工作人员另行告知" not in words(other)
    assert "回执（xinhe@example.org）" in alerts(world)


def test_a_letter_over_which_something_breaks_while_it_is_sent_keeps_back_no_other(
    due: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reminders_due = deliver.reminders_due

    def odd(app: App, tx: Transaction, now: datetime, unit: str | None = None) -> list[Letter]:
        if unit == "XHE":
            raise RuntimeError("odd")
        return reminders_due(app, tx, now, unit)

    monkeypatch.setattr(deliver, "reminders_due", odd)
    due.round()
    assert reminded(due) == sorted(REMINDED[1:])
    assert "（xinhe@example.org）：odd" in alerts(due)


def test_a_letter_that_may_have_been_taken_when_its_server_broke_oddly_is_not_repeated(due: World) -> None:
    class Odd(MemoryPost):
        def send(self, envelope: Envelope) -> str:
            self.sent.append(envelope)
            raise ValueError("an answer like no other")

    post = Odd()
    due.app = replace(due.app, posts={"office": post})
    for _ in range(3):
        due.round()
        due.clock.forward(hours=2)
    assert sorted(envelope.to for envelope in post.sent if envelope.kind == "reminder") == sorted(REMINDED)


# ---------------------------------------------------------------- the digest


def test_a_workbook_that_cannot_be_made_costs_the_digest_no_more_than_that(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailbot.documents import workbook

    def odd(*arguments: object, **named: object) -> bytes:
        raise MemoryError("too large")

    monkeypatch.setattr(workbook, "consolidated", odd)
    world.clock.now = A_MONDAY
    world.round()
    (digest,) = world.sent("digest")
    assert [part.get_filename() for part in digest.iter_attachments()] == []
    assert "周报所附汇总表" in alerts(world)


def test_a_digest_that_fails_for_one_address_goes_to_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path, staff={"digest_to": ["a@example.org", "b@example.org"]})
    fail_for(monkeypatch, "a@example.org", LetterKind.DIGEST)
    world.clock.now = A_MONDAY
    world.round()
    assert [letter["To"] for letter in world.sent("digest")] == ["b@example.org"]
    assert "周报（a@example.org）" in alerts(world)


# ---------------------------------------------------------------- cases


def test_a_case_that_cannot_be_settled_is_answered_and_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_table_of_nobody(world)
    first = world.sent("case")[-1]
    with monkeypatch.context() as patched:

        def odd(*arguments: object, **named: object) -> str:
            raise ZeroDivisionError("odd case")

        patched.setattr(staff_mail, "carry_out", odd)
        transcript = answer(world, "归属 新港街道总工会", first)
    assert transcript["Subject"].startswith("【未办理】")
    assert "处理时程序出错，未作任何改动" in words(transcript)
    assert not any(s.submission.current for s in world.submissions)
    arrive(world, sender="port@example.org", attachments=table_of("云海港集团工会"))
    assert world.messages[-1].disposition == "submission"
    assert "odd case" in alerts(world)
    assert answer(world, "归属 新港街道总工会", transcript)["Subject"].startswith("【已办理】")


def test_a_question_to_staff_that_cannot_be_asked_costs_nobody_the_receipt(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(*arguments: object, **named: object) -> Letter:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(open_cases, "case_letter", odd)
    a_table_of_nobody(world)
    assert len(world.sent("receipt")) == 1
    assert "受理号 HWM21-0001 的待核定来信（staff@example.org）" in alerts(world)


# ---------------------------------------------------------------- mailboxes, passes, duties


def two_mailboxes(tmp_path: Path) -> World:
    world = World(tmp_path)
    first = world.config.mailbox[0]
    second = first.model_copy(update={"name": "second", "address": "second@example.com"})
    world.config = world.config.model_copy(update={"mailbox": (first, second)})
    world.app = replace(
        world.app,
        config=world.config,
        mailboxes=((first, world.inbox), (second, MemoryMailbox(name="second"))),
        posts={"office": world.post, "second": MemoryPost()},
        sent={"office": world.sent_folder, "second": world.sent_folder},
    )
    return world


@pytest.mark.parametrize("error", [MailboxError("unreachable"), AssertionError("odd answer")])
def test_a_mailbox_whose_server_is_odd_keeps_back_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    world = two_mailboxes(tmp_path)
    second = world.app.mailboxes[1][1]
    assert isinstance(second, MemoryMailbox)
    second.deliver(mail(sender="port@example.org", attachments=table_of("云海港集团工会")), world.clock.now)

    def broken() -> None:
        raise error

    monkeypatch.setattr(world.inbox, "listing", broken)
    with progress() as bar:
        again = one_pass(world.app, bar)
    assert [message.disposition for message in world.messages] == ["submission"]
    assert any(str(error) in sentence for sentence in again)


def test_a_flow_that_fails_in_a_pass_stops_no_other(due: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(app: object) -> None:
        raise ZeroDivisionError("odd")

    due.deliver(mail(sender="port@example.org", attachments=table_of("云海港集团工会")))
    monkeypatch.setattr(once, "remind", odd)
    due.clock.now = A_MONDAY
    with progress() as bar:
        again = one_pass(due.app, bar)
    assert "reminders: ZeroDivisionError: odd" in again
    assert {letter.kind for letter in due.letters} >= {"receipt", "digest"}


def test_a_duty_that_fails_is_told_everywhere_and_logged_once(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    is_odd = [True]

    def odd(self: Daemon) -> None:
        if is_odd:
            raise ZeroDivisionError("odd figures")

    monkeypatch.setattr(Daemon, "remind", odd)
    daemon = Daemon(world.app)
    ticks = {tick.name: tick for tick in daemon.ticks}
    with caplog.at_level(logging.DEBUG, logger="mailbot.daemon.duties"):
        for _ in range(5):
            for name in ("remind", "report", "judge", "send"):
                ticks[name]()
    levels = [(record.levelname, record.getMessage(), bool(record.exc_info)) for record in caplog.records]
    assert levels == [
        ("WARNING", "remind: ZeroDivisionError: odd figures", False),
        ("DEBUG", "remind failed", True),
    ]
    monotonic = time.monotonic
    with monkeypatch.context() as later:
        later.setattr(time, "monotonic", lambda: monotonic() + 300)
        ticks["watch"]()
    ticks["send"]()
    assert [str(letter["Subject"]) for letter in world.sent("alert")] == ["【系统告警】“提醒”执行失败"]
    assert "已持续 5 分钟，原因：ZeroDivisionError: odd figures" in words(world.sent("alert")[0])

    world.clock.now = datetime.now(SHANGHAI)
    daemon.beat(daemon.ticks)
    archive = world.config.archive.path
    beat = heartbeat.read(archive)
    assert beat is not None
    assert any("remind has failed" in fault for fault in beat.faults())
    assert not beat.death(datetime.now(UTC))
    monkeypatch.setattr("mailbot.cli.options.load", lambda path, **more: world.config)
    beside = {"store": opened(world.config.database.url), "mailboxes": (), "posts": {}}
    monkeypatch.setattr(status, "build_beside", lambda config: replace(world.app, **beside))
    told = CliRunner().invoke(health.command, ["--config", "x"])
    assert (told.exit_code, "degraded: remind has failed" in told.output) == (1, True)
    shown = CliRunner().invoke(status.command, ["--config", "x"])
    assert "系统需要处理：“提醒”执行失败" in shown.output
    assert "原因：ZeroDivisionError: odd figures" in shown.output
    document = json.loads(CliRunner().invoke(status.command, ["--config", "x", "--json"]).output)
    assert "“提醒”执行失败" in document["trouble"]
    assert any(detail["code"] == "duty-remind" for detail in document["trouble_details"])

    is_odd.clear()
    ticks["remind"]()
    ticks["watch"]()
    ticks["send"]()
    assert str(world.sent("alert")[-1]["Subject"]) == "【系统恢复】“提醒”恢复正常"
