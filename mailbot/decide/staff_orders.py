"""What staff write to settle a case by mail: the first line of a reply, in a few words or a number."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from mailbot.campaigns.roster import Roster
from mailbot.config import Campaign
from mailbot.domain.act import ActKind
from mailbot.domain.case import Choice
from mailbot.domain.errors import ActRefused
from mailbot.domain.mail import Head
from mailbot.mail.opening import Opened
from parsers.formats.file_kind import FileKind
from parsers.marks import quoted


def help_lines(example: str) -> tuple[str, ...]:
    """One line for each thing that may be written; `example` is a day that an extension may name (`example_day`)."""
    return (*_HELP[:-3], _HELP[-3].format(day=example), *_HELP[-2:])


_HELP = (
    "数字：选择来信中列出的处理方式，例如“1”；前面可写受理号，例如“HWM21-0037 1”",
    "一封信可办理多件：每件一行，每行以受理号开头",
    "归属 单位名称：确定填报单位，例如“归属 新河街道总工会”",
    "替换：以该表替换此前报送的统计表",
    "补报：与此前报送的一并登记",
    "采信：按正常来件登记",
    "退回 原因：不予登记，并将原因告知来件人",
    "忽略：不予登记，不答复来件",
    "撤回登记：已登记的统计表不再计入，并告知来件人",
    "撤销：撤销对该受理号的上一个决定",
    "延期 单位名称 日期：例如“延期 新河街道 {day}”；回复申请延期的来件时可不写单位",
    "状态：报送情况和待核对事项",
    "帮助：本说明",
)

MOST_ORDERS = 100
"""Lines of a mail that are looked at."""
NOT_UNDERSTOOD = "未能理解这一行。请回复一个数字，或回复“帮助”查看可用的写法"

_TOKEN = re.compile(r"口令\s*([A-Z2-7]{8})(?![A-Z0-9])")
_CASE = re.compile(r"(?:受理号\s*)?([A-Z0-9]+-\d{4,}(?:-\d+)?)(?=[\s:,]|$)[\s:,]*")
_NUMBER = re.compile(r"(?:第|选|选择)?\s*(\d{1,2})\s*[.、。)]?")
_WORDS: tuple[tuple[ActKind, str], ...] = (
    (ActKind.REPLACE, "替换|更正"),
    (ActKind.APPEND, "补报|补充|追加"),
    (ActKind.IGNORE, "忽略|已阅|不予登记"),
    (ActKind.ACCEPT, "采信|接受|登记|通过|同意"),
    (ActKind.WITHDRAW, "撤回(?:已)?登记(?:的?(?:统计)?表)?"),
    (ActKind.UNDO, "撤销|撤回"),
)
_ASSIGN = re.compile(r"(?:归属|归入|属于|单位)[:\s]*(\S.*)")
_REJECT = re.compile(r"退回.*")
_EXTEND = re.compile(
    r"(?:同意)?(?:延期|宽限)[:\s]*(?:(?!\d)(\S*?[^\s\d,至到])[\s,]*)?(?:至|到)?\s*((?:\d{4}\D)?\d{1,2}\D\d{1,2})\s*日?"
)
_ASKS: tuple[tuple[Literal["status", "help"], str], ...] = (
    ("status", "状态|进度|情况"),
    ("help", r"帮助|说明|\?|help"),
)


_DAY = re.compile(r"(?:(\d{4})\D)?(\d{1,2})[^\d\s](\d{1,2})[日号]?")
EXAMPLE_DAYS = 5
"""Working days after the deadline."""

Day = tuple[int | None, int, int]
"""Year, where it was written, month and day."""


@dataclass(frozen=True, slots=True)
class Order:
    """One thing that staff want: a numbered `choice`, a `kind` of act with what it needs, or something to
    know (`asks`).

    `line` is what was written, for the transcript. All empty: it was not understood.
    """

    line: str
    case: str | None = None
    """Written before the rest, where another case than that of the answered letter is meant."""
    choice: int | None = None
    kind: ActKind | None = None
    unit: str = ""
    day: Day | None = None
    reason: str = ""
    asks: Literal["status", "help"] | None = None

    @property
    def is_understood(self) -> bool:
        """Whether it is one."""
        return self.choice is not None or self.kind is not None or self.asks is not None


def orders_in(opened: Opened, staff: Collection[str], answers_us: bool) -> tuple[Order, ...]:
    """What one of staff wants with this mail, line by line; nothing where it is an ordinary mail.

    `staff` are their addresses in lower case; `answers_us`: it answers a letter of ours to staff, and is then an order
    even where nobody understands it. A mail with tables or files, pictures aside, is none: staff may pass on a unit's
    mail. Below its first line only those are orders that name a case or are understood: the others are a signature.
    """
    sender = opened.head.sender
    if sender is None or sender.address.lower() not in staff or _brings_something(opened):
        return ()
    lines = [line.strip() for line in opened.words.splitlines() if line.strip()]
    if not lines and not answers_us:  # some write into the subject of a new mail
        lines = [opened.head.subject.strip()]
    orders = [parse_order(line) for line in lines[:MOST_ORDERS]] or [Order("")]
    chosen = (orders[0], *(order for order in orders[1:] if order.case or order.is_understood))
    return chosen if answers_us or orders[0].asks else ()


def _brings_something(opened: Opened) -> bool:
    """Whether there is more than words and the pictures of a signature."""
    return any(document.readings or document.kind != FileKind.PICTURE for document in opened.documents)


def token_in(head: Head) -> str | None:
    """The one-time word in the subject of a reply."""
    found = _TOKEN.findall(unicodedata.normalize("NFKC", head.subject))
    return found[-1] if found else None


def parse_order(line: str) -> Order:
    """One line as an order."""
    text = unicodedata.normalize("NFKC", line).strip().rstrip("。.!;,").strip()
    named = _CASE.match(text)
    order = _understood(line, text[named.end() :].strip() if named else text)
    return replace(order, case=named[1]) if named else order


def _understood(line: str, text: str) -> Order:
    if match := _NUMBER.fullmatch(text):
        return Order(line, choice=int(match[1]))
    for asks, words in _ASKS:
        if re.fullmatch(words, text, re.IGNORECASE):
            return Order(line, asks=asks)
    for kind, words in _WORDS:
        if re.fullmatch(words, text):
            return Order(line, kind=kind)
    if match := _EXTEND.fullmatch(text):
        *year, month, day = (int(number) for number in re.findall(r"\d+", match[2]))
        return Order(line, kind=ActKind.EXTEND, unit=match[1] or "", day=(year[0] if year else None, month, day))
    if _REJECT.fullmatch(text):  # the reason goes to the sender as it was written
        return Order(line, kind=ActKind.REJECT, reason=line.partition("退回")[2].strip(" ：:，,。\t\u3000"))
    if match := _ASSIGN.fullmatch(text):
        return Order(line, kind=ActKind.ASSIGN, unit=match[1])
    return Order(line)


def chosen(number: int, offered: tuple[Choice, ...]) -> Choice:
    """The choice of that number. Raises ActRefused where there is none."""
    if not 1 <= number <= len(offered):
        listed = "；".join(f"{n} {choice.text}" for n, choice in enumerate(offered, 1))
        raise ActRefused(f"没有第 {number} 项，可选的是：{listed}")
    return offered[number - 1]


def unit_called(text: str, roster: Roster) -> str:
    """The code of the unit that staff mean. Raises ActRefused with the candidates where it is not one."""
    exact = roster.get(text.strip())
    if exact:
        return exact.code
    match = roster.named(text)
    match = match if match.units else roster.mentioned(text)
    if match.unit:
        return match.unit.code
    near = match.units or roster.alike(text)
    names = "、".join(f"{unit.name}（{unit.code}）" for unit in near)
    hint = f"可能是：{names}" if near else "请写单位全称或代码"
    raise ActRefused(f"名录中没有唯一的单位叫{quoted(text)}，{hint}")


def example_day(campaign: Campaign) -> str:
    """A day that an extension may name, for examples: some working days after the deadline; 10月8日."""
    day = min(campaign.calendar.working_day(campaign.deadline, EXAMPLE_DAYS), campaign.ends_on)
    return f"{day.month}月{day.day}日"


def day_in(text: str) -> Day | None:
    """A day as people write it: 2021-10-08, 2021年10月8日, 10月8日, 10.8; None for anything else."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return (int(found[1]) if found[1] else None, int(found[2]), int(found[3])) if found else None


def day_called(day: Day, deadline: date, ends_on: date) -> date:
    """The day of an extension; without a year the first such day after the deadline. Raises ActRefused."""
    year, month, number = day
    try:
        found = date(year or deadline.year, month, number)
        if year is None and found <= deadline:
            found = date(deadline.year + 1, month, number)
    except ValueError:
        raise ActRefused(f"没有 {month}月{number}日 这一天") from None
    if not deadline < found <= ends_on:
        raise ActRefused(
            f"延期的日期应在截止日 {deadline.month}月{deadline.day}日 之后、{ends_on.month}月{ends_on.day}日 之前"
        )
    return found
