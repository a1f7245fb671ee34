"""What the store records of senders and of dead addresses, on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta

from mailbot.domain.letter import Envelope, LetterKind, LetterState
from mailbot.domain.mail import Address, Disposition, Head, Place, Sighting, Unjudged
from mailbot.domain.submission import Verdict
from mailbot.mail.bounces import Bounce
from storage.journal import Departure
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


def sent(store: Store, to: str = "Unit@Example.org", at: datetime = NOON) -> None:
    with store.transaction() as tx:
        tx.enqueue(Envelope("reminder:1", LetterKind.REMINDER, to, "提醒", ORIGINAL, b"", "U"), at, at, held=False)
        claimed = tx.claim(at, MINUTE, "me")
        assert claimed is not None
        tx.settle(claimed, "me", LetterState.SENT, at)


def bounce(store: Store, at: datetime, *, to: str = UNIT, letters: tuple[str, ...] = (ORIGINAL,)) -> list[str]:
    """Note a report that comes then; the addresses that it counts for."""
    number = int(at.timestamp())
    message = judge(store, number, "mailer-daemon@example.net", at)
    with store.transaction() as tx:
        returned = tx.bounced(message, [Bounce(to, "地址不存在", letters)], at, lambda address: f"row of {address}")
        assert [letter for letter in tx.returned_letters() if letter.at == at] == list(returned)
    return [letter.to for letter in returned]


def test_a_letter_that_came_back_is_kept_with_what_is_known_of_it(store: Store) -> None:
    sent(store)
    assert bounce(store, NOON + MINUTE) == [UNIT]
    with store.transaction() as tx:
        (letter,) = tx.returned_letters()
    assert (letter.key, letter.kind, letter.subject, letter.unit) == ("reminder:1", LetterKind.REMINDER, "提醒", "U")
    assert (letter.why, letter.at, letter.roster_row) == ("地址不存在", NOON + MINUTE, f"row of {UNIT}")


def test_the_message_id_tells_the_letter_wherever_it_was_forwarded_to(store: Store) -> None:
    sent(store)
    assert bounce(store, NOON + MINUTE, to="elsewhere@example.net", letters=("<x@example.net>", ORIGINAL)) == [UNIT]


def test_a_report_of_a_foreign_letter_counts_for_nothing(store: Store) -> None:
    sent(store)
    assert bounce(store, NOON + MINUTE, letters=("<other@example.com>",)) == []


def test_a_report_that_names_no_letter_counts_for_the_letter_of_the_last_days_to_that_address(store: Store) -> None:
    sent(store)
    assert bounce(store, NOON + timedelta(days=6), letters=()) == [UNIT]
    assert bounce(store, NOON + timedelta(days=8), letters=()) == []
    assert bounce(store, NOON - timedelta(days=1), letters=()) == []
    assert bounce(store, NOON + timedelta(days=5), to="other@example.org", letters=()) == []


def test_two_addresses_of_one_report_about_one_letter_are_one(store: Store) -> None:
    sent(store)
    message = judge(store, 1, "mailer-daemon@example.net")
    with store.transaction() as tx:
        both = [Bounce(f"{name}@example.net", "地址不存在", (ORIGINAL,)) for name in ("one", "two")]
        assert [letter.to for letter in tx.bounced(message, both, NOON)] == [UNIT]


def test_a_letter_that_has_not_left_cannot_come_back(store: Store) -> None:
    with store.transaction() as tx:
        tx.enqueue(Envelope("reminder:2", LetterKind.REMINDER, UNIT, "提醒", ORIGINAL, b""), NOON, NOON, held=True)
    assert bounce(store, NOON + MINUTE) == []
    assert bounce(store, NOON + 2 * MINUTE, letters=()) == []


def test_a_letter_that_the_journal_says_has_left_can_come_back(store: Store) -> None:
    gone = Departure("receipt:1", LetterKind.RECEIPT, UNIT, "回执", ORIGINAL, "U", NOON)
    with store.transaction() as tx:
        tx.departed([gone])
    assert bounce(store, NOON + MINUTE) == [UNIT]


def test_the_latest_mail_of_an_address_is_known(store: Store) -> None:
    for number, at in enumerate((NOON + MINUTE, NOON)):
        judge(store, number, "UNIT@example.org", at)
    with store.transaction() as tx:
        assert tx.heard_from({UNIT, "other@example.org"}) == {UNIT: NOON + MINUTE}
        assert tx.heard_from(()) == {}


def test_the_messages_of_a_source_are_counted_back_from_the_latest(store: Store) -> None:
    for number in range(3):
        message = judge(store, number, UNIT, NOON + number * MINUTE)
        with store.transaction() as tx:
            tx.sort(message, "ours words untold", UNIT, 0, stranger=False)
    waiting = accept(store, 9)
    with store.transaction() as tx:
        assert [one.id for one in tx.unsorted(9)] == [waiting]
        tx.sort(waiting, "ours words untold", UNIT, 0, stranger=False)
        assert tx.unsorted(9) == ()
        assert (tx.waiting_of("ours words", exactly=False), tx.waiting_of("ours words", exactly=True)) == (1, 0)
        found = [tx.judged_of("ours words untold", back) for back in range(4)]
    assert found == [NOON + 2 * MINUTE, NOON + MINUTE, NOON, None]


def test_a_deferred_message_is_left_alone_until_its_time_and_loses_no_attempt(store: Store) -> None:
    message, until = accept(store, 1), NOON + MINUTE
    with store.transaction() as tx:
        tx.sort(message, "ours words untold", UNIT, 0, stranger=False)
        assert tx.waits_of_ours(NOON)
        assert tx.defer("ours words untold", until) == 1
        assert not tx.waits_of_ours(NOON)
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


def test_the_lower_turn_is_read_first_and_what_is_done_on_a_day_is_counted(store: Store) -> None:
    first, second = accept(store, 1), accept(store, 2, NOON + MINUTE)
    with store.transaction() as tx:
        tx.sort(first, "stranger words untold", UNIT, 1, stranger=True)
        tx.sort(second, "ours words untold", UNIT, 0, stranger=False)
        waiting = tx.next_waiting(NOON)
        assert waiting is not None
        assert (waiting.id, waiting.source) == (second, "ours words untold")
        assert [tx.count(NOON.date(), "x"), tx.count(NOON.date(), "x")] == [1, 2]
        assert (tx.counted("x", NOON.date(), NOON.date()), tx.counted("y", NOON.date(), NOON.date())) == (2, 0)
        tx.fold(first, NOON)
        assert tx.folded() == {first: NOON}
        tx.unfold()
        assert tx.folded() == {}


def test_a_message_that_was_stepped_past_may_be_fetched_again_and_then_counts_only_by_the_same_bytes(
    store: Store,
) -> None:
    message = accept(store, 1)
    other = Sighting(Place("office", "INBOX", 1, 1), NOON, 9)
    with store.transaction() as tx:
        assert tx.known_uids("office", "INBOX", 1) == {1}
        tx.leave([Place("office", "INBOX", 1, 7)], NOON)
        tx.step_past(message, NOON + MINUTE, "it is damaged")
        assert tx.known_uids("office", "INBOX", 1) == {7}
        assert not tx.accept(other, f"{2:064x}", "c", NOON)
        assert tx.waiting(f"{2:064x}") is None
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
        tx.leave([Place("office", "INBOX", 1, 99)], NOON)
        assert (tx.received("c"), tx.received("another")) == (3, 0)


def test_a_refused_address_stands_among_the_letters_that_came_back(store: Store) -> None:
    sent(store)
    with store.transaction() as tx:
        (row,) = tx.letters()
        refused = tx.refused(row.id, "地址不存在", NOON + MINUTE, "its row")
    assert bounce(store, NOON + 2 * MINUTE) == [UNIT]
    with store.transaction() as tx:
        first, second = tx.returned_letters()
    assert first == refused
    assert (first.key, first.to, first.why, first.at, first.roster_row) == (
        "reminder:1",
        UNIT,
        "地址不存在",
        NOON + MINUTE,
        "its row",
    )
    assert second.at == NOON + 2 * MINUTE
