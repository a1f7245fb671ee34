"""Alerts to staff: what needs a person at once, and the all-clear.

`flows.watch` asks for them again and again; an alert goes out once a day for each cause and address, and once more when
the cause is gone.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from mailbot.config import Campaign, Staff
from mailbot.decide.judgement import Judged
from mailbot.decide.screening import QUARANTINED
from mailbot.domain.errors import Meaning
from mailbot.domain.letter import Letter, LetterKind, StoredLetter
from mailbot.domain.letter_contents import Alert
from mailbot.letters.alert_causes import DUTIES, Signs, causes
from mailbot.letters.rendering.filters import defanged

MOMENT = "%Y%m%dT%H%M%S%z"


def alerts(signs: Signs, told: Collection[str], staff: Staff, now: datetime) -> Iterator[Letter]:
    """The letters to staff that are due now. `told`: the keys of all alerts there have been."""
    present = {cause.code: cause for cause in causes(signs, now)}
    known = {key.split(":")[1] for key in told if key.startswith("alert:")}
    for address in staff.alerts_to:
        for code, cause in present.items():
            last = _last_told(told, code, address, now)
            if last is None or now - last >= cause.again:
                key = f"alert:{code}:{now:{MOMENT}}:{address}"
                yield alert_letter(key, address, "系统告警", cause.title, cause.lines)
        for code in sorted(known - present.keys()):
            last, title = _last_told(told, code, address, now), _recovery(code)
            key = f"recovered:{code}:{last:{MOMENT}}:{address}" if last else ""
            if last and title and key not in told:
                rest = "未能送出的信件另有告警" if code == "letters" else "无需处理"
                lines = (f"{now:%m月%d日 %H:%M} 检查正常，{rest}。",)
                yield alert_letter(key, address, "系统恢复", title, lines)


def sending_recoveries(
    told: Collection[StoredLetter], last_sent: Mapping[str, datetime | None], now: datetime
) -> Iterator[Letter]:
    """To who was told that an account may not send (`account_alerts`): that a letter of it has left since.

    `told`: all alerts there have been, in their order. `last_sent`: by the name of the mailbox.
    """
    keys = {alert.key for alert in told}
    latest = {account: alert for alert in told if (account := _account(alert.key))}
    for account, alert in latest.items():
        _, mailbox, address = account
        sent, key = last_sent.get(mailbox), f"recovered:{alert.key}"
        if sent and sent > alert.queued_at and key not in keys:
            title = f"邮箱 {mailbox} 恢复发信"
            yield alert_letter(key, address, "系统恢复", title, (f"{now:%m月%d日 %H:%M} 检查正常，无需处理。",))


def _account(key: str) -> tuple[str, str, str] | None:
    """Meaning, mailbox and address of an alert about an account that needs a person; a quota comes back by itself."""
    match key.split(":", 4):
        case ["sending", (Meaning.LOGIN | Meaning.SENDER) as meaning, mailbox, _, address]:
            return meaning, mailbox, address
    return None


def _last_told(told: Collection[str], code: str, address: str, now: datetime) -> datetime | None:
    """When that address was last told of that cause. What was told by a clock that ran ahead does not count."""
    start, end = f"alert:{code}:", f":{address}"
    keys = (key[len(start) : -len(end)] for key in told if key.startswith(start) and key.endswith(end))
    return max((moment for key in keys if (moment := datetime.fromisoformat(key)) <= now), default=None)


def _recovery(code: str) -> str | None:
    """How it sounds that a cause is gone; None for one that does not last."""
    if code.startswith("poll-"):
        return f"邮箱 {code.removeprefix('poll-')} 恢复正常收取"
    if code.startswith("duty-"):
        return f"“{DUTIES.get(code.removeprefix('duty-'), code.removeprefix('duty-'))}”恢复正常"
    return {
        "damage": "数据库检查恢复正常",
        "backup": "备份已恢复进行",
        "disk": "磁盘空间已恢复，继续收件",
        "archive": "来件的归档原件已恢复并读取",
        "judge": "积压来件已读取",
        "letters": "已无信件长时间等待",
        "clock": "时钟已稳定，提醒和周报恢复",
        "calendar": "工作日安排已重新读取",
        "roster": "单位名录已重新读取",
        "roster-cells": "单位名录中的填写错误已改正",
        "setbacks": "此前未能完成的工作已无新增",
    }.get(code)


def quarantine_alerts(judged: Judged, staff: Staff) -> Iterator[Letter]:
    """A letter to each address for alerts when a message was set aside because it kills its reader.

    One for each day of arrival, so that a flood of such mail is none of alerts; the others stand in the weekly digest.
    """
    head, verdict, case, sha256 = judged.opened.head, judged.verdict, judged.case, judged.sha256
    if verdict.code != QUARANTINED:
        return
    sender = head.sender.address if head.sender else "（无法识别）"
    for address in staff.alerts_to:
        yield alert_letter(
            f"quarantined:{judged.received_at:%Y%m%d}:{address}",
            address,
            "系统告警",
            f"一封来件无法读取，已隔离（受理号 {case}）",
            (
                verdict.reason,
                f"受理号：{case}",
                f"发件人：{defanged(sender)}",
                f"主题：{defanged(head.subject) or '（无）'}",
                f"原件存于归档目录，编号 {sha256}",
                f"办理：回复本邮件“状态”，再回复答复信“{case} 忽略”或“{case} 退回 原因”；也可运行 mailbot review。",
                "已回复发件人，请其另存为 .xlsx 后重新发送；其他来件不受影响。",
                "同一天如再有来件被隔离，不另行告警，见周报“无法读取”。",
            ),
        )


def ledger_alerts(fault: str, campaign: Campaign, staff: Staff) -> Iterator[Letter]:
    """A letter to each address for alerts when the ledger is wrong; one for each such sentence."""
    for address in staff.alerts_to:
        yield alert_letter(
            f"ledger:{campaign.id}:{fault}:{address}",
            address,
            "系统告警",
            "来件台账不符，周报暂不发送",
            (
                f"{fault}。",
                "收件和回执照常。请备份数据库，运行 mailbot doctor 检查，再用 mailbot replay 由归档重建核对。",
                "台账相符后，本周周报自动发出。",
            ),
        )


def alert_letter(key: str, to: str, kind: str, title: str, lines: tuple[str, ...]) -> Letter:
    """The letter of an alert; `kind` begins its subject: 系统告警 or 系统恢复."""
    return Letter(
        key=key,
        kind=LetterKind.ALERT,
        to=to,
        subject=f"【{kind}】{title}",
        template="alert",
        content=Alert(title=title, lines=lines),
    )
