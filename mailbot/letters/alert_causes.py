"""The causes of alerts: what is wrong with the program's own work, in words for staff.

It is told from values: which mailboxes were read, which letters wait, how much room the disk has.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.domain.letter import LetterKind, LetterState, StoredLetter
from mailbot.domain.mail import Unjudged, Withheld

INTERVALS = 3
"""Polls that may fail in a row before somebody hears of it."""
AGAIN_AFTER = timedelta(days=1)
"""The same cause is told of once in this time."""
OLDEST_BACKUP = timedelta(days=8)
"""Where backups are made at all, once a week at least."""
MOST_LISTED = 10
DUTIES = {
    "judge": "来件判定",
    "judge slowly": "耗时来件判定",
    "remind": "提醒",
    "report": "周报",
    "watch": "运行监测",
    "send": "发信",
    "check": "数据库检查",
    "refresh": "名录和工作日安排的读取",
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long something may go wrong: with polls at least so long, with a letter, with a mail that is to be judged."""

    poll: timedelta
    letter: timedelta
    mail: timedelta
    duty: timedelta = timedelta()
    """With a duty of the daemon."""

    def longer(self, pause: timedelta) -> "Patience":
        """The same where nothing runs for that time: with `mailbot once`, started by a scheduler."""
        return Patience(self.poll + pause, self.letter + pause, self.mail + pause, self.duty)


FOR_STAFF = Patience(
    poll=timedelta(minutes=15), letter=timedelta(hours=1), mail=timedelta(hours=1), duty=timedelta(minutes=2)
)
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
class Failing:
    """A duty of the daemon of which every run has failed for so long, with the last reason."""

    duty: str
    span: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Setback:
    """One thing that failed by itself: what it is, in Chinese, why, and when it did last."""

    about: str
    reason: str
    at: datetime


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
    failing: tuple[Failing, ...] = ()
    setbacks: tuple[Setback, ...] = ()
    roster_refused: tuple[str, ...] = ()
    """Why the roster's file is not used as it is now, in Chinese; the one of before is."""
    roster_faults: tuple[str, ...] = ()
    """What somebody must put right in the roster that is used, in Chinese."""
    calendar_fault: str = ""
    """Why the calendar's file is not used as it is now, in a sentence; the one of before is."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is wrong, in words for staff, and after how long it is told again."""

    code: str
    title: str
    lines: tuple[str, ...]
    again: timedelta = AGAIN_AFTER


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
    yield from _own_files(signs)
    yield from _failing(signs, patience.duty)
    yield from _setbacks(signs, now)
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


def _own_files(signs: Signs) -> Iterator[Cause]:
    """What is wrong in the files of the roster and of the calendar."""
    if signs.roster_refused:
        yield Cause(
            "roster",
            "单位名录有误，暂用修改前的名录",
            (
                *_listed(signs.roster_refused),
                "请改正后保存，程序会自动重新读取；在此之前沿用修改前的名录，收件和提醒照常。",
            ),
        )
    if signs.roster_faults:
        yield Cause(
            "roster-cells",
            f"单位名录中有 {len(signs.roster_faults)} 处填写有误",
            (*_listed(signs.roster_faults), "其余内容照常使用；请改正后保存，程序会自动重新读取。"),
            again=timedelta(days=7),
        )
    if signs.calendar_fault:
        told = "请改正后保存，程序会自动重新读取；在此之前沿用修改前的安排。"
        yield Cause("calendar", "工作日安排文件有误，暂用修改前的安排", (signs.calendar_fault, told))


def _listed(lines: Sequence[str]) -> tuple[str, ...]:
    more = (f"其余 {len(lines) - MOST_LISTED} 处运行 mailbot roster check 查看。",) if len(lines) > MOST_LISTED else ()
    return (*lines[:MOST_LISTED], *more)


def _failing(signs: Signs, least: timedelta) -> Iterator[Cause]:
    """Duties of the daemon that fail, each by itself."""
    for one in signs.failing:
        if one.span >= least:
            name = DUTIES.get(one.duty, one.duty)
            yield Cause(
                f"duty-{one.duty}",
                f"“{name}”执行失败",
                (
                    f"已持续 {max(1, one.span // timedelta(minutes=1))} 分钟，原因：{one.reason}",
                    "程序会继续重试，其他工作照常。请查看运行日志；运行 mailbot doctor 可逐项检查。",
                ),
            )


def _setbacks(signs: Signs, now: datetime) -> Iterator[Cause]:
    """What failed by itself within the last day."""
    today = [one for one in signs.setbacks if now - one.at < AGAIN_AFTER]
    if today:
        more = (f"其余 {len(today) - MOST_LISTED} 项见运行日志。",) if len(today) > MOST_LISTED else ()
        yield Cause(
            "setbacks",
            f"{len(today)} 项工作未能正常完成",
            (*(f"{one.about}：{one.reason}" for one in today[:MOST_LISTED]), *more, "其他单位和信件不受影响。"),
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
