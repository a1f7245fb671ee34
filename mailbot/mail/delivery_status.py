"""Reads the fields of a delivery status (RFC 3464): which recipients, what became of the letter, and what was said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.domain.identifiers import is_address

TYPES = ("message/delivery-status", "message/global-delivery-status")

_FIELD = re.compile(r"^([A-Za-z-]{3,40}):[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_RECIPIENTS = ("original-recipient", "final-recipient", "x-actual-recipient")
"""RFC 3464 section 2.3.1: the original one is as we wrote it, the final one may be where it was forwarded to."""
_FAILED = ("fail", "error")
"""OpenSMTPD writes "error", NTMail "failure"."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a report says of one recipient; `has_failed` False: it is delayed, delivered or relayed."""

    address: str
    has_failed: bool
    status: str = ""
    said: str = ""


def recipients(text: str) -> Iterator[Recipient]:
    """The recipients of a delivery status; also where its fields stand in the words of a mail."""
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        fields: dict[str, str] = {}
        for name, value in _FIELD.findall(block):
            fields.setdefault(name.lower(), value.strip())
        address = next((found for name in _RECIPIENTS if (found := _address(fields.get(name, "")))), None)
        if address:
            action, status = fields.get("action", "").lower(), fields.get("status", "")
            # without an action the status tells
            failed = action.startswith(_FAILED) if action else not status.startswith(("2", "4"))
            failed = failed and not status.startswith("2")
            yield Recipient(address, failed, status, fields.get("diagnostic-code", ""))


def _address(value: str) -> str | None:
    """The address of a recipient field: "rfc822; user@example.org", with brackets or a comment or without the type."""
    bare = value.rpartition(";")[2].partition("(")[0].strip().strip("<>").strip()
    return bare if "@" in bare and is_address(bare) else None
