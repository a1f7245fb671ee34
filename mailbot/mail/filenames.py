"""Decodes the names of attachments, as mail programs write them, and makes them safe to display."""

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from mailbot.mail import encoded_words, header_parameters
from mailbot.mail.charsets import Note
from parsers.values.identity_numbers import masked

LONGEST = 120
"""Characters of a shown name; the extension survives the cut."""

_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
# marks that change the direction of the text around them, so that a name shows other than it is
_UNSEEN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def filename_of(disposition: str, content_type: str, note: Note) -> str | None:
    """The name of a part, from the texts of its Content-Disposition and Content-Type; None where it has none.

    Taken in this order: filename* (RFC 2231), filename, name. Encoded words (RFC 2047) count everywhere, because
    Chinese mail programs write them into quoted strings; so do percent signs and raw bytes.
    """
    for field, key in ((disposition, "filename"), (content_type, "name"), (disposition, "name")):
        if written := header_parameters.parameter(field, key, note):
            name = shown(_unescaped(encoded_words.decode_words(written, note)))
            if name:
                return name
    return None


def shown(name: str) -> str:
    """A name to show: without folders, control and direction marks, in NFC, at most LONGEST characters.

    Identity numbers are masked.
    """
    name = _CONTROL.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFC", name)))
    name = re.split(r"[/\\]", name.rstrip("/\\ "))[-1].strip().rstrip(". ")
    name = masked(name)
    if len(name) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:LONGEST]
    return f"{stem[: LONGEST - len(extension) - 1]}.{extension}"


def _unescaped(name: str) -> str:
    """%E9%99%84 → 附; a name in which the percent sign is meant stays as it is."""
    if not (name.isascii() and _ESCAPED.search(name)):
        return name
    raw = unquote_to_bytes(name)
    for codec in ("utf-8", "gb18030"):
        try:
            text = raw.decode(codec)
        except UnicodeError:
            continue
        if not text.isascii():
            return text
    return name
