"""The view of a form: a normal table for any SQL tool, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text

from mailbot.domain import Disposition, Head, Place, Relation, Sighting, Status, Submission, Verdict
from mailbot.errors import StoreError
from parsers.form import load
from parsers.reading import Reading, Record, Value
from storage.store import Store

NOON = datetime(2021, 9, 14, 4, tzinfo=UTC)
FORM = load("activities")


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
        waiting = tx.next_waiting()
        assert waiting is not None
        tx.save(
            waiting.id, "C-0001", Head(), "", (), Verdict(Disposition.SUBMISSION, "", submissions=submissions), NOON
        )
    store.close()
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [
            dict(row._mapping) for row in connection.execute(text("SELECT * FROM activities ORDER BY participants"))
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
