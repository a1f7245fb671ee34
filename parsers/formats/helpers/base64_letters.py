"""Decodes base64 (RFC 4648 section 4), whole or in padded runs one after the other."""

import binascii
import re
import string

LETTERS = (string.ascii_letters + string.digits + "+/=").encode()
BLANK = string.whitespace.encode() + b"\0"
_RUN = re.compile(rb"[^=]+=*")


def decoded(content: bytes) -> bytes:
    """The bytes; blanks are left out. ValueError where a letter is missing or is none of base64."""
    letters = content.translate(None, BLANK)
    if letters.translate(None, LETTERS):
        raise ValueError("not base64")
    return b"".join(_padded(run.rstrip(b"=")) for run in _RUN.findall(letters))


def decoded_start(content: bytes) -> bytes:
    """The same where the end of a run is missing: as far as it goes."""
    letters = content.translate(None, BLANK)
    return b"".join(_padded(run[: len(run) // 4 * 4]) for run in (run.rstrip(b"=") for run in _RUN.findall(letters)))


def _padded(run: bytes) -> bytes:
    return binascii.a2b_base64(run + b"=" * (-len(run) % 4))
