"""The SQL view of a form, on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine, text

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign
from mailbot.decide.standing import figure, standings
from mailbot.domain.campaign import Unit
from mailbot.domain.errors import StoreError
from mailbot.domain.mail import Disposition, Head, Place, Sighting
from mailbot.domain.submission import Relation, Status, Submission, Verdict
from parsers.forms.form import load
from parsers.reading import Reading, Record, Value
from storage.store import Store

NOON = datetime(2021, 9, 14, 4, tzinfo=UTC)
FORM = load("activities")
CAMPAIGN = Campaign(
    id="c",
    title="活动",
    starts_on=date(2021, 5, 1),
    deadline=date(2021, 9, 30),
    ends_on=date(2021, 10, 31),
    case_prefix="C",
)


def submission(people: int, *, current: bool = True, status: Status = Status.ACCEPTED) -> Submission:
    values = {
        "title": Value("知识竞赛", "知识竞赛", "Sheet1", "B5"),
        "date_start": Value("2021-06-15", "6月15日", "Sheet1", "C5", "inferred"),
        "date_end": Value("2021-06-15", "6月15日", "Sheet1", "C5", "inferred"),
        "form_codes": Value(("quiz", "show"), "竞赛、演出", "Sheet1", "E5"),
        "participants": Value(people, f"{people}人", "Sheet1", "J5"),
    }
    reading = Reading("activities", "Sheet1", "rows", "", {}, (Record(5, values),))
    return Submission("附件1.xlsx", reading, "XHE", "新河街道总工会", None, status, Relation.NEW, current, ())


def stored(url: str, *submissions: Submission) -> list[dict[str, object]]:
    store = Store.open(url)
    store.publish([FORM])
    store.publish([FORM])
    with store.transaction() as tx:
        tx.accept(Sighting(Place("office", "INBOX", 1, 1), NOON, 9), "a" * 64, "c", NOON)
        waiting = tx.next_waiting(NOON)
        assert waiting is not None
        tx.save(
            waiting.id, "C-0001", Head(), "", (), Verdict(Disposition.SUBMISSION, "", submissions=submissions), NOON
        )
    store.close()
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [
            dict(row) for row in connection.execute(text("SELECT * FROM activities ORDER BY participants")).mappings()
        ]
    engine.dispose()
    return rows


def test_a_record_that_counts_is_a_row_with_typed_columns(url: str) -> None:
    (row,) = stored(url, submission(300))
    assert (row["case_name"], row["unit"], row["row"]) == ("C-0001", "XHE", 5)
    assert (row["title"], row["date_start"], row["participants"]) == ("知识竞赛", "2021-06-15", 300)
    assert row["venue"] is None


def test_what_does_not_count_is_not_in_it(url: str) -> None:
    others = submission(1, current=False), submission(2, current=False, status=Status.REVIEW)
    assert [row["participants"] for row in stored(url, submission(300), *others)] == [300]


def test_a_form_named_like_a_table_is_refused_with_a_sentence(url: str) -> None:
    store = Store.open(url)
    with pytest.raises(StoreError, match="message"):
        store.publish([replace(FORM, id="message")])
    store.close()


def test_a_row_that_an_earlier_table_has_already_is_not_summed_again(url: str) -> None:
    """The view says what the figures of the letters and workbooks say."""
    store = Store.open(url)
    store.publish([FORM])
    unit = Unit("XHE", "新河街道总工会")
    with store.transaction() as tx:
        for number, people in enumerate(([300, 40], [40, 300, 7], [7, 7]), 1):
            tx.accept(Sighting(Place("office", "INBOX", 1, number), NOON, 9), f"{number:064x}", "c", NOON)
            waiting = tx.next_waiting(NOON)
            assert waiting is not None
            one = with_rows(submission(0), *people)
            tx.save(
                waiting.id, f"C-{number}", Head(), "", (), Verdict(Disposition.SUBMISSION, "", submissions=(one,)), NOON
            )
            tx.mark_repeated("XHE", "activities", "c")
        (standing,) = standings(Roster((unit,)), CAMPAIGN, tx.submissions("c"), tx.messages("c"))
    assert summed(url) == figure(standing, FORM, "participants") == 347
    engine = create_engine(url)
    with engine.begin() as connection:  # the first is taken out: what repeated it counts now
        connection.execute(text("UPDATE submission SET current = 0 WHERE id = (SELECT MIN(id) FROM submission)"))
    engine.dispose()
    with store.transaction() as tx:
        tx.mark_repeated("XHE", "activities", "c")
        (standing,) = standings(Roster((unit,)), CAMPAIGN, tx.submissions("c"), tx.messages("c"))
    assert summed(url) == figure(standing, FORM, "participants") == 347
    store.close()


def with_rows(one: Submission, *people: int) -> Submission:
    (row,) = one.reading.records
    rows = tuple(
        Record(5 + n, {**row.values, "participants": Value(number, f"{number}人", "Sheet1", f"J{5 + n}")})
        for n, number in enumerate(people)
    )
    return replace(one, reading=replace(one.reading, records=rows))


def summed(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        total = connection.execute(text("SELECT SUM(participants) FROM activities")).scalar_one()
    engine.dispose()
    return int(total)
