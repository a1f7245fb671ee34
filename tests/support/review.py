"""Cases that wait for a person, and how staff settle them: by command or by answering a letter."""

from datetime import date
from email.message import EmailMessage

from mailbot.domain.act import Act, ActKind, Actor, Target
from mailbot.flows.settle import settle
from support.mails import mail
from support.world import MAILBOX, World, activity, table, words

STAFF = "staff@example.org"


def decide(
    world: World,
    action: str,
    case: str | None = None,
    unit: str | None = None,
    until: date | None = None,
    reason: str = "",
) -> str:
    """What a person of staff does on the command line."""
    target = Target(case, unit)
    act = Act(ActKind(action), Actor("lin"), target, world.clock(), until=until, reason=reason)
    return settle(world.app, act)


def arrive(world: World, sender: str = "xinhe@example.org", **fields: object) -> None:
    world.clock.forward(minutes=1)
    world.deliver(mail(**{"sender": sender, "message_id": f"<{world.clock.now.timestamp()}@example.org>", **fields}))  # type: ignore[arg-type]
    world.round()


def table_of(unit: str, *rows: object) -> list[tuple[str, bytes]]:
    return [("附件1.xlsx", table(unit, *rows))]  # type: ignore[arg-type]


def a_correction_by_a_stranger(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity(people=120)))
    arrive(
        world,
        sender="someone@example.net",
        subject="更正",
        attachments=table_of("新河街道总工会", activity(people=130)),
    )


def a_table_of_nobody(world: World) -> None:
    arrive(world, sender="someone@example.net", attachments=table_of(""))


def answer(world: World, line: str, letter: EmailMessage | None = None, **fields: object) -> EmailMessage:
    """One of staff answers a letter, the last case letter by default; what comes back."""
    asked = letter or world.sent("case")[-1]
    arrive(
        world,
        **{
            "sender": STAFF,
            "subject": f"回复：{asked['Subject']}",
            "text": f"{line}\n\n-------- 原始邮件 --------\n发件人: {MAILBOX}\n{words(asked)}",
            "headers": {"In-Reply-To": asked["Message-ID"]},
            **fields,
        },
    )
    return world.sent("transcript")[-1]
