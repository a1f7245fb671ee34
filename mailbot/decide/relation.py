"""What a submission is to those the same unit sent before. Nothing is overwritten; what is unclear waits."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.domain import Earlier, Relation, Status
from parsers.reading import Content, Reading

# domain.md 2.3; the longer words first
REPLACING = re.compile(
    r"以[此本这](?:一?[次表件版份个封]|邮件|附件)?(?:报送|统计表)?的?为准|更正|改正|订正|勘误|修正|修改|修订|替换|调整后|"
    r"重新(?:报送|上报|提交|发送|填报|报)|重报|更新(?:版|后|的|了|表|统计|如下|(?![\u4e00-\u9fff]))|"
    r"最终(?:版|稿|表|确认|统计|(?![\u4e00-\u9fff]))|终版|定稿|最新(?:版|的?统计表|的?表)|第二版|[（(【]改[）)】]|"
    r"(?<![a-z])v[2-9](?!\d)|作废|撤回|[填报发]错|忽略[上前]|有误",
    re.IGNORECASE,
)
ADDING = re.compile(
    r"补报|补充(?!说明|完善)|追加|续报|增报|增补|追报|再报|补交|补发|漏报|漏填|现补上|第[二三四五六七八九十2-9]批|"
    r"新增(?:加?了?)?(?:\d|[一二两三四五六七八九十]|活动)"
)
_SHOULD = re.compile(
    r"(?:如果?|若|倘若|万一)[^。；;！!？?\n]*?(?:联系|告知|通知|指正|反馈|来电|致电|回复|电话)[^。；;！!？?\n]*"
)
"""A courtesy that says what happens if: 如有问题请联系，我们将及时修改 corrects nothing."""

Row = Mapping[str, Content]
Key = tuple[str, str]
UNKNOWN: Key = ("", "")
"""Of a row that has neither title nor day, as in a summary."""


@dataclass(frozen=True, slots=True)
class Related:
    """The outcome: what it is, whether it counts, and which stored submissions stop counting."""

    relation: Relation
    counts: bool
    replaces: tuple[int, ...] = ()
    why: str = ""
    """For staff, where a person must decide."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How a submission came: its words (subject, file name, body; without quoted mail), sender and date."""

    words: str
    sender: str
    registered: bool
    """The sender's address is one of the unit's own."""
    date: datetime | None


def relate(reading: Reading, sent: Sent, earlier: Sequence[Earlier]) -> Related:
    """Place a submission among the unit's earlier ones of the same form, oldest first."""
    rows = [{name: value.content for name, value in record.values.items()} for record in reading.records]
    counting = [e for e in earlier if e.current and e.status is not Status.REVIEW]
    if any(_same_rows(rows, e.records) and e.layout == reading.layout for e in counting):
        return Related(Relation.DUPLICATE, counts=False)
    if not counting:
        return Related(Relation.NEW, counts=True)
    known = [row for e in counting for row in e.records]
    words = _SHOULD.sub("", sent.words)
    if REPLACING.search(words):
        return _replacement(sent, counting)
    if ADDING.search(words):
        return _supplement(rows, known)
    if _each_is_there_again(known, rows) and all(e.layout == reading.layout or not e.records for e in counting):
        return _replacement(sent, counting)
    return Related(Relation.UNCLEAR, counts=False, why="与此前报送的活动只有部分相同或完全不同，且未注明“更正”或“补报”")


def _replacement(sent: Sent, counting: Sequence[Earlier]) -> Related:
    """Figures are replaced only by who may, and only by what was sent later."""
    if not (sent.registered or any(e.sender.lower() == sent.sender.lower() for e in counting)):
        return Related(Relation.UNCLEAR, counts=False, why="更正来自未登记的邮箱，且不是此前报送的邮箱")
    if sent.date and any(sent.date < e.received_at and _older(sent.date, e) for e in counting):
        return Related(Relation.UNCLEAR, counts=False, why="邮件的发送时间早于此前已登记的报送")
    return Related(Relation.REPLACES, counts=True, replaces=tuple(e.id for e in counting))


def _older(date: datetime, known: Earlier) -> bool:
    # a Date header is the sender's clock: a mail that left within the same hour is not taken for an older one
    return (known.received_at - date).total_seconds() > 3600


def _supplement(rows: Sequence[Row], known: Sequence[Row]) -> Related:
    for row in rows:
        same = [k for k in known if _same_key(k, row)]
        if same and not any(_squeezed(k) == _squeezed(row) for k in same):
            return Related(Relation.UNCLEAR, counts=False, why="注明为补报，但其中有与此前报送同名同日而内容不同的活动")
    return Related(Relation.SUPPLEMENTS, counts=True)


def distinct_rows(submissions: Iterable[Sequence[Row]]) -> Iterator[tuple[int, int]]:
    """(submission, row) of every row that counts: one repeated in a later submission counts once."""
    seen: set[tuple[tuple[str, str], ...]] = set()
    for place, rows in enumerate(submissions):
        mine = set()
        for position, row in enumerate(rows):
            content = tuple(sorted((name, repr(value)) for name, value in _squeezed(row).items()))
            if row.get("title") and content in seen:
                continue
            mine.add(content)
            yield place, position
        seen |= mine


def _each_is_there_again(known: Sequence[Row], rows: Sequence[Row]) -> bool:
    return all(key(old) == UNKNOWN or any(_same_key(old, row) for row in rows) for old in known)


def _same_key(old: Row, new: Row) -> bool:
    """Title without blanks and first day. A part that was missing or not understood before agrees with anything."""
    title, day = key(old)
    new_title, new_day = key(new)
    return key(old) != UNKNOWN and (not title or title == new_title) and (not day or day == new_day)


def key(row: Row) -> Key:
    """What a row is known by: its title without blanks, and its first day ("" where there is none)."""
    return re.sub(r"\s+", "", str(row.get("title") or "")), str(row.get("date_start") or "")


def _same_rows(rows: Sequence[Row], others: Sequence[Row]) -> bool:
    return len(rows) == len(others) and all(
        _squeezed(row) == _squeezed(other) for row, other in zip(rows, others, strict=True)
    )


def _squeezed(row: Row) -> dict[str, Content]:
    """What is there of a row, blanks dropped."""
    return {
        name: re.sub(r"\s+", "", value) if isinstance(value, str) else value
        for name, value in row.items()
        if value not in (None, "", ())
    }
