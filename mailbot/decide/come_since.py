"""Checks a decision against what has come since its maker was asked, by mail and by command alike."""

from collections.abc import Collection, Sequence

from mailbot.decide.display import number_of_activities
from mailbot.domain.act import ActKind
from mailbot.domain.case import Case
from mailbot.domain.errors import Overtaken
from mailbot.domain.submission import Relation, Status, StoredSubmission

CONFLICTING = frozenset({ActKind.ACCEPT, ActKind.REPLACE, ActKind.APPEND})
"""What changes what counts for a unit; to send a table back or to leave it out changes nothing that came later. Whose a
table is can be said at any time: what it is to later ones is decided anew (`check_replaced`)."""

_RELATIONS = {Relation.REPLACES: "更正", Relation.SUPPLEMENTS: "补报"}


def check(case: Case, kind: ActKind, since: Sequence[StoredSubmission]) -> None:
    """Raise Overtaken where a table would be counted over what was received or decided about its unit since.

    `since`: those tables of the unit. A mail without tables can be overtaken by nothing.
    """
    later = [stored for stored in since if stored.message != case.message.id and _matters(stored)]
    if case.tables and kind in CONFLICTING and later:
        raise _overtaken(case, later)


def check_replaced(case: Case, replaced: Collection[int], since: Sequence[StoredSubmission]) -> None:
    """Raise Overtaken where a table would take the place of one that was received or decided about since."""
    later = [stored for stored in since if stored.id in replaced]
    if later:
        raise _overtaken(case, later)


def _overtaken(case: Case, later: Sequence[StoredSubmission]) -> Overtaken:
    return Overtaken(case.name, f"此后该单位另有来件：{'；'.join(map(in_words, later))}。原决定未执行")


def in_words(stored: StoredSubmission) -> str:
    """受理号 HWM21-0009（2021年9月15日收到，更正，3 场，已登记）."""
    day, submission = stored.received_at, stored.submission
    number = number_of_activities(submission.reading)
    told = [f"{day.year}年{day.month}月{day.day}日收到", _RELATIONS.get(submission.relation, "")]
    told += ["零报告" if submission.reading.zero_report else f"{number} 场" if number is not None else ""]
    told += ["待人工核对" if submission.status is Status.REVIEW else "已登记"]
    return f"受理号 {stored.case}（{'，'.join(filter(None, told))}）"


def _matters(stored: StoredSubmission) -> bool:
    return stored.submission.current or stored.submission.status is Status.REVIEW
