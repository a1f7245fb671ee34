"""The contract of the store, on SQLite and on PostgreSQL."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from mailbot.domain.errors import StoreError
from mailbot.domain.letter import PRECEDENCE, Claimed, Envelope, LetterKind, LetterState, Rest, StoredLetter
from mailbot.domain.mail import Address, Disposition, Head, Place, Sighting, StoredMessage, Waiting
from mailbot.domain.submission import Evidence, Relation, Status, StoredSubmission, Submission, Verdict
from parsers.reading import Fault, Finding, Reading, Record, Severity, Value
from storage.store import Store, Transaction

NOON = datetime(2021, 9, 24, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=10)
SERIAL = count(1)


# ---------------------------------------------------------------- builders


@dataclass(frozen=True)
class File:
    path: str = "2"
    name: str = "附件1.xlsx"
    kind: str = "xlsx"
    size: int = 5000
    sha256: str = "f" * 64
    fault: Fault | None = None


def place(uid: int = 1, mailbox: str = "office", folder: str = "INBOX", uidvalidity: int = 7) -> Place:
    return Place(mailbox, folder, uidvalidity, uid)


def sighting(uid: int = 1, received_at: datetime = NOON, **where: Any) -> Sighting:
    return Sighting(place(uid, **where), received_at, size=60_000)


def sha(number: int) -> str:
    return f"{number:064x}"


def head(**changes: Any) -> Head:
    return replace(
        Head(subject="统计表", message_id="<1@example.org>", sender=Address("unit@example.org", "新河街道")), **changes
    )


def reading(**changes: Any) -> Reading:
    row = Record(
        5,
        {
            "title": Value("读书活动", "读书活动", "表1", "B5"),
            "participants": Value(300, "300余人", "表1", "J5", "at_least"),
        },
    )
    whole = Reading(
        form="activities",
        sheet="表1",
        layout="rows",
        title="活动统计表",
        header={"reporter": Value("张三", "填表人：张三", "表1", "D2")},
        records=(row,),
        totals={"participants": Value(300, "300", "表1", "J9")},
    )
    return replace(whole, **changes)


def submission(unit: str | None = "JZ-XHE", **changes: Any) -> Submission:
    whole = Submission(
        attachment="附件1.xlsx",
        reading=reading(),
        unit=unit,
        unit_name="新河街道总工会",
        evidence=Evidence.TABLE,
        status=Status.ACCEPTED,
        relation=Relation.NEW,
        current=True,
        findings=(),
    )
    return replace(whole, **changes)


def verdict(*submissions: Submission, **changes: Any) -> Verdict:
    return replace(Verdict(Disposition.SUBMISSION, "收到一张统计表", submissions=submissions), **changes)


def envelope(key: str = "receipt:1", kind: LetterKind = LetterKind.RECEIPT, **changes: Any) -> Envelope:
    whole = Envelope(
        key, kind, "unit@example.org", "回执", f"<{key}@example.org>", b"Subject: \xe5\r\n\r\n\x00", "JZ-XHE"
    )
    return replace(whole, **changes)


def accepted(store: Store, campaign: str = "one", received_at: datetime = NOON) -> int:
    """A message that waits for its verdict; its id."""
    number = next(SERIAL)
    with store.transaction() as tx:
        assert tx.accept(sighting(number, received_at), sha(number), campaign, NOON)
        return tx.messages(campaign)[-1].id


def saved(store: Store, *submissions: Submission, campaign: str = "one", received_at: datetime = NOON) -> int:
    """A judged message with these submissions; its id."""
    message = accepted(store, campaign, received_at)
    with store.transaction() as tx:
        tx.save(message, tx.next_case("HWM21"), head(), "digest", (), verdict(*submissions), NOON)
    return message


def submissions_of(store: Store, campaign: str = "one") -> tuple[StoredSubmission, ...]:
    with store.transaction() as tx:
        return tx.submissions(campaign)


def messages_of(store: Store, campaign: str = "one") -> tuple[StoredMessage, ...]:
    with store.transaction() as tx:
        return tx.messages(campaign)


def enqueue(store: Store, *envelopes: Envelope, due: datetime = NOON, held: bool = False) -> None:
    with store.transaction() as tx:
        for one in envelopes:
            assert tx.enqueue(one, due, NOON, held)


def claim(store: Store, now: datetime = NOON, owner: str = "daemon") -> Claimed | None:
    with store.transaction() as tx:
        return tx.claim(now, LEASE, owner)


def claimed(store: Store, now: datetime = NOON, owner: str = "daemon") -> Claimed:
    taken = claim(store, now, owner)
    assert taken is not None
    return taken


def settle(store: Store, taken: Claimed, state: LetterState, owner: str = "daemon", **more: Any) -> bool:
    with store.transaction() as tx:
        return tx.settle(taken, owner, state, NOON, **more)


def only_letter(store: Store) -> StoredLetter:
    with store.transaction() as tx:
        (letter,) = tx.letters()
    return letter


def waiting(store: Store) -> Waiting | None:
    with store.transaction() as tx:
        return tx.next_waiting(NOON)


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What any SQL tool finds."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


class PulledPlug(Exception):
    """Ends a transaction before its commit."""


@contextmanager
def broken_off(store: Store) -> Iterator[Transaction]:
    with suppress(PulledPlug), store.transaction() as tx:
        yield tx
        raise PulledPlug


# ---------------------------------------------------------------- intake


class TestIntake:
    def test_a_new_message_waits_and_its_place_is_known(self, store: Store) -> None:
        with store.transaction() as tx:
            assert tx.accept(sighting(4), sha(1), "one", NOON)
        with store.transaction() as tx:
            assert tx.known_uids("office", "INBOX", 7) == {4}
            assert tx.waiting(sha(2)) is None
            assert tx.next_waiting(NOON) == Waiting(tx.messages("one")[0].id, place(4), sha(1), NOON, 0)

    def test_accepting_the_same_place_again_changes_nothing(self, store: Store) -> None:
        for is_new in (True, False, False):
            with store.transaction() as tx:
                assert tx.accept(sighting(4), sha(1), "one", NOON) is is_new
        assert len(messages_of(store)) == 1

    def test_the_same_bytes_elsewhere_are_the_same_message(self, store: Store) -> None:
        with store.transaction() as tx:
            assert tx.accept(sighting(4), sha(1), "one", NOON)
            assert not tx.accept(sighting(9, mailbox="second"), sha(1), "one", NOON)
            assert tx.known_uids("second", "INBOX", 7) == {9}
        assert len(messages_of(store)) == 1

    def test_a_uid_means_nothing_without_its_uidvalidity(self, store: Store) -> None:
        with store.transaction() as tx:
            tx.accept(sighting(4), sha(1), "one", NOON)
            assert tx.known_uids("office", "INBOX", 8) == set()
            assert tx.known_uids("office", "Junk", 7) == set()
            assert not tx.accept(sighting(4, uidvalidity=8), sha(1), "one", NOON)
            assert tx.known_uids("office", "INBOX", 8) == {4}

    def test_a_message_left_alone_is_seen_and_never_waits(self, store: Store) -> None:
        for _ in range(2):
            with store.transaction() as tx:
                tx.leave([place(3)], NOON)
        with store.transaction() as tx:
            assert tx.known_uids("office", "INBOX", 7) == {3}
        assert waiting(store) is None

    def test_leaving_a_place_that_was_accepted_takes_nothing_back(self, store: Store) -> None:
        with store.transaction() as tx:
            tx.accept(sighting(4), sha(1), "one", NOON)
            tx.leave([place(4)], NOON)
        assert waiting(store) is not None

    def test_a_message_left_alone_can_be_accepted_later(self, store: Store) -> None:
        with store.transaction() as tx:
            tx.leave([place(3)], NOON)
            assert tx.accept(sighting(3), sha(1), "one", NOON)
        found = waiting(store)
        assert found is not None
        assert found.place == place(3)

    def test_a_folder_is_known_up_to_its_own_last_complete_poll(self, store: Store) -> None:
        with store.transaction() as tx:
            assert tx.last_complete_poll("office", "INBOX") is None
            tx.polled("office", "INBOX", 7, NOON)
            tx.polled("office", "Junk", 1, NOON - MINUTE)
            tx.polled("second", "INBOX", 7, NOON - 9 * MINUTE)
        with store.transaction() as tx:
            assert tx.last_complete_poll("office", "INBOX") == NOON
            tx.polled("office", "INBOX", 8, NOON + MINUTE)
            assert tx.last_complete_poll("office", "INBOX") == NOON + MINUTE
            assert tx.last_complete_poll("office", "Junk") == NOON - MINUTE

    def test_the_least_tried_message_comes_first_then_the_oldest(self, store: Store) -> None:
        late, early = accepted(store, received_at=NOON + MINUTE), accepted(store, received_at=NOON)
        order = []
        for _ in range(3):
            with store.transaction() as tx:
                found = tx.next_waiting(NOON)
                assert found is not None
                order.append((found.id, tx.begin_attempt(found.id)))
        assert order == [(early, 1), (late, 1), (early, 2)]

    def test_messages_received_at_once_come_in_the_order_of_acceptance(self, store: Store) -> None:
        first, _ = accepted(store), accepted(store)
        found = waiting(store)
        assert found is not None
        assert found.id == first

    def test_an_attempt_counts_even_if_the_judgement_never_ends(self, store: Store) -> None:
        message = accepted(store)
        with store.transaction() as tx:
            assert tx.begin_attempt(message) == 1
        with broken_off(store) as tx:
            tx.save(message, "HWM21-0001", head(), "d", (), verdict(submission()), NOON)
        found = waiting(store)
        assert found is not None
        assert found.attempts == 1

    def test_an_attempt_at_an_unknown_message_is_refused(self, store: Store) -> None:
        with pytest.raises(StoreError, match="no message 99"), store.transaction() as tx:
            tx.begin_attempt(99)

    def test_a_postponed_message_waits_in_the_slow_lane_alone(self, store: Store) -> None:
        slow, quick = accepted(store, received_at=NOON), accepted(store, received_at=NOON + MINUTE)
        with store.transaction() as tx:
            tx.postpone(slow, NOON)
        with store.transaction() as tx:
            (in_fast, in_slow) = (tx.next_waiting(NOON), tx.next_waiting(NOON, slow=True))
        assert in_fast is not None
        assert in_slow is not None
        assert (in_fast.id, in_slow.id) == (quick, slow)

    def test_nothing_is_in_the_slow_lane_by_itself(self, store: Store) -> None:
        accepted(store)
        with store.transaction() as tx:
            assert tx.next_waiting(NOON, slow=True) is None

    def test_attempts_in_the_slow_lane_count_anew_and_stay_counted_when_postponed_again(self, store: Store) -> None:
        message = accepted(store)
        with store.transaction() as tx:
            tx.begin_attempt(message)
            tx.postpone(message, NOON)
        for _ in range(2):
            with store.transaction() as tx:
                assert tx.begin_attempt(message) in (1, 2)
                tx.postpone(message, NOON + MINUTE)
        with store.transaction() as tx:
            found = tx.next_waiting(NOON, slow=True)
        assert found is not None
        assert found.attempts == 2

    def test_a_judged_message_leaves_the_slow_lane(self, store: Store) -> None:
        message = accepted(store)
        with store.transaction() as tx:
            tx.postpone(message, NOON)
            tx.save(message, "HWM21-0001", head(), "digest", (), verdict(submission()), NOON)
        with store.transaction() as tx:
            assert tx.next_waiting(NOON, slow=True) is None
            assert tx.next_waiting(NOON) is None

    def test_an_unknown_message_cannot_be_postponed(self, store: Store) -> None:
        with pytest.raises(StoreError, match="no message 99"), store.transaction() as tx:
            tx.postpone(99, NOON)


# ---------------------------------------------------------------- judgements


class TestJudgements:
    def test_a_judged_message_waits_no_more_and_shows_its_outcome(self, store: Store) -> None:
        message = accepted(store)
        outcome = Verdict(Disposition.UNREADABLE, "附件有密码", code="password", unit="JZ-XHE")
        with store.transaction() as tx:
            tx.save(message, "HWM21-0007", head(), "digest", (File(fault=Fault("password", "有密码")),), outcome, NOON)
        assert waiting(store) is None
        (stored,) = messages_of(store)
        assert stored == StoredMessage(
            id=message,
            mailbox="office",
            sha256=stored.sha256,
            message_id="<1@example.org>",
            sender="unit@example.org",
            subject="统计表",
            received_at=NOON,
            disposition=Disposition.UNREADABLE,
            code="password",
            reason="附件有密码",
            case="HWM21-0007",
            unit="JZ-XHE",
        )

    def test_a_waiting_message_has_no_outcome(self, store: Store) -> None:
        accepted(store)
        (stored,) = messages_of(store)
        assert (stored.disposition, stored.case, stored.message_id, stored.sender) == (None, None, None, "")

    def test_a_message_without_a_sender_can_be_judged(self, store: Store) -> None:
        message = accepted(store)
        with store.transaction() as tx:
            tx.save(message, None, Head(), "", (), Verdict(Disposition.UNRELATED, "与活动无关"), NOON)
        assert messages_of(store)[0].disposition is Disposition.UNRELATED

    def test_a_verdict_is_written_once(self, store: Store) -> None:
        message = saved(store, submission())
        with pytest.raises(StoreError, match="judged already"), store.transaction() as tx:
            tx.save(message, "HWM21-0099", head(), "d", (), verdict(submission()), NOON)
        assert len(submissions_of(store)) == 1

    def test_a_verdict_on_an_unknown_message_is_refused(self, store: Store) -> None:
        with pytest.raises(StoreError, match="no message 99"), store.transaction() as tx:
            tx.save(99, None, head(), "d", (), verdict(), NOON)

    def test_submissions_need_a_case(self, store: Store) -> None:
        message = accepted(store)
        with pytest.raises(StoreError, match="no case"), store.transaction() as tx:
            tx.save(message, None, head(), "d", (), verdict(submission()), NOON)
        assert waiting(store) is not None

    def test_a_broken_transaction_leaves_nothing(self, store: Store) -> None:
        message = accepted(store)
        with broken_off(store) as tx:
            tx.save(message, tx.next_case("HWM21"), head(), "d", (File(),), verdict(submission()), NOON)
            tx.enqueue(envelope(), NOON, NOON, held=False)
        with store.transaction() as tx:
            assert tx.submissions("one") == ()
            assert tx.letters() == ()
            assert tx.next_case("HWM21") == "HWM21-0001"
        assert waiting(store) is not None

    def test_further_submissions_of_one_mail_get_a_suffix_to_its_case(self, store: Store) -> None:
        saved(store, submission("A"), submission("B"), submission("C"))
        assert [one.case for one in submissions_of(store)] == ["HWM21-0001", "HWM21-0001-2", "HWM21-0001-3"]

    def test_case_numbers_follow_the_highest_of_their_prefix(self, store: Store) -> None:
        for number, case in enumerate(("HWM21-0036", "HWM2-0100", "HWM21-0009", "HWM21-12345")):
            with store.transaction() as tx:
                tx.accept(sighting(number), sha(number), "one", NOON)
                tx.save(tx.messages("one")[-1].id, case, head(), "d", (), verdict(), NOON)
            with store.transaction() as tx:
                assert tx.next_case("HWM21") == ["HWM21-0037", "HWM21-0037", "HWM21-0037", "HWM21-12346"][number]
        with store.transaction() as tx:
            assert tx.next_case("HWM22") == "HWM22-0001"
            assert tx.next_case("HWM2") == "HWM2-0101"

    def test_concurrent_judgements_never_share_a_case_number(self, store: Store) -> None:
        messages = [accepted(store) for _ in range(12)]

        def judge(message: int) -> None:
            with store.transaction() as tx:
                tx.save(message, tx.next_case("HWM21"), head(), "d", (), verdict(submission()), NOON)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(judge, messages))
        assert sorted(one.case or "" for one in messages_of(store)) == [f"HWM21-{n:04}" for n in range(1, 13)]

    def test_concurrent_judgements_of_one_unit_see_each_other(self, store: Store) -> None:
        """Each replaces what it finds, so one alone stays current."""

        def judge(message: int) -> None:
            with store.transaction() as tx:
                before = tuple(one.id for one in tx.earlier({"A"}, "one") if one.current)
                new = submission("A", replaces=before, relation=Relation.REPLACES if before else Relation.NEW)
                tx.save(message, tx.next_case("HWM21"), head(), "d", (), verdict(new), NOON)

        messages = [accepted(store) for _ in range(8)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(judge, messages))
        stored = submissions_of(store)
        assert Counter(one.submission.current for one in stored) == {True: 1, False: 7}
        assert [one.version for one in stored] == list(range(1, 9))

    def test_versions_count_by_unit_form_and_campaign(self, store: Store) -> None:
        other = submission("A", reading=reading(form="other"))
        saved(store, submission("A"), submission("A"), submission("B"), other, submission(None), submission(None))
        saved(store, submission("A"), campaign="two")
        assert [one.version for one in submissions_of(store)] == [1, 2, 1, 1, 1, 1]
        assert [one.version for one in submissions_of(store, "two")] == [1]

    def test_what_is_replaced_stops_being_current(self, store: Store) -> None:
        saved(store, submission("A"))
        (old,) = submissions_of(store)
        saved(store, submission("A", relation=Relation.REPLACES, replaces=(old.id,)))
        before, after = submissions_of(store)
        assert (before.submission.current, after.submission.current) == (False, True)
        assert after.submission.replaces == (old.id,)

    def test_a_replacement_that_waits_for_a_person_takes_nobodys_place(self, store: Store) -> None:
        saved(store, submission("A"))
        (old,) = submissions_of(store)
        doubtful = {"status": Status.REVIEW, "relation": Relation.UNCLEAR, "current": False}
        saved(store, submission("A", replaces=(old.id,), **doubtful))
        assert [one.submission.current for one in submissions_of(store)] == [True, False]

    def test_nothing_can_replace_what_does_not_exist(self, store: Store) -> None:
        message = accepted(store)
        with pytest.raises(StoreError), store.transaction() as tx:
            tx.save(message, "HWM21-0001", head(), "d", (), verdict(submission(replaces=(99,))), NOON)

    def test_earlier_submissions_come_oldest_first_of_those_units_and_that_campaign(self, store: Store) -> None:
        saved(store, submission("A"), received_at=NOON + MINUTE)
        saved(store, submission("A"), submission("B"), submission("C"), submission(None), received_at=NOON)
        saved(store, submission("A"), campaign="two")
        with store.transaction() as tx:
            found = tx.earlier({"A", "B"}, "one")
            assert tx.earlier((), "one") == ()
        assert [(one.unit, one.version, one.received_at) for one in found] == [
            ("A", 2, NOON),
            ("B", 1, NOON),
            ("A", 1, NOON + MINUTE),
        ]
        assert found[0].records == ({"title": "读书活动", "participants": 300},)
        assert (found[0].form, found[0].layout, found[0].sender) == ("activities", "rows", "unit@example.org")

    def test_the_same_mail_is_known_by_all_three_marks_together(self, store: Store) -> None:
        message = saved(store, submission())
        known = ("<1@example.org>", "unit@example.org", "digest")
        with store.transaction() as tx:
            assert tx.same_mail_known(*known, besides=message + 1)
            assert not tx.same_mail_known(*known, besides=message)
            for changed in range(3):
                other = tuple("else" if n == changed else mark for n, mark in enumerate(known))
                assert not tx.same_mail_known(*other, besides=message + 1)

    def test_without_a_message_id_no_mail_is_the_same(self, store: Store) -> None:
        message = accepted(store)
        with store.transaction() as tx:
            tx.save(message, None, head(message_id=None), "digest", (), Verdict(Disposition.UNRELATED, "无关"), NOON)
            assert not tx.same_mail_known(None, "unit@example.org", "digest", besides=message + 1)

    def test_messages_and_submissions_come_in_order_of_id_of_their_campaign(self, store: Store) -> None:
        saved(store, submission("B"), received_at=NOON + MINUTE)
        saved(store, submission("A"), received_at=NOON)
        saved(store, submission("C"), campaign="two")
        assert [one.submission.unit for one in submissions_of(store)] == ["B", "A"]
        assert [one.received_at for one in messages_of(store)] == [NOON + MINUTE, NOON]

    def test_the_submissions_of_one_unit_are_asked_for_alone(self, store: Store) -> None:
        saved(store, submission("B"), submission("A"))
        saved(store, submission(None))
        saved(store, submission("A"), campaign="two")
        with store.transaction() as tx:
            assert [one.submission.unit for one in tx.submissions("one", "A")] == ["A"]
            assert tx.submissions("one", "C") == ()

    def test_times_come_back_in_utc_whatever_zone_they_were_given_in(self, store: Store) -> None:
        local = datetime.fromisoformat("2021-09-24T12:00:00.000001+08:00")
        accepted(store, received_at=local)
        received_at = messages_of(store)[0].received_at
        assert received_at == local
        assert received_at.tzinfo is UTC

    def test_a_time_without_a_zone_is_refused(self, store: Store) -> None:
        naive = NOON.replace(tzinfo=None)
        with pytest.raises(StoreError, match="no time zone"), store.transaction() as tx:
            tx.leave([place()], naive)

    def test_no_character_can_make_the_storing_of_a_mail_fail(self, store: Store) -> None:
        message = accepted(store)
        nasty = reading(title="表\x00\ud800", header={"reporter": Value("\udcff", "\x00", None, None)})
        with store.transaction() as tx:
            marked = verdict(submission(reading=nasty, candidates=("\ud800",)), reason="\x00")
            tx.save(message, "HWM21-0001", head(subject="a\x00b\udce4"), "d", (File(name="\x00.xls"),), marked, NOON)
        assert messages_of(store)[0].subject == "a\ufffdb\ufffd"
        assert submissions_of(store)[0].submission.reading.title == "表\ufffd\ufffd"

    def test_figures_beyond_64_bits_keep_every_digit(self, store: Store) -> None:
        figures = {f"f{n}": Value(n, str(n)) for n in (2**63 - 1, 2**63, -(2**63), 10**40)}
        saved(store, submission(reading=reading(totals=figures)))
        assert submissions_of(store)[0].submission.reading.totals == figures

    def test_which_cell_says_so_is_one_plain_query(self, store: Store, url: str) -> None:
        saved(store, submission())
        query = (
            "SELECT s.unit, r.row, v.number, v.raw, v.sheet, v.cell, v.precision FROM value v "
            "JOIN record r ON r.id = v.record JOIN submission s ON s.id = v.submission WHERE v.field = 'participants'"
        )
        assert rows(url, query) == [("JZ-XHE", 5, 300, "300余人", "表1", "J5", "at_least")]

    def test_the_files_of_a_message_are_listed_with_their_faults(self, store: Store, url: str) -> None:
        message = accepted(store)
        with store.transaction() as tx:
            files = (File("2", "一.xlsx"), File("3", "二.doc", "doc", 9, sha(2), Fault("password", "有密码")))
            tx.save(message, None, head(), "d", files, Verdict(Disposition.INFORMATION, "动态"), NOON)
        query = "SELECT position, path, name, kind, size, sha256, fault FROM attachment ORDER BY position"
        assert rows(url, query) == [
            (0, "2", "一.xlsx", "xlsx", 5000, "f" * 64, None),
            (1, "3", "二.doc", "doc", 9, sha(2), "password"),
        ]

    def test_times_are_utc_texts_that_sort_by_time(self, store: Store, url: str) -> None:
        zone = timezone(timedelta(hours=8))
        for received_at in (NOON.replace(year=999), NOON.astimezone(zone), NOON.replace(microsecond=5)):
            accepted(store, received_at=received_at)
        assert rows(url, "SELECT received_at FROM message ORDER BY received_at") == [
            ("0999-09-24T04:00:00.000000Z",),
            ("2021-09-24T04:00:00.000000Z",),
            ("2021-09-24T04:00:00.000005Z",),
        ]


# ---------------------------------------------------------------- saved = loaded

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12)
OPTIONAL = st.none() | TEXTS
DATES = st.dates().map(lambda day: day.isoformat())
CONTENTS = st.none() | st.integers() | TEXTS | DATES | st.lists(TEXTS, max_size=3).map(tuple)
VALUES = st.builds(
    Value, CONTENTS, TEXTS, OPTIONAL, OPTIONAL, st.sampled_from(["exact", "approximate", "at_least", "inferred"])
)
FIELDS = st.dictionaries(TEXTS, VALUES, max_size=4)
ROWS = st.integers(1, 10**6)
RECORDS = st.lists(st.builds(Record, ROWS, FIELDS), max_size=3).map(tuple)
FINDINGS = st.lists(
    st.builds(
        Finding, st.sampled_from(Severity), TEXTS, TEXTS, OPTIONAL, st.none() | st.integers(0, 99), OPTIONAL, OPTIONAL
    ),
    max_size=3,
).map(tuple)
READINGS = st.builds(
    Reading,
    form=TEXTS,
    sheet=TEXTS,
    layout=st.sampled_from(["rows", "summary"]),
    title=TEXTS,
    header=FIELDS,
    records=RECORDS,
    totals=FIELDS,
    zero_report=st.booleans(),
)
SUBMISSIONS = st.builds(
    Submission,
    attachment=TEXTS,
    reading=READINGS,
    unit=OPTIONAL,
    unit_name=OPTIONAL,
    evidence=st.none() | st.sampled_from(Evidence),
    status=st.sampled_from(Status),
    relation=st.sampled_from(Relation),
    current=st.booleans(),
    findings=FINDINGS,
    candidates=st.lists(TEXTS, max_size=3).map(tuple),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SUBMISSIONS, min_size=1, max_size=3))
def test_what_is_loaded_equals_what_was_saved(store: Store, given_submissions: list[Submission]) -> None:
    campaign = f"c{next(SERIAL)}"
    message = saved(store, *given_submissions, campaign=campaign)
    loaded = submissions_of(store, campaign)
    assert [one.submission for one in loaded] == given_submissions
    assert {one.message for one in loaded} == {message}


# ---------------------------------------------------------------- outbox


class TestOutbox:
    def test_a_letter_is_queued_once_by_its_key(self, store: Store) -> None:
        enqueue(store, envelope())
        with store.transaction() as tx:
            assert tx.letter_exists("receipt:1")
            assert not tx.letter_exists("receipt:2")
            assert not tx.enqueue(envelope(subject="another"), NOON, NOON, held=False)
        letter = only_letter(store)
        assert (letter.subject, letter.state, letter.attempts) == ("回执", LetterState.QUEUED, 0)
        assert (letter.queued_at, letter.due_at, letter.sent_at) == (NOON, NOON, None)

    def test_what_is_claimed_is_what_was_queued(self, store: Store) -> None:
        enqueue(store, envelope(unit=None))
        taken = claimed(store)
        assert taken.envelope == envelope(unit=None)
        assert taken.attempts == 1
        assert only_letter(store).state is LetterState.SENDING

    def test_nothing_is_claimed_before_it_is_due(self, store: Store) -> None:
        enqueue(store, envelope(), due=NOON + MINUTE)
        assert claim(store, NOON) is None
        assert claim(store, NOON + MINUTE) is not None

    def test_a_claimed_letter_is_nobody_elses_until_the_lease_ends(self, store: Store) -> None:
        enqueue(store, envelope())
        claimed(store, owner="first")
        assert claim(store, NOON + LEASE - MINUTE, "second") is None
        assert claimed(store, NOON + LEASE, "second").attempts == 2

    def test_letters_go_by_precedence_of_their_kind(self, store: Store) -> None:
        assert set(PRECEDENCE) == set(LetterKind)
        enqueue(store, *(envelope(f"{kind}:1", kind) for kind in reversed(PRECEDENCE)))
        assert [claimed(store).envelope.kind for _ in PRECEDENCE] == list(PRECEDENCE)

    def test_only_letters_of_the_kinds_asked_for_are_claimed(self, store: Store) -> None:
        enqueue(store, envelope("digest:1", LetterKind.DIGEST), envelope("receipt:1"))
        with store.transaction() as tx:
            assert tx.claim(NOON, LEASE, "daemon", kinds=()) is None
            taken = tx.claim(NOON, LEASE, "daemon", kinds={LetterKind.DIGEST})
        assert taken
        assert taken.envelope.key == "digest:1"

    def test_each_mailbox_sends_its_own_letters_and_none_those_of_one_that_is_gone(self, store: Store) -> None:
        """What was written before there were several leaves from the first, and so does any reminder: it is written
        anew."""
        enqueue(store, *(envelope(f"receipt:{name}", mailbox=name) for name in ("gone", "first", "second")))
        enqueue(store, envelope("receipt:old"), envelope("reminder:1", LetterKind.REMINDER, mailbox="gone"))

        def taken(mailbox: str, *, first: bool) -> list[str]:
            keys = []
            with store.transaction() as tx:
                while one := tx.claim(NOON, LEASE, "daemon", mailbox, first=first):
                    assert one.envelope.mailbox == mailbox
                    keys.append(one.envelope.key)
            return keys

        assert taken("second", first=False) == ["receipt:second"]
        assert taken("first", first=True) == ["receipt:first", "receipt:old", "reminder:1"]

    def test_an_address_that_got_many_letters_within_the_hour_waits_and_others_do_not(self, store: Store) -> None:
        enqueue(store, *(envelope(f"receipt:{n}") for n in range(3)), envelope("receipt:9", to="other@example.com"))
        keys = []
        for now in (NOON, NOON, NOON, NOON, NOON + 61 * MINUTE):
            with store.transaction() as tx:
                taken = tx.claim(now, 999 * MINUTE, "daemon", per_address_per_hour=2)
                keys.append(taken and taken.envelope.key)
                if taken:
                    tx.settle(taken, "daemon", LetterState.SENT, now)
        assert keys == ["receipt:0", "receipt:1", "receipt:9", None, "receipt:2"]

    def test_the_counts_of_a_letter_are_kept_until_it_is_tried_again(self, store: Store) -> None:
        enqueue(store, envelope())
        taken = replace(claimed(store), refusals=3, copies=2)
        settle(store, taken, LetterState.QUEUED)
        again = claimed(store)
        assert (again.refusals, again.copies, again.attempts) == (3, 2, 2)

    def test_a_mailbox_rests_until_its_time_and_the_last_word_counts(self, store: Store) -> None:
        with store.transaction() as tx:
            tx.rest(Rest("office", NOON + MINUTE, "451 too many"))
            tx.rest(Rest("office", NOON + 9 * MINUTE, "554 MI:STC"))
            tx.rest(Rest("another", NOON, "451 too many"))
        with store.transaction() as tx:
            assert tx.resting(NOON) == (Rest("office", NOON + 9 * MINUTE, "554 MI:STC"),)
            assert tx.resting(NOON + 9 * MINUTE) == ()

    def test_the_digest_goes_first_then_the_longest_due_and_what_yields_last(self, store: Store) -> None:
        enqueue(store, envelope("receipt:stranger", yields=True), due=NOON - 99 * MINUTE)
        enqueue(store, envelope("notice:1", LetterKind.NOTICE), due=NOON - 9 * MINUTE)
        enqueue(store, envelope("receipt:2"), due=NOON)
        enqueue(store, envelope("receipt:1"), due=NOON - MINUTE)
        enqueue(store, envelope("digest:1", LetterKind.DIGEST), due=NOON)
        assert [claimed(store).envelope.key for _ in range(4)] == ["digest:1", "receipt:1", "receipt:2", "notice:1"]
        with store.transaction() as tx:
            assert tx.claim(NOON, LEASE, "me", yielding=False) is None
        assert claimed(store).envelope.key == "receipt:stranger"

    @pytest.mark.parametrize("kind", LetterKind)
    def test_of_a_letter_whose_sender_died_a_copy_may_have_left(self, store: Store, kind: LetterKind) -> None:
        """One more each time it dies, at the time at which it was claimed."""
        enqueue(store, envelope(kind=kind))
        assert claimed(store).copies == 0
        for deaths in (1, 2, 3):
            again = claimed(store, NOON + deaths * LEASE)
            assert (again.envelope, again.copies) == (envelope(kind=kind), deaths)
            assert again.handed_at == NOON + (deaths - 1) * LEASE

    def test_a_reminder_within_its_lease_stays_being_sent(self, store: Store) -> None:
        enqueue(store, envelope("reminder:1", LetterKind.REMINDER))
        taken = claimed(store)
        assert claim(store, NOON + LEASE - MINUTE) is None
        assert settle(store, taken, LetterState.SENT)

    def test_a_sent_letter_is_done(self, store: Store) -> None:
        enqueue(store, envelope())
        assert settle(store, claimed(store), LetterState.SENT)
        letter = only_letter(store)
        assert (letter.state, letter.sent_at, letter.last_error) == (LetterState.SENT, NOON, None)
        assert claim(store, NOON + 10 * LEASE) is None

    @pytest.mark.parametrize("state", [LetterState.REFUSED, LetterState.UNCERTAIN, LetterState.DROPPED])
    def test_a_letter_given_up_is_not_claimed_again(self, store: Store, state: LetterState) -> None:
        enqueue(store, envelope())
        assert settle(store, claimed(store), state, error="550 no such user")
        letter = only_letter(store)
        assert (letter.state, letter.sent_at, letter.last_error) == (state, None, "550 no such user")
        assert claim(store, NOON + 10 * LEASE) is None

    def test_a_letter_put_off_is_tried_again_when_due(self, store: Store) -> None:
        enqueue(store, envelope())
        assert settle(store, claimed(store), LetterState.QUEUED, due=NOON + 5 * MINUTE, error="450 busy")
        assert only_letter(store).last_error == "450 busy"
        assert claim(store, NOON + 4 * MINUTE) is None
        assert claimed(store, NOON + 5 * MINUTE).attempts == 2

    @pytest.mark.parametrize("owner", ["first", "second"])
    def test_a_lapsed_claim_settles_nothing(self, store: Store, owner: str) -> None:
        """Also when the same owner has claimed the letter again."""
        enqueue(store, envelope())
        lapsed = claimed(store, owner="first")
        current = claimed(store, NOON + LEASE, owner)
        assert not settle(store, lapsed, LetterState.REFUSED, "first", error="late")
        assert not settle(store, current, LetterState.REFUSED, "stranger", error="not mine")
        assert settle(store, current, LetterState.SENT, owner)
        assert not settle(store, current, LetterState.SENT, owner)

    @pytest.mark.parametrize("state", [LetterState.HELD, LetterState.SENDING])
    def test_a_sent_letter_cannot_end_in_a_state_of_waiting(self, store: Store, state: LetterState) -> None:
        enqueue(store, envelope())
        taken = claimed(store)
        with pytest.raises(ValueError, match="cannot become"):
            settle(store, taken, state)
        assert only_letter(store).state is LetterState.SENDING

    def test_a_letter_gets_other_words_from_who_has_claimed_it_and_from_nobody_else(self, store: Store) -> None:
        enqueue(store, envelope())
        lapsed, current = claimed(store, owner="first"), claimed(store, NOON + LEASE, "second")
        again = envelope(to="other@example.org", subject="又一", content=b"other")
        with store.transaction() as tx:
            assert not tx.rewrite(lapsed, "first", again)
            assert tx.rewrite(current, "second", again)
            assert tx.content(current.id) == b"other"
        letter = only_letter(store)
        assert (letter.key, letter.to, letter.subject) == ("receipt:1", "other@example.org", "又一")

    def test_held_letters_wait_for_their_release(self, store: Store) -> None:
        enqueue(store, envelope("receipt:1"), envelope("receipt:2"), held=True)
        enqueue(store, envelope("receipt:3"), due=NOON + 9 * MINUTE, held=True)
        assert claim(store, NOON + LEASE) is None
        with store.transaction() as tx:
            assert tx.release({"receipt:2", "unknown"}, NOON + MINUTE) == 1
            assert [one.key for one in tx.letters({LetterState.QUEUED})] == ["receipt:2"]
            assert tx.release(None, NOON + MINUTE) == 2
            assert tx.release(None, NOON + MINUTE) == 0
            assert [one.due_at for one in tx.letters()] == [NOON + MINUTE, NOON + MINUTE, NOON + 9 * MINUTE]

    def test_a_dropped_letter_is_never_sent(self, store: Store) -> None:
        enqueue(store, envelope("receipt:1"))
        enqueue(store, envelope("receipt:2"), held=True)
        with store.transaction() as tx:
            assert tx.drop("receipt:1", "no longer owed")
            assert tx.drop("receipt:2", "no longer owed")
            assert not tx.drop("receipt:1", "again")
            assert not tx.drop("unknown", "no such letter")
            assert tx.release(None, NOON) == 0
            assert {(one.state, one.last_error) for one in tx.letters()} == {(LetterState.DROPPED, "no longer owed")}
        assert claim(store) is None

    def test_a_letter_that_is_being_sent_cannot_be_dropped(self, store: Store) -> None:
        enqueue(store, envelope())
        taken = claimed(store)
        with store.transaction() as tx:
            assert not tx.drop("receipt:1", "too late")
        assert settle(store, taken, LetterState.SENT)

    def test_letters_come_in_order_by_state(self, store: Store) -> None:
        enqueue(store, envelope("a"), envelope("b"))
        enqueue(store, envelope("c"), held=True)
        with store.transaction() as tx:
            assert [one.key for one in tx.letters()] == ["a", "b", "c"]
            assert [one.key for one in tx.letters({LetterState.HELD})] == ["c"]
            assert tx.letters(()) == ()
            assert len(tx.letters(kind=tx.letters()[0].kind)) == 3
            assert tx.letters(kind=LetterKind.ALERT) == ()
            assert tx.content(tx.letters()[0].id) == envelope().content

    def test_letters_that_were_taken_or_may_have_been_count_as_sent(self, store: Store) -> None:
        def sent(since: datetime, until: datetime = NOON + MINUTE, mailbox: str = "") -> int:
            with store.transaction() as tx:
                return tx.sent_since(since, until, mailbox)

        enqueue(store, envelope("a"), envelope("b"), envelope("c"), envelope("d"))
        settle(store, claimed(store), LetterState.SENT)
        settle(store, claimed(store), LetterState.REFUSED)
        assert (sent(NOON - MINUTE), sent(NOON), sent(NOON + MINUTE), sent(NOON, mailbox="another")) == (1, 1, 0, 0)
        with store.transaction() as tx:
            assert (tx.last_sent(""), tx.last_sent("another")) == (NOON, None)
            assert tx.sent_keys() == {"a"}
        settle(store, replace(claimed(store), copies=1, handed_at=NOON), LetterState.UNCERTAIN)
        assert sent(NOON) == 2
        claimed(store)
        assert sent(NOON) == 3

    def test_what_was_written_while_the_clock_ran_ahead_neither_counts_nor_waits(self, store: Store) -> None:
        year = timedelta(days=365)
        enqueue(store, envelope("sent"), due=NOON + year)
        with store.transaction() as tx:
            taken = tx.claim(NOON + year, LEASE, "daemon")
            assert taken
            tx.settle(replace(taken, handed_at=NOON + year), "daemon", LetterState.SENT, NOON + year)
            tx.rest(Rest("office", NOON + year, "554 MI:STC"))
        enqueue(store, envelope("queued", to="unit@example.org"), due=NOON + year)
        enqueue(store, envelope("dead"))
        with store.transaction() as tx:
            dead = tx.claim(NOON + year, LEASE, "daemon")
        assert dead
        with store.transaction() as tx:
            assert tx.sent_since(NOON - year, NOON) == 0
            assert tx.resting(NOON) == ()
            keys = [one and one.envelope.key for one in (tx.claim(NOON, LEASE, "daemon") for _ in range(3))]
        assert sorted(filter(None, keys)) == ["dead", "queued"]

    def test_an_hour_is_an_hour_also_in_the_night_in_which_the_clocks_are_set_back(self, store: Store) -> None:
        """Half past two comes twice; a lease from the second one must not end before it began."""
        second = datetime(2021, 10, 31, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
        enqueue(store, envelope(), due=second)
        claimed(store, second)
        assert claim(store, second.astimezone(UTC) + LEASE - MINUTE) is None
        assert claimed(store, second.astimezone(UTC) + LEASE).copies == 1

    def test_concurrent_senders_never_claim_one_letter_twice(self, store: Store) -> None:
        enqueue(store, *(envelope(f"receipt:{n}") for n in range(40)))

        def send(owner: str) -> list[str]:
            keys = []
            while taken := claim(store, owner=owner):
                keys.append(taken.envelope.key)
                assert settle(store, taken, LetterState.SENT, owner)
            return keys

        with ThreadPoolExecutor(4) as pool:
            sent = [key for keys in pool.map(send, "abcd") for key in keys]
        assert Counter(sent) == {f"receipt:{n}": 1 for n in range(40)}

    def test_one_key_queued_from_everywhere_is_one_letter(self, store: Store) -> None:
        def put(_: int) -> bool:
            with store.transaction() as tx:
                return tx.enqueue(envelope(), NOON, NOON, held=False)

        with ThreadPoolExecutor(4) as pool:
            assert Counter(pool.map(put, range(12))) == {True: 1, False: 11}


# ---------------------------------------------------------------- transactions


def test_no_update_is_lost_between_threads_and_programs(url: str, store: Store) -> None:
    message, other = accepted(store), Store.open(url)

    def count_up(program: Store) -> None:
        for _ in range(50):
            with program.transaction() as tx:
                tx.begin_attempt(message)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, [store, other] * 4))
    with store.transaction() as tx:
        assert tx.begin_attempt(message) == 401
    other.close()


def test_an_unfinished_transaction_is_seen_by_nobody(url: str, store: Store) -> None:
    with broken_off(store) as tx:
        tx.enqueue(envelope(), NOON, NOON, held=False)
    other = Store.open(url)
    with other.transaction() as tx:
        assert tx.letters() == ()
    other.close()


def test_what_is_committed_is_there_for_the_next_process(url: str, store: Store) -> None:
    saved(store, submission())
    store.close()
    again = Store.open(url)
    assert [one.submission for one in submissions_of(again)] == [submission()]
    again.close()
