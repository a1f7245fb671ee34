"""Strips reply and forward prefixes, and the marks of our own letters, from a subject."""

import re

_PREFIX = re.compile(
    r"\s*(?:回复|答复|回覆|答覆|转发|轉發|转寄|回|转|re|fw|fwd|aw|sv)\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|（\d{1,3}）)?\s*[:：]\s*",
    re.IGNORECASE,
)
_LONGEST_SUBJECT = 1_000
_OURS = re.compile(
    r"【[^【】]{2,8}】[^【】]{0,80}?[（(]受理号[^（）()]{0,40}[）)]|【(?:请重新发送|请补正|请核对|待核对|已收到)】"
)


def strip_prefixes(subject: str) -> str:
    """The subject without 回复：, 转发：, Re:, Fwd: and the like, however many."""
    subject = subject[:_LONGEST_SUBJECT]
    while match := _PREFIX.match(subject):
        subject = subject[match.end() :]
    return subject.strip()


def strip_letter_marks(subject: str) -> str:
    """The subject without what it repeats of a letter of ours, which bears 【…】 before and a case behind."""
    return _OURS.sub("", subject[:_LONGEST_SUBJECT])
