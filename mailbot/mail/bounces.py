"""Reads bounces: which of our letters came back, from which address, and why."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailbot.domain.identifiers import is_address, is_message_id
from mailbot.mail.message import Mail, plain
from mailbot.mail.mime import read

MOST = 5
"""Addresses that one report is believed to name."""
_LONGEST = 5_000

_SUBJECT = re.compile(
    r"退信|退回|投递失败|无法送达|未送达|无法投递|发送失败|undeliver(?:able|ed)|returned mail|mail is returned|"
    r"delivery status notification|mail delivery|delivery (?:failure|has failed)|failure notice",
    re.IGNORECASE,
)
_FIELD = re.compile(r"^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_ADDRESS = r"[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"
_FAILED = re.compile(
    rf"(?:收件人|收信人|接收人|送达|投递到|投递至|发送到|发送至|发往|退回|地址|recipients?|deliver(?:ed)? to)"
    rf"[^@\n]{{0,40}}?(?<![A-Za-z0-9._%+=-])({_ADDRESS})",
    re.IGNORECASE,
)
_SERVER = re.compile(r"(?:postmaster|mailer[-_]?daemon|abuse)@", re.IGNORECASE)
_CODES = (
    ("5.1.2", "域名不存在"),
    ("5.1.", "地址不存在"),
    ("5.2.1", "邮箱已停用"),
    ("5.2.2", "邮箱已满"),
    ("5.3.4", "信件过大"),
    ("5.4.", "对方服务器无法联系"),
    ("5.7.", "被对方服务器拒收"),
)
"""RFC 3463 section 3."""
_WORDS = (
    (re.compile(r"不存在|无此用户|没有这个用户|unknown|no such|not exist|not found", re.IGNORECASE), "地址不存在"),
    (re.compile(r"已满|超出.{0,6}(?:容量|配额)|full|quota", re.IGNORECASE), "邮箱已满"),
    (re.compile(r"停用|冻结|禁用|disabled|suspended", re.IGNORECASE), "邮箱已停用"),
    (re.compile(r"拒|垃圾邮件|reject|denied|blocked|spam", re.IGNORECASE), "被对方服务器拒收"),
)
_UNKNOWN = "原因不明"
LASTING = frozenset({"地址不存在", "域名不存在", "邮箱已停用"})
"""The reasons for which the next letter would come back as well; a full mailbox may be emptied."""
_MESSAGE_ID = re.compile(r"^[> \t]*Message-ID:\s*(<[^<>\s]{3,250}>)", re.IGNORECASE | re.MULTILINE)
_SENTENCE = re.compile(r"发往 \S+ 的信件被退回（")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A letter to `address` that came back for good; `why` in a few Chinese words.

    `letter` is the Message-ID of what was returned, where the report holds or answers it.
    """

    address: str
    why: str
    letter: str | None = None


def bounces(mail: Mail) -> tuple[Bounce, ...]:
    """The addresses that a report says a letter could not be delivered to; empty for any other mail.

    From its delivery-status part (RFC 3464); without one, as some providers write it, from the words of a mail whose
    subject says that it is such a report. A delay is no failure.
    """
    reports = [part.content for part in mail.attachments if part.type == "message/delivery-status"]
    if reports:
        found = [bounce for report in reports for bounce in _reported(report.decode("utf-8", "replace"))]
    elif _SUBJECT.search(mail.head.subject):
        found = list(_told(plain(mail)[:_LONGEST]))
    else:
        found = []
    letter = _returned(mail) if found else None
    distinct = {bounce.address.lower(): replace(bounce, letter=letter) for bounce in reversed(found)}
    return tuple(distinct.values())[::-1][:MOST]


def bounce_reason(found: Sequence[Bounce]) -> str:
    """What staff are told: the addresses with their reasons."""
    return "；".join(f"发往 {bounce.address} 的信件被退回（{bounce.why}）" for bounce in found)


def is_bounce_reason(reason: str) -> bool:
    """Whether the reason of a stored message is such a sentence."""
    return _SENTENCE.match(reason) is not None


def _returned(mail: Mail) -> str | None:
    """The Message-ID of the mail that came back.

    From that mail itself or its head where the report holds one (RFC 3464 section 2), else from the words of the
    report, else from what it answers.
    """
    heads = [inner.head for inner in mail.forwarded]
    heads += [read(part.content).head for part in mail.attachments if part.type == "text/rfc822-headers"]
    told = _MESSAGE_ID.findall(plain(mail)[:_LONGEST])
    answered = (*mail.head.in_reply_to[-1:], *reversed(mail.head.references))
    ids = (*(head.message_id for head in heads), *told, *answered)
    return next((found for found in ids if found and is_message_id(found)), None)


def _reported(report: str) -> Iterator[Bounce]:
    """The failed recipients of a delivery-status part: blocks of fields, the first about the message as a whole."""
    for block in re.split(r"\n[ \t]*\n", report.replace("\r\n", "\n")):
        fields = {name.lower(): value.strip() for name, value in _FIELD.findall(block)}
        # RFC 3464 section 2.3.1: the original one is as we wrote it, the final one may be where it was forwarded to
        recipient = fields.get("original-recipient") or fields.get("final-recipient") or ""
        address = recipient.rpartition(";")[2].strip().strip("<>")
        status = fields.get("status", "")
        failed = fields.get("action", "failed").lower().startswith("failed") and not status.startswith(("2.", "4."))
        if failed and is_address(address):
            yield Bounce(address, _by_code(status) or _by_words(fields.get("diagnostic-code", "")))


def _told(text: str) -> Iterator[Bounce]:
    why = _by_words(text)
    for match in _FAILED.finditer(text):
        if is_address(match[1]) and not _SERVER.match(match[1]):
            yield Bounce(match[1], why)


def _by_code(status: str) -> str | None:
    return next((words for code, words in _CODES if status.startswith(code)), None)


def _by_words(text: str) -> str:
    return next((words for pattern, words in _WORDS if pattern.search(text)), _UNKNOWN)
