"""Finds the parts of a multipart between its boundary lines (RFC 2046 section 5.1.1), also where these are damaged."""

import re
from collections.abc import Iterator

from mailbot.mail.charsets import Note

_LOST = re.compile(rb"\n--(\S[^\r\n]{0,200})\r*\n(?:content-[a-z-]+:|\r*\n)", re.IGNORECASE)


def delimiter(lines: bytes, start: int, end: int, declared: str | None, note: Note) -> re.Pattern[bytes] | None:
    """The pattern of the lines between the parts of lines[start:end]; None where there is none.

    It is the declared boundary, or where that is not there, the first line that looks like one.
    """
    start = max(start - 1, 0)
    if declared and (pattern := _pattern(declared.encode("latin-1", "replace"))).search(lines, start, end):
        return pattern
    lost = _LOST.search(lines, start, end)
    if lost:
        note("邮件各部分的分界线与标注不符，已按实际的分界线读取")
    return _pattern(lost[1].rstrip()) if lost else None


def chunks(
    lines: bytes, start: int, end: int, delimiter: re.Pattern[bytes], note: Note
) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each part, and whether a line says that it ends there.

    What stands before the first and behind a closing delimiter is none.
    """
    begun, closed = None, False
    for match in delimiter.finditer(lines, max(start - 1, 0), end):
        if begun is not None:
            yield begun, max(begun, match.start()), True
        closed = match[1] is not None
        begun = None if closed else min(match.end() + 1, end)
    if begun is not None:
        note("邮件缺少结束的分界线，可能在传送中被截断")
        yield begun, end, False


def _pattern(boundary: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\r?\n--" + re.escape(boundary) + rb"(--)?[ \t]*\r*(?=\n|\Z)")
