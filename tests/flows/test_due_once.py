"""What is due at a time is made once: by two programs at once, and after a time in which none ran."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from mailbot.documents import workbook
from mailbot.domain.letter import LetterKind, LetterState
from mailbot.flows.deliver import deliver_next
from mailbot.flows.remind import remind
from mailbot.flows.report import report
from support.world import SHANGHAI, World, config

SLOTS = [date(2021, 9, day) for day in (13, 16, 20, 22, 23, 26, 27, 28, 29)]
"""Days on which a digest or a step of the reminding is due."""


@pytest.fixture(autouse=True)
def _plain_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without their workbooks, which other tests open and which take most of the time."""
    for made in ("blank_form", "consolidated"):
        monkeypatch.setattr(workbook, made, lambda *known, **named: b"")


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, datetime.min.time().replace(hour=hour), SHANGHAI)


def due(world: World) -> None:
    world.collect()
    remind(world.app)
    report(world.app)
    while deliver_next(world.app):
        pass


def test_two_programs_that_ask_at_the_same_time_make_and_send_each_letter_of_a_slot_once(tmp_path: Path) -> None:
    """As where the lock of the daemon failed to hold: "once" is a key of the database."""
    one, other = World(tmp_path), World(tmp_path)
    with ThreadPoolExecutor(2) as pool:
        for day in SLOTS:
            one.clock.now = other.clock.now = at(day)
            list(pool.map(due, [one, other]))
    letters = [letter for letter in one.letters if letter.kind in (LetterKind.REMINDER, LetterKind.DIGEST)]
    sent = [envelope.key for world in (one, other) for envelope in world.post.sent]
    assert {letter.kind for letter in letters} == {LetterKind.REMINDER, LetterKind.DIGEST}
    assert {letter.state for letter in letters} == {LetterState.SENT}
    assert sorted(sent) == sorted(letter.key for letter in letters)
    for world in (one, other):
        world.app.store.close()


@pytest.mark.parametrize("asleep", [timedelta(hours=5), timedelta(days=3)])
def test_a_digest_whose_hour_came_while_nothing_ran_is_made_up_once_within_its_week(
    tmp_path: Path, asleep: timedelta
) -> None:
    world = World(tmp_path)
    monday = at(date(2021, 9, 13), 8)
    world.clock.now = monday
    world.round()
    world.clock.now = monday + asleep
    world.restart()
    world.round()
    world.round()
    assert len(world.sent("digest")) == 1


def test_a_week_in_which_nothing_ran_has_no_digest_of_its_own_and_no_reminder_of_its_days_is_made_up(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    world.clock.now = at(date(2021, 9, 13))
    world.round()
    world.clock.now = at(date(2021, 9, 28))
    world.restart()
    world.round()
    keys = [envelope.key for envelope in world.post.sent if envelope.kind is LetterKind.DIGEST]
    assert [key.split(":")[2] for key in keys] == ["2021-W37", "2021-W39"]
    passed = [letter for letter in world.letters if letter.kind is LetterKind.REMINDER]
    assert {letter.queued_at.astimezone(SHANGHAI).date() for letter in passed} <= {date(2021, 9, 28)}


@pytest.mark.parametrize("weekday", [0, "0", "1", "mon", "星期一"])
def test_a_weekday_is_written_by_its_whole_name(tmp_path: Path, weekday: object) -> None:
    """Numbers and short names mean different days to different people and programs."""
    assert config(tmp_path, digest={"weekday": "monday"}).digest.weekday == "monday"
    with pytest.raises(ValidationError, match=r"digest\.weekday"):
        config(tmp_path, digest={"weekday": weekday})
