"""What is written when a letter came back: to the unit's other contacts, and to staff where there is none."""

from collections.abc import Iterator, Sequence

from mailbot.config import Staff
from mailbot.domain.campaign import Unit
from mailbot.domain.letter import Letter, LetterKind, ReturnedLetter
from mailbot.domain.letter_contents import Forwarded
from mailbot.letters.alerts import alert_letter


def forwarded(letter: ReturnedLetter, unit: Unit, others: Sequence[str], text: str) -> Iterator[Letter]:
    """The words of a letter that came back, once to each other contact of its unit."""
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    for address in others:
        yield Letter(
            key=f"forwarded:{letter.key}:{address.lower()}",
            kind=LetterKind.NOTICE,
            to=address,
            subject=f"【转寄】{letter.subject}",
            template="forwarded",
            content=Forwarded(unit.name, letter.to, letter.why, letter.at, letter.subject, lines),
            unit=unit.code,
        )


def lost_contacts(unit: Unit, letter: ReturnedLetter, staff: Staff) -> Iterator[Letter]:
    """What staff are told at once of a unit that no letter reaches any more."""
    for address in staff.alerts_to:
        yield alert_letter(
            f"contacts:{unit.code}:{letter.key}:{letter.to}:{address}",
            address,
            "联系邮箱失效",
            f"{unit.name} 已无可用的联系邮箱",
            (
                f"发往 {letter.to} 的信件（{letter.subject}）被退回，原因：{letter.why}。",
                f"名录所列邮箱（{'、'.join(unit.emails)}）均已失效，提醒和回执无法送达该单位。",
                "请电话联系该单位，更新名录中的邮箱；名录更新后，或该邮箱再次来信后，自动恢复寄送。",
            ),
        )
