"""The answer to a unit that says of a registered table that it is not its own."""

from mailbot.domain.letter import Letter, LetterKind
from mailbot.domain.letter_contents import Objected
from mailbot.domain.mail import Head
from mailbot.letters.receipts import answer_headers, answerable, receipt_key


def objection_receipt(head: Head, sha256: str, case: str, unit: str, unit_name: str, about: str) -> Letter | None:
    """The receipt for an objection to the tables of case `about`; None where no address can be answered."""
    to = answerable(head)
    if to is None:
        return None
    answers, thread = answer_headers(head)
    return Letter(
        key=receipt_key(sha256),
        kind=LetterKind.RECEIPT,
        to=to,
        subject=f"【已收到】{unit_name} 来信，受理号 {about} 的登记已恢复原状（受理号 {case}）",
        template="objection",
        content=Objected(unit_name=unit_name, case=case, about=about),
        unit=unit,
        answers=answers,
        thread=thread,
    )
