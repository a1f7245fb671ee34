"""Lists what in a mail could not be read, and whether it may hold a table."""

import re
from collections.abc import Iterator

from mailbot.mail.opening import Opened
from parsers.marks import quoted
from parsers.reading import Finding, Severity

SOFT_FAULTS = frozenset({"picture", "pdf", "scan", "word", "text", "mail", "unknown-type", "no-table"})
"""Faults of files that need not hold a table at all: news, photos, a letter."""

FILE_UNREAD = "file-unread"
"""The finding on a table beside which something could not be read."""

CLOUD_WORDS = re.compile(r"网盘|云盘|云附件|超大附件|中转站|链接|下载|提取码|\(\s*[\d.]+\s*[KMG]B?\s*\)", re.IGNORECASE)
PICTURE_WORDS = re.compile(r"照片|图片|视频|影像|相册|录像|\.(?:jpe?g|png|mp4|mov|avi)", re.IGNORECASE)
MAYBE_TABLE = re.compile(r"表|汇总|数据|\.(?:xls|et|csv|ods|docx?|wps|pdf|zip|rar|7z)", re.IGNORECASE)


def unread_findings(opened: Opened) -> Iterator[Finding]:
    """That a table may be incomplete since something beside it could not be read."""
    for name in _unread(opened):
        text = f"同一邮件中的{name}未能读取，其中如有统计内容，尚未登记"
        yield Finding(Severity.WARNING, FILE_UNREAD, text)


def _unread(opened: Opened) -> Iterator[str]:
    """What of a mail with a table could not be read and may hold another: files by their names, and cloud links."""
    for document in opened.documents:
        if document.fault and document.fault.code not in SOFT_FAULTS:
            yield f"{quoted(document.name)}" if document.name else "部分内容"
    if may_lead_to_a_table(opened):
        yield "网盘或超大附件链接"


def may_lead_to_a_table(opened: Opened) -> bool:
    """Whether a mail has cloud links of which it does not say that they hold pictures or films, and nothing else."""
    said = [clause for clause in re.split(r"[。；;！!，,\n]", opened.words) if CLOUD_WORDS.search(clause)]
    pictures_alone = any(map(PICTURE_WORDS.search, said)) and not any(map(MAYBE_TABLE.search, said))
    return bool(opened.cloud_links) and not pictures_alone
