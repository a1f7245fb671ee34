"""Finds in the words of a report which addresses a letter could not be delivered to.

For reports without a delivery status that no library knows: those of Chinese providers above all, in whatever language
they are written. What makes a mail a report is told elsewhere.
"""

import re
from collections.abc import Iterator

from mailbot.domain.identifiers import is_address

_ADDRESS = r"[A-Za-z0-9._%+='/-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}(?![A-Za-z0-9-]|\.[A-Za-z0-9])"
_BEFORE = r"(?<![A-Za-z0-9._%+='/-])"
_ON_A_LINE = rf"^[ \t>]*(?:(?:\S{{1,100}}[ \t]+)?<({_ADDRESS})>|({_ADDRESS}))[ \t]*(?:[:：,，;；.]|[(（\[].{{0,200}}|$)"
"""<user@example.org>: on a line, as Sina, qmail and Postfix write it."""
_NAMED = (
    r"(?:收[ \t　]{0,2}件[ \t　]{0,2}人|收信人|接收人|收件地址|送达|投递[到至给]|发送[到至给]|发往|寄往|退回|地址|"
    r"rcpt to|recipients?|(?:deliver(?:ed|ing)?|send(?:ing)?|sent)(?: (?:the|your|this) (?:message|mail|letter))? to|"
    r"addresse[ds]|mailbox)"
)
_BESIDE_A_NAME = rf"{_NAMED}[^@\n]{{0,40}}?{_BEFORE}({_ADDRESS})"
_FAILED = re.compile(f"{_ON_A_LINE}|{_BESIDE_A_NAME}", re.IGNORECASE | re.MULTILINE)
_ORIGINAL = re.compile(
    r"^[ \t>*-]*(?:"
    r"-{2,}.{0,60}(?:original|copy|returned|header|message follows|原(?:邮件|信|件)|拷贝|副本)|"
    r"(?:below (?:this|the) (?:next )?line|original (?:message|mail)|(?:以下|下面|附件).{0,12}原(?:始)?(?:邮件|信|件))|"
    r"-{3,}[ \t]*(?:原始邮件|转发邮件)|"
    r"(?:Received|Return-Path|DKIM-Signature|X-Received):[ \t]|"
    r"From:[ \t].*\n(?:.*\n){0,3}?(?:To|Subject|Date):)",
    re.IGNORECASE | re.MULTILINE,
)
_DELAYED = re.compile(
    "|".join(
        (
            r"warning message only|warning only|just a warning|no action is required",
            r"do(?:es)? not need to (?:resend|re-send|take any action)",
            r"(?<!not )(?:will|shall) (?:be retried|be tried again|retry|try again|(?:keep|continue) (?:trying|to))",
            r"attempts? will continue|not yet (?:been )?delivered|is delayed|has been (?:delayed|deferred|postponed)",
            r"could not send (?:your )?(?:mail|message|letter)s? for (?:the )?past",
            r"继续(?:尝试|投递|重试|发送)|(?:将|会).{0,10}(?:重试|重新(?:投递|发送|尝试)|再次(?:投递|尝试))",
            r"延迟(?:通知|投递|送达)|(?:尚未|暂未).{0,4}(?:送达|投递成功)|(?:无需|不必|不需要|请勿|不用)重(?:新发送|发)",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
_SERVER = re.compile(r"(?:post[-_.]?master|mailer[-_]?daemon|abuse|no-?reply)@", re.IGNORECASE)


def before_the_original(text: str) -> str:
    """The words of the report itself, without the letter that it returns."""
    found = _ORIGINAL.search(text)
    return text[: found.start()] if found else text


def speaks_of_a_delay(text: str) -> bool:
    """Whether the letter is still on its way: the server goes on trying, or only warns."""
    return _DELAYED.search(text) is not None


def failed(text: str) -> Iterator[str]:
    """The addresses that the words name as not reached, in their order; those of servers are none."""
    for match in _FAILED.finditer(text):
        address = next(group for group in match.groups() if group)
        if is_address(address) and not _SERVER.match(address):
            yield address


def beside(text: str, address: str) -> str:
    """What stands about an address: from its first mention on, up to the next one that is named, or the whole text."""
    start = text.lower().find(address.lower())
    if start < 0:
        return text
    rest = text[start + len(address) :]
    other = next((m.start() for m in _FAILED.finditer(rest) if address.lower() not in m[0].lower()), len(rest))
    return rest[:other]
