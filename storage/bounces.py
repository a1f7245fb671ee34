"""Stores bounces and refused addresses, and tells which letters came back from which addresses."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, or_, select

from mailbot.domain.letter import LetterKind, LetterState, ReturnedLetter
from mailbot.mail.bounces import Bounce
from storage import tables

DAYS = timedelta(days=7)
"""So long after a letter a report that names no letter is taken for one about it; servers give up after five days."""
SKEW = timedelta(hours=1)
"""How far our clock may be ahead of the mail server's."""


class Bounces:
    """The part of a transaction that knows which letters came back."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def bounced(
        self,
        message_id: int,
        bounces: Iterable[Bounce],
        at: datetime,
        roster_row: Callable[[str], str] = lambda address: "",
    ) -> tuple[ReturnedLetter, ...]:
        """Note what a report says that came then; the letters of ours that came back with it.

        A letter of ours is known by a Message-ID that the report names, and then it counts for the address that we
        wrote to, wherever that is forwarded; where the report names none, by address and day. What is about no letter
        of ours is kept and counts for nothing. `roster_row` gives the rows of the roster that have an address.
        """
        returned = {}
        for bounce in bounces:
            letter = self._letter_of(bounce, at)
            address = letter.recipient.lower() if letter else bounce.address.lower()
            if letter and letter.id in returned:
                continue
            row = tables.Bounce(
                message=message_id,
                letter=letter.id if letter else None,
                address=address,
                why=bounce.why,
                bounced_at=at,
                roster_row=roster_row(address),
            )
            self._session.add(row)
            if letter:
                returned[letter.id] = _returned_letter(row, letter)
        self._session.flush()
        return tuple(returned.values())

    def refused(self, letter_id: int, why: str, at: datetime, roster_row: str) -> ReturnedLetter:
        """Note that a server refused the address of a letter of ours; the letter. `roster_row` as in `bounced`."""
        letter = self._session.get_one(tables.Letter, letter_id)
        address = letter.recipient.lower()
        row = tables.Bounce(letter=letter_id, address=address, why=why, bounced_at=at, roster_row=roster_row)
        self._session.add(row)
        self._session.flush()
        return _returned_letter(row, letter)

    def _letter_of(self, bounce: Bounce, at: datetime) -> tables.Letter | None:
        letter = tables.Letter
        if bounce.letters:
            left = or_(col(letter.attempts) > 0, col(letter.state) == LetterState.SENT)
            query = select(letter).where(col(letter.message_id).in_(bounce.letters), left)
        else:
            query = select(letter).where(
                func.lower(letter.recipient) == bounce.address.lower(),
                col(letter.sent_at) > at - DAYS,
                col(letter.sent_at) <= at + SKEW,
            )
        return self._session.exec(query.order_by(col(letter.sent_at).desc(), col(letter.id).desc()).limit(1)).first()

    def returned_letters(self) -> tuple[ReturnedLetter, ...]:
        """Every letter of ours that came back or whose address was refused, in the order of reports and refusals."""
        query = (
            select(tables.Bounce, tables.Letter)
            .where(tables.Bounce.letter == tables.Letter.id)
            .order_by(col(tables.Bounce.bounced_at), col(tables.Bounce.id))
        )
        return tuple(_returned_letter(row, letter) for row, letter in self._session.exec(query))

    def heard_from(self, addresses: Collection[str]) -> Mapping[str, datetime]:
        """When the latest mail from each of these addresses (in lower case) came; those without one are left out."""
        sender = func.lower(tables.Message.sender)
        query = select(sender, func.max(tables.Message.received_at)).where(sender.in_(addresses)).group_by(sender)
        return dict(self._session.exec(query).all())


def _returned_letter(row: tables.Bounce, letter: tables.Letter) -> ReturnedLetter:
    assert letter.id is not None
    return ReturnedLetter(
        letter=letter.id,
        key=letter.key,
        kind=LetterKind(letter.kind),
        subject=letter.subject,
        unit=letter.unit,
        mailbox=letter.mailbox,
        to=row.address,
        why=row.why,
        at=row.bounced_at,
        roster_row=row.roster_row,
    )
