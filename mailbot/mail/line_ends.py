"""Finds where the lines of a mail end, also where they end in CR alone or in several of them."""

import re

# a carriage return behind which a header field or a line between parts begins; one before a line feed is none
_BARE = re.compile(rb"(?<!\r)\r++(?!\n)")
_USED = re.compile(
    _BARE.pattern + rb"[ \t]*(?:--\S|(?:content-[a-z-]+|mime-version|from|to|cc|date|subject|message-id|received"
    rb"|reply-to|return-path)[ \t]*:)",
    re.IGNORECASE,
)


def with_line_feeds(buffer: bytes) -> bytes:
    """The same bytes, every line feed where it was, and one in place of each carriage return that ends a line.

    The places of all else stay what they are. A mail whose structure knows no bare carriage return comes back itself.
    """
    if buffer.count(b"\r") == buffer.count(b"\r\n") or not _USED.search(buffer):
        return buffer
    return _BARE.sub(lambda run: b"\n" * len(run[0]), buffer)
