"""Taking back: what follows when a letter comes back or its address is refused.

The unit's other contacts get it, or staff are told.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from mailbot.decide.dead_contacts import (
    DeadContact,
    living_addresses,
    reason_of_refusal,
    roster_row,
    units_without_contact,
)
from mailbot.domain.campaign import Unit
from mailbot.domain.errors import SendError
from mailbot.domain.letter import Claimed, Letter, LetterKind, ReturnedLetter
from mailbot.domain.mail import Waiting
from mailbot.flows.enqueue import enqueue
from mailbot.flows.ports import App
from mailbot.flows.unit_accounts import dead_now, roster_now
from mailbot.letters.returned import forwarded, lost_contacts
from mailbot.mail import mime
from mailbot.mail.bounce_reasons import TEMPORARY
from mailbot.mail.opening import Opened
from storage.store import Transaction


def take_back(app: App, tx: Transaction, waiting: Waiting, opened: Opened, now: datetime) -> None:
    """Note which letters of ours a report returns, and write to those that it concerns."""
    bounces = [bounce for bounce in opened.bounces if bounce.address.lower() not in app.own_addresses]
    returned = tx.bounced(waiting.id, bounces, waiting.received_at, lambda address: roster_row(app.roster, address))
    _tell(app, tx, returned, now)


def note_refusal(app: App, tx: Transaction, claimed: Claimed, error: SendError, now: datetime) -> None:
    """The same where the server refused the address of a letter for good: then no report will come."""
    address, why = claimed.envelope.to.lower(), reason_of_refusal(error)
    if why and address not in app.own_addresses:
        _tell(app, tx, [tx.refused(claimed.id, why, now, roster_row(app.roster, address))], now)


def _tell(app: App, tx: Transaction, returned: Sequence[ReturnedLetter], now: datetime) -> None:
    if returned and app.config.sending.mode != "redirect":  # a rehearsal writes to no unit
        enqueue(app, tx, _letters(app, tx, returned, now), now)


def _letters(app: App, tx: Transaction, returned: Sequence[ReturnedLetter], now: datetime) -> Iterator[Letter]:
    dead, roster = dead_now(app.roster, tx), roster_now(app, now)
    for letter in returned:
        unit = roster.get(letter.unit)
        # a reminder is decided anew (`remind`); a notice went to every contact
        if unit and letter.kind is LetterKind.RECEIPT and letter.why != TEMPORARY:
            yield from _forwarded(tx, letter, unit, dead)
    for unit, letter in units_without_contact(returned, roster, dead):
        yield from lost_contacts(unit, letter, app.config.staff)


def _forwarded(
    tx: Transaction, letter: ReturnedLetter, unit: Unit, dead: Mapping[str, DeadContact]
) -> Iterator[Letter]:
    """The words of a letter, to the unit's other contacts; none where its bytes are not known any more."""
    content = tx.content(letter.letter)
    others = [address for address in living_addresses(unit, dead) if address.lower() != letter.to]
    if content and others:
        yield from forwarded(letter, unit, others, mime.read(content).text)
