"""Masks mobile numbers and identity-card numbers in a text (domain.md 5.6)."""

import re

from parsers.values import identity_numbers

_GAP = r"[\s\-—–·.\u200b\ufeff]{0,2}"
_ONE, _NEXT = "[1１]", "[3-9３-９]"
_MOBILE = re.compile(
    r"(?P<link>https?://[!-~]+)"
    rf"|(?<!\d)(?P<country>(?:[+＋]?[8８][6６]{_GAP})?)"
    rf"(?P<number>{_ONE}{_NEXT}\d(?:{_GAP}\d{{4}}){{2}}|{_ONE}{_NEXT}\d\d{_GAP}\d{{4}}{_GAP}\d{{3}})(?!\d)"
)
"""A link, which stays; the number of a mobile phone, also in full-width digits, parted as people part it."""


def masked(text: str) -> str:
    """The text without the middle of mobile numbers and identity cards: 138****5678."""
    return _MOBILE.sub(_masked, identity_numbers.masked(text))


def _masked(found: re.Match[str]) -> str:
    if found["link"]:
        return found["link"]
    digits = re.sub(r"\D", "", found["number"])
    return f"{found['country']}{digits[:3]}****{digits[-4:]}"
