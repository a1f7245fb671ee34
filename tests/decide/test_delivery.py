"""After a failed delivery: retry or give up, how long an account pauses, and limits on the number of letters."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot.config import Sending, Staff
from mailbot.decide.delivery import (
    GIVE_UP_AFTER,
    LEAST_WAITS,
    UNCERTAIN_WAITS,
    WAITS,
    after_failure,
    may_send_copy,
    patience,
    rests_until,
    with_copy_note,
)
from mailbot.decide.sending_limits import RESERVED, URGENT, Limits, allowed, limits, may_yield
from mailbot.domain.errors import Meaning, SendError
from mailbot.domain.letter import AT_MOST_ONCE, Claimed, Envelope, LetterKind, LetterState
from mailbot.domain.letter_contents import Alert
from mailbot.letters.delivery_alerts import account_alerts
from storage.outbox import LONGEST_WAIT
from support.loopback import mailbox_config

NOW = datetime(2021, 9, 24, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
EVERY = frozenset(LetterKind)


def claimed(kind: LetterKind = LetterKind.RECEIPT, **counts: int) -> Claimed:
    envelope = Envelope("key", kind, "unit@example.org", "subject", "<1@example.org>", b"Subject: s\r\n\r\nbody\r\n")
    return replace(Claimed(1, 7, envelope, NOW), **counts)  # type: ignore[arg-type]  # counts are counts


def minutes_after(meaning: Meaning, **counts: int) -> float:
    """How long a letter waits."""
    after = after_failure(claimed(**counts), SendError("451", meaning), NOW)
    assert after.state is LetterState.QUEUED
    assert after.due
    return (after.due - NOW).total_seconds() / 60


# ---------------------------------------------------------------- one letter


@pytest.mark.parametrize(("before", "minutes"), [(0, 1), (1, 5), (2, 15), (3, 60), (4, 240), (9, 240)])
def test_a_letter_refused_for_now_is_tried_again_later_each_time(before: int, minutes: int) -> None:
    assert minutes_after(Meaning.LATER, refusals=before) == minutes


def test_a_greylisted_letter_waits_some_minutes_and_one_to_a_full_mailbox_an_hour() -> None:
    assert [minutes_after(Meaning.GREYLISTED, refusals=n) for n in (0, 2)] == [5, 15]
    assert [minutes_after(Meaning.FULL, refusals=n) for n in (0, 4)] == [60, 240]


def test_a_letter_is_given_up_after_days_of_refusals() -> None:
    after = after_failure(claimed(refusals=GIVE_UP_AFTER - 1), SendError("451"), NOW)
    assert after.state is LetterState.REFUSED


@pytest.mark.parametrize(
    "meaning", [Meaning.UNKNOWN_ADDRESS, Meaning.CONTENT, Meaning.TOO_LARGE, Meaning.REFUSED], ids=str
)
def test_a_letter_refused_for_good_is_not_tried_again(meaning: Meaning) -> None:
    assert after_failure(claimed(), SendError("550", meaning), NOW).state is LetterState.REFUSED


@pytest.mark.parametrize("meaning", [meaning for meaning in Meaning if SendError("", meaning).blocked], ids=str)
def test_a_fault_of_the_account_never_counts_against_a_letter(meaning: Meaning) -> None:
    """However long a password has expired: no letter is given up for it."""
    after = after_failure(claimed(refusals=GIVE_UP_AFTER - 1), SendError("535", meaning), NOW)
    assert (after.state, after.claimed.refusals, after.claimed.copies) == (LetterState.QUEUED, GIVE_UP_AFTER - 1, 0)


def test_a_letter_over_which_the_server_hangs_up_each_time_stands_aside_for_the_others() -> None:
    assert [minutes_after(Meaning.UNREACHABLE, attempts=n) for n in (1, 2, 3, 99)] == [1, 5, 15, 15]


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_that_may_have_been_taken_waits_to_be_looked_up(kind: LetterKind) -> None:
    error = SendError("lost", Meaning.UNCERTAIN)
    waits = [after_failure(claimed(kind, copies=n), error, NOW) for n in (0, 1, 2)]
    assert [(w.state, w.claimed.copies, w.due and w.due - NOW) for w in waits] == [
        (LetterState.QUEUED, 1, timedelta(minutes=15)),
        (LetterState.QUEUED, 2, timedelta(hours=2)),
        (LetterState.QUEUED, 3, timedelta(hours=2)),
    ]


def test_of_a_receipt_three_copies_leave_at_most_of_a_digest_two_of_a_reminder_one() -> None:
    def most(kind: LetterKind) -> int:
        return next(copies for copies in range(9) if not may_send_copy(kind, copies))

    assert {kind: most(kind) for kind in LetterKind} == {
        kind: 1 if kind in AT_MOST_ONCE else 2 if kind is LetterKind.DIGEST else 3 for kind in LetterKind
    }


def test_a_copy_that_may_be_the_second_says_so_and_is_else_the_same() -> None:
    envelope = claimed().envelope
    assert with_copy_note(envelope, 0) == envelope
    assert with_copy_note(envelope, 1) == replace(
        envelope, content=b"X-Possible-Duplicate: yes\r\nSubject: s\r\n\r\nbody\r\n"
    )


# ---------------------------------------------------------------- the account


@pytest.mark.parametrize(
    ("meaning", "now", "until"),
    [
        (Meaning.MINUTES, "14:00", "24 14:15"),
        (Meaning.HOUR, "23:30", "25 00:30"),
        (Meaning.DAY, "14:00", "25 00:10"),
        (Meaning.DAY, "06:00", "25 00:10"),
        (Meaning.DAY, "00:11", "24 06:11"),
    ],
)
def test_an_account_that_sent_too_much_rests_until_its_quota_is_new(meaning: Meaning, now: str, until: str) -> None:
    hour, minute = map(int, now.split(":"))
    found = rests_until(meaning, NOW.replace(hour=hour, minute=minute))
    assert found
    assert found.strftime("%d %H:%M") == until


@pytest.mark.parametrize(("month", "day"), [(3, 28), (10, 31)])
def test_a_wait_is_as_long_in_the_night_in_which_the_clocks_are_changed(month: int, day: int) -> None:
    """Half past two does not come at all, or twice."""
    zone = ZoneInfo("Europe/Berlin")
    midnight = datetime(2021, month, day, tzinfo=zone).astimezone(UTC)
    for minutes in range(0, 300, 15):
        now = (midnight + timedelta(minutes=minutes)).astimezone(zone)
        until = rests_until(Meaning.MINUTES, now)
        due = after_failure(claimed(), SendError("450", Meaning.GREYLISTED), now).due
        lost = after_failure(claimed(), SendError("", Meaning.UNCERTAIN), now).due
        moments = [moment.astimezone(UTC) for moment in (until, due, lost) if moment]
        assert [(moment - now.astimezone(UTC)).total_seconds() / 60 for moment in moments] == [15, 5, 15]


def test_nothing_waits_longer_than_the_outbox_believes() -> None:
    hours = [NOW.replace(hour=hour) for hour in range(24)]
    rests = [until - now for meaning in Meaning for now in hours if (until := rests_until(meaning, now))]
    waits = [*WAITS, *UNCERTAIN_WAITS, *LEAST_WAITS.values()]
    assert max(rests + waits) < LONGEST_WAIT - timedelta(hours=1)  # the day that has 25


def test_other_faults_are_no_reason_to_rest_but_who_is_not_let_in_waits_an_hour() -> None:
    too_much = {Meaning.MINUTES, Meaning.HOUR, Meaning.DAY}
    assert {meaning for meaning in Meaning if rests_until(meaning, NOW)} == too_much
    assert {meaning for meaning in Meaning if patience(meaning) == timedelta(hours=1)} == {
        Meaning.LOGIN,
        Meaning.SENDER,
    }


def test_staff_hear_at_once_in_a_sentence_that_the_log_in_is_refused() -> None:
    error = SendError("smtp.example.org:465 does not let office in (535 请使用授权码登录)", Meaning.LOGIN)
    first, second = account_alerts("office", error, Staff(alerts_to=("a@example.org", "b@example.org")), NOW)
    assert (first.to, second.to, first.kind) == ("a@example.org", "b@example.org", LetterKind.ALERT)
    assert first.subject == "【系统告警】邮箱 office：发信登录被拒绝"
    assert isinstance(first.content, Alert)
    assert "请使用授权码登录" in first.content.lines[0]
    assert "客户端授权码" in first.content.lines[1]
    again = next(account_alerts("office", error, Staff(alerts_to=("a@example.org",)), NOW + timedelta(hours=9)))
    assert again.key == first.key


def test_staff_are_not_woken_for_what_passes() -> None:
    staff = Staff(alerts_to=("a@example.org",))
    told = {meaning for meaning in Meaning if list(account_alerts("office", SendError("", meaning), staff, NOW))}
    assert told == {Meaning.LOGIN, Meaning.SENDER, Meaning.DAY}


# ---------------------------------------------------------------- how many


def test_limits_of_the_configuration_win_over_those_of_the_provider() -> None:
    netease = mailbox_config(provider="163")
    assert limits(Sending(), netease) == Limits(per_minute=6, per_day=80, per_address_per_hour=10)
    own = Sending(per_minute=0, per_day=7, per_address_per_hour=2)
    assert limits(own, netease) == Limits(per_minute=0, per_day=7, per_address_per_hour=2)


def test_a_rehearsal_may_go_to_its_one_address_at_once() -> None:
    rehearsal = Sending(mode="redirect", redirect_to="me@example.org", per_address_per_hour=2)
    assert limits(rehearsal, mailbox_config()).per_address_per_hour == 0


@pytest.mark.parametrize(
    ("minute", "day", "kinds"),
    [
        (5, 59, EVERY),
        (6, 6, frozenset()),
        (0, 60, URGENT),
        (0, 75, URGENT),
        (0, 76, RESERVED),
        (0, 79, RESERVED),
        (0, 80, frozenset()),
    ],
)
def test_the_last_quarter_of_a_day_is_for_those_who_wait_for_an_answer(
    minute: int, day: int, kinds: frozenset[LetterKind]
) -> None:
    assert allowed(Limits(6, 80, 10), minute, day) == kinds


def test_letters_that_yield_take_a_quarter_of_a_day_and_none_of_its_second_half() -> None:
    daily = Limits(0, 80, 0)
    assert [may_yield(daily, *sent) for sent in ((0, 0), (39, 19), (39, 20), (40, 0))] == [True, True, False, False]
    assert may_yield(Limits(0, 0, 0), 9999, 9999)


def test_without_limits_every_letter_may_leave() -> None:
    assert allowed(Limits(0, 0, 0), 999, 9999) == EVERY
