"""Masks mobile numbers and identity-card numbers in a text (domain.md 5.6)."""

import re

_PERSONAL = re.compile(
    r"(?P<link>https?://[!-~]+)"
    r"|(?<!\d)(?P<start>(?:\+?86[ -]?)?1[3-9]\d)[ -]?\d{4}[ -]?(?P<end>\d{4})(?!\d)"
    r"|(?<!\d)(?P<area>\d{6})(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?P<last>\d{3}[\dXx])(?!\d)"
)
"""A link, which stays; the number of a mobile phone; that of an identity card (GB 11643)."""


def masked(text: str) -> str:
    """The text without the middle of mobile numbers and identity cards: 138****5678."""
    return _PERSONAL.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    if found["link"]:
        return found["link"]
    return f"{found['start']}****{found['end']}" if found["start"] else f"{found['area']}********{found['last']}"
