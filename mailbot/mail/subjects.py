"""Tells what of a subject its sender wrote, apart from prefixes of answers and what it repeats of a letter of ours."""

import re

_PREFIX = re.compile(
    r"\s*(?:回复|答复|回覆|答覆|转发|轉發|转寄|回|转|re|fw|fwd|aw|sv)\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|（\d{1,3}）)?\s*[:：]\s*",
    re.IGNORECASE,
)
_LONGEST_SUBJECT = 1_000
MARKS = (
    "已收到", "请核对", "请补正", "请重新发送", "待核对", "未予登记", "请改投", "报送告知", "报送提醒", "同意延期",
    "已办理", "部分办理", "未办理", "转寄", "系统告警", "系统恢复", "系统自检", "联系邮箱失效",
)  # fmt: skip
"""What the subjects of our letters begin with, in 【】."""
_MARK = rf"【(?:{'|'.join(MARKS)}|演练，原收件人[^【】]*)】"
_WHOLE = r"【[^【】]{2,8}】[^【】]{0,80}?[（(](?:受理号|口令)[^（）()]{0,60}[）)]"
"""One that names a case or a one-time word, up to there; what follows is not ours."""
_OURS = re.compile(f"{_WHOLE}|{_MARK}")
_FROM_OUR_MARK = re.compile(rf"{_MARK}.*", re.DOTALL)


def strip_prefixes(subject: str) -> str:
    """The subject without 回复：, 转发：, Re:, Fwd: and the like, however many."""
    subject = subject[:_LONGEST_SUBJECT]
    while match := _PREFIX.match(subject):
        subject = subject[match.end() :]
    return subject.strip()


def own_subject(subject: str) -> str:
    """What a sender wrote into a subject himself: nothing from a mark of our letters on, and no prefixes.

    Who is named behind such a mark is whom we wrote about, which says nothing of who answers.
    """
    return strip_prefixes(_FROM_OUR_MARK.sub("", re.sub(_WHOLE, "", subject[:_LONGEST_SUBJECT])))


def strip_letter_marks(subject: str) -> str:
    """The subject without what it repeats of a letter of ours, which bears 【…】 before and a case behind."""
    return _OURS.sub("", subject[:_LONGEST_SUBJECT])
