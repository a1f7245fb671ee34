"""Who is reminded, and in which words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from mailbot.config import Campaign, Reminders
from mailbot.decide.reminders import owes, reminders
from mailbot.decide.standing import Standing, standings
from mailbot.domain import (
    Disposition,
    Evidence,
    Relation,
    Status,
    StoredMessage,
    StoredSubmission,
    Submission,
    Unit,
)
from mailbot.roster import Roster
from parsers.reading import Finding, Reading, Record, Severity, Value

SHANGHAI = ZoneInfo("Asia/Shanghai")
DUE = datetime(2021, 9, 24, 9, 1, tzinfo=SHANGHAI)
CAMPAIGN = Campaign.model_validate(
    {
        "id": "c",
        "title": "活动",
        "starts_on": date(2021, 5, 1),
        "deadline": date(2021, 9, 30),
        "case_prefix": "C",
        "quota": 2,
    }
)
UNIT = Unit("XHE", "新河街道总工会", emails=("xinhe@example.org", "second@example.org"))


def stored(*titles: str, status: Status = Status.ACCEPTED, current: bool = True, error: str = "") -> StoredSubmission:
    records = tuple(
        Record(n, {"title": Value(t, t), "date_start": Value(f"2021-06-{n + 1:02}", "")}) for n, t in enumerate(titles)
    )
    submission = Submission(
        attachment="附件1.xlsx",
        reading=Reading("activities", "Sheet1", "rows", "", {}, records),
        unit="XHE",
        unit_name=UNIT.name,
        evidence=Evidence.TABLE,
        status=status,
        relation=Relation.NEW,
        current=current,
        findings=(Finding(Severity.ERROR, "missing-value", error),) if error else (),
    )
    return StoredSubmission(1, 1, "C-0001", "0" * 64, "xinhe@example.org", DUE, 1, submission)


def news() -> StoredMessage:
    return StoredMessage(1, "office", "0" * 64, None, "", "", DUE, Disposition.INFORMATION, None, "", "C-1", "XHE")


def standing(
    submissions: Sequence[StoredSubmission] = (), messages: Sequence[StoredMessage] = (), unit: Unit = UNIT
) -> Standing:
    return standings(Roster((unit,)), CAMPAIGN, submissions, messages)[0]


@pytest.mark.parametrize(
    ("account", "owed"),
    [
        (standing(), "nothing"),
        (standing(messages=[news()]), "table"),
        (standing([stored("甲")]), "quota"),
        (standing([stored("甲", "乙", error="第5行为空", status=Status.NEEDS_CORRECTION)]), "correction"),
        (standing([stored("甲", "乙")]), None),
        (standing([stored("甲", status=Status.REVIEW, current=False)]), None),
        (standing([stored("甲", current=False), stored("甲", "乙")]), None),
        (standing([stored()]), "quota"),
    ],
)
def test_what_a_unit_owes_follows_from_what_counts(account: Standing, owed: str | None) -> None:
    assert owes(account) == owed


def test_a_unit_of_its_own_quota_is_measured_by_it() -> None:
    one = Unit("XHE", "新河街道总工会", quota=1)
    assert owes(standing([stored("甲")], unit=one)) is None


def test_a_unit_whose_table_of_figures_names_no_number_of_activities_is_below_no_quota() -> None:
    whole = stored("甲")
    reading = Reading("activities", "Sheet1", "summary", "", {}, (Record(3, {"participants": Value(500, "500")}),))
    figures = replace(whole, submission=replace(whole.submission, reading=reading))
    assert owes(standing([figures])) is None


def test_a_unit_that_need_not_report_is_in_no_account() -> None:
    assert standings(Roster((Unit("A", "甲", required=False),)), CAMPAIGN, (), ()) == ()


def test_a_reminder_goes_to_one_address_and_has_a_key_for_ever() -> None:
    (letter,) = reminders([standing()], CAMPAIGN, Reminders(), DUE, complete_until=DUE)
    assert (letter.to, letter.key) == ("xinhe@example.org", "reminder:c:XHE:-5d")


@pytest.mark.parametrize(
    ("now", "complete_until"),
    [
        (DUE, None),
        (DUE, DUE.replace(hour=8)),
        (DUE.replace(day=23), DUE),
        (DUE.replace(hour=18, minute=30), DUE.replace(hour=18, minute=30)),
        (DUE.replace(hour=8, minute=59), DUE.replace(hour=8, minute=59)),
    ],
)
def test_no_reminder_leaves_at_a_wrong_time_or_before_the_mail_is_read(
    now: datetime, complete_until: datetime | None
) -> None:
    assert list(reminders([standing()], CAMPAIGN, Reminders(), now, complete_until)) == []


def test_a_unit_without_an_address_is_not_reminded() -> None:
    assert not list(reminders([standing(unit=Unit("A", "甲"))], CAMPAIGN, Reminders(), DUE, DUE))
