"""Recognizes a mail that is attached to a mail, also without a proper type."""

from mailbot.mail import message_start

TYPES = ("message/rfc822", "message/global", "message/news")


def is_likely(type: str, name: str | None, content: bytes) -> bool:
    """Forwarded as an attachment, a mail often comes as a file without a proper type."""
    if type in TYPES or (name or "").lower().endswith(".eml"):
        return True
    return type == "application/octet-stream" and name is None and bool(content)


def begins(start: bytes, type: str) -> bool:
    """Whether the start of some bytes is the header of a mail; a part of its type needs fewer fields."""
    names = {name for name, _ in message_start.split(start, 0, len(start), lambda doubt: None)[0]}
    if type in TYPES:
        return bool(names)
    return "from" in names and not names.isdisjoint({"to", "received", "message-id", "date"})
