"""Whose share of the reading a mail takes, told from its head alone, and after whom it is read.

Mails are counted together by their address and by what proves it, so that one who forges an address takes nothing from
its owner where the provider tells them apart. Where it does not, answers to letters of ours and mails that bring files
have shares of their own: of a flood of words in the name of a unit none is taken from the unit's table.
"""

from dataclasses import dataclass
from typing import Literal

from mailbot.domain.mail import Head
from mailbot.domain.proof import Proof

Brings = Literal["reply", "files", "words"]
PER_TURN = 50
"""Mails of one source that are read before those of others that came later."""
STRANGERS_PER_TURN = 500
"""The same of all strangers together: what hides behind many addresses is one flood."""
UNREADABLE = "? "
"""The source of mails whose heads cannot be read."""


@dataclass(frozen=True, slots=True)
class Source:
    """`group` is the beginning of the name that it has in common with those it is counted with, as strangers are."""

    name: str
    group: str
    is_stranger: bool


def source_of(head: Head, proof: Proof, *, is_ours: bool, answers_us: bool) -> Source:
    """Whose share a mail takes. `is_ours`: its address is a unit's or one of staff's; `answers_us`: it names the
    Message-ID of a letter of ours, which nobody knows who has not seen it."""
    address = head.sender.address.casefold() if head.sender else ""
    is_stranger = not is_ours or proof in (Proof.UNPROVED, Proof.DISOWNED)
    group = f"{'stranger' if is_stranger else 'ours'} {_brings(head, answers_us)} "
    return Source(f"{group}{proof} {address}", group, is_stranger)


def turn_of(source: Source, waiting: int, of_group: int) -> int:
    """After how many others it is read: `waiting` mails of the source and `of_group` of its group wait already."""
    own = waiting // PER_TURN
    return max(own, of_group // STRANGERS_PER_TURN) if source.is_stranger else own


def pool_of(source: str) -> str:
    """What is counted together for letters: all strangers, or one address and what proves it."""
    who, _, rest = source.partition(" ")
    return who if who == "stranger" else rest.partition(" ")[2]


def _brings(head: Head, answers_us: bool) -> Brings:
    if answers_us:
        return "reply"
    is_text = head.content_type.startswith("text/") or head.content_type == "multipart/alternative"
    return "words" if is_text else "files"
