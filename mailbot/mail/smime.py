"""Recognizes what S/MIME wraps around a mail or signs beside it (RFC 8551). No signature is ever checked."""

import re

from mailbot.mail import headers
from parsers.formats.file_kind import FileKind, kind_of

WRAPPERS = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_NAME = re.compile(r"\.p7[mscz]$", re.IGNORECASE)
_START = 256
"""Bytes in which a wrapper shows what it is."""
_OF_PARTS = frozenset({"content-type", "content-transfer-encoding", "mime-version"})


def is_wrapper(type: str, content: bytes) -> bool:
    """Whether a part is what S/MIME wraps around something, whatever it is called."""
    return kind_of(content[:_START]) is FileKind.CMS or (type in WRAPPERS and bool(content.strip()))


def is_signature(type: str) -> bool:
    """Whether a part is only the signature of another one, by its type."""
    return type in _SIGNATURES


def is_called_signature(type: str, name: str | None) -> bool:
    """Whether a part calls itself a signature; nothing is lost where one beside other parts is damaged."""
    return is_signature(type) or (name or "").lower().endswith(".p7s")


def is_of_mail(type: str, content: bytes) -> bool:
    """Whether what was wrapped is a part of a mail with its own header, or words, and no file.

    Exchange calls a part .p7m that it has unwrapped.
    """
    if kind_of(content) not in (FileKind.TEXT, FileKind.CSV, FileKind.HTML, FileKind.UNKNOWN):
        return False
    names = {field for field, _ in headers.split(content, 0, min(len(content), 16_384), lambda doubt: None)[0]}
    return not names.isdisjoint(_OF_PARTS) or (type in WRAPPERS and kind_of(content) is not FileKind.UNKNOWN)


def is_called_wrapper(name: str | None) -> bool:
    """Whether a file has the name of something wrapped."""
    return bool(name and _NAME.search(name))


def name_inside(name: str | None) -> str | None:
    """What the file in a signed file is called: "统计表.xlsx.p7m" → "统计表.xlsx"; None where that tells nothing."""
    inside = _NAME.sub("", name or "")
    return inside if "." in inside else None
