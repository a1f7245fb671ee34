"""Asks flufl.bounce, which knows the reports of many servers, for the addresses that a report names."""

import email
import logging
import re

from mailbot.domain.identifiers import is_address

MOST_BYTES = 100_000
"""Of a report; its words and fields come first, the letter that it returns last."""
LONGEST_LINE = 1_000
"""Characters; the library searches line by line with patterns whose work may grow with the square of the length."""

_LONG = re.compile(rb"([^\n]{%d})[^\n]+" % LONGEST_LINE)


def recipients(raw: bytes) -> tuple[frozenset[str], frozenset[str]]:
    """The addresses that the letter is delayed for, and those that it could not be delivered to; in lower case.

    Total: bytes over which the library fails name nobody.
    """
    if not raw:
        return frozenset(), frozenset()
    from flufl.bounce import all_failures  # a tenth of a second, and few mails are reports

    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it logs each detector, and what it fails over
    lines = raw[:MOST_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        delayed, failed = all_failures(email.message_from_bytes(_LONG.sub(rb"\1", lines)))
    except Exception:  # noqa: BLE001  # it was written for mails as servers write them, and these are anybody's
        return frozenset(), frozenset()
    return _addresses(delayed), _addresses(failed)


def _addresses(found: frozenset[bytes]) -> frozenset[str]:
    """Those that are addresses: the library takes what stands at the place of one."""
    texts = (each.decode("ascii", "replace").strip().strip("<>").lower() for each in found)
    return frozenset(text for text in texts if "@" in text and is_address(text))
