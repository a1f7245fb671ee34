"""What is kept no longer, by the configuration and by age."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from mailbot.config.model import Retention
from mailbot.decide.retention import Limits, due_mails, limits_before, limits_by
from mailbot.domain.mail import Disposition, StoredMessage
from support.world import config

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=SHANGHAI)


def message(id: int, day: str, disposition: Disposition | None = Disposition.SUBMISSION) -> StoredMessage:
    return StoredMessage(id, "office", str(id), None, "a@example.org", "", at(day), disposition, None, "", None, None)


@pytest.mark.parametrize(
    ("day", "is_due"),
    [("2021-11-30", False), ("2021-12-01", True)],
)
def test_days_are_counted_from_the_end_of_the_campaign(tmp_path: object, day: str, is_due: bool) -> None:
    campaign = config(tmp_path).campaign  # type: ignore[arg-type]
    assert campaign.ends_on == date(2021, 10, 31)
    limits = limits_by(Retention(mails_days=30), campaign, at(day))
    assert limits.mails == (at(day) if is_due else None)
    assert limits.letters is None


def test_nothing_goes_by_itself(tmp_path: object) -> None:
    campaign = config(tmp_path).campaign  # type: ignore[arg-type]
    assert limits_by(Retention(), campaign, at("2999-01-01")).is_empty


def test_mails_of_other_campaigns_go_by_their_own_age() -> None:
    mails = [("c", message(1, "2021-09-01")), ("old", message(2, "2020-09-01")), ("old", message(3, "2021-09-01"))]
    limits = Limits(mails=None, other_mails=at("2021-01-01"))
    gone, kept = due_mails(mails, "c", limits, (), ())
    assert ([one.id for one in gone], kept) == ([2], [])


def test_what_waits_stays_and_what_is_gone_is_no_more_due() -> None:
    mails = [("c", message(n, "2021-09-01", None if n == 1 else Disposition.REVIEW)) for n in range(1, 5)]
    gone, kept = due_mails(mails, "c", limits_before(at("2021-10-01")), {2}, {"3"})
    assert ([one.id for one in gone], [one.id for one in kept]) == ([4], [1, 2])
