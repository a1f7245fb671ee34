"""Tells staff of an account that cannot send, and of reminders that missed their hours."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from mailbot.config import Staff
from mailbot.decide.delivery import LIMIT_USED_UP
from mailbot.domain.errors import Meaning, SendError
from mailbot.domain.letter import Letter
from mailbot.letters.alerts import alert_letter

_FOR_STAFF = {
    Meaning.LOGIN: (
        "发信登录被拒绝",
        "请登录网页邮箱，确认 SMTP 服务已开启，重新生成客户端授权码（不是登录密码），写入程序读取口令的位置。",
    ),
    Meaning.SENDER: (
        "邮箱服务商不允许本账号发信",
        "请登录网页邮箱查看账号是否被锁定，并核对配置中的 address 与 username 是否为同一账号。",
    ),
    Meaning.DAY: ("当日发信额度已用完", "次日自动恢复发信，回执优先。如需更多额度，请联系邮箱服务商。"),
}


def account_alerts(mailbox: str, error: SendError, staff: Staff, now: datetime) -> Iterator[Letter]:
    """What staff are told at once of an account that cannot send: once a day for each cause and address."""
    if error.meaning not in _FOR_STAFF:
        return
    title, remedy = _FOR_STAFF[error.meaning]
    for address in staff.alerts_to:
        yield alert_letter(
            f"sending:{error.meaning}:{mailbox}:{now:%Y%m%d}:{address}",
            address,
            "系统告警",
            f"邮箱 {mailbox}：{title}",
            (
                f"发生时间：{now:%m月%d日 %H:%M}，服务商答复：{error}",
                remedy,
                "信件保留在待发队列，不会丢失，恢复后自动发出；收件不受影响。",
            ),
        )


def missed_reminders(names: Sequence[str], why: str, staff: Staff, now: datetime) -> Iterator[Letter]:
    """What staff are told of units that still owe and whose reminder could not leave in its hours."""
    cause = "当日发信额度已用完（回执优先）" if why == LIMIT_USED_UP else "当日提醒时段内未能发出"
    title = f"{len(names)} 家单位的提醒未能发出"
    for address in staff.alerts_to:
        yield alert_letter(
            f"missed:{'limit' if why == LIMIT_USED_UP else 'late'}:{now:%Y%m%dT%H%M%S%z}:{address}",
            address,
            "系统告警",
            title,
            (
                f"原因：{cause}，过时不再补发。",
                f"涉及单位：{'、'.join(names)}",
                "这些单位仍有应报事项，请视情况电话联系；下一次提醒照常发出。",
            ),
        )
