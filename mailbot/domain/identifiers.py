"""Checks that somebody else's mail address or Message-ID is safe to write into a header of ours."""

import re

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~:-]+@[A-Za-z0-9._:\[\]-]+>")

# what looks like an encoded word is refused: readers may decode it where it has no right to be (RFC 2047 section 5)
_ENCODED_WORD = "=?"


def is_address(text: str) -> bool:
    """Whether it is one bare ASCII address (RFC 5321 section 4.1.2, without quoted local parts)."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None and _ENCODED_WORD not in text


def is_message_id(text: str) -> bool:
    """Whether it is a Message-ID as programs make them (RFC 5322 section 3.6.4), brackets included."""
    return len(text) <= 250 and _MESSAGE_ID.fullmatch(text) is not None and _ENCODED_WORD not in text
