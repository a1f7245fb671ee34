"""Reads the media type of a part and the parameters of its header fields (RFC 2045, RFC 2231)."""

import re
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import unquote_to_bytes

from mailbot.mail import charsets
from mailbot.mail.charsets import Note

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
