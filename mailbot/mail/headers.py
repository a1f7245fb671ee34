"""The fields above a message or a part: raw bytes to names, texts, parameters, addresses, dates.

The email package of the standard library is not used on headers: it loses raw Chinese bytes, takes minutes and
gigabytes for some fields and fails on others.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import groupby
from urllib.parse import unquote_to_bytes

from mailbot.domain.mail import Address, Head
from mailbot.mail import charsets, transfer_encoding
from mailbot.mail.charsets import Note

LONGEST_FIELD = 16 * 1024
MOST_FIELDS = 500
LARGEST_BLOCK = 128 * 1024
MOST_ADDRESSES = 1_000
MOST_IDS = 100

Field = tuple[str, bytes]
"""(name in lower case, value on one line)."""

_SCANNED = 2 * 1024 * 1024
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:(.*(?:\n[ \t].*)*)", re.MULTILINE)
_LINE_END = re.compile(rb"\r?\n")
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


def split(buffer: bytes, start: int, end: int, note: Note) -> tuple[list[Field], int]:
    """The fields at the head of buffer[start:end], topmost first, and where the body begins.

    A field is cut at LONGEST_FIELD; beyond MOST_FIELDS or LARGEST_BLOCK only the first of each field that is needed
    to read the message is kept. Both are noted.
    """
    if buffer.startswith((b"\n", b"\r\n"), start, end):
        return [], buffer.index(b"\n", start) + 1
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


# ---------------------------------------------------------------- text

_WORD = r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?="
_EACH_WORD = re.compile(_WORD)
_WORDS = re.compile(rf"{_WORD}(?:\s*{_WORD})*")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def text(raw: bytes, note: Note) -> str:
    """A field as people read it: raw bytes and encoded words decoded, on one line, without control characters."""
    return _CONTROL.sub(" ", decode_words(charsets.unlabelled(raw, note), note)).strip()


def decode_words(written: str, note: Note) -> str:
    """Encoded words (RFC 2047) wherever they stand, also inside quotes; a malformed one stays as written.

    Neighbours of one charset are joined before they are decoded, because mail programs split inside a character.
    """
    return _WORDS.sub(lambda run: _decode_run(run[0], note), written)


def _decode_run(run: str, note: Note) -> str:
    words = _EACH_WORD.finditer(run)
    return "".join(
        _decode_neighbours(charset, list(group), note)
        for charset, group in groupby(words, lambda word: word[1].partition("*")[0].lower())
    )


def _decode_neighbours(charset: str, words: list[re.Match[str]], note: Note) -> str:
    try:
        raw = b"".join(
            _word_bytes(encoding, "".join(word[3] for word in group))
            for encoding, group in groupby(words, lambda word: word[2].lower())
        )
    except ValueError:
        note("邮件头里有一段编码文字残缺，按原样保存")
        return " ".join(word[0] for word in words)
    return charsets.decode(raw, charset, note)


def _word_bytes(encoding: str, written: str) -> bytes:
    raw = written.encode("ascii")
    if encoding == "q":
        return re.sub(rb"=([0-9A-Fa-f]{2})", lambda code: bytes.fromhex(code[1].decode()), raw.replace(b"_", b" "))
    raw = b"".join(raw.split())
    if not re.fullmatch(rb"[A-Za-z0-9+/=]*", raw):
        raise ValueError("no base64")
    return transfer_encoding.base64(raw)


# ---------------------------------------------------------------- parameters

_TYPE = re.compile(r"\s*([\w!#$&^.+-]+/[\w!#$&^.+-]+)", re.ASCII)
_PARAMETER = re.compile(
    r'(?:^|;)\s*([^\s=;*"]+)(?:\*(\d{1,4}))?(\*)?\s*=\s*(?:"((?:[^"\\]|\\.)*)"(?=\s*(?:;|$))|([^;]*))', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class _Section:
    """One piece of a parameter, RFC 2231 section 3 and 4; `number` None: it is no piece but the whole."""

    number: int | None
    extended: bool
    value: str


def media_type(content_type: str, default: str) -> str:
    """The type of a part in lower case, without parameters."""
    match = _TYPE.match(content_type)
    return match[1].lower() if match else default


def parameter(field: str, name: str, note: Note) -> str | None:
    """The value of a parameter; what is written by RFC 2231 wins over the plain form. Encoded words as they stand."""
    sections = [_section(match) for match in _PARAMETER.finditer(field) if match[1].lower() == name]
    pieces = {s.number or 0: s for s in reversed(sections) if s.extended or s.number is not None}
    joined = _join([pieces[number] for number in sorted(pieces)], note)
    return joined or next((s.value for s in sections if not s.extended and s.number is None), None)


def _section(match: re.Match[str]) -> _Section:
    if match[4] is not None:
        value = re.sub(r'\\(["\\])', r"\1", match[4])
    else:
        value = match[5].strip().strip('"')
    return _Section(int(match[2]) if match[2] else None, bool(match[3]), value)


def _join(pieces: list[_Section], note: Note) -> str:
    charset: str | None = None
    if pieces and pieces[0].extended and pieces[0].value.count("'") >= 2:
        charset, _, value = pieces[0].value.split("'", 2)
        pieces = [_Section(pieces[0].number, True, value), *pieces[1:]]
    joined = ""
    for extended, group in groupby(pieces, lambda piece: piece.extended):
        written = "".join(piece.value for piece in group)
        joined += charsets.decode(unquote_to_bytes(written), charset, note) if extended else written
    return joined


# ---------------------------------------------------------------- addresses, ids, dates

_TOKEN = re.compile(rf'{_WORD}|"(?:[^"\\]|\\.)*"?|<[^<>]*>?|[,;:()]|[^",;:()<=\s]+|\s+|.', re.DOTALL)
_ATOM = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+", re.ASCII)
_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")


def addresses(field: str, note: Note) -> tuple[Address, ...]:
    """The addresses of a field (RFC 5322 section 3.4, and what comes near it), names decoded."""
    found: list[Address] = []
    for phrase, comment, angle in _mailboxes(field):
        if len(found) == MOST_ADDRESSES:
            note("收件人过多，只读取了前面的部分")
            break
        if address := _address(phrase, comment, angle, note):
            found.append(address)
    return tuple(found)


def _mailboxes(field: str) -> Iterator[tuple[str, str, str | None]]:
    """(words outside, words in parentheses, what stands in angle brackets) of each entry."""
    phrase, comment, angle, depth = "", "", None, 0
    for match in _TOKEN.finditer(field):
        piece = match[0]
        if piece in ("(", ")"):
            depth = max(0, depth + (1 if piece == "(" else -1))
        elif depth:
            comment += piece
        elif piece in (",", ";"):
            yield phrase, comment, angle
            phrase, comment, angle = "", "", None
        elif piece == ":":
            phrase = ""  # the name of a group
        elif piece.startswith("<"):
            angle = piece.strip("<>") if angle is None else angle
        else:
            phrase += piece
    yield phrase, comment, angle


def _address(phrase: str, comment: str, angle: str | None, note: Note) -> Address | None:
    if angle is None:
        words = phrase.split()
        written = next((word for word in words if "@" in word), words[0] if len(words) == 1 else "")
        name = comment
    else:
        written, name = angle.rpartition(":")[2], phrase
    written = _CONTROL.sub("", "".join(written.split()))
    if "@" not in written and not _ATOM.fullmatch(written):
        return None
    return Address(written, _name(name, note))


def _name(written: str, note: Note) -> str:
    plain = re.sub(r'\\(["\\])', r"\1", re.sub(r'(?<!\\)"', "", written))
    return " ".join(_CONTROL.sub(" ", decode_words(plain, note)).split()).strip("'\"")


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


def head(fields: list[Field], content_type: str, note: Note) -> Head:
    """What a message says of itself."""

    def own(name: str) -> str:
        return first(fields, name, note)

    senders = addresses(own("from"), note) or addresses(own("sender"), note)
    if sum(name == "from" for name, _ in fields) > 1:
        note("邮件有不止一个发件人字段，以最上面的为准")
    return Head(
        subject=next((text(raw, note) for name, raw in fields if name == "subject"), ""),
        message_id=next(iter(ids(own("message-id"))), None),
        in_reply_to=ids(own("in-reply-to")),
        references=ids(own("references")),
        date=date(own("date")),
        sender=next(iter(senders), None),
        reply_to=next(iter(addresses(own("reply-to"), note)), None),
        recipients=tuple(a for name, raw in fields if name in ("to", "cc") for a in _of(raw, note))[:MOST_ADDRESSES],
        headers=tuple((name, text(raw, note)) for name, raw in fields),
        content_type=content_type,
    )


def _of(raw: bytes, note: Note) -> tuple[Address, ...]:
    return addresses(charsets.unlabelled(raw, note), note)
