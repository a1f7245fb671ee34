"""A message as it came: bytes become a `Mail`, whatever they are (RFC 5322, RFC 2045 to 2047, RFC 2231)."""

from mailbot.message.body import own_words
from mailbot.message.mail import Attachment, Mail, cloud_links, plain, read, too_large

__all__ = ["Attachment", "Mail", "cloud_links", "own_words", "plain", "read", "too_large"]
