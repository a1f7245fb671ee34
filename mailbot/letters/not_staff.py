"""The answer to an order that comes from an address which is not listed as one of staff."""

from datetime import date

from mailbot.domain.letter import Letter, LetterKind
from mailbot.domain.letter_contents import NotStaff
from mailbot.domain.mail import Head
from mailbot.letters.receipts import answer_headers, answerable

PREFIX = "not-staff:"
"""What the keys of these letters begin with."""


def not_staff_letter(head: Head, day: date) -> Letter | None:
    """The same fixed letter for all such orders of an address on a day; None where no address can be answered."""
    to = answerable(head)
    if to is None:
        return None
    answers, thread = answer_headers(head)
    return Letter(
        key=f"{PREFIX}{day.isoformat()}:{to.lower()}",
        kind=LetterKind.TRANSCRIPT,
        to=to,
        subject="【未办理】对系统来信的答复",
        template="not-staff",
        content=NotStaff(),
        answers=answers,
        thread=thread,
        yields=True,
    )
