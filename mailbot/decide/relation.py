"""How a table relates to others of its unit and form (the types), and which tables of a mail are one report."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.decide.permit import Role
from mailbot.domain.act import Actor, Via
from mailbot.domain.campaign import Unit
from mailbot.domain.proof import Proof
from mailbot.domain.submission import Earlier, Identity, Relation
from mailbot.mail.opening import Opened
from mailbot.mail.subjects import strip_letter_marks


@dataclass(frozen=True, slots=True)
class Related:
    """The outcome: what it is, whether it counts, and which stored submissions stop counting.

    `gone`: the activities, in words, that stop counting with these and are not in the new table.
    """

    relation: Relation
    counts: bool
    replaces: tuple[int, ...] = ()
    why: str = ""
    """For staff, where a person must decide; for everybody, where it counts in another table already."""
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """How a submission came: its words (subject, file name, body; without quoted mail), sender and date."""

    words: str
    sender: Actor
    registered: bool
    """The sender's address is one of the unit's own."""
    date: datetime | None

    def roles(self, changed: Collection[Earlier]) -> frozenset[Role]:
        """What the sender is to the unit and to what would be changed."""
        is_former = any(self.sender.name == one.sender.lower() for one in changed if self.sender.name)
        found = ((Role.REGISTERED, self.registered), (Role.FORMER, is_former))
        return frozenset(role for role, holds in found if holds)


def unclear(why: str) -> Related:
    return Related(Relation.UNCLEAR, counts=False, why=why)


def sent_as(opened: Opened, file_names: str, unit: Unit | None, proof: Proof = Proof.UNTOLD) -> Sent:
    """How a table of a unit came."""
    address = opened.head.sender.address.lower() if opened.head.sender else ""
    return Sent(
        words="\n".join((strip_letter_marks(opened.head.subject), file_names, opened.words)),
        sender=Actor(address, Via.MAIL, proof),
        registered=unit is not None and address in (email.lower() for email in unit.emails),
        date=opened.head.date,
    )


def reports(opened: Opened, whose: Sequence[Identity]) -> dict[tuple[str, str], list[int]]:
    """The tables of a mail that are one report, those of one unit and form: (unit, form) → their places among all."""
    found: dict[tuple[str, str], list[int]] = {}
    for place, ((_, reading), identity) in enumerate(zip(opened.readings, whose, strict=True)):
        if identity.unit:
            found.setdefault((identity.unit.code, reading.form), []).append(place)
    return found
