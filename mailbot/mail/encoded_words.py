"""Decodes the text of header fields: encoded words (RFC 2047), and raw bytes without a charset."""

import re
from itertools import groupby

from mailbot.mail import charsets
from mailbot.mail.charsets import Note
from parsers.formats.helpers import base64_letters

ENCODED_WORD = r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?="
_EACH_WORD = re.compile(ENCODED_WORD)
_WORDS = re.compile(rf"{ENCODED_WORD}(?:\s*{ENCODED_WORD})*")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def decode_text(raw: bytes, note: Note) -> str:
    """A field as people read it: raw bytes and encoded words decoded, on one line, without control characters."""
    return CONTROL.sub(" ", decode_words(charsets.unlabelled(raw, note), note)).strip()


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
    return base64_letters.decoded(raw)
