"""Whether every received message has its place in the ledger: two independent counts must agree."""

from collections import Counter
from collections.abc import Mapping, Sequence

from mailbot.domain.mail import Disposition, StoredMessage

OUTCOMES: Mapping[Disposition | None, str] = {
    Disposition.SUBMISSION: "统计表",
    Disposition.INFORMATION: "活动信息",
    Disposition.UNREADABLE: "无法读取",
    Disposition.MISDIRECTED: "误投",
    Disposition.CORRECTION: "文字更正、声明",
    Disposition.REVIEW: "待人工判断",
    Disposition.AUTOMATIC: "自动回复、退信等",
    Disposition.DUPLICATE: "重复来件",
    Disposition.COMMAND: "工作人员指令",
    Disposition.UNRELATED: "与活动无关",
    None: "尚未处理",
}
"""Every outcome in words, in the order of the ledger."""


def outcomes(messages: Sequence[StoredMessage]) -> tuple[tuple[str, int], ...]:
    """How many messages ended in which outcome; the numbers sum to all that were received."""
    numbers = Counter(message.disposition for message in messages)
    return tuple((word, numbers[outcome]) for outcome, word in OUTCOMES.items() if numbers[outcome])


def fault(received: int, messages: Sequence[StoredMessage], unfounded: Sequence[str] = ()) -> str | None:
    """What is wrong with the ledger, in one sentence, or None.

    `received`: the messages that were seen in the mailboxes and taken in; `unfounded`: the cases of tables that count
    by an act that was taken back.
    """
    told = sum(number for _, number in outcomes(messages))
    if received != told:
        return f"来件台账不符：邮箱共收到 {received} 封来件，各类结果合计 {told} 封，相差 {abs(received - told)} 封"
    if unfounded:
        return f"登记台账不符：受理号 {'、'.join(unfounded)} 的统计表仍在计入，而其登记依据已撤销"
    return None
