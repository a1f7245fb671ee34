"""Reads bounces: which of our letters came back, from which address, and why."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mailbot.domain.identifiers import is_message_id
from mailbot.mail import delivery_status, known_reports, report_words
from mailbot.mail.bounce_reasons import UNKNOWN, reason
from mailbot.mail.message import Attachment, Mail, plain
from mailbot.mail.mime import read
from mailbot.mail.screening import may_report_a_failure

MOST = 50
"""Addresses that one report is believed to name."""
_LONGEST = 20_000
"""Characters of a report's words that are looked at."""
_MOST_BYTES = 100_000
"""Of a delivery status."""

_MESSAGE_ID = re.compile(
    r"^[> \t]*(?:X-)?(?:Original-)?Message-?[ ]?ID[ \t]*[:：=][ \t]*(<[^<>\s]{3,250}>)", re.IGNORECASE | re.MULTILINE
)
_OURS = re.compile(r"(?<![0-9a-f])([0-9a-f]{32}@[A-Za-z0-9.-]{1,200}[A-Za-z0-9])")
"""What the Message-IDs of our letters look like, wherever a report quotes one."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A letter to `address` that came back; `why` in a few Chinese words (`bounce-reasons.toml`).

    `letters` are the Message-IDs that the report names, first that of what it returns.
    """

    address: str
    why: str
    letters: tuple[str, ...] = ()


def bounces(mail: Mail, raw: bytes = b"") -> tuple[Bounce, ...]:
    """The addresses that a report says a letter could not be delivered to; empty for any other mail.

    `mail` is what `raw` says.

    From its delivery status (RFC 3464); without one as flufl.bounce finds them, and from the words of the report. A
    letter that is still on its way (delayed, to be tried again) has not come back.
    """
    if not may_report_a_failure(mail.head, [part.type for part in mail.attachments]):
        return ()
    text = plain(mail)[:_LONGEST]
    own = report_words.before_the_original(text)
    told = {found.address.lower(): found for found in _statuses(mail, text)}
    found = [address for address, recipient in told.items() if recipient.has_failed]
    if not told:
        found = list(_without_status(mail, raw, own))
    letters = _returned(mail, text) if found else ()
    distinct = _not_about_itself(dict.fromkeys(found), mail, letters)
    if not told:  # what stands in the words may be the sender of the letter that came back
        distinct = [address for address in distinct if address not in _recipients(mail)] or distinct
    return tuple(Bounce(address, _why(address, told, own), letters) for address in distinct[:MOST])


def bounce_reason(found: Sequence[Bounce]) -> str:
    """What staff are told: the addresses with their reasons."""
    return "；".join(f"发往 {bounce.address} 的信件被退回（{bounce.why}）" for bounce in found)


def _statuses(mail: Mail, text: str) -> Iterator[delivery_status.Recipient]:
    parts = [part.content for part in mail.attachments if part.type in delivery_status.TYPES]
    for content in parts:
        yield from delivery_status.recipients(content[:_MOST_BYTES].decode("utf-8", "replace"))
    if not parts:
        yield from delivery_status.recipients(text)


def _without_status(mail: Mail, raw: bytes, own: str) -> Iterator[str]:
    """The addresses of a report that has no fields: as its header, the library, or its words tell."""
    named = (mail.head.header("x-failed-recipients") or "").lower()
    delayed, failed = known_reports.recipients(raw)
    if (delayed and not failed) or report_words.speaks_of_a_delay(mail.head.subject):
        return
    yield from sorted(failed)
    if report_words.speaks_of_a_delay(own):
        return
    yield from (address.strip() for address in named.split(",") if "@" in address)
    if not failed and not named:
        yield from (address.lower() for address in report_words.failed(own))


def _not_about_itself(found: Iterable[str], mail: Mail, letters: Sequence[str]) -> list[str]:
    """Without the sender of the report, and without Message-IDs that look like addresses."""
    own = {letter.strip("<>").lower() for letter in letters}
    own |= {mail.head.sender.address.lower()} if mail.head.sender else set()
    return [address for address in found if address not in own]


def _recipients(mail: Mail) -> frozenset[str]:
    """Whom the report was sent to."""
    return frozenset(re.findall(r"[^\s<>,;:\"]+@[^\s<>,;:\"]+", (mail.head.header("to") or "").lower()))


def _why(address: str, told: dict[str, delivery_status.Recipient], own: str) -> str:
    recipient = told.get(address)
    status, answer = (recipient.status, recipient.said) if recipient else ("", "")
    why = reason(status, answer, report_words.beside(own, address))
    return why if why != UNKNOWN else reason(status, answer, own)


# ---------------------------------------------------------------- the letter that came back


def _returned(mail: Mail, text: str) -> tuple[str, ...]:
    """The Message-IDs that a report names: those of the mail that came back first."""
    fields = "\n".join(part.content.decode("utf-8", "replace")[:_LONGEST] for part in _status_parts(mail))
    quoted = (f"<{found}>" for found in _OURS.findall(f"{text}\n{fields}"))
    answered = (*mail.head.in_reply_to[-1:], *reversed(mail.head.references))
    named = (*_ids(mail), *_MESSAGE_ID.findall(f"{text}\n{fields}"), *quoted, *answered)
    return tuple(dict.fromkeys(each for each in named if is_message_id(each)))


def _ids(mail: Mail) -> Iterator[str]:
    """The Message-IDs of the mails that a report returns, or of their heads (RFC 3464 section 2)."""
    heads = [inner.head for inner in mail.forwarded]
    heads += [read(part.content).head for part in mail.attachments if part.type == "text/rfc822-headers"]
    yield from (head.message_id for head in heads if head.message_id)


def _status_parts(mail: Mail) -> Iterator[Attachment]:
    return (part for part in mail.attachments if part.type in delivery_status.TYPES)
