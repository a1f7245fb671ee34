"""What staff are told at once, because a person must look; and that it is over.

The switch works from values: what was read, what waits, what room is left. Who writes an alert is asked by
`flows.watch`, again and again; it goes out once a day for each cause and address, and once more when the cause is gone.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.config import Staff
from mailbot.decide.judgement import Judged
from mailbot.domain.errors import Meaning
from mailbot.domain.letter import Letter, LetterKind, LetterState, StoredLetter
from mailbot.domain.letter_contents import Alert
from mailbot.domain.mail import Unjudged, Withheld

INTERVALS = 3
"""Polls that may fail in a row before somebody hears of it."""
AGAIN_AFTER = timedelta(days=1)
"""The same cause is told of once in this time."""
OLDEST_BACKUP = timedelta(days=8)
"""Where backups are made at all, once a week at least."""
MOST_LISTED = 10
MOMENT = "%Y%m%dT%H%M%S%z"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long something may go wrong: with polls at least so long, with a letter, with a mail that is to be judged."""

    poll: timedelta
    letter: timedelta
    mail: timedelta


FOR_STAFF = Patience(poll=timedelta(minutes=15), letter=timedelta(hours=1), mail=timedelta(hours=1))
FOR_MONITORING = Patience(poll=timedelta(minutes=4), letter=timedelta(hours=1), mail=timedelta(minutes=30))
"""A server that takes no letters at all is told of sooner, by the heartbeat; one letter may be put off for minutes, and
a sending limit makes many wait."""


