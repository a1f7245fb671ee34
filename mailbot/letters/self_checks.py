"""The letter of a mailbox to itself, which shows under what name its provider writes results of authentication."""

from datetime import datetime

from mailbot.domain.letter import Letter
from mailbot.letters.alerts import alert_letter


def self_check(mailbox: str, address: str, now: datetime) -> Letter:
    """The self-check of a mailbox, the same letter all month."""
    return alert_letter(
        f"self-check:{mailbox}:{now:%Y-%m}",
        address,
        "系统自检",
        "发件人验证结果自检",
        ("本邮件由系统发给本邮箱自身，用以确认邮箱服务商在来件上标注的发件人验证结果，无需处理，也无需保留。",),
    )
