"""Masks mobile numbers and identity-card numbers in a text (domain.md 5.6)."""

import re

from parsers.values import identity_numbers

_MOBILE = re.compile(
    r"(?P<link>https?://[!-~]+)"
    r"|(?<!\d)(?P<start>(?:\+?86[ -]?)?1[3-9]\d)[ -]?\d{4}[ -]?(?P<end>\d{4})(?!\d)"
)
"""A link, which stays; the number of a mobile phone."""


def masked(text: str) -> str:
    """The text without the middle of mobile numbers and identity cards: 138****5678."""
    return _MOBILE.sub(_masked, identity_numbers.masked(text))


def _masked(found: re.Match[str]) -> str:
    return found["link"] or f"{found['start']}****{found['end']}"
