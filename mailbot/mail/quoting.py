"""Separates what the writer of a mail added from the earlier mail that is quoted or forwarded below it."""

import re

from mailbot.mail.html_text import LONGEST

_QUOTED = re.compile(r"\s*[>＞]")
_SEPARATOR = re.compile(
    r"\s*[-—_=*]{2,}(?:\s|&nbsp;)*(?:原始?邮件|邮件原件|回复的?原?邮件|转发的?邮件|以下是?转发的?邮件"
    r"|Original Message|Original(?:\s|&nbsp;)*-|Forwarded message|Begin forwarded message)|\s*原始邮件\s*$",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(
    r"\s*(?:(?:在|于|At|On)\s*\S.{4,300}?(?:写道|wrote)|.{0,200}\d{4}.{1,200}写道)\s*[:：]\s*$", re.IGNORECASE
)
_FROM = re.compile(r"[\s*|]*(?:发件人|发信人|寄件人|From)[\s*|]*[:：|]", re.IGNORECASE)
_SENT = re.compile(
    r"[\s*|]*(?:发送时间|发件时间|时间|日期|收件人|抄送|主题|Sent|Date|To|Cc|Subject)[\s*|]*[:：|]", re.IGNORECASE
)
_RULE = re.compile(r"[\s_\-—=*]*$")


def own_words(text: str) -> str:
    """What the writer added: without lines marked as quoted and without the earlier mail that was answered or sent on.

    Between quoted lines the writer's own stay; from a separator, the head of an earlier mail, or an introduction
    (在…写道：) without marks behind it, nothing does.
    """
    own: list[str] = []
    lines = text[:LONGEST].splitlines()
    for number, line in enumerate(lines):
        if _QUOTED.match(line):
            continue
        following = [later for later in lines[number + 1 : number + 9] if later.strip()]
        if _introduces(line, following):
            if following and _QUOTED.match(following[0]):
                continue
            break
        if _begins_earlier_mail(line, following):
            break
        own.append(line)
    while own and _RULE.match(own[-1]):
        own.pop()
    return "\n".join(own).strip()


def _introduces(line: str, following: list[str]) -> bool:
    """Also where the line was broken in two."""
    start = line[:400]
    if not re.search("写道|wrote", start + "".join(following[:1])[:200], re.IGNORECASE):
        return False
    broken = start + " " + following[0][:200] if following and re.match(r"\s*(?:On|At|在)\s", start) else start
    return bool(_INTRODUCTION.match(start) or _INTRODUCTION.match(broken))


def _begins_earlier_mail(line: str, following: list[str]) -> bool:
    if _SEPARATOR.match(line[:200]):
        return True
    return bool(_FROM.match(line[:200])) and sum(bool(_SENT.match(later[:200])) for later in following[:5]) >= 2