@dataclass(frozen=True, slots=True)
class Poll:
    """A mailbox, the seconds between two polls of it, when the last complete one began, and what the last one could not
    take in."""

    mailbox: str
    seconds: int
    last: datetime | None
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """All that tells whether the program does its work. Times are aware.

    `letters`: those queued, being sent or refused. `unjudged`: the mail that waits, the first first. `free` and
    `reserve`: bytes of the disk. `damage`: what is wrong with the database. `backup_at`: when it was last backed up,
    where that is known. `since`: when the program began to watch; what was not done before that is not its fault.
    """

    polls: tuple[Poll, ...]
    letters: tuple[StoredLetter, ...]
    free: int
    reserve: int
    unjudged: tuple[Unjudged, ...] = ()
    damage: str | None = None
    backup_at: datetime | None = None
    clock_was_set: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is wrong, in words for staff."""

    code: str
    title: str
    lines: tuple[str, ...]


def causes(signs: Signs, now: datetime, patience: Patience = FOR_STAFF) -> Iterator[Cause]:
    """What is wrong now."""
    if signs.damage:
        yield Cause("damage", "数据库检查发现损坏", (signs.damage, "请尽快停止程序，保留原文件，用最近的备份恢复。"))
    if signs.free < signs.reserve:
        yield Cause(
            "disk",
            "磁盘空间不足，已暂停收件",
            (
                f"剩余 {signs.free // 2**20} MB，低于保留空间 {signs.reserve // 2**20} MB。",
                "来件留在邮箱中，不会丢失；发信照常。腾出空间后自动恢复收件。",
            ),
        )
    if signs.backup_at and now - signs.backup_at > OLDEST_BACKUP:
        yield Cause(
            "backup",
            f"已有 {(now - signs.backup_at).days} 天没有备份",
            (
                f"最近一次备份：{signs.backup_at.astimezone(now.tzinfo):%Y年%m月%d日 %H:%M}。",
                "请检查每日备份任务是否仍在运行；手工备份：mailbot backup。",
            ),
        )
    yield from _silent(signs, now, patience.poll)
    yield from _unjudged(signs, now, patience.mail)
    yield from _stuck(signs, now, patience.letter)
    yield from _without_a_mailbox(signs)
    yield from _refused(signs, now)
    yield from _uncertain(signs, now)
    if signs.clock_was_set:
        yield Cause(
            "clock",
            "本机时钟被大幅调整，提醒和周报暂缓",
            (
                f"当前本机时间为 {now:%Y-%m-%d %H:%M}，请核对。（程序停止三天以上再启动时，也会有此提示。）",
                "收件和回执照常；时钟无误则一小时后自动恢复。",
            ),
        )


def _silent(signs: Signs, now: datetime, least: timedelta) -> Iterator[Cause]:
    """Mailboxes that have not been read to their end for too long."""
    for poll in signs.polls:
        known = [moment for moment in (poll.last, signs.since) if moment]
        if known and now - max(known) > max(least, INTERVALS * timedelta(seconds=poll.seconds)):
            last = f"{poll.last.astimezone(now.tzinfo):%m月%d日 %H:%M}" if poll.last else "（从未成功）"
            yield Cause(
                f"poll-{poll.mailbox}",
                f"邮箱 {poll.mailbox} 长时间未能完整收取",
                (
                    f"最近一次完整收取：{last}。",
                    *_withheld(poll.withheld, now),
                    "来件留在邮箱中，不会丢失。请检查网络、授权码和邮箱服务；运行 mailbot doctor 可逐项查看。",
                ),
            )


def _withheld(messages: Sequence[Withheld], now: datetime) -> Iterator[str]:
    """Which messages the server does not hand out, so that a person finds them in the web mail; nothing where none."""
    if not messages:
        return
    yield f"服务器列出了 {len(messages)} 封邮件，但未能取下："
    for message in messages[:MOST_LISTED]:
        at = (
            f"{message.received_at.astimezone(now.tzinfo):%m月%d日 %H:%M} 到达"
            if message.received_at
            else "到达时间未知"
        )
        size = f"，约 {max(1, message.size // 1024)} KB" if message.size else ""
        yield f"编号（UID）{message.place.uid}，{at}{size}：{message.reason}"
    yield (
        "请在网页邮箱中按到达时间查看上列邮件：需要其内容的，请来件人重新发送，再将该邮件移到其他文件夹。"
        "在此之前其他来件照常收取，提醒暂缓。"
    )


def _unjudged(signs: Signs, now: datetime, most: timedelta) -> Iterator[Cause]:
    """Accepted mail that cannot be read, or has not been for too long."""
    lost = [mail for mail in signs.unjudged if mail.fault]
    if lost:
        yield Cause(
            "archive",
            f"{len(lost)} 封来件的归档原件缺失或损坏，暂时无法读取",
            (
                *(f"编号 {mail.sha256}：{mail.fault}" for mail in lost[:MOST_LISTED]),
                "请从备份中恢复上列文件，恢复后最迟一小时自动读取；原件如仍在邮箱中，程序会自动重新收取。",
                "其他来件不受影响。",
            ),
        )
    late = [mail for mail in signs.unjudged if not mail.fault and now - _begun(mail.since, signs.since) > most]
    if late:
        yield Cause(
            "judge",
            f"{len(late)} 封来件长时间未能读取",
            (
                f"最早的一封收到于 {late[0].since.astimezone(now.tzinfo):%m月%d日 %H:%M}，编号 {late[0].sha256}。",
                "来件已安全归档，不会丢失，恢复后自动读取。请查看运行日志；运行 mailbot doctor 可逐项查看。",
            ),
        )


def _begun(since: datetime, watched_since: datetime | None) -> datetime:
    return max(since, watched_since) if watched_since else since


def _stuck(signs: Signs, now: datetime, most: timedelta) -> Iterator[Cause]:
    """Letters that wait for too long."""
    waiting = [
        letter
        for letter in signs.letters
        if letter.state in (LetterState.QUEUED, LetterState.SENDING)
        and now - _waits_since(letter) > most
        and not _is_without_a_mailbox(letter, signs)
    ]
    if waiting:
        oldest = min(waiting, key=_waits_since)
        reason = (f"最近一次失败原因：{oldest.last_error}",) if oldest.last_error else ()
        yield Cause(
            "letters",
            f"{len(waiting)} 封信件长时间未能发出",
            (
                f"最早的一封自 {_waits_since(oldest).astimezone(now.tzinfo):%m月%d日 %H:%M} 起等待：{oldest.subject}",
                *reason,
                "信件保留在待发队列，恢复后自动发出。请检查网络、授权码和每日发信上限。",
            ),
        )


def _waits_since(letter: StoredLetter) -> datetime:
    """A letter that was tried has a later due time each time; one that was released was queued long before."""
    return min(letter.queued_at, letter.due_at) if letter.attempts else letter.due_at


def _is_without_a_mailbox(letter: StoredLetter, signs: Signs) -> bool:
    """Whether a letter waits for a mailbox that is no longer in the configuration; a reminder leaves from the first."""
    known = {poll.mailbox for poll in signs.polls} | {""}
    waits = letter.state in (LetterState.QUEUED, LetterState.SENDING)
    return waits and letter.mailbox not in known and letter.kind is not LetterKind.REMINDER


def _without_a_mailbox(signs: Signs) -> Iterator[Cause]:
    """Mailboxes that are gone and whose letters would leave under a false sender from any other."""
    waiting = Counter(letter.mailbox for letter in signs.letters if _is_without_a_mailbox(letter, signs))
    for mailbox, number in sorted(waiting.items()):
        yield Cause(
            f"mailbox-{mailbox}",
            f"配置中已没有邮箱 {mailbox}，它的 {number} 封信件不能发出",
            (
                "信件写有该邮箱的发件地址，不会改由其他邮箱发出；保留在待发队列。",
                "请在配置中恢复该邮箱，恢复后自动发出。",
            ),
        )


def _uncertain(signs: Signs, now: datetime) -> Iterator[Cause]:
    """Letters of which nobody knows whether they arrived, given up in the last day."""
    given_up = [x for x in signs.letters if x.state is LetterState.UNCERTAIN and x.kind is not LetterKind.ALERT]
    today = [letter for letter in given_up if now - letter.due_at < AGAIN_AFTER]
    if today:
        lines = tuple(f"{x.to}：{x.subject}（可能已送出 {x.copies} 份）" for x in today[:MOST_LISTED])
        yield Cause("uncertain", f"{len(today)} 封信件发送结果不明，不再重试", (*lines, "请与收件单位核实是否收到。"))


def _refused(signs: Signs, now: datetime) -> Iterator[Cause]:
    """Letters that a server has refused for good in the last day."""
    today = [letter for letter in signs.letters if now - letter.due_at < AGAIN_AFTER]
    refused = [x for x in today if x.state is LetterState.REFUSED and x.kind is not LetterKind.ALERT]
    if refused:
        lines = tuple(f"{x.to}：{x.subject}（{x.last_error or '未说明原因'}）" for x in refused[:MOST_LISTED])
        yield Cause("refused", f"{len(refused)} 封信件被拒收，不再重试", lines)


def alerts(signs: Signs, told: Collection[str], staff: Staff, now: datetime) -> Iterator[Letter]:
    """The letters to staff that are due now. `told`: the keys of all alerts there have been."""
    present = {cause.code: cause for cause in causes(signs, now)}
    known = {key.split(":")[1] for key in told if key.startswith("alert:")}
    for address in staff.alerts_to:
        for code, cause in present.items():
            last = _last_told(told, code, address, now)
            if last is None or now - last >= AGAIN_AFTER:
                key = f"alert:{code}:{now:{MOMENT}}:{address}"
                yield _letter(key, address, "系统告警", cause.title, cause.lines)
        for code in sorted(known - present.keys()):
            last, title = _last_told(told, code, address, now), _recovery(code)
            key = f"recovered:{code}:{last:{MOMENT}}:{address}" if last else ""
            if last and title and key not in told:
                rest = "未能送出的信件另有告警" if code == "letters" else "无需处理"
                lines = (f"{now:%m月%d日 %H:%M} 检查正常，{rest}。",)
                yield _letter(key, address, "系统恢复", title, lines)


def let_in_again(
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
            yield _letter(key, address, "系统恢复", title, (f"{now:%m月%d日 %H:%M} 检查正常，无需处理。",))


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
    return {
        "damage": "数据库检查恢复正常",
        "backup": "备份已恢复进行",
        "disk": "磁盘空间已恢复，继续收件",
        "archive": "来件的归档原件已恢复并读取",
        "judge": "积压来件已读取",
        "letters": "已无信件长时间等待",
        "clock": "时钟已稳定，提醒和周报恢复",
    }.get(code)


def quarantine_alerts(judged: Judged, staff: Staff) -> Iterator[Letter]:
    """A letter to each address for alerts when a message was set aside because it kills its reader.

    One for each day of arrival, so that a flood of such mail is none of alerts; the others stand in the weekly digest.
    """
    head, verdict, case, sha256 = judged.opened.head, judged.verdict, judged.case, judged.sha256
    if verdict.code != "quarantined":
        return
    sender = head.sender.address if head.sender else "（无法识别）"
    for address in staff.alerts_to:
        yield _letter(
            f"quarantined:{judged.received_at:%Y%m%d}:{address}",
            address,
            "系统告警",
            f"一封来件无法读取，已隔离（受理号 {case}）",
            (
                verdict.reason,
                f"受理号：{case}",
                f"发件人：{sender}",
                f"主题：{head.subject or '（无）'}",
                f"原件存于归档目录，编号 {sha256}",
                "已回复发件人，请其另存为 .xlsx 后重新发送；其他来件不受影响。",
                "同一天如再有来件被隔离，不另行告警，见周报“无法读取”。",
            ),
        )


def _letter(key: str, to: str, kind: str, title: str, lines: tuple[str, ...]) -> Letter:
    return Letter(
        key=key,
        kind=LetterKind.ALERT,
        to=to,
        subject=f"【{kind}】{title}",
        template="alert",
        content=Alert(title=title, lines=lines),
    )
