"""Alerts to staff: each cause once a day, and once more when it is over."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.config import Staff
from mailbot.domain.letter import Letter, LetterKind, LetterState, StoredLetter
from mailbot.domain.letter_contents import Alert
from mailbot.domain.mail import Unjudged
from mailbot.letters.alert_causes import FOR_MONITORING, Poll, Signs, causes
from mailbot.letters.alerts import alerts

NOW = datetime(2021, 9, 14, 12, 0, tzinfo=UTC)
STAFF = Staff(alerts_to=("staff@example.org",))
GIB = 2**30


def signs(**changes: object) -> Signs:
    """All is well, but for the changes."""
    well: dict[str, object] = {
        "polls": (Poll("office", 60, NOW - timedelta(seconds=30)),),
        "letters": (),
        "free": 10 * GIB,
        "reserve": GIB // 2,
        "since": NOW - timedelta(days=3),
    }
    return Signs(**{**well, **changes})  # type: ignore[arg-type]  # a builder: the fields are those of Signs


def polled(minutes: float, seconds: int = 60) -> dict[str, object]:
    """A mailbox whose last complete poll is so old."""
    return {"polls": (Poll("office", seconds, NOW - timedelta(minutes=minutes)),)}


def letter(minutes: float, state: LetterState = LetterState.QUEUED, attempts: int = 0, **more: object) -> StoredLetter:
    """A letter that was queued and due so long ago."""
    at = NOW - timedelta(minutes=minutes)
    fields: dict[str, object] = {"due_at": at, "kind": LetterKind.RECEIPT, "last_error": None, **more}
    return StoredLetter(
        id=1,
        key="receipt:1",
        to="unit@example.org",
        subject="回执",
        unit=None,
        state=state,
        attempts=attempts,
        queued_at=at,
        sent_at=None,
        **fields,  # type: ignore[arg-type]  # a builder
    )


def unjudged(minutes: float, fault: str | None = None) -> Unjudged:
    """A mail that has waited so long."""
    return Unjudged("a" * 64, NOW - timedelta(minutes=minutes), fault)


def codes(found: Signs, **more: object) -> list[str]:
    return [cause.code for cause in causes(found, NOW, **more)]  # type: ignore[arg-type]


def test_where_all_is_well_nothing_is_said() -> None:
    assert codes(signs()) == []
    assert list(alerts(signs(), (), STAFF, NOW)) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (polled(16), "poll-office"),
        ({"polls": (Poll("office", 60, None),)}, "poll-office"),
        ({"letters": (letter(61),)}, "letters"),
        ({"letters": (letter(61, LetterState.SENDING),)}, "letters"),
        ({"letters": (letter(61, attempts=3, due_at=NOW + timedelta(minutes=9)),)}, "letters"),
        ({"letters": (letter(5, LetterState.REFUSED),)}, "refused"),
        ({"letters": (letter(5, LetterState.UNCERTAIN, copies=3),)}, "uncertain"),
        ({"letters": (letter(5, mailbox="gone"),)}, "mailbox-gone"),
        ({"letters": (letter(90, mailbox="gone"),)}, "mailbox-gone"),
        ({"unjudged": (unjudged(1, "the archive has no message"),)}, "archive"),
        ({"unjudged": (unjudged(61),)}, "judge"),
        ({"free": GIB // 4}, "disk"),
        ({"damage": "the database is damaged"}, "damage"),
        ({"clock_was_set": True}, "clock"),
        ({"backup_at": NOW - timedelta(days=9)}, "backup"),
    ],
)
def test_each_sign_has_its_cause_and_its_alert(wrong: dict[str, object], code: str) -> None:
    assert codes(signs(**wrong)) == [code]
    (alert,) = alerts(signs(**wrong), (), STAFF, NOW)
    assert (alert.kind, alert.to, alert.template) == (LetterKind.ALERT, "staff@example.org", "alert")
    assert alert.subject.startswith("【系统告警】")


@pytest.mark.parametrize(
    "passing",
    [
        polled(14),
        polled(100, seconds=3600),
        {**polled(600), "since": NOW - timedelta(minutes=5)},  # the program has only just been started
        {**polled(0), "polls": (Poll("office", 60, None),), "since": None},  # a first pass
        {"letters": (letter(30),)},
        {"letters": (letter(3000, LetterState.SENT),)},
        {"letters": (letter(3000, due_at=NOW),)},  # queued long ago and released just now
        {"letters": (letter(3000, LetterState.REFUSED),)},
        {"letters": (letter(5, LetterState.REFUSED, kind=LetterKind.ALERT),)},  # else one alert would breed the next
        {"letters": (letter(5, LetterState.UNCERTAIN, kind=LetterKind.ALERT),)},
        {"letters": (letter(3000, LetterState.UNCERTAIN),)},
        {"letters": (letter(5, mailbox="office"), letter(5, mailbox="gone", kind=LetterKind.REMINDER))},
        {"letters": (letter(3000, LetterState.REFUSED, mailbox="gone"),)},
        {"unjudged": (unjudged(59),)},
        {"unjudged": (unjudged(3000),), "since": NOW - timedelta(minutes=5)},
        {"free": GIB // 2},
        {"backup_at": NOW - timedelta(days=7)},
        {"backup_at": None},  # made by other means, for all we know
    ],
)
def test_what_passes_by_itself_or_is_long_known_is_no_cause(passing: dict[str, object]) -> None:
    assert codes(signs(**passing)) == []


def test_monitoring_hears_of_it_within_five_minutes() -> None:
    assert codes(signs(**polled(4.5)), patience=FOR_MONITORING) == ["poll-office"]
    assert codes(signs(free=0), patience=FOR_MONITORING) == ["disk"]


def test_a_letter_that_is_put_off_or_waits_for_its_turn_is_no_fault_to_monitoring() -> None:
    grey = letter(4.5, attempts=1, due_at=NOW + timedelta(seconds=30), last_error="450 greylisted")
    assert codes(signs(letters=(grey, *[letter(5)] * 60)), patience=FOR_MONITORING) == []


def test_an_alert_says_what_was_lost_and_why() -> None:
    wrong = signs(letters=(letter(90, attempts=2, last_error="554 not from you"),))
    (alert,) = alerts(wrong, (), STAFF, NOW)
    assert isinstance(alert.content, Alert)
    assert "554 not from you" in "".join(alert.content.lines)
    assert "09月14日 10:30" in "".join(alert.content.lines)


def told(story: Sequence[tuple[float, bool]], staff: Staff = STAFF) -> list[tuple[float, str]]:
    """What leaves when at those hours the disk is full or not, with a look every hour between them."""
    keys: list[str] = []
    heard: list[tuple[float, str]] = []
    for hour, full in story:
        now = NOW + timedelta(hours=hour)
        found: list[Letter] = list(alerts(signs(free=0 if full else GIB, polls=()), keys, staff, now))
        keys += [one.key for one in found]
        heard += [(hour, one.subject[:6]) for one in found]
    assert len(set(keys)) == len(keys)
    return heard


def test_a_cause_that_lasts_is_told_of_once_a_day_and_once_when_it_is_over() -> None:
    story = [(hour, hour < 50) for hour in range(80)]
    assert told(story) == [(0, "【系统告警】"), (24, "【系统告警】"), (48, "【系统告警】"), (50, "【系统恢复】")]


def test_a_cause_that_comes_and_goes_is_no_storm() -> None:
    story = [(hour / 60, hour % 2 == 0) for hour in range(60 * 24)]
    assert told(story) == [(0, "【系统告警】"), (1 / 60, "【系统恢复】")]


def test_what_was_told_by_a_clock_that_ran_a_year_ahead_silences_nothing() -> None:
    ahead = 365.0 * 24
    story = [(0, False), (ahead, True), (1, False), (2, True), (3, True), (4, False)]
    assert told(story) == [(ahead, "【系统告警】"), (2, "【系统告警】"), (4, "【系统恢复】")]


def test_every_address_is_told() -> None:
    two = Staff(alerts_to=("staff@example.org", "chief@example.org"))
    assert len(told([(0, True), (1, True), (2, False), (3, False)], two)) == 4


def test_an_address_that_was_never_told_of_a_cause_hears_nothing_of_its_end() -> None:
    first = [one.key for one in alerts(signs(free=0), (), STAFF, NOW)]
    later = Staff(alerts_to=("chief@example.org",))
    assert list(alerts(signs(polls=()), first, later, NOW + timedelta(hours=1))) == []
