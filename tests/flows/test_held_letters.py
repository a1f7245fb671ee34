"""Held letters can be viewed, and are decided again before they are sent."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import pytest

from mailbot.cli.commands import preview, release
from mailbot.domain.errors import MailboxError, StoreBusy
from mailbot.domain.letter import LetterState
from mailbot.flows.deliver import deliver_next
from mailbot.flows.ports import App
from support.mails import mail
from support.world import NOON, World, table

REMINDING = NOON.replace(day=16, hour=9, minute=1)

Release = Callable[..., None]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three units that owe their table, at the hour of their first reminder, letters held."""
    world = World(tmp_path, sending={"mode": "hold"})
    world.clock.now = REMINDING
    world.round()
    assert states(world) == [LetterState.HELD] * 4  # and the digest
    return world


@pytest.fixture
def let_go(world: World, monkeypatch: pytest.MonkeyPatch) -> Release:
    monkeypatch.setattr(release, "build", lambda config, alone, **roster: world.app)
    monkeypatch.setattr(release, "check_secrets", lambda config: None)
    monkeypatch.setattr(release, "lock", lambda url: nullcontext())
    monkeypatch.setattr(App, "close", lambda app: None)

    def run(yes: bool = True, dry_run: bool = False) -> None:
        callback = release.command.callback
        assert callback is not None
        callback(config=world.config, log_level=None, yes=yes, dry_run=dry_run)

    return run


def states(world: World) -> list[LetterState]:
    return [letter.state for letter in world.letters]


def report() -> bytes:
    return mail(sender="xinhe@example.org", attachments=[("附件1.xlsx", table())])


def test_what_is_held_is_shown_before_it_leaves(
    world: World, let_go: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    let_go(dry_run=True)
    assert "xinhe@example.org" in capsys.readouterr().out
    assert set(states(world)) == {LetterState.HELD}
    let_go()
    assert set(states(world)) == {LetterState.SENT}
    assert len(world.sent("reminder")) == 3


def test_a_report_that_came_meanwhile_stops_a_held_reminder(
    world: World, let_go: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    world.deliver(report())
    world.clock.forward(hours=1)
    let_go()
    assert sorted(letter["To"] for letter in world.sent("reminder")) == ["port@example.org", "xingang@example.org"]
    assert len(world.sent("receipt")) == 1
    assert "not sent" in capsys.readouterr().err


def test_a_reminder_whose_day_has_passed_does_not_leave_any_more(world: World, let_go: Release) -> None:
    world.clock.forward(days=1)
    let_go()
    assert world.sent("reminder") == []
    assert states(world).count(LetterState.DROPPED) == 3


def test_a_reminder_held_into_the_evening_does_not_leave_in_the_quiet_hours(world: World, let_go: Release) -> None:
    world.clock.forward(hours=9)
    let_go()
    assert world.sent("reminder") == []
    assert len(world.sent("digest")) == 1


def test_reminders_stay_held_while_the_mail_cannot_be_read(
    world: World, let_go: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    world.inbox.troubles = [MailboxError("mailbox office: unreachable")]
    with pytest.raises(SystemExit):
        let_go()
    assert "unreachable" in capsys.readouterr().err
    assert world.sent("reminder") == []
    assert states(world).count(LetterState.HELD) == 3
    let_go()
    assert len(world.sent("reminder")) == 3


def test_beside_a_running_daemon_letters_are_released_and_it_sends_them(
    world: World, let_go: Release, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def busy(url: str) -> None:
        raise StoreBusy("another daemon works on it")

    monkeypatch.setattr(release, "lock", busy)
    let_go()
    assert "the daemon" in capsys.readouterr().out
    assert world.post.sent == []
    while deliver_next(world.app):
        pass
    assert len(world.sent("reminder")) == 3


Preview = Callable[..., None]


@pytest.fixture
def looked_at(world: World, monkeypatch: pytest.MonkeyPatch) -> Preview:
    monkeypatch.setattr(preview, "build_beside", lambda config: world.app)
    monkeypatch.setattr(App, "close", lambda app: None)

    def run(at: datetime, output: Path | None = None, unit: str | None = None) -> None:
        callback = preview.command.callback
        assert callback is not None
        callback(
            kind="reminder", config=world.config, at=at.replace(tzinfo=None), unit=unit, output=output, as_text=None
        )

    return run


def test_a_preview_lists_who_would_get_which_words_on_any_day(
    looked_at: Preview, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    looked_at(datetime(2021, 9, 24), tmp_path / "letter.html")  # noqa: DTZ001  # a day as it is typed
    shown = capsys.readouterr().err
    for word in ("新河街道总工会", "port@example.org", "未报", "截止前 5 个工作日"):
        assert word in shown
    letter = (tmp_path / "letter.html").read_text(encoding="utf-8")
    assert "新河街道总工会-开展线下活动统计表.xlsx" in letter


def test_a_preview_of_a_day_without_reminders_says_when_the_next_ones_are(
    looked_at: Preview, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    looked_at(REMINDING.replace(day=20), tmp_path / "none.html")
    assert "the next ones go out at 2021-09-24 09:00, 2021-09-28 09:00" in capsys.readouterr().err
    assert not (tmp_path / "none.html").exists()
    looked_at(REMINDING.replace(year=2022))
    assert "none comes after it" in capsys.readouterr().err
