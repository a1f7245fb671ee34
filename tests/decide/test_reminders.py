"""Which units are reminded, when, and of what."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign, Reminders
from mailbot.decide.reminders import owes, reminders, unreachable, upcoming
from mailbot.decide.standing import Standing, standings
from mailbot.domain.campaign import Milestone, Unit
from mailbot.domain.letter import Letter, LetterKind, LetterState, StoredLetter
from mailbot.domain.letter_contents import Reminder
from mailbot.domain.mail import Disposition, StoredMessage
from mailbot.domain.submission import Evidence, Relation, Status, StoredSubmission, Submission
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


def zero() -> StoredSubmission:
    one = stored()
    reading = replace(one.submission.reading, zero_report=True)
    return replace(one, submission=replace(one.submission, reading=reading))


def nobodys(*titles: str, candidates: tuple[str, ...] = (), sender: str = "xinhe@example.org") -> StoredSubmission:
    one = stored(*titles, status=Status.REVIEW, current=False)
    submission = replace(one.submission, unit=None, unit_name=None, candidates=candidates)
    return replace(one, sender=sender, submission=submission)


def mail(
    disposition: Disposition | None,
    unit: str | None,
    *,
    sender: str = "XinHe@example.org",
    code: str | None = None,
    settled: bool = False,
) -> StoredMessage:
    """A message of the morning of the reminder; `disposition` None: it is not judged yet."""
    case = None if disposition is None else "C-0002"
    return StoredMessage(
        2, "office", "1" * 64, None, sender, "", DUE, disposition, code, "", case, unit, settled=settled
    )


def standing(
    submissions: Sequence[StoredSubmission] = (),
    messages: Sequence[StoredMessage] = (),
    unit: Unit = UNIT,
    until: date | None = None,
    campaign: Campaign = CAMPAIGN,
) -> Standing:
    extensions = {unit.code: until} if until else {}
    return standings(Roster((unit,)), campaign, submissions, messages, extensions)[0]


def due(
    now: datetime = DUE, chosen: Standing | None = None, campaign: Campaign = CAMPAIGN, **given: Any
) -> list[Letter]:
    """The reminders of one unit at a time at which the mailbox has just been read."""
    chosen = chosen or standing(campaign=campaign)
    return list(reminders([chosen], campaign, Reminders(), now, **{"complete_until": now} | given))


def content(letter: Letter) -> Reminder:
    assert isinstance(letter.content, Reminder)
    return letter.content


def in_outbox(key: str, at: datetime, state: LetterState = LetterState.SENT) -> StoredLetter:
    return StoredLetter(1, key, LetterKind.REMINDER, "xinhe@example.org", "", "XHE", state, 1, at, at, None, None)


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
        (standing([zero()]), None),
        (standing(messages=[mail(Disposition.REVIEW, "XHE")]), None),
        (standing(messages=[mail(Disposition.REVIEW, "XHE", settled=True)]), "nothing"),
        (standing(messages=[mail(Disposition.REVIEW, "XG")]), "nothing"),
        (standing(messages=[mail(None, None)]), None),
        (standing(messages=[mail(None, None, sender="other@example.org")]), "nothing"),
        (standing(messages=[mail(Disposition.UNREADABLE, None, code="quarantined")]), None),
        (standing(messages=[mail(Disposition.UNREADABLE, "XHE", code="password")]), "nothing"),
        (standing([stored("甲")], [mail(Disposition.REVIEW, "XHE")]), None),
        (standing([nobodys("甲", candidates=("XHE", "XG"))]), None),
        (standing([nobodys("甲", candidates=("XG",), sender="someone@example.net")]), "nothing"),
        (standing([nobodys("甲", sender="Second@example.org")]), None),
    ],
)
def test_what_a_unit_owes_follows_from_what_counts(account: Standing, owed: str | None) -> None:
    assert owes(account) == owed


def test_a_reminder_says_what_has_come_already() -> None:
    (letter,) = due(chosen=standing([stored("甲"), stored("乙", status=Status.NEEDS_CORRECTION, error="请补正")]))
    first, second = content(letter).come
    assert first.endswith("：已登记，活动 1 场")
    assert second.endswith("：已登记，活动 1 场，尚待补正")
    assert "受理号" in first
    (silent,) = due(chosen=standing([]))
    assert content(silent).come == ()


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


def test_a_unit_whose_first_address_is_dead_is_reminded_at_its_next() -> None:
    (letter,) = due(dead={"xinhe@example.org"})
    assert letter.to == "second@example.org"


def test_a_unit_that_no_letter_reaches_is_not_reminded_and_staff_are_told() -> None:
    nobody = standing(unit=Unit("A", "甲", "", "街镇"))
    dead = {"xinhe@example.org", "second@example.org"}
    assert due(chosen=nobody) == []
    assert due(dead=dead) == []
    assert [line.text for line in unreachable([nobody, standing()], dead)] == [
        "名录中没有邮箱，无法提醒",
        "名录所列邮箱均被退信，无法提醒",
    ]
    assert unreachable([standing([stored("甲", "乙")])], dead) == ()


def test_a_unit_gets_one_reminder_a_day_whatever_the_step() -> None:
    (letter,) = due()
    morning = DUE.replace(minute=0)
    assert due(letters=[in_outbox(letter.key, morning)]) == [letter]
    assert due(letters=[in_outbox("reminder:c:XHE:-9d", morning)]) == []
    assert due(letters=[in_outbox("reminder:c:XHE:-9d", morning, LetterState.DROPPED)]) == [letter]
    assert due(letters=[in_outbox("reminder:c:XHE:-9d", morning - timedelta(days=1))]) == [letter]


def test_a_deadline_that_staff_granted_moves_the_reminders_of_that_unit() -> None:
    own = standing(until=date(2021, 10, 15))
    assert due(chosen=own) == []
    (letter,) = due(DUE.replace(month=10, day=15), own)
    assert (letter.key, letter.subject) == (
        "reminder:c:XHE:0d:2021-10-15",
        "【报送提醒】线下活动统计表将于 10月15日 截止",
    )
    assert content(letter).deadline == date(2021, 10, 15)


def test_a_day_before_the_deadline_is_no_extension() -> None:
    assert standing(until=date(2021, 9, 1)).deadline == CAMPAIGN.deadline


def test_the_same_step_of_two_deadlines_on_one_day_is_one_letter() -> None:
    friday, saturday, sunday = DUE.replace(month=10, day=15), date(2021, 10, 16), date(2021, 10, 17)
    (first,), (second,) = due(friday, standing(until=saturday)), due(friday, standing(until=sunday))
    assert first.key == second.key


def test_an_overdue_letter_asks_for_the_table_within_two_working_days_and_within_the_campaign() -> None:
    first_overdue = DUE.replace(month=10, day=8)
    assert content(due(first_overdue)[0]).asked_by == date(2021, 10, 11)
    closing = CAMPAIGN.model_copy(update={"ends_on": date(2021, 10, 9)})
    assert content(due(first_overdue, campaign=closing)[0]).asked_by == date(2021, 10, 9)


def test_the_last_reminder_before_a_deadline_at_rest_does_not_call_it_today() -> None:
    weekend = CAMPAIGN.model_copy(update={"deadline": date(2021, 10, 16)})
    last = content(due(DUE.replace(month=10, day=15), campaign=weekend)[0])
    assert (last.days, last.rests) == (0, True)
    assert not content(due()[0]).rests


def test_a_reminder_speaks_of_what_else_ends_soon() -> None:
    cases = Milestone("案例征集", date(2021, 5, 1), date(2021, 9, 25))
    collection = Milestone("统计表征集", date(2021, 5, 1), CAMPAIGN.deadline)
    chosen = CAMPAIGN.model_copy(update={"milestones": (cases, collection)})
    assert content(due(campaign=chosen)[0]).ending == (cases,)


def test_staff_see_the_reminders_of_the_days_to_come() -> None:
    units = [standing(), standing(until=date(2021, 10, 9)), standing([stored("甲", "乙")])]
    week = upcoming(units, CAMPAIGN, Reminders(), date(2021, 9, 23), date(2021, 10, 8))
    assert [(line.unit_name, line.text) for line in week] == [
        ("9月24日", "报送提醒，1 个单位（距截止 5 个工作日）"),
        ("9月27日", "报送提醒，1 个单位（距截止 5 个工作日）"),
        ("9月28日", "报送提醒，1 个单位（距截止 2 个工作日）"),
        ("9月30日", "报送提醒，1 个单位（截止当日）"),
        ("9月30日", "报送提醒，1 个单位（距截止 2 个工作日）"),
        ("10月8日", "报送提醒，1 个单位（逾期 1 个工作日）"),
    ]
