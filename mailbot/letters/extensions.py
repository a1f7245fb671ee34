"""The letters that tell a unit that it may report later, one of them the answer to the mail that asked for it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from mailbot.domain.campaign import Unit
from mailbot.domain.identifiers import is_address, is_message_id
from mailbot.domain.letter import Letter, LetterKind
from mailbot.domain.letter_contents import Extension


@dataclass(frozen=True, slots=True)
class Request:
    """The mail that asked for more time. `to`: the address that is answered, None where none may be; local time."""

    case: str
    to: str | None
    message_id: str | None
    references: tuple[str, ...]
    received_at: datetime


def answer_key(decision: int) -> str:
    """The key of the answer that goes out with a decision."""
    return f"extension:{decision}"


def extension_letters(
    unit: Unit, until: date, before: date, decision: int, request: Request | None, dead: Collection[str], reported: bool
) -> Iterator[Letter]:
    """The answer to who asked, and a notice to each other living address of the unit.

    `decision` is its number; `dead` are addresses at which no letter arrives, in lower case.
    """
    content = Extension(
        unit.name, until, before, reported, request.received_at if request else None, request.case if request else ""
    )
    about = f"（受理号 {request.case}）" if request else ""
    subject = f"【同意延期】{unit.name} 统计表延期至{until.month}月{until.day}日{about}"
    told = {address.lower(): address for address in unit.emails if is_address(address)}
    if request and request.to:
        told.pop(request.to.lower(), None)
        answers = request.message_id if request.message_id and is_message_id(request.message_id) else None
        thread = tuple(filter(is_message_id, request.references))
        yield Letter(
            answer_key(decision),
            LetterKind.ANSWER,
            request.to,
            subject,
            "extension",
            content,
            unit.code,
            answers,
            thread,
        )
    for known, address in told.items():
        if known not in dead:
            key = f"{answer_key(decision)}:{known}"
            yield Letter(key, LetterKind.NOTICE, address, subject, "extension", content, unit.code)
