"""Reads what the mailbox's own provider found out about a sender: Authentication-Results (RFC 8601).

Whoever sends a mail can write such fields into it. What a provider adds stands above the Received field that it wrote
when it took the mail, so only what stands above the topmost Received field is certain to be the provider's.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from mailbot.domain.mail import Head
from mailbot.domain.proof import Proof

FIELD = "authentication-results"
SHARED_SUFFIXES = frozenset({"com", "net", "org", "gov", "edu", "ac", "mil", "co"})
"""Second levels under a country's domain that belong to nobody: com.cn, gov.cn, co.uk."""

_RESULT = re.compile(r"\s*([a-z0-9-]+)\s*(?:/\s*1\s*)?=\s*([a-z0-9-]+)")
_PROPERTY = re.compile(r"\b(header|smtp)\s*\.\s*([a-z0-9-]+)\s*=\s*(\S+)")
_OUTSIDE = re.compile(r'"(?:[^"\\]|\\.)*"?|\(|[^"(]+', re.DOTALL)
_IN_COMMENT = re.compile(r"\\.|[()]|[^\\()]+|\\", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Result:
    """One result, all in lower case: `dkim=pass header.d=example.org` has one property, ("header.d", "example.org")."""

    method: str
    value: str
    properties: tuple[tuple[str, str], ...] = ()

    def of(self, name: str) -> str:
        """The first property of that name, or ""."""
        return next((value for key, value in self.properties if key == name), "")


@dataclass(frozen=True, slots=True)
class Results:
    """One Authentication-Results field: who wrote it (authserv-id; "" where it names nobody), and what was found."""

    issuer: str
    found: tuple[Result, ...]


def written_on_arrival(head: Head) -> tuple[Results, ...]:
    """The fields that stand above the topmost Received field; none where the mail has no Received field."""
    above: list[Results] = []
    for name, text in head.headers:
        if name == "received":
            return tuple(above)
        if name == FIELD:
            above.append(parse(text))
    return ()


def proof_of_sender(head: Head, forced: Collection[str], learnt: Collection[str]) -> Proof:
    """What the provider says of the address in From.

    `forced`: the authserv-ids in the configuration; a name stands for the hosts under it, too, and the topmost field
    is believed wherever it stands. `learnt`: the ids that a mail of ours to ourselves came back with; only fields
    above the topmost Received field are believed. With neither, nothing is known: UNTOLD.
    """
    if not forced and not learnt:
        return Proof.UNTOLD
    fields = [r for r in written_on_arrival(head) if r.issuer in learnt or _is_one_of(r.issuer, forced)]
    if not fields and forced:
        topmost = parse(head.header(FIELD) or "")
        fields = [topmost] if _is_one_of(topmost.issuer, forced) else []
    return _judged([result for field in fields for result in field.found], _domain(head))


def confirmed_issuers(head: Head) -> frozenset[str]:
    """The authserv-ids that stand on a mail of ours to ourselves, whose sender is thus known to be genuine.

    Only those whose results prove it; a provider that checks nothing on its own mail is not learnt from.
    """
    domain = _domain(head)
    return frozenset(r.issuer for r in written_on_arrival(head) if _judged(r.found, domain) is Proof.AUTHENTICATED)


def _judged(results: Collection[Result], domain: str) -> Proof:
    if any(r.method == "dmarc" and r.value == "fail" for r in results):
        return Proof.DISOWNED
    if domain and any(r.value == "pass" and _is_aligned(r, domain) for r in results):
        return Proof.AUTHENTICATED
    return Proof.UNPROVED


def _is_aligned(result: Result, domain: str) -> bool:
    """Whether a pass is one for the domain in From (RFC 7489 section 3.1)."""
    match result.method:
        case "dmarc":
            return result.of("header.from").rpartition("@")[2] == domain
        case "dkim":
            return _covers((result.of("header.d") or result.of("header.i")).rpartition("@")[2], domain)
        case "spf":
            return _covers(result.of("smtp.mailfrom").rpartition("@")[2], domain)
    return False


def _covers(proved: str, domain: str) -> bool:
    """Whether a proved domain is the one in From, or lies over it and can belong to one organisation."""
    if proved == domain:
        return bool(domain)
    labels = proved.split(".")
    is_shared = len(labels) < 2 or (len(labels) == 2 and labels[0] in SHARED_SUFFIXES and len(labels[1]) == 2)
    return not is_shared and domain.endswith(f".{proved}")


def _domain(head: Head) -> str:
    """The domain in From, in lower case; "" where no single address stands there."""
    address = head.sender.address if head.sender and not head.is_sender_ambiguous else ""
    return address.casefold().rpartition("@")[2].rstrip(".")


# ---------------------------------------------------------------- the field


def parse(field: str) -> Results:
    """A field's issuer and results (RFC 8601 section 2.2); what is no result is left out.

    A field that begins with a result names no issuer (as Outlook writes it). One of a version other than 1 says
    nothing.
    """
    first, *rest = _without_comments(field).casefold().split(";")
    if "=" in first:
        return Results("", tuple(_results([first, *rest])))
    words = first.split()
    if not words or words[1:] not in ([], ["1"]):
        return Results("", ())
    return Results(words[0].rstrip("."), tuple(_results(rest)))


def _results(parts: Collection[str]) -> Iterator[Result]:
    for part in parts:
        if match := _RESULT.match(part):
            found = _PROPERTY.findall(part[match.end() :])
            yield Result(match[1], match[2], tuple((f"{kind}.{name}", value) for kind, name, value in found))


def _is_one_of(issuer: str, hosts: Collection[str]) -> bool:
    """Whether an authserv-id is one of the hosts or lies under one."""
    return any(issuer == host.casefold() or issuer.endswith(f".{host.casefold()}") for host in hosts)


def _without_comments(field: str) -> str:
    """A structured field without its comments, nested ones too; of quoted strings nothing that divides remains."""
    plain, depth, position = "", 0, 0
    while match := (_IN_COMMENT if depth else _OUTSIDE).match(field, position):
        piece, position = match[0], match.end()
        if piece == "(" or depth:
            depth += {"(": 1, ")": -1}.get(piece, 0)
            plain += " "
        else:
            plain += re.sub(r"[^\w.@-]", "_", piece[1:].removesuffix('"')) if piece.startswith('"') else piece
    return plain
