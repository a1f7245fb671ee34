"""Opens what a signature or a compression is wrapped around: CMS, as S/MIME uses it (RFC 5652, RFC 3274).

Nothing about a signature is checked, and nothing is concluded from it. The structure is read with asn1crypto; the
pieces of a streamed content are joined here, because the library needs time that grows with their number squared.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Any

from parsers.child import work
from parsers.containers import faults
from parsers.containers.members import Budget, Member
from parsers.formats.helpers.base64_letters import decoded
from parsers.reading import Unreadable

DEEPEST = 8
"""How often the pieces of one string may be made of pieces; real programs do not nest them."""

_PEM = re.compile(rb"\s*-----BEGIN [A-Z0-9# ]{1,40}-----\s*([A-Za-z0-9+/=\s]+)-----END ")
_ENCRYPTED = frozenset(
    {"enveloped_data", "authenticated_enveloped_data", "signed_and_enveloped_data", "encrypted_data"}
)
_PLAIN = frozenset({"signed_data", "digested_data", "authenticated_data"})
_CHUNK = 1 << 16
_LONGEST_TAG = 4
"""Bytes of a tag's number behind its first; those of CMS have none."""
_VALUE = 2.0
"""Units of work of a value."""
_NO_CONTENT = b""


def members(content: bytes, budget: Budget) -> Iterator[Member]:
    """What is wrapped, under no name of its own; nothing for a detached signature or bare certificates."""
    if (inside := opened(content, budget)) is not None:
        yield Member("", inside)


def opened(content: bytes, budget: Budget) -> bytes | None:
    """What was signed or compressed, paid from the budget. None where there is no content, as in a detached signature.

    Raises Unreadable: `encrypted`, `too-large`, or `broken` for what is damaged; no other exception for any bytes.
    """
    try:
        kind, inside = _wrapped(_without_armour(content))
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise faults.broken_signature() from error
    if kind in _ENCRYPTED:
        raise faults.encrypted()
    if not inside:
        return None
    return budget.collect(_inflated(inside) if kind == "compressed_data" else [inside])


def _without_armour(content: bytes) -> bytes:
    armoured = _PEM.match(content)
    return decoded(armoured[1]) if armoured else content


def _wrapped(content: bytes) -> tuple[str, bytes]:
    """The content type and the content; b"" where there is none, or none that is not encrypted."""
    from asn1crypto import cms, core

    _check_tags(content)
    outer = cms.ContentInfo.load(content)
    kind = str(outer["content_type"].native)
    if kind in _ENCRYPTED:
        return kind, _NO_CONTENT
    if kind == "data":
        return kind, _joined(outer["content"])
    if kind != "compressed_data" and kind not in _PLAIN:
        raise faults.broken_signature()
    value = outer["content"]["encap_content_info"]["content"]
    if isinstance(value, core.Void):
        return kind, _NO_CONTENT
    return kind, _joined(value)


def _check_tags(content: bytes) -> None:
    """Raises Unreadable for a tag that goes on and on, over which the library takes the square of its length.

    All values are looked at that are made of values (X.690 section 8.1.2), not what they hold in the end.
    """
    length, start = _length(content, 1)
    at, end = 0, start + length if length else len(content)
    while at < end:
        work.spend(_VALUE)
        is_made_of_values, is_long, at = content[at] & 0x20, content[at] & 0x1F == 0x1F, at + 1
        if is_long:
            last = next((n for n in range(at, at + _LONGEST_TAG) if content[n] < 0x80), None)
            if last is None:
                raise faults.broken_signature()
            at = last + 1
        length, at = _length(content, at)
        at += 0 if is_made_of_values else length


def _length(content: bytes, at: int) -> tuple[int, int]:
    """The length that stands at a place, 0 where only its end tells it, and the place behind (X.690 section 8.1.3)."""
    first, digits = content[at], content[at] & 0x7F
    if first < 0x80:
        return first, at + 1
    return int.from_bytes(content[at + 1 : at + 1 + digits], "big"), at + 1 + digits


def _joined(value: Any, depth: int = 0) -> bytes:
    """The bytes of an OCTET STRING, also of one in pieces (X.690 section 8.7.3)."""
    from asn1crypto import core

    if not isinstance(value, core.OctetString | core.ParsableOctetString) or depth > DEEPEST:
        raise faults.broken_signature()
    if not value.method:
        return bytes(value.contents)
    pieces = core.SequenceOf(contents=value.contents, spec=core.OctetString)
    return b"".join(_joined(piece, depth + 1) for piece in pieces)


def _inflated(packed: bytes) -> Iterator[bytes]:
    machine = zlib.decompressobj()
    try:
        while packed and not machine.eof:
            yield machine.decompress(packed, _CHUNK)
            packed = machine.unconsumed_tail
    except zlib.error as error:
        raise faults.broken_signature() from error
    if not machine.eof:
        raise faults.broken_signature()
