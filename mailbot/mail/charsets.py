"""Decodes bytes to text, also where the declared charset is missing or wrong."""

import codecs
import re
from collections.abc import Callable

Note = Callable[[str], None]
"""Takes one doubt: a Chinese sentence for staff."""

GB = "gb18030"
"""Read for every label of its family: texts labelled gb2312 are full of characters that only gbk or gb18030 have."""

_GB_LABEL = re.compile(r"(x-)?(gb|csgb|cn-gb|cp-?936|ms-?936|windows-936|euc-?cn|chinese|iso-ir-58)")
# What a mail may name. Others that Python knows are no character sets (idna, punycode, unicode_escape) or slow.
_CHARSET = re.compile(r"utf-|ascii|iso|cp|big5|euc|shift_jis|koi8|hz|johab|tis-620|mac-")
_SHIFTING = re.compile(r"hz|iso2022|utf-7|utf-16|utf-32")
"""Codecs in which bytes below 128 may be other than ASCII."""
_WESTERN = re.compile(r"ascii|iso8859|cp125|mac-")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LABEL_LENGTH = 40
_SAMPLE = 100_000


def decode(raw: bytes, label: str | None, note: Note) -> str:
    """The text of `raw`, by its label where that can be right, else as utf-8, gb18030, big5, latin-1.

    Whatever is not by the label is noted. NUL becomes U+FFFD, as no database keeps it; a byte order mark goes.
    """
    codec = _named(label or "")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codec = "utf-16"
    return _decoded(raw, codec, label, note).removeprefix("\ufeff").replace("\0", "\ufffd")


def _decoded(raw: bytes, codec: str | None, label: str | None, note: Note) -> str:
    if raw.isascii() and not (codec and _SHIFTING.match(codec)):
        return raw.decode("ascii")
    if codec and not _contradicted(raw, codec) and (text := _strict(raw, codec)) is not None:
        return text
    for guess in ("utf-8", GB, "big5hkscs"):
        if (text := _strict(raw, guess)) is not None:
            note(_doubt(label, guess))
            return text
    return _mended(raw, codec, note)


def unlabelled(raw: bytes, note: Note) -> str:
    """The text of raw bytes where none are allowed but UTF-8 (RFC 6532 section 3.2), as in a header."""
    text = _strict(raw, "utf-8")
    return decode(raw, None, note) if text is None else text.replace("\0", "\ufffd")


def _named(label: str) -> str | None:
    name = label.strip(" '\"").lower().replace("_", "-")
    if not name or len(name) > _LABEL_LENGTH:
        return None
    if _GB_LABEL.match(name):
        return GB
    if name in ("big5", "cn-big5", "x-x-big5", "cp950"):
        return "big5hkscs"
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if _CHARSET.match(found) else None


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        text = raw.decode(codec)
    except UnicodeError:
        return None
    return None if _SURROGATE.search(text) else text


def _contradicted(raw: bytes, codec: str) -> bool:
    """Whether the bytes speak against a label that would let them pass."""
    if _SHIFTING.match(codec) or codec == "utf-8":
        return False
    western = _WESTERN.match(codec) is not None
    return _surely_utf8(raw) or (western and _strict(raw, "gb2312") is not None)


def _surely_utf8(raw: bytes) -> bool:
    """Two Chinese characters in a row of bytes that is right UTF-8 are no accident of another charset."""
    text = (_strict(raw, "utf-8") or "")[:_SAMPLE]
    return len(re.findall("[\u0800-\uffff]", text)) >= 2 + 4 * len(re.findall("[\u0080-\u07ff]", text))


def _mended(raw: bytes, codec: str | None, note: Note) -> str:
    """A text cut inside a character is read all the same, with the broken bytes written out as \\x…"""
    broken, text = min(
        ((text.count("\\x"), text) for text in (raw.decode(c, "backslashreplace") for c in (codec or GB, "utf-8", GB))),
        key=lambda choice: choice[0],
    )
    if broken * 20 > len(raw) or _SURROGATE.search(text):
        note("文字的编码无法判断，可能显示为乱码")
        return raw.decode("latin-1")
    note("文字里有残缺的字节，已原样标出")
    return text.replace("\\x80", "€")  # the euro sign of cp936, which Python's codecs refuse


def _doubt(label: str | None, guess: str) -> str:
    if not label:
        return f"文字未标注编码，按{guess}读出"
    return f"文字标注的编码“{label.strip()[:_LABEL_LENGTH]}”不符，按{guess}读出"
