"""What the weekly digest tells staff, and what has changed since the one before."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailbot.app import forms_of
from mailbot.campaigns.roster import Roster
from mailbot.config import Config
from mailbot.decide.standing import standings
from mailbot.domain.campaign import Unit
from mailbot.domain.errors import ConfigError
from mailbot.domain.letter import LetterKind, LetterState, StoredLetter
from mailbot.domain.letter_contents import Digest, Line
from mailbot.domain.mail import Disposition, StoredMessage
from mailbot.domain.submission import Evidence, Relation, Status, StoredSubmission, Submission
from mailbot.letters.digest_account import Account
from mailbot.letters.digests import digest, is_first_after_deadline
from parsers.forms.form import load
from parsers.reading import Finding, Precision, Reading, Record, Severity, Value

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2021, 9, 27, 8, 30, tzinfo=ZONE)
LAST = datetime(2021, 9, 22, 8, 30, tzinfo=ZONE)
"""The digest before: Monday and Tuesday of that week were days of rest."""

PARK = Unit("KFQ-QS", "青石开发区工会", category="开发区", emails=("park@example.org",))
BAY = Unit("JZ-WH", "望海街道总工会", category="街镇", emails=("bay@example.org",))
TOWER = Unit("JZ-BT", "北塔街道总工会", category="街镇", quota=3, emails=("tower@example.org",))
SCHOOL = Unit("XT-JY", "教育系统工会", category="系统", emails=("school@example.org",))
ROSTER = Roster((PARK, BAY, TOWER, SCHOOL))
FORMS = {"activities": load("activities")}


def config(**campaign: Any) -> Config:
    server = {"host": "mail.example.org", "port": 993, "username": "u", "password_env": "SECRET"}
    data = {
        "organisation": {"name": "东海新区总工会", "department": "宣传网络部"},
        "mailbox": [{"name": "office", "address": "office@example.org", "imap": server, "smtp": server}],
        "campaign": {
            "id": "net-2021",
            "title": "2021年“清朗网络”主题活动",
            "starts_on": date(2021, 5, 1),
            "deadline": date(2021, 9, 30),
            "case_prefix": "NET21",
            **campaign,
        },
    }
    return Config.model_validate(data, context={"folder": Path()})


def row(title: str = "知识竞赛", people: int | None = 100, precision: Precision = "exact") -> Record:
    values = {"title": Value(title, title), "date_start": Value("2021-06-15", "6.15")}
    return Record(5, values | ({"participants": Value(people, str(people), "", "J5", precision)} if people else {}))


def table(
    id: int,
    unit: Unit | None,
    *records: Record,
    at: datetime = LAST - timedelta(days=2),
    findings: Sequence[Finding] = (),
    **changes: Any,
) -> StoredSubmission:
    usual: dict[str, Any] = {
        "attachment": "统计表.xlsx",
        "reading": Reading("activities", "Sheet1", "rows", "", {}, records or (row(),)),
        "unit": unit.code if unit else None,
        "unit_name": unit.name if unit else None,
        "evidence": Evidence.TABLE,
        "status": Status.ACCEPTED,
        "relation": Relation.NEW,
        "current": True,
        "findings": tuple(findings),
    }
    return StoredSubmission(id, id, f"NET21-{id:04}", "0" * 64, "a@example.org", at, 1, Submission(**usual | changes))


def message(
    id: int, disposition: Disposition, unit: Unit | None = None, at: datetime = LAST - timedelta(days=2)
) -> StoredMessage:
    code = unit.code if unit else None
    return StoredMessage(
        id, "office", "0" * 64, None, "a@example.org", "", at, disposition, None, "请查看", "NET21-9", code
    )


DIGEST_BEFORE = StoredLetter(
    99, "digest:net-2021:2021-W37:staff@example.org", LetterKind.DIGEST, "staff@example.org", "", None,
    LetterState.SENT, 1, LAST, LAST, LAST, None,
)  # fmt: skip


def report(
    *submissions: StoredSubmission,
    messages: Sequence[StoredMessage] = (),
    letters: Sequence[StoredLetter] = (),
    now: datetime = MONDAY,
    before: Sequence[StoredLetter] = (DIGEST_BEFORE,),
    **campaign: Any,
) -> Digest:
    settings = config(**campaign)
    account = Account(
        ROSTER,
        standings(ROSTER, settings.campaign, submissions, messages),
        tuple(messages),
        submissions,
        (*letters, *before),
    )
    content = digest(account, settings, FORMS, now, "staff@example.org").content
    assert isinstance(content, Digest)
    return content


def units(lines: Sequence[Line]) -> list[str]:
    return [line.unit_name for line in lines]


def test_who_has_not_reported_stands_in_roster_order_with_what_is_known_of_it() -> None:
    waiting = table(2, TOWER, status=Status.REVIEW, current=False)
    found = report(table(1, BAY), waiting, messages=[message(9, Disposition.INFORMATION, SCHOOL)])
    assert [(line.unit_name, line.text) for line in found.missing] == [
        (PARK.name, ""),
        (TOWER.name, "来件待人工核对"),
        (SCHOOL.name, "已报信息"),
    ]
    assert units(found.reported) == [BAY.name]


def test_who_reported_too_few_activities_is_named_with_both_numbers() -> None:
    found = report(table(1, BAY), table(2, TOWER, row("甲"), row("乙")))
    assert found.below_quota == (Line(TOWER.name, "街镇", "2/3 场"),)


def test_news_without_a_table_and_a_table_without_news_are_two_lists() -> None:
    messages = [message(8, Disposition.INFORMATION, SCHOOL), message(9, Disposition.INFORMATION, PARK)]
    found = report(table(1, BAY), table(2, PARK), messages=messages)
    assert units(found.news_only) == [SCHOOL.name]
    assert units(found.table_only) == [BAY.name]


def test_doubts_about_numbers_stand_apart_from_other_questions() -> None:
    number = Finding(Severity.WARNING, "unlikely-size", "第5行“接触职工人数”数字过大", "participants")
    phone = Finding(Severity.WARNING, "odd-phone", "“联系电话”号码位数不对", "phone")
    found = report(table(1, BAY, findings=[number, phone]))
    assert [line.text for line in found.doubtful] == ["第5行“接触职工人数”数字过大"]
    assert [line.text for line in found.unclear] == ["“联系电话”号码位数不对"]


def test_sums_say_what_came_since_the_digest_before_and_whether_they_are_rough() -> None:
    old = table(1, BAY, row(people=100))
    new = table(2, PARK, row(people=300, precision="at_least"), at=LAST + timedelta(hours=1))
    found = {figure.title: figure for figure in report(old, new, targets={"participants": 1000}).figures}
    assert (found["线下活动"].total, found["线下活动"].change) == (2, 1)
    heads = found["接触职工人数"]
    assert (heads.total, heads.change, heads.rough, heads.target) == (400, 300, True, 1000)


def test_a_correction_changes_the_sums_by_the_difference() -> None:
    replaced = table(1, BAY, row(people=100), current=False)
    newer = table(2, BAY, row(people=130), at=LAST + timedelta(hours=1), relation=Relation.REPLACES, replaces=(1,))
    found = report(replaced, replace(newer, version=2))
    (heads,) = [figure for figure in found.figures if figure.title == "接触职工人数"]
    assert (heads.total, heads.change) == (130, 30)
    assert found.corrected == (Line(BAY.name, "街镇", "9月22日更正，现为第2版，上期以来新收"),)
    assert found.new == ()  # it had reported before


def test_who_reported_since_the_digest_before_is_new() -> None:
    found = report(table(1, BAY), table(2, PARK, at=LAST + timedelta(minutes=1)))
    assert found.since == LAST
    assert units(found.new) == [PARK.name]
    assert found.timeline == ((date(2021, 9, 20), 1), (date(2021, 9, 22), 2))


def test_the_first_digest_tells_of_all_that_came_since_the_beginning() -> None:
    first = datetime(2021, 5, 6, 8, 30, tzinfo=ZONE)
    assert report(now=first).since == datetime(2021, 5, 1, tzinfo=ZONE)


def test_open_corrections_are_named_sentence_by_sentence() -> None:
    errors = [Finding(Severity.ERROR, "missing-value", f"第{n}行“活动时间”为空") for n in (5, 6)]
    found = report(table(1, BAY, findings=errors, status=Status.NEEDS_CORRECTION))
    assert found.to_correct == tuple(Line(BAY.name, "街镇", error.text) for error in errors)
    (progress,) = [p for p in found.progress if p.category == "街镇"]
    assert (progress.owed, progress.reported, progress.to_correct) == (2, 1, 1)
    assert (progress.activities, progress.quota) == (1, 4)


def test_what_waits_for_a_person_says_why_and_how_it_may_be_settled() -> None:
    why = Finding(Severity.NOTICE, "relation-unclear", "与此前报送的活动只有部分相同，由工作人员核对后登记")
    waiting = table(1, BAY, findings=[why], status=Status.REVIEW, relation=Relation.UNCLEAR, current=False)
    found = report(waiting, messages=[message(1, Disposition.SUBMISSION, BAY), message(7, Disposition.REVIEW)])
    assert [line.unit_name for line in found.waiting] == [BAY.name, "a@example.org"]
    assert why.text in found.waiting[0].text
    assert "可选：替换此前报送的统计表；" in found.waiting[0].text
    assert "请查看" in found.waiting[1].text


def test_the_ledger_sums_to_what_was_received() -> None:
    outcomes = [Disposition.SUBMISSION, Disposition.AUTOMATIC, Disposition.AUTOMATIC, Disposition.UNRELATED]
    found = report(messages=[message(n, outcome) for n, outcome in enumerate(outcomes)])
    assert sum(number for _, number in found.ledger) == found.received == 4
    assert ("自动回复、退信等", 2) in found.ledger


def test_letters_since_the_digest_before_are_counted_by_what_became_of_them() -> None:
    def stored(id: int, state: LetterState, at: datetime) -> StoredLetter:
        return StoredLetter(id, str(id), LetterKind.RECEIPT, "a@example.org", "", None, state, 1, at, at, None, None)

    soon = LAST + timedelta(days=1)
    letters = [
        stored(1, LetterState.SENT, LAST - timedelta(days=1)),
        stored(2, LetterState.SENT, soon),
        stored(3, LetterState.SENT, soon),
        stored(4, LetterState.REFUSED, soon),
    ]
    found = report(letters=letters)
    assert found.letters == (("已发出", 2), ("被拒收", 1))
    assert "1 封信件被对方服务器拒收" in found.trouble


def test_letters_that_may_not_have_arrived_are_counted_and_the_first_few_named() -> None:
    soon = LAST + timedelta(days=1)

    def stored(id: int, unit: str | None, state: LetterState, copies: int) -> StoredLetter:
        to, subject = f"{id}@example.org", f"统计表回执 {id}"
        kind = LetterKind.RECEIPT
        return StoredLetter(id, str(id), kind, to, subject, unit, state, 1, soon, soon, None, None, copies=copies)

    letters = [
        stored(1, BAY.code, LetterState.UNCERTAIN, 3),
        stored(2, None, LetterState.UNCERTAIN, 1),
        stored(3, BAY.code, LetterState.QUEUED, 1),
        stored(4, None, LetterState.UNCERTAIN, 3),
        stored(5, None, LetterState.UNCERTAIN, 3),
        stored(6, None, LetterState.SENT, 2),
        stored(7, None, LetterState.SENT, 0),
        stored(8, None, LetterState.QUEUED, 0),
    ]
    found = report(letters=letters)
    day = f"{soon.month}月{soon.day}日"
    assert found.trouble[:5] == (
        "5 封信件发送结果不明（对方可能未收到）",
        f"结果不明：{BAY.name}，统计表回执 1（{day}）",
        f"结果不明：2@example.org，统计表回执 2（{day}）",
        f"结果不明：{BAY.name}，统计表回执 3（{day}）",
        "结果不明的其余 2 封见 mailbot status",
    )
    assert ("可能重复寄出（至多）", 8) in found.letters  # 2 of the first, of the fourth, of the fifth and of the sixth


def test_where_every_outcome_is_known_nothing_is_said_of_copies() -> None:
    soon = LAST + timedelta(days=1)
    sent = StoredLetter(
        1, "1", LetterKind.RECEIPT, "a@example.org", "s", None, LetterState.SENT, 1, soon, soon, soon, None
    )
    found = report(letters=[sent])
    assert found.letters == (("已发出", 1),)
    assert not [line for line in found.trouble if "结果不明" in line]


def test_the_first_digest_tells_of_all_since_the_campaign_began() -> None:
    at = LAST - timedelta(days=20)
    found = report(table(1, BAY, at=at), before=())
    assert found.is_first
    assert (found.since.date(), units(found.new)) == (date(2021, 5, 1), [BAY.name])
    assert not report(table(1, BAY, at=at)).is_first


def test_the_subject_tells_the_two_numbers_that_matter_most() -> None:
    settings = config()
    account = Account(ROSTER, standings(ROSTER, settings.campaign, (table(1, BAY),), ()), (), (table(1, BAY),), ())
    letter = digest(account, settings, FORMS, MONDAY, "staff@example.org")
    assert letter.subject == "统计表报送周报（9月20日—26日）：应报 4 家，已报 1 家"


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (MONDAY, False),
        (datetime(2021, 10, 8, 8, 30, tzinfo=ZONE), True),
        (datetime(2021, 10, 11, 8, 30, tzinfo=ZONE), False),
    ],
)
def test_the_first_digest_after_the_deadline_is_known(now: datetime, first: bool) -> None:
    assert is_first_after_deadline(config(), now) is first


def test_a_target_is_for_something_that_a_form_counts() -> None:
    assert forms_of(config(targets={"participants": 5, "activities_count": 3}).campaign)
    with pytest.raises(ConfigError, match=r"campaign\.targets\.venue: no form counts it; they count .*participants"):
        forms_of(config(targets={"venue": 5}).campaign)
