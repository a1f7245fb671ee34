"""Writes down everything that is kept of one person, in the words of the JSON export."""

from collections.abc import Collection, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.documents import exports
from mailbot.domain.act import StoredAct
from mailbot.domain.letter import StoredLetter
from mailbot.domain.mail import StoredMessage
from mailbot.domain.submission import StoredSubmission

SCHEMA = "mailbot.person/1"


def document(
    who: str,
    messages: Sequence[StoredMessage],
    submissions: Sequence[StoredSubmission],
    decisions: Sequence[StoredAct],
    letters: Sequence[StoredLetter],
    rosters: Sequence[str],
    own: Collection[int],
    zone: ZoneInfo,
) -> dict[str, Any]:
    """The document. `own`: the numbers of the messages that are the person's own; the others name the person."""
    exported = exports.document("", messages, submissions, zone, decisions)
    mails = [{**one, "is_own": message.id in own} for one, message in zip(exported["messages"], messages, strict=True)]
    return {
        "schema": SCHEMA,
        "who": who,
        "messages": mails,
        "submissions": exported["submissions"],
        "decisions": exported["decisions"],
        "letters": [_letter(letter, zone) for letter in letters],
        "rosters": list(rosters),
    }


def _letter(letter: StoredLetter, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": letter.id,
        "kind": letter.kind,
        "to": letter.to,
        "subject": letter.subject,
        "unit": letter.unit,
        "state": letter.state,
        "queued_at": letter.queued_at.astimezone(zone).isoformat(timespec="seconds"),
        "sent_at": letter.sent_at.astimezone(zone).isoformat(timespec="seconds") if letter.sent_at else None,
    }
