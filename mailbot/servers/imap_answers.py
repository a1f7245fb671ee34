"""Parses the answers of an IMAP server: FETCH, LIST and NAMESPACE, numbers and dates (RFC 3501 section 7)."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone

from imap_tools.imap_utf7 import utf7_decode

from mailbot.servers.imap_folders import Folder, Namespace

Answer = Iterable[bytes | tuple[bytes, bytes] | None]
"""What imaplib gives for FETCH: (text, literal) as often as there is a literal, then the rest of the line."""
Piece = tuple[bytes, bytes | None]
"""A stretch of text and the literal that follows it."""

_TOKEN = re.compile(rb'\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"\[]+(?:\[[^\]]*\](?:<\d+>)?)?))')
_LISTED = re.compile(rb'\s*\(([^)]*)\)\s+(?:"\\?([^"])"|NIL)\s+(.*)', re.IGNORECASE | re.DOTALL)
"""The marks, the delimiter (one character, RFC 3501 section 9: mailbox-list) and the name."""
_ANNOUNCED = re.compile(rb"~?\{\d+\+?\}\Z")


def by_uid(lines: Answer) -> dict[int, dict[str, bytes]]:
    """UID → attribute (in upper case) → its atom, string or literal, from all answers that name a UID.

    What servers throw in unasked (flags that somebody else changed) names none, or adds to the message it names.
    """
    found: dict[int, dict[str, bytes]] = {}
    for answer in _answers(lines):
        attributes = _attributes(answer)
        if uid := number(attributes.get("UID", b"")):
            found.setdefault(uid, {}).update(attributes)
    return found


def folders(lines: Answer) -> tuple[Folder, ...]:
    """The folders that LIST names (RFC 3501 section 7.2.2), in its order; an answer that is none is left out."""
    found = []
    for (text, literal), *_ in _answers(lines):
        if parts := _LISTED.match(text):
            marks, delimiter, name = parts.groups()
            named = _unquoted(name.strip()) if literal is None else literal
            own = frozenset(marks.decode("latin-1").split())
            found.append(Folder(_folder_name(named), (delimiter or b"").decode("latin-1"), own))
    return tuple(found)


def personal_namespace(lines: Answer) -> Namespace:
    """The first namespace of the account's own folders (RFC 2342 section 5); "" and "" where the answer names none."""
    for answer in _answers(lines):
        match [*_tokens(answer)][:4]:
            case [("(", _), ("(", _), ("string", prefix), (kind, delimiter)]:
                return Namespace(_folder_name(prefix), delimiter.decode("latin-1") if kind == "string" else "")
    return Namespace("", "")


def _unquoted(name: bytes) -> bytes:
    return re.sub(rb"\\(.)", rb"\1", name[1:-1]) if name[:1] == name[-1:] == b'"' else name


def _folder_name(raw: bytes) -> str:
    """In modified UTF-7 (RFC 3501 section 5.1.3), or whatever else a server has written."""
    try:
        return utf7_decode(raw) if raw.isascii() else raw.decode("utf-8")
    except ValueError:
        return raw.decode("latin-1")


def _answers(lines: Answer) -> Iterator[list[Piece]]:
    """The answers one by one, each as pieces of (text, literal that follows it)."""
    pieces: list[Piece] = []
    for line in lines:
        if isinstance(line, tuple):
            pieces.append(line)
        elif line is not None:
            yield [*pieces, (line, None)]
            pieces = []


def _attributes(pieces: Iterable[Piece]) -> dict[str, bytes]:
    """RFC 3501 section 7.4.2: a list of names and values; values that are lists themselves are left out."""
    found: dict[str, bytes] = {}
    depth, name = 0, ""
    for kind, value in _tokens(pieces):
        if kind == "(":
            depth += 1
        elif kind == ")":
            depth -= 1
            name = ""  # at depth 1 the value was a list
        elif depth == 1 and not name:
            name = value.decode("latin-1").upper()
        elif depth == 1:
            if kind != "atom" or value.upper() != b"NIL":
                found[name] = value
            name = ""
    return found


def _tokens(pieces: Iterable[Piece]) -> Iterator[tuple[str, bytes]]:
    for text, literal in pieces:
        for bracket, quoted, atom in _TOKEN.findall(_ANNOUNCED.sub(b"", text) if literal is not None else text):
            if bracket:
                yield bracket.decode(), b""
            elif atom:
                yield "atom", atom
            else:
                yield "string", re.sub(rb"\\(.)", rb"\1", quoted)
        if literal is not None:
            yield "string", literal


def number(text: bytes) -> int:
    """A UID or an RFC822.SIZE, of 63 bits at most (RFC 9051 section 9: number64); 0 where it is none: a wrong size must
    not stand in a message's way."""
    return int(text) if text.isdigit() and len(text) < 19 else 0


_DATE = re.compile(rb"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\Z")
_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")


def internal_date(text: bytes) -> datetime | None:
    """An INTERNALDATE as an aware time; None where it is none. By hand, for strptime reads months in the locale."""
    if not (found := _DATE.match(text)):
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    try:
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        zone = timezone(-offset if sign == b"-" else offset)
        number = _MONTHS.index(month.lower()) + 1
        return datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=zone)
    except ValueError:
        return None
