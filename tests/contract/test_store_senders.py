"""What the store records of senders and of dead addresses, on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta

from mailbot.domain.letter import Envelope, LetterKind, LetterState
from mailbot.domain.mail import Address, Disposition, Head, Place, Sighting, Unjudged
from mailbot.domain.submission import Verdict
from mailbot.mail.bounces import Bounce
from storage.store import Store

NOON = datetime(2021, 9, 14, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UNIT, ORIGINAL = "unit@example.org", "<0123456789@example.com>"


def accept(store: Store, number: int, at: datetime = NOON) -> int:
    with store.transaction() as tx:
        tx.accept(Sighting(Place("office", "INBOX", 1, number), at, 9), f"{number:064x}", "c", at)
        return tx.messages("c")[-1].id


def judge(store: Store, number: int, sender: str, at: datetime = NOON) -> int:
    message = accept(store, number, at)
    with store.transaction() as tx:
        head = Head(sender=Address(sender))
        tx.save(message, None, head, "", (), Verdict(Disposition.AUTOMATIC, ""), at)
    return message


def sent(store: Store, to: str = "Unit@Example.org") -> None:
    with store.transaction() as tx:
        tx.enqueue(Envelope("reminder:1", LetterKind.REMINDER, to, "提醒", ORIGINAL, b""), NOON, NOON, held=False)
        claimed = tx.claim(NOON, MINUTE, "me")
        assert claimed is not None
        tx.settle(claimed, "me", LetterState.SENT, NOON)


def bounce(store: Store, at: datetime, *, why: str = "地址不存在", letter: str | None = ORIGINAL) -> None:
    number = int(at.timestamp())
    message = judge(store, number, "mailer-daemon@example.net", at)
    with store.transaction() as tx:
        tx.bounced(message, [Bounce(UNIT, why, letter)], at)


def dead(store: Store) -> frozenset[str]:
    with store.transaction() as tx:
        return tx.dead_addresses()


def test_an_address_dies_with_a_letter_of_ours_and_lives_again_with_a_mail(store: Store) -> None:
    sent(store)
    bounce(store, NOON + MINUTE)
    assert dead(store) == {UNIT}
    judge(store, 1, "UNIT@example.org", NOON)  # from before
    assert dead(store) == {UNIT}
    judge(store, 2, "UNIT@example.org", NOON + 2 * MINUTE)
    assert dead(store) == frozenset()
    bounce(store, NOON + 3 * MINUTE)
    with store.transaction() as tx:
        assert tx.died_at("Unit@example.org") == NOON + 3 * MINUTE


def test_other_reports_kill_no_address(store: Store) -> None:
    sent(store)
    bounce(store, NOON + MINUTE, why="邮箱已满")
    bounce(store, NOON + 2 * MINUTE, letter=None)
    bounce(store, NOON + 3 * MINUTE, letter="<other@example.com>")
    assert dead(store) == frozenset()


def test_a_letter_to_somebody_else_or_not_sent_yet_kills_no_address(store: Store) -> None:
    with store.transaction() as tx:
        tx.enqueue(Envelope("reminder:2", LetterKind.REMINDER, UNIT, "提醒", ORIGINAL, b""), NOON, NOON, held=True)
    sent(store, "other@example.org")
    bounce(store, NOON + MINUTE)
    assert dead(store) == frozenset()


def test_the_messages_of_a_sender_are_counted_back_from_the_latest(store: Store) -> None:
    for number in range(3):
        judge(store, number, "Unit@example.org", NOON + number * MINUTE)
    accept(store, 9)
    with store.transaction() as tx:
        found = [tx.judged_of(UNIT, back) for back in range(4)]
    assert found == [NOON + 2 * MINUTE, NOON + MINUTE, NOON, None]


def test_a_deferred_message_is_left_alone_until_its_time_and_loses_no_attempt(store: Store) -> None:
    message, until = accept(store, 1), NOON + MINUTE
    with store.transaction() as tx:
        tx.begin_attempt(message)
        tx.defer(message, until)
        assert (tx.next_waiting(NOON), tx.deferred(NOON)) == (None, (until,))
        waiting = tx.next_waiting(until)
        assert waiting is not None
        assert (waiting.id, waiting.attempts) == (message, 0)
        assert tx.deferred(until) == ()


def test_a_message_that_was_stepped_past_loses_no_attempt_and_says_why_until_it_can_be_read(store: Store) -> None:
    message, until, sha256 = accept(store, 1), NOON + MINUTE, f"{1:064x}"
    with store.transaction() as tx:
        assert tx.unjudged(NOON) == (Unjudged(sha256, NOON),)
        tx.begin_attempt(message)
        tx.step_past(message, until, "it is damaged")
        assert (tx.next_waiting(NOON), tx.deferred(NOON)) == (None, ())
        assert tx.unjudged(NOON) == (Unjudged(sha256, NOON, "it is damaged"),)
        tx.retry()
        waiting = tx.next_waiting(NOON)
        assert waiting is not None
        assert waiting.attempts == 0
        tx.begin_attempt(message)
        tx.defer(message, until)
        assert (tx.unjudged(NOON), len(tx.unjudged(until))) == ((), 1)


def test_a_message_that_was_stepped_past_may_be_fetched_again_and_then_counts_only_by_the_same_bytes(
    store: Store,
) -> None:
    message = accept(store, 1)
    other = Sighting(Place("office", "INBOX", 1, 1), NOON, 9)
    with store.transaction() as tx:
        assert tx.known_uids("office", "INBOX", 1) == {1}
        tx.leave(Place("office", "INBOX", 1, 7), NOON)
        tx.step_past(message, NOON + MINUTE, "it is damaged")
        assert tx.known_uids("office", "INBOX", 1) == {7}
        assert not tx.accept(other, f"{2:064x}", "c", NOON)
        assert not tx.known_sha(f"{2:064x}")
        assert tx.next_waiting(NOON) is None
    accept(store, 1)
    with store.transaction() as tx:
        assert tx.known_uids("office", "INBOX", 1) == {1, 7}
        waiting = tx.next_waiting(NOON)
        assert waiting is not None
        assert (waiting.id, tx.unjudged(NOON)) == (message, (Unjudged(f"{1:064x}", NOON),))


def test_what_was_received_is_counted_by_its_places(store: Store) -> None:
    for number in range(3):
        accept(store, number)
    with store.transaction() as tx:
        tx.accept(Sighting(Place("office", "Other", 1, 7), NOON, 9), f"{1:064x}", "c", NOON)
        tx.leave(Place("office", "INBOX", 1, 99), NOON)
        assert (tx.received("c"), tx.received("another")) == (3, 0)
