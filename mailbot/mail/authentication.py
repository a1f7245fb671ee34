"""Reads what our own mail provider found about the sender's domain: the DMARC result (RFC 8601)."""

import re
from collections.abc import Collection, Sequence
from typing import Literal

from mailbot.domain.mail import Head

_DMARC = re.compile(r"\s*dmarc\s*(?:/\s*1\s*)?=\s*([a-z0-9-]+)")
_OUTSIDE = re.compile(r'"(?:[^"\\]|\\.)*"?|\(|[^"(]+', re.DOTALL)
_IN_COMMENT = re.compile(r"\\.|[()]|[^\\()]+|\\", re.DOTALL)


def authentication(head: Head, provider_hosts: Collection[str]) -> Literal["pass", "fail", "unknown"]:
    """What our own provider found of the sender's domain: the DMARC result of its Authentication-Results (RFC 8601).

    Only the topmost such field counts, and only where its authserv-id is one of `provider_hosts` or lies under one:
    whatever stands below may have come with the mail. One failure among several results is a failure. A pass is no
    proof where the provider does not write the field on every mail: then the topmost may be the sender's own.
    """
    issuer, *results = _without_comments(head.header("authentication-results") or "").casefold().split(";")
    if not _issued_by(issuer.split(), provider_hosts):
        return "unknown"
    found = {match[1] for result in results if (match := _DMARC.match(result))}
    return "fail" if "fail" in found else "pass" if "pass" in found else "unknown"


def _issued_by(issuer: Sequence[str], hosts: Collection[str]) -> bool:
    """Whether an authserv-id, with no version or version 1 behind it, is one of the hosts or lies under one."""
    if not issuer or issuer[1:] not in ([], ["1"]):
        return False
    name = issuer[0].rstrip(".")
    return any(name == host.casefold() or name.endswith(f".{host.casefold()}") for host in hosts)


def _without_comments(field: str) -> str:
    """A structured field without its comments, nested ones too; of quoted strings nothing that divides remains."""
    plain, depth, position = "", 0, 0
    while match := (_IN_COMMENT if depth else _OUTSIDE).match(field, position):
        piece, position = match[0], match.end()
        if piece == "(" or depth:
            depth += {"(": 1, ")": -1}.get(piece, 0)
            plain += " "
        else:
            plain += re.sub(r"[^\w.-]", "_", piece[1:].removesuffix('"')) if piece.startswith('"') else piece
    return plain
