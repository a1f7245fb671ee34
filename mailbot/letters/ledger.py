"""Whether every message that was received has its place in the ledger: two counts made apart must agree."""

from collections.abc import Iterator, Sequence

from mailbot.config import Campaign, Staff
from mailbot.domain.letter import Letter, LetterKind
from mailbot.domain.letter_contents import Alert
from mailbot.domain.mail import StoredMessage
from mailbot.letters.digests import ledger


def fault(received: int, messages: Sequence[StoredMessage]) -> str | None:
    """What is wrong with the ledger, in one sentence, or None.

    `received`: the messages that were seen in the mailboxes and taken in.
    """
    told = sum(number for _, number in ledger(messages))
    if received == told:
        return None
    return f"来件台账不符：邮箱共收到 {received} 封来件，各类结果合计 {told} 封，相差 {abs(received - told)} 封"


def fault_alerts(sentence: str, campaign: Campaign, staff: Staff) -> Iterator[Letter]:
    """A letter to each address for alerts; one for each such sentence."""
    for address in staff.alerts_to:
        yield Letter(
            key=f"ledger:{campaign.id}:{sentence}:{address}",
            kind=LetterKind.ALERT,
            to=address,
            subject="【系统告警】来件台账不符，周报暂不发送",
            template="alert",
            content=Alert(
                title="来件台账不符，周报暂不发送",
                lines=(
                    f"{sentence}。",
                    "收件和回执照常。请备份数据库，运行 mailbot doctor 检查，再用 mailbot replay 由归档重建核对。",
                    "台账相符后，本周周报自动发出。",
                ),
            ),
        )
