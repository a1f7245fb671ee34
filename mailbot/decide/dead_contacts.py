"""Which addresses no letter reaches any more, and since when."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.campaigns.roster import Roster
from mailbot.domain.campaign import Unit
from mailbot.domain.errors import Meaning, SendError
from mailbot.domain.letter import ReturnedLetter
from mailbot.mail.bounce_reasons import FULL, enhanced_code, lasting, reason

FULL_TIMES, FULL_FOR = 3, timedelta(days=3)
"""A full mailbox may be emptied: it counts as dead after so many letters over so long a time, and none before."""

_OF_ADDRESS = ("5.1.", "5.2.", "5.0.")
"""Enhanced codes of a refused address; the last says nothing."""


@dataclass(frozen=True, slots=True)
class DeadContact:
    """An address at which no letter arrives. `unit` is the one that its first returned letter was about.

    `since`, `subject`: when that letter came back, and what it was.
    """

    address: str
    why: str
    since: datetime
    unit: str | None
    subject: str


def dead_contacts(
    returned: Sequence[ReturnedLetter], heard: Mapping[str, datetime], roster: Roster
) -> Mapping[str, DeadContact]:
    """The dead addresses, in lower case, in the order in which they died; `returned` in the order of time.

    Only for reasons that last (RFC 3463: no such address, no such domain, an account that is closed), and for a mailbox
    that stays full. A mail from the address (`heard`: when the latest came) and a change of its row in the roster make
    it live again.
    """
    letters: dict[str, list[ReturnedLetter]] = {}
    for letter in returned:
        if _still_counts(letter, heard, roster):
            letters.setdefault(letter.to, []).append(letter)
    found = {address: _dead(mine) for address, mine in letters.items()}
    return {address: contact for address, contact in found.items() if contact}


def _still_counts(letter: ReturnedLetter, heard: Mapping[str, datetime], roster: Roster) -> bool:
    last = heard.get(letter.to)
    is_same_row = letter.roster_row is None or letter.roster_row == roster_row(roster, letter.to)
    return is_same_row and (last is None or last <= letter.at)


def _dead(letters: Sequence[ReturnedLetter]) -> DeadContact | None:
    for_good = [letter for letter in letters if letter.why in lasting()]
    full = [letter for letter in letters if letter.why == FULL]
    if not for_good and len(full) >= FULL_TIMES and full[-1].at - full[0].at >= FULL_FOR:
        for_good = full
    if not for_good:
        return None
    first, last = for_good[0], for_good[-1]
    return DeadContact(first.to, last.why, first.at, first.unit, first.subject)


def reason_of_refusal(error: SendError) -> str | None:
    """Why a server will never take a letter to an address; None where it is something else that it refuses.

    Its answer is understood like that in a report. "Mailbox unavailable" is said of policies as well; there the
    enhanced code, where there is one, tells (RFC 3463 section 3.2 and 3.3: only X.1 and X.2 are about the address).
    """
    code = enhanced_code(error.answer)
    if error.meaning is not Meaning.UNKNOWN_ADDRESS or (code and not code.startswith(_OF_ADDRESS)):
        return None
    why = reason("", error.answer)
    return why if why in lasting() else None


def roster_row(roster: Roster, address: str) -> str:
    """The rows of the roster that have an address, as text: another one whenever something in them was changed."""
    return json.dumps([_row(unit) for unit in roster.registered(address)], ensure_ascii=False)


def _row(unit: Unit) -> list[object]:
    days = [str(day or "") for day in (unit.valid_from, unit.valid_to)]
    names = [unit.code, unit.name, unit.short_name, unit.category, [*unit.aliases], [*unit.emails]]
    return [*names, unit.quota, unit.required, *days, unit.successor or ""]


def living_addresses(unit: Unit, dead: Collection[str] = ()) -> tuple[str, ...]:
    """The registered addresses of a unit that letters arrive at; `dead`: those at which none does, in lower case."""
    return tuple(address for address in unit.emails if address.lower() not in dead)


def units_without_contact(
    returned: Iterable[ReturnedLetter], roster: Roster, dead: Collection[str]
) -> Iterator[tuple[Unit, ReturnedLetter]]:
    """The units that no letter reaches since these came back, each with the letter that was the last attempt."""
    for letter in returned:
        for unit in roster.registered(letter.to) if letter.to in dead else ():
            if not living_addresses(unit, dead):
                yield unit, letter


def contact_remarks(unit: Unit, dead: Mapping[str, DeadContact]) -> Iterator[str]:
    """What a list of units says of the addresses of one: which no letter reaches, and whether any is left."""
    for address in unit.emails:
        if contact := dead.get(address.lower()):
            yield f"邮箱失效：{address}（{contact.why}）"
    if unit.emails and not living_addresses(unit, dead):
        yield "无可用邮箱，请电话联系"
