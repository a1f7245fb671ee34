"""What waits for a person, and the ways to settle it."""

from collections.abc import Iterator, Sequence

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign
from mailbot.decide.doubts import HOLDING
from mailbot.decide.screening import QUARANTINED
from mailbot.decide.staff_orders import example_day
from mailbot.decide.whose import NOT_LISTED
from mailbot.domain.act import ActKind
from mailbot.domain.campaign import Unit
from mailbot.domain.case import Case, Choice
from mailbot.domain.mail import Disposition, StoredMessage
from mailbot.domain.outcome_codes import IN_DOUBT
from mailbot.domain.submission import Relation, Status, StoredSubmission

MOST_CHOICES = 6
"""Units that a letter offers by number; any other may be written."""

OBJECTED = "objected"
"""The finding on a table of which its unit says that it is not its own."""
WHY = HOLDING | {"sender-unverified", "relation-unclear", "unit-unknown", NOT_LISTED, OBJECTED}
"""The findings that say why a table waits."""


# ---------------------------------------------------------------- which cases there are


def cases(messages: Sequence[StoredMessage], submissions: Sequence[StoredSubmission]) -> tuple[Case, ...]:
    """All that waits, oldest message first."""
    tables: dict[int, list[StoredSubmission]] = {}
    for stored in submissions:
        if stored.submission.status is Status.REVIEW:
            tables.setdefault(stored.message, []).append(stored)
    found = (case for m in messages for case in _of_message(m, tuple(tables.get(m.id, ()))))
    return tuple(sorted(found, key=lambda case: (case.message.received_at, case.name)))


def _of_message(message: StoredMessage, tables: tuple[StoredSubmission, ...]) -> Iterator[Case]:
    if message.case is None:
        return
    if message.disposition is Disposition.REVIEW and message.code in IN_DOUBT:
        yield Case(message.case, "sender", message, tables, message.reason)
    elif tables:
        yield from (_of_table(message, stored) for stored in tables)
    elif (message.disposition is Disposition.REVIEW or is_quarantined(message)) and not message.settled:
        yield Case(message.case, "letter", message, (), message.reason)


def is_quarantined(message: StoredMessage) -> bool:
    """Whether a message killed its reader and was set aside; a person looks at it in the mailbox and closes it."""
    return message.code == QUARANTINED


def _of_table(message: StoredMessage, stored: StoredSubmission) -> Case:
    why = "；".join(f.text for f in stored.submission.findings if f.code in WHY) or message.reason
    return Case(stored.case, "relation" if stored.submission.unit else "unit", message, (stored,), why)


# ---------------------------------------------------------------- how they may be settled


def choices(case: Case, roster: Roster) -> tuple[Choice, ...]:
    """What a person may answer with a number, in order; what needs words of its own is in `also`."""
    return tuple(_choices(case, roster))


def _choices(case: Case, roster: Roster) -> Iterator[Choice]:
    match case.kind:
        case "unit":
            for unit in _candidates(case, roster)[:MOST_CHOICES]:
                yield Choice(ActKind.ASSIGN, f"归属 {unit.name}", unit.code)
            yield Choice(ActKind.IGNORE, "忽略（不予登记，不答复来件）")
        case "relation":
            if all(stored.submission.relation is Relation.NEW for stored in case.tables):
                yield Choice(ActKind.ACCEPT, "按表中内容登记并答复")
            else:
                yield Choice(ActKind.REPLACE, "替换此前报送的统计表")
                yield Choice(ActKind.APPEND, "作为补报，与此前报送的一并登记")
            yield Choice(ActKind.IGNORE, "忽略（不予登记，不答复来件）")
        case "sender":
            yield Choice(ActKind.ACCEPT, "采信，按正常来件登记并答复")
            yield Choice(ActKind.IGNORE, "忽略（不予登记，不答复来件）")
        case "letter":
            if case.message.unit:
                yield Choice(ActKind.ACCEPT, "登记为活动信息并答复")
            yield Choice(ActKind.IGNORE, "已阅，不再处理")


def choices_in_words(case: Case, campaign: Campaign) -> tuple[str, ...]:
    """The words that may be written besides the numbers."""
    match case.kind:
        case "unit":
            return ("归属 单位名称", "退回 原因")
        case "relation":
            return ("归属 单位名称", "退回 原因")
        case "sender":
            return ()
        case "letter":
            extend = (f"延期 日期（例如：延期 {example_day(campaign)}）",) if case.message.unit else ()
            return (*extend, "归属 单位名称（登记为该单位的活动信息）", "退回 原因")


def _candidates(case: Case, roster: Roster) -> list[Unit]:
    found = [roster.get(code) for stored in case.tables for code in stored.submission.candidates]
    return [unit for unit in found if unit]
