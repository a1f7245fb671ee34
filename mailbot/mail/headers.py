"""Splits a header into its fields, and reads from them what a message says of itself.

The email package of the standard library is not used on headers: it loses raw Chinese bytes, takes minutes and
gigabytes for some fields and fails on others.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import chain

from mailbot.domain.mail import Address, Head
from mailbot.mail import charsets
from mailbot.mail.addresses import MOST_ADDRESSES, addresses, is_single_address
from mailbot.mail.charsets import Note
from mailbot.mail.encoded_words import decode_text
from parsers.values.identity_numbers import masked

LONGEST_FIELD = 16 * 1024
MOST_FIELDS = 500
LARGEST_BLOCK = 128 * 1024
MOST_IDS = 100

Field = tuple[str, bytes]
"""(name in lower case, value on one line)."""

_SCANNED = 2 * 1024 * 1024
_BLANK_LINE = re.compile(rb"\n\r*\n")
_EMPTY_LINE = re.compile(rb"\r*\n")
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:(.*(?:\n[ \t].*)*)", re.MULTILINE)
_LINE_END = re.compile(rb"[\r\n]+")
# a field that only a header has: what stands before it is still the header
_KNOWN = re.compile(
    rb"(content-[a-z-]+|mime-version|from|to|cc|date|subject|message-id|received|reply-to|return-path|x-[a-z-]+)\s*:",
    re.IGNORECASE,
)
_NEEDED = frozenset(
    {"content-type", "content-transfer-encoding", "content-disposition", "content-id", "from", "sender", "reply-to"}
    | {"to", "cc", "subject", "date", "message-id", "in-reply-to", "references"}
    | {"auto-submitted", "precedence", "return-path", "x-mailbot-letter"}
)
_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")


def split(buffer: bytes, start: int, end: int, note: Note) -> tuple[list[Field], int]:
    """The fields at the head of buffer[start:end], topmost first, and where the body begins.

    A field is cut at LONGEST_FIELD; beyond MOST_FIELDS or LARGEST_BLOCK only the first of each field that is needed
    to read the message is kept. Both are noted.
    """
    if empty := _EMPTY_LINE.match(buffer, start, end):
        return [], empty.end()
    blank = _BLANK_LINE.search(buffer, start, end)
    head_end, body = blank.span() if blank else (end, end)
    if head_end - start > _SCANNED:
        note("邮件头过长，只读取了前面的部分")
    found, body = _fields(buffer, start, min(head_end, start + _SCANNED), body, note)
    return _limited(found, note), body


def _fields(buffer: bytes, start: int, end: int, body: int, note: Note) -> tuple[list[Field], int]:
    fields: list[Field] = []
    done = start
    # the slice, because ^ looks at the line before `start` otherwise
    for match in _FIELD.finditer(buffer[start:end]):
        between = buffer[done : start + match.start()].strip()
        if between and not (done == start and between.startswith((b"From ", b">From ", b"\xef\xbb\xbf"))):
            note("邮件头里有一行不合规范")
            if not _KNOWN.match(match[0]):
                return fields, done
            if fields:
                fields[-1] = (fields[-1][0], fields[-1][1][:LONGEST_FIELD] + b" " + between[:LONGEST_FIELD])
        fields.append((match[1].decode("ascii").lower(), match[2]))
        done = start + match.end() + 1
    if buffer[done:end].strip():
        note("邮件头与正文之间缺少空行")
        return fields, done
    return fields, body


def _limited(fields: Iterable[Field], note: Note) -> list[Field]:
    kept: list[Field] = []
    names: set[str] = set()
    size = 0
    for name, raw in fields:
        if len(raw) > LONGEST_FIELD:
            note(f"邮件头字段 {name[:40]} 过长，只读取了前面的部分")
        value = _LINE_END.sub(b"", raw[:LONGEST_FIELD]).strip()
        size += len(name) + len(value)
        if len(kept) < MOST_FIELDS and size <= LARGEST_BLOCK:
            kept.append((name, value))
        else:
            note("邮件头字段过多，只读取了前面的部分")
            if name in _NEEDED and name not in names:
                kept.append((name, value))
        names.add(name)
    return kept


def first(fields: Iterable[Field], name: str, note: Note) -> str:
    """The topmost field of that name with raw bytes made text, encoded words as they stand; "" without one."""
    return next((charsets.unlabelled(raw, note) for key, raw in fields if key == name), "")


def head(fields: list[Field], content_type: str, note: Note) -> Head:
    """What a message says of itself; identity numbers in its subject and in names are masked."""

    def own(name: str) -> str:
        return first(fields, name, note)

    senders = addresses(own("from"), note) or addresses(own("sender"), note)
    from_fields = [raw for name, raw in fields if name == "from"]
    if len(from_fields) > 1:
        note("邮件有不止一个发件人字段，以最上面的为准")
    recipients = (addresses(charsets.unlabelled(raw, note), note) for name, raw in fields if name in ("to", "cc"))
    return Head(
        subject=masked(next((decode_text(raw, note) for name, raw in fields if name == "subject"), "")),
        message_id=next(iter(ids(own("message-id"))), None),
        in_reply_to=ids(own("in-reply-to")),
        references=ids(own("references")),
        date=date(own("date")),
        sender=next(map(_hidden, senders), None),
        reply_to=next(map(_hidden, addresses(own("reply-to"), note)), None),
        recipients=tuple(chain.from_iterable(recipients))[:MOST_ADDRESSES],
        headers=tuple((name, decode_text(raw, note)) for name, raw in fields),
        content_type=content_type,
        is_sender_ambiguous=len(from_fields) != 1 or not is_single_address(own("from")),
    )


def _hidden(address: Address) -> Address:
    """An address whose name holds no identity number; the address itself stays, for answers go to it."""
    return replace(address, name=masked(address.name))


def ids(field: str) -> tuple[str, ...]:
    """Every message identifier of strict form: printable ASCII, one @, at most 255 characters."""
    return tuple(found for found in _ID.findall(field) if len(found) <= 255)[:MOST_IDS]


def date(field: str) -> datetime | None:
    """An aware time, or None where the field has none, has no zone, or names a year that no mail was sent in."""
    try:
        sent = parsedate_to_datetime(field[:200])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if sent.tzinfo is None:
        # RFC 5322 section 3.3: -0000 is a universal time of which the zone is not told
        if not re.search(r"-0000\b", field):
            return None
        sent = sent.replace(tzinfo=UTC)
    return sent if 1970 <= sent.year <= 2200 else None
